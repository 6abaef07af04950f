// A tap from Java: read, verified, lost, cancelled.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import kr.jumin.Document;
import kr.jumin.JuminException;
import kr.jumin.Mrz;
import kr.jumin.Password;
import kr.jumin.Portrait;
import kr.jumin.Reader;
import kr.jumin.Report;
import kr.jumin.Step;
import kr.jumin.Trust;
import kr.jumin.Verdict;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

public final class ReaderTest {
    static final String CAN = "271828";

    private SimulatedCard card;
    private Reader reader;

    @Before
    public void layTheCardDown() throws Exception {
        card = SimulatedCard.issued();
        reader = new Reader(card);
        reader.setPassword(Password.CAN, CAN);
    }

    @After
    public void takeItAway() throws IOException {
        reader.close();
        card.close();
    }

    private Trust trust() throws IOException {
        final Trust trust = new Trust();
        trust.addCertificate(Files.readAllBytes(card.folder.resolve("csca.der")));
        trust.addRevocationList(Files.readAllBytes(card.folder.resolve("csca.crl")));
        return trust;
    }

    private void assertGenuine(Document document) throws IOException {
        try (Trust trust = trust()) {
            final Report report = document.verify(trust, card.issued);
            assertEquals(Verdict.PASSED, report.document());
            assertEquals(Verdict.PASSED, report.chip());
            for (final Report.Check check : report.checks()) {
                assertTrue(check.kind() + ": " + check.detail(), check.verdict() != Verdict.FAILED);
            }
        }
    }

    @Test
    public void readsAndVerifies() throws IOException {
        try (Document document = reader.read()) {
            final Mrz mrz = document.mrz();
            assertEquals("KOR", mrz.issuingState());
            assertTrue(mrz.hasRightCheckDigits());
            assertEquals(mrz.text().length(), 90);
            assertFalse(document.fullName().isEmpty());
            assertTrue(document.fullName().codePoints().allMatch(c -> c < 0x10000 && c >= 0xAC00 || c == '<' || c == ' '));
            final Portrait portrait = document.portrait();
            assertEquals("image/jpeg", portrait.mediaType());
            assertEquals((byte) 0xFF, portrait.image()[0]);
            assertTrue(portrait.width() > 0 && portrait.height() > 0);
            assertEquals(0x61, document.file("DG1")[0]);
            assertGenuine(document);
        }
    }

    @Test
    public void readsThroughShortApdus() throws IOException {
        reader.read().close();
        final int extended = card.commands;
        reader.restart();
        card.commands = 0;
        card.maxLength = 261;
        try (Document document = reader.read()) {
            assertGenuine(document);
        }
        assertTrue(extended + " extended, " + card.commands + " short", extended + 10 < card.commands);
    }

    @Test
    public void doesNotBelieveWithoutTrust() throws IOException {
        try (Document document = reader.read();
                Trust nobody = new Trust()) {
            assertEquals(Verdict.FAILED, document.verify(nobody, card.issued).document());
        }
    }

    @Test
    public void tellsAWrongPassword() throws IOException {
        reader.setPassword(Password.CAN, "000000");
        final JuminException thrown = assertThrows(JuminException.class, reader::read);
        assertEquals("wrong-password", thrown.error());
        assertFalse(thrown.getMessage().isEmpty());
        assertFalse(thrown.isCardLost());
    }

    @Test
    public void goesOnWhenTheCardComesBack() throws IOException {
        reader.read().close();
        final int whole = card.commands;
        card.commands = 0;
        card.loseAt = whole - 4;
        reader.restart();
        final JuminException thrown = assertThrows(JuminException.class, reader::read);
        assertEquals("card-removed", thrown.error());
        assertTrue(thrown.isCardLost());
        assertEquals("tag lost", thrown.getCause().getMessage());
        card.commands = 0;
        try (Document document = reader.read()) {
            assertGenuine(document);
        }
        assertTrue(card.commands + " of " + whole, card.commands < whole - 4);
    }

    @Test
    public void tellsItsProgress() throws IOException {
        final List<String> names = new ArrayList<>();
        reader.setProgress((step, name, done, total) -> {
            if (step == Step.READ_FILE && !names.contains(name)) {
                names.add(name);
            }
            assertTrue(done <= total || total == 0);
        });
        reader.read().close();
        assertTrue(names.toString(), names.contains("DG2"));
    }

    @Test
    public void isCancelledFromTheListener() {
        reader.setProgress((step, name, done, total) -> {
            if (step == Step.READ_FILE) {
                reader.cancel();
            }
        });
        assertEquals("cancelled", assertThrows(JuminException.class, reader::read).error());
    }

    @Test
    public void passesOnWhatTheListenerThrows() {
        final IllegalStateException mine = new IllegalStateException("mine");
        reader.setProgress((step, name, done, total) -> {
            throw mine;
        });
        assertSame(mine, assertThrows(IllegalStateException.class, reader::read));
    }

    @Test
    public void sendsOneMoreCommand() throws IOException {
        reader.read().close();
        final byte[] readDg1 = {0x00, (byte) 0xB0, (byte) 0x81, 0x00, 0x01};
        assertArrayEquals(new byte[] {0x61, (byte) 0x90, 0x00}, reader.transmit(readDg1));
    }

    @Test
    public void readsOnlyTheGroupsAskedFor() throws IOException {
        reader.setGroups(1);
        try (Document document = reader.read()) {
            assertEquals(0x61, document.file("DG1")[0]);
            assertEquals("no-such-file", assertThrows(JuminException.class, () -> document.file("DG2")).error());
        }
    }
}
