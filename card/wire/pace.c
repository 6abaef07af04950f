// PACE: the computations that chip and terminal share (9303-11 §4.4, TR-03110-3 §B.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/pace.h"

#include "card/wire/padded_cbc.h"
#include "card/wire/tlv.h"

// --- Domain parameters -----------------------------------------------------------------------------------

// By curve (9303-11 §9.5.1, table 12).
static const uint8_t parameter_ids[CRYPTO_CURVE_COUNT] = {
    [CRYPTO_P256] = 12,
    [CRYPTO_BRAINPOOL_P256R1] = 13,
    [CRYPTO_P384] = 15,
    [CRYPTO_BRAINPOOL_P384R1] = 16,
    [CRYPTO_BRAINPOOL_P512R1] = 17,
    [CRYPTO_P521] = 18,
    [CRYPTO_P192] = 8,
    [CRYPTO_BRAINPOOL_P192R1] = 9,
    [CRYPTO_P224] = 10,
    [CRYPTO_BRAINPOOL_P224R1] = 11,
    [CRYPTO_BRAINPOOL_P320R1] = 14,
};

bool pace_curve_of_parameter(uint8_t parameter_id, enum crypto_curve *curve)
{
    for (size_t i = 0; i < CRYPTO_CURVE_COUNT; i++) {
        if (parameter_ids[i] == parameter_id) {
            *curve = (enum crypto_curve)i;
            return true;
        }
    }
    return false;
}

uint8_t pace_parameter_of_curve(enum crypto_curve curve)
{
    return parameter_ids[curve];
}

// --- Nonces ----------------------------------------------------------------------------------------------

// Multiples of the block (9303-11 §4.4.3.3).
enum { NONCE_SHORT = CRYPTO_BLOCK, NONCE_LONG = 2 * CRYPTO_BLOCK };

size_t pace_nonce_length(const struct pace_protocol *protocol)
{
    const size_t key = suite_key_length(protocol->suite);
    return protocol->mapping == PACE_ECDH_IM && key > NONCE_SHORT ? NONCE_LONG : NONCE_SHORT;
}

bool pace_nonce_length_allowed(const struct pace_protocol *protocol, size_t n)
{
    if (protocol->mapping == PACE_ECDH_IM) {
        return n == pace_nonce_length(protocol);
    }
    return n == NONCE_SHORT || n == NONCE_LONG;
}

size_t pace_terminal_nonce_length(const struct pace_protocol *protocol)
{
    return suite_key_length(protocol->suite);
}

bool pace_password_key(enum secure_messaging_suite suite, struct span password, struct crypto_cipher_key *key)
{
    uint8_t bytes[CRYPTO_CIPHER_KEY_MAX];
    const bool ok = kdf_derive(suite, password, span_of(NULL, 0), KDF_PASSWORD, bytes) &&
                    crypto_cipher_load(key, suite_cipher(suite), span_of(bytes, suite_key_length(suite)));
    if (!ok) {
        memset(key, 0, sizeof *key);
    }
    crypto_wipe(bytes, sizeof bytes);
    return ok;
}

static const uint8_t zero_iv[CRYPTO_BLOCK];

bool pace_encrypt_nonce(const struct crypto_cipher_key *password_key, struct span nonce, uint8_t *encrypted)
{
    return nonce.n > 0 && nonce.n <= PACE_NONCE_MAX &&
           crypto_cbc_encrypt(password_key, zero_iv, nonce, encrypted);
}

bool pace_decrypt_nonce(const struct crypto_cipher_key *password_key, struct span encrypted, uint8_t *nonce)
{
    return encrypted.n > 0 && encrypted.n <= PACE_NONCE_MAX &&
           crypto_cbc_decrypt(password_key, zero_iv, encrypted, nonce);
}

// --- Mapping ---------------------------------------------------------------------------------------------

bool pace_map_generic(const struct pace_protocol *protocol, const struct crypto_random *random,
                      const struct crypto_ec_key *own_mapping_key, struct span other_mapping_point,
                      struct span nonce, uint8_t *generator)
{
    const enum crypto_curve curve = protocol->curve;
    const size_t n = crypto_curve_length(curve);
    const size_t point_length = crypto_curve_point_length(curve);
    uint8_t secret[CRYPTO_FIELD_MAX];
    uint8_t h[CRYPTO_POINT_MAX];
    const bool ok = crypto_ec_curve(own_mapping_key) == curve &&
                    pace_nonce_length_allowed(protocol, nonce.n) &&
                    crypto_ec_secret(own_mapping_key, secret) &&
                    crypto_ec_multiply(curve, random, span_of(secret, n), other_mapping_point, h) &&
                    crypto_ec_multiply_add(curve, random, nonce, span_of(h, point_length), generator);
    if (!ok) {
        crypto_wipe(generator, point_length);
    }
    crypto_wipe(secret, sizeof secret);
    crypto_wipe(h, sizeof h);
    return ok;
}

// c0 and c1 of the pseudo-random function, for l = 128 and l = 256 (9303-11 §4.4.3.3.2). With ARIA the
// construction and its constants are the same, E being ARIA.
static const uint8_t c0_128[] = {0xA6, 0x68, 0x89, 0x2A, 0x7C, 0x41, 0xE3, 0xCA,
                                 0x73, 0x9F, 0x40, 0xB0, 0x57, 0xD8, 0x59, 0x04};
static const uint8_t c1_128[] = {0xA4, 0xE1, 0x36, 0xAC, 0x72, 0x5F, 0x73, 0x8B,
                                 0x01, 0xC1, 0xF6, 0x02, 0x17, 0xC1, 0x88, 0xAD};
static const uint8_t c0_256[] = {0xD4, 0x63, 0xD6, 0x52, 0x34, 0x12, 0x4E, 0xF7, 0x89, 0x70, 0x54,
                                 0x98, 0x6D, 0xCA, 0x0A, 0x17, 0x4E, 0x28, 0xDF, 0x75, 0x8C, 0xBA,
                                 0xA0, 0x3F, 0x24, 0x06, 0x16, 0x41, 0x4D, 0x5A, 0x16, 0x76};
static const uint8_t c1_256[] = {0x54, 0xBD, 0x72, 0x55, 0xF0, 0xAA, 0xF8, 0x31, 0xBE, 0xC3, 0x42,
                                 0x3F, 0xCF, 0x39, 0xD6, 0x9B, 0x6C, 0xBF, 0x06, 0x66, 0x77, 0xD0,
                                 0xFA, 0xAE, 0x5A, 0xAD, 0xD9, 0x9D, 0xF8, 0xE5, 0x35, 0x17};

enum {
    // R(s, t) is 64 bits longer than p, so that its remainder mod p is close to uniform.
    PSEUDO_RANDOM_EXTRA = 64 / 8,
    PSEUDO_RANDOM_MAX =
        (CRYPTO_FIELD_MAX + PSEUDO_RANDOM_EXTRA + PACE_NONCE_MAX - 1) / PACE_NONCE_MAX * PACE_NONCE_MAX,
};

// The cipher E of the function, and its suite.
struct pseudo_random {
    pace_load *load;
    enum secure_messaging_suite suite;
};

// E(key, in) in CBC with IV 0, the key used once. in.n bytes.
static bool encrypt_under(const struct pseudo_random *function, struct span key, struct span in, uint8_t *out)
{
    struct crypto_cipher_key loaded = {0};
    const bool ok =
        function->load(&loaded, function->suite, key) && crypto_cbc_encrypt(&loaded, zero_iv, in, out);
    crypto_cipher_release(&loaded);
    return ok;
}

// At least `needed` bytes of x_1 || x_2 || … of figure 2. Each k_i is cut to the key's length.
static bool pseudo_random(const struct pseudo_random *function, size_t needed, struct span nonce,
                          struct span terminal_nonce, uint8_t output[PSEUDO_RANDOM_MAX],
                          size_t *output_length)
{
    const size_t l = nonce.n;
    const struct span c0 = l == sizeof c0_128 ? span_of(c0_128, l) : span_of(c0_256, l);
    const struct span c1 = l == sizeof c1_128 ? span_of(c1_128, l) : span_of(c1_256, l);
    uint8_t key[PACE_NONCE_MAX];
    uint8_t next[PACE_NONCE_MAX];
    const struct span k = span_of(key, terminal_nonce.n);
    bool ok = encrypt_under(function, terminal_nonce, nonce, key);
    size_t done = 0;
    while (ok && done < needed) {
        ok = encrypt_under(function, k, c1, output + done) && encrypt_under(function, k, c0, next);
        memcpy(key, next, l);
        done += l;
    }
    *output_length = done;
    crypto_wipe(key, sizeof key);
    crypto_wipe(next, sizeof next);
    return ok;
}

bool pace_map_integrated_by(pace_load *load, const struct pace_protocol *protocol, struct span nonce,
                            struct span terminal_nonce, uint8_t *generator)
{
    const enum crypto_curve curve = protocol->curve;
    const size_t needed = crypto_curve_length(curve) + PSEUDO_RANDOM_EXTRA;
    const struct pseudo_random function = {load, protocol->suite};
    uint8_t output[PSEUDO_RANDOM_MAX];
    uint8_t element[CRYPTO_FIELD_MAX];
    size_t n;
    const bool ok = terminal_nonce.n <= nonce.n && (nonce.n == NONCE_SHORT || nonce.n == NONCE_LONG) &&
                    pseudo_random(&function, needed, nonce, terminal_nonce, output, &n) &&
                    crypto_ec_reduce(curve, span_of(output, n), element) &&
                    crypto_ec_encode_point(curve, span_of(element, crypto_curve_length(curve)), generator);
    if (!ok) {
        crypto_wipe(generator, crypto_curve_point_length(curve));
    }
    crypto_wipe(output, sizeof output);
    crypto_wipe(element, sizeof element);
    return ok;
}

static bool load_of_suite(struct crypto_cipher_key *key, enum secure_messaging_suite suite, struct span bytes)
{
    return crypto_cipher_load(key, suite_cipher(suite), bytes);
}

bool pace_map_integrated(const struct pace_protocol *protocol, struct span nonce, struct span terminal_nonce,
                         uint8_t *generator)
{
    if (suite_key_length(protocol->suite) == 0 || nonce.n != pace_nonce_length(protocol) ||
        terminal_nonce.n != pace_terminal_nonce_length(protocol)) {
        crypto_wipe(generator, crypto_curve_point_length(protocol->curve));
        return false;
    }
    return pace_map_integrated_by(load_of_suite, protocol, nonce, terminal_nonce, generator);
}

// --- Key agreement and tokens ----------------------------------------------------------------------------

bool pace_generate_ephemeral(enum crypto_curve curve, const struct crypto_random *random,
                             struct span generator, uint8_t *secret, uint8_t *point)
{
    const size_t n = crypto_curve_length(curve);
    if (!crypto_ec_random_scalar(curve, random, secret) ||
        !crypto_ec_multiply(curve, random, span_of(secret, n), generator, point)) {
        crypto_wipe(secret, n);
        crypto_wipe(point, crypto_curve_point_length(curve));
        return false;
    }
    return true;
}

bool pace_agree(enum crypto_curve curve, const struct crypto_random *random, struct span secret,
                struct span own_point, struct span other_point, uint8_t *shared)
{
    const size_t n = crypto_curve_length(curve);
    uint8_t product[CRYPTO_POINT_MAX];
    const bool ok = !span_equal(own_point, other_point) &&
                    crypto_ec_multiply(curve, random, secret, other_point, product);
    if (ok) {
        memcpy(shared, product + 1, n);
    } else {
        crypto_wipe(shared, n);
    }
    crypto_wipe(product, sizeof product);
    return ok;
}

// Tags of a public key data object (9303-11 §9.4.4).
enum { TAG_PUBLIC_KEY = 0x7F49, TAG_OID = 0x06, TAG_PUBLIC_POINT = 0x86, OID_MAX = 32 };

bool pace_token(const struct crypto_cipher_key *mac_key, struct span oid, struct span point,
                uint8_t token[PACE_TOKEN])
{
    uint8_t object[3 + 2 + OID_MAX + 3 + CRYPTO_POINT_MAX];
    struct writer w = writer_of(object, sizeof object);
    const size_t opened = tlv_open(&w, TAG_PUBLIC_KEY);
    tlv_put(&w, TAG_OID, oid);
    tlv_put(&w, TAG_PUBLIC_POINT, point);
    tlv_close(&w, opened);
    const struct span message = writer_span(&w);
    if (w.overflow || !crypto_mac(mac_key, &message, 1, token)) {
        crypto_wipe(token, PACE_TOKEN);
        return false;
    }
    return true;
}

bool pace_start_session(struct sm_session *session, enum secure_messaging_suite suite, struct span shared,
                        struct span nonce)
{
    const size_t n = suite_key_length(suite);
    uint8_t encryption[CRYPTO_CIPHER_KEY_MAX];
    uint8_t mac[CRYPTO_CIPHER_KEY_MAX];
    const bool ok = kdf_derive(suite, shared, nonce, KDF_ENCRYPTION, encryption) &&
                    kdf_derive(suite, shared, nonce, KDF_MAC, mac) &&
                    sm_start(session, suite, span_of(encryption, n), span_of(mac, n));
    if (!ok) {
        sm_end(session);
    }
    crypto_wipe(encryption, sizeof encryption);
    crypto_wipe(mac, sizeof mac);
    return ok;
}

// --- Chip Authentication Mapping -------------------------------------------------------------------------

// IV = E(KS_enc, -1) (9303-11 §4.4.3.5.4).
static bool chip_data_iv(const struct crypto_cipher_key *key, uint8_t iv[CRYPTO_BLOCK])
{
    uint8_t minus_one[CRYPTO_BLOCK];
    memset(minus_one, 0xFF, sizeof minus_one);
    return crypto_cipher_encrypt_block(key, minus_one, iv);
}

bool pace_encrypt_chip_data(const struct crypto_cipher_key *encryption_key, struct span chip_data,
                            struct writer *encrypted)
{
    uint8_t iv[CRYPTO_BLOCK];
    return chip_data_iv(encryption_key, iv) && padded_cbc_encrypt(encryption_key, iv, chip_data, encrypted);
}

bool pace_decrypt_chip_data(const struct crypto_cipher_key *encryption_key, struct span encrypted,
                            struct writer *chip_data)
{
    uint8_t iv[CRYPTO_BLOCK];
    return chip_data_iv(encryption_key, iv) && padded_cbc_decrypt(encryption_key, iv, encrypted, chip_data);
}

bool pace_verify_chip_data(enum crypto_curve curve, const struct crypto_random *random, struct span chip_data,
                           struct span static_point, struct span mapping_point)
{
    uint8_t product[CRYPTO_POINT_MAX];
    return chip_data.n == crypto_curve_length(curve) &&
           crypto_ec_multiply(curve, random, chip_data, static_point, product) &&
           span_equal(span_of(product, crypto_curve_point_length(curve)), mapping_point);
}
