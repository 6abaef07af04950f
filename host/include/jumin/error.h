// Everything that can go wrong for a user of libjumin, by name.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_ERROR_H
#define JUMIN_ERROR_H

#include <jumin/export.h>

// Every call of the library returns one of these. The handle that was used keeps a sentence with the step,
// the status word and what to do (its `…_detail` function).
enum jumin_error {
    JUMIN_OK = 0,

    // The program and its machine
    JUMIN_ERROR_ARGUMENT,  // the caller's mistake: a null pointer, an option out of range
    JUMIN_ERROR_MEMORY,    // no memory
    JUMIN_ERROR_CRYPTO,    // the crypto library failed: no random bytes
    JUMIN_ERROR_CANCELLED, // the caller's progress function said stop
    JUMIN_ERROR_FILE,      // a file cannot be read or written
    JUMIN_ERROR_INPUT,     // a file's content is not what it should be: person, photo, key, certificate

    // Reader and link
    JUMIN_ERROR_NO_SERVICE,     // no PC/SC service answers
    JUMIN_ERROR_NO_READER,      // no such reader
    JUMIN_ERROR_NO_CARD,        // no card in the field
    JUMIN_ERROR_CARD_REMOVED,   // the card left while it was used: hold it still and go on
    JUMIN_ERROR_CARD_RESET,     // another program reset the card: connect again
    JUMIN_ERROR_READER_REMOVED, // the reader was unplugged or its service restarted
    JUMIN_ERROR_CARD_BUSY,      // another program uses the card
    JUMIN_ERROR_TIMEOUT,        // nothing happened in time
    JUMIN_ERROR_LINK,           // another failure of reader or link
    JUMIN_ERROR_TOO_LONG,       // a command is longer than reader or card take

    // The card's answers
    JUMIN_ERROR_NOT_SUPPORTED,      // a card, but none that the protocol fits: not a resident card, no common
                                    // suite
    JUMIN_ERROR_STATUS,             // a status word that is not expected here
    JUMIN_ERROR_MALFORMED,          // an answer or a file that its standard does not allow
    JUMIN_ERROR_SECURE_MESSAGING,   // an answer whose cryptographic checksum is wrong
    JUMIN_ERROR_WRONG_PASSWORD,     // wrong CAN, MRZ or PIN
    JUMIN_ERROR_PASSWORD_SUSPENDED, // one try left: the CAN must be given first
    JUMIN_ERROR_PASSWORD_BLOCKED,   // no tries left
    JUMIN_ERROR_PASSWORD_DEACTIVATED, // switched off by an office
    JUMIN_ERROR_TRANSPORT_PIN,        // the holder must choose a PIN first
    JUMIN_ERROR_NEW_PASSWORD,         // the card does not take the new PIN or CAN
    JUMIN_ERROR_ACCESS_DENIED,        // the card does not give this to this terminal
    JUMIN_ERROR_NOT_AUTHORIZED,       // the terminal's certificate does not carry this right
    JUMIN_ERROR_TERMINAL_REFUSED,     // the card does not take the terminal's certificates or its signature
    JUMIN_ERROR_NO_SUCH_FILE,         // the card does not have it
    JUMIN_ERROR_OTHER_CARD,           // another card lies where a read was to be continued

    // Verification
    JUMIN_ERROR_SIGNER_UNKNOWN, // no certificate in the trust store signed this
    JUMIN_ERROR_SIGNATURE,      // a signature is wrong
    JUMIN_ERROR_NOT_VALID_NOW,  // expired, or not yet valid
    JUMIN_ERROR_REVOKED,        // on the revocation list
    JUMIN_ERROR_CERTIFICATE,    // a certificate is not made for this: key usage, basic constraints, country
    JUMIN_ERROR_HASH,           // a data group is not the one that was signed
    JUMIN_ERROR_CLONED,         // the chip cannot prove that it holds its own key

    // Personalization
    JUMIN_ERROR_KEYS_REFUSED,         // the security domain's keys are not these; nothing was tried twice
    JUMIN_ERROR_ALREADY_PERSONALIZED, // the card has been issued
    JUMIN_ERROR_CARD_LOCKED,          // the card's life cycle forbids it
    JUMIN_ERROR_READ_BACK,            // the card holds other data than were ordered

    // Records
    JUMIN_ERROR_DATABASE,  // the database does not answer, or refuses
    JUMIN_ERROR_RULES,     // the scheme's rules do not allow it
    JUMIN_ERROR_CONFLICT,  // another one came first, or the records forbid it: look again, and try again
    JUMIN_ERROR_UNCERTAIN, // the database went away before it said whether it was done: look, then go on

    // Tokens
    JUMIN_ERROR_TOKEN,     // a token, or the module that drives it, does not answer, or refuses
    JUMIN_ERROR_TOKEN_PIN, // its PIN is wrong, locked or missing; nothing was tried twice

    JUMIN_ERROR_COUNT,
};

// The constant's name without prefix, in lower case with dashes: "wrong-password". For logs and JSON.
JUMIN_EXPORT const char *jumin_error_name(enum jumin_error error);
// A sentence for a person.
JUMIN_EXPORT const char *jumin_error_text(enum jumin_error error);

#endif
