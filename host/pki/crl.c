// Certificate revocation lists (RFC 5280 §5, 9303-12 §7.1.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/der_read.h"
#include "host/pki/oids.h"
#include "host/pki/x509.h"

enum {
    CONTEXT_EXTENSIONS = 0xA0,
    VERSION_2 = 1,
};

// RFC 5280 §5.2: what is critical must be understood; the list's number and its issuer's other name need not.
static bool extensions_parse(struct span extensions, struct x509_crl *crl)
{
    for (unsigned count = 0; extensions.n > 0; count++) {
        struct x509_extension extension;
        if (count == X509_EXTENSIONS_MAX || !x509_next_extension(&extensions, &extension)) {
            return false;
        }
        if (span_equal(extension.oid, OID_AUTHORITY_KEY_IDENTIFIER)) {
            if (!x509_authority_key_identifier(extension.value, &crl->authority_key_identifier)) {
                return false;
            }
            continue;
        }
        const bool number = span_equal(extension.oid, OID_CRL_NUMBER);
        if (number) {
            crl->number = extension.value;
        }
        if (extension.critical && !number && !span_equal(extension.oid, OID_ISSUER_ALT_NAME)) {
            return false;
        }
    }
    return true;
}

// Entry extensions only tell why and since when.
bool x509_crl_next_entry(struct span *entries, struct span *serial, int64_t *revoked)
{
    struct span entry;
    return der_content(entries, DER_SEQUENCE, &entry) && der_serial(&entry, serial) &&
           der_time(&entry, revoked);
}

static bool entries_are_sound(struct span entries)
{
    struct span serial;
    int64_t revoked = 0;
    while (entries.n > 0) {
        if (!x509_crl_next_entry(&entries, &serial, &revoked)) {
            return false;
        }
    }
    return true;
}

// UTCTime and GeneralizedTime begin alike; nothing else does at this place.
static bool time_follows(struct span bytes)
{
    return bytes.n > 0 && (bytes.p[0] == DER_UTC_TIME || bytes.p[0] == DER_GENERALIZED_TIME);
}

static bool list_parse(struct span tbs, struct x509_crl *crl, struct span *algorithm, const char **why)
{
    uint32_t version = 0;
    struct tlv object;
    *why = "its head is malformed";
    if (!der_number(&tbs, &version) || version != VERSION_2 || !der_expect(&tbs, DER_SEQUENCE, &object)) {
        return false;
    }
    *algorithm = object.whole;
    if (!der_expect(&tbs, DER_SEQUENCE, &object) || !der_time(&tbs, &crl->this_update)) {
        return false;
    }
    crl->issuer = object.whole;
    crl->has_next_update = time_follows(tbs);
    if (crl->has_next_update && !der_time(&tbs, &crl->next_update)) {
        return false;
    }
    bool present = false;
    struct span extensions, list;
    *why = "its entries are malformed";
    if (!der_optional(&tbs, DER_SEQUENCE, &present, &crl->entries) || !entries_are_sound(crl->entries)) {
        return false;
    }
    *why = "its extensions are malformed or not known";
    if (!der_optional(&tbs, CONTEXT_EXTENSIONS, &present, &extensions) || tbs.n != 0) {
        return false;
    }
    return !present || (der_only(extensions, DER_SEQUENCE, &list) && extensions_parse(list, crl));
}

bool x509_crl_parse(struct span bytes, struct x509_crl *crl, const char **why)
{
    memset(crl, 0, sizeof *crl);
    struct span content, inner_algorithm;
    struct tlv tbs, algorithm;
    *why = "it is no revocation list in DER";
    if (!der_only(bytes, DER_SEQUENCE, &content) || !der_expect(&content, DER_SEQUENCE, &tbs) ||
        !der_expect(&content, DER_SEQUENCE, &algorithm) || !der_bit_string(&content, &crl->signature) ||
        content.n != 0) {
        return false;
    }
    crl->whole = bytes;
    crl->tbs = tbs.whole;
    if (!list_parse(tbs.value, crl, &inner_algorithm, why)) {
        return false;
    }
    *why = "its two signature algorithms differ or are not known";
    return span_equal(inner_algorithm, algorithm.whole) &&
           signature_scheme_parse(algorithm.whole, &crl->scheme) && crl->scheme.has_hash;
}

bool x509_crl_signed_by(const struct x509_crl *crl, const struct x509_certificate *issuer)
{
    const struct span wanted = crl->authority_key_identifier, offered = issuer->subject_key_identifier;
    return x509_name_equal(crl->issuer, issuer->subject) &&
           (wanted.n == 0 || offered.n == 0 || span_equal(wanted, offered)) && issuer->has_key_usage &&
           (issuer->key_usage & KEY_USAGE_CRL_SIGN) != 0 &&
           signature_verify(&issuer->key, &crl->scheme, &crl->tbs, 1, crl->signature);
}

bool x509_crl_lists(const struct x509_crl *crl, struct span serial)
{
    struct span entries = crl->entries, listed;
    int64_t revoked = 0;
    while (entries.n > 0 && x509_crl_next_entry(&entries, &listed, &revoked)) {
        if (span_equal(listed, serial)) {
            return true;
        }
    }
    return false;
}
