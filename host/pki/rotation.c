// Work with the CSCA's key: another document signer, another revocation list (9303-12 §5, §7.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/protocol.h"
#include "host/pki/signers.h"

#include "host/pki/der_read.h"
#include <stdio.h>
#include <stdlib.h>

static enum jumin_error load_issuer(struct jumin_pki *pki, struct x509_certificate *csca,
                                    struct issuer_texts *texts)
{
    const char *why = "";
    if (!x509_parse(span_of(pki->csca.p, pki->csca.n), csca, &why)) {
        return pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "csca.crt: %s", why);
    }
    return issuer_texts_of(csca, texts)
               ? JUMIN_OK
               : pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "csca.crt: is not as `jumin pki` makes it");
}

// --- Document signer -------------------------------------------------------------------------------------------

static enum jumin_error check_csca_may_certify(struct jumin_pki *pki, const struct x509_certificate *csca,
                                               int64_t now)
{
    int64_t from = 0, until = 0;
    char time[PROTOCOL_TIME];
    if (!signer_key_period(csca, &from, &until)) {
        return pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "csca.crt: its key's usage period is malformed");
    }
    protocol_time_text(until, time);
    return now >= from && now <= until
               ? JUMIN_OK
               : pki_fail(pki, JUMIN_ERROR_NOT_VALID_NOW,
                          "the country signing CA certifies until %s: after that, another one is needed",
                          time);
}

// The new signer's certificate into the handle, checked as others will check it.
static enum jumin_error certify_signer(struct jumin_pki *pki, const struct x509_certificate *csca,
                                       const struct issuer_texts *texts, int64_t now)
{
    const struct crypto_random random = crypto_system_random();
    struct x509_certificate made;
    const char *why = "";
    struct certificate_request request = {
        .profile = CERTIFICATE_DOCUMENT_SIGNER,
        .issuer = texts->name,
        .subject = {texts->country, texts->organization, "Document Signer"},
        .location = texts->location,
        .revocation_list = texts->revocation_list,
        .not_before = now,
        .key_not_after = now + (int64_t)PKI_SIGNER_KEY_DAYS * PKI_DAY,
        .not_after = now + (int64_t)(PKI_SIGNER_KEY_DAYS + PKI_DOCUMENT_DAYS) * PKI_DAY,
        .subject_key = &pki->signer_key.key,
    };
    return pki_certify(&request, &pki->csca_key, &random, &pki->signer) &&
                   x509_parse(span_of(pki->signer.p, pki->signer.n), &made, &why) &&
                   x509_signed_by(&made, csca)
               ? JUMIN_OK
               : pki_fail_to_sign(pki, "the certificate cannot be made");
}

static enum jumin_error add_signer(struct jumin_pki *pki, json_t *entry, const char *replaced)
{
    char serial[JUMIN_SERIAL], from_text[PROTOCOL_TIME], until_text[PROTOCOL_TIME], end_text[PROTOCOL_TIME];
    struct x509_certificate signer;
    const char *why = "";
    int64_t from = 0, until = 0;
    if (!x509_parse(span_of(pki->signer.p, pki->signer.n), &signer, &why) ||
        !signer_key_period(&signer, &from, &until)) {
        return JUMIN_ERROR_CERTIFICATE;
    }
    signer_serial_text(signer.serial, serial);
    protocol_time_text(from, from_text);
    protocol_time_text(until, until_text);
    protocol_time_text(signer.not_after, end_text);
    json_t *made = json_pack("{s:s, s:s, s:s, s:s, s:s}", "serial", serial, "signs_from", from_text,
                             "signs_until", until_text, "valid_until", end_text, "replaces", replaced);
    return json_object_set_new(entry, "signer", made) == 0 ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

// The new key goes where the one before is, which stays until the new one has taken its place.
static enum jumin_error make_beside(struct jumin_pki *pki, const struct signing_key *old)
{
    char token[TOKEN_URI_MAX] = "";
    const enum crypto_curve curve = crypto_ec_curve(&old->key);
    pki->signer_key = (struct signing_key){0};
    if (old->token != NULL && !token_of_key(token_key_uri(old->token), token)) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "ds.key: the URI of its token is too long");
    }
    return pki_make_signing_key(pki, PKI_SIGNER_KEY, token, curve);
}

enum jumin_error jumin_ceremony_rotate_signer(struct jumin_pki *pki, const char *passphrase,
                                              const struct jumin_ceremony *ceremony)
{
    struct x509_certificate csca, before;
    struct issuer_texts texts;
    char replaced[JUMIN_SERIAL];
    const char *why = "";
    json_t *entry = NULL;
    if (pki == NULL || passphrase == NULL || ceremony == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!pki->loaded) {
        return pki_fail(pki, JUMIN_ERROR_ARGUMENT, "the document signer's key is not loaded");
    }
    enum jumin_error error = protocol_open(pki);
    // Loaded before the folder was held: somebody else may have rotated since.
    error = error == JUMIN_OK ? pki_match(pki, PKI_SIGNER_KEY) : error;
    error = error == JUMIN_OK ? load_issuer(pki, &csca, &texts) : error;
    error = error == JUMIN_OK ? check_csca_may_certify(pki, &csca, ceremony->now) : error;
    error = error == JUMIN_OK ? protocol_entry(pki, ceremony, "rotate", &entry) : error;
    error = error == JUMIN_OK ? signer_archive(pki) : error;
    if (error == JUMIN_OK && !x509_parse(span_of(pki->signer.p, pki->signer.n), &before, &why)) {
        error = pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "ds.crt: %s", why);
    }
    if (error != JUMIN_OK) {
        json_decref(entry);
        return error;
    }
    signer_serial_text(before.serial, replaced);
    struct signing_key old = pki->signer_key;
    error = make_beside(pki, &old);
    error = error == JUMIN_OK ? certify_signer(pki, &csca, &texts, ceremony->now) : error;
    error = error == JUMIN_OK ? add_signer(pki, entry, replaced) : error;
    error = error == JUMIN_OK ? protocol_write_ahead(pki, entry, NULL, ceremony->now) : error;
    error = error == JUMIN_OK
                ? pki_save_key(pki, PKI_SIGNER_KEY, span_of(passphrase, strlen(passphrase))) // the change
                : error;
    // A token keeps the one of the two that ds.key names, whatever fails after it.
    signing_key_discard(error == JUMIN_OK ? &old : &pki->signer_key);
    signing_key_release(&old);
    error = error == JUMIN_OK ? pki_save_item(pki, JUMIN_PKI_DOCUMENT_SIGNER) : error;
    error = error == JUMIN_OK ? protocol_commit(pki) : error;
    pki->loaded = pki->in_folder = error == JUMIN_OK; // else the handle and the folder differ
    json_decref(entry);
    return error;
}

// --- Revocation list -------------------------------------------------------------------------------------------

// RFC 5280 §5.3.1
static const char *const reasons[] = {"unspecified", "key-compromise", "superseded", "cessation-of-operation",
                                      "privilege-withdrawn"};
enum { REASONS = sizeof reasons / sizeof *reasons };

const char *jumin_revocation_reason(size_t i)
{
    return i < REASONS ? reasons[i] : NULL;
}

static bool is_reason(const char *text)
{
    size_t i = 0;
    while (i < REASONS && (text == NULL || strcmp(text, reasons[i]) != 0)) {
        i++;
    }
    return i < REASONS;
}

static enum jumin_error parse_list(struct jumin_pki *pki, struct x509_crl *list, uint32_t *number)
{
    const char *why = "";
    struct span value;
    if (!x509_crl_parse(span_of(pki->revocation_list.p, pki->revocation_list.n), list, &why)) {
        return pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "csca.crl: %s", why);
    }
    value = list->number;
    return der_number(&value, number) && value.n == 0
               ? JUMIN_OK
               : pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "csca.crl: it has no number");
}

enum jumin_error jumin_pki_crl(struct jumin_pki *pki, struct jumin_crl *crl)
{
    struct x509_crl list;
    struct span serial;
    int64_t revoked = 0;
    if (pki == NULL || crl == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *crl = (struct jumin_crl){0};
    enum jumin_error error = pki->loaded || pki->authority ? JUMIN_OK : pki_load_items(pki);
    error = error == JUMIN_OK ? parse_list(pki, &list, &crl->number) : error;
    if (error == JUMIN_OK) {
        crl->this_update = list.this_update;
        crl->next_update = list.has_next_update ? list.next_update : list.this_update;
        while (x509_crl_next_entry(&list.entries, &serial, &revoked)) {
            crl->entries++;
        }
    }
    return error;
}

// The entries of a list, and the bytes of those that are new.
struct entries {
    struct revocation_entry list[SIGNERS_MAX];
    uint8_t serials[SIGNERS_MAX][JUMIN_SERIAL / 2];
    size_t count;
    struct jumin_signer signers[SIGNERS_MAX];
    size_t signer_count;
};

static struct span unhex_serial(const char *text, uint8_t *bytes)
{
    const size_t n = strlen(text) / 2;
    for (size_t i = 0; i < n; i++) {
        const char digits[] = {text[2 * i], text[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return span_of(bytes, n);
}

static enum jumin_error add_revocation(struct jumin_pki *pki, struct entries *entries, int64_t now,
                                       const struct jumin_revocation *revocation)
{
    struct jumin_signer *signer = NULL;
    for (size_t i = 0; i < entries->signer_count && revocation->serial != NULL; i++) {
        if (strcasecmp(entries->signers[i].serial, revocation->serial) == 0) {
            signer = &entries->signers[i];
        }
    }
    if (signer == NULL) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "there is no document signer %s",
                        revocation->serial == NULL ? "" : revocation->serial);
    }
    if (!is_reason(revocation->reason)) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "there is no reason %s",
                        revocation->reason == NULL ? "" : revocation->reason);
    }
    if (signer->revoked) {
        return pki_fail(pki, JUMIN_ERROR_CONFLICT, "document signer %s is revoked already", signer->serial);
    }
    if (entries->count == SIGNERS_MAX) {
        return pki_fail(pki, JUMIN_ERROR_INPUT, "the list is full");
    }
    signer->revoked = true;
    entries->list[entries->count] =
        (struct revocation_entry){unhex_serial(signer->serial, entries->serials[entries->count]), now};
    entries->count++;
    return JUMIN_OK;
}

static enum jumin_error keep_entries(struct jumin_pki *pki, struct entries *entries, struct span listed)
{
    struct revocation_entry entry;
    while (listed.n > 0 && x509_crl_next_entry(&listed, &entry.serial, &entry.revoked)) {
        if (entries->count == SIGNERS_MAX) {
            return pki_fail(pki, JUMIN_ERROR_INPUT, "the list is full");
        }
        entries->list[entries->count++] = entry;
    }
    return JUMIN_OK;
}

// The new list in `der`, checked as others will check it.
static enum jumin_error sign_list(struct jumin_pki *pki, const struct x509_certificate *csca,
                                  const struct revocation_request *request, struct writer *der)
{
    const struct crypto_random random = crypto_system_random();
    struct x509_crl made;
    const char *why = "";
    return revocation_list_issue(request, &pki->csca_key, &random, der) &&
                   x509_crl_parse(writer_span(der), &made, &why) && x509_crl_signed_by(&made, csca)
               ? JUMIN_OK
               : pki_fail_to_sign(pki, "the revocation list cannot be made");
}

static enum jumin_error add_list(json_t *entry, const struct revocation_request *request,
                                 const struct jumin_revocation *revocations, size_t count)
{
    char next[PROTOCOL_TIME];
    json_t *revoked = json_array();
    protocol_time_text(request->next_update, next);
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(revoked, json_pack("{s:s, s:s}", "serial", revocations[i].serial,
                                                       "reason", revocations[i].reason));
    }
    json_t *list = json_pack("{s:I, s:s, s:I, s:o}", "number", (json_int_t)request->number, "next_update",
                             next, "entries", (json_int_t)request->count, "revoked", revoked);
    return json_object_set_new(entry, "revocation_list", list) == 0 ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

static enum jumin_error collect(struct jumin_pki *pki, struct entries *entries, struct span listed,
                                int64_t now, const struct jumin_revocation *revocations, size_t count)
{
    enum jumin_error error = jumin_pki_signers(pki, entries->signers, SIGNERS_MAX, &entries->signer_count);
    if (error == JUMIN_OK && entries->signer_count > SIGNERS_MAX) {
        error =
            pki_fail(pki, JUMIN_ERROR_INPUT, "the folder signers has more than %d certificates", SIGNERS_MAX);
    }
    error = error == JUMIN_OK ? keep_entries(pki, entries, listed) : error;
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        error = add_revocation(pki, entries, now, &revocations[i]);
    }
    return error;
}

enum jumin_error jumin_ceremony_issue_crl(struct jumin_pki *pki, const struct jumin_ceremony *ceremony,
                                          const struct jumin_revocation *revocations, size_t count)
{
    struct x509_certificate csca;
    struct x509_crl before;
    struct issuer_texts texts;
    uint32_t number = 0;
    json_t *entry = NULL;
    if (pki == NULL || ceremony == NULL || (revocations == NULL && count > 0)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct pki_bytes *made = malloc(sizeof *made);
    struct entries *entries = calloc(1, sizeof *entries);
    enum jumin_error error = made == NULL || entries == NULL ? JUMIN_ERROR_MEMORY : protocol_open(pki);
    error = error == JUMIN_OK ? load_issuer(pki, &csca, &texts) : error;
    error = error == JUMIN_OK ? parse_list(pki, &before, &number) : error;
    if (error == JUMIN_OK && ceremony->now < before.this_update) {
        error = pki_fail(pki, JUMIN_ERROR_NOT_VALID_NOW, "the present list is younger: is the clock right?");
    }
    error =
        error == JUMIN_OK ? collect(pki, entries, before.entries, ceremony->now, revocations, count) : error;
    if (error != JUMIN_OK) {
        goto out;
    }
    const struct revocation_request request = {.issuer = texts.name,
                                               .number = number + 1,
                                               .this_update = ceremony->now,
                                               .next_update = ceremony->now + (int64_t)PKI_CRL_DAYS * PKI_DAY,
                                               .entries = entries->list,
                                               .count = entries->count};
    struct writer der = writer_of(made->p, sizeof made->p);
    error = sign_list(pki, &csca, &request, &der);
    error = error == JUMIN_OK ? protocol_entry(pki, ceremony, "revocation-list", &entry) : error;
    error = error == JUMIN_OK ? add_list(entry, &request, revocations, count) : error;
    if (error == JUMIN_OK) {
        made->n = der.n;
        pki->revocation_list = *made;
        error = protocol_write_ahead(pki, entry, NULL, ceremony->now);
        error = error == JUMIN_OK ? pki_save_item(pki, JUMIN_PKI_CRL) : error; // the change
        error = error == JUMIN_OK ? protocol_commit(pki) : error;
        pki->authority = error == JUMIN_OK; // else the handle and the folder differ
    }
out:
    json_decref(entry);
    free(made);
    free(entries);
    return error;
}
