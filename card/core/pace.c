// The chip's side of PACE (9303-11 §4.4, TR-03110-3 §B.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/pace.h"

#include "card/core/card.h"
#include "card/core/password.h"
#include "card/core/private_key.h"

enum {
    // GENERAL AUTHENTICATE (9303-11 §4.4.4.2).
    TAG_DYNAMIC_AUTHENTICATION_DATA = 0x7C,
    TAG_ENCRYPTED_NONCE = 0x80,
    TAG_MAPPING_TERMINAL = 0x81,
    TAG_MAPPING_CHIP = 0x82,
    TAG_EPHEMERAL_TERMINAL = 0x83,
    TAG_EPHEMERAL_CHIP = 0x84,
    TAG_TOKEN_TERMINAL = 0x85,
    TAG_TOKEN_CHIP = 0x86,
    TAG_TRUST_POINT = 0x87,       // CAR of the newer one …
    TAG_TRUST_POINT_OLDER = 0x88, // … and of the older one, when a CHAT was given
    TAG_ENCRYPTED_CHIP_DATA = 0x8A,
};

void pace_end(struct pace_state *pace)
{
    crypto_wipe(pace, sizeof *pace);
}

// Writes 7C{tag value}.
static void put_answer(struct writer *response, uint32_t tag, struct span value)
{
    const size_t opened = tlv_open(response, TAG_DYNAMIC_AUTHENTICATION_DATA);
    tlv_put(response, tag, value);
    tlv_close(response, opened);
}

// The only data object of a step.
static bool only_object(struct span objects, uint32_t tag, struct span *value)
{
    struct tlv object;
    if (!tlv_expect(&objects, tag, &object) || objects.n != 0) {
        return false;
    }
    *value = object.value;
    return true;
}

// Step 1: s is random, z = E(K_pi, s).
static uint16_t encrypted_nonce(struct card *card, struct span objects, struct writer *response)
{
    struct pace_state *pace = &card->pace;
    if (objects.n != 0) {
        return SW_WRONG_DATA;
    }
    const uint16_t admitted = password_admit(card, pace->password);
    if (admitted != SW_OK) {
        return admitted;
    }
    const struct crypto_random *random = &card->port.random;
    const size_t n = pace_nonce_length(&pace->protocol);
    uint8_t z[PACE_NONCE_MAX];
    struct crypto_cipher_key key = {0};
    const bool encrypted = random->fill(random->context, pace->nonce, n) &&
                           password_key(card, pace->password, pace->protocol.suite, &key) &&
                           pace_encrypt_nonce(&key, span_of(pace->nonce, n), z);
    crypto_cipher_release(&key);
    if (!encrypted) {
        return SW_EXECUTION_ERROR;
    }
    put_answer(response, TAG_ENCRYPTED_NONCE, span_of(z, n));
    pace->step = PACE_MAP_NONCE;
    return SW_OK;
}

// Generic mapping, also of CAM, which keeps the mapping secret for its proof.
static uint16_t map_generic(struct card *card, struct span other_point, struct writer *response)
{
    struct pace_state *pace = &card->pace;
    const enum crypto_curve curve = pace->protocol.curve;
    const struct crypto_random *random = &card->port.random;
    const struct span nonce = span_of(pace->nonce, pace_nonce_length(&pace->protocol));
    uint8_t own_point[CRYPTO_POINT_MAX];
    struct crypto_ec_key key = {0};
    uint16_t status = SW_EXECUTION_ERROR;
    if (!crypto_ec_generate(&key, curve, random) || !crypto_ec_public(&key, own_point)) {
        goto out;
    }
    status = SW_WRONG_DATA;
    if (!pace_map_generic(&pace->protocol, random, &key, other_point, nonce, pace->generator) ||
        (pace->protocol.mapping == PACE_ECDH_CAM && !crypto_ec_secret(&key, pace->mapping_secret))) {
        goto out;
    }
    put_answer(response, TAG_MAPPING_CHIP, span_of(own_point, crypto_curve_point_length(curve)));
    status = SW_OK;
out:
    crypto_ec_release(&key);
    return status;
}

// Step 2: the ephemeral generator.
static uint16_t map_nonce(struct card *card, struct span objects, struct writer *response)
{
    struct pace_state *pace = &card->pace;
    struct span mapping_data;
    if (!only_object(objects, TAG_MAPPING_TERMINAL, &mapping_data)) {
        return SW_WRONG_DATA;
    }
    if (pace->protocol.mapping != PACE_ECDH_IM) {
        const uint16_t status = map_generic(card, mapping_data, response);
        if (status != SW_OK) {
            return status;
        }
    } else {
        const struct span nonce = span_of(pace->nonce, pace_nonce_length(&pace->protocol));
        if (!pace_map_integrated(&pace->protocol, nonce, mapping_data, pace->generator)) {
            return SW_WRONG_DATA;
        }
        put_answer(response, TAG_MAPPING_CHIP, span_of(NULL, 0));
    }
    crypto_wipe(pace->nonce, sizeof pace->nonce);
    pace->step = PACE_KEY_AGREEMENT;
    return SW_OK;
}

// Step 3: the ephemeral keys on that generator, and K.
static uint16_t agree_key(struct card *card, struct span objects, struct writer *response)
{
    struct pace_state *pace = &card->pace;
    const enum crypto_curve curve = pace->protocol.curve;
    const struct crypto_random *random = &card->port.random;
    const size_t n = crypto_curve_length(curve);
    const size_t point_length = crypto_curve_point_length(curve);
    struct span other;
    if (!only_object(objects, TAG_EPHEMERAL_TERMINAL, &other) || other.n != point_length) {
        return SW_WRONG_DATA;
    }
    uint8_t secret[CRYPTO_FIELD_MAX];
    uint16_t status = SW_EXECUTION_ERROR;
    if (!pace_generate_ephemeral(curve, random, span_of(pace->generator, point_length), secret,
                                 pace->own_point)) {
        goto out;
    }
    status = SW_WRONG_DATA;
    if (!pace_agree(curve, random, span_of(secret, n), span_of(pace->own_point, point_length), other,
                    pace->shared)) {
        goto out;
    }
    memcpy(pace->other_point, other.p, other.n);
    put_answer(response, TAG_EPHEMERAL_CHIP, span_of(pace->own_point, point_length));
    pace->step = PACE_MUTUAL_AUTHENTICATION;
    status = SW_OK;
out:
    crypto_wipe(secret, sizeof secret);
    return status;
}

// The proof of Chip Authentication Mapping: SK_map / SK_IC, encrypted (9303-11 §4.4.3.5).
static bool put_chip_data(struct card *card, const struct crypto_cipher_key *encryption_key,
                          struct writer *response)
{
    const struct pace_state *pace = &card->pace;
    const enum crypto_curve curve = pace->protocol.curve;
    const size_t n = crypto_curve_length(curve);
    struct private_key key;
    uint8_t chip_data[CRYPTO_FIELD_MAX];
    uint8_t encrypted[PACE_ENCRYPTED_CHIP_DATA_MAX];
    struct writer w = writer_of(encrypted, sizeof encrypted);
    const bool made = private_key_read(card, OBJECT_GENERATION_KEY, &key) && key.curve == curve &&
                      crypto_ec_scalar_divide(curve, &card->port.random, span_of(pace->mapping_secret, n),
                                              span_of(key.secret, n), chip_data) &&
                      pace_encrypt_chip_data(encryption_key, span_of(chip_data, n), &w) && !w.overflow;
    crypto_wipe(&key, sizeof key);
    crypto_wipe(chip_data, sizeof chip_data);
    if (made) {
        tlv_put(response, TAG_ENCRYPTED_CHIP_DATA, writer_span(&w));
    }
    return made;
}

// Where the certificate chain must begin (TR-03110-3 §B.14.2).
static void put_trust_points(struct card *card, struct writer *response)
{
    static const uint32_t tags[TRUST_POINTS_PER_TYPE] = {TAG_TRUST_POINT, TAG_TRUST_POINT_OLDER};
    const enum terminal_type type = card->pace.asked.type;
    for (unsigned age = 0; age < TRUST_POINTS_PER_TYPE && type != TERMINAL_NONE; age++) {
        struct imported_key key;
        if (trust_point_read(&card->store, type, (enum trust_point_age)age, &key)) {
            tlv_put(response, tags[age], imported_key_reference(&key));
        }
    }
}

// The chip's token, the trust points' names, and for CAM its proof.
static bool put_authentication(struct card *card, const struct sm_session *session, struct writer *response)
{
    const struct pace_state *pace = &card->pace;
    const struct span other = span_of(pace->other_point, crypto_curve_point_length(pace->protocol.curve));
    uint8_t token[PACE_TOKEN];
    if (!pace_token(&session->mac, span_of(pace->oid, pace->oid_length), other, token)) {
        return false;
    }
    const size_t opened = tlv_open(response, TAG_DYNAMIC_AUTHENTICATION_DATA);
    tlv_put(response, TAG_TOKEN_CHIP, span_of(token, sizeof token));
    put_trust_points(card, response);
    if (pace->protocol.mapping == PACE_ECDH_CAM && !put_chip_data(card, &session->encryption, response)) {
        return false;
    }
    tlv_close(response, opened);
    return true;
}

static bool token_is_right(const struct pace_state *pace, const struct sm_session *session, struct span token)
{
    const struct span own = span_of(pace->own_point, crypto_curve_point_length(pace->protocol.curve));
    uint8_t expected[PACE_TOKEN];
    const bool right = pace_token(&session->mac, span_of(pace->oid, pace->oid_length), own, expected) &&
                       crypto_equal(expected, token.p, sizeof expected);
    crypto_wipe(expected, sizeof expected);
    return right;
}

// What the new session knows: nothing of the former one.
static void begin_session(struct card *card)
{
    const struct pace_state *pace = &card->pace;
    const enum crypto_curve curve = pace->protocol.curve;
    const struct span identifier =
        comp_point(curve, span_of(pace->own_point, crypto_curve_point_length(curve)));
    struct achieved *achieved = &card->security.next_achieved;
    *achieved = (struct achieved){
        .password = pace->password,
        .transport_pin = pace->password == PACE_PASSWORD_PIN && password_is_transport_pin(card),
        .asked = pace->asked,
    };
    memcpy(achieved->identifier, identifier.p, identifier.n);
    achieved->identifier_length = identifier.n;
}

// Step 4: the tokens. The try is spent before the comparison and given back after it.
static uint16_t authenticate(struct card *card, struct span objects, struct writer *response)
{
    struct pace_state *pace = &card->pace;
    struct sm_session *next = &card->security.next;
    const struct span shared = span_of(pace->shared, crypto_curve_length(pace->protocol.curve));
    struct span token;
    if (!only_object(objects, TAG_TOKEN_TERMINAL, &token) || token.n != PACE_TOKEN) {
        return SW_WRONG_DATA;
    }
    uint16_t status = password_spend_try(card, pace->password);
    if (status != SW_OK) {
        return status;
    }
    if (!pace_start_session(next, pace->protocol.suite, shared, span_of(NULL, 0))) {
        return SW_EXECUTION_ERROR;
    }
    if (!token_is_right(pace, next, token)) {
        sm_end(next);
        return password_refused(card, pace->password);
    }
    if (!put_authentication(card, next, response)) {
        sm_end(next);
        return SW_EXECUTION_ERROR;
    }
    status = password_restore(card, pace->password);
    if (status != SW_OK) {
        sm_end(next);
        return status;
    }
    begin_session(card);
    pace_end(pace);
    return SW_OK;
}

uint16_t pace_general_authenticate(struct card *card, struct span objects, bool last, struct writer *response)
{
    const struct pace_state *pace = &card->pace;
    if (last != (pace->step == PACE_MUTUAL_AUTHENTICATION)) {
        return last ? SW_CONDITIONS_NOT_SATISFIED : SW_LAST_COMMAND_EXPECTED;
    }
    switch (pace->step) {
    case PACE_ENCRYPTED_NONCE:
        return encrypted_nonce(card, objects, response);
    case PACE_MAP_NONCE:
        return map_nonce(card, objects, response);
    case PACE_KEY_AGREEMENT:
        return agree_key(card, objects, response);
    case PACE_MUTUAL_AUTHENTICATION:
        return authenticate(card, objects, response);
    case PACE_IDLE:
        break;
    }
    return SW_CONDITIONS_NOT_SATISFIED;
}
