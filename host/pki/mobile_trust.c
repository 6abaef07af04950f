// The issuer's trust list: its own roots, and those of wallet providers.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/mobile_pki.h"

#include "host/file.h"
#include "host/mobile/resident_claims.h"
#include "host/mobile/trust_list.h"
#include "host/pki/pem.h"
#include <errno.h>
#include <stdlib.h>

enum { WALLETS_MAX = 64, WALLETS_TEXT_MAX = 262144 };

// What the roots of the list are borrowed from.
struct material {
    struct mobile_key keys[2];
    struct pki_bytes lists[2];
    uint8_t text[WALLETS_TEXT_MAX];
    uint8_t wallets[WALLETS_TEXT_MAX];
    uint8_t jws[TRUST_LIST_MAX];
    struct trust_list_root roots[2 + WALLETS_MAX];
    size_t count;
};

static enum jumin_error add_own(struct jumin_mobile_pki *pki, struct material *material)
{
    static const struct {
        enum jumin_mobile_key key;
        enum trust_list_kind kind;
    } own[] = {{JUMIN_MOBILE_IACA, TRUST_LIST_ISSUERS}, {JUMIN_MOBILE_VENUE_ROOT, TRUST_LIST_VENUES}};
    static const char *const types[] = {RESIDENT_DOC_TYPE, RESIDENT_VCT}; // all that its signers sign
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < 2 && error == JUMIN_OK; i++) {
        const char *name = jumin_mobile_key_name(own[i].key);
        struct mobile_key *key = &material->keys[i];
        struct pki_bytes *list = &material->lists[i];
        struct x509_crl ignored;
        error = mobile_load_key(pki, name, NULL, key);
        error = error == JUMIN_OK ? mobile_load_list(pki, name, list, &ignored) : error;
        material->roots[material->count++] =
            (struct trust_list_root){.kind = own[i].kind,
                                     .certificate = span_of(key->certificate.p, key->certificate.n),
                                     .crl = span_of(list->p, list->n),
                                     .types = own[i].kind == TRUST_LIST_ISSUERS ? types : NULL,
                                     .type_count = sizeof types / sizeof *types};
    }
    return error;
}

static enum jumin_error add_wallets(struct jumin_mobile_pki *pki, const char *path, struct material *material)
{
    struct writer der = writer_of(material->wallets, sizeof material->wallets);
    struct span label;
    size_t n = 0;
    const enum jumin_error error = disk_read(path, material->text, sizeof material->text, &n);
    if (error != JUMIN_OK) {
        return detail_set(&pki->detail, error, "%s: cannot be read: %s", path,
                          error == JUMIN_ERROR_FILE ? strerror(errno) : "it is too long");
    }
    struct span rest = span_of(material->text, n);
    size_t start = 0, found = 0;
    while (pem_next(&rest, &label, &der)) {
        if (found++ == WALLETS_MAX) {
            return detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s: has too many certificates", path);
        }
        material->roots[material->count++] = (struct trust_list_root){
            .kind = TRUST_LIST_WALLETS, .certificate = span_of(material->wallets + start, der.n - start)};
        start = der.n;
    }
    return found > 0 ? JUMIN_OK
                     : detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s: has no certificate in PEM", path);
}

static enum jumin_error sign_and_save(struct jumin_mobile_pki *pki, const char *passphrase, int64_t now,
                                      int64_t seconds, struct material *material)
{
    struct writer jws = writer_of(material->jws, sizeof material->jws);
    struct signer signer;
    struct x5chain chain = {.count = 1};
    char path[PATH_MAX];
    enum jumin_error error =
        mobile_pki_signer(pki, JUMIN_MOBILE_TRUST_LIST, passphrase, &signer, &chain.certificates[0]);
    error = error == JUMIN_OK ? trust_list_sign(now, now + seconds, material->roots, material->count, &signer,
                                                &chain, &jws, &pki->detail)
                              : error;
    error = error == JUMIN_OK ? mobile_path(pki, "trust-list", ".jwt", path) : error;
    if (error == JUMIN_OK) {
        error = disk_write(path, 0644, writer_span(&jws));
        if (error != JUMIN_OK) {
            (void)detail_set(&pki->detail, error, "%s: cannot be written: %s", path, strerror(errno));
        }
    }
    return error;
}

enum jumin_error jumin_mobile_pki_trust_list(struct jumin_mobile_pki *pki, const char *passphrase,
                                             const char *wallets, int64_t now, int64_t seconds)
{
    if (pki == NULL || passphrase == NULL || now < 0 || seconds <= 0) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct material *material = calloc(1, sizeof *material);
    if (material == NULL) {
        return detail_set(&pki->detail, JUMIN_ERROR_MEMORY, "no memory for the trust list");
    }
    enum jumin_error error = mobile_lock(pki);
    error = error == JUMIN_OK ? add_own(pki, material) : error;
    error = error == JUMIN_OK && wallets != NULL ? add_wallets(pki, wallets, material) : error;
    error = error == JUMIN_OK ? sign_and_save(pki, passphrase, now, seconds, material) : error;
    free(material);
    return error;
}
