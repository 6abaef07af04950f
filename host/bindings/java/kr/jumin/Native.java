// The functions of libjumin-java, and nothing else.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/**
 * Addresses come from {@link NativeHandle} alone, which keeps them valid during a call. Texts are UTF-8. A
 * failure is thrown as {@link JuminException}, with what a callback threw as its cause.
 */
final class Native {
    static {
        final String path = System.getProperty("kr.jumin.library");
        if (path != null) {
            System.load(path);
        } else {
            System.loadLibrary("jumin-java");
        }
    }

    private Native() {}

    static native long readerNew(Reader.Callbacks callbacks) throws JuminException;

    static native void readerFree(long reader);

    static native void readerSetPassword(long reader, int reference, byte[] characters) throws JuminException;

    static native void readerSetMrz(long reader, byte[] number, byte[] birth, byte[] expiry)
            throws JuminException;

    static native void readerSetGroups(long reader, int groups) throws JuminException;

    static native void readerRestart(long reader);

    static native long readerRead(long reader, boolean whole) throws JuminException;

    static native byte[] readerTransmit(long reader, byte[] command) throws JuminException;

    static native void documentFree(long document);

    static native byte[] documentFile(long document, int file) throws JuminException;

    static native byte[][] documentMrz(long document) throws JuminException;

    static native byte[][] documentPerson(long document) throws JuminException;

    static native byte[] documentPortrait(long document, int[] typeWidthHeight) throws JuminException;

    /** Rows of kind, group, verdict, error, detail; the first row has the two verdicts. */
    static native byte[][][] documentVerify(long document, long trust, long seconds) throws JuminException;

    static native long pipeNew(long reader, byte[] deviceKey, byte[] attestation) throws JuminException;

    static native void pipeFree(long pipe);

    static native byte[] pipeNext(long reader, long pipe, byte[] answer) throws JuminException;

    static native boolean pipeFinished(long pipe);

    static native long pipeCounter(long pipe);

    static native byte[] fileName(int file);

    static native long trustNew() throws JuminException;

    static native void trustFree(long trust);

    static native void trustAdd(long trust, byte[] bytes, boolean revocationList) throws JuminException;

    // Rows are read in their order by Row; null where there is nothing.

    static native long walletNew(
            WalletCallbacks callbacks, byte[] path, byte[] passphrase, boolean isNew, boolean phoneKeys)
            throws JuminException;

    static native void walletFree(long wallet);

    static native byte[] walletDeviceKey(long wallet);

    static native void walletUseHttp(long wallet, boolean online);

    static native void walletTrust(long wallet, byte[] list, byte[] root, long now) throws JuminException;

    static native void walletFetchTrust(long wallet, byte[] url, byte[] root, long now) throws JuminException;

    static native byte[][] walletTrustList(long wallet);

    static native byte[][] walletOffer(long wallet, byte[] text, long now) throws JuminException;

    static native void walletAdd(long wallet, byte[] text, byte[] txCode, long now) throws JuminException;

    static native void walletTap(
            long wallet, long reader, byte[] issuer, byte[] attestation, boolean compares, long now)
            throws JuminException;

    static native void walletRefresh(long wallet, byte[] id, boolean refill, long now) throws JuminException;

    static native byte[][][] walletCredentials(long wallet, long now);

    static native byte[] walletClaims(long wallet, byte[] id) throws JuminException;

    static native void walletRemove(long wallet, byte[] id, long now) throws JuminException;

    static native byte[][][] walletEvents(long wallet);

    static native void walletRequest(long wallet, byte[] uri, long now) throws JuminException;

    static native byte[] walletRespond(long wallet, byte[] uri, long now) throws JuminException;

    static native byte[][] walletCounterCode(long wallet, long now) throws JuminException;

    static native long meetNew(long wallet, boolean qr, boolean mac) throws JuminException;

    static native void meetFree(long meeting);

    static native byte[] meetCommand(long meeting, byte[] command, long now) throws JuminException;

    static native byte[][][] meetDisclosure(long meeting);

    static native byte[] meetDecide(long meeting, boolean yes, long now) throws JuminException;

    static native void meetReset(long meeting);

    static native byte[] meetQr(long meeting) throws JuminException;

    static native int meetState(long meeting);

    static native byte[] meetDetail(long meeting) throws JuminException;
}
