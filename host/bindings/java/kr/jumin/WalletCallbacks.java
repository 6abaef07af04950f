// What native code calls while a wallet is in use.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The names are known in native code. Holder, clock and matcher are those of the call that is running. */
final class WalletCallbacks {
    private static final byte[][] NO_ROWS = {};

    private final PhoneKeys keys; // null: keys are in the wallet's file
    private volatile Http http;
    private volatile Progress progress;
    private volatile boolean cancelled;
    private Holder holder;
    private LongSupplier clock;
    private FaceMatcher matcher;

    WalletCallbacks(PhoneKeys keys) {
        this.keys = keys;
    }

    boolean hasKeys() {
        return keys != null;
    }

    void setHttp(Http given) {
        http = given;
    }

    void setProgress(Progress given) {
        progress = given;
    }

    /** A call begins that {@link #cancel()} may end. */
    void begin(Holder asked, LongSupplier time, FaceMatcher compares) {
        cancelled = false;
        holder = asked;
        clock = time;
        matcher = compares;
    }

    void end() {
        holder = null;
        clock = null;
        matcher = null;
    }

    void cancel() {
        cancelled = true;
        final Http running = http;
        if (running != null) {
            running.cancel();
        }
    }

    /** The server's name and port: the rest of a URL may hold a secret. */
    private static String serverOf(String url) {
        final int begin = url.indexOf("//") + 2;
        int end = begin;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return url.substring(begin, end);
    }

    private static byte[][] rowsOf(Http.Answer answer) {
        final List<byte[]> rows = new ArrayList<>();
        rows.add(Texts.bytes(Integer.toString(answer.status), "status"));
        rows.add(answer.body);
        for (final Map.Entry<String, List<String>> header : answer.headers.entrySet()) {
            if (header.getKey() != null) {
                for (final String value : header.getValue()) {
                    rows.add(Texts.bytes(header.getKey(), "name"));
                    rows.add(Texts.bytes(value, "value"));
                }
            }
        }
        return rows.toArray(NO_ROWS);
    }

    /** Null: the holder has cancelled. */
    private byte[][] ask(byte[] method, byte[] url, byte[] type, byte[][] headers, byte[] body, int most)
            throws IOException {
        final Http.Request request = new Http.Request(Texts.of(method), Texts.of(url),
                type != null ? Texts.of(type) : null, new Row(headers), headers.length / 2, body, most);
        try {
            final Progress listener = progress;
            if (listener != null && !cancelled) {
                listener.progress(Step.NETWORK, serverOf(request.url()), 0, 0);
            }
            return cancelled ? null : rowsOf(http.ask(request));
        } catch (IOException e) {
            if (cancelled) {
                return null;
            }
            throw e;
        } finally {
            Arrays.fill(body, (byte) 0);
        }
    }

    private boolean decide(byte[][][] tables) {
        return holder.decide(new Disclosure(tables)) && !cancelled;
    }

    private long time() {
        return clock.getAsLong();
    }

    /** Twice the score, and one more for a living face. */
    private int compare(byte[] portrait) throws IOException {
        try {
            final Likeness likeness = matcher.compare(portrait);
            return 2 * likeness.score + (likeness.live ? 1 : 0);
        } finally {
            Arrays.fill(portrait, (byte) 0);
        }
    }

    // --- Keys; what a key store throws is told as an IOException

    private byte[][] makeKey() throws IOException {
        try {
            final PhoneKeys.Key key = keys.make();
            return new byte[][] {key.handle, key.point};
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private byte[] sign(byte[] handle, byte[] digest) throws IOException {
        try {
            return Signatures.raw(keys.sign(handle, digest));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private void removeKey(byte[] handle) throws IOException {
        try {
            keys.remove(handle);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
