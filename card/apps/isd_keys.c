// PUT KEY: replaces the key set of the secure channel (GPC v2.3.1 §11.8, GP Amd D §7.2).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/isd.h"

#include "card/core/card.h"
#include "card/core/channel_keys.h"
#include "card/core/erasure.h"

enum { KEY_TYPE_AES = 0x88, KEYS = 3 };

// One key field: type; length; then either the key's length and the key under the DEK, padded to whole
// blocks, or the key under the DEK alone; length of the check value; check value. Both spellings are in use,
// and whole blocks tell them apart.
static bool take_key(const struct scp03_keys *dek, struct span *data, uint8_t key[SCP03_KEY_MAX],
                     size_t *length, uint8_t check_value[SCP03_CHECK_VALUE])
{
    struct span head, body, check_length, check;
    if (!span_take(data, 2, &head) || head.p[0] != KEY_TYPE_AES || !span_take(data, head.p[1], &body) ||
        !span_take(data, 1, &check_length) || check_length.p[0] != SCP03_CHECK_VALUE ||
        !span_take(data, SCP03_CHECK_VALUE, &check)) {
        return false;
    }
    *length = body.n;
    if (body.n % CRYPTO_BLOCK == 1) {
        *length = body.p[0];
        body = span_from(body, 1);
    }
    const size_t blocks = (*length + CRYPTO_BLOCK - 1) / CRYPTO_BLOCK;
    if (!channel_keys_valid(KEY_VERSION_FIRST, *length) || body.n != blocks * CRYPTO_BLOCK ||
        !scp03_decrypt_key_data(dek, body, key) || !scp03_check_value(span_of(key, *length), check_value)) {
        return false;
    }
    return crypto_equal(check_value, check.p, SCP03_CHECK_VALUE);
}

// The key version, then ENC, MAC and DEK. Answers the version and the check values.
static bool take_key_set(const struct scp03_keys *dek, struct span data, uint8_t *version,
                         struct scp03_keys *keys, struct writer *response)
{
    struct span first;
    if (!span_take(&data, 1, &first)) {
        return false;
    }
    *version = first.p[0];
    writer_put_u8(response, *version);
    uint8_t *const all[KEYS] = {keys->enc, keys->mac, keys->dek};
    for (size_t i = 0; i < KEYS; i++) {
        uint8_t check_value[SCP03_CHECK_VALUE];
        size_t length = 0;
        if (!take_key(dek, &data, all[i], &length, check_value) || (i > 0 && length != keys->length)) {
            return false;
        }
        keys->length = length;
        writer_put(response, span_of(check_value, sizeof check_value));
    }
    return data.n == 0 && *version <= KEY_VERSION_LAST && channel_keys_valid(*version, keys->length);
}

// Within one transaction.
static enum store_status replace_set(struct store *store, uint8_t version, const struct scp03_keys *keys)
{
    const enum store_status status = channel_keys_write(store, version, keys);
    return status == STORE_OK ? erasure_mark(store) : status;
}

// The set is replaced whether P1 names it or is 00: this card has one. The channel goes on with its session
// keys, and with the DEK that it was opened with.
uint16_t isd_put_key_handler(struct card *card, const struct apdu_command *command, struct writer *response)
{
    struct scp03_keys keys;
    uint8_t current = 0, version = 0;
    const bool known = channel_keys_read(&card->store, &current, &keys);
    crypto_wipe(&keys, sizeof keys);
    if (!known) {
        return SW_MEMORY_FAILURE;
    }
    if (command->p1 != 0 && command->p1 != current) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    uint16_t status = SW_WRONG_DATA;
    if (take_key_set(&card->security.scp03_keys, command->data, &version, &keys, response)) {
        status = isd_store_status(store_begin(&card->store));
        if (status == SW_OK) {
            status = isd_end_transaction(card, isd_store_status(replace_set(&card->store, version, &keys)));
        }
    }
    crypto_wipe(&keys, sizeof keys);
    return status;
}
