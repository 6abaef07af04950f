// An SD-JWT VC with key binding, checked (RFC 9901 §7.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/resident_claims.h"
#include "host/mobile/sd_jwt_vc.h"
#include "host/verifier/checks.h"

#include <string.h>

// CHAIN to REGISTRY: the certificate of who has signed.
static bool check_chain(struct jumin_verifier *verifier, const struct jws *issued, int64_t now,
                        struct x5chain_signer *signer, struct jumin_verification *verification)
{
    const struct x5chain_rules rules = {X5CHAIN_SD_JWT_ISSUER, verifier->issuers, now,
                                        verifier->options.revocation_required};
    struct x5chain chain = {.count = 0};
    struct detail detail = {""};
    enum jumin_error error = verifier->issuers != NULL ? JUMIN_OK : JUMIN_ERROR_SIGNER_UNKNOWN;
    for (size_t i = 0; i < issued->chain_count && error == JUMIN_OK; i++) {
        if (!x5chain_add(&chain, issued->chain[i])) {
            error = detail_set(&detail, JUMIN_ERROR_MALFORMED, "the chain has more than %d certificates",
                               X5CHAIN_MAX);
        }
    }
    if (error == JUMIN_OK) {
        error = x5chain_check_cached(&verifier->chains, &chain, &rules, signer, &detail);
    }
    if (error == JUMIN_OK && signer->curve != CRYPTO_P256) {
        error = detail_set(&detail, JUMIN_ERROR_CERTIFICATE, "the signer's key is not of P-256");
    }
    verifier_note_chain(verifier, verification, error, &detail, signer, issued->chain[0]);
    return error == JUMIN_OK;
}

// SIGNATURE, DIGESTS and VALIDITY, which sd_jwt_vc_check looks at in this order, and FORMAT again for what
// shows only once the disclosures are in their places. False: no claim is to be looked at.
static bool check_claims(struct jumin_verifier *verifier, struct sd_jwt_vc *vc,
                         const struct x5chain_signer *signer, int64_t now,
                         struct jumin_verification *verification)
{
    const struct crypto_ec_key *key = signer_key_of(&verifier->sd_jwt_key, signer);
    struct detail detail = {""};
    const enum jumin_error error =
        key != NULL ? sd_jwt_vc_check_by(vc, key, now, VERIFIER_LEEWAY, &detail)
                    : detail_set(&detail, JUMIN_ERROR_SIGNATURE, "the signer's key is no point of P-256");
    if (error == JUMIN_ERROR_SIGNATURE) {
        verification_result(verification, JUMIN_VERIFICATION_SIGNATURE, error, &detail, "");
        return false;
    }
    verification_note(verification, JUMIN_VERIFICATION_SIGNATURE, JUMIN_FINDING_PASSED, JUMIN_OK,
                      "the issuer has signed it");
    if (error == JUMIN_ERROR_HASH) {
        verification_result(verification, JUMIN_VERIFICATION_DIGESTS, error, &detail, "");
        return false;
    }
    if (error != JUMIN_OK && error != JUMIN_ERROR_NOT_VALID_NOW) {
        verification_result(verification, JUMIN_VERIFICATION_FORMAT, error, &detail, "");
        return false;
    }
    verification_note(verification, JUMIN_VERIFICATION_DIGESTS, JUMIN_FINDING_PASSED, JUMIN_OK,
                      "everything that is shown is what the issuer has signed");
    if (error == JUMIN_OK) {
        verifier_note_valid(verification, vc->expires);
    } else {
        verification_result(verification, JUMIN_VERIFICATION_VALIDITY, error, &detail, "");
    }
    return true;
}

static void check_holder(const struct sd_jwt_vc *vc, const struct jumin_expected *expected,
                         struct jumin_verification *verification)
{
    struct detail detail = {""};
    if (expected->audience == NULL || expected->nonce == NULL) {
        verification_note(verification, JUMIN_VERIFICATION_HOLDER, JUMIN_FINDING_NOT_DONE, JUMIN_OK,
                          "the session is not known, so that it may be a copy that somebody has kept");
        return;
    }
    const struct sd_jwt_binding binding = {
        .audience = expected->audience,
        .nonce = expected->nonce,
        .now = expected->now,
        .window = expected->binding_age != 0 ? expected->binding_age : VERIFIER_BINDING_AGE,
        .leeway = VERIFIER_LEEWAY,
    };
    const enum jumin_error error = sd_jwt_check_binding(&vc->sd, &binding, &detail);
    verification_result(verification, JUMIN_VERIFICATION_HOLDER, error, &detail,
                        "the holder's key has answered for this session");
}

static void learn(const struct sd_jwt_vc *vc, struct jumin_verification *verification)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(vc->sd.claims, name, value)
    {
        if (!sd_jwt_vc_is_reserved(name) && strcmp(name, "iat") != 0) {
            verification_learn_json(verification, name, value);
        }
    }
}

static void verify(struct jumin_verifier *verifier, struct sd_jwt_vc *vc,
                   const struct jumin_expected *expected, struct jumin_verification *verification)
{
    struct x5chain_signer signer = {0};
    if (!check_chain(verifier, &vc->sd.issued, expected->now, &signer, verification) ||
        !check_claims(verifier, vc, &signer, expected->now, verification)) {
        return;
    }
    const char *uri = vc->status_uri != NULL ? vc->status_uri : "";
    const struct verifier_place place = {.uri = span_of(uri, strlen(uri)),
                                         .index = vc->status_index,
                                         .signer = vc->sd.issued.chain[0],
                                         .role = X5CHAIN_SD_JWT_ISSUER,
                                         .root = signer.root};
    verifier_check_type(verification, span_of(vc->vct, strlen(vc->vct)), RESIDENT_VCT, expected->purpose);
    (void)verifier_check_vouched(verifier, verification, &signer, span_of(vc->vct, strlen(vc->vct)));
    check_holder(vc, expected, verification);
    verifier_check_status(verifier, verification, STATUS_JWT, &place, expected->now);
    learn(vc, verification);
}

enum jumin_error jumin_verifier_check_sd_jwt(struct jumin_verifier *verifier, const char *text, size_t n,
                                             const struct jumin_expected *expected,
                                             struct jumin_verification **verification)
{
    struct sd_jwt_vc vc;
    struct detail detail = {""};
    if (verifier == NULL || text == NULL || expected == NULL || verification == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_verification *made = verification_new();
    *verification = NULL;
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    verifier_check_trust(verifier, made, expected->now);
    const enum jumin_error error = sd_jwt_vc_read(span_of(text, n), &vc, &detail);
    verification_result(made, JUMIN_VERIFICATION_FORMAT, error, &detail, "it is an SD-JWT VC");
    if (error == JUMIN_OK) {
        made->format = SD_JWT_VC_TYPE;
        verify(verifier, &vc, expected, made);
        sd_jwt_vc_release(&vc);
    }
    verification_close(made, expected->purpose, expected->now);
    if (made->no_memory || error == JUMIN_ERROR_MEMORY) {
        jumin_verification_free(made);
        return JUMIN_ERROR_MEMORY;
    }
    *verification = made;
    return JUMIN_OK;
}
