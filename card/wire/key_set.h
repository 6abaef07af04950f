// Key sets of single cards, derived from a master key: what the factory writes and the station finds again.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_KEY_SET_H
#define JUMIN_CARD_WIRE_KEY_SET_H

#include "card/wire/scp03.h"

// Key version numbers (GPC v2.3.1 §11.8.2.1): the transport keys carry FF, "the initial keys".
enum key_version {
    KEY_VERSION_TRANSPORT = 0xFF,
    KEY_VERSION_ISSUER = 0x01,
};

// ENC, MAC and DEK of one card, each as long as `master` (16, 24 or 32 bytes), from the counter-mode KDF of
// SP 800-108 with CMAC over the card's diversification data. False: `keys` is wiped.
bool key_set_diversify(struct span master, const uint8_t diversification[SCP03_DIVERSIFICATION],
                       struct scp03_keys *keys);

// The same with a CMAC that somebody else computes, who has the master of `length` bytes.
bool key_set_diversify_by(scp03_cmac *cmac, const void *owner, size_t length,
                          const uint8_t diversification[SCP03_DIVERSIFICATION], struct scp03_keys *keys);

#endif
