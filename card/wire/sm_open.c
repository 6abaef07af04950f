// Secure messaging of eMRTD and eID (9303-11 §9.8, TR-03110-3 §F): what checks and decrypts.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/sm_session.h"

// The objects of a protected data field; one that is absent is all zero.
struct sm_objects {
    struct tlv cryptogram;
    struct tlv le_or_status;
    struct span mac;
    struct span authenticated; // everything before DO8E
};

// The order is fixed (9303-11 §9.8.4): DO85 or DO87, DO97 or DO99, DO8E, each at most once. ISO 7816-4 §10
// knows more objects; what is not understood here is incorrect, and never passed over.
static enum sm_result parse_objects(struct span field, uint32_t middle_tag, struct sm_objects *objects)
{
    enum { START, CRYPTOGRAM, MIDDLE, MAC } seen = START;
    struct span cursor = field;
    memset(objects, 0, sizeof *objects);
    while (cursor.n > 0) {
        const struct span before = span_first(field, field.n - cursor.n);
        struct tlv object;
        if (tlv_next(&cursor, &object) != TLV_OBJECT) {
            return SM_OBJECTS_INCORRECT;
        }
        if ((object.tag == DO_CRYPTOGRAM || object.tag == DO_CRYPTOGRAM_BER) && seen < CRYPTOGRAM) {
            objects->cryptogram = object;
            seen = CRYPTOGRAM;
        } else if (object.tag == middle_tag && seen < MIDDLE) {
            objects->le_or_status = object;
            seen = MIDDLE;
        } else if (object.tag == DO_MAC && seen < MAC) {
            objects->mac = object.value;
            objects->authenticated = before;
            seen = MAC;
        } else {
            return SM_OBJECTS_INCORRECT;
        }
    }
    return seen == MAC ? SM_OK : SM_OBJECTS_MISSING;
}

static bool mac_is_right(const struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK],
                         struct span header, struct span objects, struct span mac)
{
    uint8_t expected[SM_MAC];
    const bool right = mac.n == SM_MAC && sm_compute_mac(session, ssc, header, objects, expected) &&
                       crypto_equal(expected, mac.p, SM_MAC);
    crypto_wipe(expected, sizeof expected);
    return right;
}

// Puts the plain data of DO85 or DO87, nothing when there is no such object. The MAC has been checked, so the
// reasons of failure may differ.
static bool put_plain(const struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK],
                      const struct tlv *cryptogram, struct writer *w)
{
    if (cryptogram->whole.n == 0) {
        return true;
    }
    struct span encrypted = cryptogram->value;
    if (cryptogram->tag == DO_CRYPTOGRAM) {
        struct span indicator;
        if (!span_take(&encrypted, 1, &indicator) || indicator.p[0] != SM_PADDING_INDICATOR) {
            return false;
        }
    }
    uint8_t iv[CRYPTO_BLOCK];
    return sm_iv(session, ssc, iv) && padded_cbc_decrypt(&session->encryption, iv, encrypted, w);
}

// Without DO97 no response data is expected; an empty one is ambiguous (9303-11 §9.8.4) and refused.
static bool parse_le(const struct tlv *object, uint32_t *ne)
{
    const struct span le = object->value;
    switch (le.n) {
    case 0:
        *ne = 0;
        return object->whole.n == 0;
    case 1:
        *ne = le.p[0] == 0 ? APDU_SHORT_LE_MAX : le.p[0];
        return true;
    case 2:
        *ne = (uint32_t)le.p[0] << 8 | le.p[1];
        *ne = *ne == 0 ? APDU_EXTENDED_LE_MAX : *ne;
        return true;
    default:
        return false;
    }
}

static bool classes_allow(const struct apdu_command *command, const struct sm_objects *objects)
{
    const uint8_t mask = CLA_SM_HEADER_AUTHENTICATED | SM_CLA_FURTHER_INTERINDUSTRY;
    if ((command->cla & mask) != CLA_SM_HEADER_AUTHENTICATED) {
        return false;
    }
    const uint32_t expected = sm_is_odd(command->ins) ? DO_CRYPTOGRAM_BER : DO_CRYPTOGRAM;
    return objects->cryptogram.whole.n == 0 || objects->cryptogram.tag == expected;
}

enum sm_result sm_open_command(struct sm_session *session, const struct apdu_command *command,
                               uint8_t *buffer, struct apdu_command *plain)
{
    const struct apdu_command outer = *command; // `plain` may be `command`
    memset(plain, 0, sizeof *plain);
    if (!session->active) {
        return SM_OBJECTS_INCORRECT;
    }
    uint8_t ssc[CRYPTO_BLOCK];
    sm_next_ssc(session, ssc);
    sm_set_ssc(session, ssc);
    struct sm_objects objects;
    const enum sm_result parsed = parse_objects(outer.data, DO_LE, &objects);
    if (parsed != SM_OK) {
        return parsed;
    }
    const uint8_t header[SM_HEADER] = {outer.cla, outer.ins, outer.p1, outer.p2};
    struct writer data = writer_of(buffer, outer.data.n);
    uint32_t ne;
    if (!classes_allow(&outer, &objects) ||
        !mac_is_right(session, ssc, span_of(header, sizeof header), objects.authenticated, objects.mac) ||
        !parse_le(&objects.le_or_status, &ne) || !put_plain(session, ssc, &objects.cryptogram, &data)) {
        return SM_OBJECTS_INCORRECT;
    }
    *plain = outer;
    plain->cla = (uint8_t)(outer.cla & ~CLA_SM_HEADER_AUTHENTICATED);
    plain->data = writer_span(&data);
    plain->ne = ne;
    return SM_OK;
}

enum sm_result sm_open_response(struct sm_session *session, struct span protected_response,
                                struct writer *plain, uint16_t *status)
{
    if (!session->active) {
        return SM_OBJECTS_INCORRECT;
    }
    uint8_t ssc[CRYPTO_BLOCK];
    sm_next_ssc(session, ssc);
    struct sm_objects objects;
    const enum sm_result parsed = parse_objects(protected_response, DO_STATUS, &objects);
    if (parsed != SM_OK) {
        return parsed;
    }
    if (objects.le_or_status.whole.n == 0) {
        return SM_OBJECTS_MISSING;
    }
    if (!mac_is_right(session, ssc, span_of(NULL, 0), objects.authenticated, objects.mac)) {
        return SM_OBJECTS_INCORRECT;
    }
    sm_set_ssc(session, ssc);
    const struct span value = objects.le_or_status.value;
    if (value.n != 2) {
        return SM_OBJECTS_INCORRECT;
    }
    const uint16_t found = (uint16_t)(value.p[0] << 8 | value.p[1]); // before its bytes may be overwritten
    if (!put_plain(session, ssc, &objects.cryptogram, plain)) {
        return SM_OBJECTS_INCORRECT;
    }
    *status = found;
    return SM_OK;
}
