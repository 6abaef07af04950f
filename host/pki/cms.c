// Signed data as EF.SOD and EF.CardSecurity hold it (RFC 5652 §5, 9303-10 §4.6.2): parsing and signature.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/cms.h"

#include "card/wire/oid.h"
#include "host/pki/der_read.h"
#include "host/pki/oids.h"

enum {
    CONTEXT_0 = 0xA0, // [0]: content, certificates, signed attributes
    CONTEXT_1 = 0xA1, // [1]: revocation lists, unsigned attributes
    CONTEXT_KEY_IDENTIFIER = 0x80,
    CERTIFICATES_MAX = 16,
    ATTRIBUTES_MAX = 32,
    SIGNED_DATA_VERSION_MAX = 5,
};

// --- Parsing ---------------------------------------------------------------------------------------------

static bool encapsulated_content(struct span *signed_data, bool detached, struct cms_signed_data *data)
{
    struct span content, wrapped;
    if (!der_content(signed_data, DER_SEQUENCE, &content) || !der_oid(&content, &data->content_type)) {
        return false;
    }
    return detached ? content.n == 0
                    : der_content(&content, CONTEXT_0, &wrapped) && content.n == 0 &&
                          der_only(wrapped, DER_OCTET_STRING, &data->content);
}

// sid: IssuerAndSerialNumber or [0] SubjectKeyIdentifier.
static bool signer_identifier(struct span *info, struct cms_signed_data *data)
{
    struct span content;
    struct tlv issuer;
    if (!der_optional(info, CONTEXT_KEY_IDENTIFIER, &data->by_key_identifier, &data->key_identifier)) {
        return false;
    }
    if (data->by_key_identifier) {
        return data->key_identifier.n > 0;
    }
    if (!der_content(info, DER_SEQUENCE, &content) || !der_expect(&content, DER_SEQUENCE, &issuer) ||
        !der_serial(&content, &data->serial) || content.n != 0) {
        return false;
    }
    data->issuer = issuer.whole;
    return true;
}

static bool signer_info(struct span info, struct cms_signed_data *data, const char **why)
{
    uint32_t version = 0;
    *why = "its signer is not identified as RFC 5652 §5.3 wants it";
    if (!der_number(&info, &version) || !signer_identifier(&info, data) ||
        version != (data->by_key_identifier ? 3U : 1U)) {
        return false;
    }
    *why = "its digest algorithm is malformed or not known";
    if (!digest_algorithm_parse(&info, &data->digest)) {
        return false;
    }
    struct tlv object;
    *why = "its signed attributes are malformed";
    data->has_signed_attributes = der_expect(&info, CONTEXT_0, &object);
    if (data->has_signed_attributes) {
        data->signed_attributes = object.whole;
    }
    *why = "its signature algorithm is malformed or not known";
    if (!der_expect(&info, DER_SEQUENCE, &object) || !signature_scheme_parse(object.whole, &data->scheme)) {
        return false;
    }
    if (!data->scheme.has_hash) {
        data->scheme.has_hash = true;
        data->scheme.hash = data->digest;
    }
    bool present = false;
    struct span unsigned_attributes;
    *why = "its signature is malformed";
    return der_content(&info, DER_OCTET_STRING, &data->signature) &&
           der_optional(&info, CONTEXT_1, &present, &unsigned_attributes) && info.n == 0;
}

static bool parse(struct span bytes, bool detached, struct cms_signed_data *data, const char **why)
{
    memset(data, 0, sizeof *data);
    struct span content, oid, wrapped, signed_data, lists, signers, info;
    uint32_t version = 0;
    bool present = false;
    *why = "it is no signed data in DER";
    if (!der_only(bytes, DER_SEQUENCE, &content) || !der_oid(&content, &oid) ||
        !span_equal(oid, OID_SIGNED_DATA) || !der_content(&content, CONTEXT_0, &wrapped) || content.n != 0 ||
        !der_only(wrapped, DER_SEQUENCE, &signed_data)) {
        return false;
    }
    *why = "its version or digest algorithms are malformed";
    if (!der_number(&signed_data, &version) || version < 1 || version > SIGNED_DATA_VERSION_MAX ||
        !der_content(&signed_data, DER_SET, &data->digests)) {
        return false;
    }
    *why = detached ? "its content is not beside it" : "it holds no content";
    if (!encapsulated_content(&signed_data, detached, data)) {
        return false;
    }
    *why = "its certificates or revocation lists are malformed";
    if (!der_optional(&signed_data, CONTEXT_0, &present, &data->certificates) ||
        !der_optional(&signed_data, CONTEXT_1, &present, &lists)) {
        return false;
    }
    *why = "it has not exactly one signer";
    if (!der_content(&signed_data, DER_SET, &signers) || signed_data.n != 0 ||
        !der_content(&signers, DER_SEQUENCE, &info) || signers.n != 0) {
        return false;
    }
    return signer_info(info, data, why);
}

bool cms_parse(struct span bytes, struct cms_signed_data *data, const char **why)
{
    return parse(bytes, false, data, why);
}

bool cms_parse_detached(struct span bytes, struct span content, struct cms_signed_data *data,
                        const char **why)
{
    const bool ok = parse(bytes, true, data, why);
    data->content = content;
    return ok;
}

// --- Signer ----------------------------------------------------------------------------------------------

bool cms_names_signer(const struct cms_signed_data *data, const struct x509_certificate *certificate)
{
    if (data->by_key_identifier) {
        return span_equal(data->key_identifier, certificate->subject_key_identifier);
    }
    return span_equal(data->serial, certificate->serial) &&
           x509_name_equal(data->issuer, certificate->issuer);
}

bool cms_signer(const struct cms_signed_data *data, struct x509_certificate *signer, const char **why)
{
    struct span rest = data->certificates;
    const char *refused = "the certificate of its signer is not in it";
    for (unsigned count = 0; count < CERTIFICATES_MAX && rest.n > 0; count++) {
        struct tlv object;
        if (tlv_next_der(&rest, &object) != TLV_OBJECT) {
            break;
        }
        const char *reason = "";
        if (!x509_parse(object.whole, signer, &reason)) {
            refused = reason;
            continue;
        }
        if (cms_names_signer(data, signer)) {
            return true;
        }
    }
    memset(signer, 0, sizeof *signer);
    *why = refused;
    return false;
}

// --- Signature -------------------------------------------------------------------------------------------

// The single value of the attribute `type`, which must be there exactly once (RFC 5652 §11).
static bool single_attribute(struct span attributes, struct span type, struct tlv *value)
{
    bool found = false;
    for (unsigned count = 0; attributes.n > 0; count++) {
        struct span attribute, oid, values;
        if (count == ATTRIBUTES_MAX || !der_content(&attributes, DER_SEQUENCE, &attribute) ||
            !der_oid(&attribute, &oid) || !der_content(&attribute, DER_SET, &values) || attribute.n != 0) {
            return false;
        }
        if (!span_equal(oid, type)) {
            continue;
        }
        if (found || tlv_next_der(&values, value) != TLV_OBJECT || values.n != 0) {
            return false;
        }
        found = true;
    }
    return found;
}

bool cms_signing_time(const struct cms_signed_data *data, int64_t *seconds)
{
    struct span whole = data->signed_attributes, attributes, value;
    struct tlv time;
    if (!data->has_signed_attributes || !der_content(&whole, CONTEXT_0, &attributes) ||
        !single_attribute(attributes, OID_SIGNING_TIME, &time)) {
        return false;
    }
    value = time.whole;
    return der_time(&value, seconds) && value.n == 0;
}

static bool attributes_fit(const struct cms_signed_data *data, const char **why)
{
    struct span whole = data->signed_attributes, attributes;
    struct tlv content_type, message_digest;
    uint8_t digest[CRYPTO_HASH_MAX];
    *why = "its signed attributes are malformed";
    if (!der_content(&whole, CONTEXT_0, &attributes)) {
        return false;
    }
    *why = "its signed attributes lack the content type, or name another";
    if (!single_attribute(attributes, OID_CONTENT_TYPE, &content_type) || content_type.tag != DER_OID ||
        !span_equal(content_type.value, data->content_type)) {
        return false;
    }
    *why = "its signed attributes lack the digest of the content, or hold another";
    return single_attribute(attributes, OID_MESSAGE_DIGEST, &message_digest) &&
           message_digest.tag == DER_OCTET_STRING &&
           crypto_hash_parts(data->digest, &data->content, 1, digest) &&
           span_equal(message_digest.value, span_of(digest, crypto_hash_length(data->digest)));
}

bool cms_verify(const struct cms_signed_data *data, const struct public_key *key, const char **why)
{
    // Signed attributes may be left out only for id-data (RFC 5652 §5.3), which is not what documents hold.
    *why = "it has no signed attributes";
    if (!data->has_signed_attributes || !attributes_fit(data, why)) {
        return false;
    }
    // They are signed as a SET, not under the tag [0] that they travel with (RFC 5652 §5.4).
    static const uint8_t set_tag = DER_SET;
    const struct span parts[] = {span_of(&set_tag, 1), span_from(data->signed_attributes, 1)};
    *why = "its signature is wrong";
    return signature_verify(key, &data->scheme, parts, 2, data->signature);
}
