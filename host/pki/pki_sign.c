// Signing with the folder's document signer: EF.SOD and EF.CardSecurity.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pki.h"

#include "host/file.h"
#include "host/pki/signed_data.h"
#include "host/pki/signers.h"
#include "host/pki/x509.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

enum { BATCH_FILE_MAX = 16384, BATCH_FILE_DIGITS = 8 };

enum jumin_error pki_sign(const struct jumin_pki *pki, struct span content_type, struct span content,
                          int64_t now, struct writer *der)
{
    const struct crypto_random random = crypto_system_random();
    struct x509_certificate signer;
    const char *why = NULL;
    if (!pki->loaded || !x509_parse(span_of(pki->signer.p, pki->signer.n), &signer, &why)) {
        return JUMIN_ERROR_CERTIFICATE;
    }
    // Nobody would believe it, and the card would be spoiled.
    int64_t signs_from = signer.not_before, signs_until = signer.not_after;
    if (!signer_key_period(&signer, &signs_from, &signs_until)) {
        return JUMIN_ERROR_CERTIFICATE;
    }
    if (now < signs_from || now > signs_until) {
        return JUMIN_ERROR_NOT_VALID_NOW;
    }
    struct x509_crl list;
    if (!x509_crl_parse(span_of(pki->revocation_list.p, pki->revocation_list.n), &list, &why)) {
        return JUMIN_ERROR_CERTIFICATE;
    }
    if (x509_crl_lists(&list, signer.serial)) {
        return JUMIN_ERROR_REVOKED;
    }
    const struct signed_data_request request = {
        .content_type = content_type,
        .content = content,
        .certificate = signer.whole,
        .issuer = signer.issuer,
        .serial_number = signer.serial,
        .signing_time = now,
    };
    if (signed_data_make(&request, &pki->signer_key, &random, der)) {
        return JUMIN_OK;
    }
    struct detail ignored;
    return signing_key_failure(&pki->signer_key, &ignored);
}

// Names what is signed and by whom.
static bool batch_file(const struct jumin_pki *pki, struct span content, char path[PATH_MAX])
{
    const struct span parts[] = {span_of(pki->signer.p, pki->signer.n), content};
    uint8_t digest[CRYPTO_HASH_MAX];
    char name[64];
    if (!crypto_hash_parts(CRYPTO_SHA256, parts, 2, digest)) {
        return false;
    }
    int n = snprintf(name, sizeof name, "batch-");
    for (size_t i = 0; i < BATCH_FILE_DIGITS; i++) {
        n += snprintf(name + n, sizeof name - (size_t)n, "%02x", digest[i]);
    }
    (void)snprintf(name + n, sizeof name - (size_t)n, ".cms");
    return disk_join(path, PATH_MAX, pki->folder, name);
}

enum jumin_error pki_sign_for_batch(const struct jumin_pki *pki, struct span content_type,
                                    struct span content, int64_t now, struct writer *der)
{
    char path[PATH_MAX];
    uint8_t kept[BATCH_FILE_MAX];
    size_t n = 0;
    struct writer made = writer_of(kept, sizeof kept);
    // Always made, as that checks whether the signer may sign now.
    enum jumin_error error = pki_sign(pki, content_type, content, now, &made);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!pki->in_folder) {
        writer_put(der, writer_span(&made));
        return JUMIN_OK;
    }
    if (!batch_file(pki, content, path)) {
        return JUMIN_ERROR_CRYPTO;
    }
    // Of two stations that come at once, one wins and both take its file.
    error = disk_create(path, 0644, writer_span(&made));
    if (error == JUMIN_OK || errno == EEXIST) {
        error = disk_read(path, kept, sizeof kept, &n);
    }
    writer_put(der, span_of(kept, error == JUMIN_OK ? n : 0));
    return error;
}
