// The terminal's side of a tap.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.io.IOException;
import java.util.Objects;

/**
 * Reads a card through a {@link Transceiver}.
 *
 * <pre>{@code
 * try (Reader reader = new Reader(isoDep::transceive)) {
 *     reader.setPassword(Password.CAN, "271828");
 *     try (Document document = reader.read()) {
 *         Report report = document.verify(trust, System.currentTimeMillis() / 1000);
 *     }
 * }
 * }</pre>
 *
 * <p>When the card has left ({@link JuminException#isCardLost()}), hand in its new tag with
 * {@link #setTransceiver} and call {@link #read()} again: it goes on where it stopped.
 */
public final class Reader extends NativeHandle {
    private final Callbacks callbacks;

    private Reader(Callbacks callbacks) throws JuminException {
        super(Native.readerNew(callbacks));
        this.callbacks = callbacks;
    }

    /**
     * A reader for the card behind {@code transceiver}.
     *
     * @param transceiver the way to the card
     * @throws JuminException when there is no memory
     */
    public Reader(Transceiver transceiver) throws JuminException {
        this(new Callbacks(Objects.requireNonNull(transceiver, "transceiver")));
    }

    /**
     * Another way to the card, as after the tag was lost and found again.
     *
     * @param transceiver the way to the card
     */
    public void setTransceiver(Transceiver transceiver) {
        Objects.requireNonNull(transceiver, "transceiver");
        enter();
        try {
            callbacks.transceiver = transceiver;
        } finally {
            leave();
        }
    }

    /**
     * The password that opens the card.
     *
     * @param password which of them
     * @param characters its characters
     * @throws JuminException when it is none
     */
    public void setPassword(Password password, String characters) throws JuminException {
        final int reference = Objects.requireNonNull(password, "password").reference;
        final byte[] bytes = Texts.bytes(characters, "characters");
        final long address = enter();
        try {
            Native.readerSetPassword(address, reference, bytes);
        } finally {
            leave();
            java.util.Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * The MRZ password from its fields; check digits are computed.
     *
     * @param documentNumber as printed
     * @param birthDate YYMMDD
     * @param expiryDate YYMMDD
     * @throws JuminException when a field is not possible
     */
    public void setMrz(String documentNumber, String birthDate, String expiryDate) throws JuminException {
        final byte[] number = Texts.bytes(documentNumber, "documentNumber");
        final byte[] birth = Texts.bytes(birthDate, "birthDate");
        final byte[] expiry = Texts.bytes(expiryDate, "expiryDate");
        final long address = enter();
        try {
            Native.readerSetMrz(address, number, birth, expiry);
        } finally {
            leave();
        }
    }

    /**
     * Which data groups to read; all that the card has unless set.
     *
     * @param groups their numbers
     * @throws JuminException when the library does not read one of them
     */
    public void setGroups(int... groups) throws JuminException {
        int bits = 0;
        for (final int group : Objects.requireNonNull(groups, "groups")) {
            if (group < 1 || group > 16) {
                throw new IllegalArgumentException("there is no data group " + group);
            }
            bits |= 1 << group;
        }
        final long address = enter();
        try {
            Native.readerSetGroups(address, bits);
        } finally {
            leave();
        }
    }

    /**
     * Who is told how far a call has come; null: nobody.
     *
     * @param progress the listener
     */
    public void setProgress(Progress progress) {
        enter();
        try {
            callbacks.progress = progress;
        } finally {
            leave();
        }
    }

    /** Ends the call that is running, before its next command; it throws "cancelled". From any thread. */
    public void cancel() {
        callbacks.cancelled = true;
    }

    /**
     * The whole tap: PACE, the files, chip and active authentication.
     *
     * @return what was read
     * @throws JuminException what went wrong; see {@link JuminException#isCardLost()}
     */
    public Document read() throws JuminException {
        return run(true);
    }

    /**
     * What the card gives to everyone: EF.CardAccess, EF.ATR/INFO, EF.DIR.
     *
     * @return what was read
     * @throws JuminException what went wrong
     */
    public Document inspect() throws JuminException {
        return run(false);
    }

    private Document run(boolean whole) throws JuminException {
        final long address = enter();
        try {
            begin();
            return new Document(Native.readerRead(address, whole));
        } finally {
            leave();
        }
    }

    /** A call begins that {@link #cancel()} may end. */
    void begin() {
        callbacks.cancelled = false;
    }

    /** Forgets what an interrupted read has kept. */
    public void restart() {
        final long address = enter();
        try {
            Native.readerRestart(address);
        } finally {
            leave();
        }
    }

    /**
     * One more command to the card that was just read, under its secure messaging.
     *
     * @param command a plain command APDU
     * @return data and status word
     * @throws JuminException what went wrong
     */
    public byte[] transmit(byte[] command) throws JuminException {
        Objects.requireNonNull(command, "command");
        final long address = enter();
        try {
            begin();
            return Native.readerTransmit(address, command);
        } finally {
            leave();
        }
    }

    @Override
    void free(long freed) {
        Native.readerFree(freed);
    }

    /** What native code calls; the names are known there. */
    static final class Callbacks {
        private volatile Transceiver transceiver;
        private volatile Progress progress;
        private volatile boolean cancelled;

        Callbacks(Transceiver transceiver) {
            this.transceiver = transceiver;
        }

        private void connect() throws IOException {
            transceiver.connect();
        }

        private byte[] transceive(byte[] command) throws IOException {
            return transceiver.transceive(command);
        }

        private int maxTransceiveLength() {
            return transceiver.maxTransceiveLength();
        }

        private boolean progress(int step, byte[] name, long done, long total) {
            final Progress listener = progress;
            if (listener != null && !cancelled) {
                listener.progress(Step.of(step), Texts.of(name), done, total);
            }
            return !cancelled;
        }
    }
}
