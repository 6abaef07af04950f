// RLP, in which transactions are written (Ethereum yellow paper, appendix B): strings and lists.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_RLP_H
#define JUMIN_HOST_REGISTRY_EVM_RLP_H

#include "card/wire/span.h"

void rlp_put_bytes(struct writer *w, struct span bytes);
// A number without leading zeros; 0 is the empty string.
void rlp_put_number(struct writer *w, uint64_t value);
// The same of a big-endian number of any length.
void rlp_put_integer(struct writer *w, struct span big_endian);
// What a list holds, written before, becomes the list.
void rlp_put_list(struct writer *w, struct span items);

#endif
