// Making CMS SignedData (RFC 5652) as EF.SOD and EF.CardSecurity have it (9303-10 §4.6.2, TR-03110-3
// §A.1.2.5).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/signed_data.h"

#include "host/pki/certificate.h"
#include "host/pki/der.h"
#include "host/pki/oids.h"

enum {
    SIGNED_DATA_VERSION = 3,      // the content is not id-data (RFC 5652 §5.1)
    SIGNED_DATA_VERSION_DATA = 1, // it is
    SIGNER_INFO_VERSION = 1,      // named by issuer and serial number (RFC 5652 §5.3)
    TAG_EXPLICIT_CONTENT = 0xA0,  // [0]
    TAG_CERTIFICATES = 0xA0,      // [0] IMPLICIT SET
    TAG_SIGNED_ATTRIBUTES = 0xA0, // [0] IMPLICIT SET
    ATTRIBUTES_MAX = 256,
};

static size_t open_attribute(struct writer *w, struct span oid, size_t *set)
{
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    tlv_put(w, DER_OID, oid);
    *set = tlv_open(w, DER_SET);
    return sequence;
}

// The attributes in the order of DER (X.690 §11.6): it is that of their lengths, which grow from content type
// over signing time to message digest.
static void put_attributes(struct writer *w, uint8_t tag, const struct signed_data_request *request,
                           struct span digest)
{
    size_t set = 0;
    const size_t attributes = tlv_open(w, tag);
    size_t attribute = open_attribute(w, OID_CONTENT_TYPE, &set);
    tlv_put(w, DER_OID, request->content_type);
    tlv_close(w, set);
    tlv_close(w, attribute);
    attribute = open_attribute(w, OID_SIGNING_TIME, &set);
    der_put_time(w, request->signing_time);
    tlv_close(w, set);
    tlv_close(w, attribute);
    attribute = open_attribute(w, OID_MESSAGE_DIGEST, &set);
    tlv_put(w, DER_OCTET_STRING, digest);
    tlv_close(w, set);
    tlv_close(w, attribute);
    tlv_close(w, attributes);
}

// The signature covers the attributes as a SET, whatever tag they carry inside (RFC 5652 §5.4).
static bool sign_attributes(const struct signed_data_request *request, struct span digest,
                            enum crypto_hash hash, const struct signing_key *key,
                            const struct crypto_random *random, struct writer *signature)
{
    uint8_t bytes[ATTRIBUTES_MAX], attributes_digest[CRYPTO_HASH_MAX], raw[CRYPTO_SIGNATURE_MAX];
    struct writer attributes = writer_of(bytes, sizeof bytes);
    put_attributes(&attributes, DER_SET, request, digest);
    const struct span part = writer_span(&attributes);
    if (attributes.overflow || !crypto_hash_parts(hash, &part, 1, attributes_digest) ||
        !signing_key_sign(key, random, span_of(attributes_digest, crypto_hash_length(hash)), raw)) {
        return false;
    }
    der_put_ecdsa_signature(signature, span_of(raw, 2 * crypto_curve_length(crypto_ec_curve(&key->key))));
    return !signature->overflow;
}

static void put_signer_info(struct writer *w, const struct signed_data_request *request, struct span digest,
                            enum crypto_hash hash, struct span signature)
{
    const size_t signer = tlv_open(w, DER_SEQUENCE);
    der_put_number(w, SIGNER_INFO_VERSION);
    const size_t identifier = tlv_open(w, DER_SEQUENCE);
    writer_put(w, request->issuer);
    der_put_integer(w, request->serial_number);
    tlv_close(w, identifier);
    der_put_algorithm(w, oid_of_hash(hash));
    put_attributes(w, TAG_SIGNED_ATTRIBUTES, request, digest);
    der_put_algorithm(w, oid_of_ecdsa(hash));
    tlv_put(w, DER_OCTET_STRING, signature);
    tlv_close(w, signer);
}

bool signed_data_make(const struct signed_data_request *request, const struct signing_key *key,
                      const struct crypto_random *random, struct writer *der)
{
    const enum crypto_hash hash = certificate_hash(crypto_ec_curve(&key->key));
    uint8_t digest_bytes[CRYPTO_HASH_MAX], signature_bytes[CRYPTO_SIGNATURE_MAX + 16];
    struct writer signature = writer_of(signature_bytes, sizeof signature_bytes);
    const struct span digest = span_of(digest_bytes, crypto_hash_length(hash));
    if (!crypto_hash_parts(hash, &request->content, 1, digest_bytes) ||
        !sign_attributes(request, digest, hash, key, random, &signature)) {
        return false;
    }
    const size_t content_info = tlv_open(der, DER_SEQUENCE);
    tlv_put(der, DER_OID, OID_SIGNED_DATA);
    const size_t content = tlv_open(der, TAG_EXPLICIT_CONTENT);
    const size_t signed_data = tlv_open(der, DER_SEQUENCE);
    der_put_number(der, span_equal(request->content_type, OID_DATA) ? SIGNED_DATA_VERSION_DATA
                                                                    : SIGNED_DATA_VERSION);
    const size_t digests = tlv_open(der, DER_SET);
    der_put_algorithm(der, oid_of_hash(hash));
    tlv_close(der, digests);

    const size_t encapsulated = tlv_open(der, DER_SEQUENCE);
    tlv_put(der, DER_OID, request->content_type);
    if (!request->detached) {
        const size_t explicit_content = tlv_open(der, TAG_EXPLICIT_CONTENT);
        tlv_put(der, DER_OCTET_STRING, request->content);
        tlv_close(der, explicit_content);
    }
    tlv_close(der, encapsulated);

    tlv_put(der, TAG_CERTIFICATES, request->certificate);
    const size_t signers = tlv_open(der, DER_SET);
    put_signer_info(der, request, digest, hash, writer_span(&signature));
    tlv_close(der, signers);
    tlv_close(der, signed_data);
    tlv_close(der, content);
    tlv_close(der, content_info);
    return !der->overflow;
}
