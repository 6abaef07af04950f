// Whatever a program does wrong with a wallet, and whatever its network does, the virtual machine lives on.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import static kr.jumin.test.WalletPeer.errorOf;
import static kr.jumin.test.WalletPeer.now;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import kr.jumin.Http;
import kr.jumin.JuminException;
import kr.jumin.Likeness;
import kr.jumin.Meeting;
import kr.jumin.Reader;
import kr.jumin.UrlConnectionHttp;
import kr.jumin.Wallet;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;
import org.junit.rules.Timeout;

public final class WalletMisuseTest {
    private static final int PATIENCE = 30; // seconds
    private static final String OFFER = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Fsecret";
    private static final Map<String, List<String>> NO_HEADERS = Collections.emptyMap();

    @Rule public final Timeout timeout = Timeout.seconds(PATIENCE);

    private Path folder;
    private Wallet wallet;

    @Before
    public void makeAWallet() throws IOException {
        folder = Files.createTempDirectory("jumin-java");
        wallet = Wallet.create(folder.resolve("wallet").toString(), "open");
    }

    @After
    public void removeIt() throws IOException {
        wallet.close();
        for (final java.io.File file : folder.toFile().listFiles()) {
            Files.delete(file.toPath());
        }
        Files.delete(folder);
    }

    private static void assertNull(ThrowingRunnable call) {
        assertThrows(NullPointerException.class, call);
    }

    private static void assertIllegalState(ThrowingRunnable call) {
        assertThrows(IllegalStateException.class, call);
    }

    private String errorOver(Http http) {
        wallet.setHttp(http);
        return errorOf(() -> wallet.lookAtOffer(OFFER, now()));
    }

    @Test
    public void nullIsRefused() throws IOException {
        assertNull(() -> new Wallet(null, "open"));
        assertNull(() -> Wallet.create("x", null));
        assertNull(() -> wallet.trust(null, null, 0));
        assertNull(() -> wallet.lookAtOffer(null, 0));
        assertNull(() -> wallet.add(null, null, 0));
        assertNull(() -> wallet.claims(null));
        assertNull(() -> wallet.remove(null, 0));
        assertNull(() -> wallet.lookAtRequest(null, 0));
        assertNull(() -> wallet.respond(null, what -> true, () -> 0));
        assertNull(() -> wallet.respond("x", null, () -> 0));
        assertNull(() -> wallet.respond("x", what -> true, null));
        assertNull(() -> wallet.counterCode(null, () -> 0));
        assertNull(() -> wallet.tap(null, "https://issuer.example", null, null, 0));
        assertNull(() -> new Http.Answer(200, null, new byte[0]));
        assertNull(() -> new Http.Answer(200, NO_HEADERS, null));
        assertThrows(IllegalArgumentException.class, () -> new Likeness(101, true));
        assertThrows(IllegalArgumentException.class, () -> new Likeness(-1, true));
        try (Reader reader = new Reader(command -> new byte[] {0x6A, (byte) 0x82})) {
            assertNull(() -> wallet.tap(reader, null, null, null, 0));
            reader.inspect().close();
        }
        wallet.refresh(null, false, 0);
    }

    @Test
    public void closedIsRefused() throws IOException {
        wallet.close();
        wallet.close();
        wallet.cancel();
        assertIllegalState(wallet::deviceKey);
        assertIllegalState(wallet::history);
        assertIllegalState(() -> wallet.credentials(0));
        assertIllegalState(() -> wallet.setHttp(null));
        assertIllegalState(() -> wallet.setProgress(null));
        assertIllegalState(() -> wallet.refresh(null, false, 0));
        assertIllegalState(() -> wallet.respond("x", what -> true, () -> 0));
        assertIllegalState(() -> wallet.counterCode(what -> true, () -> 0));
        assertIllegalState(() -> new Meeting(wallet, false, false));
        try (Reader reader = new Reader(command -> new byte[] {0x6A, (byte) 0x82})) {
            assertIllegalState(() -> wallet.tap(reader, "https://issuer.example", null, null, 0));
            reader.inspect().close();
        }
    }

    @Test
    public void oddTextsAreRefused() throws IOException {
        for (final String odd : new String[] {"", "\0", "a\0b", "\uD800", "x".repeat(1 << 20)}) {
            assertThrows(JuminException.class, () -> wallet.lookAtOffer(odd, now()));
            assertThrows(JuminException.class, () -> wallet.add(odd, odd, now()));
            assertThrows(JuminException.class, () -> wallet.add(OFFER, odd, now()));
            assertThrows(JuminException.class, () -> wallet.claims(odd));
            assertThrows(JuminException.class, () -> wallet.remove(odd, now()));
            assertThrows(JuminException.class, () -> wallet.refresh(odd, false, now()));
            assertThrows(JuminException.class, () -> wallet.lookAtRequest(odd, now()));
            assertThrows(JuminException.class, () -> wallet.respond(odd, what -> true, WalletPeer::now));
            assertThrows(JuminException.class, () -> wallet.fetchTrust(odd, null, now()));
        }
        assertThrows(JuminException.class, () -> wallet.trust(new byte[1 << 24], new byte[1 << 24], now()));
        assertEquals(List.of(), wallet.history());
    }

    @Test
    public void anyAnswerOfANetworkIsSurvived() throws IOException {
        final Map<String, List<String>> many = new HashMap<>();
        many.put(null, Collections.singletonList("HTTP/1.1 200 OK"));
        many.put("", Collections.singletonList(""));
        many.put("X-Many", Collections.nCopies(1000, "x".repeat(1000)));
        many.put("X-\0", Arrays.asList("\0", "\uD800"));
        errorOver(request -> new Http.Answer(0, NO_HEADERS, new byte[0]));
        errorOver(request -> new Http.Answer(Integer.MIN_VALUE, many, new byte[] {'{', '}'}));
        errorOver(request -> new Http.Answer(200, many, "{\"credential_issuer\":1}".getBytes(StandardCharsets.UTF_8)));
        assertEquals("malformed", errorOver(request -> new Http.Answer(200, NO_HEADERS, new byte[request.answerMax() + 1])));
        assertEquals("access-denied", errorOver(request -> new Http.Answer(400, NO_HEADERS, new byte[request.answerMax()])));
        final JuminException thrown = assertThrows(JuminException.class, () -> {
            wallet.setHttp(request -> {
                throw new IOException("mine");
            });
            wallet.lookAtOffer(OFFER, now());
        });
        assertEquals("link", thrown.error());
        assertEquals("mine", thrown.getCause().getMessage());
        assertEquals("link", errorOver(null));
    }

    @Test
    public void whatAnHttpThrowsReachesTheCaller() {
        final OutOfMemoryError mine = new OutOfMemoryError("mine");
        wallet.setHttp(request -> {
            throw mine;
        });
        assertSame(mine, assertThrows(OutOfMemoryError.class, () -> wallet.lookAtOffer(OFFER, now())));
        wallet.setHttp(request -> null);
        assertNull(() -> wallet.lookAtOffer(OFFER, now()));
        wallet.setProgress((step, name, done, total) -> {
            throw mine;
        });
        assertSame(mine, assertThrows(OutOfMemoryError.class, () -> wallet.lookAtOffer(OFFER, now())));
        wallet.setHttp(null);
        assertEquals("link", errorOf(() -> wallet.lookAtOffer(OFFER, now())));
    }

    /** What the wallet asks, as an Http sees it; the secret of an offer is nobody's business but its. */
    @Test
    public void requestIsTold() {
        final List<String> seen = new ArrayList<>();
        wallet.setProgress((step, name, done, total) -> seen.add(step + " " + name + " " + done + " " + total));
        wallet.setHttp(request -> {
            seen.add(request.method() + " " + request.url() + " " + request.headers() + " " + request.type() + " "
                    + request.body().length);
            assertThrows(UnsupportedOperationException.class, () -> request.headers().clear());
            assertTrue(request.answerMax() > 1000);
            throw new IOException("none");
        });
        assertEquals("link", errorOf(() -> wallet.lookAtOffer(OFFER, now())));
        assertEquals(List.of("NETWORK issuer.example 0 0",
                "GET https://issuer.example/secret {Accept=application/json} null 0"), seen);
    }

    @Test
    public void callbacksThatCallBackAreRefused() {
        final int[] calls = {0};
        wallet.setHttp(request -> {
            calls[0]++;
            assertIllegalState(() -> wallet.add(OFFER, null, now()));
            assertIllegalState(wallet::history);
            assertIllegalState(wallet::close);
            assertIllegalState(() -> wallet.setHttp(null));
            assertIllegalState(() -> new Meeting(wallet, false, false));
            throw new IOException("none");
        });
        assertEquals("link", errorOf(() -> wallet.lookAtOffer(OFFER, now())));
        assertEquals(1, calls[0]);
    }

    @Test
    public void cancelEndsOneCallAndNoOther() {
        final int[] calls = {0};
        final Http http = request -> {
            calls[0]++;
            throw new IOException("none");
        };
        wallet.cancel();
        assertEquals("link", errorOver(http));
        wallet.setProgress((step, name, done, total) -> wallet.cancel());
        assertEquals("cancelled", errorOver(http));
        assertEquals("cancelled", errorOver(request -> http.ask(request)));
        assertEquals(1, calls[0]);
        wallet.setProgress(null);
        assertEquals("link", errorOver(http));
    }

    /** A server that takes the request and says nothing. */
    @Test
    public void cancelBreaksOffARequestThatWaits() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final String offer = "openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1%3A" + server.getLocalPort();
            final AtomicReference<String> error = new AtomicReference<>();
            wallet.setHttp(new UrlConnectionHttp(true));
            final Thread other = new Thread(() -> error.set(errorOf(() -> wallet.lookAtOffer(offer, now()))));
            other.start();
            try (Socket there = server.accept()) {
                assertEquals('G', there.getInputStream().read());
                assertIllegalState(wallet::close);
                wallet.cancel();
                other.join();
            }
            assertEquals("cancelled", error.get());
        }
    }

    /** Redirects are answers, and answers that end too soon or never are none. */
    @Test
    public void standardHttpGivesWhatTheServerSays() throws Exception {
        final UrlConnectionHttp http = new UrlConnectionHttp(true);
        for (final String[] one : new String[][] {
                {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\n{}", "access-denied"},
                {"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "access-denied"},
                {"HTTP/1.1 500 Oh\r\n\r\n", "link"},
                {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "link"},
                {"SSH-2.0\r\n\r\n", "link"}}) {
            try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
                final Thread other = new Thread(() -> {
                    try (Socket there = server.accept()) {
                        assertEquals('G', there.getInputStream().read());
                        there.getOutputStream().write(one[0].getBytes(StandardCharsets.UTF_8));
                        there.shutdownOutput();
                        while (there.getInputStream().read() >= 0) {
                            continue; // until the other end closes
                        }
                    } catch (IOException e) {
                        return; // the wallet's error tells
                    }
                });
                other.start();
                wallet.setHttp(http);
                assertEquals(one[0], one[1], errorOf(() -> wallet.lookAtOffer(
                        "openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1%3A" + server.getLocalPort(), now())));
            }
        }
    }

    @Test
    public void answerWithoutAnEndIsTakenToItsMostAlone() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final Thread other = new Thread(() -> {
                try (Socket there = server.accept()) {
                    assertEquals('G', there.getInputStream().read());
                    there.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                    for (;;) {
                        there.getOutputStream().write(new byte[1 << 16]);
                    }
                } catch (IOException e) {
                    return; // the other end has closed
                }
            });
            other.start();
            wallet.setHttp(new UrlConnectionHttp(true));
            assertEquals("malformed", errorOf(() -> wallet.lookAtOffer(
                    "openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1%3A" + server.getLocalPort(), now())));
            other.join();
        }
    }

    @Test
    public void meetingMayBeCancelledAndGoesOn() throws IOException {
        try (Meeting meeting = new Meeting(wallet, false, false)) {
            wallet.cancel();
            assertNotNull(meeting.command(new byte[] {0, (byte) 0xA4, 4, 0}, now()));
            assertIllegalState(wallet::close);
        }
    }
}
