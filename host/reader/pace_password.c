// Naming a password to the card, and what it says about it (TR-03110-3 §B.14.1, §B.14.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/pace_password.h"

#include "card/wire/tlv.h"

enum {
    // Data objects of MSE:Set AT (9303-11 §4.4.4.1)
    DO_MECHANISM = 0x80,
    DO_PASSWORD = 0x83,
    DO_PARAMETER = 0x84,
    SET_AT_MAX = 256,
    RETRIES_MASK = 0xFFF0,
};

static const struct apdu_command set_at = {.ins = 0x22, .p1 = 0xC1, .p2 = 0xA4};

const char *pace_password_name(enum pace_password password)
{
    static const char *const names[] = {
        [PACE_PASSWORD_NONE] = "password", [PACE_PASSWORD_MRZ] = "MRZ", [PACE_PASSWORD_CAN] = "CAN",
        [PACE_PASSWORD_PIN] = "PIN",       [PACE_PASSWORD_PUK] = "PUK",
    };
    return names[password];
}

enum jumin_error pace_choose_protocol(struct jumin_reader *reader, bool chip_first,
                                      struct pace_protocol *protocol)
{
    const struct span card_access = document_span(reader->document, JUMIN_FILE_CARD_ACCESS);
    return pace_choose(card_access, &reader->demanded, chip_first, protocol)
               ? JUMIN_OK
               : detail_set(&reader->detail, JUMIN_ERROR_NOT_SUPPORTED,
                            "PACE: EF.CardAccess offers nothing that was asked for");
}

// The CHAT and, for what it has no bits for, the authorization extension.
static void put_authorization(const struct authorization *asked, struct writer *data)
{
    const struct extensions extensions = {.rights = asked->rights};
    if (asked->type != TERMINAL_NONE) {
        chat_put(data, asked);
        extensions_put(data, &extensions);
    }
}

enum jumin_error pace_set_password(struct jumin_reader *reader, const struct pace_protocol *protocol,
                                   enum pace_password password, const struct authorization *asked,
                                   uint16_t *status)
{
    uint8_t buffer[SET_AT_MAX], oid[OID_PACE_MAX];
    struct writer data = writer_of(buffer, sizeof buffer);
    const uint8_t reference = (uint8_t)password;
    const uint8_t parameter = pace_parameter_of_curve(protocol->curve);
    tlv_put(&data, DO_MECHANISM, span_of(oid, oid_pace(protocol->mapping, protocol->suite, oid)));
    tlv_put(&data, DO_PASSWORD, span_of(&reference, 1));
    tlv_put(&data, DO_PARAMETER, span_of(&parameter, 1));
    put_authorization(asked, &data);
    struct apdu_command command = set_at;
    command.data = writer_span(&data);
    struct span answer;
    const enum jumin_error error = channel_transmit(&reader->channel, &command, &answer, status);
    if (error == JUMIN_OK && asked->type != TERMINAL_NONE &&
        (*status == SW_WRONG_DATA || *status == SW_SECURITY_STATUS_NOT_SATISFIED)) {
        return detail_set(&reader->detail, JUMIN_ERROR_NOT_AUTHORIZED,
                          "PACE: the card does not allow what the terminal asks for with the %s (%04X)",
                          pace_password_name(password), (unsigned)*status);
    }
    return error;
}

// Refused before it was tried. JUMIN_OK: the status word says nothing about the password.
static enum jumin_error unusable(struct jumin_reader *reader, enum pace_password password, uint16_t status)
{
    const char *name = pace_password_name(password);
    switch (status) {
    case SW_RETRIES_LEFT | 1:
    case SW_CONDITIONS_NOT_SATISFIED:
        return detail_set(&reader->detail, JUMIN_ERROR_PASSWORD_SUSPENDED,
                          "PACE: the %s is suspended, with one try left: give the CAN with it", name);
    case SW_RETRIES_LEFT:
    case SW_AUTHENTICATION_METHOD_BLOCKED:
        return detail_set(&reader->detail, JUMIN_ERROR_PASSWORD_BLOCKED,
                          "PACE: the %s is blocked, no tries are left: the PUK unblocks it", name);
    case SW_FILE_DEACTIVATED:
    case SW_REFERENCE_DATA_NOT_USABLE:
        return detail_set(&reader->detail, JUMIN_ERROR_PASSWORD_DEACTIVATED,
                          "PACE: the %s is deactivated: an office can activate it", name);
    default:
        return JUMIN_OK;
    }
}

enum jumin_error pace_password_usable(struct jumin_reader *reader, enum pace_password password,
                                      uint16_t status, bool resumed)
{
    // 63Cx with x > 1 only says how many tries are left.
    const bool some_left = (status & RETRIES_MASK) == SW_RETRIES_LEFT && (status & 0x0F) > (resumed ? 0 : 1);
    if (status == SW_OK || some_left) {
        return JUMIN_OK;
    }
    const enum jumin_error error =
        status != SW_CONDITIONS_NOT_SATISFIED ? unusable(reader, password, status) : JUMIN_OK;
    if (error != JUMIN_OK) {
        return error;
    }
    if (status == SW_REFERENCED_DATA_NOT_FOUND) {
        return detail_set(&reader->detail, JUMIN_ERROR_NOT_SUPPORTED, "PACE: the card has no %s",
                          pace_password_name(password));
    }
    return channel_refused(&reader->channel, &set_at, status);
}

// Tried, and wrong; `tries` are left.
static enum jumin_error wrong(struct jumin_reader *reader, const char *name, unsigned tries)
{
    if (tries == 0) {
        return detail_set(&reader->detail, JUMIN_ERROR_PASSWORD_BLOCKED,
                          "PACE: wrong %s, and no tries are left: the PUK unblocks it", name);
    }
    return tries == 1 ? detail_set(&reader->detail, JUMIN_ERROR_WRONG_PASSWORD,
                                   "PACE: wrong %s, 1 try left: give the CAN with the next one", name)
                      : detail_set(&reader->detail, JUMIN_ERROR_WRONG_PASSWORD,
                                   "PACE: wrong %s, %u tries left", name, tries);
}

enum jumin_error pace_password_refused(struct jumin_reader *reader, const struct apdu_command *command,
                                       enum pace_password password, uint16_t status)
{
    const bool last = (command->cla & CLA_CHAINING) == 0;
    if (last && status == SW_AUTHENTICATION_FAILED) {
        return detail_set(&reader->detail, JUMIN_ERROR_WRONG_PASSWORD, "PACE: wrong %s",
                          pace_password_name(password));
    }
    if (last && (status & RETRIES_MASK) == SW_RETRIES_LEFT) {
        return wrong(reader, pace_password_name(password), status & 0x0F);
    }
    const bool blocking = password == PACE_PASSWORD_PIN || password == PACE_PASSWORD_PUK;
    const enum jumin_error error = blocking ? unusable(reader, password, status) : JUMIN_OK;
    return error != JUMIN_OK ? error : channel_refused(&reader->channel, command, status);
}
