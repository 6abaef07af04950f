// The way from a mobile credential's signer to a root: each check with its own sentence.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/x5chain.h"

#include "host/mobile/utf8.h"
#include "host/pki/der_read.h"
#include "host/pki/oids.h"
#include "host/pki/purposes.h"
#include <ctype.h>
#include <string.h>

enum { TAG_DNS_NAME = 0x82 }; // [2] of GeneralName

// The presented certificates, parsed, and what leads from them to the root.
struct path {
    struct x509_certificate presented[X5CHAIN_MAX];
    size_t count;
    struct trust_chain trusted; // ends at the root
};

bool x5chain_add(struct x5chain *chain, struct span der)
{
    if (chain->count == X5CHAIN_MAX) {
        return false;
    }
    chain->certificates[chain->count++] = der;
    return true;
}

// --- The chain ---------------------------------------------------------------------------------------------------

static enum jumin_error parse(const struct x5chain *chain, struct path *path, struct detail *detail)
{
    const char *why = "";
    if (chain->count == 0 || chain->count > X5CHAIN_MAX) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the chain has %zu certificates, and not 1 to %d",
                          chain->count, X5CHAIN_MAX);
    }
    for (path->count = 0; path->count < chain->count; path->count++) {
        struct x509_certificate *certificate = &path->presented[path->count];
        if (!x509_parse(chain->certificates[path->count], certificate, &why)) {
            return detail_set(detail, JUMIN_ERROR_MALFORMED, "certificate %zu of the chain: %s",
                              path->count + 1, why);
        }
        if (x509_is_self_issued(certificate)) {
            return detail_set(detail, JUMIN_ERROR_CERTIFICATE,
                              "certificate %zu of the chain is a root, which must not stand there",
                              path->count + 1);
        }
    }
    return JUMIN_OK;
}

static enum jumin_error check_order(const struct path *path, struct detail *detail)
{
    for (size_t i = 0; i + 1 < path->count; i++) {
        const struct x509_certificate *issuer = &path->presented[i + 1];
        if (!x509_names_issuer(&path->presented[i], issuer)) {
            return detail_set(detail, JUMIN_ERROR_CERTIFICATE,
                              "certificate %zu of the chain is not that of the issuer of the one before",
                              i + 2);
        }
        if (!x509_is_authority(issuer)) {
            return detail_set(detail, JUMIN_ERROR_CERTIFICATE,
                              "certificate %zu of the chain is no certification authority", i + 2);
        }
        if (!x509_signed_by(&path->presented[i], issuer)) {
            return detail_set(detail, JUMIN_ERROR_SIGNATURE,
                              "certificate %zu of the chain is not signed by the next one", i + 1);
        }
    }
    return JUMIN_OK;
}

// The n-th authority above the signer; NULL behind the root.
static const struct x509_certificate *authority(const struct path *path, size_t n)
{
    if (n + 1 < path->count) {
        return &path->presented[n + 1];
    }
    const size_t trusted = n + 1 - path->count;
    return trusted < path->trusted.count ? path->trusted.links[trusted] : NULL;
}

// pathLenConstraint counts the authorities below (RFC 5280 §4.2.1.9), but for those that changed only their
// key.
static bool path_lengths_allow(const struct path *path)
{
    const struct x509_certificate *link = NULL;
    uint32_t below = 0;
    for (size_t n = 0; (link = authority(path, n)) != NULL; n++) {
        if (link->has_path_length && below > link->path_length) {
            return false;
        }
        below += x509_name_equal(link->issuer, link->subject) ? 0 : 1;
    }
    return true;
}

static enum jumin_error check_root(const struct jumin_trust *roots, struct path *path, struct detail *detail)
{
    const char *why = "";
    if (roots == NULL || roots->certificate_count == 0) {
        return detail_set(detail, JUMIN_ERROR_SIGNER_UNKNOWN, "no roots are known for this kind of signer");
    }
    const enum jumin_error error =
        trust_find_chain(roots, &path->presented[path->count - 1], &path->trusted, &why);
    if (error != JUMIN_OK) {
        return detail_set(detail, error, "the signer's certificate is not to be trusted: %s", why);
    }
    return path_lengths_allow(path)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_CERTIFICATE,
                            "the signer's chain is longer than one of its authorities allows");
}

// --- The signer's certificate --------------------------------------------------------------------------------------

static bool has_usage(const struct x509_certificate *certificate, struct span usage)
{
    struct span list, oid;
    if (!certificate->has_extended_key_usage ||
        !der_only(certificate->extended_key_usage, DER_SEQUENCE, &list)) {
        return false;
    }
    while (der_oid(&list, &oid)) {
        if (span_equal(oid, usage)) {
            return true;
        }
    }
    return false;
}

static bool usage_fits(const struct x509_certificate *certificate, enum x5chain_role role)
{
    switch (role) {
    case X5CHAIN_MDOC_SIGNER:
        return has_usage(certificate, OID_MDOC_SIGNER);
    case X5CHAIN_READER:
        return has_usage(certificate, OID_MDOC_READER);
    case X5CHAIN_TRUST_LIST:
        return has_usage(certificate, OID_TRUST_LIST_SIGNER);
    // Others certify these without an extended key usage: no standard names one yet.
    case X5CHAIN_STATUS_SIGNER:
        return !certificate->has_extended_key_usage || has_usage(certificate, OID_STATUS_SIGNER);
    case X5CHAIN_SD_JWT_ISSUER:
        return !certificate->has_extended_key_usage || has_usage(certificate, OID_SD_JWT_ISSUER);
    case X5CHAIN_WALLET_PROVIDER:
        return !has_usage(certificate, OID_MDOC_SIGNER) && !has_usage(certificate, OID_MDOC_READER) &&
               !has_usage(certificate, OID_STATUS_SIGNER) && !has_usage(certificate, OID_SD_JWT_ISSUER) &&
               !has_usage(certificate, OID_TRUST_LIST_SIGNER);
    default:
        return false;
    }
}

static enum jumin_error check_signer(const struct x509_certificate *certificate, enum x5chain_role role,
                                     struct detail *detail)
{
    static const char *const what[] = {
        [X5CHAIN_MDOC_SIGNER] = "documents",  [X5CHAIN_STATUS_SIGNER] = "status lists",
        [X5CHAIN_SD_JWT_ISSUER] = "SD-JWT",   [X5CHAIN_READER] = "requests of readers",
        [X5CHAIN_TRUST_LIST] = "trust lists", [X5CHAIN_WALLET_PROVIDER] = "key attestations",
    };
    if ((unsigned)role >= X5CHAIN_ROLES) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "there is no such kind of signer");
    }
    if (certificate->is_ca) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the signer is a certification authority");
    }
    if (!certificate->has_key_usage || (certificate->key_usage & KEY_USAGE_DIGITAL_SIGNATURE) == 0) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the signer's key is not meant for signatures");
    }
    if (!usage_fits(certificate, role)) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE,
                          "the signer's extended key usage is not that for %s", what[role]);
    }
    if (certificate->key.kind != PUBLIC_KEY_EC ||
        (certificate->key.curve != CRYPTO_P256 && certificate->key.curve != CRYPTO_P384)) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the signer's key is of neither P-256 nor P-384");
    }
    struct span country;
    if (role == X5CHAIN_MDOC_SIGNER &&
        !(x509_name_attribute(certificate->issuer, OID_COUNTRY, &country) && country.n == 2)) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the signer's issuer has no country");
    }
    return JUMIN_OK;
}

// --- Time and revocation -------------------------------------------------------------------------------------------

static enum jumin_error check_time(const struct x509_certificate *certificate, const char *whose, int64_t now,
                                   struct x5chain_signer *signer, struct detail *detail)
{
    if (now < certificate->not_before) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the certificate of the %s is not valid yet",
                          whose);
    }
    if (now > certificate->not_after) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "the certificate of the %s has expired", whose);
    }
    signer->valid_from =
        certificate->not_before > signer->valid_from ? certificate->not_before : signer->valid_from;
    signer->valid_until =
        certificate->not_after < signer->valid_until ? certificate->not_after : signer->valid_until;
    return JUMIN_OK;
}

// The newest list of the certificate's issuer, who need not be among the roots: it may have come with the
// chain.
static const struct x509_crl *find_crl(const struct jumin_trust *roots,
                                       const struct x509_certificate *certificate,
                                       const struct x509_certificate *issuer)
{
    const struct x509_crl *newest = trust_find_crl(roots, certificate);
    for (size_t i = 0; i < roots->crl_count; i++) {
        const struct x509_crl *crl = &roots->crls[i].parsed;
        if (x509_name_equal(crl->issuer, issuer->subject) &&
            (newest == NULL || crl->this_update > newest->this_update) && x509_crl_signed_by(crl, issuer)) {
            newest = crl;
        }
    }
    return newest;
}

static enum jumin_error check_revocation(const struct x509_certificate *certificate,
                                         const struct x509_certificate *issuer, const char *whose,
                                         const struct x5chain_rules *rules, struct x5chain_signer *signer,
                                         struct detail *detail)
{
    const struct x509_crl *crl = find_crl(rules->roots, certificate, issuer);
    if (crl != NULL && x509_crl_lists(crl, certificate->serial)) {
        return detail_set(detail, JUMIN_ERROR_REVOKED, "the certificate of the %s is revoked", whose);
    }
    if (crl != NULL && rules->now >= crl->this_update && crl->has_next_update &&
        rules->now <= crl->next_update) {
        signer->valid_until = crl->next_update < signer->valid_until ? crl->next_update : signer->valid_until;
        return JUMIN_OK;
    }
    signer->revocation_checked = false;
    return !rules->revocation_required
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW,
                            crl == NULL ? "there is no revocation list for the certificate of the %s"
                                        : "the revocation list for the certificate of the %s is out of date",
                            whose);
}

static enum jumin_error check_now(const struct path *path, const struct x5chain_rules *rules,
                                  struct x5chain_signer *signer, struct detail *detail)
{
    const struct x509_certificate *link = &path->presented[0];
    const char *whose = "signer";
    signer->valid_from = INT64_MIN;
    signer->valid_until = INT64_MAX;
    signer->revocation_checked = true;
    enum jumin_error error = JUMIN_OK;
    for (size_t n = 0; link != NULL && error == JUMIN_OK; n++) {
        const struct x509_certificate *next = authority(path, n);
        error = check_time(link, whose, rules->now, signer, detail);
        if (error == JUMIN_OK && next != NULL) { // nobody but its owner revokes a root
            error = check_revocation(link, next, whose, rules, signer, detail);
        }
        whose = "signer's authority";
        link = next;
    }
    return error;
}

// --- What it says --------------------------------------------------------------------------------------------------

// As long as it fits, by whole characters of UTF-8; a byte that is none becomes "?", and a control character
// ends it.
static void copy_text(struct span name, struct span type, char *text, size_t capacity)
{
    struct span value = {NULL, 0};
    size_t n = 0;
    (void)x509_name_attribute(name, type, &value);
    while (value.n > 0 && !utf8_is_control(value)) {
        const size_t length = utf8_character(value), taken = length > 0 ? length : 1;
        if (n + taken >= capacity) {
            break;
        }
        memcpy(text + n, length > 0 ? (const char *)value.p : "?", taken);
        n += taken;
        value = span_from(value, taken);
    }
    text[n] = '\0';
}

static enum jumin_error tell(const struct path *path, struct x5chain_signer *signer, struct detail *detail)
{
    const struct x509_certificate *certificate = &path->presented[0];
    const struct x509_certificate *root = path->trusted.links[path->trusted.count - 1];
    uint8_t digest[CRYPTO_HASH_MAX];
    struct span value;
    if (!crypto_hash_parts(CRYPTO_SHA256, &root->whole, 1, digest)) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "the signer's root could not be hashed");
    }
    memcpy(signer->root, digest, sizeof signer->root);
    if (x509_extension_value(certificate, OID_READER_PURPOSES, &value) &&
        !purposes_parse(value, &signer->purposes)) {
        return detail_set(detail, JUMIN_ERROR_CERTIFICATE, "the signer's purposes are malformed");
    }
    signer->curve = certificate->key.curve;
    signer->point_length = certificate->key.point.n;
    memcpy(signer->point, certificate->key.point.p, certificate->key.point.n);
    signer->not_before = certificate->not_before;
    signer->not_after = certificate->not_after;
    copy_text(certificate->issuer, OID_COUNTRY, signer->country, sizeof signer->country);
    copy_text(certificate->subject, OID_COMMON_NAME, signer->name, sizeof signer->name);
    copy_text(certificate->subject, OID_ORGANIZATION, signer->organization, sizeof signer->organization);
    return JUMIN_OK;
}

enum jumin_error x5chain_check(const struct x5chain *chain, const struct x5chain_rules *rules,
                               struct x5chain_signer *signer, struct detail *detail)
{
    struct path path = {.count = 0};
    memset(signer, 0, sizeof *signer);
    enum jumin_error error = parse(chain, &path, detail);
    if (error == JUMIN_OK) {
        error = check_signer(&path.presented[0], rules->role, detail);
    }
    if (error == JUMIN_OK) {
        error = check_order(&path, detail);
    }
    if (error == JUMIN_OK) {
        error = check_root(rules->roots, &path, detail);
    }
    if (error == JUMIN_OK) {
        error = check_now(&path, rules, signer, detail);
    }
    if (error == JUMIN_OK) {
        error = tell(&path, signer, detail);
    }
    if (error != JUMIN_OK) {
        memset(signer, 0, sizeof *signer);
    }
    return error;
}

bool x5chain_names_host(struct span certificate, const char *host)
{
    struct x509_certificate parsed;
    struct span value, names;
    struct tlv name;
    const char *why = "";
    const size_t n = strlen(host);
    if (n == 0 || !x509_parse(certificate, &parsed, &why) ||
        !x509_extension_value(&parsed, OID_SUBJECT_ALT_NAME, &value) ||
        !der_only(value, DER_SEQUENCE, &names)) {
        return false;
    }
    while (tlv_next_der(&names, &name) == TLV_OBJECT) {
        size_t i = 0;
        while (name.tag == TAG_DNS_NAME && name.value.n == n && i < n &&
               tolower(name.value.p[i]) == tolower((unsigned char)host[i])) {
            i++;
        }
        if (i == n) {
            return true;
        }
    }
    return false;
}
