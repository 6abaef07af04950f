// The application's way to servers.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One request to a server, one answer back. {@link UrlConnectionHttp} is one that ships; an application that has HTTPS of its
 * own, with pinned certificates or a proxy, hands in that.
 */
@FunctionalInterface
public interface Http {
    /**
     * Sends a request and takes the answer, of whatever status: 400 is an answer, too. Follows no redirect, and sends nothing
     * twice. Called from the thread that called the library, which waits: it must give up in the end.
     *
     * @param request lent for the call; its body is overwritten afterwards
     * @return the answer
     * @throws IOException when there is none; it ends the call, as the cause of a {@link JuminException} whose error is "link"
     */
    Answer ask(Request request) throws IOException;

    /** Breaks off the request that is running, if it can; {@link #ask} then throws. Called from any thread. */
    default void cancel() {}

    /** What is asked. */
    final class Request {
        private final String method;
        private final String url;
        private final String type;
        private final Map<String, String> headers;
        private final byte[] body;
        private final int answerMax;

        Request(String method, String url, String type, Row headers, int headerCount, byte[] body, int answerMax) {
            final Map<String, String> map = new LinkedHashMap<>();
            for (int i = 0; i < headerCount; i++) {
                map.put(headers.text(), headers.text());
            }
            this.method = method;
            this.url = url;
            this.type = type;
            this.headers = Collections.unmodifiableMap(map);
            this.body = body;
            this.answerMax = answerMax;
        }

        /**
         * The method.
         *
         * @return "GET" or "POST"
         */
        public String method() {
            return method;
        }

        /**
         * Where to.
         *
         * @return an absolute URL, which may hold a secret
         */
        public String url() {
            return url;
        }

        /**
         * What the body is.
         *
         * @return its Content-Type; null without a body
         */
        public String type() {
            return type;
        }

        /**
         * The other headers.
         *
         * @return values by name
         */
        public Map<String, String> headers() {
            return headers;
        }

        /**
         * The body.
         *
         * @return its bytes; may be none
         */
        public byte[] body() {
            return body;
        }

        /**
         * How long the answer may be.
         *
         * @return most bytes of its body that are taken
         */
        public int answerMax() {
            return answerMax;
        }
    }

    /** What was answered. */
    final class Answer {
        final int status;
        final Map<String, List<String>> headers;
        final byte[] body;

        /**
         * An answer.
         *
         * @param status 200, 400 and so on
         * @param headers values by name; null among the names is left out, which is how
         *     {@link java.net.HttpURLConnection#getHeaderFields()} has the status line
         * @param body its bytes; may be none
         */
        public Answer(int status, Map<String, List<String>> headers, byte[] body) {
            this.status = status;
            this.headers = Objects.requireNonNull(headers, "headers");
            this.body = Objects.requireNonNull(body, "body");
        }
    }
}
