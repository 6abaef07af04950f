// The verifier's handle: whom it trusts, what it has kept, and who asks.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/verifier.h"

#include <stdlib.h>
#include <string.h>

#include "host/pki/oids.h"
#include "host/pki/pem.h"
#include "host/pki/private_key.h"
#include "host/pki/purposes.h"
#include "host/verifier/checks.h"

enum {
    CERTIFICATE_LABEL_LENGTH = 11, // "CERTIFICATE"
    KEY_FILE_MAX = 65536,
};

// --- Beginning and end -----------------------------------------------------------------------------------------

static bool rule_is_good(const struct jumin_freshness *rule)
{
    return rule->accept >= 0 && rule->warn >= rule->accept;
}

static void say_away(const struct jumin_verifier *verifier, bool away)
{
    if (verifier->away != NULL) {
        verifier->away(verifier->away_context, away);
    }
}

// Of the status cache.
static enum jumin_error fetch(void *context, const char *uri, const char *media_type, uint8_t **token,
                              size_t *n)
{
    const struct jumin_verifier *verifier = context;
    *token = NULL;
    if (verifier->network.get == NULL) {
        return JUMIN_ERROR_NO_SUCH_FILE;
    }
    say_away(verifier, true);
    const enum jumin_error error =
        verifier->network.get(verifier->network.context, uri, media_type, token, n);
    say_away(verifier, false);
    return error;
}

enum jumin_error jumin_verifier_new(struct jumin_verifier **verifier,
                                    const struct jumin_verifier_options *options)
{
    if (verifier == NULL || options == NULL || !rule_is_good(&options->statuses) ||
        !rule_is_good(&options->trust)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_verifier *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const struct status_trust trust = {status_judge_key, &made->judge};
    const struct status_fetch network = {fetch, made};
    made->options = *options;
    made->options.cache = NULL; // what keeps something there has a copy
    made->folder = options->cache != NULL ? strdup(options->cache) : NULL;
    if ((options->cache != NULL && made->folder == NULL) ||
        !counter_memory_init(&made->counters, options->cache)) {
        free(made->folder);
        free(made);
        return JUMIN_ERROR_MEMORY;
    }
    made->mdoc = (struct mdoc_chain){.role = X5CHAIN_MDOC_SIGNER,
                                     .revocation_required = options->revocation_required,
                                     .cache = &made->chains};
    const enum jumin_error error = status_cache_new(&made->statuses, options->cache, &trust, &network);
    if (error != JUMIN_OK) {
        counter_memory_release(&made->counters);
        free(made->folder);
        free(made);
        return error;
    }
    *verifier = made;
    return JUMIN_OK;
}

static void forget_key(struct jumin_verifier *verifier)
{
    crypto_ec_release(&verifier->key);
    free(verifier->certificates);
    verifier->certificates = NULL;
    verifier->chain_count = 0;
    verifier->has_key = false;
}

void jumin_verifier_free(struct jumin_verifier *verifier)
{
    if (verifier == NULL) {
        return;
    }
    forget_key(verifier);
    status_cache_free(verifier->statuses);
    counter_memory_release(&verifier->counters);
    mdoc_chain_release(&verifier->mdoc);
    signer_key_release(&verifier->sd_jwt_key);
    trust_list_release(&verifier->list);
    jumin_trust_free(verifier->anchor);
    free(verifier->proofs);
    free(verifier->folder);
    crypto_wipe(verifier, sizeof *verifier);
    free(verifier);
}

const char *jumin_verifier_detail(const struct jumin_verifier *verifier)
{
    return verifier != NULL ? verifier->detail.text : "";
}

void jumin_verifier_use_network(struct jumin_verifier *verifier, const struct jumin_verifier_network *network)
{
    if (verifier != NULL) {
        verifier->network = network != NULL ? *network : (struct jumin_verifier_network){0};
    }
}

// --- Whom it trusts --------------------------------------------------------------------------------------------

enum jumin_error jumin_verifier_set_anchor(struct jumin_verifier *verifier, const uint8_t *certificate,
                                           size_t n)
{
    struct jumin_trust *anchor = NULL;
    if (verifier == NULL || certificate == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&verifier->detail);
    enum jumin_error error = jumin_trust_new(&anchor);
    if (error == JUMIN_OK) {
        error = jumin_trust_add_certificate(anchor, certificate, n);
    }
    if (error != JUMIN_OK) {
        (void)detail_set(&verifier->detail, error, "%s", anchor != NULL ? jumin_trust_detail(anchor) : "");
        jumin_trust_free(anchor);
        return error;
    }
    jumin_trust_free(verifier->anchor);
    verifier->anchor = anchor;
    return JUMIN_OK;
}

// Roots have changed: what was concluded from the ones before is void.
static void use_issuers(struct jumin_verifier *verifier, const struct jumin_trust *issuers)
{
    verifier->issuers = issuers;
    x5chain_cache_clear(&verifier->chains);
    verifier_judge_lists(verifier, NULL);
}

enum jumin_error jumin_verifier_load_trust_list(struct jumin_verifier *verifier, const uint8_t *jws, size_t n,
                                                int64_t now)
{
    struct trust_list list = {0};
    if (verifier == NULL || jws == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&verifier->detail);
    if (verifier->anchor == NULL) {
        return detail_set(&verifier->detail, JUMIN_ERROR_ARGUMENT,
                          "a trust list needs the root that its signer leads to");
    }
    const struct trust_list_rules rules = {.anchor = verifier->anchor,
                                           .now = now,
                                           .known = verifier_newest_list(verifier),
                                           .expired_allowed = true};
    const enum jumin_error error = trust_list_read(span_of(jws, n), &rules, &list, &verifier->detail);
    if (error == JUMIN_OK) {
        trust_list_release(&verifier->list);
        verifier->list = list;
        use_issuers(verifier, list.roots[TRUST_LIST_ISSUERS]);
        if (list.issued > rules.known) {
            verifier_remember_list(verifier);
        }
    }
    return error;
}

void jumin_verifier_trust_issuers(struct jumin_verifier *verifier, const struct jumin_trust *issuers)
{
    if (verifier != NULL) {
        use_issuers(verifier, issuers);
    }
}

// --- Registry ------------------------------------------------------------------------------------------------------

enum jumin_error jumin_verifier_use_registry(struct jumin_verifier *verifier, const uint8_t *key, size_t n)
{
    struct crypto_ec_key point = {0};
    if (verifier == NULL || key == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&verifier->detail);
    const bool good = n == JUMIN_REGISTRY_KEY && crypto_ec_load_public(&point, CRYPTO_P256, span_of(key, n));
    crypto_ec_release(&point);
    if (!good) {
        return detail_set(&verifier->detail, JUMIN_ERROR_ARGUMENT, "a registry's key is a point of P-256");
    }
    memcpy(verifier->registry_key, key, n);
    verifier->has_registry = true;
    verifier->proof_count = 0; // of another key
    return JUMIN_OK;
}

enum jumin_error jumin_verifier_add_proof(struct jumin_verifier *verifier, const char *json, size_t n)
{
    struct jumin_registry_entry entry;
    struct jumin_registry_head head;
    struct jumin_registry_refusal refusal = {""};
    if (verifier == NULL || json == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&verifier->detail);
    if (!verifier->has_registry || verifier->proof_count == VERIFIER_PROOFS_MAX) {
        return detail_set(&verifier->detail, JUMIN_ERROR_ARGUMENT,
                          verifier->has_registry ? "there are %d proofs already"
                                                 : "the registry's key is not known; at most %d proofs",
                          VERIFIER_PROOFS_MAX);
    }
    if (verifier->proofs == NULL) {
        verifier->proofs = calloc(VERIFIER_PROOFS_MAX, sizeof *verifier->proofs);
        if (verifier->proofs == NULL) {
            return JUMIN_ERROR_MEMORY;
        }
    }
    const enum jumin_error error = jumin_registry_proof_check(json, n, verifier->registry_key, NULL, NULL, 0,
                                                              &entry, &head, NULL, &refusal);
    if (error != JUMIN_OK) {
        return detail_set(&verifier->detail, error, "%s", refusal.text);
    }
    verifier->proofs[verifier->proof_count++] = entry;
    return JUMIN_OK;
}

// --- Who asks ------------------------------------------------------------------------------------------------------

// The certificates of the file behind one another into `verifier->certificates`.
static enum jumin_error take_chain(struct jumin_verifier *verifier, struct span pem)
{
    struct span label;
    verifier->certificates = malloc(pem.n);
    if (verifier->certificates == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    struct writer w = writer_of(verifier->certificates, pem.n);
    for (size_t before = 0; pem_next(&pem, &label, &w); before = w.n) {
        if (!span_equal(label, span_of("CERTIFICATE", CERTIFICATE_LABEL_LENGTH))) {
            w.n = before; // the key
        } else if (verifier->chain_count == VERIFIER_CHAIN_MAX) {
            return detail_set(&verifier->detail, JUMIN_ERROR_INPUT, "the file has too many certificates");
        } else {
            verifier->chain[verifier->chain_count++] = span_of(w.p + before, w.n - before);
        }
    }
    return verifier->chain_count > 0
               ? JUMIN_OK
               : detail_set(&verifier->detail, JUMIN_ERROR_INPUT, "the file has no certificate");
}

static enum jumin_error look_at_certificate(struct jumin_verifier *verifier)
{
    struct x509_certificate parsed;
    struct span purposes;
    const char *why = "";
    if (!x509_parse(verifier->chain[0], &parsed, &why)) {
        return detail_set(&verifier->detail, JUMIN_ERROR_CERTIFICATE, "the certificate: %s", why);
    }
    if (!x509_certifies(&parsed, &verifier->key)) {
        return detail_set(&verifier->detail, JUMIN_ERROR_CERTIFICATE,
                          "the certificate is not that of the key");
    }
    verifier->purposes = 0;
    if (x509_extension_value(&parsed, OID_READER_PURPOSES, &purposes) &&
        !purposes_parse(purposes, &verifier->purposes)) {
        return detail_set(&verifier->detail, JUMIN_ERROR_CERTIFICATE,
                          "the certificate names no purposes that can be read");
    }
    return JUMIN_OK;
}

static enum jumin_error take_key(struct jumin_verifier *verifier, struct span pem, const char *passphrase)
{
    const struct crypto_random random = crypto_system_random();
    if (!private_key_take_text(pem, span_of(passphrase, strlen(passphrase)), &random, &verifier->key)) {
        return detail_set(&verifier->detail, JUMIN_ERROR_INPUT,
                          "the file has no key, or it is under another passphrase");
    }
    if (!signer_of_key(&verifier->key, &verifier->signer)) {
        return detail_set(&verifier->detail, JUMIN_ERROR_INPUT, "the key is not of P-256");
    }
    const enum jumin_error error = take_chain(verifier, pem);
    return error == JUMIN_OK ? look_at_certificate(verifier) : error;
}

enum jumin_error jumin_verifier_use_key(struct jumin_verifier *verifier, const char *pem, size_t n,
                                        const char *passphrase)
{
    if (verifier == NULL || pem == NULL || passphrase == NULL || n == 0 || n > KEY_FILE_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&verifier->detail);
    forget_key(verifier);
    const enum jumin_error error = take_key(verifier, span_of(pem, n), passphrase);
    if (error != JUMIN_OK) {
        forget_key(verifier);
        return error;
    }
    verifier->has_key = true;
    return JUMIN_OK;
}
