// Built without chains: says so.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/handle.h"

static enum jumin_error refuse(struct jumin_registry *registry)
{
    return registry == NULL ? JUMIN_ERROR_ARGUMENT
                            : detail_set(&registry->detail, JUMIN_ERROR_NOT_SUPPORTED,
                                         "this build has no chains (JUMIN_EVM)");
}

enum jumin_error jumin_registry_chain_deploy(struct jumin_registry *registry,
                                             const struct jumin_registry_chain *options,
                                             char contract[JUMIN_REGISTRY_CONTRACT])
{
    (void)options;
    (void)contract;
    return refuse(registry);
}

enum jumin_error jumin_registry_chain_look(struct jumin_registry *registry,
                                           const struct jumin_registry_chain *options, int64_t now,
                                           struct jumin_registry_chain_report *report)
{
    (void)options;
    (void)now;
    (void)report;
    return refuse(registry);
}
