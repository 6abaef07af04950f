// Private keys in the store: key id, standardized domain parameter id, secret.
// SPDX-License-Identifier: Apache-2.0
#include "card/core/private_key.h"

#include "card/core/card.h"

enum { KEY_HEADER = 2 };

bool card_curve_of_parameter(uint8_t parameter_id, enum crypto_curve *curve)
{
    return pace_curve_of_parameter(parameter_id, curve) &&
           (*curve == CRYPTO_P256 || *curve == CRYPTO_P384 || *curve == CRYPTO_BRAINPOOL_P256R1 ||
            *curve == CRYPTO_BRAINPOOL_P384R1);
}

bool private_key_read(struct card *card, uint16_t object, struct private_key *key)
{
    uint8_t header[KEY_HEADER];
    size_t length = 0;
    *key = (struct private_key){0};
    if (store_length(&card->store, object, &length) != STORE_OK ||
        store_read(&card->store, object, 0, header, sizeof header) != STORE_OK ||
        !card_curve_of_parameter(header[1], &key->curve) ||
        length != sizeof header + crypto_curve_length(key->curve)) {
        return false;
    }
    key->key_id = header[0];
    if (store_read(&card->store, object, sizeof header, key->secret, length - sizeof header) != STORE_OK) {
        crypto_wipe(key, sizeof *key);
        return false;
    }
    return true;
}

static uint16_t store_key(struct card *card, uint16_t object, struct span header, struct span secret)
{
    uint8_t bytes[KEY_HEADER + CRYPTO_FIELD_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    writer_put(&w, header);
    writer_put(&w, secret);
    const bool stored = !w.overflow && store_write(&card->store, object, writer_span(&w)) == STORE_OK;
    crypto_wipe(bytes, sizeof bytes);
    return stored ? SW_OK : SW_MEMORY_FAILURE;
}

uint16_t private_key_import(struct card *card, uint16_t object, struct span content)
{
    struct span header;
    enum crypto_curve curve;
    if (!span_take(&content, KEY_HEADER, &header) || !card_curve_of_parameter(header.p[1], &curve)) {
        return SW_WRONG_DATA;
    }
    // Loading refuses a secret of another length, 0, and one not below the order.
    struct crypto_ec_key key = {0};
    const bool valid = crypto_ec_load_secret(&key, curve, content, &card->port.random);
    crypto_ec_release(&key);
    return valid ? store_key(card, object, header, content) : SW_WRONG_DATA;
}

uint16_t private_key_generate(struct card *card, uint16_t object, struct span content, struct writer *point)
{
    enum crypto_curve curve;
    if (content.n != KEY_HEADER || !card_curve_of_parameter(content.p[1], &curve)) {
        return SW_WRONG_DATA;
    }
    struct crypto_ec_key key = {0};
    uint8_t secret[CRYPTO_FIELD_MAX];
    uint8_t *to = writer_reserve(point, crypto_curve_point_length(curve));
    uint16_t status = SW_EXECUTION_ERROR;
    if (to != NULL && crypto_ec_generate(&key, curve, &card->port.random) && crypto_ec_public(&key, to) &&
        crypto_ec_secret(&key, secret)) {
        status = store_key(card, object, content, span_of(secret, crypto_curve_length(curve)));
    }
    crypto_ec_release(&key);
    crypto_wipe(secret, sizeof secret);
    return status;
}

uint16_t private_key_personalize(struct card *card, uint16_t object, const struct dgi_piece *piece,
                                 struct writer *response)
{
    uint8_t bytes[CRYPTO_POINT_MAX];
    struct writer point = writer_of(bytes, sizeof bytes);
    const uint16_t status = private_key_generate(card, object, piece->bytes, &point);
    if (status == SW_OK) {
        dgi_put(response, piece->identifier, writer_span(&point));
    }
    return status;
}
