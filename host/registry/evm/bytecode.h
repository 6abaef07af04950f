// The registry's contract as it is deployed (contract/Registry.sol).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_BYTECODE_H
#define JUMIN_HOST_REGISTRY_EVM_BYTECODE_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t evm_bytecode[];
extern const size_t evm_bytecode_length;

#endif
