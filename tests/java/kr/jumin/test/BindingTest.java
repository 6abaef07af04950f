// A phone is bound to a card from Java, with the issuer's server as another process.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import kr.jumin.BindingPipe;
import kr.jumin.JuminException;
import kr.jumin.Password;
import kr.jumin.Reader;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

public final class BindingTest {
    private static final String PIN = "314159";
    private static final int PATIENCE = 60; // seconds

    @Rule public final Timeout timeout = Timeout.seconds(PATIENCE);

    private SimulatedCard card;
    private Reader reader;
    private BindingPipe running;

    /** The issuer: messages go in and answers come out, each behind its length in four bytes. */
    private static final class Server implements AutoCloseable {
        private final Process process;

        Server(SimulatedCard card) throws IOException {
            process = new ProcessBuilder(System.getProperty("jumin.serve_binding"), card.folder.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        }

        byte[] send(byte[] message) throws IOException {
            final DataOutputStream out = new DataOutputStream(process.getOutputStream());
            out.writeInt(message.length);
            out.write(message);
            out.flush();
            final DataInputStream in = new DataInputStream(process.getInputStream());
            final byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            return answer;
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private static byte[] coordinate(BigInteger value) {
        final byte[] bytes = value.toByteArray();
        final byte[] fixed = new byte[32];
        final int n = Math.min(bytes.length, fixed.length);
        System.arraycopy(bytes, bytes.length - n, fixed, fixed.length - n, n);
        return fixed;
    }

    static byte[] pointOf(ECPublicKey key) {
        final byte[] point = new byte[BindingPipe.DEVICE_KEY_LENGTH];
        point[0] = 4;
        System.arraycopy(coordinate(key.getW().getAffineX()), 0, point, 1, 32);
        System.arraycopy(coordinate(key.getW().getAffineY()), 0, point, 33, 32);
        return point;
    }

    /** A fresh key, as a phone's key store makes it. */
    static byte[] deviceKey() {
        try {
            final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return pointOf((ECPublicKey) generator.generateKeyPair().getPublic());
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Before
    public void layTheCardDown() throws Exception {
        card = SimulatedCard.issued();
        reader = new Reader(card);
        reader.setPassword(Password.PIN, PIN);
    }

    @After
    public void takeItAway() throws IOException {
        reader.close();
        card.close();
    }

    private long bind(byte[] key) throws IOException {
        try (Server server = new Server(card);
                BindingPipe pipe = new BindingPipe(reader, key, new byte[] {1, 2, 3})) {
            running = pipe;
            byte[] answer = null;
            int messages = 0;
            while (!pipe.isFinished()) {
                final byte[] message = pipe.next(answer);
                if (message != null) {
                    answer = server.send(message);
                    messages++;
                }
            }
            assertEquals(4, messages);
            return pipe.counter();
        }
    }

    @Test
    public void phoneIsBoundOnceAndReplacedByTheNext() throws IOException {
        final byte[] key = deviceKey();
        assertEquals(1, bind(key));
        assertEquals(1, bind(key));
        assertEquals(2, bind(deviceKey()));
    }

    @Test
    public void tagThatLeavesIsToldAndDoesNoHarm() throws IOException {
        final byte[] key = deviceKey();
        card.loseAt = 12;
        final JuminException thrown = assertThrows(JuminException.class, () -> bind(key));
        assertTrue(thrown.isCardLost());
        assertEquals(1, bind(key));
    }

    @Test
    public void pipeIsNotAskedWhileItRuns() throws IOException {
        reader.setProgress((step, name, done, total) -> {
            assertThrows(IllegalStateException.class, running::isFinished);
            assertThrows(IllegalStateException.class, running::counter);
            assertThrows(IllegalStateException.class, running::close);
        });
        assertEquals(1, bind(deviceKey()));
    }

    @Test
    public void wrongPinIsTold() throws IOException {
        reader.setPassword(Password.PIN, "000000");
        final JuminException thrown = assertThrows(JuminException.class, () -> bind(deviceKey()));
        assertEquals("wrong-password", thrown.error());
    }

    @Test
    public void holderMayCancel() throws IOException {
        reader.setProgress((step, name, done, total) -> reader.cancel());
        assertEquals("cancelled", assertThrows(JuminException.class, () -> bind(deviceKey())).error());
    }
}
