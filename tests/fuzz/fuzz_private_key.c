// Key files: as they come, and with any bytes where the decrypted key should stand (RFC 5958, RFC 8018).
// SPDX-License-Identifier: Apache-2.0
//
// The program is linked with --wrap=crypto_pbkdf2: one iteration stands for the many that a file asks for. An
// input that begins with MODE_INSIDE is what lies under the encryption, before its padding.
#include "tests/fuzz/fuzz.h"

#include "card/wire/tlv.h"
#include "host/pki/der.h"
#include "host/pki/oids.h"
#include "host/pki/private_key.h"

enum { MODE_INSIDE = 1, INPUT_MAX = PRIVATE_KEY_DER_MAX, FILE_MAX = INPUT_MAX + 256 };

static const char passphrase_text[] = "passphrase";
static const uint8_t salt[16] = {1}, vector[CRYPTO_BLOCK] = {2};

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the names that the linker makes
bool __real_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt_bytes,
                          uint32_t iterations, uint8_t *out, size_t n);
bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt_bytes,
                          uint32_t iterations, uint8_t *out, size_t n);

bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt_bytes,
                          uint32_t iterations, uint8_t *out, size_t n)
{
    require(iterations >= 1 && iterations <= 6000000);
    return __real_crypto_pbkdf2(hash, passphrase, salt_bytes, 1, out, n);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static struct span passphrase(void)
{
    return span_of(passphrase_text, sizeof passphrase_text - 1);
}

static bool fill(void *context, uint8_t *out, size_t n)
{
    (void)context;
    memset(out, 0x42, n);
    return true;
}

static const struct crypto_random same_bytes = {fill, NULL};

// EncryptedPrivateKeyInfo around `plain`, which is padded here.
static void put_file(struct writer *w, struct span plain)
{
    uint8_t key_bytes[32], padded[INPUT_MAX + CRYPTO_BLOCK];
    struct crypto_cipher_key key = {0};
    const uint8_t padding = (uint8_t)(CRYPTO_BLOCK - plain.n % CRYPTO_BLOCK);
    memcpy(padded, plain.p, plain.n);
    memset(padded + plain.n, padding, padding);
    const struct span whole = span_of(padded, plain.n + padding);
    require(crypto_pbkdf2(CRYPTO_SHA256, passphrase(), span_of(salt, sizeof salt), 1, key_bytes,
                          sizeof key_bytes));
    require(crypto_cipher_load(&key, CRYPTO_AES, span_of(key_bytes, sizeof key_bytes)));
    require(crypto_cbc_encrypt(&key, vector, whole, padded));
    crypto_cipher_release(&key);
    const size_t file = tlv_open(w, DER_SEQUENCE);
    const size_t algorithm = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_PBES2);
    const size_t parameters = tlv_open(w, DER_SEQUENCE);
    const size_t derivation = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_PBKDF2);
    const size_t inner = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OCTET_STRING, span_of(salt, sizeof salt));
    der_put_number(w, 1);
    der_put_algorithm(w, OID_HMAC_SHA256);
    tlv_close(w, inner);
    tlv_close(w, derivation);
    const size_t scheme = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_AES256_CBC);
    tlv_put(w, DER_OCTET_STRING, span_of(vector, sizeof vector));
    tlv_close(w, scheme);
    tlv_close(w, parameters);
    tlv_close(w, algorithm);
    tlv_put(w, DER_OCTET_STRING, whole);
    tlv_close(w, file);
    require(!w->overflow);
}

// A key that was accepted is written and read as the same key.
static void check_key(const struct crypto_ec_key *key)
{
    uint8_t file[FILE_MAX], secret[CRYPTO_FIELD_MAX], again[CRYPTO_FIELD_MAX];
    struct crypto_ec_key read = {0};
    struct writer w = writer_of(file, sizeof file);
    require(private_key_encrypt(key, passphrase(), 1, &same_bytes, &w) == JUMIN_OK);
    require(private_key_decrypt(writer_span(&w), passphrase(), &same_bytes, &read) == JUMIN_OK);
    require(crypto_ec_curve(&read) == crypto_ec_curve(key));
    require(crypto_ec_secret(key, secret) && crypto_ec_secret(&read, again));
    require(crypto_equal(secret, again, crypto_curve_length(crypto_ec_curve(key))));
    crypto_ec_release(&read);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint8_t file[FILE_MAX];
    struct writer w = writer_of(file, sizeof file);
    struct crypto_ec_key key = {0};
    if (n == 0 || n > INPUT_MAX) {
        return 0;
    }
    struct span input = span_of(bytes + 1, n - 1);
    if (bytes[0] == MODE_INSIDE) {
        put_file(&w, input);
        input = writer_span(&w);
    }
    if (private_key_decrypt(input, passphrase(), &same_bytes, &key) == JUMIN_OK) {
        check_key(&key);
        crypto_ec_release(&key);
    }
    return 0;
}
