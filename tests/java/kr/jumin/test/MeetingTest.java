// A wallet is shown in person from Java, to a venue that is another process.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import kr.jumin.Disclosure;
import kr.jumin.Event;
import kr.jumin.JuminException;
import kr.jumin.Meeting;
import kr.jumin.Purpose;
import kr.jumin.Wallet;
import org.junit.After;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

public final class MeetingTest {
    private static final int PATIENCE = 60; // seconds

    @Rule public final Timeout timeout = Timeout.seconds(PATIENCE);

    private Process venue;
    private DataInputStream in;
    private DataOutputStream out;
    private Wallet wallet;
    private long now;
    private Disclosure asked; // the last one

    private byte[] receive() throws IOException {
        final byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    private void send(byte[] frame) throws IOException {
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
    }

    private void start(String... purposes) throws Exception {
        final List<String> command = new ArrayList<>(List.of(System.getProperty("jumin.venue_peer")));
        command.addAll(List.of(purposes));
        venue = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        in = new DataInputStream(venue.getInputStream());
        out = new DataOutputStream(venue.getOutputStream());
        final String[] lines = new String(receive(), StandardCharsets.UTF_8).split("\n");
        assertThrows(JuminException.class, () -> new Wallet(lines[0], "another"));
        wallet = new Wallet(lines[0], lines[1]);
        now = Long.parseLong(lines[2]);
    }

    @After
    public void end() throws Exception {
        wallet.close();
        send(new byte[0]);
        out.close(); // where a test has failed in the middle it waits for more
        assertEquals(0, venue.waitFor());
    }

    /** As a HostApduService: a null response means that the holder is asked. */
    private String meet(Meeting meeting, boolean yes) throws Exception {
        for (;;) {
            final byte[] frame = receive();
            if (frame.length == 0) {
                meeting.reset();
            } else if (frame[0] == 'v') {
                return new String(frame, StandardCharsets.UTF_8);
            } else {
                byte[] response = meeting.command(frame, now);
                if (response == null) {
                    assertEquals(Meeting.State.ASKED, meeting.state());
                    asked = meeting.disclosure();
                    response = meeting.decide(yes, now);
                }
                send(response);
            }
        }
    }

    private Event lastEvent() throws JuminException {
        final List<Event> history = wallet.history();
        return history.get(history.size() - 1);
    }

    @Test
    public void whatTheHolderAgreesToIsShown() throws Exception {
        start("adult", "adult", "identity");
        try (Meeting meeting = new Meeting(wallet, false, true)) {
            assertEquals(Meeting.State.WAITING, meeting.state());
            assertNull(meeting.qr());
            assertNull(meeting.disclosure());
            assertNull(meeting.decide(true, now));
            assertThrows(IllegalStateException.class, wallet::close);

            final String verdict = meet(meeting, true);
            assertTrue(verdict, verdict.startsWith("verdict: the holder's key has answered"));
            assertEquals(Meeting.State.SHOWN, meeting.state());
            assertEquals(EnumSet.of(Purpose.ADULT), asked.purposes());
            assertEquals(1, asked.elements().size());
            assertEquals("adult_in_2027", asked.elements().get(0).name());
            assertEquals("true", asked.elements().get(0).value());
            final Event shown = lastEvent();
            assertEquals("shown Signer adult adult_in_2027 ",
                    String.join(" ", shown.kind(), shown.who(), shown.purpose(), shown.elements(), shown.reason()));
            assertEquals(now, shown.time());

            assertEquals("verdict: access-denied", meet(meeting, false));
            assertEquals(Meeting.State.REFUSED, meeting.state());
            assertEquals("the holder said no", meeting.detail());

            assertEquals("verdict: access-denied", meet(meeting, true));
            assertEquals("Signer may not ask for identity", meeting.detail());
            assertEquals("Signer may not ask for identity", asked.refused());
            for (final Disclosure.Element one : asked.elements()) {
                assertEquals("Signer may not ask for identity", one.refused());
                assertEquals(one.name(), one.name().equals("portrait"), one.value() == null); // that credential has none
            }
            assertEquals("refused", lastEvent().kind());
        }
    }

    /** The status list is due: what the network does then ends nothing, and is nobody else's failure later. */
    @Test
    public void networkThatFailsDoesNotEndAMeeting() throws Exception {
        start("adult");
        final int[] asked = {0};
        wallet.setHttp(request -> {
            asked[0]++;
            throw new IllegalStateException("mine");
        });
        wallet.cancel(); // nothing that runs
        try (Meeting meeting = new Meeting(wallet, false, true)) {
            final String verdict = meet(meeting, true);
            assertTrue(verdict, verdict.startsWith("verdict: the holder's key has answered"));
        }
        assertTrue(asked[0] > 0);
        final JuminException none = assertThrows(JuminException.class, () -> wallet.claims("none"));
        assertEquals("no-such-file", none.error());
        assertNull(none.getCause());
    }

    @Test
    public void theCodeIsOfOneMeeting() throws Exception {
        start();
        try (Meeting first = new Meeting(wallet, true, false); Meeting second = new Meeting(wallet, true, false)) {
            assertTrue(first.qr().startsWith("mdoc:"));
            assertTrue(!first.qr().equals(second.qr()));
            assertArrayEquals(new byte[] {0x67, 0x00}, first.command(new byte[] {0}, now));
        }
    }
}
