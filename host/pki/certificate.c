// Making X.509 certificates and CRLs in the profiles of 9303-12 §7 (CSCA, document signer, CRL) and of ISO
// 18013-5 Annex B (the mobile credential's).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/certificate.h"

#include "host/pki/der.h"
#include "host/pki/oids.h"
#include "host/pki/purposes.h"

enum {
    VERSION_3 = 2,                 // RFC 5280 §4.1.2.1
    TAG_VERSION = 0xA0,            // [0] EXPLICIT
    TAG_EXTENSIONS = 0xA3,         // [3] EXPLICIT
    TAG_CRL_EXTENSIONS = 0xA0,     // [0] EXPLICIT, RFC 5280 §5.1
    TAG_KEY_IDENTIFIER = 0x80,     // [0] of AuthorityKeyIdentifier
    TAG_DIRECTORY_NAME = 0xA4,     // [4] of GeneralName
    TAG_DISTRIBUTION_POINT = 0xA0, // [0] of DistributionPoint
    TAG_FULL_NAME = 0xA0,          // [0] of DistributionPointName
    TAG_DNS_NAME = 0x82,           // [2] of GeneralName
    TAG_URI = 0x86,                // [6] of GeneralName
    TAG_NOT_BEFORE = 0x80,         // [0] of PrivateKeyUsagePeriod
    TAG_NOT_AFTER = 0x81,
    EC_PARAMETERS_VERSION = 1, // TR-03111 §5.3, ecpVer1
};

enum crypto_hash certificate_hash(enum crypto_curve curve)
{
    const size_t length = crypto_curve_length(curve);
    return length <= 32 ? CRYPTO_SHA256 : length <= 48 ? CRYPTO_SHA384 : CRYPTO_SHA512;
}

bool certificate_key_identifier(const struct crypto_ec_key *key,
                                uint8_t identifier[CERTIFICATE_KEY_IDENTIFIER])
{
    uint8_t point[CRYPTO_POINT_MAX];
    const struct span bits = span_of(point, crypto_curve_point_length(crypto_ec_curve(key)));
    return crypto_ec_public(key, point) && crypto_hash_parts(CRYPTO_SHA1, &bits, 1, identifier);
}

static void put_text(struct writer *w, uint8_t tag, const char *text)
{
    tlv_put(w, tag, span_of(text, strlen(text)));
}

static void put_attribute(struct writer *w, struct span type, uint8_t tag, const char *value)
{
    const size_t set = tlv_open(w, DER_SET);
    const size_t attribute = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, type);
    put_text(w, tag, value);
    tlv_close(w, attribute);
    tlv_close(w, set);
}

void put_certificate_name(struct writer *w, const struct certificate_name *name)
{
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    put_attribute(w, OID_COUNTRY, DER_PRINTABLE_STRING, name->country);
    put_attribute(w, OID_ORGANIZATION, DER_UTF8_STRING, name->organization);
    put_attribute(w, OID_COMMON_NAME, DER_UTF8_STRING, name->common_name);
    tlv_close(w, sequence);
}

// ECParameters spelled out, as 9303-12 §4.4 demands (named curves are not allowed).
static void put_curve_parameters(struct writer *w, enum crypto_curve curve)
{
    const size_t n = crypto_curve_length(curve);
    struct crypto_curve_parameters parameters;
    if (!crypto_curve_parameters(curve, &parameters)) {
        w->overflow = true;
        return;
    }
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    der_put_number(w, EC_PARAMETERS_VERSION);
    const size_t field = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_PRIME_FIELD);
    der_put_integer(w, span_of(parameters.p, n));
    tlv_close(w, field);
    const size_t coefficients = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OCTET_STRING, span_of(parameters.a, n));
    tlv_put(w, DER_OCTET_STRING, span_of(parameters.b, n));
    tlv_close(w, coefficients);
    tlv_put(w, DER_OCTET_STRING, span_of(parameters.generator, crypto_curve_point_length(curve)));
    der_put_integer(w, span_of(parameters.order, n));
    der_put_number(w, 1); // cofactor
    tlv_close(w, sequence);
}

void put_subject_public_key(struct writer *w, enum crypto_curve curve, struct span point)
{
    const size_t info = tlv_open(w, DER_SEQUENCE);
    const size_t algorithm = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_EC_PUBLIC_KEY);
    put_curve_parameters(w, curve);
    tlv_close(w, algorithm);
    der_put_bit_string(w, point);
    tlv_close(w, info);
}

// ISO 18013-5 §B.1 wants the curve's name where 9303-12 forbids it.
static void put_named_key(struct writer *w, enum crypto_curve curve, struct span point)
{
    const size_t info = tlv_open(w, DER_SEQUENCE);
    const size_t algorithm = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, OID_EC_PUBLIC_KEY);
    tlv_put(w, DER_OID, oid_of_curve(curve));
    tlv_close(w, algorithm);
    der_put_bit_string(w, point);
    tlv_close(w, info);
}

static bool is_mobile(enum certificate_profile profile)
{
    return profile >= CERTIFICATE_IACA;
}

static void put_key(struct writer *w, enum certificate_profile profile, const struct crypto_ec_key *key)
{
    const enum crypto_curve curve = crypto_ec_curve(key);
    uint8_t point[CRYPTO_POINT_MAX];
    w->overflow = w->overflow || !crypto_ec_public(key, point);
    (is_mobile(profile) ? put_named_key
                        : put_subject_public_key)(w, curve, span_of(point, crypto_curve_point_length(curve)));
}

// Opens one extension; its content goes between open_extension and close_extension.
struct extension {
    size_t sequence, octets;
};

static struct extension open_extension(struct writer *w, struct span oid, bool critical)
{
    static const uint8_t true_value = 0xFF;
    struct extension extension = {.sequence = tlv_open(w, DER_SEQUENCE)};
    tlv_put(w, DER_OID, oid);
    if (critical) {
        tlv_put(w, DER_BOOLEAN, span_of(&true_value, 1));
    }
    extension.octets = tlv_open(w, DER_OCTET_STRING);
    return extension;
}

static void close_extension(struct writer *w, struct extension extension)
{
    tlv_close(w, extension.octets);
    tlv_close(w, extension.sequence);
}

static void put_authority_key_identifier(struct writer *w,
                                         const uint8_t identifier[CERTIFICATE_KEY_IDENTIFIER])
{
    const struct extension extension = open_extension(w, OID_AUTHORITY_KEY_IDENTIFIER, false);
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, TAG_KEY_IDENTIFIER, span_of(identifier, CERTIFICATE_KEY_IDENTIFIER));
    tlv_close(w, sequence);
    close_extension(w, extension);
}

static void put_subject_key_identifier(struct writer *w, const uint8_t identifier[CERTIFICATE_KEY_IDENTIFIER])
{
    const struct extension extension = open_extension(w, OID_SUBJECT_KEY_IDENTIFIER, false);
    tlv_put(w, DER_OCTET_STRING, span_of(identifier, CERTIFICATE_KEY_IDENTIFIER));
    close_extension(w, extension);
}

static bool is_authority(enum certificate_profile profile)
{
    return profile == CERTIFICATE_CSCA || profile == CERTIFICATE_IACA;
}

// RFC 5280 §4.2.1.3: keyCertSign (5) and cRLSign (6), or digitalSignature (0); each with its unused bits.
static void put_key_usage(struct writer *w, enum certificate_profile profile)
{
    static const uint8_t ca_usage[2] = {1, 0x06}, signer_usage[2] = {7, 0x80};
    const struct extension extension = open_extension(w, OID_KEY_USAGE, true);
    tlv_put(w, DER_BIT_STRING, span_of(is_authority(profile) ? ca_usage : signer_usage, 2));
    close_extension(w, extension);
}

static void put_key_period(struct writer *w, const struct certificate_request *request)
{
    const struct extension extension = open_extension(w, OID_PRIVATE_KEY_USAGE_PERIOD, false);
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    der_put_generalized_time(w, TAG_NOT_BEFORE, request->not_before);
    der_put_generalized_time(w, TAG_NOT_AFTER, request->key_not_after);
    tlv_close(w, sequence);
    close_extension(w, extension);
}

// directoryName with the ICAO country code as locality (9303-12 §7.1).
static void put_alternative_name(struct writer *w, struct span oid, const char *location)
{
    const struct extension extension = open_extension(w, oid, false);
    const size_t names = tlv_open(w, DER_SEQUENCE);
    const size_t directory = tlv_open(w, TAG_DIRECTORY_NAME);
    const size_t name = tlv_open(w, DER_SEQUENCE);
    put_attribute(w, OID_LOCALITY, DER_PRINTABLE_STRING, location);
    tlv_close(w, name);
    tlv_close(w, directory);
    tlv_close(w, names);
    close_extension(w, extension);
}

// DistributionPoint with the list's URI as fullName (RFC 5280 §4.2.1.13).
static void put_distribution_point(struct writer *w, const char *uri)
{
    const struct extension extension = open_extension(w, OID_CRL_DISTRIBUTION_POINTS, false);
    const size_t points = tlv_open(w, DER_SEQUENCE);
    const size_t point = tlv_open(w, DER_SEQUENCE);
    const size_t name = tlv_open(w, TAG_DISTRIBUTION_POINT);
    const size_t full_name = tlv_open(w, TAG_FULL_NAME);
    put_text(w, TAG_URI, uri);
    tlv_close(w, full_name);
    tlv_close(w, name);
    tlv_close(w, point);
    tlv_close(w, points);
    close_extension(w, extension);
}

// A CSCA, or an IACA, signs signers and nothing below them: pathLenConstraint 0.
static void put_basic_constraints(struct writer *w)
{
    static const uint8_t true_value = 0xFF;
    const struct extension extension = open_extension(w, OID_BASIC_CONSTRAINTS, true);
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_BOOLEAN, span_of(&true_value, 1));
    der_put_number(w, 0);
    tlv_close(w, sequence);
    close_extension(w, extension);
}

// The MRZ document codes that the signer may sign (9303-12 §7.1): identity cards.
static void put_document_types(struct writer *w)
{
    const struct extension extension = open_extension(w, OID_DOCUMENT_TYPE_LIST, false);
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    der_put_number(w, 0);
    const size_t set = tlv_open(w, DER_SET);
    put_text(w, DER_PRINTABLE_STRING, "I");
    tlv_close(w, set);
    tlv_close(w, sequence);
    close_extension(w, extension);
}

// What 9303-12 §7.1 has beside what both have.
static void put_icao_extensions(struct writer *w, const struct certificate_request *request)
{
    put_key_period(w, request);
    put_alternative_name(w, OID_SUBJECT_ALT_NAME, request->location);
    put_alternative_name(w, OID_ISSUER_ALT_NAME, request->location);
}

static void put_simple_name(struct writer *w, struct span oid, uint8_t tag, const char *text)
{
    const struct extension extension = open_extension(w, oid, false);
    const size_t names = tlv_open(w, DER_SEQUENCE);
    put_text(w, tag, text);
    tlv_close(w, names);
    close_extension(w, extension);
}

// Critical, and one usage only (ISO 18013-5 §B.1.4, §B.1.7).
static void put_extended_key_usage(struct writer *w, struct span usage)
{
    const struct extension extension = open_extension(w, OID_EXTENDED_KEY_USAGE, true);
    const size_t usages = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, usage);
    tlv_close(w, usages);
    close_extension(w, extension);
}

// What ISO 18013-5 Annex B has. The purposes are not critical, so that wallets of others take the
// certificate.
static void put_mobile_extensions(struct writer *w, const struct certificate_request *request)
{
    const struct span usages[] = {
        [CERTIFICATE_MDOC_SIGNER] = OID_MDOC_SIGNER,
        [CERTIFICATE_STATUS_SIGNER] = OID_STATUS_SIGNER,
        [CERTIFICATE_SD_JWT_ISSUER] = OID_SD_JWT_ISSUER,
        [CERTIFICATE_TRUST_LIST_SIGNER] = OID_TRUST_LIST_SIGNER,
        [CERTIFICATE_READER] = OID_MDOC_READER,
    };
    put_simple_name(w, OID_ISSUER_ALT_NAME, TAG_URI, request->contact);
    if (request->host != NULL) {
        put_simple_name(w, OID_SUBJECT_ALT_NAME, TAG_DNS_NAME, request->host);
    }
    if (!is_authority(request->profile)) {
        put_extended_key_usage(w, usages[request->profile]);
    }
    if (request->profile == CERTIFICATE_READER) {
        const struct extension extension = open_extension(w, OID_READER_PURPOSES, false);
        purposes_put(w, request->purposes);
        close_extension(w, extension);
    }
}

static void put_extensions(struct writer *w, const struct certificate_request *request,
                           const struct crypto_ec_key *issuer_key)
{
    uint8_t authority[CERTIFICATE_KEY_IDENTIFIER], subject[CERTIFICATE_KEY_IDENTIFIER];
    w->overflow = w->overflow || !certificate_key_identifier(issuer_key, authority) ||
                  !certificate_key_identifier(request->subject_key, subject);
    const size_t explicit_tag = tlv_open(w, TAG_EXTENSIONS);
    const size_t extensions = tlv_open(w, DER_SEQUENCE);
    put_authority_key_identifier(w, authority);
    put_subject_key_identifier(w, subject);
    put_key_usage(w, request->profile);
    (is_mobile(request->profile) ? put_mobile_extensions : put_icao_extensions)(w, request);
    put_distribution_point(w, request->revocation_list);
    if (is_authority(request->profile)) {
        put_basic_constraints(w);
    } else if (!is_mobile(request->profile)) {
        put_document_types(w);
    }
    tlv_close(w, extensions);
    tlv_close(w, explicit_tag);
}

// SEQUENCE { tbs, algorithm, signature }: what certificates and CRLs have in common.
static bool sign(struct span tbs, const struct signing_key *key, const struct crypto_random *random,
                 struct writer *der)
{
    const enum crypto_curve curve = crypto_ec_curve(&key->key);
    const enum crypto_hash hash = certificate_hash(curve);
    uint8_t digest[CRYPTO_HASH_MAX], signature[CRYPTO_SIGNATURE_MAX], value[CRYPTO_SIGNATURE_MAX + 16];
    if (!crypto_hash_parts(hash, &tbs, 1, digest) ||
        !signing_key_sign(key, random, span_of(digest, crypto_hash_length(hash)), signature)) {
        return false;
    }
    struct writer coded = writer_of(value, sizeof value);
    der_put_ecdsa_signature(&coded, span_of(signature, 2 * crypto_curve_length(curve)));
    const size_t whole = tlv_open(der, DER_SEQUENCE);
    writer_put(der, tbs);
    der_put_algorithm(der, oid_of_ecdsa(hash));
    der_put_bit_string(der, writer_span(&coded));
    tlv_close(der, whole);
    return !coded.overflow && !der->overflow;
}

bool certificate_issue(const struct certificate_request *request, const struct signing_key *issuer_key,
                       const struct crypto_random *random, struct writer *der)
{
    uint8_t bytes[CERTIFICATE_MAX];
    struct writer tbs = writer_of(bytes, sizeof bytes);
    const size_t sequence = tlv_open(&tbs, DER_SEQUENCE);
    const size_t version = tlv_open(&tbs, TAG_VERSION);
    der_put_number(&tbs, VERSION_3);
    tlv_close(&tbs, version);
    der_put_integer(&tbs, span_of(request->serial, sizeof request->serial));
    der_put_algorithm(&tbs, oid_of_ecdsa(certificate_hash(crypto_ec_curve(&issuer_key->key))));
    put_certificate_name(&tbs, &request->issuer);
    const size_t validity = tlv_open(&tbs, DER_SEQUENCE);
    der_put_time(&tbs, request->not_before);
    der_put_time(&tbs, request->not_after);
    tlv_close(&tbs, validity);
    put_certificate_name(&tbs, &request->subject);
    put_key(&tbs, request->profile, request->subject_key);
    put_extensions(&tbs, request, &issuer_key->key);
    tlv_close(&tbs, sequence);
    return !tbs.overflow && sign(writer_span(&tbs), issuer_key, random, der);
}

bool revocation_list_issue(const struct revocation_request *request, const struct signing_key *issuer_key,
                           const struct crypto_random *random, struct writer *der)
{
    uint8_t bytes[REVOCATION_LIST_MAX], identifier[CERTIFICATE_KEY_IDENTIFIER];
    struct writer tbs = writer_of(bytes, sizeof bytes);
    tbs.overflow = !certificate_key_identifier(&issuer_key->key, identifier);
    const size_t sequence = tlv_open(&tbs, DER_SEQUENCE);
    der_put_number(&tbs, 1); // version 2
    der_put_algorithm(&tbs, oid_of_ecdsa(certificate_hash(crypto_ec_curve(&issuer_key->key))));
    put_certificate_name(&tbs, &request->issuer);
    der_put_time(&tbs, request->this_update);
    der_put_time(&tbs, request->next_update);
    // An empty list is left out (RFC 5280 §5.1.2.6).
    const size_t revoked = request->count > 0 ? tlv_open(&tbs, DER_SEQUENCE) : 0;
    for (size_t i = 0; i < request->count; i++) {
        const size_t entry = tlv_open(&tbs, DER_SEQUENCE);
        der_put_integer(&tbs, request->entries[i].serial);
        der_put_time(&tbs, request->entries[i].revoked);
        tlv_close(&tbs, entry);
    }
    if (request->count > 0) {
        tlv_close(&tbs, revoked);
    }
    const size_t explicit_tag = tlv_open(&tbs, TAG_CRL_EXTENSIONS);
    const size_t extensions = tlv_open(&tbs, DER_SEQUENCE);
    put_authority_key_identifier(&tbs, identifier);
    const struct extension number = open_extension(&tbs, OID_CRL_NUMBER, false);
    der_put_number(&tbs, request->number);
    close_extension(&tbs, number);
    tlv_close(&tbs, extensions);
    tlv_close(&tbs, explicit_tag);
    tlv_close(&tbs, sequence);
    return !tbs.overflow && sign(writer_span(&tbs), issuer_key, random, der);
}
