// Whom to believe: country signing certificates and revocation lists.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.util.Objects;

/** Country signing certificates and revocation lists, in DER or PEM. May be shared by threads that verify. */
public final class Trust extends NativeHandle {
    /**
     * An empty store.
     *
     * @throws JuminException when there is no memory
     */
    public Trust() throws JuminException {
        super(Native.trustNew());
    }

    /**
     * Adds one certificate, DER or PEM.
     *
     * @param certificate its bytes
     * @throws JuminException when it is none
     */
    public void addCertificate(byte[] certificate) throws JuminException {
        add(Objects.requireNonNull(certificate, "certificate"), false);
    }

    /**
     * Adds one revocation list, DER or PEM.
     *
     * @param list its bytes
     * @throws JuminException when it is none
     */
    public void addRevocationList(byte[] list) throws JuminException {
        add(Objects.requireNonNull(list, "list"), true);
    }

    private void add(byte[] bytes, boolean revocationList) throws JuminException {
        final long address = enter();
        try {
            Native.trustAdd(address, bytes, revocationList);
        } finally {
            leave();
        }
    }

    @Override
    void free(long freed) {
        Native.trustFree(freed);
    }
}
