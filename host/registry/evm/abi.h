// The calls of the registry's contract in the contract ABI: selectors, words of 32 bytes, dynamic bytes.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_ABI_H
#define JUMIN_HOST_REGISTRY_EVM_ABI_H

#include "card/wire/span.h"

enum { ABI_WORD = 32 };

// The first four bytes of the Keccak-256 of "append(uint64,bytes[])".
void abi_put_selector(struct writer *w, const char *signature);
void abi_put_number(struct writer *w, uint64_t value);
// append(uint64,bytes[]), node(uint64,uint64), size(): whole calls.
void abi_put_append(struct writer *w, uint64_t index, const struct span *entries, size_t count);
void abi_put_node(struct writer *w, uint64_t level, uint64_t position);
void abi_put_size(struct writer *w);
// A word that is a number of 64 bits. False: it is none.
bool abi_take_number(struct span *answer, uint64_t *value);
// The one `bytes` that an event's data holds, which is all of it. False: anything else.
bool abi_take_bytes(struct span answer, struct span *bytes);

#endif
