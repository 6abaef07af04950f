// Signing the trust list: what could not be read back is not signed.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/trust_list.h"

#include "host/mobile/jws.h"
#include "host/pki/pem.h"
#include <stdlib.h>
#include <string.h>

const char TRUST_LIST_TYPE[] = "jumin-trust-list+jwt";
const char *const trust_list_names[TRUST_LIST_KINDS] = {"issuers", "venues", "wallets"};

enum jumin_error trust_list_take_root(struct jumin_trust *trust, struct span certificate, struct span crl,
                                      struct detail *detail)
{
    struct trust_intake intake = {.trust = trust};
    struct x509_certificate parsed;
    struct x509_crl list;
    const char *why = "";
    if (!x509_parse(certificate, &parsed, &why)) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "a root of the trust list: %s", why);
    }
    if (!x509_is_self_issued(&parsed) || !x509_signed_by(&parsed, &parsed) || !x509_is_authority(&parsed)) {
        return detail_set(detail, JUMIN_ERROR_INPUT,
                          "a root of the trust list is no self-signed certification authority");
    }
    if (crl.n > 0 && !x509_crl_parse(crl, &list, &why)) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "a revocation list of the trust list: %s", why);
    }
    if (crl.n > 0 && !(x509_name_equal(list.issuer, parsed.subject) && x509_crl_signed_by(&list, &parsed))) {
        return detail_set(detail, JUMIN_ERROR_INPUT,
                          "a revocation list of the trust list is not of the root beside it");
    }
    enum jumin_error error = trust_take(&intake, TRUST_CERTIFICATE, certificate);
    if (error == JUMIN_OK && crl.n > 0) {
        error = trust_take(&intake, TRUST_CRL, crl);
    }
    return error == JUMIN_OK ? JUMIN_OK : detail_set(detail, error, "%s", trust->detail.text);
}

enum jumin_error trust_list_take_crl(struct jumin_trust *trust, struct span crl, struct detail *detail)
{
    struct trust_intake intake = {.trust = trust};
    struct x509_crl list;
    const char *why = "";
    if (!x509_crl_parse(crl, &list, &why)) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "a revocation list of the trust list: %s", why);
    }
    const enum jumin_error error = trust_take(&intake, TRUST_CRL, crl);
    return error == JUMIN_OK ? JUMIN_OK : detail_set(detail, error, "%s", trust->detail.text);
}

// The bytes in base64, as JSON text. NULL: no memory.
static json_t *encode(struct span bytes)
{
    const size_t capacity = bytes.n / 3 * 4 + 4;
    char *text = malloc(capacity);
    if (text == NULL) {
        return NULL;
    }
    struct writer w = writer_of(text, capacity);
    base64_put(&w, bytes);
    json_t *value = w.overflow ? NULL : json_stringn(text, w.n);
    free(text);
    return value;
}

// NULL: no memory.
static json_t *crls_of(const struct trust_list_root *root)
{
    json_t *list = json_array();
    for (size_t i = 0; i < root->crl_count; i++) {
        if (json_array_append_new(list, encode(root->crls[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *types_of(const struct trust_list_root *root)
{
    json_t *list = json_array();
    for (size_t i = 0; i < root->type_count; i++) {
        (void)json_array_append_new(list, json_string(root->types[i]));
    }
    return list;
}

// What reading would refuse.
static bool is_sayable(const struct trust_list_root *root)
{
    const size_t name = root->issuer != NULL ? strlen(root->issuer) : 1;
    for (size_t i = 0; root->types != NULL && i < root->type_count; i++) {
        if (root->types[i][0] == '\0') {
            return false;
        }
    }
    return name > 0 && name < TRUST_LIST_ISSUER_MAX && root->crl_count <= TRUST_LIST_CRLS_MAX &&
           (root->types == NULL || (root->type_count > 0 && root->type_count <= TRUST_LIST_TYPES_MAX));
}

static bool add_root(json_t *claims, const struct trust_list_root *root)
{
    json_t *object = json_object();
    bool ok = json_object_set_new(object, "certificate", encode(root->certificate)) == 0;
    if (root->crl.n > 0) {
        ok = json_object_set_new(object, "crl", encode(root->crl)) == 0 && ok;
    }
    if (root->crl_count > 0) {
        ok = json_object_set_new(object, "crls", crls_of(root)) == 0 && ok;
    }
    if (root->issuer != NULL) {
        ok = json_object_set_new(object, "issuer", json_string(root->issuer)) == 0 && ok;
    }
    ok = (root->types == NULL || json_object_set_new(object, "types", types_of(root)) == 0) && ok;
    return json_array_append_new(json_object_get(claims, trust_list_names[root->kind]), object) == 0 && ok;
}

// NULL: no memory, or a root that is not right.
static json_t *make_claims(int64_t issued, int64_t expires, const struct trust_list_root *roots, size_t count,
                           struct detail *detail)
{
    struct jumin_trust *trust = NULL;
    json_t *claims = json_pack("{s:I, s:I, s:[], s:[], s:[]}", "iat", (json_int_t)issued, "exp",
                               (json_int_t)expires, trust_list_names[TRUST_LIST_ISSUERS],
                               trust_list_names[TRUST_LIST_VENUES], trust_list_names[TRUST_LIST_WALLETS]);
    bool ok = claims != NULL && jumin_trust_new(&trust) == JUMIN_OK;
    for (size_t i = 0; i < count && ok; i++) {
        ok = is_sayable(&roots[i]) ||
             detail_set(detail, JUMIN_ERROR_INPUT,
                        "an issuer's name, types or revocation lists cannot stand in a trust list") ==
                 JUMIN_OK;
        ok = ok && trust_list_take_root(trust, roots[i].certificate, roots[i].crl, detail) == JUMIN_OK;
        for (size_t k = 0; k < roots[i].crl_count && ok; k++) {
            ok = trust_list_take_crl(trust, roots[i].crls[k], detail) == JUMIN_OK;
        }
        ok = ok && add_root(claims, &roots[i]);
    }
    jumin_trust_free(trust);
    if (!ok) {
        json_decref(claims);
    }
    return ok ? claims : NULL;
}

enum jumin_error trust_list_sign(int64_t issued, int64_t expires, const struct trust_list_root *roots,
                                 size_t count, const struct signer *signer, const struct x5chain *chain,
                                 struct writer *jws, struct detail *detail)
{
    const struct jws_header header = {
        .type = TRUST_LIST_TYPE, .chain = chain->certificates, .chain_count = chain->count};
    if (count > TRUST_LIST_ROOTS_MAX || issued < 0 || expires <= issued) {
        return detail_set(detail, JUMIN_ERROR_INPUT, "the trust list has too many roots, or never holds");
    }
    detail_clear(detail);
    json_t *claims = make_claims(issued, expires, roots, count, detail);
    if (claims == NULL) {
        return detail->text[0] != '\0' ? JUMIN_ERROR_INPUT
                                       : detail_set(detail, JUMIN_ERROR_MEMORY, "no memory");
    }
    enum jumin_error error = jws_sign_claims(signer, &header, claims, jws);
    json_decref(claims);
    if (jws->overflow || jws->n > TRUST_LIST_MAX) {
        error = JUMIN_ERROR_TOO_LONG;
    }
    return error == JUMIN_OK ? JUMIN_OK : detail_set(detail, error, "the trust list cannot be signed");
}
