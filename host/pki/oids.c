// Object identifiers of certificates, keys and signed data, and the tables between them and crypto.h.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/oids.h"

const struct span OID_EC_PUBLIC_KEY = {(const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01}, 7};
const struct span OID_PRIME_FIELD = {(const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01}, 7};
const struct span OID_RSA_ENCRYPTION = {
    (const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01}, 9};
const struct span OID_RSASSA_PSS = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A},
                                    9};
const struct span OID_MGF1 = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08}, 9};
const struct span OID_PBES2 = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D}, 9};
const struct span OID_PBKDF2 = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0C}, 9};
const struct span OID_HMAC_SHA256 = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x09}, 8};
const struct span OID_AES256_CBC = {(const uint8_t[]){0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2A},
                                    9};
const struct span OID_SIGNED_DATA = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02},
                                     9};
const struct span OID_CONTENT_TYPE = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03},
                                      9};
const struct span OID_MESSAGE_DIGEST = {
    (const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04}, 9};
const struct span OID_SIGNING_TIME = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05},
                                      9};
const struct span OID_COMMON_NAME = {(const uint8_t[]){0x55, 0x04, 0x03}, 3};
const struct span OID_COUNTRY = {(const uint8_t[]){0x55, 0x04, 0x06}, 3};
const struct span OID_LOCALITY = {(const uint8_t[]){0x55, 0x04, 0x07}, 3};
const struct span OID_ORGANIZATION = {(const uint8_t[]){0x55, 0x04, 0x0A}, 3};
const struct span OID_SUBJECT_KEY_IDENTIFIER = {(const uint8_t[]){0x55, 0x1D, 0x0E}, 3};
const struct span OID_KEY_USAGE = {(const uint8_t[]){0x55, 0x1D, 0x0F}, 3};
const struct span OID_PRIVATE_KEY_USAGE_PERIOD = {(const uint8_t[]){0x55, 0x1D, 0x10}, 3};
const struct span OID_SUBJECT_ALT_NAME = {(const uint8_t[]){0x55, 0x1D, 0x11}, 3};
const struct span OID_ISSUER_ALT_NAME = {(const uint8_t[]){0x55, 0x1D, 0x12}, 3};
const struct span OID_BASIC_CONSTRAINTS = {(const uint8_t[]){0x55, 0x1D, 0x13}, 3};
const struct span OID_CRL_NUMBER = {(const uint8_t[]){0x55, 0x1D, 0x14}, 3};
const struct span OID_CRL_DISTRIBUTION_POINTS = {(const uint8_t[]){0x55, 0x1D, 0x1F}, 3};
const struct span OID_CERTIFICATE_POLICIES = {(const uint8_t[]){0x55, 0x1D, 0x20}, 3};
const struct span OID_AUTHORITY_KEY_IDENTIFIER = {(const uint8_t[]){0x55, 0x1D, 0x23}, 3};
const struct span OID_EXTENDED_KEY_USAGE = {(const uint8_t[]){0x55, 0x1D, 0x25}, 3};
const struct span OID_DOCUMENT_TYPE_LIST = {(const uint8_t[]){0x67, 0x81, 0x08, 0x01, 0x01, 0x06, 0x02}, 7};

static const struct span hash_oids[] = {
    [CRYPTO_SHA1] = {(const uint8_t[]){0x2B, 0x0E, 0x03, 0x02, 0x1A}, 5},
    [CRYPTO_SHA224] = {(const uint8_t[]){0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04}, 9},
    [CRYPTO_SHA256] = {(const uint8_t[]){0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}, 9},
    [CRYPTO_SHA384] = {(const uint8_t[]){0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02}, 9},
    [CRYPTO_SHA512] = {(const uint8_t[]){0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03}, 9},
};

static const struct span ecdsa_oids[] = {
    [CRYPTO_SHA1] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01}, 7},
    [CRYPTO_SHA224] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x01}, 8},
    [CRYPTO_SHA256] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02}, 8},
    [CRYPTO_SHA384] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03}, 8},
    [CRYPTO_SHA512] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x04}, 8},
};

static const struct span rsa_pkcs1_oids[] = {
    [CRYPTO_SHA1] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05}, 9},
    [CRYPTO_SHA224] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0E}, 9},
    [CRYPTO_SHA256] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B}, 9},
    [CRYPTO_SHA384] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C}, 9},
    [CRYPTO_SHA512] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D}, 9},
};

static const struct span curve_oids[] = {
    [CRYPTO_P256] = {(const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}, 8},
    [CRYPTO_P384] = {(const uint8_t[]){0x2B, 0x81, 0x04, 0x00, 0x22}, 5},
    [CRYPTO_BRAINPOOL_P256R1] = {(const uint8_t[]){0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07}, 9},
    [CRYPTO_BRAINPOOL_P384R1] = {(const uint8_t[]){0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0B}, 9},
    [CRYPTO_P521] = {(const uint8_t[]){0x2B, 0x81, 0x04, 0x00, 0x23}, 5},
    [CRYPTO_BRAINPOOL_P512R1] = {(const uint8_t[]){0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0D}, 9},
};

static bool find(const struct span *table, size_t count, struct span oid, size_t *index)
{
    for (size_t i = 0; i < count; i++) {
        if (span_equal(table[i], oid)) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool find_hash(const struct span *table, struct span oid, enum crypto_hash *hash)
{
    size_t index = 0;
    if (!find(table, CRYPTO_SHA512 + 1, oid, &index)) {
        return false;
    }
    *hash = (enum crypto_hash)index;
    return true;
}

struct span oid_of_hash(enum crypto_hash hash)
{
    return hash_oids[hash];
}

bool oid_hash_parse(struct span oid, enum crypto_hash *hash)
{
    return find_hash(hash_oids, oid, hash);
}

struct span oid_of_ecdsa(enum crypto_hash hash)
{
    return ecdsa_oids[hash];
}

bool oid_ecdsa_parse(struct span oid, enum crypto_hash *hash)
{
    return find_hash(ecdsa_oids, oid, hash);
}

bool oid_rsa_pkcs1_parse(struct span oid, enum crypto_hash *hash)
{
    return find_hash(rsa_pkcs1_oids, oid, hash);
}

struct span oid_of_curve(enum crypto_curve curve)
{
    return curve_oids[curve];
}

bool oid_curve_parse(struct span oid, enum crypto_curve *curve)
{
    size_t index = 0;
    if (!find(curve_oids, CRYPTO_CURVE_COUNT, oid, &index)) {
        return false;
    }
    *curve = (enum crypto_curve)index;
    return true;
}
