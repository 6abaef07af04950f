// Certifying the keys of others, who send requests (TR-03110-3 §C.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/cv_date.h"
#include "host/pki/cv_order.h"

// References become names of files, and numbers of one holder are compared: letters and digits only.
static bool is_plain(struct span reference)
{
    for (size_t i = 0; i < reference.n; i++) {
        const uint8_t c = reference.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            return false;
        }
    }
    return true;
}

static enum jumin_error refuse(struct cv_order *order, enum jumin_error error, const char *why)
{
    return detail_set(&order->pki->detail, error, "%s: the request %s", order->holder, why);
}

static bool is_dv(enum certificate_role role)
{
    return role == ROLE_DV_DOMESTIC || role == ROLE_DV_FOREIGN;
}

static bool is_reference(const struct cv_certificate *certificate, const void *context)
{
    return span_equal(certificate->holder, *(const struct span *)context);
}

// A holder that is known proves itself by a key that was certified before and is valid.
static enum jumin_error check_signer(struct cv_order *order, const struct jumin_eac_request *request,
                                     const struct cv_entry *known)
{
    const struct cv_request *asked = order->asked;
    bool several = false;
    cvc_date today = 0;
    if (known == NULL) {
        return asked->signer.n == 0
                   ? JUMIN_OK
                   : refuse(order, JUMIN_ERROR_SIGNER_UNKNOWN, "is signed by a key that is not known here");
    }
    if (asked->signer.n == 0) {
        return refuse(order, JUMIN_ERROR_INPUT,
                      "of a holder that is there already must be signed by the key before, too");
    }
    const struct cv_entry *signer = cv_newest(order->pki, is_reference, &asked->signer, &several);
    const struct cv_entry *root = cv_root_of(order->pki, signer);
    if (signer == NULL || root == NULL || !cv_same_holder(asked->signer, asked->inner.holder)) {
        return refuse(order, JUMIN_ERROR_SIGNER_UNKNOWN, "is signed by a key that is not known here");
    }
    const struct cv_certificate *certificate = &signer->certificate;
    if (!cv_request_signed_by(asked, root->certificate.curve, certificate->point, certificate->hash)) {
        return refuse(order, JUMIN_ERROR_SIGNATURE, "is not signed by the key that it names");
    }
    if (!cv_date_of(request->now, &today) || today < certificate->effective ||
        today > certificate->expiration) {
        return refuse(order, JUMIN_ERROR_NOT_VALID_NOW,
                      "is signed by a key whose certificate is not valid on this day");
    }
    return JUMIN_OK;
}

// What a known holder had stays, but for rights that are named.
static enum jumin_error grant(struct cv_order *order, enum certificate_role role,
                              const struct jumin_eac_request *request, const struct cv_entry *known)
{
    struct authorization *granted = &order->plan.authorization;
    if (known == NULL) {
        *granted = (struct authorization){(enum terminal_type)request->type, role, 0};
    } else if (is_dv(role) ? is_dv(known->certificate.authorization.role)
                           : known->certificate.authorization.role == role) {
        *granted = known->certificate.authorization;
    } else {
        return cv_order_fail(order, JUMIN_ERROR_INPUT, "is there already, in another role");
    }
    if (request->rights != 0) {
        granted->rights = request->rights & rights_of_type(granted->type);
    }
    return granted->rights != 0 ? JUMIN_OK
                                : cv_order_fail(order, JUMIN_ERROR_ARGUMENT, "no right was named for it");
}

static enum jumin_error find_issuer_of_key(struct cv_order *order, const struct jumin_eac_request *request,
                                           const struct cv_entry *known)
{
    const struct cv_issuer_wanted wanted = {.type = order->plan.authorization.type,
                                            .dv = order->plan.authorization.role == ROLE_TERMINAL,
                                            .name = known == NULL ? request->issuer : NULL,
                                            .holder = known != NULL ? known->certificate.authority
                                                                    : span_of(NULL, 0)};
    const enum jumin_error error = cv_order_find_issuer(order, &wanted);
    if (error != JUMIN_OK) {
        return error;
    }
    // Below a CVCA all keys are on its curve: their certificates do not name one.
    return order->asked->inner.curve == order->plan.curve
               ? JUMIN_OK
               : cv_order_fail(order, JUMIN_ERROR_INPUT, "its key is on another curve than its CVCA's");
}

static enum jumin_error take_extensions(struct cv_order *order, const struct jumin_eac_request *request)
{
    const struct cv_certificate *inner = &order->asked->inner;
    order->plan.description = inner->description;
    order->plan.sectors = inner->sectors;
    const enum jumin_error error = cv_order_hash_extensions(order, request);
    if (error != JUMIN_OK) {
        return error;
    }
    return cv_order_hashes_fit(order, &order->plan)
               ? JUMIN_OK
               : cv_order_fail(order, JUMIN_ERROR_INPUT,
                               "its request has hashes of another algorithm than its issuer's");
}

// Of two references of one holder.
static bool comes_after(struct span reference, struct span before)
{
    return memcmp(reference.p, before.p, before.n) > 0;
}

static enum jumin_error order_for_request(struct cv_order *order, enum certificate_role role,
                                          const struct jumin_eac_request *request)
{
    const struct cv_certificate *inner = &order->asked->inner;
    if (!is_plain(inner->holder)) {
        return detail_set(&order->pki->detail, JUMIN_ERROR_INPUT,
                          "the request's reference holds other characters than letters and digits");
    }
    memcpy(order->holder, inner->holder.p, inner->holder.n);
    const struct cv_entry *known = cv_holder_of(order->pki, inner->holder);
    if (cv_files_exist(order->pki, order->holder)) {
        return cv_order_fail(order, JUMIN_ERROR_INPUT, "is there already");
    }
    if (known != NULL && !comes_after(inner->holder, known->certificate.holder)) {
        return cv_order_fail(order, JUMIN_ERROR_INPUT,
                             "has a lower number than the holder's newest certificate");
    }
    if (inner->hash == CRYPTO_SHA1) {
        return cv_order_fail(order, JUMIN_ERROR_INPUT, "its key signs with SHA-1, which is no longer secure");
    }
    enum jumin_error error = check_signer(order, request, known);
    if (error == JUMIN_OK) {
        error = grant(order, role, request, known);
    }
    if (error == JUMIN_OK) {
        error = find_issuer_of_key(order, request, known);
    }
    if (error == JUMIN_OK) {
        error = cv_order_set_validity(order, request->now, request->days);
    }
    if (error == JUMIN_OK) {
        error = take_extensions(order, request);
    }
    return error == JUMIN_OK ? cv_order_finish(order) : error;
}

enum jumin_error jumin_eac_pki_certify(struct jumin_eac_pki *pki, enum jumin_eac_role role,
                                       const struct jumin_eac_request *request, const uint8_t *bytes,
                                       size_t n, const char *passphrase)
{
    struct cv_request asked;
    if (pki == NULL || request == NULL || bytes == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (role == JUMIN_EAC_CVCA || (unsigned)role > JUMIN_EAC_CVCA || !cv_type_is_known(request->type)) {
        return detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT,
                          "a type, and the role of a terminal or of a document verifier are needed");
    }
    if (!cv_request_parse(span_of(bytes, n), &asked)) {
        return detail_set(&pki->detail, JUMIN_ERROR_INPUT,
                          "it is no request that is known here, or its key has not signed it");
    }
    struct cv_order *order = cv_order_new(pki, passphrase, NULL);
    if (order == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    order->asked = &asked;
    const enum jumin_error error = order_for_request(order, (enum certificate_role)role, request);
    cv_order_free(order);
    return error;
}
