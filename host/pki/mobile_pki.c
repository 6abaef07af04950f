// The issuer's certificates for the mobile credential: made once, renewed, loaded to sign.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/mobile_pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ROOT_DAYS = 10 * 366, // at most 20 years (ISO 18013-5 §B.1.2)
    SIGNER_DAYS = 457,    // at most that (§B.1.4)
};

struct kind {
    const char *name;
    enum certificate_profile profile;
    const char *subject; // common name
};

static const struct kind kinds[JUMIN_MOBILE_KEYS] = {
    [JUMIN_MOBILE_IACA] = {"iaca", CERTIFICATE_IACA, "Mobile IACA"},
    [JUMIN_MOBILE_MDOC_SIGNER] = {"mdoc", CERTIFICATE_MDOC_SIGNER, "Mobile Document Signer"},
    [JUMIN_MOBILE_STATUS_SIGNER] = {"status", CERTIFICATE_STATUS_SIGNER, "Status List Signer"},
    [JUMIN_MOBILE_SD_JWT_ISSUER] = {"sd-jwt", CERTIFICATE_SD_JWT_ISSUER, "SD-JWT Issuer"},
    [JUMIN_MOBILE_TRUST_LIST] = {"trust-list", CERTIFICATE_TRUST_LIST_SIGNER, "Trust List Signer"},
    [JUMIN_MOBILE_VENUE_ROOT] = {"venue-root", CERTIFICATE_IACA, "Venue Root"},
};

const char *jumin_mobile_key_name(enum jumin_mobile_key key)
{
    return (unsigned)key < JUMIN_MOBILE_KEYS ? kinds[key].name : NULL;
}

static bool is_root(enum jumin_mobile_key key)
{
    return mobile_root_of(key) == key;
}

// --- The handle ------------------------------------------------------------------------------------------------

enum jumin_error jumin_mobile_pki_new(struct jumin_mobile_pki **pki, const char *folder)
{
    if (pki == NULL || folder == NULL || strlen(folder) >= PKI_FOLDER_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pki = calloc(1, sizeof **pki);
    if (*pki == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    memcpy((*pki)->folder, folder, strlen(folder) + 1);
    return JUMIN_OK;
}

void jumin_mobile_pki_free(struct jumin_mobile_pki *pki)
{
    if (pki == NULL) {
        return;
    }
    for (size_t i = 0; i < JUMIN_MOBILE_KEYS; i++) {
        signing_key_release(&pki->keys[i].key);
    }
    if (pki->lock > 0) {
        close(pki->lock - 1);
    }
    free(pki);
}

const char *jumin_mobile_pki_detail(const struct jumin_mobile_pki *pki)
{
    return pki == NULL ? "" : pki->detail.text;
}

enum jumin_error jumin_mobile_pki_use_tokens(struct jumin_mobile_pki *pki, struct jumin_tokens *tokens,
                                             const char *uri)
{
    if (pki == NULL || tokens == NULL || (uri != NULL && strlen(uri) >= sizeof pki->token)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    pki->tokens = tokens;
    (void)snprintf(pki->token, sizeof pki->token, "%s", uri != NULL ? uri : "");
    return JUMIN_OK;
}

// --- Making ----------------------------------------------------------------------------------------------------

static enum jumin_error make_key(struct jumin_mobile_pki *pki, enum jumin_mobile_key which, const char *token,
                                 struct mobile_key *key)
{
    const struct crypto_random random = crypto_system_random();
    const struct key_place place = {pki->tokens, token[0] != '\0' ? token : NULL};
    struct detail why;
    const enum jumin_error error =
        signing_key_make(&key->key, &place, kinds[which].name, CRYPTO_P256, &random, &why);
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(&pki->detail, error, "a key cannot be made: %s", why.text);
}

static enum jumin_error certify(struct jumin_mobile_pki *pki, enum jumin_mobile_key which,
                                const struct issuer_texts *texts, int64_t now, struct mobile_key *key)
{
    const int64_t days = is_root(which) ? ROOT_DAYS : SIGNER_DAYS;
    struct certificate_request request = {
        .profile = kinds[which].profile,
        .subject = {texts->country, texts->organization, kinds[which].subject},
        .not_before = now,
        .not_after = now + days * PKI_DAY,
    };
    return mobile_certify(pki, mobile_root_of(which), texts, &request, key);
}

static bool set_text(char *text, size_t capacity, const char *given, const char *usual)
{
    const int n = snprintf(text, capacity, "%s", given != NULL ? given : usual);
    return n > 0 && (size_t)n < capacity;
}

// False: an option that does not fit a certificate.
static bool texts_of(const struct jumin_mobile_pki_options *options, enum jumin_mobile_key root,
                     struct issuer_texts *texts)
{
    char folder[sizeof texts->revocation_list];
    if (!set_text(texts->country, 3, options->country, "KR") || strlen(texts->country) != 2 ||
        strspn(texts->country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2 ||
        !set_text(texts->organization, sizeof texts->organization, options->organization, "jumin specimen") ||
        !set_text(texts->common_name, sizeof texts->common_name, kinds[root].subject, "") ||
        !set_text(texts->contact, sizeof texts->contact, options->contact, "https://jumin.example") ||
        !set_text(folder, sizeof folder, options->revocation_lists, "https://pki.jumin.example")) {
        return false;
    }
    const int n = snprintf(texts->revocation_list, sizeof texts->revocation_list, "%s/%s.crl", folder,
                           kinds[root].name);
    texts->name = (struct certificate_name){texts->country, texts->organization, texts->common_name};
    return n > 0 && (size_t)n < sizeof texts->revocation_list;
}

// An init that was cut off before it wrote these may be done again.
static enum jumin_error begin(struct jumin_mobile_pki *pki)
{
    static const char *const last[] = {".key", ".crt"};
    char path[PATH_MAX];
    enum jumin_error error = mobile_lock(pki);
    for (size_t i = 0; i < sizeof last / sizeof *last && error == JUMIN_OK; i++) {
        error = mobile_path(pki, kinds[JUMIN_MOBILE_IACA].name, last[i], path);
        if (error == JUMIN_OK && access(path, F_OK) == 0) {
            error = detail_set(&pki->detail, JUMIN_ERROR_INPUT,
                               "%s exists: its key would be lost; choose another folder", path);
        }
    }
    return error;
}

static enum jumin_error make_all(struct jumin_mobile_pki *pki, const struct jumin_mobile_pki_options *options)
{
    enum jumin_error error = JUMIN_OK;
    for (unsigned i = 0; i < JUMIN_MOBILE_KEYS && error == JUMIN_OK; i++) {
        const enum jumin_mobile_key which = (enum jumin_mobile_key)i;
        struct issuer_texts texts = {0};
        if (!texts_of(options, mobile_root_of(which), &texts)) {
            return detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT,
                              "a two-letter country and texts that are not too long are needed");
        }
        error = make_key(pki, which, pki->token, &pki->keys[i]);
        error = error == JUMIN_OK ? certify(pki, which, &texts, options->now, &pki->keys[i]) : error;
        error = error == JUMIN_OK && is_root(which) ? mobile_first_list(pki, which, &texts.name, options->now)
                                                    : error;
    }
    return error;
}

enum jumin_error jumin_mobile_pki_init(struct jumin_mobile_pki *pki, const char *passphrase,
                                       const struct jumin_mobile_pki_options *options)
{
    if (pki == NULL || passphrase == NULL || options == NULL || options->now < 0) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = begin(pki);
    if (error != JUMIN_OK) {
        return error;
    }
    for (unsigned i = 0; i < JUMIN_MOBILE_KEYS; i++) {
        signing_key_release(&pki->keys[i].key);
    }
    error = make_all(pki, options);
    // The IACA last: a folder that has the IACA's has everything.
    for (unsigned i = JUMIN_MOBILE_KEYS; i-- > 0 && error == JUMIN_OK;) {
        error = mobile_save_key(pki, kinds[i].name, &pki->keys[i], passphrase);
    }
    for (unsigned i = 0; i < JUMIN_MOBILE_KEYS && error != JUMIN_OK; i++) {
        signing_key_discard(&pki->keys[i].key);
    }
    return error;
}

// --- Signing and renewing ----------------------------------------------------------------------------------------

static bool sign_with(void *context, const uint8_t digest[SIGNER_DIGEST], uint8_t signature[SIGNER_SIGNATURE])
{
    const struct crypto_random random = crypto_system_random();
    return signing_key_sign(context, &random, span_of(digest, SIGNER_DIGEST), signature);
}

static bool signer_of(struct signing_key *key, struct signer *signer)
{
    *signer = (struct signer){.sign = sign_with, .context = key};
    return crypto_ec_public(&key->key, signer->point);
}

// The key is there already, once it was loaded.
static bool is_loaded(const struct mobile_key *key)
{
    uint8_t point[CRYPTO_POINT_MAX];
    return key->certificate.n > 0 && crypto_ec_public(&key->key.key, point);
}

enum jumin_error mobile_pki_signer(struct jumin_mobile_pki *pki, enum jumin_mobile_key which,
                                   const char *passphrase, struct signer *signer, struct span *certificate)
{
    struct mobile_key *key = &pki->keys[which];
    if (!is_loaded(key)) {
        const enum jumin_error error = mobile_load_key(pki, kinds[which].name, passphrase, key);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    *certificate = span_of(key->certificate.p, key->certificate.n);
    return signer_of(&key->key, signer) ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
}

enum jumin_error mobile_pki_venue_signer(struct jumin_mobile_pki *pki, const char *name,
                                         const char *passphrase, struct signing_key *key,
                                         struct signer *signer, struct writer *certificate)
{
    struct mobile_key loaded = {.key = {.token = NULL}};
    char path[MOBILE_NAME_MAX];
    const int n = snprintf(path, sizeof path, "venues/%s", name);
    if (n < 0 || (size_t)n >= sizeof path) {
        return detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT, "%s: the name is too long", name);
    }
    const enum jumin_error error = mobile_load_key(pki, path, passphrase, &loaded);
    if (error != JUMIN_OK) {
        return error;
    }
    *key = loaded.key; // moved, and not copied
    crypto_wipe(&loaded.key, sizeof loaded.key);
    writer_put(certificate, span_of(loaded.certificate.p, loaded.certificate.n));
    return signer_of(key, signer) && !certificate->overflow ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
}

enum jumin_error jumin_mobile_pki_renew(struct jumin_mobile_pki *pki, const char *passphrase,
                                        enum jumin_mobile_key signer, int64_t now)
{
    struct mobile_key made = {.key = {.token = NULL}};
    struct issuer_texts texts;
    char token[TOKEN_URI_MAX] = "";
    if (pki == NULL || passphrase == NULL || (unsigned)signer >= JUMIN_MOBILE_KEYS || is_root(signer)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct mobile_key *old = &pki->keys[signer];
    enum jumin_error error = mobile_lock(pki);
    error = error == JUMIN_OK ? mobile_load_root(pki, mobile_root_of(signer), passphrase, &texts) : error;
    error = error == JUMIN_OK ? mobile_load_key(pki, kinds[signer].name, passphrase, old) : error;
    error = error == JUMIN_OK
                ? mobile_archive(pki, mobile_root_of(signer), kinds[signer].name, &old->certificate)
                : error;
    if (error == JUMIN_OK && old->key.token != NULL && !token_of_key(token_key_uri(old->key.token), token)) {
        error = detail_set(&pki->detail, JUMIN_ERROR_INPUT, "the URI of its token is too long");
    }
    if (error != JUMIN_OK) {
        return error;
    }
    error = make_key(pki, signer, token, &made);
    error = error == JUMIN_OK ? certify(pki, signer, &texts, now, &made) : error;
    error = error == JUMIN_OK ? mobile_save_key(pki, kinds[signer].name, &made, passphrase) : error;
    // A token keeps the one of the two that the file names.
    signing_key_discard(error == JUMIN_OK ? &old->key : &made.key);
    signing_key_release(&made.key); // who signs next loads it
    return error;
}
