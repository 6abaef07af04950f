// A wallet in Java whose keys stay in a key store of the application's, as Android's is.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import static kr.jumin.test.WalletPeer.errorOf;
import static kr.jumin.test.WalletPeer.now;
import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import kr.jumin.Credential;
import kr.jumin.JuminException;
import kr.jumin.PhoneKeys;
import kr.jumin.UrlConnectionHttp;
import kr.jumin.Wallet;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

public final class WalletKeysTest {
    private static final int PATIENCE = 60; // seconds

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

    /** What a key store does, with the faults that tests give it. */
    private static final class Store implements PhoneKeys {
        final Map<String, KeyPair> keys = new LinkedHashMap<>();
        GeneralSecurityException refusal;
        RuntimeException fault;
        byte[] wrongSignature;
        int made;

        private void fail() throws GeneralSecurityException {
            if (fault != null) {
                throw fault;
            }
            if (refusal != null) {
                throw refusal;
            }
        }

        @Override
        public Key make() throws GeneralSecurityException {
            fail();
            final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            final KeyPair pair = generator.generateKeyPair();
            final String alias = "jumin-" + made++;
            keys.put(alias, pair);
            return new Key(alias.getBytes(StandardCharsets.UTF_8), BindingTest.pointOf((ECPublicKey) pair.getPublic()));
        }

        @Override
        public byte[] sign(byte[] handle, byte[] digest) throws GeneralSecurityException {
            fail();
            final Signature signature = Signature.getInstance("NONEwithECDSA");
            signature.initSign(keys.get(new String(handle, StandardCharsets.UTF_8)).getPrivate());
            signature.update(digest);
            return wrongSignature != null ? wrongSignature : signature.sign();
        }

        @Override
        public void remove(byte[] handle) throws GeneralSecurityException {
            fail();
            keys.remove(new String(handle, StandardCharsets.UTF_8));
        }
    }

    @Test
    public void keysStayInTheStore() throws IOException {
        final Store store = new Store();
        final String path = peer.freePath();
        try (Wallet wallet = Wallet.create(path, WalletPeer.PASSPHRASE, store)) {
            assertEquals(1, store.keys.size());
            wallet.trust(peer.file("trust-list.jwt"), peer.file("iaca.crt"), now());
        }
        try (Wallet wallet = new Wallet(path, WalletPeer.PASSPHRASE, store)) {
            assertArrayEquals(BindingTest.pointOf((ECPublicKey) store.keys.get("jumin-0").getPublic()), wallet.deviceKey());
            wallet.setHttp(new UrlConnectionHttp(true));
            peer.fill(wallet);
            assertEquals("of the phone, and of each copy", 21, store.keys.size());
            final String verdict = peer.ask("counter", wallet.counterCode(what -> true, WalletPeer::now).text());
            assertTrue(verdict, verdict.contains("\"result\":\"passed\""));
            for (final Credential one : wallet.credentials(now())) {
                wallet.remove(one.id(), now());
            }
            assertEquals(1, store.keys.size());
        }
    }

    @Test
    public void storeThatRefusesIsTold() throws IOException {
        final Store store = new Store();
        store.refusal = new GeneralSecurityException("locked");
        final JuminException refused = assertThrows(JuminException.class,
                () -> Wallet.create(peer.freePath(), WalletPeer.PASSPHRASE, store));
        assertEquals("crypto", refused.error());
        assertSame(store.refusal, refused.getCause().getCause());
        store.refusal = null;
        try (Wallet wallet = Wallet.create(peer.freePath(), WalletPeer.PASSPHRASE, store)) {
            wallet.trust(peer.file("trust-list.jwt"), peer.file("iaca.crt"), now());
            wallet.setHttp(new UrlConnectionHttp(true));
            peer.fill(wallet);
            store.refusal = new GeneralSecurityException("locked");
            final JuminException thrown = assertThrows(JuminException.class,
                    () -> wallet.counterCode(what -> true, WalletPeer::now));
            assertSame(store.refusal, thrown.getCause().getCause());
            store.fault = new IllegalArgumentException("mine");
            assertSame(store.fault, assertThrows(IllegalArgumentException.class,
                    () -> wallet.counterCode(what -> true, WalletPeer::now)));
            for (final Credential one : wallet.credentials(now())) {
                wallet.setHttp(null);
                wallet.remove(one.id(), now()); // whatever the store says
            }
        }
    }

    /** DER of r and s, each in its shortest form, and nothing else. */
    @Test
    public void oddSignaturesAreRefused() throws IOException {
        final byte[][] odd = {{}, {0x30}, {0x30, 0}, {0x30, 2, 2, 0}, {0x30, 4, 2, 1, 1, 2}, {0x30, 6, 2, 1, 1, 2, 2, 1},
            {0x30, 7, 2, 1, 1, 2, 1, 1, 0}, {0x31, 6, 2, 1, 1, 2, 1, 1}, {0x30, 6, 3, 1, 1, 2, 1, 1}, new byte[64], new byte[200],
            Arrays.copyOf(new byte[] {0x30, 38, 2, 33, 1}, 40)};
        System.arraycopy(new byte[] {2, 1, 1}, 0, odd[odd.length - 1], 37, 3); // r has 33 bytes of value
        final Store store = new Store();
        try (Wallet wallet = Wallet.create(peer.freePath(), WalletPeer.PASSPHRASE, store)) {
            wallet.trust(peer.file("trust-list.jwt"), peer.file("iaca.crt"), now());
            wallet.setHttp(new UrlConnectionHttp(true));
            final String[] offer = peer.ask("offer").split(" ");
            for (final byte[] one : odd) {
                store.wrongSignature = one;
                final JuminException thrown = assertThrows(JuminException.class, () -> wallet.add(offer[0], offer[1], now()));
                assertEquals(SignatureException.class, thrown.getCause().getCause().getClass());
            }
            store.wrongSignature = new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1};
            assertEquals("access-denied", errorOf(() -> wallet.add(offer[0], offer[1], now()))); // it is well-formed
            store.wrongSignature = null;
            wallet.add(offer[0], offer[1], now());
            assertThrows(IllegalArgumentException.class, () -> new PhoneKeys.Key(new byte[0], new byte[65]));
            assertThrows(IllegalArgumentException.class, () -> new PhoneKeys.Key(new byte[65], new byte[65]));
        }
    }

    @Test
    public void keyThatIsNoPointIsRefused() {
        final byte[] point = new byte[64];
        point[0] = 4; // and the last byte is missing
        final PhoneKeys odd = new PhoneKeys() {
            @Override
            public Key make() {
                return new Key(new byte[] {1}, point);
            }

            @Override
            public byte[] sign(byte[] handle, byte[] digest) {
                return digest;
            }

            @Override
            public void remove(byte[] handle) {
                return; // there is none
            }
        };
        assertEquals("crypto", errorOf(() -> Wallet.create(peer.freePath(), WalletPeer.PASSPHRASE, odd)));
    }
}
