// Keys in the phone's own key store.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Objects;

/**
 * The phone's key store, such as Android's, for a wallet whose keys do not leave it. The wallet's file then has handles alone.
 * Its keys sign and do nothing else. All methods are called from the thread that called the library.
 */
public interface PhoneKeys {
    /** Most bytes of a handle. */
    int HANDLE_MAX = 64;

    /** A key by its handle. */
    final class Key {
        final byte[] handle;
        final byte[] point;

        /**
         * A key.
         *
         * @param handle what the store knows it by, 1 to {@link #HANDLE_MAX} bytes; an alias of Android's
         * @param point its public key, an uncompressed point of P-256
         */
        public Key(byte[] handle, byte[] point) {
            if (handle.length == 0 || handle.length > HANDLE_MAX) {
                throw new IllegalArgumentException("a handle has 1 to 64 bytes");
            }
            this.handle = handle.clone();
            this.point = Objects.requireNonNull(point, "point").clone();
        }
    }

    /**
     * Makes a key of P-256 that signs digests.
     *
     * @return the key
     * @throws GeneralSecurityException when it cannot; it ends the call, as the cause of a {@link JuminException}
     * @throws IOException as above
     */
    Key make() throws GeneralSecurityException, IOException;

    /**
     * Signs, as {@code Signature.getInstance("NONEwithECDSA")} does. May ask the holder.
     *
     * @param handle the key's
     * @param digest SHA-256
     * @return the signature in DER
     * @throws GeneralSecurityException when the store refuses, or the holder does
     * @throws IOException as above
     */
    byte[] sign(byte[] handle, byte[] digest) throws GeneralSecurityException, IOException;

    /**
     * The key is of no more use, and the wallet's file says so already. May be called for one that is gone.
     *
     * @param handle the key's
     * @throws GeneralSecurityException when it cannot be removed, which changes nothing
     * @throws IOException as above
     */
    void remove(byte[] handle) throws GeneralSecurityException, IOException;
}
