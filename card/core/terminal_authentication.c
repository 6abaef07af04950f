// The chip's side of Terminal Authentication (TR-03110-2 §3.3, TR-03110-3 §B.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/terminal_authentication.h"

#include "card/core/card.h"

enum {
    VERSION_1 = 1,
    VERSION_2 = 2,
    TAG_MECHANISM = 0x80,
    TAG_PUBLIC_KEY_REFERENCE = 0x83,
    TAG_EPHEMERAL_KEY = 0x91,
};

static bool has_authenticated(const struct card *card)
{
    return security_satisfied(&card->security, SECURITY_TERMINAL_AUTHENTICATED);
}

enum terminal_type terminal_authentication_type(const struct card *card)
{
    const enum terminal_type asked = card->security.achieved.asked.type;
    if (card->selected->application != IN_EMRTD) {
        return asked;
    }
    return asked == TERMINAL_NONE || asked == TERMINAL_INSPECTION ? TERMINAL_INSPECTION : TERMINAL_NONE;
}

// --- MSE:Set AT --------------------------------------------------------------------------------------------

// Absent objects are empty.
struct terminal_template {
    struct span mechanism, reference, compressed_key;
    struct span auxiliary_data; // whole
};

static bool auxiliary_data_well_formed(struct span content)
{
    struct auxiliary_data item;
    enum tlv_result result = TLV_OBJECT;
    while ((result = auxiliary_data_next(&content, &item)) == TLV_OBJECT) {
    }
    return result == TLV_END;
}

static bool parse_template(struct span data, struct terminal_template *template)
{
    struct tlv object;
    enum tlv_result result = TLV_OBJECT;
    *template = (struct terminal_template){0};
    while ((result = tlv_next(&data, &object)) == TLV_OBJECT) {
        if (object.value.n == 0) {
            return false;
        }
        if (object.tag == TAG_MECHANISM && template->mechanism.n == 0) {
            template->mechanism = object.value;
        } else if (object.tag == TAG_PUBLIC_KEY_REFERENCE && template->reference.n == 0) {
            template->reference = object.value;
        } else if (object.tag == TAG_EPHEMERAL_KEY && template->compressed_key.n == 0) {
            template->compressed_key = object.value;
        } else if (object.tag == TAG_AUXILIARY_DATA && template->auxiliary_data.n == 0 &&
                   auxiliary_data_well_formed(object.value)) {
            template->auxiliary_data = object.whole;
        } else {
            return false;
        }
    }
    return result == TLV_END && template->reference.n > 0 && template->compressed_key.n <= CRYPTO_FIELD_MAX &&
           template->auxiliary_data.n <= TA_AUXILIARY_MAX;
}

// The terminal's key, which the last certificate has brought.
static uint16_t check_key(const struct card *card, const struct terminal_template *template)
{
    const struct imported_key *key = &card->terminal_authentication.imported;
    enum crypto_hash hash;
    if (has_authenticated(card) || terminal_authentication_type(card) == TERMINAL_NONE) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    if (key->reference_length == 0 || key->authorization.role != ROLE_TERMINAL ||
        !span_equal(imported_key_reference(key), template->reference)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    return template->mechanism.n == 0 || (oid_ta_ecdsa_parse(template->mechanism, &hash) && hash == key->hash)
               ? SW_OK
               : SW_WRONG_DATA;
}

static uint16_t set_template(struct card *card, uint8_t version, const struct terminal_template *template,
                             struct span compressed_key)
{
    struct terminal_authentication_state *state = &card->terminal_authentication;
    const uint16_t status = check_key(card, template);
    if (status != SW_OK) {
        return status;
    }
    memcpy(state->compressed_key, compressed_key.p, compressed_key.n);
    state->compressed_key_length = compressed_key.n;
    if (template->auxiliary_data.n > 0) {
        memcpy(state->auxiliary_data, template->auxiliary_data.p, template->auxiliary_data.n);
    }
    state->auxiliary_length = template->auxiliary_data.n;
    state->version = version;
    return SW_OK;
}

uint16_t terminal_authentication_set_template_handler(struct card *card, const struct apdu_command *command,
                                                      struct writer *response)
{
    (void)response;
    struct terminal_template template;
    card->terminal_authentication.version = 0;
    if (!parse_template(command->data, &template) || template.mechanism.n == 0 ||
        template.compressed_key.n == 0) {
        return SW_WRONG_DATA;
    }
    return set_template(card, VERSION_2, &template, template.compressed_key);
}

uint16_t terminal_authentication_set_template_1_handler(struct card *card, const struct apdu_command *command,
                                                        struct writer *response)
{
    (void)response;
    const struct achieved *achieved = &card->security.achieved;
    struct terminal_template template;
    card->terminal_authentication.version = 0;
    if (!parse_template(command->data, &template) || template.compressed_key.n > 0 ||
        template.auxiliary_data.n > 0) {
        return SW_WRONG_DATA;
    }
    return set_template(card, VERSION_1, &template,
                        span_of(achieved->terminal_key, achieved->terminal_key_length));
}

// --- GET CHALLENGE, EXTERNAL AUTHENTICATE ------------------------------------------------------------------

void terminal_authentication_keep_challenge(struct card *card, struct span challenge)
{
    struct terminal_authentication_state *state = &card->terminal_authentication;
    state->has_challenge = challenge.n == sizeof state->challenge &&
                           security_satisfied(&card->security, SECURITY_PACE | SECURITY_PROTECTED);
    if (state->has_challenge) {
        memcpy(state->challenge, challenge.p, challenge.n);
    }
}

static bool signature_is_right(const struct card *card, struct span signature)
{
    const struct terminal_authentication_state *state = &card->terminal_authentication;
    const struct achieved *achieved = &card->security.achieved;
    const struct imported_key *imported = &state->imported;
    const struct ta_message message = {
        .identifier = span_of(achieved->identifier, achieved->identifier_length),
        .challenge = span_of(state->challenge, sizeof state->challenge),
        .compressed_key = span_of(state->compressed_key, state->compressed_key_length),
        .auxiliary_data = span_of(state->auxiliary_data, state->auxiliary_length),
    };
    uint8_t digest[CRYPTO_HASH_MAX];
    struct crypto_ec_key key = {0};
    const bool right =
        achieved->identifier_length > 0 && state->compressed_key_length > 0 &&
        ta_digest(imported->hash, &message, digest) &&
        crypto_ec_load_public(&key, imported->curve, imported_key_point(imported)) &&
        crypto_ecdsa_verify(&key, span_of(digest, crypto_hash_length(imported->hash)), signature);
    crypto_ec_release(&key);
    return right;
}

// What is left of the chain's rights (TR-03110-3 §2.7, TR-03110-2 §2.3.2.1).
static rights effective_rights(const struct achieved *achieved, rights of_chain)
{
    const bool asked = achieved->asked.type != TERMINAL_NONE;
    const rights effective = asked ? of_chain & achieved->asked.rights : of_chain;
    const bool needs_pin =
        achieved->asked.type == TERMINAL_AUTHENTICATION && (effective & right_of(RIGHT_CAN_ALLOWED)) == 0;
    return needs_pin && achieved->password != PACE_PASSWORD_PIN ? 0 : effective;
}

static void grant(struct card *card)
{
    const struct terminal_authentication_state *state = &card->terminal_authentication;
    struct achieved *achieved = &card->security.achieved;
    achieved->terminal_authenticated = true;
    achieved->effective = effective_rights(achieved, state->imported.authorization.rights);
    if (state->version == VERSION_1) {
        achieved->effective &= right_of(RIGHT_INSPECTION_READ_DG3) | right_of(RIGHT_INSPECTION_READ_DG4);
    }
    // What Chip Authentication has done before counts only when it was with the key that is proved now.
    achieved->chip_authenticated = achieved->chip_authenticated &&
                                   span_equal(span_of(achieved->terminal_key, achieved->terminal_key_length),
                                              span_of(state->compressed_key, state->compressed_key_length));
    memcpy(achieved->terminal_key, state->compressed_key, state->compressed_key_length);
    achieved->terminal_key_length = state->compressed_key_length;
}

uint16_t external_authenticate_handler(struct card *card, const struct apdu_command *command,
                                       struct writer *response)
{
    (void)response;
    struct terminal_authentication_state *state = &card->terminal_authentication;
    if (has_authenticated(card)) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    const bool ready = state->version != 0 && state->has_challenge;
    const bool right = ready && signature_is_right(card, command->data);
    if (right) {
        grant(card);
        terminal_authentication_forget(card);
        return SW_OK;
    }
    state->version = 0;
    state->has_challenge = false;
    crypto_wipe(state->challenge, sizeof state->challenge);
    return ready ? SW_AUTHENTICATION_FAILED : SW_CONDITIONS_NOT_SATISFIED;
}

// --- What others ask ---------------------------------------------------------------------------------------

struct span terminal_auxiliary_data(const struct card *card)
{
    const struct terminal_authentication_state *state = &card->terminal_authentication;
    struct span object = span_of(state->auxiliary_data, state->auxiliary_length);
    struct tlv data;
    return has_authenticated(card) && tlv_expect(&object, TAG_AUXILIARY_DATA, &data) ? data.value
                                                                                     : span_of(NULL, 0);
}

struct span terminal_sector(const struct card *card, bool second)
{
    const struct terminal_authentication_state *state = &card->terminal_authentication;
    const size_t i = second ? 1 : 0;
    return has_authenticated(card) ? span_of(state->sector_hashes[i], state->sector_lengths[i])
                                   : span_of(NULL, 0);
}

void terminal_authentication_forget(struct card *card)
{
    struct terminal_authentication_state *state = &card->terminal_authentication;
    if (!has_authenticated(card)) {
        crypto_wipe(state, sizeof *state);
        return;
    }
    crypto_wipe(&state->issuer, sizeof state->issuer);
    crypto_wipe(&state->imported, sizeof state->imported);
    crypto_wipe(state->challenge, sizeof state->challenge);
    state->has_challenge = false;
    state->version = 0;
}
