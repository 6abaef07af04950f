// What verifiers look up in the entries that are proven to them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_CHECK_H
#define JUMIN_HOST_REGISTRY_CHECK_H

#include <jumin/registry.h>

// That the signed status list whose SHA-256 is `digest`, fetched from `uri`, is one of the entries, each of
// which a proof was kept and checked for (jumin_registry_proof_check). JUMIN_ERROR_HASH: it is none of them.
// Nothing is changed then.
enum jumin_error registry_check_status_list(const struct jumin_registry_entry *entries, size_t count,
                                            const char *uri, const uint8_t digest[JUMIN_REGISTRY_HASH],
                                            uint64_t *index);

#endif
