// The issuer's handle on the log: recording, listing, signing heads, making proof files.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/handle.h"

#include "card/crypto/crypto.h"
#include "host/file.h"
#include "host/pki/signing_key.h"
#include "host/registry/log.h"
#include "host/registry/proof.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PAGE = 1000, // entries that are read at once
    // How long a signed head serves while nothing is recorded: in proofs, and where it is asked for again and
    // again.
    PROOF_HEAD_SECONDS = 86400,
    HEAD_SECONDS = 60,
};

struct jumin_registry {
    struct database *database;
    struct registry log;
    struct signing_key key;
    struct signer signer; // all zero: no key
    struct detail detail;
};

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
    enum jumin_error error = database_open(&made->database, url);
    if (error != JUMIN_OK) {
        return detail_set(&made->detail, error, "%s", database_detail(made->database));
    }
    made->log = registry_log(made->database);
    return registry_log_open(made->database, &made->detail);
}

void jumin_registry_free(struct jumin_registry *registry)
{
    if (registry != NULL) {
        database_close(registry->database);
        signing_key_release(&registry->key);
        crypto_wipe(registry, sizeof *registry);
        free(registry);
    }
}

const char *jumin_registry_detail(const struct jumin_registry *registry)
{
    return registry != NULL ? registry->detail.text : "memory is short";
}

struct database *registry_handle_database(struct jumin_registry *registry)
{
    return registry->database;
}

struct detail *registry_handle_detail(struct jumin_registry *registry)
{
    return &registry->detail;
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

static enum jumin_error need_key(struct jumin_registry *registry)
{
    return registry->signer.sign != NULL
               ? JUMIN_OK
               : detail_set(&registry->detail, JUMIN_ERROR_ARGUMENT, "the registry has no key to sign with");
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
    const struct registry_item item = {kind, name, span_of(content, n)};
    return registry_log_record(registry->database, &item, 1, now, index, &registry->detail);
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
    enum jumin_error error = JUMIN_OK;
    for (bool more = true; more && error == JUMIN_OK;) {
        error = list_page(registry, &first, each, context, &more);
    }
    return error;
}

enum jumin_error jumin_registry_find(struct jumin_registry *registry, enum jumin_registry_kind kind,
                                     const char *name, uint64_t *index)
{
    if (registry == NULL || name == NULL || index == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    return registry_log_find(registry->database, kind, name, index, &registry->detail);
}

enum jumin_error jumin_registry_find_content(struct jumin_registry *registry, const uint8_t *content,
                                             size_t n, uint64_t *index)
{
    uint8_t digest[MERKLE_HASH];
    if (registry == NULL || content == NULL || index == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct span bytes = span_of(content, n);
    if (!crypto_hash_parts(CRYPTO_SHA256, &bytes, 1, digest)) {
        return detail_set(&registry->detail, JUMIN_ERROR_CRYPTO, "the content cannot be hashed");
    }
    return registry_log_find_digest(registry->database, digest, index, &registry->detail);
}

enum jumin_error registry_handle_find_digest(struct jumin_registry *registry,
                                             const uint8_t digest[JUMIN_REGISTRY_HASH], uint64_t *index)
{
    return registry_log_find_digest(registry->database, digest, index, &registry->detail);
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

// A log that lost entries, or has others, must not sign what contradicts what it signed.
static enum jumin_error check_last(struct jumin_registry *registry, const struct registry_head *last,
                                   const struct registry_head *head)
{
    uint8_t root[MERKLE_HASH];
    if (head->size < last->size) {
        return detail_set(&registry->detail, JUMIN_ERROR_HASH,
                          "the registry has %llu entries, and has signed that they are %llu",
                          (unsigned long long)head->size, (unsigned long long)last->size);
    }
    const enum jumin_error error = registry_root(&registry->log, last->size, root, &registry->detail);
    if (error == JUMIN_OK && memcmp(root, last->root, sizeof root) != 0) {
        return detail_set(&registry->detail, JUMIN_ERROR_HASH,
                          "the first %llu entries of the registry are not those that were signed",
                          (unsigned long long)last->size);
    }
    return error;
}

static enum jumin_error keep_head(struct jumin_registry *registry, const struct registry_head *head,
                                  const char *token)
{
    const struct database_value values[] = {database_integer((int64_t)head->size), database_integer(head->at),
                                            database_bytes(span_of(head->root, sizeof head->root)),
                                            database_text(token)};
    const enum jumin_error error =
        database_run(registry->database,
                     "INSERT INTO registry_head (size, at, root, token) VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (size) DO UPDATE SET at = excluded.at, token = excluded.token",
                     values, 4, NULL);
    return error == JUMIN_OK
               ? JUMIN_OK
               : detail_set(&registry->detail, error, "%s", database_detail(registry->database));
}

// The last signed one serves where it is over the same entries, by the same key, and less than that old.
static enum jumin_error sign_head(struct jumin_registry *registry, int64_t now, int64_t seconds,
                                  struct registry_head *head, char token[REGISTRY_HEAD_MAX])
{
    struct registry_head last, opened;
    struct writer text = writer_of(token, REGISTRY_HEAD_MAX);
    struct detail unused;
    enum jumin_error error = need_key(registry);
    error = error == JUMIN_OK ? last_signed(registry, &last, token) : error;
    error = error == JUMIN_OK ? registry->log.head(registry->log.context, head, &registry->detail) : error;
    if (error == JUMIN_OK && *token != '\0') {
        error = check_last(registry, &last, head);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (*token != '\0' && last.size == head->size && last.at <= now && now - last.at < seconds &&
        registry_head_open(span_of(token, strlen(token)),
                           span_of(registry->signer.point, sizeof registry->signer.point), &opened,
                           &unused) == JUMIN_OK) {
        *head = opened;
        return JUMIN_OK;
    }
    head->at = now;
    error = registry_head_sign(head, &registry->signer, &text, &registry->detail);
    writer_put_u8(&text, '\0');
    if (error == JUMIN_OK && text.overflow) {
        error = detail_set(&registry->detail, JUMIN_ERROR_ARGUMENT, "the head is too long");
    }
    return error == JUMIN_OK ? keep_head(registry, head, token) : error;
}

static enum jumin_error give_head(struct jumin_registry *registry, int64_t now, int64_t seconds, char **token,
                                  struct jumin_registry_head *head)
{
    char text[REGISTRY_HEAD_MAX];
    struct registry_head made;
    const enum jumin_error error = sign_head(registry, now, seconds, &made, text);
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
        error = registry_prove_growth(log, known, head.size, &proof->consistency, &registry->detail);
    }
    proof->entry_length = entry.n;
    proof->index = index;
    proof->has_growth = known > 0;
    proof->from = known;
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
    if (error == JUMIN_OK) {
        *json = registry_proof_write(proof);
        error = *json != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    }
    free(proof);
    return error;
}

enum jumin_error jumin_registry_audit(struct jumin_registry *registry)
{
    return registry == NULL ? JUMIN_ERROR_ARGUMENT
                            : registry_log_audit(registry->database, &registry->detail);
}
