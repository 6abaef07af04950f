// What verifiers call: heads and proof files, checked without database and network.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/registry.h>

#include "card/crypto/crypto.h"
#include "host/registry/check.h"
#include "host/registry/proof.h"

#include <stdio.h>
#include <stdlib.h>

static enum jumin_error refuse(struct jumin_registry_refusal *refusal, const struct detail *detail,
                               enum jumin_error error)
{
    if (refusal != NULL) {
        (void)snprintf(refusal->text, sizeof refusal->text, "%s", error == JUMIN_OK ? "" : detail->text);
    }
    return error;
}

static void tell(const struct registry_head *head, struct jumin_registry_head *told)
{
    *told = (struct jumin_registry_head){.size = head->size, .at = head->at};
    memcpy(told->root, head->root, sizeof told->root);
}

enum jumin_error jumin_registry_head_check(const char *token, const uint8_t key[JUMIN_REGISTRY_KEY],
                                           struct jumin_registry_head *head,
                                           struct jumin_registry_refusal *refusal)
{
    struct registry_head opened;
    struct detail detail = {""};
    if (token == NULL || key == NULL || head == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error =
        registry_head_open(span_of(token, strlen(token)), span_of(key, JUMIN_REGISTRY_KEY), &opened, &detail);
    if (error == JUMIN_OK) {
        tell(&opened, head);
    }
    return refuse(refusal, &detail, error);
}

// Of the registry's key, as the head that is held against it must be.
static enum jumin_error open_known(const char *token, struct span point, struct registry_head *known,
                                   struct detail *detail)
{
    const enum jumin_error error = registry_head_open(span_of(token, strlen(token)), point, known, detail);
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(detail, error, "the head that was kept is none of this registry");
}

// What a server tells of its head against the one that was kept; of two over the same entries the younger one
// is kept.
static enum jumin_error check_answer(struct span json, struct span point, const char *known_token,
                                     struct registry_head *head, char kept[REGISTRY_HEAD_MAX],
                                     struct registry_growth *growth, struct detail *detail)
{
    struct registry_head known = {0};
    enum jumin_error error = registry_head_answer_read(json, kept, growth, detail);
    error = error == JUMIN_OK ? registry_head_open(span_of(kept, strlen(kept)), point, head, detail) : error;
    if (error != JUMIN_OK || known_token == NULL) {
        return error;
    }
    error = open_known(known_token, point, &known, detail);
    error = error == JUMIN_OK ? registry_growth_check(growth, &known, head, detail) : error;
    if (error == JUMIN_OK && known.size == head->size && known.at > head->at) {
        (void)snprintf(kept, REGISTRY_HEAD_MAX, "%s", known_token);
        *head = known;
    }
    return error;
}

enum jumin_error jumin_registry_head_update(const char *json, size_t n, const uint8_t key[JUMIN_REGISTRY_KEY],
                                            const char *known, struct jumin_registry_head *head, char **token,
                                            struct jumin_registry_refusal *refusal)
{
    char kept[REGISTRY_HEAD_MAX];
    struct detail detail = {""};
    struct registry_head met;
    if (json == NULL || key == NULL || head == NULL || token == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct registry_growth *growth = calloc(1, sizeof *growth);
    if (growth == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error =
        check_answer(span_of(json, n), span_of(key, JUMIN_REGISTRY_KEY), known, &met, kept, growth, &detail);
    free(growth);
    if (error == JUMIN_OK) {
        *token = strdup(kept);
        error = *token != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    }
    if (error == JUMIN_OK) {
        tell(&met, head);
    }
    return refuse(refusal, &detail, error);
}

enum jumin_error registry_check_status_list(const struct jumin_registry_entry *entries, size_t count,
                                            const char *uri, const uint8_t digest[JUMIN_REGISTRY_HASH],
                                            uint64_t *index)
{
    for (size_t i = 0; i < count; i++) {
        if (entries[i].kind == JUMIN_REGISTRY_STATUS_LIST && strcmp(entries[i].name, uri) == 0 &&
            memcmp(entries[i].digest, digest, JUMIN_REGISTRY_HASH) == 0) {
            *index = entries[i].index;
            return JUMIN_OK;
        }
    }
    return JUMIN_ERROR_HASH;
}

static enum jumin_error check_content(const struct jumin_registry_entry *entry, struct span content,
                                      struct detail *detail)
{
    uint8_t digest[JUMIN_REGISTRY_HASH];
    if (!crypto_hash_parts(CRYPTO_SHA256, &content, 1, digest)) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "the content cannot be hashed");
    }
    return memcmp(digest, entry->digest, sizeof digest) == 0
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_HASH, "the entry is about other content");
}

// Of two heads over the same entries the younger one is kept.
static enum jumin_error check(struct registry_proof *proof, struct span point, const char *known_token,
                              const struct span *content, struct jumin_registry_entry *entry,
                              struct registry_head *head, const char **kept, struct detail *detail)
{
    struct registry_head known = {0};
    enum jumin_error error = known_token != NULL ? open_known(known_token, point, &known, detail) : JUMIN_OK;
    if (error == JUMIN_OK) {
        error = registry_proof_check(proof, point, known_token != NULL ? &known : NULL, entry, head, detail);
    }
    *kept = error == JUMIN_OK && known_token != NULL && known.size == head->size && known.at > head->at
                ? known_token
                : proof->head;
    return error == JUMIN_OK && content != NULL ? check_content(entry, *content, detail) : error;
}

enum jumin_error jumin_registry_proof_check(const char *json, size_t n, const uint8_t key[JUMIN_REGISTRY_KEY],
                                            const char *known, const uint8_t *content, size_t content_length,
                                            struct jumin_registry_entry *entry,
                                            struct jumin_registry_head *head, char **token,
                                            struct jumin_registry_refusal *refusal)
{
    if (json == NULL || key == NULL || entry == NULL || head == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const char *younger = NULL;
    struct detail detail = {""};
    struct registry_head proven;
    struct jumin_registry_entry found;
    const struct span bytes = span_of(content, content_length);
    struct registry_proof *proof = malloc(sizeof *proof);
    if (proof == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    enum jumin_error error = registry_proof_read(span_of(json, n), proof, &detail);
    if (error == JUMIN_OK) {
        error = check(proof, span_of(key, JUMIN_REGISTRY_KEY), known, content != NULL ? &bytes : NULL, &found,
                      &proven, &younger, &detail);
    }
    char *kept = error == JUMIN_OK && token != NULL ? strdup(younger) : NULL;
    if (error == JUMIN_OK && token != NULL && kept == NULL) {
        error = JUMIN_ERROR_MEMORY;
    }
    if (error == JUMIN_OK) {
        *entry = found;
        tell(&proven, head);
        if (token != NULL) {
            *token = kept;
        }
    }
    free(proof);
    return refuse(refusal, &detail, error);
}

enum jumin_error jumin_registry_digest(const uint8_t *content, size_t n, char digest[JUMIN_REGISTRY_DIGEST])
{
    uint8_t hash[JUMIN_REGISTRY_HASH];
    const struct span bytes = span_of(content, n);
    if (content == NULL || digest == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!crypto_hash_parts(CRYPTO_SHA256, &bytes, 1, hash)) {
        return JUMIN_ERROR_CRYPTO;
    }
    for (size_t i = 0; i < sizeof hash; i++) {
        (void)snprintf(digest + 2 * i, 3, "%02x", hash[i]);
    }
    return JUMIN_OK;
}
