// Venues' reader certificates, and what the folder says of its certificates.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/mobile_pki.h"

#include "host/mobile/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    READER_DAYS = 365, // at most 1187 (ISO 18013-5 §B.1.7)
    PURPOSES_ALL = JUMIN_PURPOSE_AGE | JUMIN_PURPOSE_ADULT | JUMIN_PURPOSE_IDENTITY | JUMIN_PURPOSE_ADDRESS,
    VENUE_NAME_MAX = 64,
    HOST_MAX = 253, // RFC 1035 §2.3.4
    // ub-common-name of RFC 5280, in characters; and what everybody who shows it has room for.
    TITLE_CHARACTERS = 64,
    TITLE_BYTES = JUMIN_MOBILE_NAME - 1,
};

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

static bool venue_name_is_good(const char *name)
{
    const size_t n = strlen(name);
    return n > 0 && n <= VENUE_NAME_MAX && name[0] != '-' && strspn(name, name_characters) == n;
}

static bool host_is_good(const char *host)
{
    static const char dots[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    const size_t n = strlen(host);
    return n > 0 && n <= HOST_MAX && strspn(host, dots) == n;
}

static bool title_is_good(const char *title)
{
    const size_t n = strlen(title);
    size_t characters = 0;
    return n > 0 && n <= TITLE_BYTES && utf8_is_line(span_of(title, n), &characters) &&
           characters <= TITLE_CHARACTERS;
}

// Keeps the certificate of a venue that gets another one.
static enum jumin_error archive(struct jumin_mobile_pki *pki, const char *venue, const char *name)
{
    char path[PATH_MAX];
    struct pki_bytes before;
    enum jumin_error error = mobile_path(pki, name, ".key", path);
    if (error != JUMIN_OK || access(path, F_OK) != 0) {
        return error;
    }
    error = mobile_load_certificate(pki, name, ".key", &before);
    return error == JUMIN_OK ? mobile_archive(pki, JUMIN_MOBILE_VENUE_ROOT, venue, &before) : error;
}

enum jumin_error jumin_mobile_pki_issue_venue(struct jumin_mobile_pki *pki, const char *passphrase,
                                              const struct jumin_venue *venue)
{
    const struct crypto_random random = crypto_system_random();
    struct mobile_key made = {.key = {.token = NULL}};
    struct issuer_texts texts;
    char name[MOBILE_NAME_MAX];
    if (pki == NULL || passphrase == NULL || venue == NULL || venue->name == NULL || venue->now < 0) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const char *title = venue->title != NULL ? venue->title : venue->name;
    if (!venue_name_is_good(venue->name) || !title_is_good(title) ||
        (venue->host != NULL && !host_is_good(venue->host))) {
        return detail_set(
            &pki->detail, JUMIN_ERROR_ARGUMENT,
            "a venue needs a name of letters, digits and dashes, a title in UTF-8 of at most %d "
            "characters and %d bytes and, if any, a host name",
            TITLE_CHARACTERS, TITLE_BYTES);
    }
    if (venue->purposes == 0 || (venue->purposes & ~(unsigned)PURPOSES_ALL) != 0) {
        return detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT, "a venue needs at least one purpose");
    }
    (void)snprintf(name, sizeof name, "venues/%s", venue->name);
    enum jumin_error error = mobile_lock(pki);
    error = error == JUMIN_OK ? mobile_load_root(pki, JUMIN_MOBILE_VENUE_ROOT, passphrase, &texts) : error;
    error = error == JUMIN_OK ? mobile_make_folder(pki, "venues") : error;
    if (error == JUMIN_OK && !crypto_ec_generate(&made.key.key, CRYPTO_P256, &random)) {
        error = detail_set(&pki->detail, JUMIN_ERROR_CRYPTO, "a key cannot be made");
    }
    if (error == JUMIN_OK) {
        struct certificate_request request = {
            .profile = CERTIFICATE_READER,
            .subject = {texts.country, texts.organization, title},
            .host = venue->host,
            .purposes = venue->purposes,
            .not_before = venue->now,
            .not_after = venue->now + (int64_t)READER_DAYS * PKI_DAY,
        };
        error = mobile_certify(pki, JUMIN_MOBILE_VENUE_ROOT, &texts, &request, &made);
    }
    error = error == JUMIN_OK ? archive(pki, venue->name, name) : error;
    error = error == JUMIN_OK ? mobile_save_key(pki, name, &made, passphrase) : error;
    signing_key_release(&made.key);
    return error;
}

// --- What is there -----------------------------------------------------------------------------------------------

static enum jumin_error show(struct jumin_mobile_pki *pki, const char *file, const char *name,
                             const struct x509_crl *list, struct jumin_mobile_certificate *certificate)
{
    struct mobile_key key = {.key = {.token = NULL}};
    struct x509_certificate parsed;
    const char *why = "";
    const enum jumin_error error = mobile_load_key(pki, file, NULL, &key);
    if (error == JUMIN_OK && x509_parse(span_of(key.certificate.p, key.certificate.n), &parsed, &why)) {
        mobile_describe(name, &parsed, list, certificate);
    }
    return error;
}

enum jumin_error jumin_mobile_pki_show(struct jumin_mobile_pki *pki, enum jumin_mobile_key key,
                                       struct jumin_mobile_certificate *certificate)
{
    struct pki_bytes der;
    struct x509_crl list;
    if (pki == NULL || certificate == NULL || (unsigned)key >= JUMIN_MOBILE_KEYS) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const char *name = jumin_mobile_key_name(key);
    const enum jumin_error error =
        mobile_load_list(pki, jumin_mobile_key_name(mobile_root_of(key)), &der, &list);
    return error == JUMIN_OK ? show(pki, name, name, &list, certificate) : error;
}

enum jumin_error jumin_mobile_pki_venues(struct jumin_mobile_pki *pki,
                                         struct jumin_mobile_certificate *venues, size_t capacity,
                                         size_t *count)
{
    char(*names)[JUMIN_MOBILE_NAME] = NULL;
    char file[MOBILE_NAME_MAX];
    struct pki_bytes der;
    struct x509_crl list;
    if (pki == NULL || count == NULL || (venues == NULL && capacity > 0)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = mobile_list_names(pki, "venues", ".key", &names, count);
    if (error == JUMIN_OK) {
        error = mobile_load_list(pki, jumin_mobile_key_name(JUMIN_MOBILE_VENUE_ROOT), &der, &list);
    }
    for (size_t i = 0; i < *count && i < capacity && error == JUMIN_OK; i++) {
        (void)snprintf(file, sizeof file, "venues/%.*s", VENUE_NAME_MAX, names[i]);
        error = show(pki, file, names[i], &list, &venues[i]);
    }
    free(names);
    return error;
}
