// The keys that a credential request proves to hold (OpenID4VCI 1.0 §8.2.1, App. D, F): one for each copy.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/issuer_internal.h"

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

// A request's proofs, one after the other.
struct taking {
    const struct issuer *issuer;
    const struct jumin_station *station;
    const struct records_grant *grant;
    struct issuer_keys *keys;
    struct issuer_fault *fault;
    bool attested[STATUS_BATCH_MAX]; // each of `keys`, in what came with it
    // What the bound device key vouches for.
    uint8_t vouched[KEY_ATTESTATION_KEYS_MAX][SIGNER_POINT];
    size_t vouched_count;
};

static bool check_provider(const struct taking *t, const struct key_attestation *attestation)
{
    const struct issuer_options *options = &t->issuer->options;
    const struct attestation_wanted wanted = {options->wallets, options->key_storage,
                                              options->user_authentication};
    return attestation_believe(attestation, &wanted, station_now(t->station), &t->fault->detail) == JUMIN_OK
               ? true
               : refuse_proof(t->fault);
}

// One attestation, and a copy for each of its keys.
static bool take_attestation(struct taking *t, const char *text)
{
    struct key_attestation attestation;
    if (key_attestation_read(span_of(text, strlen(text)), &attestation, &t->fault->detail) != JUMIN_OK) {
        return refuse_proof(t->fault);
    }
    bool good =
        check_nonce(t->station, attestation.nonce, t->keys, t->fault) && check_provider(t, &attestation);
    if (good && attestation.key_count > t->issuer->options.batch) {
        good = refuse(t->fault, "invalid_proof", "more keys are attested than a batch has copies");
    }
    for (size_t i = 0; i < attestation.key_count && good; i++) {
        t->attested[t->keys->count] = true;
        good = add_key(t->keys, attestation.keys[i], t->fault);
    }
    key_attestation_release(&attestation);
    return good;
}

static bool take_voucher(struct taking *t, const struct proof_jwt *proof,
                         const struct key_attestation *voucher)
{
    if (t->vouched_count > 0) {
        return refuse(t->fault, "invalid_proof",
                      "the bound key vouches for a batch once, for all of its keys");
    }
    if (!voucher_believe(t->issuer, t->station, t->grant, voucher, proof->nonce, t->fault)) {
        return false;
    }
    memcpy(t->vouched, voucher->keys, voucher->key_count * SIGNER_POINT);
    t->vouched_count = voucher->key_count;
    return true;
}

// The attestation in the header of a proof: a provider's, which must attest the proof's key, or what the
// bound key says of all keys of the batch.
static bool check_attested(struct taking *t, const struct proof_jwt *proof)
{
    struct key_attestation attestation;
    if (proof->key_attestation == NULL || t->issuer->options.wallets == NULL) {
        return true;
    }
    if (key_attestation_read(span_of(proof->key_attestation, strlen(proof->key_attestation)), &attestation,
                             &t->fault->detail) != JUMIN_OK) {
        return refuse_proof(t->fault);
    }
    bool good =
        voucher_is_one(&attestation) ? take_voucher(t, proof, &attestation) : check_provider(t, &attestation);
    if (good && !key_attestation_ends(&attestation)) {
        good = refuse(t->fault, "invalid_proof", "the key attestation does not say when it ends (exp)");
    }
    if (good && !key_attestation_has(&attestation, proof->key)) {
        good = refuse(t->fault, "invalid_proof", "the key attestation does not attest the proof's key");
    }
    t->attested[t->keys->count] = true;
    key_attestation_release(&attestation);
    return good;
}

static bool is_vouched(const struct taking *t, const uint8_t key[SIGNER_POINT])
{
    for (size_t i = 0; i < t->vouched_count; i++) {
        if (memcmp(t->vouched[i], key, SIGNER_POINT) == 0) {
            return true;
        }
    }
    return false;
}

// Each key has a provider's word, or that of the bound key, where there is one or one is required.
static bool check_each(const struct taking *t)
{
    const bool required = t->issuer->options.attestation_required;
    for (size_t i = 0; i < t->keys->count && (required || t->vouched_count > 0); i++) {
        if (!t->attested[i] && !is_vouched(t, t->keys->keys[i])) {
            return refuse(t->fault, "invalid_proof",
                          t->vouched_count > 0 ? "the bound key does not vouch for one of the proven keys"
                                               : "the proof has no key attestation");
        }
    }
    return true;
}

// --- jwt ---------------------------------------------------------------------------------------------------------

static bool take_jwt(struct taking *t, const char *text)
{
    struct proof_jwt proof;
    const struct proof_jwt_expected expected = {
        .audience = t->issuer->options.base_url,
        .now = station_now(t->station),
        .window = ISSUER_PROOF_WINDOW,
        .leeway = ISSUER_LEEWAY,
    };
    if (proof_jwt_check(span_of(text, strlen(text)), &expected, &proof, &t->fault->detail) != JUMIN_OK) {
        return refuse_proof(t->fault);
    }
    const bool good = check_nonce(t->station, proof.nonce, t->keys, t->fault) && check_attested(t, &proof) &&
                      add_key(t->keys, proof.key, t->fault);
    proof_jwt_release(&proof);
    return good;
}

// --- Both --------------------------------------------------------------------------------------------------------

bool issuer_take_keys(const struct issuer *issuer, const struct jumin_station *station,
                      const struct records_grant *grant, const json_t *proofs, struct issuer_keys *keys,
                      struct issuer_fault *fault)
{
    const json_t *jwts = json_object_get(proofs, "jwt"),
                 *attestations = json_object_get(proofs, "attestation");
    const json_t *list = jwts != NULL ? jwts : attestations;
    struct taking t = {.issuer = issuer, .station = station, .grant = grant, .keys = keys, .fault = fault};
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
        if (!(jwts != NULL ? take_jwt : take_attestation)(&t, text)) {
            return false;
        }
    }
    return check_each(&t);
}
