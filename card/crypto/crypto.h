// The cryptography that card and host need, independent of the library behind it.
// SPDX-License-Identifier: Apache-2.0
//
// One provider is linked: crypto/mbedtls (card, phones) or crypto/openssl (desktops, servers). The same
// tests run on both. Contract of every function:
//   - It returns true on success. On false the outputs are wiped (all zero), never half written, and the
//     reason is one of: an argument out of range, bytes that are no valid key, point or signature, a failing
//     random source, or the library out of memory. Callers fail closed.
//   - Numbers and points are big-endian. A point is uncompressed: 04 || x || y (SEC 1 §2.3.3), coordinates
//     in full field length. A signature is r || s, each in the length of the curve's order (TR-03111 §5.2.1).
//   - Input and output may be the same buffer where both have the same length; otherwise they must not
//     overlap.
//   - Handles are owned by the caller and hold secrets: `crypto_..._release` wipes them. A handle that is
//     all zero is released already, so releasing it again is harmless, and using it fails. Loading does not
//     look at what the handle held: a loaded one is released first. Handles are not copied.
//   - `random` gives every secret that a function makes. mbedTLS takes nonces and blinding from it too;
//     OpenSSL takes those from a generator of its own.
//   - No function keeps global state, but for OpenSSL's descriptions of curves and hashes, which are made
//   once
//     and never change. Two threads may use two handles at once.
#ifndef JUMIN_CARD_CRYPTO_CRYPTO_H
#define JUMIN_CARD_CRYPTO_CRYPTO_H

#include "card/wire/span.h"

// --- Random ----------------------------------------------------------------------------------------------

// A source of random bytes: the card's port, or the operating system. `fill` returns false when it cannot
// deliver; then nothing that depends on it happens.
struct crypto_random {
    bool (*fill)(void *context, uint8_t *out, size_t n);
    void *context;
};

// The operating system's source. Only in hosted builds (file system_random.c of each provider).
struct crypto_random crypto_system_random(void);

// --- Memory ----------------------------------------------------------------------------------------------

// Compares in a time that depends on `n` only.
bool crypto_equal(const void *a, const void *b, size_t n);
// Zeroes in a way that the compiler cannot remove.
void crypto_wipe(void *p, size_t n);

// --- Hash, HMAC, PBKDF2, HKDF ----------------------------------------------------------------------------

enum crypto_hash {
    CRYPTO_SHA1, // only where 9303-11 and TR-03110 demand it: key derivation of AES-128, and old signatures
    CRYPTO_SHA224,
    CRYPTO_SHA256,
    CRYPTO_SHA384,
    CRYPTO_SHA512,
};

enum { CRYPTO_HASH_MAX = 64 };

struct crypto_hash_state {
    uint64_t opaque[29];
};

// Length of the digest in bytes.
size_t crypto_hash_length(enum crypto_hash hash);
bool crypto_hash_start(struct crypto_hash_state *state, enum crypto_hash hash);
bool crypto_hash_update(struct crypto_hash_state *state, struct span data);
// Writes crypto_hash_length bytes and releases the state.
bool crypto_hash_finish(struct crypto_hash_state *state, uint8_t *digest);
void crypto_hash_release(struct crypto_hash_state *state);
// The digest of `count` parts, one after the other.
bool crypto_hash_parts(enum crypto_hash hash, const struct span *parts, size_t count, uint8_t *digest);
// RFC 2104.
bool crypto_hmac(enum crypto_hash hash, struct span key, struct span data, uint8_t *mac);
// RFC 8018 §5.2 with HMAC; 1 <= iterations, `n` bytes of key.
bool crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt, uint32_t iterations,
                   uint8_t *key, size_t n);
// RFC 5869 with HMAC: extracts from `secret` under `salt` (empty: zeros) and expands for `info` to `n` bytes,
// 1 to 255 digests of the hash. At most 256 bytes of `info`. No card has it.
bool crypto_hkdf(enum crypto_hash hash, struct span secret, struct span salt, struct span info, uint8_t *key,
                 size_t n);

// --- Block cipher, CBC, CMAC -----------------------------------------------------------------------------

enum crypto_cipher {
    CRYPTO_AES,  // FIPS 197; 16, 24 or 32 bytes of key
    CRYPTO_ARIA, // RFC 5794; 16, 24 or 32 bytes of key
};

enum {
    CRYPTO_BLOCK = 16, // of every cipher but 3DES
    CRYPTO_CIPHER_KEY_MAX = 32,
    CRYPTO_3DES_BLOCK = 8,
    CRYPTO_3DES_KEY = 16,
    CRYPTO_MAC = 8,
};

// An expanded key, for both directions and for the MAC. `kind` is the providers' affair.
struct crypto_cipher_key {
    const struct cipher_kind *kind;
    uint64_t opaque[74];
};

bool crypto_cipher_load(struct crypto_cipher_key *key, enum crypto_cipher cipher, struct span bytes);
// Two-key 3DES (SP 800-67 §3.2, K1 K2 K1; parity bits are not looked at), for terminals that read documents
// of others. All other functions of the handle then work in blocks of 8 bytes. It stands in a file of its
// own, so that a card, which never calls it, does not carry it.
bool crypto_3des_load(struct crypto_cipher_key *key, struct span bytes);
void crypto_cipher_release(struct crypto_cipher_key *key);
// Bytes of a block and of an IV; 0 when the handle is released.
size_t crypto_cipher_block(const struct crypto_cipher_key *key);
// One block, no mode (the IV of secure messaging, 9303-11 §9.8.7.2).
bool crypto_cipher_encrypt_block(const struct crypto_cipher_key *key, const uint8_t *in, uint8_t *out);
// SP 800-38A CBC without padding: `in.n` is a multiple of the block (0 is allowed) and `out` has as many
// bytes; the IV is not changed. `out` may be `in.p`.
bool crypto_cbc_encrypt(const struct crypto_cipher_key *key, const uint8_t *iv, struct span in, uint8_t *out);
bool crypto_cbc_decrypt(const struct crypto_cipher_key *key, const uint8_t *iv, struct span in, uint8_t *out);
// SP 800-38B over `count` parts, one after the other; the full 16 bytes. Not for 3DES.
bool crypto_cmac(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                 uint8_t mac[CRYPTO_BLOCK]);
// The MAC of secure messaging and of PACE's tokens over `count` parts (9303-11 §9.8.4): CMAC cut to 8 bytes;
// for 3DES the retail MAC, ISO 9797-1 MAC algorithm 3 with padding method 2.
bool crypto_mac(const struct crypto_cipher_key *key, const struct span *parts, size_t count,
                uint8_t mac[CRYPTO_MAC]);

// --- AES-GCM (data at rest, and sessions of the mobile credential; no card has it) --------------------------

enum {
    CRYPTO_GCM_NONCE = 12,
    CRYPTO_GCM_TAG = 16,
    CRYPTO_GCM_MAX = 1 << 30, // bytes at once
};

// SP 800-38D under a key of 16, 24 or 32 bytes. A nonce never comes twice under a key. `sealed` has the bytes
// of `plain`, encrypted, and the tag.
bool crypto_gcm_seal(struct span key, const uint8_t nonce[CRYPTO_GCM_NONCE], struct span additional,
                     struct span plain, uint8_t *sealed);
// `plain` has CRYPTO_GCM_TAG bytes less than `sealed`. False, too, when one bit of key, nonce, additional
// data or sealed bytes is another one.
bool crypto_gcm_open(struct span key, const uint8_t nonce[CRYPTO_GCM_NONCE], struct span additional,
                     struct span sealed, uint8_t *plain);

// --- Elliptic curves -------------------------------------------------------------------------------------

enum crypto_curve {
    CRYPTO_P256,
    CRYPTO_P384,
    CRYPTO_BRAINPOOL_P256R1,
    CRYPTO_BRAINPOOL_P384R1,
    CRYPTO_P521, // the card does not offer the following; documents and certificates of others use them
    CRYPTO_BRAINPOOL_P512R1,
    CRYPTO_P192,
    CRYPTO_P224,
    CRYPTO_BRAINPOOL_P192R1,
    CRYPTO_BRAINPOOL_P224R1,
    CRYPTO_BRAINPOOL_P320R1,
    CRYPTO_CURVE_COUNT,
};

enum {
    CRYPTO_FIELD_MAX = 66, // bytes of a coordinate or scalar, P-521
    CRYPTO_POINT_MAX = 1 + 2 * CRYPTO_FIELD_MAX,
    CRYPTO_SIGNATURE_MAX = 2 * CRYPTO_FIELD_MAX,
};

// Bytes of a coordinate; on these curves also bytes of the order.
size_t crypto_curve_length(enum crypto_curve curve);
// Bytes of an uncompressed point.
size_t crypto_curve_point_length(enum crypto_curve curve);

// Domain parameters, for certificates that spell them out.
struct crypto_curve_parameters {
    uint8_t p[CRYPTO_FIELD_MAX], a[CRYPTO_FIELD_MAX], b[CRYPTO_FIELD_MAX]; // crypto_curve_length bytes each
    uint8_t order[CRYPTO_FIELD_MAX];
    uint8_t generator[CRYPTO_POINT_MAX];
};
bool crypto_curve_parameters(enum crypto_curve curve, struct crypto_curve_parameters *parameters);

// A public key, or a key pair.
struct crypto_ec_key {
    uint64_t opaque[28];
};

// Uniform in [1, order - 1], crypto_curve_length bytes.
bool crypto_ec_random_scalar(enum crypto_curve curve, const struct crypto_random *random, uint8_t *scalar);
bool crypto_ec_generate(struct crypto_ec_key *key, enum crypto_curve curve,
                        const struct crypto_random *random);
// `secret` has crypto_curve_length bytes and is in [1, order - 1]; the public key is computed from it, for
// which `random` blinds.
bool crypto_ec_load_secret(struct crypto_ec_key *key, enum crypto_curve curve, struct span secret,
                           const struct crypto_random *random);
// Refuses any length but crypto_curve_point_length, coordinates not below p, points off the curve, infinity.
bool crypto_ec_load_public(struct crypto_ec_key *key, enum crypto_curve curve, struct span point);
// Tables for a key that is to verify many signatures: they cost as much as some hundred verifications, and
// about halve each that follows; what verifies is the same with and without. False: no key, or no memory; the
// key is as before. Only OpenSSL's P-256 has them; for others nothing is done. No card has it.
bool crypto_ec_prepare(struct crypto_ec_key *key);
void crypto_ec_release(struct crypto_ec_key *key);
enum crypto_curve crypto_ec_curve(const struct crypto_ec_key *key);
// crypto_curve_point_length bytes.
bool crypto_ec_public(const struct crypto_ec_key *key, uint8_t *point);
// crypto_curve_length bytes; false when the key is public only.
bool crypto_ec_secret(const struct crypto_ec_key *key, uint8_t *secret);

// ECDSA (FIPS 186-4 §6). A digest, 1 to CRYPTO_HASH_MAX bytes, longer than the order is cut to its leftmost
// bits. `signature` has 2 * crypto_curve_length bytes.
bool crypto_ecdsa_sign(const struct crypto_ec_key *key, const struct crypto_random *random,
                       struct span digest, uint8_t *signature);
bool crypto_ecdsa_verify(const struct crypto_ec_key *key, struct span digest, struct span signature);

// ECDH (TR-03111 §4.3.1): the x coordinate of secret * point, crypto_curve_length bytes. `point` is checked
// as in crypto_ec_load_public.
bool crypto_ecdh(const struct crypto_ec_key *key, const struct crypto_random *random, struct span point,
                 uint8_t *shared);

// scalar * point, as a point. For PACE, whose generator is not the curve's. `scalar` and `point` are checked
// as in crypto_ec_load_secret and crypto_ec_load_public.
bool crypto_ec_multiply(enum crypto_curve curve, const struct crypto_random *random, struct span scalar,
                        struct span point, uint8_t *product);
// nonce * G + point: generic mapping (9303-11 §4.4.3.3.1). The nonce has any length from 1 to
// crypto_curve_length bytes. Refuses infinity as result.
bool crypto_ec_multiply_add(enum crypto_curve curve, const struct crypto_random *random, struct span nonce,
                            struct span point, uint8_t *sum);
// Integrated mapping (9303-11 §4.4.3.3.2, point encoding of App. B): the point for a field element, which is
// crypto_curve_length bytes and below p. It needs p = 3 mod 4, which all curves here have but P-224. It
// refuses 0, 1 and -1.
bool crypto_ec_encode_point(enum crypto_curve curve, struct span element, uint8_t *point);
// value mod p: the field element for a string of up to 2 * CRYPTO_FIELD_MAX bytes.
bool crypto_ec_reduce(enum crypto_curve curve, struct span value, uint8_t *element);
// numerator / denominator mod order: the chip's proof in PACE-CAM (9303-11 §4.4.3.5). Both have
// crypto_curve_length bytes and lie in [1, order - 1].
bool crypto_ec_scalar_divide(enum crypto_curve curve, const struct crypto_random *random,
                             struct span numerator, struct span denominator, uint8_t *quotient);

// --- RSA, public side (documents and certificates of others) ----------------------------------------------

struct crypto_rsa_public {
    struct span modulus;  // 1024 to 8192 bits, without leading zeros
    struct span exponent; // odd, 3 or more, at most 64 bits
};

enum crypto_rsa_padding {
    CRYPTO_RSA_PKCS1, // RFC 8017 §8.2
    CRYPTO_RSA_PSS,   // RFC 8017 §8.1; MGF1 with the same hash
};

// `salt_length` is the exact length of the salt; only for PSS.
bool crypto_rsa_verify(const struct crypto_rsa_public *key, enum crypto_rsa_padding padding,
                       enum crypto_hash hash, size_t salt_length, struct span digest, struct span signature);
// signature ^ exponent mod modulus, modulus.n bytes; `signature` is as long and below the modulus. For ISO
// 9796-2 (Active Authentication).
bool crypto_rsa_recover(const struct crypto_rsa_public *key, struct span signature, uint8_t *recovered);

#endif
