// Tokens that come with a request: DPoP proofs, key attestations, proofs of possession, encrypted tokens.
// SPDX-License-Identifier: Apache-2.0
//
// The program is linked with --wrap=crypto_ecdsa_verify: every signature is good, so that what lies behind it
// is reached.
#include "tests/fuzz/fuzz.h"

#include "host/mobile/attestation_jwt.h"
#include "host/mobile/base64url.h"
#include "host/mobile/dpop.h"
#include "host/mobile/jwe.h"

enum { NOW = 1800000000, TEXT_MAX = 1 << 20 };

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the name that the linker makes
bool __wrap_crypto_ecdsa_verify(const struct crypto_ec_key *key, struct span digest, struct span signature);

bool __wrap_crypto_ecdsa_verify(const struct crypto_ec_key *key, struct span digest, struct span signature)
{
    (void)key;
    return digest.n == SIGNER_DIGEST && signature.n == SIGNER_SIGNATURE;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static void require_base64url_is_one_to_one(struct span text)
{
    static uint8_t bytes[TEXT_MAX], again[TEXT_MAX];
    struct writer w = writer_of(bytes, text.n < sizeof bytes ? text.n : sizeof bytes),
                  v = writer_of(again, sizeof again);
    if (base64url_decode(text, &w)) {
        base64url_put(&v, writer_span(&w));
        require(span_equal(writer_span(&v), text));
    }
}

static void read_dpop(struct span text)
{
    const struct dpop_request request = {
        .method = "POST", .uri = "https://issuer.example/token", .now = NOW, .window = 60, .leeway = 5};
    struct dpop_proof proof;
    struct detail detail = {0};
    if (dpop_check(text, &request, &proof, &detail) == JUMIN_OK) {
        require(strlen(proof.id) >= 1 && strlen(proof.id) <= DPOP_ID_MAX &&
                strlen(proof.nonce) <= DPOP_NONCE_MAX);
        require(proof.issued_at >= NOW - 60 && proof.issued_at <= NOW + 5);
    }
}

static void read_attestation(struct span text)
{
    struct key_attestation attestation;
    struct detail detail = {0};
    if (key_attestation_read(text, &attestation, &detail) == JUMIN_OK) {
        require(attestation.key_count >= 1 && attestation.key_count <= KEY_ATTESTATION_KEYS_MAX);
        require(attestation.jws.chain_count >= 1 && attestation.jws.chain_count <= JWS_CHAIN_MAX);
        require(key_attestation_has(&attestation, attestation.keys[attestation.key_count - 1]));
        (void)key_attestation_check(&attestation, attestation.keys[0], "c-1", NOW, 0, &detail);
        key_attestation_release(&attestation);
    }
}

static void read_proof(struct span text)
{
    const struct proof_jwt_expected expected = {
        .audience = "https://issuer.example", .nonce = "c-1", .now = NOW, .window = 300, .leeway = 5};
    struct proof_jwt proof;
    struct detail detail = {0};
    if (proof_jwt_check(text, &expected, &proof, &detail) == JUMIN_OK) {
        require(strcmp(proof.nonce, "c-1") == 0 && proof.key[0] == 0x04);
        proof_jwt_release(&proof);
    }
}

static bool agree(void *context, struct span point, uint8_t shared[SIGNER_SHARED])
{
    (void)context;
    require(point.n == SIGNER_POINT);
    memset(shared, 0x42, SIGNER_SHARED);
    return true;
}

static void read_encrypted(struct span text)
{
    static uint8_t bytes[TEXT_MAX];
    const struct signer key = {.agree = agree};
    struct writer plain = writer_of(bytes, sizeof bytes);
    struct detail detail = {0};
    if (jwe_decrypt(text, &key, "k1", &plain, NULL, &detail) != JUMIN_OK) {
        require(plain.n == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct span text = span_of(bytes, n);
    require_base64url_is_one_to_one(text);
    read_dpop(text);
    read_attestation(text);
    read_proof(text);
    read_encrypted(text);
    return 0;
}
