// A phone is bound to a card of the counter's by tap, and gets its credential, from Java. Needs a PC/SC service for the counter.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import static kr.jumin.test.WalletPeer.errorOf;
import static kr.jumin.test.WalletPeer.now;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import kr.jumin.Credential;
import kr.jumin.FaceMatcher;
import kr.jumin.JuminException;
import kr.jumin.Likeness;
import kr.jumin.Password;
import kr.jumin.Reader;
import kr.jumin.Step;
import kr.jumin.Wallet;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

public final class WalletTapTest {
    private static final String PIN = "314159";
    private static final int PATIENCE = 60; // seconds
    private static final FaceMatcher ALIKE = portrait -> new Likeness(90, true);

    private static WalletPeer peer;

    @Rule public final Timeout timeout = Timeout.seconds(PATIENCE);

    private SimulatedCard card;
    private Reader reader;
    private Wallet wallet;

    @BeforeClass
    public static void issueACard() throws IOException {
        peer = new WalletPeer("tap");
    }

    @AfterClass
    public static void close() throws IOException {
        peer.close();
    }

    @Before
    public void layItDown() throws IOException {
        card = SimulatedCard.of(peer.folder);
        reader = new Reader(card);
        reader.setPassword(Password.PIN, PIN);
        wallet = peer.wallet();
    }

    @After
    public void takeItAway() throws IOException {
        wallet.close();
        reader.close();
        card.close();
    }

    private void tap(FaceMatcher matcher) throws JuminException {
        wallet.tap(reader, peer.url, null, matcher, now());
    }

    @Test
    public void phoneIsBoundAndHasTheCardsCredential() throws IOException {
        final Set<Step> steps = new TreeSet<>();
        final byte[][] portraits = new byte[2][];
        reader.setProgress((step, name, done, total) -> steps.add(step));
        wallet.setProgress((step, name, done, total) -> steps.add(step));
        tap(portrait -> {
            portraits[0] = portrait;
            portraits[1] = portrait.clone();
            return new Likeness(80, true); // the least that the issuer takes
        });
        assertEquals((byte) 0xD8, portraits[1][1]);
        assertTrue(portraits[1].length > 1000);
        assertEquals("overwritten", 0, portraits[0][1]);
        assertTrue(steps.toString(), steps.containsAll(EnumSet.of(Step.PACE, Step.BIND, Step.NETWORK)));
        assertEquals(EnumSet.allOf(Credential.Format.class),
                wallet.credentials(now()).stream().map(Credential::format).collect(Collectors.toSet()));
        for (final Credential one : wallet.credentials(now())) {
            assertEquals(Credential.State.USABLE, one.state());
            assertTrue(wallet.claims(one.id()).contains("document_number"));
        }
    }

    @Test
    public void faceIsComparedWhereTheIssuerWantsIt() {
        assertEquals("not-supported", errorOf(() -> tap(null)));
        assertEquals("rules", errorOf(() -> tap(portrait -> new Likeness(79, true))));
        assertEquals("rules", errorOf(() -> tap(portrait -> new Likeness(100, false))));
        final JuminException failed = assertThrows(JuminException.class, () -> tap(portrait -> {
            throw new IOException("no camera");
        }));
        assertEquals("no camera", failed.getCause().getMessage());
        final IllegalArgumentException mine = new IllegalArgumentException("mine");
        assertSame(mine, assertThrows(IllegalArgumentException.class, () -> tap(portrait -> {
            throw mine;
        })));
    }

    @Test
    public void tagThatLeavesIsToldAndTheNextTapDoes() throws IOException {
        card.loseAt = 12;
        final JuminException thrown = assertThrows(JuminException.class, () -> tap(ALIKE));
        assertTrue(thrown.isCardLost());
        assertEquals("tag lost", thrown.getCause().getMessage());
        tap(ALIKE);
        assertEquals(2, wallet.credentials(now()).size());
    }

    @Test
    public void networkThatFailsIsTold() throws IOException {
        wallet.setHttp(request -> {
            throw new IOException("tunnel");
        });
        assertEquals("tunnel", assertThrows(JuminException.class, () -> tap(ALIKE)).getCause().getMessage());
        final IllegalArgumentException mine = new IllegalArgumentException("mine");
        wallet.setHttp(request -> {
            throw mine;
        });
        assertSame(mine, assertThrows(IllegalArgumentException.class, () -> tap(ALIKE)));
    }

    @Test
    public void wrongPinIsTold() throws IOException {
        reader.setPassword(Password.PIN, "000000");
        assertEquals("wrong-password", errorOf(() -> tap(ALIKE)));
        reader.setPassword(Password.PIN, PIN);
        tap(ALIKE);
    }

    /** Before the card and before the network; the reader is guarded meanwhile. */
    @Test
    public void holderMayCancel() {
        final int[] commands = {0};
        reader.setProgress((step, name, done, total) -> {
            assertThrows(IllegalStateException.class, reader::close);
            wallet.cancel();
            commands[0] = card.commands;
        });
        assertEquals("cancelled", errorOf(() -> tap(ALIKE)));
        assertEquals("the card hears nothing more", commands[0], card.commands);
        reader.setProgress(null);
        wallet.setProgress((step, name, done, total) -> wallet.cancel());
        assertEquals("cancelled", errorOf(() -> tap(ALIKE)));
        assertEquals("cancelled", errorOf(() -> tap(portrait -> {
            wallet.cancel();
            return new Likeness(90, true);
        })));
        reader.cancel(); // nothing that runs
    }
}
