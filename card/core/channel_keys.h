// The key set of SCP03 in the store, with its version and sequence counter (GP Amd D §5, §6.2.2.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_CHANNEL_KEYS_H
#define JUMIN_CARD_CORE_CHANNEL_KEYS_H

#include "card/nvm/store.h"
#include "card/wire/key_set.h"

enum {
    KEY_VERSION_FIRST = 0x01,
    KEY_VERSION_LAST = 0x7F
}; // beside KEY_VERSION_TRANSPORT (GPC v2.3.1 §11.8.2.1)

bool channel_keys_valid(uint8_t version, size_t key_length);
// Replaces the set and sets the sequence counter to zero; it goes on when the keys are the same as before, so
// that no challenge comes twice under them. Within a transaction.
enum store_status channel_keys_write(struct store *store, uint8_t version, const struct scp03_keys *keys);
// False, and `keys` is wiped, when there is none or it is damaged. The caller wipes it.
bool channel_keys_read(struct store *store, uint8_t *version, struct scp03_keys *keys);
// Removes the set and its counter. Within a transaction.
enum store_status channel_keys_delete(struct store *store);
// Raises the sequence counter and returns it: it is in flash before anything is made from it. False when the
// store fails or the counter has come to its end.
bool channel_keys_count(struct store *store, uint8_t counter[SCP03_SEQUENCE_COUNTER]);

#endif
