// The issuer's handle on the log: its key, recording, listing.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/handle.h"

#include "card/crypto/crypto.h"
#include "host/file.h"
#include "host/registry/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 1000 }; // entries that are read at once

enum jumin_error jumin_registry_open(struct jumin_registry **registry, const char *url)
{
    if (registry == NULL || url == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_registry *made = calloc(1, sizeof *made);
    *registry = made;
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const enum jumin_error error = database_open(&made->database, url);
    made->log = registry_log(made->database);
    return error == JUMIN_OK ? registry_handle_ready(made)
                             : detail_set(&made->detail, error, "%s", database_detail(made->database));
}

void jumin_registry_free(struct jumin_registry *registry)
{
    if (registry != NULL) {
        database_close(registry->database);
        signing_key_release(&registry->key);
        free(registry->kept);
        crypto_wipe(registry, sizeof *registry);
        free(registry);
    }
}

const char *jumin_registry_detail(const struct jumin_registry *registry)
{
    return registry != NULL ? registry->detail.text : "memory is short";
}

bool jumin_registry_is_away(const struct jumin_registry *registry)
{
    return registry != NULL && registry->database != NULL && database_is_lost(registry->database);
}

enum jumin_error registry_handle_ready(struct jumin_registry *registry)
{
    if (registry->opened) {
        return JUMIN_OK;
    }
    enum jumin_error error = database_reconnect(registry->database);
    if (error != JUMIN_OK) {
        return detail_set(&registry->detail, error, "%s", database_detail(registry->database));
    }
    error = registry_log_open(registry->database, &registry->detail);
    registry->opened = error == JUMIN_OK;
    return error;
}

bool registry_handle_again(struct jumin_registry *registry, enum jumin_error error)
{
    return error != JUMIN_OK && database_is_lost(registry->database) &&
           database_reconnect(registry->database) == JUMIN_OK;
}

// --- Key -----------------------------------------------------------------------------------------------------

static bool sign_with(void *context, const uint8_t digest[SIGNER_DIGEST], uint8_t signature[SIGNER_SIGNATURE])
{
    const struct crypto_random random = crypto_system_random();
    return signing_key_sign(context, &random, span_of(digest, SIGNER_DIGEST), signature);
}

static enum jumin_error make_key(struct jumin_registry *registry, const char *path, struct span passphrase,
                                 const struct key_place *place)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[SIGNING_KEY_TEXT_MAX];
    struct writer text = writer_of(bytes, sizeof bytes);
    enum jumin_error error =
        signing_key_make(&registry->key, place, "registry", CRYPTO_P256, &random, &registry->detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!signing_key_put(&registry->key, passphrase, &random, &text)) {
        error = detail_set(&registry->detail, JUMIN_ERROR_CRYPTO, "the key cannot be encrypted");
    } else if (disk_create(path, 0600, writer_span(&text)) != JUMIN_OK) {
        error = detail_set(&registry->detail, JUMIN_ERROR_FILE, "%s: %s", path, strerror(errno));
    }
    crypto_wipe(bytes, sizeof bytes);
    if (error != JUMIN_OK) {
        signing_key_discard(&registry->key);
    }
    return error;
}

static enum jumin_error take_key(struct jumin_registry *registry, const char *path, struct span passphrase,
                                 struct jumin_tokens *tokens, bool *missing)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t bytes[SIGNING_KEY_TEXT_MAX];
    size_t n = 0;
    errno = 0;
    enum jumin_error error = disk_read(path, bytes, sizeof bytes, &n);
    *missing = error == JUMIN_ERROR_FILE && errno == ENOENT;
    if (error != JUMIN_OK) {
        error = detail_set(&registry->detail, error, "%s: %s", path,
                           error == JUMIN_ERROR_FILE ? strerror(errno) : "too long for a key");
    } else {
        error = signing_key_take(&registry->key, span_of(bytes, n), passphrase, tokens, &random,
                                 &registry->detail);
    }
    crypto_wipe(bytes, sizeof bytes);
    return error;
}

enum jumin_error jumin_registry_use_key(struct jumin_registry *registry, const char *path,
                                        const char *passphrase, struct jumin_tokens *tokens, const char *uri,
                                        bool make)
{
    if (registry == NULL || path == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct span secret = span_of(passphrase, strlen(passphrase));
    const struct key_place place = {tokens, uri};
    bool missing = false;
    registry->signer = (struct signer){0};
    signing_key_release(&registry->key);
    enum jumin_error error = take_key(registry, path, secret, tokens, &missing);
    if (missing && make) {
        error = make_key(registry, path, secret, &place);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    struct signer signer = {.sign = sign_with, .context = &registry->key};
    if (crypto_ec_curve(&registry->key.key) != CRYPTO_P256 ||
        !crypto_ec_public(&registry->key.key, signer.point)) {
        signing_key_release(&registry->key);
        return detail_set(&registry->detail, JUMIN_ERROR_INPUT, "%s: the key is not on P-256", path);
    }
    registry->signer = signer;
    return JUMIN_OK;
}

enum jumin_error jumin_registry_key(const struct jumin_registry *registry, uint8_t key[JUMIN_REGISTRY_KEY])
{
    if (registry == NULL || key == NULL || registry->signer.sign == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    memcpy(key, registry->signer.point, JUMIN_REGISTRY_KEY);
    return JUMIN_OK;
}

// --- Entries -------------------------------------------------------------------------------------------------

enum jumin_error jumin_registry_add(struct jumin_registry *registry, enum jumin_registry_kind kind,
                                    const char *name, const uint8_t *content, size_t n, int64_t now,
                                    uint64_t *index)
{
    if (registry == NULL || name == NULL || content == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct registry_item item = {.kind = kind, .name = name, .content = span_of(content, n)};
    const enum jumin_error error = registry_handle_check_kept(registry);
    return error != JUMIN_OK
               ? error
               : registry_log_record(registry->database, &item, 1, now, index, &registry->detail);
}

enum jumin_error registry_handle_record(struct jumin_registry *registry, const struct registry_item *items,
                                        size_t count, int64_t now)
{
    const enum jumin_error error = registry_handle_check_kept(registry);
    return error == JUMIN_OK
               ? registry_log_record(registry->database, items, count, now, NULL, &registry->detail)
               : error;
}

typedef bool each_entry(void *context, const struct jumin_registry_entry *entry, const uint8_t *content,
                        size_t n);

// Shows a page, and where the next one begins; `*first` stays where there is none.
static enum jumin_error list_page(struct jumin_registry *registry, uint64_t *first, each_entry *each,
                                  void *context, bool *more)
{
    const struct database_value values[] = {database_integer((int64_t)*first), database_integer(PAGE)};
    struct database_rows *rows = NULL;
    enum jumin_error error =
        database_query(registry->database,
                       "SELECT position, entry, content FROM registry_entry WHERE position >= $1"
                       " ORDER BY position LIMIT $2",
                       values, 2, &rows);
    bool whole = true;
    *more = false;
    while (error == JUMIN_OK && whole && database_next(rows)) {
        struct jumin_registry_entry entry = {.index = (uint64_t)database_column_integer(rows, 0)};
        const struct span content = database_column_bytes(rows, 2);
        whole = registry_entry_take(database_column_bytes(rows, 1), &entry);
        *first = entry.index + 1;
        *more = whole && each(context, &entry, database_is_null(rows, 2) ? NULL : content.p, content.n);
        if (!*more) {
            break;
        }
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error != JUMIN_OK) {
        return detail_set(&registry->detail, error, "%s", database_detail(registry->database));
    }
    return whole ? JUMIN_OK
                 : detail_set(&registry->detail, JUMIN_ERROR_HASH, "entry %llu of the registry was changed",
                              (unsigned long long)*first - 1);
}

enum jumin_error jumin_registry_list(struct jumin_registry *registry, uint64_t first, each_entry *each,
                                     void *context)
{
    if (registry == NULL || each == NULL || first > INT64_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = registry_handle_ready(registry);
    for (bool more = true; more && error == JUMIN_OK;) {
        error = list_page(registry, &first, each, context, &more);
    }
    return error;
}

static enum jumin_error entries_of(struct jumin_registry *registry, enum jumin_registry_kind kind,
                                   unsigned most,
                                   bool (*each)(void *context, const struct jumin_registry_entry *entry),
                                   void *context)
{
    const struct database_value values[] = {database_integer(kind), database_integer(most)};
    struct database_rows *rows = NULL;
    bool whole = true;
    enum jumin_error error = registry_handle_ready(registry);
    if (error != JUMIN_OK) {
        return error;
    }
    error = database_query(
        registry->database,
        "SELECT position, entry FROM (SELECT position, entry FROM registry_entry WHERE kind = $1"
        " ORDER BY position DESC LIMIT $2) AS last ORDER BY position",
        values, 2, &rows);
    while (error == JUMIN_OK && whole && database_next(rows)) {
        struct jumin_registry_entry entry = {.index = (uint64_t)database_column_integer(rows, 0)};
        whole = registry_entry_take(database_column_bytes(rows, 1), &entry) && each(context, &entry);
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error != JUMIN_OK) {
        return detail_set(&registry->detail, error, "%s", database_detail(registry->database));
    }
    return whole ? JUMIN_OK : detail_set(&registry->detail, JUMIN_ERROR_HASH, "the registry was changed");
}

enum jumin_error
registry_handle_entries(struct jumin_registry *registry, enum jumin_registry_kind kind, unsigned most,
                        bool (*each)(void *context, const struct jumin_registry_entry *entry), void *context)
{
    const enum jumin_error error = entries_of(registry, kind, most, each, context);
    return registry_handle_again(registry, error) ? entries_of(registry, kind, most, each, context) : error;
}

enum jumin_error jumin_registry_find(struct jumin_registry *registry, enum jumin_registry_kind kind,
                                     const char *name, uint64_t *index)
{
    if (registry == NULL || name == NULL || index == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = registry_handle_ready(registry);
    if (error != JUMIN_OK) {
        return error;
    }
    error = registry_log_find(registry->database, kind, name, index, &registry->detail);
    return registry_handle_again(registry, error)
               ? registry_log_find(registry->database, kind, name, index, &registry->detail)
               : error;
}

enum jumin_error registry_handle_find_digest(struct jumin_registry *registry,
                                             const uint8_t digest[JUMIN_REGISTRY_HASH], uint64_t *index)
{
    enum jumin_error error = registry_handle_ready(registry);
    if (error != JUMIN_OK) {
        return error;
    }
    error = registry_log_find_digest(registry->database, digest, index, &registry->detail);
    return registry_handle_again(registry, error)
               ? registry_log_find_digest(registry->database, digest, index, &registry->detail)
               : error;
}

enum jumin_error jumin_registry_find_content(struct jumin_registry *registry, const uint8_t *content,
                                             size_t n, uint64_t *index)
{
    uint8_t digest[MERKLE_HASH];
    if (registry == NULL || content == NULL || index == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct span bytes = span_of(content, n);
    return crypto_hash_parts(CRYPTO_SHA256, &bytes, 1, digest)
               ? registry_handle_find_digest(registry, digest, index)
               : detail_set(&registry->detail, JUMIN_ERROR_CRYPTO, "the content cannot be hashed");
}
