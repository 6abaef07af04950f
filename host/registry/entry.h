// What stands in the registry: of each thing its kind, its name and the digest of its content, nothing
// personal.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_ENTRY_H
#define JUMIN_HOST_REGISTRY_ENTRY_H

#include "card/wire/span.h"
#include <jumin/registry.h>

enum { REGISTRY_ENTRY_MAX = 512 }; // bytes

// One line of UTF-8 that is neither empty nor too long; that it is UTF-8 is the caller's.
bool registry_entry_name(const char *name);

// Deterministic CBOR, an array: version 1, kind, name (text), SHA-256 of the content (32 bytes), seconds
// since 1970 at which it was recorded. These are the bytes of a leaf.
void registry_entry_put(struct writer *w, const struct jumin_registry_entry *entry);
// False: anything else, a kind that is not known, a name too long. `index` is not in it, and is left alone.
bool registry_entry_take(struct span bytes, struct jumin_registry_entry *entry);

#endif
