// The passwords of PACE.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** The passwords of PACE (TR-03110-3 table 12). */
public enum Password {
    /** The machine readable zone: its whole text, or number, birth and expiry with their check digits. */
    MRZ(1),
    /** The card access number printed on the card. */
    CAN(2),
    /** The holder's secret. */
    PIN(3),
    /** What unblocks the PIN. */
    PUK(4);

    final int reference;

    Password(int reference) {
        this.reference = reference;
    }
}
