// The trust store: what is in it, and the way from a signer's certificate to a root (9303-12 §5, RFC 5280
// §6).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/trust.h"

#include <stdlib.h>

enum jumin_error jumin_trust_new(struct jumin_trust **trust)
{
    if (trust == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *trust = calloc(1, sizeof **trust);
    return *trust != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

void jumin_trust_free(struct jumin_trust *trust)
{
    if (trust == NULL) {
        return;
    }
    for (size_t i = 0; i < trust->certificate_count; i++) {
        free(trust->certificates[i].bytes);
    }
    for (size_t i = 0; i < trust->crl_count; i++) {
        free(trust->crls[i].bytes);
    }
    for (size_t i = 0; i < TRUST_REASONS_MAX; i++) {
        free(trust->reasons[i]);
    }
    free(trust->certificates);
    free(trust->index);
    free(trust->crls);
    free(trust);
}

const char *jumin_trust_detail(const struct jumin_trust *trust)
{
    return trust != NULL ? trust->detail.text : "";
}

size_t jumin_trust_certificates(const struct jumin_trust *trust)
{
    return trust != NULL ? trust->certificate_count : 0;
}

size_t jumin_trust_crls(const struct jumin_trust *trust)
{
    return trust != NULL ? trust->crl_count : 0;
}

size_t jumin_trust_skipped(const struct jumin_trust *trust)
{
    return trust != NULL ? trust->skipped : 0;
}

const char *jumin_trust_skipped_reason(const struct jumin_trust *trust, size_t index)
{
    return trust != NULL && index < TRUST_REASONS_MAX ? trust->reasons[index] : NULL;
}

// --- Path ------------------------------------------------------------------------------------------------

// The best of the store for the next link: a root that signed, else another authority that signed.
static const struct trust_certificate *find_issuer(const struct jumin_trust *trust,
                                                   const struct x509_certificate *certificate,
                                                   enum jumin_error *error)
{
    const struct trust_certificate *found = NULL;
    *error = JUMIN_ERROR_SIGNER_UNKNOWN;
    for (size_t i = 0; i < trust->certificate_count; i++) {
        const struct trust_certificate *candidate = &trust->certificates[i];
        if (!x509_names_issuer(certificate, &candidate->parsed) || (found != NULL && !candidate->root)) {
            continue;
        }
        if (!x509_signed_by(certificate, &candidate->parsed)) {
            *error = *error == JUMIN_ERROR_SIGNER_UNKNOWN ? JUMIN_ERROR_SIGNATURE : *error;
            continue;
        }
        if (!x509_is_authority(&candidate->parsed)) {
            *error = JUMIN_ERROR_CERTIFICATE;
            continue;
        }
        found = candidate;
        if (candidate->root) {
            break;
        }
    }
    return found;
}

// Path length constraints count the authorities between, but for those that changed only their key.
static bool path_lengths_allow(const struct trust_chain *chain)
{
    uint32_t between = 0;
    for (size_t i = 0; i < chain->count; i++) {
        const struct x509_certificate *link = chain->links[i];
        if (link->has_path_length && between > link->path_length) {
            return false;
        }
        between += x509_name_equal(link->issuer, link->subject) ? 0 : 1;
    }
    return true;
}

static const char *why_no_issuer(enum jumin_error error)
{
    switch (error) {
    case JUMIN_ERROR_SIGNATURE:
        return "the authority that it names did not sign it";
    case JUMIN_ERROR_CERTIFICATE:
        return "what signed it is no certification authority";
    default:
        return "the authority that it names is not in the trust store";
    }
}

enum jumin_error trust_find_chain(const struct jumin_trust *trust, const struct x509_certificate *signer,
                                  struct trust_chain *chain, const char **why)
{
    const struct x509_certificate *child = signer;
    chain->count = 0;
    while (chain->count < TRUST_CHAIN_MAX) {
        enum jumin_error error = JUMIN_OK;
        const struct trust_certificate *issuer = find_issuer(trust, child, &error);
        if (issuer == NULL) {
            *why = why_no_issuer(error);
            return error;
        }
        chain->links[chain->count++] = &issuer->parsed;
        if (issuer->root) {
            *why = "its chain is longer than one of its authorities allows";
            return path_lengths_allow(chain) ? JUMIN_OK : JUMIN_ERROR_CERTIFICATE;
        }
        child = &issuer->parsed;
    }
    *why = "its chain does not reach a root";
    return JUMIN_ERROR_SIGNER_UNKNOWN;
}

// --- Revocation lists ------------------------------------------------------------------------------------

// Signed with any key of the issuer: lists of a CSCA cover what its former keys signed (9303-12 §7.1.4).
static bool signed_by_issuer(const struct jumin_trust *trust, const struct x509_crl *crl, struct span issuer)
{
    for (size_t i = 0; i < trust->certificate_count; i++) {
        const struct x509_certificate *candidate = &trust->certificates[i].parsed;
        struct trust_chain chain;
        const char *why = "";
        if (x509_name_equal(candidate->subject, issuer) && x509_is_authority(candidate) &&
            x509_crl_signed_by(crl, candidate) &&
            (trust->certificates[i].root || trust_find_chain(trust, candidate, &chain, &why) == JUMIN_OK)) {
            return true;
        }
    }
    return false;
}

const struct x509_crl *trust_find_crl(const struct jumin_trust *trust,
                                      const struct x509_certificate *certificate)
{
    const struct x509_crl *newest = NULL;
    for (size_t i = 0; i < trust->crl_count; i++) {
        const struct x509_crl *crl = &trust->crls[i].parsed;
        if (x509_name_equal(crl->issuer, certificate->issuer) &&
            (newest == NULL || crl->this_update > newest->this_update) &&
            signed_by_issuer(trust, crl, certificate->issuer)) {
            newest = crl;
        }
    }
    return newest;
}
