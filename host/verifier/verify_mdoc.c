// An mdoc, checked as ISO 18013-5 §9.3 wants it, each check by itself.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/device_response.h"
#include "host/mobile/resident_claims.h"
#include "host/verifier/checks.h"

#include <stdlib.h>

// FORMAT. NULL: it is none, or not one document.
static const struct device_document *read_response(struct span bytes, struct device_response *response,
                                                   struct jumin_verification *verification)
{
    struct detail detail = {""};
    enum jumin_error error = device_response_parse(bytes, response, &detail);
    if (error == JUMIN_OK && response->status != DEVICE_RESPONSE_OK) {
        error =
            detail_set(&detail, JUMIN_ERROR_MALFORMED, "the response says that it failed, with status %llu",
                       (unsigned long long)response->status);
    }
    if (error == JUMIN_OK && response->count != 1) {
        error = detail_set(&detail, JUMIN_ERROR_MALFORMED, "the response has %zu documents instead of one",
                           response->count);
    }
    verification_result(verification, JUMIN_VERIFICATION_FORMAT, error, &detail,
                        "it is a response with one document");
    return error == JUMIN_OK ? &response->documents[0] : NULL;
}

static void check_type(const struct device_document *document, unsigned purpose,
                       struct jumin_verification *verification)
{
    verifier_check_type(verification, document->issuer_signed.mso.doc_type, RESIDENT_DOC_TYPE, purpose);
    if (!span_equal(document->doc_type, document->issuer_signed.mso.doc_type)) {
        verification_note(verification, JUMIN_VERIFICATION_TYPE, JUMIN_FINDING_FAILED, JUMIN_ERROR_MALFORMED,
                          "the document claims another type than the one that the issuer has signed");
    }
}

// CHAIN to SIGNATURE. False: nothing that it says is to be looked at.
static bool check_issuer(struct jumin_verifier *verifier, const struct issuer_signed *issued, int64_t now,
                         struct mdoc_signer *signer, struct jumin_verification *verification)
{
    const struct cose_message *signature = &issued->signature;
    const struct mdoc_chain_check check = mdoc_chain_check_of(&verifier->mdoc);
    struct detail detail = {""};
    enum jumin_error error = JUMIN_ERROR_SIGNER_UNKNOWN;
    verifier->mdoc.roots = verifier->issuers;
    if (verifier->issuers != NULL) {
        error = check.check(check.context, signature->chain, signature->chain_count, now, signer, &detail);
    }
    verifier_note_chain(verifier, verification, error, &detail, &verifier->mdoc.signer,
                        signature->chain_count > 0 ? signature->chain[0] : span_of(NULL, 0));
    if (error != JUMIN_OK) {
        return false;
    }
    const bool good = cose_sign1_verify(signature, signer->key, span_of(NULL, 0), span_of(NULL, 0));
    verification_note(verification, JUMIN_VERIFICATION_SIGNATURE,
                      good ? JUMIN_FINDING_PASSED : JUMIN_FINDING_FAILED,
                      good ? JUMIN_OK : JUMIN_ERROR_SIGNATURE,
                      good ? "the issuer has signed it" : "the issuer's signature is wrong");
    return good;
}

// CHAIN, once more: the country that is shown is that of the signer's issuer (ISO 18013-5 §7.2.1 and Annex
// B).
static void check_country(const struct issuer_signed *issued, const struct x5chain_signer *signer,
                          struct jumin_verification *verification)
{
    static const char *const name_spaces[] = {"org.iso.18013.5.1", RESIDENT_COMMON_NAMESPACE};
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    issuer_signed_begin(issued, &walk);
    while (issuer_signed_next(&walk, &item)) {
        struct cbor_item country = {.major = CBOR_TEXT};
        bool known = false;
        for (size_t i = 0; i < sizeof name_spaces / sizeof *name_spaces; i++) {
            known = known || span_equal(item.name_space, span_of(name_spaces[i], strlen(name_spaces[i])));
        }
        if (known && span_equal(item.identifier, span_of("issuing_country", 15)) &&
            !(cbor_only(item.value, CBOR_TEXT, &country) &&
              span_equal(country.content, span_of(signer->country, strlen(signer->country))))) {
            verification_note(
                verification, JUMIN_VERIFICATION_CHAIN, JUMIN_FINDING_FAILED, JUMIN_ERROR_CERTIFICATE,
                "the credential names another country than %s, that of its signer", signer->country);
        }
    }
}

// DIGESTS and VALIDITY.
static void check_content(const struct issuer_signed *issued, const struct mdoc_signer *signer, int64_t now,
                          struct jumin_verification *verification)
{
    struct detail detail = {""};
    enum jumin_error error = issuer_signed_check_digests(issued, &detail);
    verification_result(verification, JUMIN_VERIFICATION_DIGESTS, error, &detail,
                        "everything that is shown is what the issuer has signed");
    error = issuer_signed_check_times(&issued->mso.validity, signer, now, &detail);
    if (error == JUMIN_OK) {
        verifier_note_valid(verification, issued->mso.validity.valid_until);
    } else {
        verification_result(verification, JUMIN_VERIFICATION_VALIDITY, error, &detail, "");
    }
}

static void check_holder(const struct device_document *document, const struct signer *reader,
                         const struct jumin_expected *expected, struct jumin_verification *verification)
{
    struct detail detail = {""};
    if (expected->transcript == NULL) {
        verification_note(verification, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_NOT_DONE, JUMIN_OK,
                          "the session is not known, so that it may be a copy that somebody has kept");
        return;
    }
    const enum jumin_error error = device_document_authenticate(
        document, span_of(expected->transcript, expected->transcript_length), reader, &detail);
    verification_result(verification, JUMIN_VERIFICATION_HOLDER, error, &detail,
                        "the holder's key has answered for this session");
}

static void check_status(struct jumin_verifier *verifier, const struct issuer_signed *issued, int64_t now,
                         struct jumin_verification *verification)
{
    const struct mdoc_mso *mso = &issued->mso;
    const struct verifier_place place = {.uri = mso->status.uri,
                                         .index = mso->status.index,
                                         .certificate = mso->status.certificate,
                                         .signer = issued->signature.chain[0],
                                         .role = X5CHAIN_MDOC_SIGNER,
                                         .root = verifier->mdoc.signer.root};
    if (mso->status.uri.n == 0 && mso->other_status) {
        verification_note(verification, JUMIN_VERIFICATION_STATUS, JUMIN_FINDING_FAILED,
                          JUMIN_ERROR_NOT_SUPPORTED,
                          "the credential's status is kept in a way that is not known");
        return;
    }
    verifier_check_status(verifier, verification, STATUS_CWT, &place, now);
}

static void learn(const struct issuer_signed *issued, struct jumin_verification *verification)
{
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    issuer_signed_begin(issued, &walk);
    while (issuer_signed_next(&walk, &item)) {
        verification_learn_cbor(verification, item.name_space, item.identifier, item.value);
    }
}

void verifier_look_at_mdoc(struct jumin_verifier *verifier, struct span bytes,
                           struct device_response *response, const struct signer *reader,
                           const struct jumin_expected *expected, struct jumin_verification *verification)
{
    struct mdoc_signer signer = {0};
    verifier_check_trust(verifier, verification, expected->now);
    const struct device_document *document = read_response(bytes, response, verification);
    if (document == NULL) {
        return;
    }
    verification->format = "mso_mdoc";
    check_type(document, expected->purpose, verification);
    if (check_issuer(verifier, &document->issuer_signed, expected->now, &signer, verification)) {
        (void)verifier_check_vouched(verifier, verification, &verifier->mdoc.signer,
                                     document->issuer_signed.mso.doc_type);
        check_country(&document->issuer_signed, &verifier->mdoc.signer, verification);
        check_content(&document->issuer_signed, &signer, expected->now, verification);
        check_holder(document, reader, expected, verification);
        check_status(verifier, &document->issuer_signed, expected->now, verification);
        learn(&document->issuer_signed, verification);
    }
}

enum jumin_error verifier_check_mdoc(struct jumin_verifier *verifier, struct span response,
                                     const struct signer *reader, const struct jumin_expected *expected,
                                     struct jumin_verification **verification)
{
    struct jumin_verification *made = verification_new();
    struct device_response *parsed = malloc(sizeof *parsed);
    if (made != NULL && parsed != NULL) {
        verifier_look_at_mdoc(verifier, response, parsed, reader, expected, made);
        verification_close(made, expected->purpose, expected->now);
    }
    const bool good = made != NULL && parsed != NULL && !made->no_memory;
    if (!good) {
        jumin_verification_free(made);
    }
    free(parsed);
    *verification = good ? made : NULL;
    return good ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

enum jumin_error jumin_verifier_check_mdoc(struct jumin_verifier *verifier, const uint8_t *response, size_t n,
                                           const struct jumin_expected *expected,
                                           struct jumin_verification **verification)
{
    if (verifier == NULL || response == NULL || expected == NULL || verification == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    return verifier_check_mdoc(verifier, span_of(response, n), NULL, expected, verification);
}
