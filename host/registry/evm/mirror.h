// The log brought to a chain, and the chain held against the log. Whatever the chain does, the log goes on:
// what the chain lacks is sent when it can be.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_EVM_MIRROR_H
#define JUMIN_HOST_REGISTRY_EVM_MIRROR_H

#include "host/database/database.h"
#include "host/registry/evm/chain.h"
#include <jumin/registry.h>

// What is seen of the chain. Its troubles are in `report`, with a sentence, and are no error. With `send` the
// entries that it lacks are sent. `stop_seconds`: how old the last block may be (0: any age). Where the chain
// was seen is kept in the log's database, for each contract. An error: the log's database, or there never was
// such a contract.
enum jumin_error registry_mirror(struct database *log, struct evm_chain *chain, int64_t now,
                                 unsigned stop_seconds, bool send, struct jumin_registry_chain_report *report,
                                 struct detail *detail);

#endif
