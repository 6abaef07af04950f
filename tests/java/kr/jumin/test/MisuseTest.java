// Whatever a program does wrong, the virtual machine lives on: null, closed, wrong thread, callbacks that call back.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin.test;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import kr.jumin.BindingPipe;
import kr.jumin.Document;
import kr.jumin.JuminException;
import kr.jumin.Password;
import kr.jumin.Reader;
import kr.jumin.Transceiver;
import kr.jumin.Trust;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;
import org.junit.function.ThrowingRunnable;

public final class MisuseTest {
    private static final int PATIENCE = 30; // seconds

    @Rule public final Timeout timeout = Timeout.seconds(PATIENCE);

    private static final byte[] NOT_FOUND = {0x6A, (byte) 0x82};

    private static void assertNull(ThrowingRunnable call) {
        assertThrows(NullPointerException.class, call);
    }

    private static void assertIllegalState(ThrowingRunnable call) {
        assertThrows(IllegalStateException.class, call);
    }

    private static String errorOf(Transceiver transceiver) throws IOException {
        try (Reader reader = new Reader(transceiver)) {
            reader.setPassword(Password.CAN, ReaderTest.CAN);
            return assertThrows(JuminException.class, reader::read).error();
        }
    }

    @Test
    public void nullIsRefused() throws IOException {
        assertNull(() -> new Reader(null).close());
        try (Reader reader = new Reader(command -> NOT_FOUND);
                Trust trust = new Trust()) {
            assertNull(() -> reader.setPassword(null, "123456"));
            assertNull(() -> reader.setPassword(Password.CAN, null));
            assertNull(() -> reader.setMrz(null, "900101", "300101"));
            assertNull(() -> reader.setMrz("M12345678", null, "300101"));
            assertNull(() -> reader.setMrz("M12345678", "900101", null));
            assertNull(() -> reader.setGroups((int[]) null));
            assertNull(() -> reader.setTransceiver(null));
            assertNull(() -> reader.transmit(null));
            assertNull(() -> trust.addCertificate(null));
            assertNull(() -> trust.addRevocationList(null));
        }
    }

    /** What a shrinker must not rename, since native code has it by name. */
    @Test
    public void jarTellsShrinkersWhatToKeep() throws IOException {
        try (InputStream rules = Reader.class.getResourceAsStream("/META-INF/proguard/jumin.pro")) {
            assertTrue(new String(rules.readAllBytes(), StandardCharsets.UTF_8).contains("-keep class kr.jumin.** { *; }"));
        }
    }

    @Test
    public void closedIsRefused() throws IOException {
        final Reader reader = new Reader(command -> NOT_FOUND);
        final Trust trust = new Trust();
        reader.close();
        reader.close();
        trust.close();
        assertIllegalState(reader::read);
        assertIllegalState(reader::inspect);
        assertIllegalState(reader::restart);
        assertIllegalState(() -> reader.setPassword(Password.CAN, "123456"));
        assertIllegalState(() -> reader.setProgress(null));
        assertIllegalState(() -> reader.transmit(new byte[5]));
        assertIllegalState(() -> trust.addCertificate(new byte[1]));
        reader.cancel();
    }

    @Test
    public void nonsenseIsRefused() throws IOException {
        try (Reader reader = new Reader(command -> NOT_FOUND);
                Trust trust = new Trust()) {
            assertThrows(JuminException.class, () -> reader.setPassword(Password.CAN, ""));
            assertThrows(JuminException.class, () -> reader.setPassword(Password.CAN, "1234\u00005"));
            assertThrows(JuminException.class, () -> reader.setPassword(Password.CAN, "7".repeat(100000)));
            assertThrows(JuminException.class, () -> reader.setMrz("가나다", "900101", "300101"));
            assertThrows(IllegalArgumentException.class, () -> reader.setGroups(17));
            assertThrows(IllegalArgumentException.class, () -> reader.setGroups(0));
            assertThrows(JuminException.class, () -> reader.transmit(new byte[0]));
            assertThrows(JuminException.class, () -> trust.addCertificate(new byte[0]));
            assertThrows(JuminException.class, () -> trust.addRevocationList(new byte[100]));
        }
    }

    @Test
    public void anyAnswerOfTheCardIsSurvived() throws IOException {
        assertEquals("link", errorOf(command -> null));
        errorOf(command -> new byte[0]);
        errorOf(command -> new byte[1]);
        errorOf(command -> new byte[70000]);
        errorOf(command -> NOT_FOUND);
        errorOf(command -> command);
        assertEquals("card-removed", errorOf(command -> {
            throw new IOException("gone");
        }));
    }

    @Test
    public void errorsOfTheTransceiverReachTheCaller() throws IOException {
        final OutOfMemoryError mine = new OutOfMemoryError("mine");
        try (Reader reader = new Reader(command -> {
            throw mine;
        })) {
            assertSame(mine, assertThrows(OutOfMemoryError.class, reader::inspect));
            assertSame(mine, assertThrows(OutOfMemoryError.class, reader::inspect));
        }
    }

    /** As IsoDep does whose tag was replaced by another. */
    @Test
    public void whatTheLengthThrowsReachesTheCaller() throws IOException {
        final SecurityException mine = new SecurityException("tag is out of date");
        final Transceiver outdated = new Transceiver() {
            @Override
            public byte[] transceive(byte[] command) {
                return NOT_FOUND;
            }

            @Override
            public int maxTransceiveLength() {
                throw mine;
            }
        };
        try (Reader reader = new Reader(outdated)) {
            assertSame(mine, assertThrows(SecurityException.class, reader::inspect));
            reader.setTransceiver(command -> NOT_FOUND);
            reader.inspect().close();
        }
    }

    @Test
    public void cancelEndsOneCallAndNoOther() throws IOException {
        try (Reader reader = new Reader(command -> NOT_FOUND)) {
            reader.inspect().close();
            reader.cancel();
            assertArrayEquals(NOT_FOUND, reader.transmit(new byte[] {0, (byte) 0xB0, 0, 0, 1}));
            reader.setProgress((step, name, done, total) -> reader.cancel());
            assertEquals("cancelled", assertThrows(JuminException.class, reader::inspect).error());
            reader.setProgress(null);
            reader.inspect().close();
            assertArrayEquals(NOT_FOUND, reader.transmit(new byte[] {0, (byte) 0xB0, 0, 0, 1}));
        }
    }

    @Test
    public void cancelComesFromAnotherThread() throws Exception {
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch cancelled = new CountDownLatch(1);
        try (Reader reader = new Reader(command -> {
            running.countDown();
            try {
                cancelled.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return NOT_FOUND;
        })) {
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final Thread other = new Thread(() -> failure.set(assertThrows(JuminException.class, reader::inspect)));
            other.start();
            running.await();
            reader.cancel();
            cancelled.countDown();
            other.join();
            assertEquals("cancelled", ((JuminException) failure.get()).error());
        }
    }

    @Test
    public void hugeArraysAndOddTextsAreRefused() throws IOException {
        final byte[] huge = new byte[1 << 26];
        try (Reader reader = new Reader(command -> huge);
                Trust trust = new Trust()) {
            assertThrows(JuminException.class, () -> trust.addCertificate(huge));
            assertThrows(JuminException.class, () -> trust.addRevocationList(huge));
            assertThrows(JuminException.class, reader::inspect);
            assertThrows(JuminException.class, () -> reader.transmit(huge));
            assertThrows(JuminException.class, () -> new BindingPipe(reader, huge, huge));
            try (BindingPipe pipe = new BindingPipe(reader, BindingTest.deviceKey(), new byte[0])) {
                pipe.next(null);
                assertThrows(JuminException.class, () -> pipe.next(huge));
            }
            assertThrows(JuminException.class, () -> reader.setPassword(Password.CAN, "\uD83D\uDE00".repeat(9)));
            assertThrows(JuminException.class, () -> reader.setMrz("\uD800", "900101", "300101"));
            assertThrows(JuminException.class, () -> reader.setMrz("M1\u0000", "900101", "300101"));
        }
    }

    /** Memory is lost, and nothing else: what native code holds is freed by close alone. */
    @Test
    public void handlesThatAreNotClosedDoNoHarm() throws IOException {
        for (int i = 0; i < 100; i++) {
            final Reader forgotten = new Reader(command -> NOT_FOUND);
            assertThrows(JuminException.class, () -> forgotten.inspect().mrz());
        }
        System.gc();
        try (Reader reader = new Reader(command -> NOT_FOUND)) {
            reader.inspect().close();
        }
    }

    @Test
    public void callbacksThatCallBackAreRefused() throws IOException {
        final AtomicReference<Reader> reader = new AtomicReference<>();
        final AtomicInteger calls = new AtomicInteger();
        reader.set(new Reader(command -> {
            calls.incrementAndGet();
            assertIllegalState(() -> reader.get().read());
            assertIllegalState(() -> reader.get().close());
            assertIllegalState(() -> reader.get().setPassword(Password.CAN, "123456"));
            return NOT_FOUND;
        }));
        reader.get().inspect().close();
        assertTrue(calls.get() > 0);
        reader.get().close();
    }

    @Test
    public void pipeIsGuardedAsItsReaderIs() throws IOException {
        final byte[] noPoint = new byte[BindingPipe.DEVICE_KEY_LENGTH];
        try (Reader reader = new Reader(command -> NOT_FOUND)) {
            assertNull(() -> new BindingPipe(null, BindingTest.deviceKey(), new byte[0]));
            assertNull(() -> new BindingPipe(reader, null, new byte[0]));
            assertNull(() -> new BindingPipe(reader, BindingTest.deviceKey(), null));
            assertThrows(JuminException.class, () -> new BindingPipe(reader, noPoint, new byte[0]));
            assertThrows(JuminException.class, () -> new BindingPipe(reader, new byte[3], new byte[0]));
            assertThrows(JuminException.class,
                    () -> new BindingPipe(reader, Arrays.copyOf(BindingTest.deviceKey(), 66), new byte[0]));
            assertThrows(JuminException.class,
                    () -> new BindingPipe(reader, BindingTest.deviceKey(), new byte[100000]));
            final BindingPipe pipe = new BindingPipe(reader, BindingTest.deviceKey(), new byte[0]);
            assertIllegalState(reader::close);
            assertEquals(0, pipe.counter());
            assertTrue(pipe.next(null).length > BindingPipe.DEVICE_KEY_LENGTH);
            assertEquals("malformed", assertThrows(JuminException.class, () -> pipe.next(new byte[9])).error());
            assertThrows(JuminException.class, () -> pipe.next(new byte[9]));
            pipe.close();
            pipe.close();
            assertIllegalState(() -> pipe.next(null));
            assertIllegalState(pipe::isFinished);
        }
    }

    @Test
    public void anotherThreadIsRefusedWhileACallRuns() throws Exception {
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch tried = new CountDownLatch(1);
        final Reader reader = new Reader(command -> {
            running.countDown();
            try {
                tried.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return NOT_FOUND;
        });
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread other = new Thread(() -> {
            try {
                reader.inspect().close();
            } catch (IOException e) {
                failure.set(e);
            }
        });
        other.start();
        running.await();
        assertIllegalState(reader::read);
        assertIllegalState(reader::close);
        tried.countDown();
        other.join();
        assertSame(null, failure.get());
        reader.close();
    }

    @Test
    public void anotherThreadMayUseItAfterwards() throws Exception {
        try (SimulatedCard card = SimulatedCard.issued();
                Reader reader = new Reader(card)) {
            reader.setPassword(Password.CAN, ReaderTest.CAN);
            final AtomicReference<Document> document = new AtomicReference<>();
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final Thread other = new Thread(() -> {
                try {
                    document.set(reader.read());
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            other.start();
            other.join();
            assertSame(null, failure.get());
            assertTrue(document.get().file("DG2").length > 1000);
            assertNull(() -> document.get().verify(null, 0));
            assertNull(() -> document.get().file(null));
            assertThrows(IllegalArgumentException.class, () -> document.get().file("DG99"));
            document.get().close();
            assertIllegalState(() -> document.get().mrz());
            try (Trust trust = new Trust()) {
                assertIllegalState(() -> document.get().verify(trust, 0));
            }
        }
    }
}
