// The steps of a tap.
// SPDX-License-Identifier: Apache-2.0
package kr.jumin;

/** The steps of a tap, in the order in which they happen, and what else takes its time. */
public enum Step {
    /** The card is looked for. */
    CONNECT,
    /** EF.CardAccess is read. */
    CARD_ACCESS,
    /** PACE: the password opens the card. */
    PACE,
    /** The application is selected. */
    SELECT,
    /** A file is read. */
    READ_FILE,
    /** The chip proves that it is no copy. */
    CHIP_AUTHENTICATION,
    /** The chip proves that it is no copy, by a signature. */
    ACTIVE_AUTHENTICATION,
    /** The terminal proves what it may do. */
    TERMINAL_AUTHENTICATION,
    /** A question to the eID application, or a write. */
    EID,
    /** BAC: the printed data open a document without PACE. */
    BAC,
    /** A command of PIN management. */
    PIN,
    /** The issuer and the card speak, and nobody else can read it. */
    BIND,
    /** A step that this version of the binding does not name. */
    OTHER,
    /** A server is asked; its name and port are the step's name. */
    NETWORK;

    static Step of(int number) {
        return number >= 0 && number < OTHER.ordinal() ? values()[number] : OTHER;
    }
}
