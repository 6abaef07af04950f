// Requests of holders that keep their keys to themselves: made, and told to programs (TR-03110-3 §C.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/curve.h"
#include "host/pki/cv_order.h"

#include <stdio.h>

static bool is_role_of_applicants(enum jumin_eac_role role)
{
    return role == JUMIN_EAC_TERMINAL || role == JUMIN_EAC_DV_DOMESTIC || role == JUMIN_EAC_DV_FOREIGN;
}

// --- Who shall certify ---------------------------------------------------------------------------------------

// Where the way to a CVCA is not in the folder, it does not tell the curve: the applicant was told. The
// issuer is the one that is there without its CVCA, the one that was named by its whole reference, the one
// before, or nobody.
static enum jumin_error expect_stranger(struct cv_order *order, const struct jumin_eac_request *request,
                                        const struct cv_entry *old)
{
    const struct span named = span_of(request->issuer, request->issuer != NULL ? strlen(request->issuer) : 0);
    if (order->issuer != NULL) {
        order->plan.authority = order->issuer->certificate.holder;
        order->issuer = NULL;
    } else if (old != NULL) {
        order->plan.authority = old->certificate.authority;
    } else if (named.n == 0 || cvc_reference_valid(named)) {
        order->plan.authority = named;
    } else {
        return cv_order_fail(order, JUMIN_ERROR_ARGUMENT,
                             "the issuer is not in the folder: its whole reference is needed");
    }
    return curve_of(request->curve, &order->plan.curve)
               ? JUMIN_OK
               : cv_order_fail(order, JUMIN_ERROR_ARGUMENT, "there is no such curve");
}

// `old` is the certificate that is to be followed; NULL: it will be the first.
static enum jumin_error expect_issuer(struct cv_order *order, enum jumin_eac_role role,
                                      const struct jumin_eac_request *request, const struct cv_entry *old)
{
    const struct cv_issuer_wanted wanted = {
        .type = old != NULL ? old->certificate.authorization.type : (enum terminal_type)request->type,
        .dv = role == JUMIN_EAC_TERMINAL,
        .name = old == NULL ? request->issuer : NULL,
        .holder = old != NULL ? old->certificate.authority : span_of(NULL, 0)};
    const enum jumin_error error = cv_order_find_issuer(order, &wanted);
    if (error != JUMIN_ERROR_NO_SUCH_FILE && error != JUMIN_ERROR_INPUT) {
        return error;
    }
    detail_clear(&order->pki->detail);
    return expect_stranger(order, request, old);
}

// --- Making --------------------------------------------------------------------------------------------------

// The key before signs the whole, which then proves who asks.
static enum jumin_error sign_again(struct cv_order *order, const struct cv_entry *old, struct span inner)
{
    struct cv_file *file = &order->files.request;
    const struct cv_entry *root = cv_root_of(order->pki, old);
    const enum crypto_curve curve = root != NULL ? root->certificate.curve : order->plan.curve;
    const enum jumin_error error = cv_load_key(order->pki, old, curve, order->passphrase, &order->issuer_key);
    if (error != JUMIN_OK) {
        return error;
    }
    struct writer whole = writer_of(file->bytes, sizeof file->bytes);
    const bool ok = cv_request_put_signed(&whole, inner, old->certificate.holder, &order->issuer_key,
                                          old->certificate.hash);
    file->n = whole.n;
    return ok ? JUMIN_OK : cv_order_not_signed(order, &order->issuer_key);
}

static enum jumin_error make(struct cv_order *order, enum certificate_role role, const struct cv_entry *old)
{
    uint8_t bytes[CV_REQUEST_MAX];
    struct writer inner = writer_of(bytes, sizeof bytes);
    struct cv_file *file = &order->files.request;
    order->plan.authorization.role = role;
    if (old != NULL) {
        cv_token_of_key(order->pki, old, order->token);
    }
    enum jumin_error error = cv_order_make_key(order);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!cv_request_put(&inner, &order->plan, &order->key)) {
        return cv_order_not_signed(order, &order->key);
    }
    if (old != NULL) {
        error = sign_again(order, old, writer_span(&inner));
    } else {
        memcpy(file->bytes, inner.p, inner.n);
        file->n = inner.n;
    }
    const char *passphrase = order->own_passphrase != NULL ? order->own_passphrase : order->passphrase;
    if (error == JUMIN_OK) {
        error = cv_files_write(order->pki, order->holder, &order->key, passphrase, &order->files);
    }
    if (error == JUMIN_OK) {
        order->written = true;
        memcpy(order->pki->issued, order->holder, sizeof order->holder);
    }
    return error;
}

static bool is_same_kind(enum jumin_eac_role asked, enum certificate_role known)
{
    return (asked == JUMIN_EAC_TERMINAL) == (known == ROLE_TERMINAL) && known != ROLE_CVCA;
}

static enum jumin_error order_request(struct cv_order *order, enum jumin_eac_role role,
                                      const struct jumin_eac_request *request)
{
    const struct cv_entry *old = NULL;
    const char *name =
        request->name != NULL ? request->name : cv_usual_name(request->type, role != JUMIN_EAC_TERMINAL);
    enum jumin_error error =
        cv_order_name_next(order, request->country != NULL ? request->country : "KR", name, &old);
    if (error != JUMIN_OK) {
        return error;
    }
    if (old != NULL && !is_same_kind(role, old->certificate.authorization.role)) {
        return cv_order_fail(order, JUMIN_ERROR_INPUT, "the holder is there already, in another role");
    }
    error = expect_issuer(order, role, request, old);
    return error == JUMIN_OK ? make(order, (enum certificate_role)role, old) : error;
}

enum jumin_error jumin_eac_pki_request(struct jumin_eac_pki *pki, enum jumin_eac_role role,
                                       const struct jumin_eac_request *request, const char *passphrase,
                                       const char *own_passphrase)
{
    if (pki == NULL || request == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!is_role_of_applicants(role) || !cv_type_is_known(request->type) ||
        (role == JUMIN_EAC_TERMINAL && request->name == NULL)) {
        return detail_set(
            &pki->detail, JUMIN_ERROR_ARGUMENT,
            "a type, the role of a terminal or of a document verifier, and a terminal's name are "
            "needed");
    }
    struct cv_order *order = cv_order_new(pki, passphrase, own_passphrase);
    if (order == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const enum jumin_error error = order_request(order, role, request);
    cv_order_free(order);
    return error;
}
