// What verifiers call: heads and proof files, checked without database and network.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/registry.h>

#include "card/crypto/crypto.h"
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

// Of the registry's key, as the proof's head must be.
static enum jumin_error open_known(const char *token, struct span point, struct registry_head *known,
                                   struct detail *detail)
{
    const enum jumin_error error = registry_head_open(span_of(token, strlen(token)), point, known, detail);
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(detail, error, "the head that was kept is none of this registry");
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
