// Certificates and revocation lists of the mobile credential's roots (ISO 18013-5 Annex B).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/mobile_pki.h"

#include "host/pki/der_read.h"
#include <ctype.h>

enum { ENTRIES_MAX = 300 };

enum jumin_mobile_key mobile_root_of(enum jumin_mobile_key which)
{
    return which == JUMIN_MOBILE_VENUE_ROOT ? which : JUMIN_MOBILE_IACA;
}

static enum jumin_error cannot_sign(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                    const char *what)
{
    struct detail why;
    const enum jumin_error error = signing_key_failure(&pki->keys[root].key, &why);
    return detail_set(&pki->detail, error, "%s: %s", what, why.text);
}

enum jumin_error mobile_load_root(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                  const char *passphrase, struct issuer_texts *texts)
{
    struct mobile_key *key = &pki->keys[root];
    struct x509_certificate parsed;
    const char *why = "";
    const enum jumin_error error = mobile_load_key(pki, jumin_mobile_key_name(root), passphrase, key);
    if (error != JUMIN_OK) {
        return error;
    }
    return x509_parse(span_of(key->certificate.p, key->certificate.n), &parsed, &why) &&
                   issuer_texts_of_iaca(&parsed, texts)
               ? JUMIN_OK
               : detail_set(&pki->detail, JUMIN_ERROR_CERTIFICATE,
                            "%s.key: its certificate is not as `jumin pki iaca` makes it",
                            jumin_mobile_key_name(root));
}

enum jumin_error mobile_certify(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                const struct issuer_texts *texts, struct certificate_request *request,
                                struct mobile_key *made)
{
    const struct crypto_random random = crypto_system_random();
    const struct mobile_key *issuer = &pki->keys[root];
    struct x509_certificate parsed;
    const char *why = "";
    if (request->profile != CERTIFICATE_IACA) {
        if (!x509_parse(span_of(issuer->certificate.p, issuer->certificate.n), &parsed, &why)) {
            return detail_set(&pki->detail, JUMIN_ERROR_CERTIFICATE, "%s", why);
        }
        if (request->not_before < parsed.not_before || request->not_before > parsed.not_after) {
            return detail_set(&pki->detail, JUMIN_ERROR_NOT_VALID_NOW,
                              "the root is not valid at this time: another one is needed");
        }
        request->not_after = request->not_after < parsed.not_after ? request->not_after : parsed.not_after;
    }
    request->issuer = texts->name;
    request->contact = texts->contact;
    request->revocation_list = texts->revocation_list;
    request->subject_key = &made->key.key;
    return pki_certify(request, &issuer->key, &random, &made->certificate)
               ? JUMIN_OK
               : cannot_sign(pki, root, "a certificate cannot be made");
}

// --- Revocation lists ------------------------------------------------------------------------------------------

static enum jumin_error sign_list(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                  struct revocation_request *request)
{
    const struct crypto_random random = crypto_system_random();
    struct pki_bytes bytes;
    struct writer der = writer_of(bytes.p, sizeof bytes.p);
    request->next_update = request->this_update + (int64_t)PKI_CRL_DAYS * PKI_DAY;
    return revocation_list_issue(request, &pki->keys[root].key, &random, &der)
               ? mobile_save_list(pki, jumin_mobile_key_name(root), writer_span(&der))
               : cannot_sign(pki, root, "a revocation list cannot be made");
}

enum jumin_error mobile_first_list(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                   const struct certificate_name *name, int64_t now)
{
    struct revocation_request request = {.issuer = *name, .number = 1, .this_update = now};
    return sign_list(pki, root, &request);
}

// Pairs of hexadecimal digits.
static bool serial_parse(const char *text, struct writer *serial)
{
    static const char digits[] = "0123456789abcdef";
    for (; text[0] != '\0' && text[1] != '\0'; text += 2) {
        const char *high = strchr(digits, tolower((unsigned char)text[0]));
        const char *low = strchr(digits, tolower((unsigned char)text[1]));
        if (high == NULL || low == NULL) {
            return false;
        }
        writer_put_u8(serial, (uint8_t)((size_t)(high - digits) << 4 | (size_t)(low - digits)));
    }
    return text[0] == '\0' && serial->n > 0 && !serial->overflow;
}

// The entries of the next list, and what the folder knows of their certificates.
struct revocations {
    struct jumin_mobile_pki *pki;
    struct revocation_entry entries[ENTRIES_MAX];
    int64_t not_after[ENTRIES_MAX]; // INT64_MAX: no such certificate is known
    size_t count;
    struct span wanted; // serial of the one that is to be revoked
    bool known;         // whether there is one with that
};

static enum jumin_error add_entry(struct revocations *revocations, struct span serial, int64_t now)
{
    for (size_t i = 0; i < revocations->count; i++) {
        if (span_equal(revocations->entries[i].serial, serial)) {
            return detail_set(&revocations->pki->detail, JUMIN_ERROR_CONFLICT,
                              "the certificate is revoked already");
        }
    }
    if (revocations->count == ENTRIES_MAX) {
        return detail_set(&revocations->pki->detail, JUMIN_ERROR_INPUT, "the revocation list is full");
    }
    revocations->entries[revocations->count++] = (struct revocation_entry){serial, now};
    return JUMIN_OK;
}

static enum jumin_error collect(struct revocations *revocations, const struct x509_crl *before)
{
    struct span rest = before->entries;
    while (rest.n > 0) {
        const size_t i = revocations->count;
        if (i == ENTRIES_MAX ||
            !x509_crl_next_entry(&rest, &revocations->entries[i].serial, &revocations->entries[i].revoked)) {
            return detail_set(&revocations->pki->detail, JUMIN_ERROR_INPUT,
                              "the revocation list is full or malformed");
        }
        revocations->not_after[i] = INT64_MAX;
        revocations->count++;
    }
    return JUMIN_OK;
}

static void note_certificate(void *context, const char *name, const struct x509_certificate *certificate)
{
    struct revocations *revocations = context;
    (void)name;
    for (size_t i = 0; i < revocations->count; i++) {
        if (span_equal(revocations->entries[i].serial, certificate->serial)) {
            revocations->not_after[i] = certificate->not_after;
        }
    }
    revocations->known |= span_equal(revocations->wanted, certificate->serial);
}

// RFC 5280 §3.3: an entry stays until it stood on a list that was issued when its certificate had expired.
static void drop_expired(struct revocations *revocations, const struct x509_crl *before)
{
    size_t kept = 0;
    for (size_t i = 0; i < revocations->count; i++) {
        if (before->this_update <= revocations->not_after[i]) {
            revocations->entries[kept] = revocations->entries[i];
            kept++;
        }
    }
    revocations->count = kept;
}

static enum jumin_error next_entries(struct revocations *revocations, enum jumin_mobile_key root,
                                     const struct x509_crl *before, int64_t now)
{
    enum jumin_error error = collect(revocations, before);
    if (error == JUMIN_OK) {
        error = mobile_each_certificate(revocations->pki, root, note_certificate, revocations);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    drop_expired(revocations, before);
    if (revocations->wanted.n == 0) {
        return JUMIN_OK;
    }
    return revocations->known ? add_entry(revocations, revocations->wanted, now)
                              : detail_set(&revocations->pki->detail, JUMIN_ERROR_INPUT,
                                           "the %s has issued no certificate of this serial number",
                                           jumin_mobile_key_name(root));
}

enum jumin_error jumin_mobile_pki_revoke(struct jumin_mobile_pki *pki, const char *passphrase,
                                         enum jumin_mobile_key root, const char *serial, int64_t now)
{
    uint8_t bytes[JUMIN_SERIAL / 2];
    struct writer number = writer_of(bytes, sizeof bytes);
    struct revocations revocations = {.pki = pki};
    struct revocation_request request = {.this_update = now, .entries = revocations.entries};
    struct issuer_texts texts;
    struct pki_bytes der;
    struct x509_crl before;
    if (pki == NULL || passphrase == NULL || (root != JUMIN_MOBILE_IACA && root != JUMIN_MOBILE_VENUE_ROOT)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (serial != NULL && !serial_parse(serial, &number)) {
        return detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT, "%s is no serial number", serial);
    }
    revocations.wanted = writer_span(&number);
    enum jumin_error error = mobile_lock(pki);
    error = error == JUMIN_OK ? mobile_load_root(pki, root, passphrase, &texts) : error;
    error = error == JUMIN_OK ? mobile_load_list(pki, jumin_mobile_key_name(root), &der, &before) : error;
    if (error == JUMIN_OK && now < before.this_update) {
        error = detail_set(&pki->detail, JUMIN_ERROR_NOT_VALID_NOW,
                           "the present list is younger: is the clock right?");
    }
    if (error == JUMIN_OK && !der_number(&before.number, &request.number)) {
        error = detail_set(&pki->detail, JUMIN_ERROR_INPUT, "the present revocation list has no number");
    }
    error = error == JUMIN_OK ? next_entries(&revocations, root, &before, now) : error;
    if (error == JUMIN_OK) {
        request.count = revocations.count;
        request.issuer = texts.name;
        request.number++;
        error = sign_list(pki, root, &request);
    }
    return error;
}
