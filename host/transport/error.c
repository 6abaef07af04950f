// Names and texts of the library's errors.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/error.h>

static const struct {
    const char *name, *text;
} errors[JUMIN_ERROR_COUNT] = {
    [JUMIN_OK] = {"ok", "Done."},

    [JUMIN_ERROR_ARGUMENT] = {"argument", "The program asked the library for something that makes no sense."},
    [JUMIN_ERROR_MEMORY] = {"memory", "There is not enough memory."},
    [JUMIN_ERROR_CRYPTO] = {"crypto", "The cryptographic library failed."},
    [JUMIN_ERROR_CANCELLED] = {"cancelled", "Cancelled."},
    [JUMIN_ERROR_FILE] = {"file", "A file cannot be read or written."},
    [JUMIN_ERROR_INPUT] = {"input", "A file does not contain what it should."},

    [JUMIN_ERROR_NO_SERVICE] = {"no-service", "The PC/SC service is not running: start pcscd."},
    [JUMIN_ERROR_NO_READER] = {"no-reader", "There is no such card reader."},
    [JUMIN_ERROR_NO_CARD] = {"no-card", "There is no card on the reader."},
    [JUMIN_ERROR_CARD_REMOVED] = {"card-removed", "The card left the reader: put it back and hold it still."},
    [JUMIN_ERROR_CARD_RESET] = {"card-reset", "Another program reset the card in the middle of its use."},
    [JUMIN_ERROR_READER_REMOVED] = {"reader-removed", "The reader was unplugged, or its service restarted."},
    [JUMIN_ERROR_CARD_BUSY] = {"card-busy", "Another program is using the card."},
    [JUMIN_ERROR_TIMEOUT] = {"timeout", "Nothing happened in time."},
    [JUMIN_ERROR_LINK] = {"link", "The exchange with the card failed."},
    [JUMIN_ERROR_TOO_LONG] = {"too-long", "The command is longer than the reader or the card can take."},

    [JUMIN_ERROR_NOT_SUPPORTED] = {"not-supported", "This is not a card that can be used here."},
    [JUMIN_ERROR_STATUS] = {"status", "The card refused a command."},
    [JUMIN_ERROR_MALFORMED] = {"malformed", "The card answered what its standard does not allow."},
    [JUMIN_ERROR_SECURE_MESSAGING] = {"secure-messaging",
                                      "An answer was changed on its way from the card: do not trust it."},
    [JUMIN_ERROR_WRONG_PASSWORD] = {"wrong-password", "The number entered is not the one of this card."},
    [JUMIN_ERROR_PASSWORD_SUSPENDED] = {"password-suspended",
                                        "Only one try is left: the card access number must be given first."},
    [JUMIN_ERROR_PASSWORD_BLOCKED] = {"password-blocked", "No tries are left: the number is blocked."},
    [JUMIN_ERROR_PASSWORD_DEACTIVATED] = {"password-deactivated", "The number is deactivated."},
    [JUMIN_ERROR_TRANSPORT_PIN] = {"transport-pin",
                                   "The PIN came with the card: choose one of your own first."},
    [JUMIN_ERROR_NEW_PASSWORD] = {"new-password", "The card does not take the new number."},
    [JUMIN_ERROR_ACCESS_DENIED] = {"access-denied", "The card does not give this to this terminal."},
    [JUMIN_ERROR_NOT_AUTHORIZED] = {"not-authorized", "The terminal's certificate does not allow this."},
    [JUMIN_ERROR_TERMINAL_REFUSED] = {"terminal-refused", "The card does not accept this terminal."},
    [JUMIN_ERROR_NO_SUCH_FILE] = {"no-such-file", "The card does not have this."},
    [JUMIN_ERROR_OTHER_CARD] = {"other-card", "This is another card than the one before."},

    [JUMIN_ERROR_SIGNER_UNKNOWN] = {"signer-unknown", "The signer is not one that is trusted here."},
    [JUMIN_ERROR_SIGNATURE] = {"signature", "A signature is wrong."},
    [JUMIN_ERROR_NOT_VALID_NOW] = {"not-valid-now", "Expired, or not yet valid."},
    [JUMIN_ERROR_REVOKED] = {"revoked", "The certificate was revoked."},
    [JUMIN_ERROR_CERTIFICATE] = {"certificate", "A certificate is not made for this use."},
    [JUMIN_ERROR_HASH] = {"hash", "The data are not the ones that were signed."},
    [JUMIN_ERROR_CLONED] = {"cloned", "The chip cannot prove that it is the one that was issued."},

    [JUMIN_ERROR_KEYS_REFUSED] = {"keys-refused", "The card does not accept the station's keys."},
    [JUMIN_ERROR_ALREADY_PERSONALIZED] = {"already-personalized", "The card has already been issued."},
    [JUMIN_ERROR_CARD_LOCKED] = {"card-locked", "The card is locked."},
    [JUMIN_ERROR_READ_BACK] = {"read-back", "The card holds other data than were ordered."},

    [JUMIN_ERROR_DATABASE] = {"database", "The database does not answer, or refuses."},
    [JUMIN_ERROR_RULES] = {"rules", "The scheme's rules do not allow it."},
    [JUMIN_ERROR_CONFLICT] = {"conflict", "Another one came first, or the records do not allow it."},
    [JUMIN_ERROR_UNCERTAIN] = {"uncertain",
                               "The database did not say whether it was done. Look before you do it again."},
    [JUMIN_ERROR_TOKEN] = {"token", "The token that holds the keys does not answer, or refuses."},
    [JUMIN_ERROR_TOKEN_PIN] = {"token-pin", "The token's PIN is wrong, locked or missing."},
};

static const char unknown_name[] = "unknown";

const char *jumin_error_name(enum jumin_error error)
{
    const char *name = (unsigned)error < JUMIN_ERROR_COUNT ? errors[error].name : 0;
    return name != 0 ? name : unknown_name;
}

const char *jumin_error_text(enum jumin_error error)
{
    const char *text = (unsigned)error < JUMIN_ERROR_COUNT ? errors[error].text : 0;
    return text != 0 ? text : "An error that has no name.";
}
