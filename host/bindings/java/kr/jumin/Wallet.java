// The phone's credentials.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** A wallet's file, as the library keeps it; show it in person with a {@link Meeting}. */
public final class Wallet extends NativeHandle {
    /**
     * Opens a wallet.
     *
     * @param path its file
     * @param passphrase what it is sealed with
     * @throws JuminException when it cannot be read, is damaged, is another passphrase's, or is in use by another program
     */
    public Wallet(String path, String passphrase) throws JuminException {
        super(Native.walletOpen(Texts.bytes(path, "path"), Texts.bytes(passphrase, "passphrase")));
    }

    /**
     * What became of it: the last line of its history.
     *
     * @return kind ("shown", "refused", "received", …), who, purpose, elements and reason; null when nothing has happened
     * @throws JuminException when there is no memory
     */
    public String[] lastEvent() throws JuminException {
        final long address = share();
        try {
            final byte[][] row = Native.walletLastEvent(address);
            if (row == null) {
                return null;
            }
            final String[] texts = new String[row.length];
            for (int i = 0; i < row.length; i++) {
                texts[i] = Texts.of(row[i]);
            }
            return texts;
        } finally {
            leave();
        }
    }

    @Override
    void free(long freed) {
        Native.walletFree(freed);
    }
}
