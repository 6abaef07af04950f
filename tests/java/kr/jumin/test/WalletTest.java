// A wallet in Java gets its credentials from the issuer's real server, keeps them, and loses them.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import static kr.jumin.test.WalletPeer.errorOf;
import static kr.jumin.test.WalletPeer.now;
import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import kr.jumin.Credential;
import kr.jumin.Event;
import kr.jumin.Http;
import kr.jumin.JuminException;
import kr.jumin.Offer;
import kr.jumin.Step;
import kr.jumin.TrustList;
import kr.jumin.UrlConnectionHttp;
import kr.jumin.Wallet;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

public final class WalletTest {
    private static final int PATIENCE = 60; // seconds
    private static final int BATCH = 10;

    private static WalletPeer peer;

    @Rule public final Timeout timeout = Timeout.seconds(PATIENCE);

    @BeforeClass
    public static void openTheCounter() throws IOException {
        peer = new WalletPeer();
    }

    @AfterClass
    public static void closeIt() throws IOException {
        peer.close();
    }

    private static Set<Credential.State> states(Wallet wallet) throws JuminException {
        return wallet.credentials(now()).stream().map(Credential::state).collect(Collectors.toSet());
    }

    private static List<String> kinds(Wallet wallet) throws JuminException {
        return wallet.history().stream().map(Event::kind).collect(Collectors.toList());
    }

    @Test
    public void offerIsLookedAtTakenListedAndRemoved() throws IOException {
        final String[] words = peer.ask("offer").split(" ");
        try (Wallet wallet = peer.wallet()) {
            final Offer offer = wallet.lookAtOffer(words[0], now());
            assertEquals(peer.url, offer.issuer());
            assertTrue(offer.isTxCodeNeeded() && offer.isTxCodeNumeric());
            assertEquals(words[1].length(), offer.txCodeLength());
            assertEquals(2, offer.credentials());
            assertNotNull(offer.name());
            assertNotNull(offer.txCodeHint());
            assertTrue(wallet.credentials(now()).isEmpty());

            final long before = now();
            wallet.add(words[0], words[1], before);
            final List<Credential> held = wallet.credentials(now());
            assertEquals(EnumSet.allOf(Credential.Format.class),
                    held.stream().map(Credential::format).collect(Collectors.toSet()));
            for (final Credential one : held) {
                assertEquals(16, one.id().length());
                assertEquals(Credential.State.USABLE, one.state());
                assertEquals(one.format() == Credential.Format.MDOC ? "kr.jumin.resident.1" : "urn:kr:jumin:resident:1",
                        one.type());
                assertTrue(one.isTrusted() && one.isSingleUse());
                assertEquals(BATCH, one.copies());
                assertEquals(BATCH, one.unused());
                assertEquals(peer.url, one.issuer());
                assertTrue(one.name(), !one.name().isEmpty() && !one.signer().isEmpty());
                assertTrue(one.issued() <= now() && one.expires() > before);
                assertTrue(wallet.claims(one.id()).contains("2001-03-14"));
            }
            assertEquals("received", wallet.history().get(0).kind());
            assertEquals(before, wallet.history().get(0).time());

            wallet.refresh(null, false, now());
            for (final Credential one : wallet.credentials(now())) {
                assertTrue(one.statusChecked() >= before);
                wallet.remove(one.id(), now());
                assertEquals("no-such-file", errorOf(() -> wallet.claims(one.id())));
                assertEquals("no-such-file", errorOf(() -> wallet.remove(one.id(), now())));
            }
            assertTrue(wallet.credentials(now()).isEmpty());
            assertEquals(2, Collections.frequency(kinds(wallet), "removed"));
        }
    }

    @Test
    public void whatWasSentIsOverwritten() throws IOException {
        final Http http = new UrlConnectionHttp(true);
        final List<byte[]> bodies = new ArrayList<>();
        final String[] words = peer.ask("offer").split(" ");
        try (Wallet wallet = peer.wallet(request -> {
            final String body = new String(request.body(), StandardCharsets.UTF_8);
            if (body.contains(words[1])) {
                bodies.add(request.body());
            }
            return http.ask(request);
        })) {
            wallet.add(words[0], words[1], now());
        }
        assertEquals(1, bodies.size());
        assertArrayEquals(new byte[bodies.get(0).length], bodies.get(0));
    }

    @Test
    public void refillFetchesOtherCopies() throws IOException {
        try (Wallet wallet = peer.wallet()) {
            peer.fill(wallet);
            final String id = wallet.credentials(now()).get(0).id();
            final List<String> asked = new ArrayList<>();
            wallet.setProgress((step, name, done, total) -> asked.add(step + " " + name));
            wallet.refresh(id, false, now());
            final int looked = asked.size();
            wallet.refresh(id, true, now());
            assertTrue(asked.size() - looked > looked);
            assertEquals(Collections.nCopies(asked.size(), Step.NETWORK + " " + peer.url.substring("http://".length())), asked);
            assertEquals(BATCH, wallet.credentials(now()).get(0).unused());
            assertEquals("no-such-file", errorOf(() -> wallet.refresh("0123456789abcdef", false, now())));
        }
    }

    @Test
    public void wrongCodeIsRefusedInTheIssuersWords() throws IOException {
        final String[] words = peer.ask("offer").split(" ");
        try (Wallet wallet = peer.wallet()) {
            assertEquals("input", errorOf(() -> wallet.add(words[0], null, now())));
            final String wrong = words[1].charAt(0) == '1' ? "2" + words[1].substring(1) : "1" + words[1].substring(1);
            final JuminException refused = assertThrows(JuminException.class, () -> wallet.add(words[0], wrong, now()));
            assertEquals("access-denied", refused.error());
            assertTrue(refused.getMessage(), refused.getMessage().contains("invalid_grant"));
            assertTrue(wallet.credentials(now()).isEmpty());
            wallet.add(words[0], words[1], now());
            assertEquals("access-denied", errorOf(() -> wallet.add(words[0], words[1], now())));
            assertEquals("input", errorOf(() -> wallet.lookAtOffer("https://example.com", now())));
        }
    }

    @Test
    public void walletIsItsFileAndItsPassphrase() throws IOException {
        final String path = peer.freePath();
        final byte[] key;
        try (Wallet wallet = Wallet.create(path, WalletPeer.PASSPHRASE)) {
            key = wallet.deviceKey();
            assertEquals(65, key.length);
            assertEquals(4, key[0]);
            assertEquals("conflict", errorOf(() -> new Wallet(path, WalletPeer.PASSPHRASE)));
            assertNull(wallet.trustList());
        }
        assertEquals("file", errorOf(() -> Wallet.create(path, WalletPeer.PASSPHRASE)));
        assertEquals("file", errorOf(() -> new Wallet(path + ".none", WalletPeer.PASSPHRASE)));
        assertEquals("input", errorOf(() -> new Wallet(path, "another")));
        assertEquals("input", errorOf(() -> Wallet.create(path + ".new", "")));
        assertEquals("argument", errorOf(() -> new Wallet("a\0b", WalletPeer.PASSPHRASE)));
        try (Wallet wallet = new Wallet(path, WalletPeer.PASSPHRASE)) {
            assertEquals(List.of(), wallet.history());
            assertArrayEquals(key, wallet.deviceKey());
        }
    }

    @Test
    public void trustListIsFetchedByTheApplicationsOwnHttp() throws IOException {
        final List<String> asked = new ArrayList<>();
        final byte[] list = peer.file("trust-list.jwt");
        final byte[] root = peer.file("iaca.crt");
        try (Wallet wallet = Wallet.create(peer.freePath(), WalletPeer.PASSPHRASE)) {
            assertEquals("link", errorOf(() -> wallet.fetchTrust("https://lists.example/trust", root, now())));
            wallet.setHttp(request -> {
                asked.add(request.method() + " " + request.url() + " " + request.type());
                return new Http.Answer(200, Collections.singletonMap("Content-Type",
                        Collections.singletonList("application/jwt")), list);
            });
            assertEquals("argument", errorOf(() -> wallet.fetchTrust(null, root, now())));
            wallet.fetchTrust("https://lists.example/trust", root, now());
            final TrustList kept = wallet.trustList();
            assertEquals("https://lists.example/trust", kept.url());
            assertTrue(kept.issuers() > 0 && kept.venues() > 0);
            assertTrue(kept.issued() <= kept.taken() && kept.taken() <= now() && kept.expires() > now());
            assertEquals(List.of("GET https://lists.example/trust null"), asked);
            assertThrows(JuminException.class, () -> wallet.trust(new byte[9], root, now()));
            assertThrows(JuminException.class, () -> wallet.trust(list, new byte[9], now()));
            wallet.trust(list, null, now());
        }
    }

    @Test
    public void credentialIsNotTakenWithoutATrustList() throws IOException {
        try (Wallet wallet = Wallet.create(peer.freePath(), WalletPeer.PASSPHRASE)) {
            wallet.setHttp(new UrlConnectionHttp(true));
            assertEquals("signer-unknown", errorOf(() -> peer.fill(wallet)));
        }
    }

    @Test
    public void serverThatIsDownIsToldAndRefreshGoesOn() throws IOException {
        try (Wallet wallet = peer.wallet()) {
            final String[] words = peer.ask("offer").split(" ");
            peer.ask("stop");
            final JuminException down = assertThrows(JuminException.class, () -> wallet.add(words[0], words[1], now()));
            assertEquals("link", down.error());
            assertTrue(down.isCardLost());
            assertEquals(ConnectException.class, down.getCause().getClass());
            peer.ask("start");
            wallet.add(words[0], words[1], now());
            wallet.setHttp(new UrlConnectionHttp());
            final JuminException refused = assertThrows(JuminException.class, () -> wallet.refresh(null, true, now()));
            assertEquals(MalformedURLException.class, refused.getCause().getClass());
            wallet.setHttp(null);
            final JuminException offline = assertThrows(JuminException.class, () -> wallet.refresh(null, true, now()));
            assertEquals("link", offline.error());
            assertNull(offline.getCause());
            assertEquals(EnumSet.of(Credential.State.USABLE), states(wallet));
        }
    }

    /** The code is used up, and nothing more comes: what is left is a credential that waits. */
    @Test
    public void networkThatFailsAfterTheCodeIsUsedLeavesWhatRefreshFetches() throws IOException {
        final Http http = new UrlConnectionHttp(true);
        final boolean[] broken = {true};
        try (Wallet wallet = peer.wallet(request -> {
            if (broken[0] && request.url().endsWith("/credential")) {
                throw new IOException("tunnel");
            }
            return http.ask(request);
        })) {
            final JuminException thrown = assertThrows(JuminException.class, () -> peer.fill(wallet));
            assertEquals("tunnel", thrown.getCause().getMessage());
            assertEquals(EnumSet.of(Credential.State.PENDING), states(wallet));
            broken[0] = false;
            wallet.refresh(null, false, now());
            assertEquals(EnumSet.of(Credential.State.USABLE), states(wallet));
        }
    }

    @Test
    public void credentialOfALostPhoneIsLocked() throws Exception {
        try (Wallet wallet = peer.wallet()) {
            peer.ask("lose", peer.fill(wallet));
            long later = now();
            while (!states(wallet).equals(EnumSet.of(Credential.State.LOCKED))) { // a period of the list's
                wallet.refresh(null, false, later++);
            }
            assertTrue(kinds(wallet).contains("locked"));
            assertEquals("not-authorized", errorOf(() -> wallet.counterCode(what -> true, WalletPeer::now)));
            final Event refused = wallet.history().get(wallet.history().size() - 1);
            assertTrue(refused.reason(), refused.reason().contains("locked"));
        }
    }
}
