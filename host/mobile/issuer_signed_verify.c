// What a verifier checks of the issuer's part of an mdoc (ISO 18013-5 §9.3.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/issuer_signed.h"

enum jumin_error issuer_signed_check_digests(const struct issuer_signed *parsed, struct detail *detail)
{
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    issuer_signed_begin(parsed, &walk);
    while (issuer_signed_next(&walk, &item)) {
        uint8_t digest[CRYPTO_HASH_MAX];
        struct span wanted;
        const int length = (int)(item.identifier.n < 64 ? item.identifier.n : 64);
        const char *identifier = (const char *)item.identifier.p;
        if (!mdoc_mso_digest(&parsed->mso, item.name_space, item.digest_id, &wanted)) {
            return detail_set(detail, JUMIN_ERROR_HASH, "the issuer has signed no digest for %.*s", length,
                              identifier);
        }
        if (!crypto_hash_parts(parsed->mso.hash, &item.whole, 1, digest)) {
            return detail_set(detail, JUMIN_ERROR_CRYPTO, "no digest could be computed");
        }
        if (!span_equal(wanted, span_of(digest, crypto_hash_length(parsed->mso.hash)))) {
            return detail_set(detail, JUMIN_ERROR_HASH, "%.*s is not what the issuer has signed", length,
                              identifier);
        }
    }
    return JUMIN_OK;
}

enum jumin_error issuer_signed_check_times(const struct mdoc_validity *validity,
                                           const struct mdoc_signer *signer, int64_t now,
                                           struct detail *detail)
{
    if (validity->signed_at < signer->not_before || validity->signed_at > signer->not_after) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW,
                          "the credential was signed outside of the validity of its signer's certificate");
    }
    if (validity->valid_from < validity->signed_at || validity->valid_until < validity->valid_from) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the credential's validity ends before it begins");
    }
    if (now < validity->valid_from) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the credential is not valid yet");
    }
    if (now > validity->valid_until) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the credential has expired");
    }
    return JUMIN_OK;
}

static enum jumin_error check_status(const struct mdoc_mso *mso, const struct mdoc_rules *rules,
                                     struct detail *detail)
{
    if (rules->status.check == NULL) {
        return JUMIN_OK;
    }
    if (mso->status.uri.n > 0) {
        return rules->status.check(rules->status.context, &mso->status, rules->now, detail);
    }
    if (mso->other_status) {
        return detail_set(detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "the credential's status is kept in a way that is not known");
    }
    return JUMIN_OK;
}

enum jumin_error issuer_signed_verify(const struct issuer_signed *parsed, struct span doc_type,
                                      const struct mdoc_rules *rules, struct detail *detail)
{
    const struct cose_message *signature = &parsed->signature;
    struct mdoc_signer signer = {0};
    enum jumin_error error = rules->issuer.check(rules->issuer.context, signature->chain,
                                                 signature->chain_count, rules->now, &signer, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!cose_sign1_verify(signature, signer.key, span_of(NULL, 0), span_of(NULL, 0))) {
        return detail_set(detail, JUMIN_ERROR_SIGNATURE, "the issuer's signature is wrong");
    }
    if (doc_type.n > 0 && !span_equal(doc_type, parsed->mso.doc_type)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED,
                          "the document claims another type than the one that the issuer has signed");
    }
    error = issuer_signed_check_digests(parsed, detail);
    if (error == JUMIN_OK) {
        error = issuer_signed_check_times(&parsed->mso.validity, &signer, rules->now, detail);
    }
    return error == JUMIN_OK ? check_status(&parsed->mso, rules, detail) : error;
}
