// The inside of the issuer's handle, for the parts of the registry that stand beside it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_HANDLE_H
#define JUMIN_HOST_REGISTRY_HANDLE_H

#include "host/pki/signing_key.h"
#include "host/registry/log.h"
#include "host/registry/proof.h"
#include <jumin/registry.h>

struct jumin_registry {
    struct database *database;
    bool opened; // the log was found, or made
    struct registry log;
    struct signing_key key;
    struct signer signer; // all zero: no key
    char *kept;           // path of the file with the last signed head; NULL: none
    struct detail detail;
};

// The log is there: where the database did not answer before, it is asked once more.
enum jumin_error registry_handle_ready(struct jumin_registry *registry);
// Whether the connection that was lost is there again, so that what failed may be done once more.
bool registry_handle_again(struct jumin_registry *registry, enum jumin_error error);
// The log begins with what the kept head says. JUMIN_ERROR_HASH: it does not, or the file is none.
enum jumin_error registry_handle_check_kept(struct jumin_registry *registry);

// As jumin_registry_add, for many that are recorded together.
enum jumin_error registry_handle_record(struct jumin_registry *registry, const struct registry_item *items,
                                        size_t count, int64_t now);
// As jumin_registry_head, and the last one serves where nothing was recorded since and it is less than a
// minute old.
enum jumin_error registry_handle_head(struct jumin_registry *registry, int64_t now, char **token,
                                      struct jumin_registry_head *head);
// The same with the way from a head over `known` entries (0: none). `growth` is the caller's.
enum jumin_error registry_handle_growth(struct jumin_registry *registry, uint64_t known, int64_t now,
                                        struct jumin_registry_head *head, char **token,
                                        struct registry_growth *growth);
// The entries of a kind, in their order, at most `most` of the last ones.
enum jumin_error
registry_handle_entries(struct jumin_registry *registry, enum jumin_registry_kind kind, unsigned most,
                        bool (*each)(void *context, const struct jumin_registry_entry *entry), void *context);
enum jumin_error registry_handle_find_digest(struct jumin_registry *registry,
                                             const uint8_t digest[JUMIN_REGISTRY_HASH], uint64_t *index);

#endif
