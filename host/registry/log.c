// The registry's log in a database.
// SPDX-License-Identifier: Apache-2.0
//
// Whoever records takes the row `registry_size` first, which holds off every other one until the transaction
// ends: the numbers of entries have no gaps, and no node is made twice.
#include "host/registry/log.h"

#include "card/crypto/crypto.h"

#include <stdlib.h>

// Names are compared as they are, on both databases.
static const struct database_migration schema[] = {
    {"registry log", "CREATE TABLE registry_size (id BIGINT PRIMARY KEY, size BIGINT NOT NULL);"
                     "INSERT INTO registry_size (id, size) VALUES (1, 0);"
                     "CREATE TABLE registry_entry ("
                     " position BIGINT PRIMARY KEY,"
                     " kind BIGINT NOT NULL,"
                     " name TEXT NOT NULL,"
                     " digest {bytes} NOT NULL,"
                     " entry {bytes} NOT NULL," // the leaf
                     " content {bytes}"
                     ");"
                     "CREATE INDEX registry_entry_name ON registry_entry (kind, name, position);"
                     "CREATE INDEX registry_entry_digest ON registry_entry (digest, position);"
                     "CREATE TABLE registry_node ("
                     " level BIGINT NOT NULL,"
                     " position BIGINT NOT NULL,"
                     " hash {bytes} NOT NULL,"
                     " PRIMARY KEY (level, position)"
                     ");"
                     "CREATE TABLE registry_head (" // the signed ones
                     " size BIGINT PRIMARY KEY,"
                     " at BIGINT NOT NULL,"
                     " root {bytes} NOT NULL,"
                     " token TEXT NOT NULL"
                     ");"
                     "CREATE TABLE registry_chain (" // where each chain was seen last
                     " contract {bytes} PRIMARY KEY,"
                     " block BIGINT NOT NULL,"
                     " hash {bytes} NOT NULL,"
                     " size BIGINT NOT NULL"
                     ");"},
    // Which chain it was (EIP-155); 0: seen before this was asked.
    {"registry chain number", "ALTER TABLE registry_chain ADD COLUMN chain BIGINT NOT NULL DEFAULT 0;"},
};

// Keeps the database's sentence.
static enum jumin_error told(struct database *database, enum jumin_error error, struct detail *detail)
{
    return error == JUMIN_OK ? JUMIN_OK : detail_set(detail, error, "%s", database_detail(database));
}

enum jumin_error registry_log_open(struct database *database, struct detail *detail)
{
    return told(database, database_migrate(database, schema, sizeof schema / sizeof *schema), detail);
}

// --- Reading -------------------------------------------------------------------------------------------------

// The first row of a query, which gives a number. `found` says whether there is one that is no NULL.
static enum jumin_error one_number(struct database *database, const char *sql,
                                   const struct database_value *values, size_t count, int64_t *number,
                                   bool *found, struct detail *detail)
{
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(database, sql, values, count, &rows);
    *found = error == JUMIN_OK && database_next(rows) && !database_is_null(rows, 0);
    *number = *found ? database_column_integer(rows, 0) : 0;
    const enum jumin_error ended = database_rows_end(rows);
    return told(database, error == JUMIN_OK ? ended : error, detail);
}

// The first row's bytes, of which there are not more than `capacity`.
static enum jumin_error some_bytes(struct database *database, const char *sql,
                                   const struct database_value *values, size_t count, struct writer *bytes,
                                   bool *found, struct detail *detail)
{
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(database, sql, values, count, &rows);
    *found = error == JUMIN_OK && database_next(rows);
    if (*found) {
        writer_put(bytes, database_column_bytes(rows, 0));
    }
    const enum jumin_error ended = database_rows_end(rows);
    return told(database, error == JUMIN_OK ? ended : error, detail);
}

static enum jumin_error read_node(void *context, unsigned level, uint64_t position, uint8_t hash[MERKLE_HASH],
                                  struct detail *detail)
{
    const struct database_value values[] = {database_integer(level), database_integer((int64_t)position)};
    struct writer bytes = writer_of(hash, MERKLE_HASH);
    bool found = false;
    const enum jumin_error error =
        some_bytes(context, "SELECT hash FROM registry_node WHERE level = $1 AND position = $2", values, 2,
                   &bytes, &found, detail);
    if (error == JUMIN_OK && (bytes.overflow || bytes.n != MERKLE_HASH)) {
        return detail_set(detail, JUMIN_ERROR_HASH, "the log has lost node %u/%llu of its tree", level,
                          (unsigned long long)position);
    }
    return error;
}

static enum jumin_error read_entry(void *context, uint64_t index, struct writer *entry, struct detail *detail)
{
    const struct database_value value = database_integer((int64_t)index);
    bool found = false;
    const enum jumin_error error = some_bytes(context, "SELECT entry FROM registry_entry WHERE position = $1",
                                              &value, 1, entry, &found, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    return found ? JUMIN_OK
                 : detail_set(detail, JUMIN_ERROR_INPUT, "the registry has no entry %llu",
                              (unsigned long long)index);
}

static enum jumin_error read_size(struct database *database, int64_t *size, struct detail *detail)
{
    bool found = false;
    const enum jumin_error error =
        one_number(database, "SELECT size FROM registry_size WHERE id = 1", NULL, 0, size, &found, detail);
    return error == JUMIN_OK && (!found || *size < 0)
               ? detail_set(detail, JUMIN_ERROR_HASH, "the log has lost its size")
               : error;
}

// Nodes that are there never change, so that what is recorded meanwhile does no harm.
static enum jumin_error read_head(void *context, struct registry_head *head, struct detail *detail)
{
    const struct registry registry = registry_log(context);
    int64_t size = 0;
    enum jumin_error error = read_size(context, &size, detail);
    if (error == JUMIN_OK) {
        *head = (struct registry_head){.size = (uint64_t)size};
        error = registry_root(&registry, head->size, head->root, detail);
    }
    return error;
}

// --- Recording -----------------------------------------------------------------------------------------------

struct recording {
    struct database *database;
    struct detail *detail;
    enum jumin_error error;
};

static bool put_node(void *context, unsigned level, uint64_t position, const uint8_t hash[MERKLE_HASH])
{
    struct recording *recording = context;
    const struct database_value values[] = {database_integer(level), database_integer((int64_t)position),
                                            database_bytes(span_of(hash, MERKLE_HASH))};
    recording->error =
        told(recording->database,
             database_run(recording->database,
                          "INSERT INTO registry_node (level, position, hash) VALUES ($1, $2, $3)", values, 3,
                          NULL),
             recording->detail);
    return recording->error == JUMIN_OK;
}

static bool get_node(void *context, unsigned level, uint64_t position, uint8_t hash[MERKLE_HASH])
{
    struct recording *recording = context;
    recording->error = read_node(recording->database, level, position, hash, recording->detail);
    return recording->error == JUMIN_OK;
}

static enum jumin_error grow_tree(struct database *database, uint64_t index, struct span entry,
                                  struct detail *detail)
{
    struct recording recording = {database, detail, JUMIN_OK};
    const struct merkle_tree tree = {get_node, &recording};
    uint8_t leaf[MERKLE_HASH];
    if (merkle_leaf(entry, leaf) && merkle_append(&tree, index, leaf, put_node, &recording)) {
        return JUMIN_OK;
    }
    return recording.error != JUMIN_OK ? recording.error
                                       : detail_set(detail, JUMIN_ERROR_CRYPTO, "the tree cannot be hashed");
}

// Within a transaction that has the size.
static enum jumin_error insert(struct database *database, uint64_t index, struct span bytes,
                               const struct jumin_registry_entry *entry, const struct span *content,
                               struct detail *detail)
{
    const struct database_value values[] = {
        database_integer((int64_t)index),
        database_integer(entry->kind),
        database_text(entry->name),
        database_bytes(span_of(entry->digest, sizeof entry->digest)),
        database_bytes(bytes),
        content != NULL ? database_bytes(*content) : (struct database_value){.kind = DATABASE_NULL},
    };
    const enum jumin_error error =
        told(database,
             database_run(database,
                          "INSERT INTO registry_entry (position, kind, name, digest, entry, content)"
                          " VALUES ($1, $2, $3, $4, $5, $6)",
                          values, 6, NULL),
             detail);
    return error == JUMIN_OK ? grow_tree(database, index, bytes, detail) : error;
}

// Holds off the others, and says where the next entry stands.
static enum jumin_error hold(struct database *database, int64_t *size, struct detail *detail)
{
    bool found = false;
    const enum jumin_error error =
        one_number(database, "UPDATE registry_size SET size = size WHERE id = 1 RETURNING size", NULL, 0,
                   size, &found, detail);
    return error == JUMIN_OK && (!found || *size < 0)
               ? detail_set(detail, JUMIN_ERROR_HASH, "the log has lost its size")
               : error;
}

static enum jumin_error set_size(struct database *database, int64_t size, struct detail *detail)
{
    const struct database_value value = database_integer(size);
    return told(database,
                database_run(database, "UPDATE registry_size SET size = $1 WHERE id = 1", &value, 1, NULL),
                detail);
}

static enum jumin_error append_held(struct database *database, uint64_t index, struct span bytes,
                                    struct detail *detail)
{
    struct jumin_registry_entry entry = {.index = index};
    int64_t size = 0;
    enum jumin_error error = hold(database, &size, detail);
    if (error == JUMIN_OK && (uint64_t)size != index) {
        return detail_set(detail, JUMIN_ERROR_CONFLICT, "the registry has %lld entries", (long long)size);
    }
    if (error == JUMIN_OK && !registry_entry_take(bytes, &entry)) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "this is no entry of a registry");
    }
    error = error == JUMIN_OK ? insert(database, index, bytes, &entry, NULL, detail) : error;
    return error == JUMIN_OK ? set_size(database, size + 1, detail) : error;
}

// Commits, or rolls back what failed.
static enum jumin_error finish(struct database *database, enum jumin_error error, struct detail *detail)
{
    if (error != JUMIN_OK) {
        database_rollback(database);
        return error;
    }
    return told(database, database_commit(database), detail);
}

static enum jumin_error append(void *context, uint64_t index, struct span entry, struct detail *detail)
{
    struct database *database = context;
    const enum jumin_error error = told(database, database_begin(database), detail);
    return error == JUMIN_OK ? finish(database, append_held(database, index, entry, detail), detail) : error;
}

struct registry registry_log(struct database *database)
{
    return (struct registry){
        .append = append, .head = read_head, .entry = read_entry, .node = read_node, .context = database};
}

// --- Recording things ----------------------------------------------------------------------------------------

enum jumin_error registry_log_find(struct database *database, enum jumin_registry_kind kind, const char *name,
                                   uint64_t *index, struct detail *detail)
{
    const struct database_value values[] = {database_integer(kind), database_text(name)};
    int64_t position = 0;
    bool found = false;
    const enum jumin_error error =
        one_number(database, "SELECT max(position) FROM registry_entry WHERE kind = $1 AND name = $2", values,
                   2, &position, &found, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    *index = (uint64_t)position;
    return found ? JUMIN_OK
                 : detail_set(detail, JUMIN_ERROR_INPUT, "the registry has no %s of that name",
                              jumin_registry_kind_name(kind));
}

enum jumin_error registry_log_find_digest(struct database *database, const uint8_t digest[MERKLE_HASH],
                                          uint64_t *index, struct detail *detail)
{
    const struct database_value value = database_bytes(span_of(digest, MERKLE_HASH));
    int64_t position = 0;
    bool found = false;
    const enum jumin_error error =
        one_number(database, "SELECT max(position) FROM registry_entry WHERE digest = $1", &value, 1,
                   &position, &found, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    *index = (uint64_t)position;
    return found ? JUMIN_OK : detail_set(detail, JUMIN_ERROR_INPUT, "the registry has no entry about this");
}

// Of a status list: one that was signed before the last one may come behind it, where somebody caught up.
static enum jumin_error is_list_recorded(struct database *database, const struct jumin_registry_entry *entry,
                                         bool *same, uint64_t *index, struct detail *detail)
{
    const struct database_value values[] = {database_bytes(span_of(entry->digest, sizeof entry->digest)),
                                            database_integer(entry->kind), database_text(entry->name)};
    int64_t position = 0;
    const enum jumin_error error = one_number(
        database, "SELECT max(position) FROM registry_entry WHERE digest = $1 AND kind = $2 AND name = $3",
        values, 3, &position, same, detail);
    *index = (uint64_t)position;
    return error;
}

// Whether the last entry of that name is about the same content.
static enum jumin_error is_recorded(struct database *database, const struct jumin_registry_entry *entry,
                                    bool *same, uint64_t *index, struct detail *detail)
{
    uint8_t digest[MERKLE_HASH];
    struct writer bytes = writer_of(digest, sizeof digest);
    if (entry->kind == JUMIN_REGISTRY_STATUS_LIST) {
        return is_list_recorded(database, entry, same, index, detail);
    }
    const struct database_value values[] = {database_integer(entry->kind), database_text(entry->name)};
    const enum jumin_error error = some_bytes(
        database,
        "SELECT digest FROM registry_entry WHERE kind = $1 AND name = $2 ORDER BY position DESC LIMIT 1",
        values, 2, &bytes, same, detail);
    *same = error == JUMIN_OK && *same &&
            span_equal(writer_span(&bytes), span_of(entry->digest, sizeof entry->digest));
    return *same ? registry_log_find(database, entry->kind, entry->name, index, detail) : error;
}

static enum jumin_error record_one(struct database *database, const struct registry_item *item, int64_t now,
                                   int64_t *size, uint64_t *index, struct detail *detail)
{
    struct jumin_registry_entry entry = {.kind = item->kind, .at = now};
    uint8_t bytes[REGISTRY_ENTRY_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    bool same = false;
    memcpy(entry.name, item->name, strlen(item->name) + 1);
    if (item->digest != NULL) {
        memcpy(entry.digest, item->digest, sizeof entry.digest);
    } else if (!crypto_hash_parts(CRYPTO_SHA256, &item->content, 1, entry.digest)) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "the content cannot be hashed");
    }
    registry_entry_put(&w, &entry);
    if (!registry_entry_take(writer_span(&w), &entry)) { // no UTF-8
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "the name is no text");
    }
    enum jumin_error error = is_recorded(database, &entry, &same, index, detail);
    if (error != JUMIN_OK || same) {
        return error;
    }
    const bool whole = item->kind != JUMIN_REGISTRY_STATUS_LIST;
    error = insert(database, (uint64_t)*size, writer_span(&w), &entry, whole ? &item->content : NULL, detail);
    *index = (uint64_t)*size;
    *size += error == JUMIN_OK ? 1 : 0;
    return error;
}

static enum jumin_error record(struct database *database, const struct registry_item *items, size_t count,
                               int64_t now, uint64_t *indexes, struct detail *detail)
{
    int64_t size = 0;
    enum jumin_error error = told(database, database_begin(database), detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = hold(database, &size, detail);
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        uint64_t index = 0;
        error = record_one(database, &items[i], now, &size, &index, detail);
        if (indexes != NULL) {
            indexes[i] = index;
        }
    }
    error = error == JUMIN_OK ? set_size(database, size, detail) : error;
    return finish(database, error, detail);
}

static bool is_item(const struct registry_item *item)
{
    return *jumin_registry_kind_name(item->kind) != '\0' && item->name != NULL &&
           registry_entry_name(item->name) &&
           (item->digest == NULL || item->kind == JUMIN_REGISTRY_STATUS_LIST);
}

enum jumin_error registry_log_record(struct database *database, const struct registry_item *items,
                                     size_t count, int64_t now, uint64_t *indexes, struct detail *detail)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_item(&items[i]) || now < 0) {
            return detail_set(detail, JUMIN_ERROR_ARGUMENT,
                              "an entry needs a kind and a name of one line, at most %d bytes",
                              JUMIN_REGISTRY_NAME - 1);
        }
    }
    enum jumin_error error = record(database, items, count, now, indexes, detail);
    // Whether a lost commit was made or not: what is there is not recorded again.
    if (error != JUMIN_OK && database_is_lost(database) && database_reconnect(database) == JUMIN_OK) {
        error = record(database, items, count, now, indexes, detail);
    }
    return error;
}
