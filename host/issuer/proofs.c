// The keys that a credential request proves to hold (OpenID4VCI 1.0 §8.2.1, App. D, F): one for each copy.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/issuer_internal.h"

#include "host/issuer/attestation.h"

static bool refuse(struct issuer_fault *fault, const char *oauth, const char *why)
{
    fault->oauth = oauth;
    (void)detail_set(&fault->detail, JUMIN_ERROR_INPUT, "%s", why);
    return false;
}

// `fault->detail` says why already.
static bool refuse_proof(struct issuer_fault *fault)
{
    fault->oauth = "invalid_proof";
    return false;
}

static bool check_nonce(const struct jumin_station *station, const char *nonce, struct issuer_keys *keys,
                        struct issuer_fault *fault)
{
    if (nonce == NULL) {
        return refuse(fault, "invalid_proof", "the proof has no nonce");
    }
    return records_nonce_is_fresh(station, nonce) && records_nonces_add(&keys->nonces, nonce)
               ? true
               : refuse(fault, "invalid_nonce", "the nonce is not one of the last minutes: ask for another");
}

static bool add_key(struct issuer_keys *keys, const uint8_t key[SIGNER_POINT], struct issuer_fault *fault)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (memcmp(keys->keys[i], key, SIGNER_POINT) == 0) {
            return refuse(fault, "invalid_proof", "a key is proven twice: each copy has one of its own");
        }
    }
    memcpy(keys->keys[keys->count++], key, SIGNER_POINT);
    return true;
}

// --- Key attestation -------------------------------------------------------------------------------------------

static bool check_provider(const struct issuer *issuer, const struct jumin_station *station,
                           const struct key_attestation *attestation, struct issuer_fault *fault)
{
    return attestation_believe(attestation, issuer->options.wallets, station_now(station), &fault->detail) ==
                   JUMIN_OK
               ? true
               : refuse_proof(fault);
}

static bool check_levels(const struct issuer *issuer, const struct key_attestation *attestation,
                         struct issuer_fault *fault)
{
    if (!attack_potential_reaches(attestation->key_storage, attestation->key_storage_count,
                                  issuer->options.key_storage)) {
        return refuse(fault, "invalid_proof",
                      "the key attestation does not say that keys are stored as safely as"
                      " the metadata asks (key_storage)");
    }
    return attack_potential_reaches(attestation->user_authentication, attestation->user_authentication_count,
                                    issuer->options.user_authentication)
               ? true
               : refuse(fault, "invalid_proof",
                        "the key attestation does not say that the user is asked as safely"
                        " as the metadata asks (user_authentication)");
}

// One attestation, and a copy for each of its keys.
static bool take_attestation(const struct issuer *issuer, const struct jumin_station *station,
                             const char *text, struct issuer_keys *keys, struct issuer_fault *fault)
{
    struct key_attestation attestation;
    if (key_attestation_read(span_of(text, strlen(text)), &attestation, &fault->detail) != JUMIN_OK) {
        return refuse_proof(fault);
    }
    bool good = check_nonce(station, attestation.nonce, keys, fault) &&
                check_provider(issuer, station, &attestation, fault) &&
                check_levels(issuer, &attestation, fault);
    if (good && attestation.key_count > issuer->options.batch) {
        good = refuse(fault, "invalid_proof", "more keys are attested than a batch has copies");
    }
    for (size_t i = 0; i < attestation.key_count && good; i++) {
        good = add_key(keys, attestation.keys[i], fault);
    }
    key_attestation_release(&attestation);
    return good;
}

// The attestation in the header of a proof, which must attest the proof's key.
static bool check_attested(const struct issuer *issuer, const struct jumin_station *station,
                           const struct proof_jwt *proof, struct issuer_fault *fault)
{
    struct key_attestation attestation;
    if (proof->key_attestation == NULL || issuer->options.wallets == NULL) {
        return !issuer->options.attestation_required
                   ? true
                   : refuse(fault, "invalid_proof", "the proof has no key attestation");
    }
    if (key_attestation_read(span_of(proof->key_attestation, strlen(proof->key_attestation)), &attestation,
                             &fault->detail) != JUMIN_OK) {
        return refuse_proof(fault);
    }
    bool good = check_provider(issuer, station, &attestation, fault);
    if (good && !key_attestation_ends(&attestation)) {
        good = refuse(fault, "invalid_proof", "the key attestation does not say when it ends (exp)");
    }
    good = good && check_levels(issuer, &attestation, fault);
    if (good && !key_attestation_has(&attestation, proof->key)) {
        good = refuse(fault, "invalid_proof", "the key attestation does not attest the proof's key");
    }
    key_attestation_release(&attestation);
    return good;
}

// --- jwt ---------------------------------------------------------------------------------------------------------

static bool take_jwt(const struct issuer *issuer, const struct jumin_station *station, const char *text,
                     struct issuer_keys *keys, struct issuer_fault *fault)
{
    struct proof_jwt proof;
    const struct proof_jwt_expected expected = {
        .audience = issuer->options.base_url,
        .now = station_now(station),
        .window = ISSUER_PROOF_WINDOW,
        .leeway = ISSUER_LEEWAY,
    };
    if (proof_jwt_check(span_of(text, strlen(text)), &expected, &proof, &fault->detail) != JUMIN_OK) {
        return refuse_proof(fault);
    }
    const bool good = check_nonce(station, proof.nonce, keys, fault) &&
                      check_attested(issuer, station, &proof, fault) && add_key(keys, proof.key, fault);
    proof_jwt_release(&proof);
    return good;
}

// --- Both --------------------------------------------------------------------------------------------------------

bool issuer_take_keys(const struct issuer *issuer, const struct jumin_station *station, const json_t *proofs,
                      struct issuer_keys *keys, struct issuer_fault *fault)
{
    const json_t *jwts = json_object_get(proofs, "jwt"),
                 *attestations = json_object_get(proofs, "attestation");
    const json_t *list = jwts != NULL ? jwts : attestations;
    *keys = (struct issuer_keys){.count = 0};
    *fault = (struct issuer_fault){.oauth = NULL};
    if (!json_is_object(proofs) || json_object_size(proofs) != 1) {
        return refuse(fault, "invalid_proof", "proofs must be an object with one type of proof");
    }
    if (list == NULL || (attestations != NULL && issuer->options.wallets == NULL)) {
        return refuse(fault, "invalid_proof", "this type of proof is not supported");
    }
    if (json_array_size(list) == 0 || json_array_size(list) > issuer->options.batch) {
        return refuse(fault, "invalid_proof", "there must be a proof, and no more than a batch has copies");
    }
    if (attestations != NULL && json_array_size(list) != 1) {
        return refuse(fault, "invalid_proof", "there must be one attestation");
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text == NULL) {
            return refuse(fault, "invalid_proof", "a proof must be a text");
        }
        if (!(jwts != NULL ? take_jwt : take_attestation)(issuer, station, text, keys, fault)) {
            return false;
        }
    }
    return true;
}
