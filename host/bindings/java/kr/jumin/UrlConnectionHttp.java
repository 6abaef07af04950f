// HTTPS by what every Java has.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.util.Map;

/**
 * HTTPS by {@link HttpURLConnection}, which Java and Android have, with the authorities that the system believes. For one
 * wallet. Where a connection ends without an answer, HttpURLConnection may send the request once more; what issuers and
 * verifiers take once they refuse then.
 */
public final class UrlConnectionHttp implements Http {
    private static final int PATIENCE = 30000; // ms, for all of a request
    private static final int CHUNK = 8192;

    private final boolean httpAllowed;
    private volatile HttpURLConnection running;

    /** Takes https:// alone. */
    public UrlConnectionHttp() {
        this(false);
    }

    /**
     * May take http:// as well.
     *
     * @param httpAllowed for a server on this machine, as in tests
     */
    public UrlConnectionHttp(boolean httpAllowed) {
        this.httpAllowed = httpAllowed;
    }

    @Override
    public Answer ask(Request request) throws IOException {
        final HttpURLConnection connection = open(request.url());
        final long deadline = System.nanoTime() + PATIENCE * 1000000L;
        running = connection;
        try {
            send(connection, request);
            final int status = connection.getResponseCode();
            if (status < 0) {
                throw new ProtocolException("the answer is no HTTP");
            }
            return new Answer(status, connection.getHeaderFields(), receive(connection, request.answerMax(), deadline));
        } catch (RuntimeException e) {
            // A connection that is broken off under its reader may find its own parts missing.
            if (running == null) {
                throw new InterruptedIOException("broken off");
            }
            throw e;
        } finally {
            running = null;
        }
    }

    @Override
    public void cancel() {
        final HttpURLConnection connection = running;
        if (connection != null) {
            running = null;
            connection.disconnect();
        }
    }

    private HttpURLConnection open(String text) throws IOException {
        final URL url = new URL(text);
        if (!url.getProtocol().equals("https") && !(httpAllowed && url.getProtocol().equals("http"))) {
            throw new MalformedURLException("not by https");
        }
        return (HttpURLConnection) url.openConnection();
    }

    private static void send(HttpURLConnection connection, Request request) throws IOException {
        connection.setConnectTimeout(PATIENCE);
        connection.setReadTimeout(PATIENCE);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestMethod(request.method());
        connection.setRequestProperty("Accept", "*/*");
        for (final Map.Entry<String, String> header : request.headers().entrySet()) {
            connection.setRequestProperty(header.getKey(), header.getValue());
        }
        if (request.type() != null) {
            connection.setRequestProperty("Content-Type", request.type());
        }
        if (request.method().equals("POST")) {
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(request.body());
            }
        }
    }

    /** One byte more than is taken tells the library that it is too long. */
    private static byte[] receive(HttpURLConnection connection, int most, long deadline) throws IOException {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        final byte[] chunk = new byte[CHUNK];
        try (InputStream in = connection.getResponseCode() < HttpURLConnection.HTTP_BAD_REQUEST
                ? connection.getInputStream()
                : connection.getErrorStream()) {
            int n = in != null ? in.read(chunk) : -1;
            while (n >= 0 && body.size() <= most) {
                if (System.nanoTime() - deadline > 0) {
                    throw new SocketTimeoutException("the answer takes too long");
                }
                body.write(chunk, 0, n);
                n = in.read(chunk);
            }
        }
        if (body.size() < Math.min(connection.getContentLengthLong(), most)) {
            throw new EOFException("the answer has ended too soon");
        }
        return body.toByteArray();
    }
}
