// Signatures of ECDSA on their way to native code.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

import java.security.SignatureException;

final class Signatures {
    private static final int COORDINATE = 32; // bytes, of P-256
    private static final byte SEQUENCE = 0x30;
    private static final byte INTEGER = 0x02;

    private Signatures() {}

    /** Copies the INTEGER at {@code at} to the end of a coordinate; where the next object begins. */
    private static int take(byte[] der, int at, byte[] raw, int end) throws SignatureException {
        final int n = at + 1 < der.length && der[at] == INTEGER ? der[at + 1] : 0;
        final int next = at + 2 + n;
        if (n < 1 || n > COORDINATE + 1 || next > der.length || n > COORDINATE && der[at + 2] != 0) {
            throw new SignatureException("no signature of P-256 in DER");
        }
        final int copied = Math.min(n, COORDINATE);
        System.arraycopy(der, next - copied, raw, end - copied, copied);
        return next;
    }

    /** SEQUENCE of r and s (RFC 3279 §2.2.3) as r || s. */
    static byte[] raw(byte[] der) throws SignatureException {
        final byte[] raw = new byte[2 * COORDINATE];
        if (der.length < 2 || der[0] != SEQUENCE || der[1] != der.length - 2) {
            throw new SignatureException("no signature of P-256 in DER");
        }
        if (take(der, take(der, 2, raw, COORDINATE), raw, 2 * COORDINATE) != der.length) {
            throw new SignatureException("no signature of P-256 in DER");
        }
        return raw;
    }
}
