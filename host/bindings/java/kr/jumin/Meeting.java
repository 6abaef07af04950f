// The wallet is shown in person.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.util.Objects;

/**
 * The wallet before a reader (ISO 18013-5): from a command APDU to the response, for Android's {@code HostApduService}.
 *
 * <p>{@link #command} returns null while the holder is to decide about {@link #disclosure}; {@link #decide} then gives the
 * response. What is shown, and every refusal, is written to the wallet's history before the reader hears of it. A wallet that
 * has an {@link Http} looks at a status list that is due first, and goes by the one it has where that fails. Close the meeting
 * before its wallet.
 */
public final class Meeting extends NativeHandle {
    /** What has come of it. */
    public enum State {
        /** No verifier has asked. */
        WAITING,
        /** The holder is to decide. */
        ASKED,
        /** The reader is fetching what is shown. */
        SENDING,
        /** It was shown. */
        SHOWN,
        /** Nothing was shown: {@link Meeting#detail} says why. */
        REFUSED,
        /** The session has failed: {@link Meeting#detail} says why. */
        FAILED
    }

    /** What a call does with the wallet kept from others. */
    private interface Call<T> {
        T run(long address) throws JuminException;
    }

    private final Wallet wallet;

    private Meeting(Wallet wallet, long address) {
        super(address);
        this.wallet = wallet;
    }

    /**
     * A meeting, which may be one of many.
     *
     * @param wallet kept from other use while a call runs
     * @param qr engagement by QR code ({@link #qr}), good for one session; otherwise the phone is a tag
     * @param mac answer by MAC, where keys allow it: a venue cannot prove to others what it saw
     * @throws JuminException when there is no memory
     */
    public Meeting(Wallet wallet, boolean qr, boolean mac) throws JuminException {
        this(Objects.requireNonNull(wallet, "wallet"), make(wallet, qr, mac));
    }

    private static long make(Wallet wallet, boolean qr, boolean mac) throws JuminException {
        final long address = wallet.enter();
        try {
            final long meeting = Native.meetNew(address, qr, mac);
            wallet.lend();
            return meeting;
        } finally {
            wallet.leave();
        }
    }

    private <T> T call(Call<T> what) throws JuminException {
        wallet.begin(null, null, null);
        try {
            final long address = enter();
            try {
                return what.run(address);
            } finally {
                leave();
            }
        } finally {
            wallet.end();
        }
    }

    /**
     * One command of the reader.
     *
     * @param command the APDU
     * @param now seconds since 1970
     * @return the response; null: the reader waits for {@link #decide}
     * @throws JuminException when there is no memory
     */
    public byte[] command(byte[] command, long now) throws JuminException {
        Objects.requireNonNull(command, "command");
        return call(address -> Native.meetCommand(address, command, now));
    }

    /**
     * What is asked for, and what would be shown.
     *
     * @return as it is now; null: nothing is asked for
     * @throws JuminException when there is no memory
     */
    public Disclosure disclosure() throws JuminException {
        final byte[][][] tables = call(Native::meetDisclosure);
        return tables != null ? new Disclosure(tables) : null;
    }

    /**
     * The holder's answer. A request that is refused anyway ("refused" in {@link #disclosure}) stays so.
     *
     * @param yes whether it is shown
     * @param now seconds since 1970
     * @return the response that the reader waits for; null: there was no question any more
     * @throws JuminException when there is no memory
     */
    public byte[] decide(boolean yes, long now) throws JuminException {
        return call(address -> Native.meetDecide(address, yes, now));
    }

    /**
     * The field went off, or the phone was deselected.
     *
     * @throws JuminException never
     */
    public void reset() throws JuminException {
        call(address -> {
            Native.meetReset(address);
            return null;
        });
    }

    /**
     * What the QR code says.
     *
     * @return "mdoc:…"; null: engagement by NFC
     * @throws JuminException when there is no memory
     */
    public String qr() throws JuminException {
        final byte[] text = call(Native::meetQr);
        return text != null ? Texts.of(text) : null;
    }

    /**
     * What has come of it.
     *
     * @return the state
     * @throws JuminException never
     */
    public State state() throws JuminException {
        return State.values()[call(Native::meetState)];
    }

    /**
     * Why nothing was shown.
     *
     * @return a sentence
     * @throws JuminException when there is no memory
     */
    public String detail() throws JuminException {
        return Texts.of(call(Native::meetDetail));
    }

    @Override
    void prepareToFree() {
        wallet.enter();
    }

    @Override
    void free(long freed) {
        Native.meetFree(freed);
        wallet.leave();
        wallet.giveBack();
    }
}
