// What reading and writing the contract share.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_CHAIN_INTERNAL_H
#define JUMIN_HOST_REGISTRY_EVM_CHAIN_INTERNAL_H

#include "host/registry/evm/chain.h"

enum jumin_error evm_chain_malformed(struct detail *detail, const char *what);
// Takes `parameters`.
enum jumin_error evm_chain_ask_number(struct evm_chain *chain, const char *method, json_t *parameters,
                                      uint64_t *number, struct detail *detail);
// Takes `number`; `block` is the caller's. JUMIN_ERROR_INPUT: there is none.
enum jumin_error evm_chain_ask_block(struct evm_chain *chain, json_t *number, json_t **block,
                                     struct detail *detail);

#endif
