// The issuer's trust list: its own roots, and those of other issuers and of wallet providers.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/mobile_pki.h"

#include "host/file.h"
#include "host/mobile/resident_claims.h"
#include "host/mobile/trust_list.h"
#include "host/pki/pem.h"
#include "host/pki/trust.h"
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
    struct trust_list_root roots[TRUST_LIST_ROOTS_MAX];
    size_t count;
    struct jumin_trust **issuers; // what each issuer's file had
    size_t issuer_count;
    struct span crls[TRUST_LIST_CRLS_MAX]; // of authorities below roots of those
    size_t crl_count;
};

static void release(struct material *material)
{
    for (size_t i = 0; i < material->issuer_count; i++) {
        jumin_trust_free(material->issuers[i]);
    }
    free((void *)material->issuers);
    free(material);
}

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

// --- Other issuers -------------------------------------------------------------------------------------------

static enum jumin_error refuse(struct jumin_mobile_pki *pki, const struct jumin_mobile_issuer *issuer,
                               const char *why)
{
    return detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%.120s: %.200s", issuer->path, why);
}

// All of the file, or nothing.
static enum jumin_error load_issuer(struct jumin_mobile_pki *pki, const struct jumin_mobile_issuer *issuer,
                                    struct material *material)
{
    struct jumin_trust *trust = NULL;
    enum jumin_error error = jumin_trust_new(&trust);
    if (error != JUMIN_OK) {
        return detail_set(&pki->detail, error, "no memory for the trust list");
    }
    material->issuers[material->issuer_count++] = trust;
    error = jumin_trust_add_file(trust, issuer->path);
    if (error != JUMIN_OK) {
        return detail_set(&pki->detail, error, "%s", trust->detail.text);
    }
    if (trust->skipped > 0) {
        return trust->reasons[0] != NULL
                   ? detail_set(&pki->detail, JUMIN_ERROR_INPUT, "%s", trust->reasons[0])
                   : refuse(pki, issuer, "cannot be read whole");
    }
    return trust->certificate_count > 0 ? JUMIN_OK : refuse(pki, issuer, "has no certificate");
}

static bool is_listed(const struct material *material, struct span certificate)
{
    for (size_t i = 0; i < material->count; i++) {
        if (material->roots[i].kind == TRUST_LIST_ISSUERS &&
            span_equal(material->roots[i].certificate, certificate)) {
            return true;
        }
    }
    return false;
}

static bool is_of(const struct x509_crl *crl, const struct x509_certificate *root)
{
    return x509_name_equal(crl->issuer, root->subject) && x509_crl_signed_by(crl, root);
}

// The newest list of just this root: after a change of keys two have one name. Empty: none.
static struct span list_of(const struct jumin_trust *trust, const struct x509_certificate *root)
{
    const struct x509_crl *newest = NULL;
    for (size_t i = 0; i < trust->crl_count; i++) {
        const struct x509_crl *crl = &trust->crls[i].parsed;
        if (is_of(crl, root) && (newest == NULL || crl->this_update > newest->this_update)) {
            newest = crl;
        }
    }
    return newest != NULL ? newest->whole : span_of(NULL, 0);
}

static enum jumin_error add_roots(struct jumin_mobile_pki *pki, const struct jumin_mobile_issuer *issuer,
                                  struct material *material)
{
    const struct jumin_trust *trust = material->issuers[material->issuer_count - 1];
    for (size_t i = 0; i < trust->certificate_count; i++) {
        const struct trust_certificate *root = &trust->certificates[i];
        if (!root->root || !x509_is_authority(&root->parsed)) {
            return refuse(pki, issuer, "has a certificate that is no self-signed certification authority's");
        }
        // Under a second entry it would vouch for more than the first one says.
        if (is_listed(material, root->parsed.whole)) {
            return refuse(pki, issuer, "has a root that is in the trust list already");
        }
        if (material->count == TRUST_LIST_ROOTS_MAX) {
            return refuse(pki, issuer, "is one root too many for a trust list");
        }
        material->roots[material->count++] = (struct trust_list_root){.kind = TRUST_LIST_ISSUERS,
                                                                      .certificate = root->parsed.whole,
                                                                      .crl = list_of(trust, &root->parsed),
                                                                      .issuer = issuer->name,
                                                                      .types = issuer->types,
                                                                      .type_count = issuer->type_count};
    }
    return JUMIN_OK;
}

static bool is_below(const struct jumin_trust *trust, const struct x509_crl *crl)
{
    for (size_t i = 0; i < trust->certificate_count; i++) {
        if (is_of(crl, &trust->certificates[i].parsed)) {
            return false;
        }
    }
    return true;
}

// What is not of a root is of authorities below, and stands with the file's first root.
static enum jumin_error add_lists_below(struct jumin_mobile_pki *pki,
                                        const struct jumin_mobile_issuer *issuer,
                                        struct trust_list_root *root, struct material *material)
{
    const struct jumin_trust *trust = material->issuers[material->issuer_count - 1];
    root->crls = material->crls + material->crl_count;
    for (size_t i = 0; i < trust->crl_count; i++) {
        if (!is_below(trust, &trust->crls[i].parsed)) {
            continue;
        }
        if (material->crl_count == TRUST_LIST_CRLS_MAX) {
            return refuse(pki, issuer, "has too many revocation lists of authorities below its roots");
        }
        material->crls[material->crl_count++] = trust->crls[i].parsed.whole;
        root->crl_count++;
    }
    return JUMIN_OK;
}

static enum jumin_error add_issuers(struct jumin_mobile_pki *pki, const struct jumin_mobile_trust_list *list,
                                    struct material *material)
{
    enum jumin_error error = JUMIN_OK;
    material->issuers = (struct jumin_trust **)calloc(list->issuer_count + 1, sizeof *material->issuers);
    if (material->issuers == NULL) {
        return detail_set(&pki->detail, JUMIN_ERROR_MEMORY, "no memory for the trust list");
    }
    for (size_t i = 0; i < list->issuer_count && error == JUMIN_OK; i++) {
        struct trust_list_root *first = &material->roots[material->count];
        error = load_issuer(pki, &list->issuers[i], material);
        error = error == JUMIN_OK ? add_roots(pki, &list->issuers[i], material) : error;
        error = error == JUMIN_OK ? add_lists_below(pki, &list->issuers[i], first, material) : error;
    }
    return error;
}

// --- All of it ---------------------------------------------------------------------------------------------------

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

static bool is_sayable(const struct jumin_mobile_trust_list *list)
{
    for (size_t i = 0; i < list->issuer_count; i++) {
        const struct jumin_mobile_issuer *issuer = &list->issuers[i];
        if (issuer->name == NULL || issuer->path == NULL || issuer->types == NULL ||
            issuer->type_count == 0) {
            return false;
        }
    }
    return list->now >= 0 && list->seconds > 0;
}

enum jumin_error jumin_mobile_pki_trust_list(struct jumin_mobile_pki *pki, const char *passphrase,
                                             const struct jumin_mobile_trust_list *list)
{
    if (pki == NULL || passphrase == NULL || list == NULL || !is_sayable(list)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct material *material = calloc(1, sizeof *material);
    if (material == NULL) {
        return detail_set(&pki->detail, JUMIN_ERROR_MEMORY, "no memory for the trust list");
    }
    enum jumin_error error = mobile_lock(pki);
    error = error == JUMIN_OK ? add_own(pki, material) : error;
    error = error == JUMIN_OK && list->wallets != NULL ? add_wallets(pki, list->wallets, material) : error;
    error = error == JUMIN_OK ? add_issuers(pki, list, material) : error;
    error = error == JUMIN_OK ? sign_and_save(pki, passphrase, list->now, list->seconds, material) : error;
    release(material);
    return error;
}
