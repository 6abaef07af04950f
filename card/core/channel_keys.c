// The key set of SCP03 in the store (GP Amd D §5).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/channel_keys.h"

#include "card/core/objects.h"

// Version, then ENC, MAC and DEK of one length.
enum { KEYS = 3, KEY_SET_MAX = 1 + KEYS * SCP03_KEY_MAX };

bool channel_keys_valid(uint8_t version, size_t key_length)
{
    const bool version_ok =
        (version >= KEY_VERSION_FIRST && version <= KEY_VERSION_LAST) || version == KEY_VERSION_TRANSPORT;
    return version_ok && (key_length == 16 || key_length == 24 || key_length == 32);
}

// Whether the stored keys are these, under any version.
static bool are_stored(struct store *store, const struct scp03_keys *keys)
{
    struct scp03_keys stored;
    uint8_t version = 0;
    const bool same = channel_keys_read(store, &version, &stored) && stored.length == keys->length &&
                      crypto_equal(stored.enc, keys->enc, keys->length) &&
                      crypto_equal(stored.mac, keys->mac, keys->length) &&
                      crypto_equal(stored.dek, keys->dek, keys->length);
    crypto_wipe(&stored, sizeof stored);
    return same;
}

enum store_status channel_keys_write(struct store *store, uint8_t version, const struct scp03_keys *keys)
{
    uint8_t bytes[KEY_SET_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    writer_put_u8(&w, version);
    writer_put(&w, span_of(keys->enc, keys->length));
    writer_put(&w, span_of(keys->mac, keys->length));
    writer_put(&w, span_of(keys->dek, keys->length));
    const bool same = are_stored(store, keys);
    const enum store_status status = store_write(store, OBJECT_SCP03_KEYS, writer_span(&w));
    crypto_wipe(bytes, sizeof bytes);
    if (status != STORE_OK || same) {
        return status;
    }
    const uint8_t counter[SCP03_SEQUENCE_COUNTER] = {0};
    return store_write(store, OBJECT_SCP03_COUNTER, span_of(counter, sizeof counter));
}

enum store_status channel_keys_delete(struct store *store)
{
    const enum store_status status = store_delete(store, OBJECT_SCP03_KEYS);
    return status == STORE_OK ? store_delete(store, OBJECT_SCP03_COUNTER) : status;
}

bool channel_keys_read(struct store *store, uint8_t *version, struct scp03_keys *keys)
{
    uint8_t bytes[KEY_SET_MAX];
    size_t length = 0;
    memset(keys, 0, sizeof *keys);
    bool read = store_length(store, OBJECT_SCP03_KEYS, &length) == STORE_OK && length <= sizeof bytes &&
                length > 1 && (length - 1) % KEYS == 0 &&
                store_read(store, OBJECT_SCP03_KEYS, 0, bytes, length) == STORE_OK &&
                channel_keys_valid(bytes[0], (length - 1) / KEYS);
    if (read) {
        keys->length = (length - 1) / KEYS;
        *version = bytes[0];
        memcpy(keys->enc, bytes + 1, keys->length);
        memcpy(keys->mac, bytes + 1 + keys->length, keys->length);
        memcpy(keys->dek, bytes + 1 + 2 * keys->length, keys->length);
    }
    crypto_wipe(bytes, sizeof bytes);
    return read;
}

bool channel_keys_count(struct store *store, uint8_t counter[SCP03_SEQUENCE_COUNTER])
{
    if (store_read(store, OBJECT_SCP03_COUNTER, 0, counter, SCP03_SEQUENCE_COUNTER) != STORE_OK) {
        return false;
    }
    size_t i = SCP03_SEQUENCE_COUNTER;
    while (i > 0 && ++counter[i - 1] == 0) {
        i--;
    }
    return i > 0 &&
           store_write(store, OBJECT_SCP03_COUNTER, span_of(counter, SCP03_SEQUENCE_COUNTER)) == STORE_OK;
}
