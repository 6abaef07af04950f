// Reading the trust list: the signature first, then the times, then each root.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/trust_list.h"

#include "host/file.h"
#include "host/mobile/jws.h"
#include "host/pki/pem.h"
#include <stdlib.h>
#include <string.h>

enum { LEEWAY = 300, ITEM_MAX = 65536 }; // seconds that clocks may differ; bytes of a certificate or list

// --- Who signed --------------------------------------------------------------------------------------------------

static enum jumin_error check_signature(const struct jws *jws, const struct trust_list_rules *rules,
                                        struct detail *detail)
{
    const struct x5chain_rules chain_rules = {
        .role = X5CHAIN_TRUST_LIST, .roots = rules->anchor, .now = rules->now};
    struct x5chain chain = {.count = 0};
    struct x5chain_signer signer;
    for (size_t i = 0; i < jws->chain_count; i++) {
        if (!x5chain_add(&chain, jws->chain[i])) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED, "the trust list's chain is too long");
        }
    }
    const enum jumin_error error = x5chain_check(&chain, &chain_rules, &signer, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    return signer.curve == CRYPTO_P256
               ? jws_verify(jws, signer.point, detail)
               : detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the trust list's signer is not of P-256");
}

static enum jumin_error check_times(const json_t *claims, const struct trust_list_rules *rules,
                                    struct trust_list *list, struct detail *detail)
{
    bool has_issued = false, has_end = false;
    if (!jws_time(claims, "iat", &list->issued, &has_issued) || !has_issued ||
        !jws_time(claims, "exp", &list->expires, &has_end) || !has_end || list->expires <= list->issued) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the trust list does not say when it holds");
    }
    if (list->issued > rules->now + LEEWAY) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the trust list is from the future");
    }
    if (list->issued < rules->known) {
        return detail_set(detail, JUMIN_ERROR_CONFLICT, "the trust list is older than the one that is known");
    }
    if (rules->now > list->expires && !rules->expired_allowed) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the trust list has expired");
    }
    return JUMIN_OK;
}

// --- Its roots ---------------------------------------------------------------------------------------------------

static bool decode(const json_t *value, struct writer *bytes)
{
    return json_is_string(value) &&
           base64_decode(span_of(json_string_value(value), json_string_length(value)), bytes) && bytes->n > 0;
}

static enum jumin_error take_crls(const json_t *root, uint8_t *room, struct jumin_trust *trust,
                                  struct detail *detail)
{
    const json_t *lists = json_object_get(root, "crls");
    enum jumin_error error = JUMIN_OK;
    if (lists != NULL && (!json_is_array(lists) || json_array_size(lists) > TRUST_LIST_CRLS_MAX)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "a root of the trust list has no list of revocation lists, or too long a one");
    }
    for (size_t i = 0; i < json_array_size(lists) && error == JUMIN_OK; i++) {
        struct writer crl = writer_of(room, ITEM_MAX);
        error = decode(json_array_get(lists, i), &crl)
                    ? trust_list_take_crl(trust, writer_span(&crl), detail)
                    : detail_set(detail, JUMIN_ERROR_MALFORMED,
                                 "a revocation list of the trust list is not in base64");
    }
    return error;
}

static enum jumin_error take_root(const json_t *root, uint8_t *room, struct jumin_trust *trust,
                                  struct detail *detail)
{
    struct writer certificate = writer_of(room, ITEM_MAX), crl = writer_of(room + ITEM_MAX, ITEM_MAX);
    const json_t *list = json_object_get(root, "crl");
    if (!decode(json_object_get(root, "certificate"), &certificate) ||
        (list != NULL && !decode(list, &crl))) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "a root of the trust list is no certificate");
    }
    enum jumin_error error =
        trust_list_take_root(trust, writer_span(&certificate), writer_span(&crl), detail);
    return error == JUMIN_OK ? take_crls(root, room, trust, detail) : error;
}

static enum jumin_error take_roots(const json_t *claims, enum trust_list_kind kind, uint8_t *room,
                                   struct trust_list *list, struct detail *detail)
{
    const json_t *roots = json_object_get(claims, trust_list_names[kind]);
    enum jumin_error error = jumin_trust_new(&list->roots[kind]);
    if (error != JUMIN_OK) {
        return detail_set(detail, error, "no memory for the trust list");
    }
    if (!json_is_array(roots) || json_array_size(roots) > TRUST_LIST_ROOTS_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "the trust list has no list of %s, or too long a one", trust_list_names[kind]);
    }
    for (size_t i = 0; i < json_array_size(roots) && error == JUMIN_OK; i++) {
        error = take_root(json_array_get(roots, i), room, list->roots[kind], detail);
    }
    return error;
}

// --- What is said of issuers ---------------------------------------------------------------------------------------

struct trust_list_issuer {
    uint8_t root[X5CHAIN_ROOT];
    char name[TRUST_LIST_ISSUER_MAX]; // empty: not said
    json_t *types;                    // texts; NULL: not said
};

static bool take_name(const json_t *root, char name[TRUST_LIST_ISSUER_MAX])
{
    const json_t *value = json_object_get(root, "issuer");
    const size_t n = json_string_length(value);
    if (value == NULL) {
        return true;
    }
    if (n == 0 || n >= TRUST_LIST_ISSUER_MAX) { // of what is no text, 0
        return false;
    }
    memcpy(name, json_string_value(value), n);
    return true;
}

static bool take_types(const json_t *root, json_t **types)
{
    const json_t *value = json_object_get(root, "types");
    const size_t count = json_array_size(value);
    if (value == NULL) {
        return true;
    }
    if (count == 0 || count > TRUST_LIST_TYPES_MAX) { // of what is no list, 0
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (json_string_length(json_array_get(value, i)) == 0) {
            return false;
        }
    }
    *types = json_deep_copy(value); // the token is wiped behind us
    return *types != NULL;
}

static enum jumin_error take_issuer(const json_t *root, uint8_t *room, struct trust_list_issuer *issuer,
                                    struct detail *detail)
{
    struct writer certificate = writer_of(room, ITEM_MAX);
    uint8_t digest[CRYPTO_HASH_MAX];
    if (!decode(json_object_get(root, "certificate"), &certificate)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "a root of the trust list is no certificate");
    }
    const struct span der = writer_span(&certificate);
    if (!crypto_hash_parts(CRYPTO_SHA256, &der, 1, digest)) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "a root of the trust list could not be hashed");
    }
    memcpy(issuer->root, digest, sizeof issuer->root);
    if (!take_name(root, issuer->name)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "an issuer's name in the trust list is none");
    }
    return take_types(root, &issuer->types)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_MALFORMED,
                            "what a root of the trust list vouches for is no list of one to %d types",
                            TRUST_LIST_TYPES_MAX);
}

// Behind take_roots, which has looked at the list's shape.
static enum jumin_error take_issuers(const json_t *claims, uint8_t *room, struct trust_list *list,
                                     struct detail *detail)
{
    const json_t *roots = json_object_get(claims, trust_list_names[TRUST_LIST_ISSUERS]);
    const size_t count = json_array_size(roots);
    enum jumin_error error = JUMIN_OK;
    list->issuers = calloc(count + 1, sizeof *list->issuers);
    if (list->issuers == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "no memory for the trust list");
    }
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        error = take_issuer(json_array_get(roots, i), room, &list->issuers[i], detail);
        list->issuer_count++;
    }
    return error;
}

static bool is_root(const struct trust_list_issuer *issuer, const uint8_t *root)
{
    return memcmp(issuer->root, root, sizeof issuer->root) == 0;
}

static bool has_type(const struct trust_list_issuer *issuer, struct span type)
{
    for (size_t i = 0; i < json_array_size(issuer->types); i++) {
        const json_t *known = json_array_get(issuer->types, i);
        if (span_equal(span_of(json_string_value(known), json_string_length(known)), type)) {
            return true;
        }
    }
    return issuer->types == NULL;
}

bool trust_list_vouches(const struct trust_list *list, const uint8_t *root, struct span type)
{
    bool known = false;
    for (size_t i = 0; i < list->issuer_count; i++) {
        if (is_root(&list->issuers[i], root)) {
            if (has_type(&list->issuers[i], type)) {
                return true;
            }
            known = true;
        }
    }
    return !known;
}

static const char *name_of(const struct trust_list *list, const uint8_t *root)
{
    for (size_t i = 0; list != NULL && i < list->issuer_count; i++) {
        if (is_root(&list->issuers[i], root)) {
            return list->issuers[i].name;
        }
    }
    return "";
}

bool trust_list_same_issuer(const struct trust_list *list, const uint8_t *one, const uint8_t *other)
{
    const char *name = name_of(list, one);
    return memcmp(one, other, X5CHAIN_ROOT) == 0 ||
           (name[0] != '\0' && strcmp(name, name_of(list, other)) == 0);
}

// --- The whole ----------------------------------------------------------------------------------------------------

static enum jumin_error read_claims(const json_t *claims, const struct trust_list_rules *rules,
                                    struct trust_list *list, struct detail *detail)
{
    enum jumin_error error = check_times(claims, rules, list, detail);
    uint8_t *room = error == JUMIN_OK ? malloc((size_t)2 * ITEM_MAX) : NULL;
    if (error == JUMIN_OK && room == NULL) {
        error = detail_set(detail, JUMIN_ERROR_MEMORY, "no memory for the trust list");
    }
    for (unsigned kind = 0; kind < TRUST_LIST_KINDS && error == JUMIN_OK; kind++) {
        error = take_roots(claims, (enum trust_list_kind)kind, room, list, detail);
    }
    error = error == JUMIN_OK ? take_issuers(claims, room, list, detail) : error;
    free(room);
    return error;
}

enum jumin_error trust_list_read(struct span text, const struct trust_list_rules *rules,
                                 struct trust_list *list, struct detail *detail)
{
    struct jws jws;
    *list = (struct trust_list){.issued = 0};
    enum jumin_error error = jws_read(text, TRUST_LIST_TYPE, &jws, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = check_signature(&jws, rules, detail);
    error = error == JUMIN_OK ? read_claims(jws.claims, rules, list, detail) : error;
    jws_release(&jws);
    if (error != JUMIN_OK) {
        trust_list_release(list);
    }
    return error;
}

enum jumin_error trust_list_load(const char *path, const struct trust_list_rules *rules,
                                 struct trust_list *list, struct detail *detail)
{
    size_t n = 0;
    *list = (struct trust_list){.issued = 0};
    uint8_t *text = malloc(TRUST_LIST_MAX);
    if (text == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "no memory for the trust list");
    }
    enum jumin_error error = disk_read(path, text, TRUST_LIST_MAX, &n);
    if (error != JUMIN_OK) {
        (void)detail_set(detail, error, "%s: cannot be read, or is too long", path);
    } else {
        while (n > 0 && text[n - 1] == '\n') {
            n--;
        }
        error = trust_list_read(span_of(text, n), rules, list, detail);
    }
    free(text);
    return error;
}

int64_t trust_list_age(const struct trust_list *list, int64_t now)
{
    return now > list->issued ? now - list->issued : 0;
}

void trust_list_release(struct trust_list *list)
{
    for (size_t i = 0; i < TRUST_LIST_KINDS; i++) {
        jumin_trust_free(list->roots[i]);
    }
    for (size_t i = 0; i < list->issuer_count; i++) {
        json_decref(list->issuers[i].types);
    }
    free(list->issuers);
    *list = (struct trust_list){.issued = 0};
}
