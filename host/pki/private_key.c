// Private keys in files: PKCS#8, encrypted by PBES2 (RFC 5958, RFC 8018), elliptic curves only (RFC 5915).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/private_key.h"

#include "host/pki/der.h"
#include "host/pki/oids.h"
#include "host/pki/pem.h"

enum {
    // What is read may ask for less, or for up to ten times as much.
    ITERATIONS_MAX = 6000000,
    SALT = 16,
    KEY = 32,
    TAG_PARAMETERS = 0xA0, // [0] of ECPrivateKey, RFC 5915 §3
    TAG_PUBLIC_KEY = 0xA1, // [1] of ECPrivateKey, RFC 5915 §3
};

struct encryption {
    struct span salt, iv;
    uint32_t iterations;
};

static bool derive_key(const struct encryption *encryption, struct span passphrase,
                       struct crypto_cipher_key *key)
{
    uint8_t bytes[KEY];
    const bool ok = crypto_pbkdf2(CRYPTO_SHA256, passphrase, encryption->salt, encryption->iterations, bytes,
                                  sizeof bytes) &&
                    crypto_cipher_load(key, CRYPTO_AES, span_of(bytes, sizeof bytes));
    crypto_wipe(bytes, sizeof bytes);
    return ok;
}

// PrivateKeyInfo with the padding of CBC (RFC 8018 §6.1.1).
static bool put_padded_info(struct writer *w, const struct crypto_ec_key *key)
{
    const enum crypto_curve curve = crypto_ec_curve(key);
    uint8_t secret[CRYPTO_FIELD_MAX], point[CRYPTO_POINT_MAX];
    const bool known = crypto_ec_secret(key, secret) && crypto_ec_public(key, point);
    const size_t info = tlv_open(w, DER_SEQUENCE);
    der_put_number(w, 0);
    const size_t algorithm = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_EC_PUBLIC_KEY);
    tlv_put(w, DER_OID, oid_of_curve(curve));
    tlv_close(w, algorithm);
    const size_t octets = tlv_open(w, DER_OCTET_STRING);
    const size_t private_key = tlv_open(w, DER_SEQUENCE);
    der_put_number(w, 1);
    tlv_put(w, DER_OCTET_STRING, span_of(secret, crypto_curve_length(curve)));
    const size_t public_key = tlv_open(w, TAG_PUBLIC_KEY);
    der_put_bit_string(w, span_of(point, crypto_curve_point_length(curve)));
    tlv_close(w, public_key);
    tlv_close(w, private_key);
    tlv_close(w, octets);
    tlv_close(w, info);
    const uint8_t padding = (uint8_t)(CRYPTO_BLOCK - w->n % CRYPTO_BLOCK);
    for (uint8_t i = 0; i < padding; i++) {
        writer_put_u8(w, padding);
    }
    crypto_wipe(secret, sizeof secret);
    return known && !w->overflow;
}

static void put_encryption(struct writer *w, const struct encryption *encryption)
{
    const size_t algorithm = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_PBES2);
    const size_t parameters = tlv_open(w, DER_SEQUENCE);

    const size_t derivation = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_PBKDF2);
    const size_t derivation_parameters = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OCTET_STRING, encryption->salt);
    der_put_number(w, encryption->iterations);
    const size_t function = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_HMAC_SHA256);
    tlv_put(w, DER_NULL, span_of(NULL, 0));
    tlv_close(w, function);
    tlv_close(w, derivation_parameters);
    tlv_close(w, derivation);

    const size_t scheme = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_AES256_CBC);
    tlv_put(w, DER_OCTET_STRING, encryption->iv);
    tlv_close(w, scheme);
    tlv_close(w, parameters);
    tlv_close(w, algorithm);
}

enum jumin_error private_key_encrypt(const struct crypto_ec_key *key, struct span passphrase,
                                     uint32_t iterations, const struct crypto_random *random,
                                     struct writer *der)
{
    enum jumin_error error = JUMIN_ERROR_CRYPTO;
    struct crypto_cipher_key cipher = {0};
    uint8_t salt[SALT], iv[CRYPTO_BLOCK], info[PRIVATE_KEY_DER_MAX];
    struct writer plain = writer_of(info, sizeof info);
    const struct encryption encryption = {span_of(salt, sizeof salt), span_of(iv, sizeof iv), iterations};
    if (!random->fill(random->context, salt, sizeof salt) || !random->fill(random->context, iv, sizeof iv) ||
        !derive_key(&encryption, passphrase, &cipher) || !put_padded_info(&plain, key) ||
        !crypto_cbc_encrypt(&cipher, iv, writer_span(&plain), info)) {
        goto out;
    }
    const size_t whole = tlv_open(der, DER_SEQUENCE);
    put_encryption(der, &encryption);
    tlv_put(der, DER_OCTET_STRING, writer_span(&plain));
    tlv_close(der, whole);
    error = der->overflow ? JUMIN_ERROR_ARGUMENT : JUMIN_OK;
out:
    crypto_cipher_release(&cipher);
    crypto_wipe(info, sizeof info);
    return error;
}

static bool expect_oid(struct span *cursor, struct span oid)
{
    struct tlv object;
    return tlv_expect(cursor, DER_OID, &object) && span_equal(object.value, oid);
}

// AlgorithmIdentifier: checks its identifier and opens its parameters.
static bool open_algorithm(struct span *cursor, struct span oid, struct span *parameters)
{
    struct tlv sequence;
    if (!tlv_expect(cursor, DER_SEQUENCE, &sequence)) {
        return false;
    }
    *parameters = sequence.value;
    return expect_oid(parameters, oid);
}

static bool parse_iterations(struct span *cursor, uint32_t *iterations)
{
    struct tlv number;
    if (!tlv_expect(cursor, DER_INTEGER, &number) || number.value.n == 0 || number.value.n > 4 ||
        (number.value.p[0] & 0x80) != 0) {
        return false;
    }
    *iterations = 0;
    for (size_t i = 0; i < number.value.n; i++) {
        *iterations = *iterations << 8 | number.value.p[i];
    }
    return *iterations >= 1 && *iterations <= ITERATIONS_MAX;
}

static bool parse_encryption(struct span *cursor, struct encryption *encryption)
{
    struct span pbes2, derivation, function, scheme;
    struct tlv sequence, octets;
    if (!open_algorithm(cursor, OID_PBES2, &pbes2) || !tlv_expect(&pbes2, DER_SEQUENCE, &sequence)) {
        return false;
    }
    struct span parameters = sequence.value;
    if (!open_algorithm(&parameters, OID_PBKDF2, &derivation) ||
        !tlv_expect(&derivation, DER_SEQUENCE, &sequence)) {
        return false;
    }
    struct span inner = sequence.value;
    if (!tlv_expect(&inner, DER_OCTET_STRING, &octets) ||
        !parse_iterations(&inner, &encryption->iterations)) {
        return false;
    }
    encryption->salt = octets.value;
    (void)tlv_expect(&inner, DER_INTEGER, &sequence); // keyLength is optional and adds nothing
    if (!open_algorithm(&inner, OID_HMAC_SHA256, &function) ||
        !open_algorithm(&parameters, OID_AES256_CBC, &scheme) ||
        !tlv_expect(&scheme, DER_OCTET_STRING, &octets) || octets.value.n != CRYPTO_BLOCK) {
        return false;
    }
    encryption->iv = octets.value;
    return true;
}

// Drops the padding: 1 to 16 bytes that each hold their number.
static bool unpad(struct span *plain)
{
    if (plain->n == 0) {
        return false;
    }
    const uint8_t padding = plain->p[plain->n - 1];
    if (padding == 0 || padding > CRYPTO_BLOCK || padding > plain->n) {
        return false;
    }
    for (size_t i = plain->n - padding; i < plain->n; i++) {
        if (plain->p[i] != padding) {
            return false;
        }
    }
    plain->n -= padding;
    return true;
}

// CBC says nothing of damage: the public key that stands beside the secret does. It is optional, and so are
// the parameters before it; anything else is damage (RFC 5915 §3).
static bool matches_public_key(struct span fields, const struct crypto_ec_key *key)
{
    uint8_t point[CRYPTO_POINT_MAX];
    const size_t length = crypto_curve_point_length(crypto_ec_curve(key));
    struct tlv parameters, public_key, bits;
    (void)tlv_expect(&fields, TAG_PARAMETERS, &parameters);
    if (fields.n == 0) {
        return true;
    }
    return tlv_expect(&fields, TAG_PUBLIC_KEY, &public_key) && fields.n == 0 &&
           tlv_expect(&public_key.value, DER_BIT_STRING, &bits) && bits.value.n == length + 1 &&
           crypto_ec_public(key, point) && memcmp(bits.value.p + 1, point, length) == 0;
}

static bool parse_info(struct span info, const struct crypto_random *random, struct crypto_ec_key *key)
{
    struct tlv sequence, number, octets, curve_oid;
    struct span algorithm;
    enum crypto_curve curve;
    if (!tlv_expect(&info, DER_SEQUENCE, &sequence)) {
        return false;
    }
    struct span fields = sequence.value;
    if (!tlv_expect(&fields, DER_INTEGER, &number) ||
        !open_algorithm(&fields, OID_EC_PUBLIC_KEY, &algorithm) ||
        !tlv_expect(&algorithm, DER_OID, &curve_oid) || !oid_curve_parse(curve_oid.value, &curve) ||
        !tlv_expect(&fields, DER_OCTET_STRING, &octets)) {
        return false;
    }
    struct span private_key = octets.value;
    if (!tlv_expect(&private_key, DER_SEQUENCE, &sequence)) {
        return false;
    }
    fields = sequence.value;
    if (!tlv_expect(&fields, DER_INTEGER, &number) || !tlv_expect(&fields, DER_OCTET_STRING, &octets) ||
        !crypto_ec_load_secret(key, curve, octets.value, random)) {
        return false;
    }
    if (!matches_public_key(fields, key)) {
        crypto_ec_release(key);
        return false;
    }
    return true;
}

enum jumin_error private_key_decrypt(struct span der, struct span passphrase,
                                     const struct crypto_random *random, struct crypto_ec_key *key)
{
    enum jumin_error error = JUMIN_ERROR_INPUT;
    struct crypto_cipher_key cipher = {0};
    uint8_t info[PRIVATE_KEY_DER_MAX];
    struct encryption encryption;
    struct tlv whole, octets;
    if (!tlv_expect(&der, DER_SEQUENCE, &whole)) {
        goto out;
    }
    struct span fields = whole.value;
    if (!parse_encryption(&fields, &encryption) || !tlv_expect(&fields, DER_OCTET_STRING, &octets) ||
        octets.value.n > sizeof info || octets.value.n % CRYPTO_BLOCK != 0) {
        goto out;
    }
    if (!derive_key(&encryption, passphrase, &cipher) ||
        !crypto_cbc_decrypt(&cipher, encryption.iv.p, octets.value, info)) {
        error = JUMIN_ERROR_CRYPTO;
        goto out;
    }
    struct span plain = span_of(info, octets.value.n);
    if (unpad(&plain) && parse_info(plain, random, key)) {
        error = JUMIN_OK;
    }
out:
    crypto_cipher_release(&cipher);
    crypto_wipe(info, sizeof info);
    return error;
}

// --- Text ----------------------------------------------------------------------------------------------------

static const char label[] = "ENCRYPTED PRIVATE KEY";

bool private_key_put_text(const struct crypto_ec_key *key, struct span passphrase,
                          const struct crypto_random *random, struct writer *text)
{
    uint8_t bytes[PRIVATE_KEY_DER_MAX];
    struct writer der = writer_of(bytes, sizeof bytes);
    if (private_key_encrypt(key, passphrase, PRIVATE_KEY_ITERATIONS, random, &der) != JUMIN_OK) {
        return false;
    }
    pem_put(text, label, writer_span(&der));
    return !text->overflow;
}

bool private_key_take_text(struct span text, struct span passphrase, const struct crypto_random *random,
                           struct crypto_ec_key *key)
{
    uint8_t bytes[PRIVATE_KEY_DER_MAX];
    struct writer der = writer_of(bytes, sizeof bytes);
    struct span found;
    return pem_next(&text, &found, &der) && span_equal(found, span_of(label, sizeof label - 1)) &&
           private_key_decrypt(writer_span(&der), passphrase, random, key) == JUMIN_OK;
}
