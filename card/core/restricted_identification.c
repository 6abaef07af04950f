// The chip's side of Restricted Identification (TR-03110-2 §3.5, TR-03110-3 §B.5).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/restricted_identification.h"

#include "card/core/card.h"
#include "card/core/private_key.h"

enum {
    // MSE:Set AT.
    TAG_MECHANISM = 0x80,
    TAG_KEY_ID = 0x84,
    // GENERAL AUTHENTICATE.
    TAG_DYNAMIC_AUTHENTICATION_DATA = 0x7C,
    TAG_SECTOR_KEY = 0xA0,
    TAG_SECOND_SECTOR_KEY = 0xA2,
    TAG_IDENTIFIER = 0x81,
    TAG_SECOND_IDENTIFIER = 0x83,
    PUBLIC_KEY_HEADER_MAX = 5, // of 7F49
};

void restricted_identification_end(struct restricted_identification_state *state)
{
    crypto_wipe(state, sizeof *state);
}

// The key pair with this id.
static bool find_key(struct card *card, uint8_t key_id, uint16_t *object)
{
    for (unsigned i = 0; i < RESTRICTED_IDENTIFICATION_KEYS; i++) {
        struct private_key key;
        *object = (uint16_t)(OBJECT_RESTRICTED_IDENTIFICATION_KEY + i);
        const bool found = private_key_read(card, *object, &key) && key.key_id == key_id;
        crypto_wipe(&key, sizeof key);
        if (found) {
            return true;
        }
    }
    return false;
}

uint16_t restricted_identification_set_template_handler(struct card *card, const struct apdu_command *command,
                                                        struct writer *response)
{
    (void)response;
    struct restricted_identification_state *state = &card->restricted_identification;
    struct span data = command->data;
    struct tlv mechanism, key_id;
    if (!tlv_expect(&data, TAG_MECHANISM, &mechanism) || !tlv_expect(&data, TAG_KEY_ID, &key_id) ||
        data.n != 0 || key_id.value.n != 1 || !oid_ri_ecdh_parse(mechanism.value, &state->hash)) {
        return SW_WRONG_DATA;
    }
    if (!find_key(card, key_id.value.p[0], &state->object)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    state->set = true;
    return SW_OK;
}

static bool hash_of_length(size_t length, enum crypto_hash *hash)
{
    static const enum crypto_hash hashes[] = {CRYPTO_SHA1, CRYPTO_SHA224, CRYPTO_SHA256, CRYPTO_SHA384,
                                              CRYPTO_SHA512};
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        if (crypto_hash_length(hashes[i]) == length) {
            *hash = hashes[i];
            return true;
        }
    }
    return false;
}

// The certificate names the key by the hash of the whole object 7F49, which stands here as A0 or A2
// (TR-03110-3 §C.3.2.2).
static bool certificate_names(struct span named, struct span key)
{
    uint8_t header[PUBLIC_KEY_HEADER_MAX], digest[CRYPTO_HASH_MAX];
    enum crypto_hash hash;
    struct writer w = writer_of(header, sizeof header);
    tlv_put_header(&w, CVC_PUBLIC_KEY, key.n);
    const struct span parts[] = {writer_span(&w), key};
    return !w.overflow && hash_of_length(named.n, &hash) && crypto_hash_parts(hash, parts, 2, digest) &&
           span_equal(named, span_of(digest, named.n));
}

// Appends the identifier in the sector of `public_key`, the content of a public key object.
static uint16_t identify(struct card *card, const struct private_key *key, enum crypto_hash hash,
                         struct span public_key, struct span named, uint32_t tag, struct writer *w)
{
    struct span oid, point;
    bool has_parameters = false;
    enum crypto_curve curve = key->curve;
    enum crypto_hash key_hash;
    uint8_t identifier[CRYPTO_HASH_MAX];
    if (!cvc_public_key_parse(public_key, &oid, &point, &has_parameters, &curve) || !has_parameters ||
        curve != key->curve || !oid_ri_ecdh_parse(oid, &key_hash) || key_hash != hash) {
        return SW_WRONG_DATA;
    }
    if (!certificate_names(named, public_key)) {
        return SW_AUTHENTICATION_FAILED;
    }
    const struct span secret = span_of(key->secret, crypto_curve_length(curve));
    const bool identified = ri_identifier(curve, &card->port.random, hash, secret, point, identifier);
    if (identified) {
        tlv_put(w, tag, span_of(identifier, crypto_hash_length(hash)));
    }
    crypto_wipe(identifier, sizeof identifier);
    return identified ? SW_OK : SW_WRONG_DATA;
}

// With one sector key or both, in their order.
static uint16_t identify_in_sectors(struct card *card, const struct private_key *key, enum crypto_hash hash,
                                    struct span objects, struct writer *w)
{
    struct tlv first, second;
    const bool has_first = tlv_expect(&objects, TAG_SECTOR_KEY, &first);
    const bool has_second = tlv_expect(&objects, TAG_SECOND_SECTOR_KEY, &second);
    if ((!has_first && !has_second) || objects.n != 0) {
        return SW_WRONG_DATA;
    }
    uint16_t status = SW_OK;
    if (has_first) {
        status = identify(card, key, hash, first.value, terminal_sector(card, false), TAG_IDENTIFIER, w);
    }
    if (status == SW_OK && has_second) {
        status =
            identify(card, key, hash, second.value, terminal_sector(card, true), TAG_SECOND_IDENTIFIER, w);
    }
    return status;
}

// The pseudonym is for those whose right it is, what blocks a card for any authentication terminal.
static bool may_use(const struct card *card, uint16_t object)
{
    const rights needed = object == OBJECT_RESTRICTED_IDENTIFICATION_KEY
                              ? right_of(RIGHT_RESTRICTED_IDENTIFICATION)
                              : (rights)0;
    return card->security.achieved.asked.type == TERMINAL_AUTHENTICATION &&
           security_allows(&card->security, SECURITY_TERMINAL_AUTHENTICATED, needed);
}

uint16_t restricted_identification_handler(struct card *card, const struct apdu_command *command,
                                           struct writer *response)
{
    const struct restricted_identification_state state = card->restricted_identification;
    struct span data = command->data;
    struct tlv template;
    struct private_key key;
    restricted_identification_end(&card->restricted_identification);
    if (!state.set) {
        return SW_CONDITIONS_NOT_SATISFIED;
    }
    if (!may_use(card, state.object)) {
        return SW_SECURITY_STATUS_NOT_SATISFIED;
    }
    if (!tlv_expect(&data, TAG_DYNAMIC_AUTHENTICATION_DATA, &template) || data.n != 0) {
        return SW_WRONG_DATA;
    }
    if (!private_key_read(card, state.object, &key)) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    uint8_t identifiers[2 * (CRYPTO_HASH_MAX + 2)];
    struct writer w = writer_of(identifiers, sizeof identifiers);
    const uint16_t status = identify_in_sectors(card, &key, state.hash, template.value, &w);
    if (status == SW_OK) { // 6300 is a warning, which would carry data
        tlv_put(response, TAG_DYNAMIC_AUTHENTICATION_DATA, writer_span(&w));
    }
    crypto_wipe(identifiers, sizeof identifiers);
    crypto_wipe(&key, sizeof key);
    return status;
}
