// Managing the holder's PIN (TR-03110-2 §2.4, TR-03110-3 §B.14.11 to §B.14.13).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/pace_password.h"
#include <jumin/pin.h>

enum {
    INS_RESET_RETRY_COUNTER = 0x2C,
    INS_ACTIVATE = 0x44,
    INS_DEACTIVATE = 0x04,
    CHANGE = 0x02,      // P1 of RESET RETRY COUNTER: the data field is the new password
    UNBLOCK = 0x03,     // … there is none
    OF_PASSWORD = 0x10, // P1 of ACTIVATE and DEACTIVATE: P2 is a password
    PASSWORD_DIGITS_MAX = 16,
};

const char *jumin_pin_state_name(enum jumin_pin_state state)
{
    static const char *const names[] = {[JUMIN_PIN_USABLE] = "usable",
                                        [JUMIN_PIN_SUSPENDED] = "suspended",
                                        [JUMIN_PIN_BLOCKED] = "blocked",
                                        [JUMIN_PIN_DEACTIVATED] = "deactivated",
                                        [JUMIN_PIN_ABSENT] = "absent"};
    return (unsigned)state < sizeof names / sizeof *names ? names[state] : "unknown";
}

const char *jumin_pin_kind_name(enum jumin_pin_kind kind)
{
    static const char *const names[] = {[JUMIN_PIN_UNKNOWN] = "unknown",
                                        [JUMIN_PIN_HOLDERS] = "holders",
                                        [JUMIN_PIN_TRANSPORT] = "transport"};
    return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

// --- Commands ----------------------------------------------------------------------------------------------

static enum jumin_error manage(struct jumin_reader *reader, const char *what, struct apdu_command command)
{
    struct span answer;
    uint16_t status = 0;
    channel_enter(&reader->channel, JUMIN_STEP_PIN, what);
    const enum jumin_error error = channel_transmit(&reader->channel, &command, &answer, &status);
    if (error != JUMIN_OK || status == SW_OK) {
        return error;
    }
    switch (status) {
    case SW_SECURITY_STATUS_NOT_SATISFIED:
        return detail_set(&reader->detail, JUMIN_ERROR_NOT_AUTHORIZED,
                          "%s: the card does not allow it to this password or terminal", what);
    case SW_WRONG_DATA:
        return detail_set(&reader->detail, JUMIN_ERROR_NEW_PASSWORD,
                          "%s: the card takes digits only, enough of them, and no transport PIN again", what);
    case SW_AUTHENTICATION_METHOD_BLOCKED:
        return detail_set(&reader->detail, JUMIN_ERROR_PASSWORD_BLOCKED,
                          "%s: the PUK has been used as often as it may be: an office must set a new PIN",
                          what);
    case SW_REFERENCED_DATA_NOT_FOUND:
        return detail_set(&reader->detail, JUMIN_ERROR_NOT_SUPPORTED, "%s: the card does not have it", what);
    default:
        return channel_refused(&reader->channel, &command, status);
    }
}

static const char *change_of(enum pace_password password)
{
    return password == PACE_PASSWORD_PIN ? "changing the PIN" : "changing the CAN";
}

// What no card takes. How many digits it wants, only the card knows.
static enum jumin_error check_digits(struct jumin_reader *reader, enum pace_password password,
                                     const char *digits)
{
    const size_t n = strlen(digits);
    return n > 0 && n <= PASSWORD_DIGITS_MAX && strspn(digits, "0123456789") == n
               ? JUMIN_OK
               : detail_set(&reader->detail, JUMIN_ERROR_NEW_PASSWORD, "%s: it consists of 1 to 16 digits",
                            change_of(password));
}

enum jumin_error reader_change_password(struct jumin_reader *reader, enum pace_password password,
                                        const char *digits)
{
    const enum jumin_error error = check_digits(reader, password, digits);
    if (error != JUMIN_OK) {
        return error;
    }
    return manage(reader, change_of(password),
                  (struct apdu_command){.ins = INS_RESET_RETRY_COUNTER,
                                        .p1 = CHANGE,
                                        .p2 = (uint8_t)password,
                                        .data = span_of(digits, strlen(digits))});
}

enum jumin_error reader_unblock_pin(struct jumin_reader *reader)
{
    return manage(reader, "unblocking the PIN",
                  (struct apdu_command){
                      .ins = INS_RESET_RETRY_COUNTER, .p1 = UNBLOCK, .p2 = (uint8_t)PACE_PASSWORD_PIN});
}

enum jumin_error reader_activate_pin(struct jumin_reader *reader, bool active)
{
    return manage(reader, active ? "activating the PIN" : "deactivating the PIN",
                  (struct apdu_command){.ins = active ? INS_ACTIVATE : INS_DEACTIVATE,
                                        .p1 = OF_PASSWORD,
                                        .p2 = (uint8_t)PACE_PASSWORD_PIN});
}

// GET PIN STATUS (gemSpec_COS §14.6.4): what MSE:Set AT cannot say. Cards that do not know it leave it open.
static enum jumin_error ask_kind(struct jumin_reader *reader, enum jumin_pin_kind *kind)
{
    const struct apdu_command command = {
        .cla = CLA_GLOBALPLATFORM, .ins = 0x20, .p2 = (uint8_t)PACE_PASSWORD_PIN};
    struct span answer;
    uint16_t status = 0;
    channel_enter(&reader->channel, JUMIN_STEP_PIN, "PIN status");
    const enum jumin_error error = channel_transmit(&reader->channel, &command, &answer, &status);
    const bool answered =
        status == SW_OK || status == SW_FILE_DEACTIVATED || (status & 0xFFF0) == SW_RETRIES_LEFT;
    *kind = status == SW_TRANSPORT_PIN ? JUMIN_PIN_TRANSPORT
            : answered                 ? JUMIN_PIN_HOLDERS
                                       : JUMIN_PIN_UNKNOWN;
    return error;
}

enum jumin_error reader_explain_refusal(struct jumin_reader *reader, enum jumin_error error)
{
    enum jumin_pin_kind kind = JUMIN_PIN_UNKNOWN;
    const bool refused = error == JUMIN_ERROR_ACCESS_DENIED || error == JUMIN_ERROR_NOT_AUTHORIZED ||
                         error == JUMIN_ERROR_TERMINAL_REFUSED;
    if (!refused || reader->password != PACE_PASSWORD_PIN || !reader->channel.sm.active) {
        return error;
    }
    const struct detail reason = reader->detail;
    if (ask_kind(reader, &kind) == JUMIN_OK && kind == JUMIN_PIN_TRANSPORT) {
        return detail_set(&reader->detail, JUMIN_ERROR_TRANSPORT_PIN,
                          "this is the transport PIN, which opens nothing: change it first");
    }
    reader->detail = reason;
    return error;
}

// --- Sessions ----------------------------------------------------------------------------------------------

static enum jumin_error begin(struct jumin_reader *reader)
{
    detail_clear(&reader->detail);
    jumin_reader_restart(reader);
    reader->unit_now = reader->unit;
    return reader_connect(reader);
}

// Everything up to PACE with the password that the operation needs.
static enum jumin_error open_session(struct jumin_reader *reader, enum pace_password password)
{
    if (reader->password != password) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "this takes the %s as the reader's password",
                          pace_password_name(password));
    }
    const enum jumin_error error = begin(reader);
    return error == JUMIN_OK ? reader_pace(reader) : error;
}

static enum jumin_error end_session(struct jumin_reader *reader, enum jumin_error error)
{
    channel_end(&reader->channel);
    jumin_reader_restart(reader);
    return error;
}

static enum jumin_error read_status(struct jumin_reader *reader, uint16_t sw, struct jumin_pin_status *status)
{
    static const struct apdu_command set_at = {.ins = 0x22, .p1 = 0xC1, .p2 = 0xA4};
    const bool counted = (sw & 0xFFF0) == SW_RETRIES_LEFT;
    *status = (struct jumin_pin_status){.state = JUMIN_PIN_USABLE, .tries_left = JUMIN_PIN_TRIES_UNKNOWN};
    if (sw == SW_OK || counted) {
        status->tries_left = counted ? sw & 0x0F : JUMIN_PIN_ALL_TRIES;
        status->state = status->tries_left == 0   ? JUMIN_PIN_BLOCKED
                        : status->tries_left == 1 ? JUMIN_PIN_SUSPENDED
                                                  : JUMIN_PIN_USABLE;
        return JUMIN_OK;
    }
    if (sw == SW_FILE_DEACTIVATED || sw == SW_REFERENCED_DATA_NOT_FOUND) {
        status->state = sw == SW_FILE_DEACTIVATED ? JUMIN_PIN_DEACTIVATED : JUMIN_PIN_ABSENT;
        return JUMIN_OK;
    }
    return channel_refused(&reader->channel, &set_at, sw);
}

// Under the session of PACE, if there is one.
static enum jumin_error ask_status(struct jumin_reader *reader, struct jumin_pin_status *status)
{
    static const struct authorization nothing = {.type = TERMINAL_NONE};
    struct pace_protocol protocol;
    uint16_t sw = 0;
    channel_enter(&reader->channel, JUMIN_STEP_PIN, "PIN status");
    enum jumin_error error = pace_choose_protocol(reader, true, &protocol);
    if (error == JUMIN_OK) {
        error = pace_set_password(reader, &protocol, PACE_PASSWORD_PIN, &nothing, &sw);
    }
    if (error == JUMIN_OK) {
        error = read_status(reader, sw, status);
    }
    const bool may_ask = reader->channel.sm.active && error == JUMIN_OK && status->state != JUMIN_PIN_ABSENT;
    return may_ask ? ask_kind(reader, &status->kind) : error;
}

enum jumin_error jumin_pin_status(struct jumin_reader *reader, struct jumin_pin_status *status)
{
    if (reader == NULL || status == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const bool harmless = reader->password == PACE_PASSWORD_CAN || reader->password == PACE_PASSWORD_MRZ;
    enum jumin_error error = begin(reader);
    if (error == JUMIN_OK && harmless) {
        error = reader_pace(reader);
    }
    if (error == JUMIN_OK) {
        error = ask_status(reader, status);
    }
    return end_session(reader, error);
}

enum jumin_error jumin_pin_change(struct jumin_reader *reader, const char *new_pin)
{
    if (reader == NULL || new_pin == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = check_digits(reader, PACE_PASSWORD_PIN, new_pin); // before a try is spent
    if (error != JUMIN_OK) {
        return error;
    }
    error = open_session(reader, PACE_PASSWORD_PIN);
    if (error == JUMIN_OK) {
        error = reader_change_password(reader, PACE_PASSWORD_PIN, new_pin);
    }
    if (error == JUMIN_OK) {
        error = jumin_reader_set_password(reader, JUMIN_PASSWORD_PIN, new_pin);
    }
    return end_session(reader, error);
}

enum jumin_error jumin_pin_resume(struct jumin_reader *reader)
{
    if (reader == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (reader->can_length == 0) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "this takes the CAN beside the PIN");
    }
    return end_session(reader, open_session(reader, PACE_PASSWORD_PIN));
}

enum jumin_error jumin_pin_unblock(struct jumin_reader *reader)
{
    if (reader == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = open_session(reader, PACE_PASSWORD_PUK);
    if (error == JUMIN_OK) {
        error = reader_unblock_pin(reader);
    }
    return end_session(reader, error);
}
