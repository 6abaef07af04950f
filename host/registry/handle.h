// The inside of the issuer's handle, for the parts of the registry that stand beside it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_HANDLE_H
#define JUMIN_HOST_REGISTRY_HANDLE_H

#include "host/database/database.h"
#include "host/detail.h"
#include <jumin/registry.h>

struct database *registry_handle_database(struct jumin_registry *registry);
struct detail *registry_handle_detail(struct jumin_registry *registry);

#endif
