// Document signers: when their keys may be used, and which ones the folder knows.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/signers.h"

#include "host/file.h"
#include "host/pki/der_read.h"
#include "host/pki/oids.h"
#include "host/pki/pem.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    CONTEXT_NOT_BEFORE = 0x80, // of PrivateKeyUsagePeriod
    CONTEXT_NOT_AFTER = 0x81,
    CONTEXT_DIRECTORY_NAME = 0xA4, // of GeneralName
    CONTEXT_0 = 0xA0,              // of DistributionPoint and of DistributionPointName
    CONTEXT_URI = 0x86,            // of GeneralName
    GENERALIZED_TIME_MAX = 32,
};

// --- What a certificate says -----------------------------------------------------------------------------------

// GeneralizedTime under another tag; leaves `*seconds` where there is none.
static bool implicit_time(struct span *cursor, uint32_t tag, int64_t *seconds)
{
    uint8_t bytes[GENERALIZED_TIME_MAX];
    bool present = false;
    struct span content;
    if (!der_optional(cursor, tag, &present, &content)) {
        return false;
    }
    struct writer w = writer_of(bytes, sizeof bytes);
    if (present) {
        tlv_put(&w, DER_GENERALIZED_TIME, content);
    }
    struct span time = writer_span(&w);
    // der_time wants the form that validity has, which before 2050 is UTCTime: two digits less.
    if (present && content.n > 2 && memcmp(content.p, "20", 2) == 0 && content.p[2] < '5') {
        w = writer_of(bytes, sizeof bytes);
        tlv_put(&w, DER_UTC_TIME, span_from(content, 2));
        time = writer_span(&w);
    }
    return !present || (!w.overflow && der_time(&time, seconds) && time.n == 0);
}

bool signer_key_period(const struct x509_certificate *certificate, int64_t *from, int64_t *until)
{
    struct span value, content;
    *from = certificate->not_before;
    *until = certificate->not_after;
    if (!x509_extension_value(certificate, OID_PRIVATE_KEY_USAGE_PERIOD, &value)) {
        return true;
    }
    return der_only(value, DER_SEQUENCE, &content) && implicit_time(&content, CONTEXT_NOT_BEFORE, from) &&
           implicit_time(&content, CONTEXT_NOT_AFTER, until) && content.n == 0;
}

void signer_serial_text(struct span serial, char text[JUMIN_SERIAL])
{
    text[0] = '\0';
    for (size_t i = 0; i < serial.n && 2 * i + 2 < JUMIN_SERIAL; i++) {
        (void)snprintf(text + 2 * i, 3, "%02X", serial.p[i]);
    }
}

static bool copy_text(struct span value, char *text, size_t capacity)
{
    if (value.n == 0 || value.n >= capacity || memchr(value.p, 0, value.n) != NULL) {
        return false;
    }
    memcpy(text, value.p, value.n);
    text[value.n] = '\0';
    return true;
}

static bool attribute_text(struct span name, struct span type, char *text, size_t capacity)
{
    struct span value;
    return x509_name_attribute(name, type, &value) && copy_text(value, text, capacity);
}

static bool location_text(const struct x509_certificate *csca, char *text, size_t capacity)
{
    struct span value, names, name;
    return x509_extension_value(csca, OID_ISSUER_ALT_NAME, &value) && der_only(value, DER_SEQUENCE, &names) &&
           der_content(&names, CONTEXT_DIRECTORY_NAME, &name) &&
           attribute_text(name, OID_LOCALITY, text, capacity);
}

static bool revocation_list_text(const struct x509_certificate *csca, char *text, size_t capacity)
{
    struct span value, points, point, name, full_name, uri;
    return x509_extension_value(csca, OID_CRL_DISTRIBUTION_POINTS, &value) &&
           der_only(value, DER_SEQUENCE, &points) && der_content(&points, DER_SEQUENCE, &point) &&
           der_content(&point, CONTEXT_0, &name) && der_content(&name, CONTEXT_0, &full_name) &&
           der_content(&full_name, CONTEXT_URI, &uri) && copy_text(uri, text, capacity);
}

static bool contact_text(const struct x509_certificate *iaca, char *text, size_t capacity)
{
    struct span value, names, uri;
    return x509_extension_value(iaca, OID_ISSUER_ALT_NAME, &value) && der_only(value, DER_SEQUENCE, &names) &&
           der_content(&names, CONTEXT_URI, &uri) && copy_text(uri, text, capacity);
}

static bool common_texts(const struct x509_certificate *root, struct issuer_texts *texts)
{
    uint8_t bytes[512];
    struct writer name = writer_of(bytes, sizeof bytes);
    *texts = (struct issuer_texts){0};
    if (!attribute_text(root->subject, OID_COUNTRY, texts->country, sizeof texts->country) ||
        !attribute_text(root->subject, OID_ORGANIZATION, texts->organization, sizeof texts->organization) ||
        !attribute_text(root->subject, OID_COMMON_NAME, texts->common_name, sizeof texts->common_name) ||
        !revocation_list_text(root, texts->revocation_list, sizeof texts->revocation_list)) {
        return false;
    }
    texts->name = (struct certificate_name){texts->country, texts->organization, texts->common_name};
    put_certificate_name(&name, &texts->name);
    return span_equal(writer_span(&name), root->subject);
}

bool issuer_texts_of(const struct x509_certificate *csca, struct issuer_texts *texts)
{
    return common_texts(csca, texts) && location_text(csca, texts->location, sizeof texts->location);
}

bool issuer_texts_of_iaca(const struct x509_certificate *iaca, struct issuer_texts *texts)
{
    return common_texts(iaca, texts) && contact_text(iaca, texts->contact, sizeof texts->contact);
}

// --- The folder ------------------------------------------------------------------------------------------------

enum jumin_error signer_archive(struct jumin_pki *pki)
{
    char path[PATH_MAX], serial[JUMIN_SERIAL], name[JUMIN_SERIAL + 16];
    struct x509_certificate signer;
    const char *why = "";
    if (!x509_parse(span_of(pki->signer.p, pki->signer.n), &signer, &why)) {
        return pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "ds.crt: %s", why);
    }
    const enum jumin_error error = pki_path_of(pki, "signers", path);
    if (error != JUMIN_OK) {
        return error;
    }
    if (mkdir(path, 0755) != 0 && errno != EEXIST) {
        return pki_fail(pki, JUMIN_ERROR_FILE, "%s: cannot be made: %s", path, strerror(errno));
    }
    signer_serial_text(signer.serial, serial);
    (void)snprintf(name, sizeof name, "signers/%s.crt", serial);
    return pki_save_certificate(pki, name, signer.whole);
}

struct listing {
    struct jumin_signer *signers;
    size_t capacity, count;
    struct x509_crl list;
};

static bool describe(const struct listing *listing, struct span der, struct jumin_signer *signer)
{
    struct x509_certificate certificate;
    const char *why = "";
    int64_t from = 0;
    *signer = (struct jumin_signer){0};
    if (!x509_parse(der, &certificate, &why) ||
        !signer_key_period(&certificate, &from, &signer->signs_until)) {
        return false;
    }
    signer_serial_text(certificate.serial, signer->serial);
    signer->not_before = certificate.not_before;
    signer->not_after = certificate.not_after;
    signer->revoked = x509_crl_lists(&listing->list, certificate.serial);
    return true;
}

static void add(struct listing *listing, const struct jumin_signer *signer)
{
    if (listing->count < listing->capacity) {
        listing->signers[listing->count] = *signer;
    }
    listing->count++;
}

static enum jumin_error add_file(struct jumin_pki *pki, struct listing *listing, const char *name,
                                 const char *current)
{
    char inner[300], path[PATH_MAX];
    uint8_t text[2 * CERTIFICATE_MAX], bytes[CERTIFICATE_MAX];
    size_t n = 0;
    struct jumin_signer signer;
    struct writer der = writer_of(bytes, sizeof bytes);
    (void)snprintf(inner, sizeof inner, "signers/%s", name);
    enum jumin_error error = pki_path_of(pki, inner, path);
    error = error == JUMIN_OK ? disk_read(path, text, sizeof text, &n) : error;
    struct span rest = span_of(text, n), label;
    if (error != JUMIN_OK || !pem_next(&rest, &label, &der) ||
        !describe(listing, writer_span(&der), &signer)) {
        return pki_fail(pki, error != JUMIN_OK ? error : JUMIN_ERROR_INPUT, "%s: is no certificate", inner);
    }
    if (strcmp(signer.serial, current) != 0) {
        add(listing, &signer);
    }
    return JUMIN_OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct jumin_signer *left = a, *right = b;
    if (left->current != right->current) {
        return left->current ? -1 : 1;
    }
    if (left->not_before != right->not_before) {
        return left->not_before > right->not_before ? -1 : 1;
    }
    return strcmp(left->serial, right->serial);
}

static bool is_certificate_file(const char *name)
{
    const size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".crt") == 0;
}

enum jumin_error jumin_pki_signers(struct jumin_pki *pki, struct jumin_signer *signers, size_t capacity,
                                   size_t *count)
{
    char path[PATH_MAX];
    struct jumin_signer current;
    struct listing listing = {.signers = signers, .capacity = capacity};
    const char *why = "";
    if (pki == NULL || count == NULL || (signers == NULL && capacity > 0)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = pki->loaded || pki->authority ? JUMIN_OK : pki_load_items(pki);
    error = error == JUMIN_OK ? pki_path_of(pki, "signers", path) : error;
    if (error != JUMIN_OK) {
        return error;
    }
    if (!x509_crl_parse(span_of(pki->revocation_list.p, pki->revocation_list.n), &listing.list, &why) ||
        !describe(&listing, span_of(pki->signer.p, pki->signer.n), &current)) {
        return pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "ds.crt or csca.crl is malformed");
    }
    current.current = true;
    add(&listing, &current);
    DIR *folder = opendir(path);
    const struct dirent *file = NULL;
    while (folder != NULL && error == JUMIN_OK && (file = readdir(folder)) != NULL) {
        if (is_certificate_file(file->d_name)) {
            error = add_file(pki, &listing, file->d_name, current.serial);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    *count = listing.count;
    if (capacity > 0) {
        qsort(signers, listing.count < capacity ? listing.count : capacity, sizeof *signers, newest_first);
    }
    return error;
}
