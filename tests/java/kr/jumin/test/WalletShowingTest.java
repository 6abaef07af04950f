// A wallet in Java is shown over the network, to a bank's real server, and to a counter by a code.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import static kr.jumin.test.WalletPeer.errorOf;
import static kr.jumin.test.WalletPeer.now;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import kr.jumin.CounterCode;
import kr.jumin.Credential;
import kr.jumin.Disclosure;
import kr.jumin.Event;
import kr.jumin.JuminException;
import kr.jumin.Purpose;
import kr.jumin.Wallet;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

public final class WalletShowingTest {
    private static final int PATIENCE = 60; // seconds
    private static final int BATCH = 10;

    private static WalletPeer peer;

    @Rule public final Timeout timeout = Timeout.seconds(PATIENCE);

    private Wallet wallet;

    @BeforeClass
    public static void openTheBank() throws IOException {
        peer = new WalletPeer();
    }

    @AfterClass
    public static void closeIt() throws IOException {
        peer.close();
    }

    @Before
    public void fillAWallet() throws IOException {
        wallet = peer.wallet();
        peer.fill(wallet);
    }

    @After
    public void close() {
        wallet.close();
    }

    private long unused(Credential.Format format) throws JuminException {
        for (final Credential one : wallet.credentials(now())) {
            if (one.format() == format) {
                return one.unused();
            }
        }
        return -1;
    }

    private Event lastEvent() throws JuminException {
        final List<Event> history = wallet.history();
        return history.get(history.size() - 1);
    }

    private static Disclosure.Element element(Disclosure what, String name) {
        return what.elements().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow(AssertionError::new);
    }

    private void checkIdentity(Disclosure what, Credential.Format format) {
        assertTrue(what.isVenueKnown());
        assertEquals("Bank of Specimen", what.venue());
        assertNotNull(what.organization());
        assertEquals("", what.venueUnknown());
        assertEquals(EnumSet.of(Purpose.IDENTITY, Purpose.ADULT), what.venuePurposes());
        assertEquals(EnumSet.of(Purpose.IDENTITY), what.purposes());
        assertNull(what.refused());
        final Disclosure.Element born = element(what, "birth_date");
        assertEquals("2001-03-14", born.value());
        assertEquals(format, born.format());
        assertEquals(16, born.credential().length());
        assertNull(born.refused());
        assertFalse(born.isRetained());
        assertEquals(format == Credential.Format.MDOC, !born.nameSpace().isEmpty());
        assertEquals(format == Credential.Format.MDOC ? "kr.jumin.resident.1" : "urn:kr:jumin:resident:1", born.type());
        assertTrue("of a picture its length is told", element(what, "portrait").value().matches("\\([0-9]+ [a-z]+\\)"));
    }

    @Test
    public void whatTheHolderApprovesReachesTheBank() throws IOException {
        for (final Credential.Format format : Credential.Format.values()) {
            final String[] request =
                    peer.ask("request", "identity", format == Credential.Format.MDOC ? "mso_mdoc" : "dc+sd-jwt").split(" ");
            checkIdentity(wallet.lookAtRequest(request[0], now()), format);
            assertEquals(BATCH, unused(format));
            assertEquals("{\"state\":\"open\"}", peer.ask("result", request[1]));

            final Disclosure[] asked = new Disclosure[1];
            final long begin = now();
            final AtomicLong clock = new AtomicLong(begin);
            final String next = wallet.respond(request[0], what -> {
                asked[0] = what;
                clock.set(begin + 3); // the holder has thought about it
                return true;
            }, clock::get);
            checkIdentity(asked[0], format);
            assertTrue(next.startsWith("https://bank.example/thanks?response_code="));
            assertEquals(BATCH - 1, unused(format));
            assertEquals("shown", lastEvent().kind());
            assertEquals("Bank of Specimen", lastEvent().who());
            assertEquals("identity", lastEvent().purpose());
            assertEquals(begin + 3, lastEvent().time());
            final String result = peer.ask("result", request[1]);
            assertTrue(result, result.contains("\"state\":\"good\"") && result.contains("2001-03-14"));
        }
    }

    @Test
    public void noIsNoAndTheBankHearsOfIt() throws IOException {
        final String[] request = peer.ask("request", "identity", "mso_mdoc").split(" ");
        final JuminException thrown = assertThrows(JuminException.class,
                () -> wallet.respond(request[0], what -> false, WalletPeer::now));
        assertEquals("cancelled", thrown.error());
        assertEquals("the holder said no", thrown.getMessage());
        final String result = peer.ask("result", request[1]);
        assertTrue(result, result.contains("\"state\":\"refused\""));
        assertEquals("refused", lastEvent().kind());
        assertEquals("the holder said no", lastEvent().reason());
        assertEquals(BATCH, unused(Credential.Format.MDOC));
        assertEquals("link", errorOf(() -> wallet.respond(request[0], what -> true, WalletPeer::now)));
        assertEquals("malformed", errorOf(() -> wallet.respond("openid4vp://", what -> true, WalletPeer::now)));
    }

    @Test
    public void whatTheHolderThrowsShowsNothingAndReachesTheCaller() throws IOException {
        final String[] request = peer.ask("request", "identity", "mso_mdoc").split(" ");
        final IllegalArgumentException mine = new IllegalArgumentException("mine");
        assertSame(mine, assertThrows(IllegalArgumentException.class, () -> wallet.respond(request[0], what -> {
            throw mine;
        }, WalletPeer::now)));
        assertTrue(peer.ask("result", request[1]).contains("\"state\":\"refused\""));
        final int[] reads = {0};
        assertSame(mine, assertThrows(IllegalArgumentException.class, () -> wallet.counterCode(what -> true, () -> {
            if (reads[0]++ > 0) {
                throw mine;
            }
            return now();
        })));
        assertEquals(BATCH, unused(Credential.Format.MDOC));
    }

    @Test
    public void cancelTurnsAYesIntoANo() throws IOException {
        final String[] request = peer.ask("request", "identity", "dc+sd-jwt").split(" ");
        assertEquals("cancelled", errorOf(() -> wallet.respond(request[0], what -> {
            wallet.cancel();
            return true;
        }, WalletPeer::now)));
        assertEquals(BATCH, unused(Credential.Format.SD_JWT));
    }

    @Test
    public void counterReadsTheCodeOnce() throws IOException {
        final List<Disclosure> asked = new ArrayList<>();
        final long begin = now();
        final AtomicLong clock = new AtomicLong(begin - 2);
        final CounterCode code = wallet.counterCode(what -> {
            clock.set(begin);
            return asked.add(what);
        }, clock::get);
        assertEquals(begin + CounterCode.SECONDS, code.expires());
        assertEquals(EnumSet.of(Purpose.ADULT), asked.get(0).purposes());
        assertEquals(1, asked.get(0).elements().size());
        assertTrue(code.text(), code.text().matches("JMC1:[0-9A-Z $%*+./:-]+"));
        assertEquals(BATCH - 1, unused(Credential.Format.MDOC));
        assertEquals("any counter", lastEvent().who());
        assertEquals(begin, lastEvent().time());
        final String verdict = peer.ask("counter", code.text());
        assertTrue(verdict, verdict.contains("\"result\":\"passed\"") && verdict.contains("adult_in_"));
        assertTrue(peer.ask("counter", code.text()).contains("this code was shown here before"));
        assertEquals("cancelled", errorOf(() -> wallet.counterCode(what -> false, WalletPeer::now)));
        assertEquals(List.of("shown", "refused"), wallet.history().stream().map(Event::kind)
                .filter(kind -> !kind.equals("received")).collect(Collectors.toList()));
    }
}
