// The registry's log in a database of its own (SQLite or PostgreSQL): entries, and the complete nodes of the
// tree over them.
// SPDX-License-Identifier: Apache-2.0
//
// Its own database, not the records': it holds nothing personal, everybody may read it, and it is kept for
// good.
#ifndef JUMIN_HOST_REGISTRY_LOG_H
#define JUMIN_HOST_REGISTRY_LOG_H

#include "host/database/database.h"
#include "host/registry/entry.h"
#include "host/registry/registry.h"

// Makes the tables where they are missing.
enum jumin_error registry_log_open(struct database *database, struct detail *detail);
// The log as a registry; lives as long as `database`.
struct registry registry_log(struct database *database);

// One thing to be recorded. The content itself is kept where it is public and small (certificates, DID
// documents, schemas), so that it can be shown; of a status list the digest alone.
struct registry_item {
    enum jumin_registry_kind kind;
    const char *name;
    struct span content;
    const uint8_t *digest; // SHA-256 of the content of a status list that is not at hand; else NULL
};

// Records all of them behind each other, or none. Each whose name has the same content as its last entry
// already (a status list: as any of its entries, since no two are the same) is not recorded again, so that
// one who was interrupted does it again and nothing is there twice;
// `indexes` (of `count` numbers, may be NULL) says where each stands. A connection that was lost is made anew
// once.
enum jumin_error registry_log_record(struct database *database, const struct registry_item *items,
                                     size_t count, int64_t now, uint64_t *indexes, struct detail *detail);
// The last entry of that kind and name. JUMIN_ERROR_INPUT: there is none.
enum jumin_error registry_log_find(struct database *database, enum jumin_registry_kind kind, const char *name,
                                   uint64_t *index, struct detail *detail);
// The last entry whose content has this SHA-256.
enum jumin_error registry_log_find_digest(struct database *database, const uint8_t digest[MERKLE_HASH],
                                          uint64_t *index, struct detail *detail);
// Recomputes the whole tree from the entries and compares; each signed head must be of the key `point`, and
// still be true. JUMIN_ERROR_HASH: an entry, a node or a head was changed; the detail says which.
enum jumin_error registry_log_audit(struct database *database, struct span point, struct detail *detail);

#endif
