// What the issuer's handle signs: heads, and proof files under them. The last head is kept in a file, too,
// which no change of the database reaches.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/handle.h"

#include "host/file.h"
#include "host/registry/log.h"
#include "host/registry/proof.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

// How long a signed head serves while nothing is recorded: in proofs, and where it is asked for again and
// again.
enum { PROOF_HEAD_SECONDS = 86400, HEAD_SECONDS = 60 };

static enum jumin_error need_key(struct jumin_registry *registry)
{
    return registry->signer.sign != NULL
               ? JUMIN_OK
               : detail_set(&registry->detail, JUMIN_ERROR_ARGUMENT, "the registry has no key to sign with");
}

// --- Heads ---------------------------------------------------------------------------------------------------

// The head that was signed last; `head->size` and all else 0 where there is none.
static enum jumin_error last_signed(struct jumin_registry *registry, struct registry_head *head,
                                    char token[REGISTRY_HEAD_MAX])
{
    struct database_rows *rows = NULL;
    *head = (struct registry_head){0};
    *token = '\0';
    enum jumin_error error = database_query(
        registry->database, "SELECT size, at, root, token FROM registry_head ORDER BY size DESC LIMIT 1",
        NULL, 0, &rows);
    if (error == JUMIN_OK && database_next(rows)) {
        const struct span root = database_column_bytes(rows, 2);
        head->size = (uint64_t)database_column_integer(rows, 0);
        head->at = database_column_integer(rows, 1);
        memcpy(head->root, root.p, root.n == MERKLE_HASH ? MERKLE_HASH : 0);
        (void)snprintf(token, REGISTRY_HEAD_MAX, "%s", database_column_text(rows, 3));
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    return error == JUMIN_OK
               ? JUMIN_OK
               : detail_set(&registry->detail, error, "%s", database_detail(registry->database));
}

// A log that lost entries, or has others, must not sign what contradicts what it signed, nor grow on.
static enum jumin_error check_signed(struct jumin_registry *registry, const struct registry_head *signed_head,
                                     uint64_t size, const char *where)
{
    uint8_t root[MERKLE_HASH];
    if (size < signed_head->size) {
        return detail_set(
            &registry->detail, JUMIN_ERROR_HASH,
            "the registry has %llu entries, and has signed that they are %llu (%s): it was rolled back",
            (unsigned long long)size, (unsigned long long)signed_head->size, where);
    }
    const enum jumin_error error = registry_root(&registry->log, signed_head->size, root, &registry->detail);
    if (error == JUMIN_OK && memcmp(root, signed_head->root, sizeof root) != 0) {
        return detail_set(&registry->detail, JUMIN_ERROR_HASH,
                          "the first %llu entries of the registry are not those that were signed (%s)",
                          (unsigned long long)signed_head->size, where);
    }
    return error;
}

// --- Outside the database ------------------------------------------------------------------------------------

enum jumin_error jumin_registry_keep_head(struct jumin_registry *registry, const char *path)
{
    if (registry == NULL || path == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    char *copy = strdup(path);
    if (copy == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    free(registry->kept);
    registry->kept = copy;
    return JUMIN_OK;
}

// The head in the file; `*there` is false where there is none yet. Who holds no key believes the file, which
// is the issuer's own.
static enum jumin_error read_kept(struct jumin_registry *registry, struct registry_head *head, bool *there)
{
    uint8_t text[REGISTRY_HEAD_MAX];
    struct detail why = {""};
    size_t n = 0;
    *there = false;
    if (registry->kept == NULL) {
        return JUMIN_OK;
    }
    errno = 0;
    enum jumin_error error = disk_read(registry->kept, text, sizeof text, &n);
    if (error == JUMIN_ERROR_FILE && errno == ENOENT) {
        return JUMIN_OK;
    }
    if (error != JUMIN_OK) {
        return detail_set(&registry->detail, error, "%s: %s", registry->kept,
                          error == JUMIN_ERROR_FILE ? strerror(errno) : "too long for a head");
    }
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r')) {
        n--;
    }
    error =
        registry->signer.sign != NULL
            ? registry_head_open(span_of(text, n),
                                 span_of(registry->signer.point, sizeof registry->signer.point), head, &why)
            : registry_head_read(span_of(text, n), head, &why);
    *there = error == JUMIN_OK;
    return error == JUMIN_OK
               ? JUMIN_OK
               : detail_set(&registry->detail, JUMIN_ERROR_HASH, "%s: %s", registry->kept, why.text);
}

static enum jumin_error check_kept(struct jumin_registry *registry)
{
    struct registry_head kept, head;
    bool there = false;
    // The file first: what is recorded meanwhile only makes the log longer.
    enum jumin_error error = read_kept(registry, &kept, &there);
    if (error != JUMIN_OK || !there) {
        return error;
    }
    error = registry->log.head(registry->log.context, &head, &registry->detail);
    return error == JUMIN_OK ? check_signed(registry, &kept, head.size, registry->kept) : error;
}

enum jumin_error registry_handle_check_kept(struct jumin_registry *registry)
{
    enum jumin_error error = registry_handle_ready(registry);
    if (error != JUMIN_OK) {
        return error;
    }
    error = check_kept(registry);
    return registry_handle_again(registry, error) ? check_kept(registry) : error;
}

// The file never goes back.
static enum jumin_error keep_outside(struct jumin_registry *registry, const struct registry_head *head,
                                     const char *token)
{
    struct registry_head kept;
    bool there = false;
    enum jumin_error error = read_kept(registry, &kept, &there);
    if (error != JUMIN_OK || registry->kept == NULL ||
        (there && (kept.size > head->size || (kept.size == head->size && kept.at >= head->at)))) {
        return error;
    }
    error = disk_write(registry->kept, 0644, span_of(token, strlen(token)));
    return error == JUMIN_OK
               ? JUMIN_OK
               : detail_set(&registry->detail, error, "%s: %s", registry->kept, strerror(errno));
}

static enum jumin_error keep_inside(struct jumin_registry *registry, const struct registry_head *head,
                                    const char *token)
{
    const struct database_value values[] = {database_integer((int64_t)head->size), database_integer(head->at),
                                            database_bytes(span_of(head->root, sizeof head->root)),
                                            database_text(token)};
    return database_run(registry->database,
                        "INSERT INTO registry_head (size, at, root, token) VALUES ($1, $2, $3, $4)"
                        " ON CONFLICT (size) DO UPDATE SET at = excluded.at, token = excluded.token",
                        values, 4, NULL);
}

// In both places before anybody sees it. One at a time, as those who record: the later head stays in the
// file.
static enum jumin_error keep_head(struct jumin_registry *registry, const struct registry_head *head,
                                  const char *token)
{
    struct database *database = registry->database;
    enum jumin_error error = database_begin(database);
    if (error == JUMIN_OK) {
        error = database_run(database, "UPDATE registry_size SET size = size WHERE id = 1", NULL, 0, NULL);
    }
    const enum jumin_error outside = error == JUMIN_OK ? keep_outside(registry, head, token) : JUMIN_OK;
    if (outside == JUMIN_OK && error == JUMIN_OK) {
        error = keep_inside(registry, head, token);
    }
    if (outside != JUMIN_OK || error != JUMIN_OK) {
        database_rollback(database);
    } else {
        error = database_commit(database);
    }
    return outside != JUMIN_OK ? outside
           : error != JUMIN_OK ? detail_set(&registry->detail, error, "%s", database_detail(database))
                               : JUMIN_OK;
}

// --- Signing -------------------------------------------------------------------------------------------------

static enum jumin_error make_head(struct jumin_registry *registry, const struct registry_head *head,
                                  char token[REGISTRY_HEAD_MAX])
{
    struct writer text = writer_of(token, REGISTRY_HEAD_MAX);
    const enum jumin_error error = registry_head_sign(head, &registry->signer, &text, &registry->detail);
    writer_put_u8(&text, '\0');
    if (error == JUMIN_OK && text.overflow) {
        return detail_set(&registry->detail, JUMIN_ERROR_ARGUMENT, "the head is too long");
    }
    return error == JUMIN_OK ? keep_head(registry, head, token) : error;
}

// The last signed one serves where it is over the same entries, by the same key, and less than that old.
static enum jumin_error sign_head(struct jumin_registry *registry, int64_t now, int64_t seconds,
                                  struct registry_head *head, char token[REGISTRY_HEAD_MAX])
{
    struct registry_head last, opened;
    struct detail unused;
    enum jumin_error error = need_key(registry);
    error = error == JUMIN_OK ? registry_handle_ready(registry) : error;
    error = error == JUMIN_OK ? check_kept(registry) : error;
    error = error == JUMIN_OK ? last_signed(registry, &last, token) : error;
    error = error == JUMIN_OK ? registry->log.head(registry->log.context, head, &registry->detail) : error;
    if (error == JUMIN_OK && *token != '\0') {
        error = check_signed(registry, &last, head->size, "in the database");
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (*token != '\0' && last.size == head->size && last.at <= now && now - last.at < seconds &&
        registry_head_open(span_of(token, strlen(token)),
                           span_of(registry->signer.point, sizeof registry->signer.point), &opened,
                           &unused) == JUMIN_OK) {
        *head = opened;
        return keep_outside(registry, head, token);
    }
    head->at = now;
    return make_head(registry, head, token);
}

static enum jumin_error give_head(struct jumin_registry *registry, int64_t now, int64_t seconds, char **token,
                                  struct jumin_registry_head *head)
{
    char text[REGISTRY_HEAD_MAX];
    struct registry_head made;
    enum jumin_error error = sign_head(registry, now, seconds, &made, text);
    error = registry_handle_again(registry, error) ? sign_head(registry, now, seconds, &made, text) : error;
    if (error != JUMIN_OK) {
        return error;
    }
    *token = strdup(text);
    if (*token == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    *head = (struct jumin_registry_head){.size = made.size, .at = made.at};
    memcpy(head->root, made.root, sizeof head->root);
    return JUMIN_OK;
}

enum jumin_error jumin_registry_head(struct jumin_registry *registry, int64_t now, char **token,
                                     struct jumin_registry_head *head)
{
    return registry == NULL || token == NULL || head == NULL || now < 0
               ? JUMIN_ERROR_ARGUMENT
               : give_head(registry, now, 0, token, head);
}

enum jumin_error registry_handle_head(struct jumin_registry *registry, int64_t now, char **token,
                                      struct jumin_registry_head *head)
{
    return give_head(registry, now, HEAD_SECONDS, token, head);
}

enum jumin_error registry_handle_growth(struct jumin_registry *registry, uint64_t known, int64_t now,
                                        struct jumin_registry_head *head, char **token,
                                        struct registry_growth *growth)
{
    *token = NULL;
    enum jumin_error error = registry_handle_head(registry, now, token, head);
    if (error == JUMIN_OK && known > 0) {
        *growth = (struct registry_growth){.there = true, .from = known};
        error = registry_prove_growth(&registry->log, known, head->size, &growth->path, &registry->detail);
    }
    if (error != JUMIN_OK) {
        free(*token);
        *token = NULL;
    }
    return error;
}

// --- Proofs --------------------------------------------------------------------------------------------------

static enum jumin_error prove(struct jumin_registry *registry, uint64_t index, uint64_t known, int64_t now,
                              struct registry_proof *proof)
{
    const struct registry *log = &registry->log;
    struct writer entry = writer_of(proof->entry, sizeof proof->entry);
    struct registry_head head;
    enum jumin_error error = sign_head(registry, now, PROOF_HEAD_SECONDS, &head, proof->head);
    error = error == JUMIN_OK ? log->entry(log->context, index, &entry, &registry->detail) : error;
    if (error == JUMIN_OK) {
        error = registry_prove(log, index, head.size, &proof->inclusion, &registry->detail);
    }
    if (error == JUMIN_OK && known > 0) {
        error = registry_prove_growth(log, known, head.size, &proof->growth.path, &registry->detail);
    }
    proof->entry_length = entry.n;
    proof->index = index;
    proof->growth.there = known > 0;
    proof->growth.from = known;
    return error == JUMIN_OK && entry.overflow
               ? detail_set(&registry->detail, JUMIN_ERROR_HASH, "entry %llu of the registry was changed",
                            (unsigned long long)index)
               : error;
}

enum jumin_error jumin_registry_proof(struct jumin_registry *registry, uint64_t index, uint64_t known,
                                      int64_t now, char **json)
{
    if (registry == NULL || json == NULL || now < 0 || index > INT64_MAX || known > INT64_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct registry_proof *proof = calloc(1, sizeof *proof);
    if (proof == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = prove(registry, index, known, now, proof);
    error = registry_handle_again(registry, error) ? prove(registry, index, known, now, proof) : error;
    if (error == JUMIN_OK) {
        *json = registry_proof_write(proof);
        error = *json != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    }
    free(proof);
    return error;
}

enum jumin_error jumin_registry_audit(struct jumin_registry *registry, const uint8_t key[JUMIN_REGISTRY_KEY])
{
    if (registry == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (key == NULL && need_key(registry) != JUMIN_OK) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const uint8_t *point = key != NULL ? key : registry->signer.point;
    enum jumin_error error = registry_handle_ready(registry);
    if (error == JUMIN_OK) {
        error = registry_log_audit(registry->database, span_of(point, JUMIN_REGISTRY_KEY), &registry->detail);
    }
    return error == JUMIN_OK ? registry_handle_check_kept(registry) : error;
}
