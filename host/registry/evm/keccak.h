// Keccak-256 as Ethereum has it: the sponge of FIPS 202 with the padding that it had before (0x01 in place of
// 0x06).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_KECCAK_H
#define JUMIN_HOST_REGISTRY_EVM_KECCAK_H

#include "card/wire/span.h"

enum { KECCAK_HASH = 32 };

void keccak_256(struct span data, uint8_t hash[KECCAK_HASH]);

#endif
