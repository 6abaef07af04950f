// The inside of the issuer's handle, for the parts of the registry that stand beside it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_HANDLE_H
#define JUMIN_HOST_REGISTRY_HANDLE_H

#include "host/database/database.h"
#include "host/detail.h"
#include <jumin/registry.h>

struct database *registry_handle_database(struct jumin_registry *registry);
struct detail *registry_handle_detail(struct jumin_registry *registry);

// As jumin_registry_head, and the last one serves where nothing was recorded since and it is less than a
// minute old.
enum jumin_error registry_handle_head(struct jumin_registry *registry, int64_t now, char **token,
                                      struct jumin_registry_head *head);
enum jumin_error registry_handle_find_digest(struct jumin_registry *registry,
                                             const uint8_t digest[JUMIN_REGISTRY_HASH], uint64_t *index);

#endif
