// The phone's end of binding it to a card.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.util.Objects;

/**
 * Binds this phone to the card: the issuer's server authenticates itself to the card through the phone.
 *
 * <pre>{@code
 * reader.setPassword(Password.PIN, pin);
 * try (BindingPipe pipe = new BindingPipe(reader, deviceKey, attestation)) {
 *     byte[] answer = null;
 *     while (!pipe.isFinished()) {
 *         byte[] message = pipe.next(answer);
 *         answer = message != null ? server.send(message) : null;
 *     }
 * }
 * }</pre>
 *
 * <p>After a failure the pipe is of no more use: begin with a new one. The same device key leads to the same binding, so
 * a lost answer does no harm. Close the pipe before its reader.
 */
public final class BindingPipe extends NativeHandle {
    /** Bytes of a device key: an uncompressed point of P-256. */
    public static final int DEVICE_KEY_LENGTH = 65;

    private final Reader reader;

    private BindingPipe(Reader reader, long address) {
        super(address);
        this.reader = reader;
    }

    /**
     * A pipe for one binding.
     *
     * @param reader with the card's PIN; it is kept from other use while {@link #next} runs
     * @param deviceKey an uncompressed point of P-256, whose private key is in the phone's key store
     * @param attestation what vouches for the key to this issuer; may be empty
     * @throws JuminException when the key is none
     */
    public BindingPipe(Reader reader, byte[] deviceKey, byte[] attestation) throws JuminException {
        this(Objects.requireNonNull(reader, "reader"), make(reader, deviceKey, attestation));
    }

    private static long make(Reader reader, byte[] deviceKey, byte[] attestation) throws JuminException {
        Objects.requireNonNull(deviceKey, "deviceKey");
        Objects.requireNonNull(attestation, "attestation");
        final long address = reader.enter();
        try {
            final long pipe = Native.pipeNew(address, deviceKey, attestation);
            reader.lend();
            return pipe;
        } finally {
            reader.leave();
        }
    }

    /**
     * Takes the server's answer to the message before and makes the next one. Most of these calls talk to the card: the
     * reader's progress and {@link Reader#cancel()} hold.
     *
     * @param answer what the server answered; null the first time
     * @return the message for the server; null when there is none after the last answer
     * @throws JuminException what went wrong
     */
    public byte[] next(byte[] answer) throws JuminException {
        final long busy = reader.enter();
        try {
            final long address = enter();
            try {
                reader.begin();
                return Native.pipeNext(busy, address, answer);
            } finally {
                leave();
            }
        } finally {
            reader.leave();
        }
    }

    /**
     * Whether the server has said that the phone is bound.
     *
     * @return true after the last answer
     */
    public boolean isFinished() {
        final long address = share();
        try {
            return Native.pipeFinished(address);
        } finally {
            leave();
        }
    }

    /**
     * The card's counter of bindings.
     *
     * @return the counter, 0 before the phone is bound
     */
    public long counter() {
        final long address = share();
        try {
            return Native.pipeCounter(address);
        } finally {
            leave();
        }
    }

    @Override
    void prepareToFree() {
        reader.enter();
    }

    @Override
    void free(long freed) {
        Native.pipeFree(freed);
        reader.leave();
        reader.giveBack();
    }
}
