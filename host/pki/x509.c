// Certificates: parsing (RFC 5280 §4.1, §4.2) and the checks of one against its issuer.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/x509.h"

#include "host/pki/der_read.h"
#include "host/pki/oids.h"

enum {
    CONTEXT_PRIMITIVE_0 = 0x80,
    CONTEXT_VERSION = 0xA0,
    CONTEXT_ISSUER_UNIQUE_ID = 0x81,
    CONTEXT_SUBJECT_UNIQUE_ID = 0x82,
    CONTEXT_EXTENSIONS = 0xA3,
    VERSION_3 = 2,
};

// --- Extensions ------------------------------------------------------------------------------------------

bool x509_next_extension(struct span *extensions, struct x509_extension *extension)
{
    struct span content, rest = *extensions;
    extension->critical = false;
    if (!der_content(&rest, DER_SEQUENCE, &content) || !der_oid(&content, &extension->oid)) {
        return false;
    }
    // FALSE is the default, and should not be written; some certificates write it.
    (void)der_boolean(&content, &extension->critical);
    if (!der_content(&content, DER_OCTET_STRING, &extension->value) || content.n != 0) {
        return false;
    }
    *extensions = rest;
    return true;
}

bool x509_authority_key_identifier(struct span value, struct span *identifier)
{
    struct span content;
    bool present = false;
    *identifier = span_of(NULL, 0);
    return der_only(value, DER_SEQUENCE, &content) &&
           der_optional(&content, CONTEXT_PRIMITIVE_0, &present, identifier);
}

// KeyUsage, a BIT STRING whose first bit is digitalSignature.
static bool key_usage_parse(struct span value, struct x509_certificate *certificate)
{
    struct span content;
    if (!der_only(value, DER_BIT_STRING, &content) || content.n < 2 || content.n > 3 || content.p[0] > 7 ||
        certificate->has_key_usage) {
        return false;
    }
    for (unsigned bit = 0; bit < 8; bit++) {
        certificate->key_usage |= (content.p[1] & (0x80U >> bit)) != 0 ? 1U << bit : 0;
    }
    certificate->has_key_usage = true;
    return true;
}

static bool basic_constraints_parse(struct span value, struct x509_certificate *certificate)
{
    struct span content;
    if (!der_only(value, DER_SEQUENCE, &content) || certificate->has_basic_constraints) {
        return false;
    }
    certificate->has_basic_constraints = true;
    (void)der_boolean(&content, &certificate->is_ca);
    if (content.n > 0) {
        certificate->has_path_length = der_number(&content, &certificate->path_length);
    }
    return content.n == 0;
}

// Known by name, needing no look at the content to verify documents.
static bool is_harmless(struct span oid)
{
    const struct span known[] = {OID_PRIVATE_KEY_USAGE_PERIOD, OID_SUBJECT_ALT_NAME,
                                 OID_ISSUER_ALT_NAME,          OID_CERTIFICATE_POLICIES,
                                 OID_CRL_DISTRIBUTION_POINTS,  OID_DOCUMENT_TYPE_LIST};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (span_equal(oid, known[i])) {
            return true;
        }
    }
    return false;
}

static bool extension_parse(const struct x509_extension *extension, struct x509_certificate *certificate,
                            const char **why)
{
    if (span_equal(extension->oid, OID_KEY_USAGE)) {
        *why = "its key usage is malformed";
        return key_usage_parse(extension->value, certificate);
    }
    if (span_equal(extension->oid, OID_BASIC_CONSTRAINTS)) {
        *why = "its basic constraints are malformed";
        return basic_constraints_parse(extension->value, certificate);
    }
    if (span_equal(extension->oid, OID_SUBJECT_KEY_IDENTIFIER)) {
        *why = "its subject key identifier is malformed";
        return der_only(extension->value, DER_OCTET_STRING, &certificate->subject_key_identifier);
    }
    if (span_equal(extension->oid, OID_AUTHORITY_KEY_IDENTIFIER)) {
        *why = "its authority key identifier is malformed";
        return x509_authority_key_identifier(extension->value, &certificate->authority_key_identifier);
    }
    if (span_equal(extension->oid, OID_EXTENDED_KEY_USAGE)) {
        certificate->has_extended_key_usage = true;
        certificate->extended_key_usage = extension->value;
        return true;
    }
    *why = "it has a critical extension that is not known";
    return !extension->critical || is_harmless(extension->oid);
}

static bool extensions_parse(struct span extensions, struct x509_certificate *certificate, const char **why)
{
    for (unsigned count = 0; extensions.n > 0; count++) {
        struct x509_extension extension;
        *why = "its extensions are malformed";
        if (count == X509_EXTENSIONS_MAX || !x509_next_extension(&extensions, &extension) ||
            !extension_parse(&extension, certificate, why)) {
            return false;
        }
    }
    return true;
}

// --- Certificate -----------------------------------------------------------------------------------------

// The fields of TBSCertificate up to the public key.
static bool fields_parse(struct span *tbs, struct x509_certificate *certificate, struct span *algorithm,
                         const char **why)
{
    struct span version, validity;
    struct tlv object;
    uint32_t number = 0;
    *why = "it is not of version 3";
    if (!der_content(tbs, CONTEXT_VERSION, &version) || !der_number(&version, &number) || version.n != 0 ||
        number != VERSION_3) {
        return false;
    }
    *why = "its serial number is malformed";
    if (!der_serial(tbs, &certificate->serial)) {
        return false;
    }
    *why = "its signature algorithm is malformed";
    if (!der_expect(tbs, DER_SEQUENCE, &object)) {
        return false;
    }
    *algorithm = object.whole;
    *why = "its issuer is malformed";
    if (!der_expect(tbs, DER_SEQUENCE, &object)) {
        return false;
    }
    certificate->issuer = object.whole;
    *why = "its validity is malformed";
    if (!der_content(tbs, DER_SEQUENCE, &validity) || !der_time(&validity, &certificate->not_before) ||
        !der_time(&validity, &certificate->not_after) || validity.n != 0) {
        return false;
    }
    *why = "its subject is malformed";
    if (!der_expect(tbs, DER_SEQUENCE, &object)) {
        return false;
    }
    certificate->subject = object.whole;
    *why = "its public key is malformed or of an unknown kind";
    if (!der_expect(tbs, DER_SEQUENCE, &object) || !public_key_parse(object.whole, &certificate->key)) {
        return false;
    }
    certificate->public_key_info = object.whole;
    return true;
}

// Unique identifiers, which nobody uses, and the extensions.
static bool rest_parse(struct span tbs, struct x509_certificate *certificate, const char **why)
{
    bool present = false;
    struct span ignored, extensions, list;
    *why = "its extensions are malformed";
    if (!der_optional(&tbs, CONTEXT_ISSUER_UNIQUE_ID, &present, &ignored) ||
        !der_optional(&tbs, CONTEXT_SUBJECT_UNIQUE_ID, &present, &ignored) ||
        !der_optional(&tbs, CONTEXT_EXTENSIONS, &present, &extensions) || tbs.n != 0) {
        return false;
    }
    if (!present) {
        return true;
    }
    if (!der_only(extensions, DER_SEQUENCE, &list) || !extensions_parse(list, certificate, why)) {
        return false;
    }
    certificate->extensions = list;
    return true;
}

bool x509_parse(struct span bytes, struct x509_certificate *certificate, const char **why)
{
    memset(certificate, 0, sizeof *certificate);
    struct span content, inner_algorithm;
    struct tlv tbs, algorithm;
    *why = "it is no certificate in DER";
    if (!der_only(bytes, DER_SEQUENCE, &content) || !der_expect(&content, DER_SEQUENCE, &tbs) ||
        !der_expect(&content, DER_SEQUENCE, &algorithm) ||
        !der_bit_string(&content, &certificate->signature) || content.n != 0) {
        return false;
    }
    certificate->whole = bytes;
    certificate->tbs = tbs.whole;
    struct span fields = tbs.value;
    if (!fields_parse(&fields, certificate, &inner_algorithm, why) || !rest_parse(fields, certificate, why)) {
        return false;
    }
    *why = "its two signature algorithms differ or are not known";
    return span_equal(inner_algorithm, algorithm.whole) &&
           signature_scheme_parse(algorithm.whole, &certificate->scheme) && certificate->scheme.has_hash;
}

bool x509_extension_value(const struct x509_certificate *certificate, struct span oid, struct span *value)
{
    struct span rest = certificate->extensions;
    struct x509_extension extension;
    while (rest.n > 0 && x509_next_extension(&rest, &extension)) {
        if (span_equal(extension.oid, oid)) {
            *value = extension.value;
            return true;
        }
    }
    return false;
}

// --- One against another ---------------------------------------------------------------------------------

bool x509_is_self_issued(const struct x509_certificate *certificate)
{
    return x509_names_issuer(certificate, certificate);
}

bool x509_names_issuer(const struct x509_certificate *certificate, const struct x509_certificate *issuer)
{
    const struct span wanted = certificate->authority_key_identifier;
    const struct span offered = issuer->subject_key_identifier;
    return x509_name_equal(certificate->issuer, issuer->subject) &&
           (wanted.n == 0 || offered.n == 0 || span_equal(wanted, offered));
}

bool x509_signed_by(const struct x509_certificate *certificate, const struct x509_certificate *issuer)
{
    return signature_verify(&issuer->key, &certificate->scheme, &certificate->tbs, 1, certificate->signature);
}

bool x509_certifies(const struct x509_certificate *certificate, const struct crypto_ec_key *key)
{
    const size_t n = crypto_curve_point_length(crypto_ec_curve(key));
    uint8_t point[CRYPTO_POINT_MAX];
    return certificate->key.kind == PUBLIC_KEY_EC && certificate->key.curve == crypto_ec_curve(key) &&
           crypto_ec_public(key, point) && span_equal(certificate->key.point, span_of(point, n));
}

bool x509_is_authority(const struct x509_certificate *certificate)
{
    return certificate->is_ca && certificate->has_key_usage &&
           (certificate->key_usage & KEY_USAGE_KEY_CERT_SIGN) != 0;
}
