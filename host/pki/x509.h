// Certificates and revocation lists as others made them (RFC 5280, 9303-12 §7.1): parsed, and checked one
// against the other. Everything is borrowed from the bytes that were parsed.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_X509_H
#define JUMIN_HOST_PKI_X509_H

#include "host/pki/public_key.h"

enum x509_key_usage {
    KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
    KEY_USAGE_KEY_CERT_SIGN = 1 << 5,
    KEY_USAGE_CRL_SIGN = 1 << 6,
};

struct x509_certificate {
    struct span whole;
    struct span tbs; // what the signature covers
    struct span serial;
    struct span issuer, subject; // Name, whole
    int64_t not_before, not_after;
    struct span public_key_info;
    struct public_key key;
    struct signature_scheme scheme;
    struct span signature;

    struct span extensions; // one after the other; empty: none
    bool has_key_usage;
    unsigned key_usage; // bits of enum x509_key_usage
    bool has_basic_constraints;
    bool is_ca;
    bool has_path_length;
    uint32_t path_length;
    struct span subject_key_identifier, authority_key_identifier; // empty: not there
    bool has_extended_key_usage;
    struct span extended_key_usage; // the extension's value
};

// Parses one certificate that fills `bytes`. False: `*why` says what is not as it should be. Version 3 only;
// a critical extension that is not known here refuses the certificate.
bool x509_parse(struct span bytes, struct x509_certificate *certificate, const char **why);

// Whether the names are the same (RFC 5280 §7.1): attribute by attribute, text without regard to case, white
// space and the kind of string.
bool x509_name_equal(struct span a, struct span b);
// The first attribute with `type` in a Name; false when there is none.
bool x509_name_attribute(struct span name, struct span type, struct span *value);
// Whether issuer and subject are the same and the key identifiers do not contradict it.
bool x509_is_self_issued(const struct x509_certificate *certificate);
// Whether `issuer` is the one that `certificate` names: by name, and by key identifier where both have one.
bool x509_names_issuer(const struct x509_certificate *certificate, const struct x509_certificate *issuer);
bool x509_signed_by(const struct x509_certificate *certificate, const struct x509_certificate *issuer);
// Whether it certifies just this key.
bool x509_certifies(const struct x509_certificate *certificate, const struct crypto_ec_key *key);
// A CA: basic constraints say so, and the key may sign certificates.
bool x509_is_authority(const struct x509_certificate *certificate);

struct x509_crl {
    struct span whole;
    struct span tbs;
    struct span issuer;
    int64_t this_update;
    bool has_next_update;
    int64_t next_update;
    struct span entries; // what stands in revokedCertificates; empty: none
    struct span authority_key_identifier;
    struct span number; // cRLNumber, the extension's value; empty: not there
    struct signature_scheme scheme;
    struct span signature;
};

// Parses one CertificateList (RFC 5280 §5.1). Delta lists, and lists for a part of the certificates only, are
// refused.
bool x509_crl_parse(struct span bytes, struct x509_crl *crl, const char **why);
bool x509_crl_signed_by(const struct x509_crl *crl, const struct x509_certificate *issuer);
// The next entry from `*entries` (those of the list): the serial number with its sign byte, and since when it
// is revoked, in seconds since 1970. False: none, or malformed.
bool x509_crl_next_entry(struct span *entries, struct span *serial, int64_t *revoked);
bool x509_crl_lists(const struct x509_crl *crl, struct span serial);

// Shared by certificates and lists.
enum { X509_EXTENSIONS_MAX = 64 };
struct x509_extension {
    struct span oid;
    bool critical;
    struct span value; // what the OCTET STRING holds
};
// The value of the extension; false when there is none.
bool x509_extension_value(const struct x509_certificate *certificate, struct span oid, struct span *value);
bool x509_next_extension(struct span *extensions, struct x509_extension *extension);
// The keyIdentifier of an AuthorityKeyIdentifier; empty when it has none.
bool x509_authority_key_identifier(struct span value, struct span *identifier);

#endif
