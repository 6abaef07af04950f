// The whole log recomputed from its entries, and compared with what is kept of the tree and with what was
// signed.
// SPDX-License-Identifier: Apache-2.0
#include "card/crypto/crypto.h"
#include "host/registry/log.h"

enum { PAGE = 1000, LEVELS = 63 }; // entries that are read at once

// The complete subtrees so far, one for each bit of the number of entries.
struct audit {
    struct database *database;
    struct span point; // of the key that signs heads
    struct detail *detail;
    uint64_t count; // entries so far
    uint8_t peaks[LEVELS][MERKLE_HASH];
};

static enum jumin_error told(struct audit *audit, enum jumin_error error)
{
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(audit->detail, error, "%s", database_detail(audit->database));
}

static enum jumin_error changed(struct audit *audit, const char *what, uint64_t number)
{
    return detail_set(audit->detail, JUMIN_ERROR_HASH, "%s %llu of the registry was changed", what,
                      (unsigned long long)number);
}

static bool digest_is(struct span content, struct span digest)
{
    uint8_t hash[MERKLE_HASH];
    return crypto_hash_parts(CRYPTO_SHA256, &content, 1, hash) &&
           span_equal(span_of(hash, sizeof hash), digest);
}

// The columns beside an entry say what it says, and its content is what it is about.
static bool is_whole(const struct database_rows *rows, uint64_t position)
{
    struct jumin_registry_entry entry = {.index = position};
    const struct span digest = database_column_bytes(rows, 3);
    return database_column_integer(rows, 0) == (int64_t)position &&
           registry_entry_take(database_column_bytes(rows, 4), &entry) &&
           database_column_integer(rows, 1) == (int64_t)entry.kind &&
           strcmp(database_column_text(rows, 2), entry.name) == 0 &&
           span_equal(digest, span_of(entry.digest, sizeof entry.digest)) &&
           (database_is_null(rows, 5) || digest_is(database_column_bytes(rows, 5), digest));
}

static enum jumin_error compare_node(struct audit *audit, unsigned level, uint64_t position,
                                     const uint8_t hash[MERKLE_HASH])
{
    const struct registry log = registry_log(audit->database);
    uint8_t kept[MERKLE_HASH];
    const enum jumin_error error = log.node(log.context, level, position, kept, audit->detail);
    if (error != JUMIN_OK) {
        return error;
    }
    return memcmp(kept, hash, MERKLE_HASH) == 0
               ? JUMIN_OK
               : detail_set(audit->detail, JUMIN_ERROR_HASH, "node %u/%llu of the registry was changed",
                            level, (unsigned long long)position);
}

// One more leaf, and each subtree that it completes.
static enum jumin_error add(struct audit *audit, struct span entry)
{
    uint8_t hash[MERKLE_HASH];
    if (!merkle_leaf(entry, hash)) {
        return detail_set(audit->detail, JUMIN_ERROR_CRYPTO, "the tree cannot be hashed");
    }
    uint64_t position = audit->count++;
    unsigned level = 0;
    enum jumin_error error = compare_node(audit, level, position, hash);
    for (; error == JUMIN_OK && (position & 1) == 1; position /= 2) {
        if (!merkle_node(audit->peaks[level], hash, hash)) {
            return detail_set(audit->detail, JUMIN_ERROR_CRYPTO, "the tree cannot be hashed");
        }
        level++;
        error = compare_node(audit, level, position / 2, hash);
    }
    memcpy(audit->peaks[level], hash, sizeof hash);
    return error;
}

static enum jumin_error audit_page(struct audit *audit, bool *more)
{
    const struct database_value values[] = {database_integer((int64_t)audit->count), database_integer(PAGE)};
    const uint64_t before = audit->count;
    struct database_rows *rows = NULL;
    enum jumin_error error =
        told(audit, database_query(audit->database,
                                   "SELECT position, kind, name, digest, entry, content FROM registry_entry"
                                   " WHERE position >= $1 ORDER BY position LIMIT $2",
                                   values, 2, &rows));
    while (error == JUMIN_OK && database_next(rows)) {
        error = is_whole(rows, audit->count) ? add(audit, database_column_bytes(rows, 4))
                                             : changed(audit, "entry", audit->count);
    }
    *more = audit->count > before;
    const enum jumin_error ended = told(audit, database_rows_end(rows));
    return error == JUMIN_OK ? ended : error;
}

// Token and columns say the same, the root is that of the entries, and the registry's key has signed it.
static enum jumin_error audit_head(struct audit *audit, const struct database_rows *rows)
{
    const struct registry log = registry_log(audit->database);
    const uint64_t size = (uint64_t)database_column_integer(rows, 0);
    struct registry_head head;
    uint8_t root[MERKLE_HASH];
    struct detail why = {""};
    if (registry_head_open(database_column_bytes(rows, 3), audit->point, &head, &why) != JUMIN_OK) {
        return detail_set(audit->detail, JUMIN_ERROR_HASH, "the signed head over %llu entries: %s",
                          (unsigned long long)size, why.text);
    }
    if (head.size != size || head.at != database_column_integer(rows, 2) ||
        !span_equal(span_of(head.root, MERKLE_HASH), database_column_bytes(rows, 1)) || size > audit->count) {
        return changed(audit, "the signed head over entry", size);
    }
    const enum jumin_error error = registry_root(&log, size, root, audit->detail);
    return error == JUMIN_OK && memcmp(root, head.root, sizeof root) != 0
               ? changed(audit, "the signed head over entry", size)
               : error;
}

// What was signed once must still be true.
static enum jumin_error audit_heads(struct audit *audit)
{
    struct database_rows *rows = NULL;
    enum jumin_error error =
        told(audit,
             database_query(audit->database, "SELECT size, root, at, token FROM registry_head ORDER BY size",
                            NULL, 0, &rows));
    while (error == JUMIN_OK && database_next(rows)) {
        error = audit_head(audit, rows);
    }
    const enum jumin_error ended = told(audit, database_rows_end(rows));
    return error == JUMIN_OK ? ended : error;
}

enum jumin_error registry_log_audit(struct database *database, struct span point, struct detail *detail)
{
    struct audit audit = {.database = database, .point = point, .detail = detail};
    const struct registry log = registry_log(database);
    struct registry_head head;
    // Entries that come meanwhile are looked at, too.
    enum jumin_error error = log.head(log.context, &head, detail);
    for (bool more = true; error == JUMIN_OK && more;) {
        error = audit_page(&audit, &more);
    }
    if (error == JUMIN_OK && audit.count < head.size) {
        return changed(&audit, "entry", audit.count);
    }
    return error == JUMIN_OK ? audit_heads(&audit) : error;
}
