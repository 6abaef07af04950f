// Chip Authentication, step by step: commands as bytes and answers taken apart (TR-03110-2 §3.4, TR-03110-3
// §B.2, 9303-11 §6.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/ca.h"

#include "host/reader/ca_key.h"
#include "host/reader/suite.h"

enum {
    DO_DYNAMIC_AUTHENTICATION = 0x7C,
    DO_EPHEMERAL = 0x80,
    DO_CHIP_NONCE = 0x81,
    DO_CHIP_TOKEN = 0x82,
    DO_MECHANISM = 0x80,
    DO_KEY = 0x84,
    DO_EPHEMERAL_KAT = 0x91,
};

// --- Choosing --------------------------------------------------------------------------------------------

// The key that a ChipAuthenticationInfo means: with its key id, or the only one without.
static bool find_key(struct span infos, struct ca_offer *offer)
{
    struct security_info info;
    while (security_infos_next(&infos, &info) == TLV_OBJECT) {
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION_KEY && info.has_key_id == offer->has_key_id &&
            (!info.has_key_id || info.key_id == offer->key_id) &&
            ca_key_of(&info, &offer->curve, &offer->point)) {
            return true;
        }
    }
    return false;
}

// Some old documents hold a key and do not say what it is for: then it is for 3DES.
static bool choose_key_alone(struct span infos, struct ca_offer *chosen)
{
    struct security_info info;
    while (security_infos_next(&infos, &info) == TLV_OBJECT) {
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION) {
            return false;
        }
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION_KEY &&
            ca_key_of(&info, &chosen->curve, &chosen->point)) {
            chosen->suite = SUITE_3DES_CBC_CBC;
            chosen->guessed = true;
            chosen->has_key_id = info.has_key_id;
            chosen->key_id = info.key_id;
        }
    }
    return chosen->point.n > 0;
}

// 3DES is last, preferred or not.
static bool better(const struct ca_offer *a, const struct ca_offer *b, enum jumin_cipher preferred)
{
    const bool a_same = suite_cipher_of(a->suite) == preferred,
               b_same = suite_cipher_of(b->suite) == preferred;
    if (a_same != b_same && preferred != JUMIN_CIPHER_3DES) {
        return a_same;
    }
    return a->suite != b->suite ? suite_stronger(a->suite, b->suite)
                                : crypto_curve_length(a->curve) > crypto_curve_length(b->curve);
}

bool ca_choose(struct span infos, int version, enum jumin_cipher preferred, struct ca_offer *chosen)
{
    bool found = false;
    memset(chosen, 0, sizeof *chosen);
    struct span rest = infos;
    struct security_info info;
    while (security_infos_next(&rest, &info) == TLV_OBJECT) {
        const bool triple_des = info.suite == SUITE_3DES_CBC_CBC;
        if (info.kind != SECURITY_INFO_CHIP_AUTHENTICATION || info.version != version ||
            (triple_des && version != 1)) {
            continue;
        }
        struct ca_offer offer = {.suite = info.suite, .has_key_id = info.has_key_id, .key_id = info.key_id};
        if (find_key(infos, &offer) && (!found || better(&offer, chosen, preferred))) {
            *chosen = offer;
            found = true;
        }
    }
    return found || (version == 1 && choose_key_alone(infos, chosen));
}

// --- Commands and answers ----------------------------------------------------------------------------------

// The key's reference in the fewest bytes; nothing where the document has one key without.
static void put_key_reference(struct writer *data, const struct ca_offer *offer)
{
    uint8_t key_id[4];
    size_t n = 0;
    if (!offer->has_key_id) {
        return;
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
        const uint8_t byte = (uint8_t)(offer->key_id >> shift);
        if (n > 0 || byte != 0 || shift == 0) {
            key_id[n++] = byte;
        }
    }
    tlv_put(data, DO_KEY, span_of(key_id, n));
}

struct apdu_command ca_set_at(const struct ca_offer *offer, struct writer *data)
{
    uint8_t oid[OID_CA_MAX];
    const size_t n = oid_ca_ecdh(offer->suite, oid);
    tlv_put(data, DO_MECHANISM, span_of(oid, n));
    put_key_reference(data, offer);
    return (struct apdu_command){.ins = 0x22, .p1 = 0x41, .p2 = 0xA4, .data = writer_span(data)};
}

struct apdu_command ca_set_kat(const struct ca_offer *offer, struct span point, struct writer *data)
{
    tlv_put(data, DO_EPHEMERAL_KAT, point);
    put_key_reference(data, offer);
    return (struct apdu_command){.ins = 0x22, .p1 = 0x41, .p2 = 0xA6, .data = writer_span(data)};
}

struct apdu_command ca_general_authenticate(struct span point, struct writer *data)
{
    const size_t template = tlv_open(data, DO_DYNAMIC_AUTHENTICATION);
    tlv_put(data, DO_EPHEMERAL, point);
    tlv_close(data, template);
    return (struct apdu_command){.ins = 0x86, .data = writer_span(data), .ne = APDU_SHORT_LE_MAX};
}

// What stands in 7C{…} and nothing beside it.
static bool open_template(struct span data, struct span *objects)
{
    struct tlv template;
    if (!tlv_expect(&data, DO_DYNAMIC_AUTHENTICATION, &template) || data.n != 0) {
        return false;
    }
    *objects = template.value;
    return true;
}

bool ca_parse_answer(struct span data, struct ca_answer *answer)
{
    struct span objects;
    struct tlv nonce, token;
    if (!open_template(data, &objects) || !tlv_expect(&objects, DO_CHIP_NONCE, &nonce) ||
        nonce.value.n != CA_NONCE || !tlv_expect(&objects, DO_CHIP_TOKEN, &token) ||
        token.value.n != PACE_TOKEN || objects.n != 0) {
        return false;
    }
    answer->nonce = nonce.value;
    answer->token = token.value;
    return true;
}

bool ca_answer_is_template(struct span data)
{
    struct span objects;
    return open_template(data, &objects);
}

// --- Keys --------------------------------------------------------------------------------------------------

static bool token_is_right(const struct ca_offer *offer, const struct crypto_ec_key *ephemeral,
                           const struct ca_answer *answer, const struct sm_session *session)
{
    uint8_t oid[OID_CA_MAX], point[CRYPTO_POINT_MAX], token[PACE_TOKEN];
    const size_t n = oid_ca_ecdh(offer->suite, oid);
    return crypto_ec_public(ephemeral, point) &&
           pace_token(&session->mac, span_of(oid, n), span_of(point, crypto_curve_point_length(offer->curve)),
                      token) &&
           crypto_equal(token, answer->token.p, PACE_TOKEN);
}

// Version 2 takes the chip's nonce into the keys; 3DES is for version 1 alone.
static bool start_session(const struct ca_offer *offer, struct span shared, const struct ca_answer *answer,
                          struct sm_session *session)
{
    return answer == NULL ? suite_start_session(session, offer->suite, shared)
                          : pace_start_session(session, offer->suite, shared, answer->nonce);
}

enum ca_result ca_agree(const struct ca_offer *offer, const struct crypto_ec_key *ephemeral,
                        const struct crypto_random *random, const struct ca_answer *answer,
                        struct sm_session *session)
{
    uint8_t shared[CRYPTO_FIELD_MAX];
    enum ca_result result = CA_OK;
    if (!crypto_ecdh(ephemeral, random, offer->point, shared)) {
        result = CA_WRONG_POINT;
    } else if (!start_session(offer, span_of(shared, crypto_curve_length(offer->curve)), answer, session)) {
        result = CA_CRYPTO_FAILED;
    } else if (answer != NULL && !token_is_right(offer, ephemeral, answer, session)) {
        result = CA_WRONG_TOKEN;
    }
    if (result != CA_OK) {
        sm_end(session);
    }
    crypto_wipe(shared, sizeof shared);
    return result;
}
