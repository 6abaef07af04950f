// What a terminal can ask in the eID application without reading: age, validity, municipality, and who
// someone is in a sector; and PIN management (TR-03110-2 §3.5, TR-03110-3 §B.4, §B.6, §B.7).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/eid_internal.h"

enum {
    INS_MSE = 0x22,
    INS_GENERAL_AUTHENTICATE = 0x86,
    INS_VERIFY = 0x20,
    DO_OID = 0x06,
    DO_DYNAMIC_AUTHENTICATION = 0x7C,
    DO_MECHANISM = 0x80,
    DO_KEY = 0x84,
    DO_SECTOR_KEY = 0xA0,
    DO_IDENTIFIER = 0x81,
    SECTOR_KEY_MAX = 1024,
};

// --- Auxiliary data verification -----------------------------------------------------------------------------

struct question {
    const char *name;
    const struct span *oid;
    rights needed; // any one of them; 0: none
};

static struct question question_of(enum jumin_eid_question question)
{
    const rights inspection = right_of(RIGHT_INSPECTION_READ_EID);
    switch (question) {
    case JUMIN_EID_AGE:
        return (struct question){"age verification", &OID_DATE_OF_BIRTH,
                                 right_of(RIGHT_AGE_VERIFICATION) | inspection};
    case JUMIN_EID_MUNICIPALITY:
        return (struct question){"municipality verification", &OID_MUNICIPALITY,
                                 right_of(RIGHT_MUNICIPALITY_VERIFICATION) | inspection};
    default:
        return (struct question){"validity verification", &OID_DATE_OF_EXPIRY, 0};
    }
}

static enum jumin_error answer_refused(struct jumin_eid *eid, const struct question *asked,
                                       const struct apdu_command *command, uint16_t status)
{
    struct detail *detail = &eid->reader->detail;
    if (status == SW_REFERENCED_DATA_NOT_FOUND) {
        return detail_set(detail, JUMIN_ERROR_NO_SUCH_FILE, "%s: the card cannot tell", asked->name);
    }
    return status == SW_SECURITY_STATUS_NOT_SATISFIED
               ? detail_set(detail, JUMIN_ERROR_NOT_AUTHORIZED, "%s: the card refuses it to this terminal",
                            asked->name)
               : channel_refused(&eid->reader->channel, command, status);
}

enum jumin_error jumin_eid_verify(struct jumin_eid *eid, enum jumin_eid_question question, bool *yes)
{
    if (eid == NULL || yes == NULL || (unsigned)question > JUMIN_EID_MUNICIPALITY) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *yes = false;
    const struct question asked = question_of(question);
    enum jumin_error error = eid_check(eid);
    if (error == JUMIN_OK && !eid->brought[question]) {
        error = detail_set(&eid->reader->detail, JUMIN_ERROR_ARGUMENT,
                           "%s: the session was opened without what to compare with", asked.name);
    }
    if (error == JUMIN_OK && asked.needed != 0) {
        error = eid_need(eid, asked.needed, asked.name);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    uint8_t buffer[16];
    struct writer data = writer_of(buffer, sizeof buffer);
    tlv_put(&data, DO_OID, *asked.oid);
    const struct apdu_command command = {
        .cla = CLA_GLOBALPLATFORM, .ins = INS_VERIFY, .p1 = 0x80, .data = writer_span(&data)};
    struct span answer;
    uint16_t status = 0;
    channel_enter(&eid->reader->channel, JUMIN_STEP_EID, asked.name);
    error = channel_transmit(&eid->reader->channel, &command, &answer, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    *yes = status == SW_OK;
    return status == SW_OK || status == SW_AUTHENTICATION_FAILED
               ? JUMIN_OK
               : answer_refused(eid, &asked, &command, status);
}

// --- Restricted Identification -------------------------------------------------------------------------------

static enum jumin_error set_identification(struct jumin_eid *eid, enum jumin_eid_identifier kind,
                                           enum crypto_hash hash)
{
    uint8_t buffer[32], oid[OID_RI_ECDH_LENGTH];
    struct writer data = writer_of(buffer, sizeof buffer);
    oid_ri_ecdh(hash, oid);
    tlv_put(&data, DO_MECHANISM, span_of(oid, sizeof oid));
    tlv_put(&data, DO_KEY, span_of(&eid->identifications[kind].key_id, 1));
    const struct apdu_command command = {.ins = INS_MSE, .p1 = 0x41, .p2 = 0xA4, .data = writer_span(&data)};
    return eid_command(eid, "restricted identification", &command, NULL);
}

// 7C{A0 sector key} → 7C{81 identifier}
static enum jumin_error get_identifier(struct jumin_eid *eid, struct span sector_key, size_t expected,
                                       struct span *identifier)
{
    uint8_t buffer[SECTOR_KEY_MAX];
    struct writer data = writer_of(buffer, sizeof buffer);
    const size_t template = tlv_open(&data, DO_DYNAMIC_AUTHENTICATION);
    tlv_put(&data, DO_SECTOR_KEY, sector_key);
    tlv_close(&data, template);
    const struct apdu_command command = {
        .ins = INS_GENERAL_AUTHENTICATE, .data = writer_span(&data), .ne = APDU_SHORT_LE_MAX};
    struct span answer = {NULL, 0};
    const enum jumin_error error = eid_command(eid, "restricted identification", &command, &answer);
    struct tlv object, value;
    if (error != JUMIN_OK) {
        return eid->reader->channel.last_status == SW_AUTHENTICATION_FAILED
                   ? detail_set(&eid->reader->detail, JUMIN_ERROR_TERMINAL_REFUSED,
                                "restricted identification: the terminal's certificate does not name this "
                                "sector")
                   : error;
    }
    if (!tlv_expect(&answer, DO_DYNAMIC_AUTHENTICATION, &object) || answer.n != 0 ||
        !tlv_expect(&object.value, DO_IDENTIFIER, &value) || object.value.n != 0 ||
        value.value.n != expected) {
        return detail_set(&eid->reader->detail, JUMIN_ERROR_MALFORMED,
                          "restricted identification: the card's answer is not as TR-03110-3 wants it");
    }
    *identifier = value.value;
    return JUMIN_OK;
}

enum jumin_error jumin_eid_identify(struct jumin_eid *eid, enum jumin_eid_identifier kind,
                                    const uint8_t *sector_key, size_t n,
                                    uint8_t identifier[JUMIN_EID_IDENTIFIER_MAX], size_t *length)
{
    if (eid == NULL || sector_key == NULL || identifier == NULL || length == NULL ||
        (unsigned)kind >= EID_IDENTIFIERS) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *length = 0;
    struct span whole = span_of(sector_key, n), oid, point, answer = {NULL, 0};
    struct tlv object;
    bool has_parameters = false;
    enum crypto_curve curve = CRYPTO_P256;
    enum crypto_hash hash = CRYPTO_SHA256;
    enum jumin_error error = eid_check(eid);
    if (error == JUMIN_OK && kind == JUMIN_EID_PSEUDONYM) {
        error = eid_need(eid, right_of(RIGHT_RESTRICTED_IDENTIFICATION), "restricted identification");
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (n > SECTOR_KEY_MAX / 2 || !tlv_expect(&whole, CVC_PUBLIC_KEY, &object) || whole.n != 0 ||
        !cvc_public_key_parse(object.value, &oid, &point, &has_parameters, &curve) || !has_parameters ||
        !oid_ri_ecdh_parse(oid, &hash)) {
        return detail_set(&eid->reader->detail, JUMIN_ERROR_INPUT,
                          "the sector's key is no public key for restricted identification (7F49)");
    }
    if (!eid->identifications[kind].known) {
        return detail_set(&eid->reader->detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "EF.CardSecurity announces no key for restricted identification");
    }
    error = set_identification(eid, kind, hash);
    if (error == JUMIN_OK) {
        error = get_identifier(eid, object.value, crypto_hash_length(hash), &answer);
    }
    if (error == JUMIN_OK) {
        struct writer w = writer_of(identifier, JUMIN_EID_IDENTIFIER_MAX);
        writer_put(&w, answer);
        *length = w.n;
    }
    return error;
}

// --- PIN management --------------------------------------------------------------------------------------------

static enum jumin_error need_pin_management(struct jumin_eid *eid)
{
    const enum jumin_error error = eid_check(eid);
    return error == JUMIN_OK ? eid_need(eid, right_of(RIGHT_PIN_MANAGEMENT), "PIN management") : error;
}

enum jumin_error jumin_eid_set_pin(struct jumin_eid *eid, const char *pin)
{
    if (eid == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = need_pin_management(eid);
    if (error != JUMIN_OK) {
        return error;
    }
    return pin != NULL ? reader_change_password(eid->reader, PACE_PASSWORD_PIN, pin)
                       : reader_unblock_pin(eid->reader);
}

enum jumin_error jumin_eid_set_can(struct jumin_eid *eid, const char *can)
{
    if (eid == NULL || can == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = need_pin_management(eid);
    return error == JUMIN_OK ? reader_change_password(eid->reader, PACE_PASSWORD_CAN, can) : error;
}

enum jumin_error jumin_eid_activate_pin(struct jumin_eid *eid, bool active)
{
    if (eid == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = need_pin_management(eid);
    return error == JUMIN_OK ? reader_activate_pin(eid->reader, active) : error;
}
