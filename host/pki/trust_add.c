// Filling the trust store: certificates, revocation lists and master lists, in DER, PEM and LDIF.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/tlv.h"
#include "host/pki/ldif.h"
#include "host/pki/master_list.h"
#include "host/pki/oids.h"
#include "host/pki/pem.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRUST_ITEMS_MAX = 200000 };

static enum jumin_error out_of_memory(struct jumin_trust *trust)
{
    return detail_set(&trust->detail, JUMIN_ERROR_MEMORY, "no memory for the trust store");
}

// Room for one more element of `size` bytes behind `count` others; the array may move.
static void *grow(void *array, size_t count, size_t size)
{
    // Doubles at each power of two, and needs no capacity beside the count.
    if (count != 0 && (count & (count - 1)) != 0) {
        return array;
    }
    return count < TRUST_ITEMS_MAX ? realloc(array, (count == 0 ? 1 : 2 * count) * size) : NULL;
}

static uint8_t *copy(struct span bytes)
{
    uint8_t *to = malloc(bytes.n);
    if (to != NULL) {
        memcpy(to, bytes.p, bytes.n);
    }
    return to;
}

// --- One certificate, one revocation list ------------------------------------------------------------------

static enum jumin_error add_certificate(struct jumin_trust *trust, struct span der)
{
    struct x509_certificate parsed;
    const char *why = "";
    if (der.n == 0 || !x509_parse(der, &parsed, &why)) {
        return detail_set(&trust->detail, JUMIN_ERROR_INPUT, "a certificate is refused: %s",
                          der.n == 0 ? "it is empty" : why);
    }
    // A link certificate has the same name on both sides, too, and another key identifier (9303-12 §7.1).
    const bool root = x509_is_self_issued(&parsed);
    if (root && !x509_signed_by(&parsed, &parsed)) {
        return detail_set(&trust->detail, JUMIN_ERROR_INPUT,
                          "a certificate is refused: its own signature is wrong");
    }
    if (trust_index_has(trust, der)) {
        return JUMIN_OK;
    }
    void *array = grow(trust->certificates, trust->certificate_count, sizeof *trust->certificates);
    uint8_t *bytes = copy(der);
    if (array != NULL) {
        trust->certificates = array;
    }
    if (array == NULL || bytes == NULL) {
        free(bytes);
        return out_of_memory(trust);
    }
    struct trust_certificate *added = &trust->certificates[trust->certificate_count];
    added->bytes = bytes;
    added->root = root;
    (void)x509_parse(span_of(bytes, der.n), &added->parsed, &why); // again, to borrow our own copy
    trust->certificate_count++;
    return trust_index_add(trust) ? JUMIN_OK : out_of_memory(trust);
}

static bool has_crl(const struct jumin_trust *trust, struct span der)
{
    for (size_t i = 0; i < trust->crl_count; i++) {
        if (span_equal(trust->crls[i].parsed.whole, der)) {
            return true;
        }
    }
    return false;
}

static enum jumin_error add_crl(struct jumin_trust *trust, struct span der)
{
    struct x509_crl parsed;
    const char *why = "";
    if (der.n == 0 || !x509_crl_parse(der, &parsed, &why)) {
        return detail_set(&trust->detail, JUMIN_ERROR_INPUT, "a revocation list is refused: %s",
                          der.n == 0 ? "it is empty" : why);
    }
    if (has_crl(trust, der)) {
        return JUMIN_OK;
    }
    void *array = grow(trust->crls, trust->crl_count, sizeof *trust->crls);
    uint8_t *bytes = copy(der);
    if (array != NULL) {
        trust->crls = array;
    }
    if (array == NULL || bytes == NULL) {
        free(bytes);
        return out_of_memory(trust);
    }
    struct trust_crl *added = &trust->crls[trust->crl_count];
    added->bytes = bytes;
    (void)x509_crl_parse(span_of(bytes, der.n), &added->parsed, &why);
    trust->crl_count++;
    return JUMIN_OK;
}

// --- What is passed over -----------------------------------------------------------------------------------

// "DE", when a certificate's subject can be read so far; else "".
static const char *country_of(struct span der, char text[8])
{
    struct x509_certificate certificate;
    struct span country;
    const char *why = "";
    text[0] = '\0';
    (void)x509_parse(der, &certificate, &why); // what was reached before it failed is set
    const struct span name = certificate.subject.n > 0 ? certificate.subject : certificate.issuer;
    if (x509_name_attribute(name, OID_COUNTRY, &country) && country.n == 2) {
        const uint8_t first = country.p[0] & 0xDF, second = country.p[1] & 0xDF; // letters in capitals
        if (first >= 'A' && first <= 'Z' && second >= 'A' && second <= 'Z') {
            (void)snprintf(text, 8, " of %c%c", first, second);
        }
    }
    return text;
}

void trust_pass_over(struct trust_intake *intake, struct span der)
{
    struct jumin_trust *trust = intake->trust;
    struct detail reason;
    char country[8];
    (void)detail_set(&reason, JUMIN_OK, "%.100s%s%.120s%s", intake->path != NULL ? intake->path : "",
                     intake->path != NULL ? ": " : "", trust->detail.text, country_of(der, country));
    if (trust->skipped < TRUST_REASONS_MAX) {
        trust->reasons[trust->skipped] = malloc(sizeof reason.text);
        if (trust->reasons[trust->skipped] != NULL) {
            memcpy(trust->reasons[trust->skipped], reason.text, sizeof reason.text);
        }
    }
    trust->skipped++;
}

// --- Taking in ---------------------------------------------------------------------------------------------

// The list's certificates, each for itself: one that is odd must not cost the others.
static enum jumin_error take_master_list(struct trust_intake *intake, struct span der, bool known_publisher)
{
    struct jumin_trust *trust = intake->trust;
    struct master_list list;
    struct tlv object;
    const char *why = "";
    enum jumin_error error = master_list_open(trust, der, &list, &why);
    if (error == JUMIN_OK && known_publisher && !list.publisher_known) {
        error = JUMIN_ERROR_SIGNER_UNKNOWN;
        why = "its publisher is not known to the trust store";
    }
    if (error != JUMIN_OK) {
        return detail_set(&trust->detail, error, "a master list is refused: %s", why);
    }
    struct trust_intake inside = {.trust = trust, .lenient = true, .path = intake->path};
    while (error == JUMIN_OK && tlv_next_der(&list.certificates, &object) == TLV_OBJECT) {
        error = trust_take(&inside, TRUST_CERTIFICATE, object.whole);
    }
    return error;
}

enum jumin_error trust_take(struct trust_intake *intake, enum trust_item item, struct span der)
{
    enum jumin_error error = item == TRUST_CRL           ? add_crl(intake->trust, der)
                             : item == TRUST_MASTER_LIST ? take_master_list(intake, der, false)
                                                         : add_certificate(intake->trust, der);
    if (error == JUMIN_OK) {
        intake->taken++;
        return JUMIN_OK;
    }
    if (error == JUMIN_ERROR_MEMORY || !intake->lenient) {
        return error;
    }
    trust_pass_over(intake, item == TRUST_CERTIFICATE ? der : span_of(NULL, 0));
    return JUMIN_OK;
}

static bool label_is(struct span label, const char *name)
{
    return span_equal(label, span_of(name, strlen(name)));
}

// What a PEM block is; false for keys and others, which are passed over without a word.
static bool item_of_label(struct span label, enum trust_item *item)
{
    if (label_is(label, "CERTIFICATE") || label_is(label, "X509 CERTIFICATE")) {
        *item = TRUST_CERTIFICATE;
        return true;
    }
    if (label_is(label, "CMS") || label_is(label, "PKCS7")) {
        *item = TRUST_MASTER_LIST;
        return true;
    }
    *item = TRUST_CRL;
    return label_is(label, "X509 CRL");
}

// What an attribute of the ICAO PKD holds (9303-12 §8, RFC 4523).
static bool item_of_attribute(struct span attribute, enum trust_item *item)
{
    static const struct {
        const char *name;
        enum trust_item item;
    } names[] = {
        {"userCertificate", TRUST_CERTIFICATE},      {"cACertificate", TRUST_CERTIFICATE},
        {"certificateRevocationList", TRUST_CRL},    {"authorityRevocationList", TRUST_CRL},
        {"pkdMasterListContent", TRUST_MASTER_LIST}, {"CscaMasterListData", TRUST_MASTER_LIST},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (ldif_named(attribute, names[i].name)) {
            *item = names[i].item;
            return true;
        }
    }
    return false;
}

// Bits of the items that are wanted.
enum { WANT_CERTIFICATES = 1 << TRUST_CERTIFICATE, WANT_CRLS = 1 << TRUST_CRL, WANT_ALL = 7 };

static enum jumin_error take_ldif(struct trust_intake *intake, struct span text, struct writer *der)
{
    struct span attribute, base64;
    enum trust_item item = TRUST_CERTIFICATE;
    enum jumin_error error = JUMIN_OK;
    while (error == JUMIN_OK && ldif_next(&text, &attribute, &base64)) {
        *der = writer_of(der->p, der->capacity);
        if (item_of_attribute(attribute, &item)) {
            const bool decoded = base64_decode(base64, der);
            error = trust_take(intake, item, decoded ? writer_span(der) : span_of(NULL, 0));
        }
    }
    return error;
}

static enum jumin_error take_pem(struct trust_intake *intake, struct span text, unsigned wanted,
                                 struct writer *der)
{
    struct span label;
    enum trust_item item = TRUST_CERTIFICATE;
    enum jumin_error error = JUMIN_OK;
    while (error == JUMIN_OK && pem_next(&text, &label, der)) {
        if (item_of_label(label, &item) && (wanted & 1U << item) != 0) {
            error = trust_take(intake, item, writer_span(der));
        }
        *der = writer_of(der->p, der->capacity);
    }
    return error;
}

// Text of either form: every item that is wanted.
static enum jumin_error take_text(struct trust_intake *intake, struct span text, unsigned wanted)
{
    struct jumin_trust *trust = intake->trust;
    uint8_t *bytes = malloc(text.n);
    if (bytes == NULL) {
        return out_of_memory(trust);
    }
    const size_t before = trust->skipped;
    struct writer der = writer_of(bytes, text.n);
    const enum jumin_error error = wanted == WANT_ALL && ldif_is(text) ? take_ldif(intake, text, &der)
                                                                       : take_pem(intake, text, wanted, &der);
    free(bytes);
    if (error != JUMIN_OK || intake->taken > 0) {
        return error;
    }
    // Where items were passed over, the sentence on the last of them stays.
    return trust->skipped > before ? JUMIN_ERROR_INPUT
                                   : detail_set(&trust->detail, JUMIN_ERROR_INPUT, "there is no %s in it",
                                                wanted == WANT_CRLS ? "revocation list" : "certificate");
}

// What is alone in its file, and not passed over.
static enum jumin_error take_one(struct trust_intake *intake, enum trust_item item, struct span der)
{
    struct trust_intake strict = {.trust = intake->trust, .path = intake->path};
    const enum jumin_error error = trust_take(&strict, item, der);
    intake->taken += strict.taken;
    return error;
}

static enum jumin_error take(struct trust_intake *intake, struct span bytes, unsigned wanted)
{
    detail_clear(&intake->trust->detail);
    if (bytes.n == 0) {
        return detail_set(&intake->trust->detail, JUMIN_ERROR_INPUT, "it is empty");
    }
    if (bytes.p[0] != 0x30) {
        return take_text(intake, bytes, wanted);
    }
    struct x509_crl crl;
    const char *why = "";
    if (wanted == WANT_CRLS || (wanted == WANT_ALL && x509_crl_parse(bytes, &crl, &why))) {
        return take_one(intake, TRUST_CRL, bytes);
    }
    const bool is_list = wanted == WANT_ALL && master_list_is(bytes);
    return take_one(intake, is_list ? TRUST_MASTER_LIST : TRUST_CERTIFICATE, bytes);
}

enum jumin_error trust_take_any(struct trust_intake *intake, struct span bytes)
{
    return take(intake, bytes, WANT_ALL);
}

enum jumin_error trust_take_kind(struct trust_intake *intake, enum trust_item kind, struct span bytes)
{
    return take(intake, bytes, 1U << kind);
}

// --- From memory -------------------------------------------------------------------------------------------

enum jumin_error jumin_trust_add_certificate(struct jumin_trust *trust, const uint8_t *bytes, size_t n)
{
    struct trust_intake intake = {.trust = trust};
    return trust == NULL || bytes == NULL ? JUMIN_ERROR_ARGUMENT
                                          : trust_take_kind(&intake, TRUST_CERTIFICATE, span_of(bytes, n));
}

enum jumin_error jumin_trust_add_crl(struct jumin_trust *trust, const uint8_t *bytes, size_t n)
{
    struct trust_intake intake = {.trust = trust};
    return trust == NULL || bytes == NULL ? JUMIN_ERROR_ARGUMENT
                                          : trust_take_kind(&intake, TRUST_CRL, span_of(bytes, n));
}

enum jumin_error jumin_trust_add_master_list(struct jumin_trust *trust, const uint8_t *bytes, size_t n,
                                             bool known_publisher)
{
    struct trust_intake intake = {.trust = trust};
    if (trust == NULL || bytes == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&trust->detail);
    return take_master_list(&intake, span_of(bytes, n), known_publisher);
}
