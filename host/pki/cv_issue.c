// Issuing and renewing CV certificates: what is asked for becomes an order (TR-03110-3 §C).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/curve.h"
#include "host/pki/cv_order.h"

#include <limits.h>
#include <unistd.h>

// --- Issuing -------------------------------------------------------------------------------------------------

// Who it is for and what it grants.
static enum jumin_error take_request(struct cv_order *order, const struct jumin_eac_request *request,
                                     enum certificate_role role)
{
    if (!cv_type_is_known(request->type) || (role == ROLE_TERMINAL && request->name == NULL)) {
        return detail_set(&order->pki->detail, JUMIN_ERROR_ARGUMENT,
                          "a type and a terminal's name are needed");
    }
    const enum terminal_type type = (enum terminal_type)request->type;
    order->plan.authorization = (struct authorization){type, role, request->rights & rights_of_type(type)};
    const bool dv = role == ROLE_DV_DOMESTIC || role == ROLE_DV_FOREIGN;
    return cv_order_name(order, request->country != NULL ? request->country : "KR",
                         request->name != NULL ? request->name : cv_usual_name(request->type, dv));
}

static enum jumin_error order_cvca(struct cv_order *order, const struct jumin_eac_request *request)
{
    enum jumin_error error = take_request(order, request, ROLE_CVCA);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!curve_of(request->curve, &order->plan.curve)) {
        return cv_order_fail(order, JUMIN_ERROR_ARGUMENT, "there is no such curve");
    }
    error = cv_order_set_validity(order, request->now, request->days);
    return error == JUMIN_OK ? cv_order_finish(order) : error;
}

static enum jumin_error order_below_cvca(struct cv_order *order, const struct jumin_eac_request *request,
                                         enum certificate_role role)
{
    enum jumin_error error = take_request(order, request, role);
    if (error != JUMIN_OK) {
        return error;
    }
    const struct cv_issuer_wanted wanted = {
        .type = order->plan.authorization.type, .dv = role == ROLE_TERMINAL, .name = request->issuer};
    error = cv_order_find_issuer(order, &wanted);
    if (error == JUMIN_OK) {
        error = cv_order_set_validity(order, request->now, request->days);
    }
    if (error == JUMIN_OK) {
        error = cv_order_hash_extensions(order, request);
    }
    return error == JUMIN_OK ? cv_order_finish(order) : error;
}

static enum jumin_error issue(struct jumin_eac_pki *pki, const struct jumin_eac_request *request,
                              enum certificate_role role, const char *passphrase, const char *own_passphrase)
{
    if (pki == NULL || request == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct cv_order *order = cv_order_new(pki, passphrase, own_passphrase);
    if (order == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const enum jumin_error error =
        role == ROLE_CVCA ? order_cvca(order, request) : order_below_cvca(order, request, role);
    cv_order_free(order);
    return error;
}

enum jumin_error jumin_eac_pki_issue_cvca(struct jumin_eac_pki *pki, const struct jumin_eac_request *request,
                                          const char *passphrase)
{
    return issue(pki, request, ROLE_CVCA, passphrase, NULL);
}

enum jumin_error jumin_eac_pki_issue_dv(struct jumin_eac_pki *pki, const struct jumin_eac_request *request,
                                        const char *passphrase, const char *own_passphrase)
{
    const bool foreign = request != NULL && request->foreign;
    return issue(pki, request, foreign ? ROLE_DV_FOREIGN : ROLE_DV_DOMESTIC, passphrase, own_passphrase);
}

enum jumin_error jumin_eac_pki_issue_terminal(struct jumin_eac_pki *pki,
                                              const struct jumin_eac_request *request, const char *passphrase,
                                              const char *own_passphrase)
{
    return issue(pki, request, ROLE_TERMINAL, passphrase, own_passphrase);
}

// --- Renewing ------------------------------------------------------------------------------------------------

struct holder_wanted {
    enum jumin_eac_role role;
    const char *name;
};

static bool is_dv(enum certificate_role role)
{
    return role == ROLE_DV_DOMESTIC || role == ROLE_DV_FOREIGN;
}

static bool is_renewed(const struct cv_certificate *certificate, const void *context)
{
    const struct holder_wanted *wanted = context;
    const enum certificate_role role = certificate->authorization.role;
    const enum certificate_role asked = (enum certificate_role)wanted->role;
    return (role == asked || (is_dv(role) && is_dv(asked))) &&
           cv_is_called(certificate->holder, wanted->name);
}

static enum jumin_error find_renewed(struct jumin_eac_pki *pki, const struct jumin_eac_renewal *renewal,
                                     const struct cv_entry **entry)
{
    bool several = false;
    *entry = cv_newest(pki, is_renewed, &(struct holder_wanted){renewal->role, renewal->name}, &several);
    if (*entry == NULL) {
        return detail_set(&pki->detail, JUMIN_ERROR_NO_SUCH_FILE, "%s: there is no %s to renew", pki->folder,
                          renewal->name);
    }
    return several ? detail_set(&pki->detail, JUMIN_ERROR_ARGUMENT,
                                "several are called %s: give the whole reference", renewal->name)
                   : JUMIN_OK;
}

// The newest key of the holder above signs; hashes of the old certificate must be of the algorithm that signs
// the new one.
static enum jumin_error find_renewed_issuer(struct cv_order *order, const struct cv_certificate *old)
{
    const struct cv_issuer_wanted wanted = {.type = old->authorization.type,
                                            .dv = old->authorization.role == ROLE_TERMINAL,
                                            .holder = old->authority};
    const enum jumin_error error = cv_order_find_issuer(order, &wanted);
    if (error != JUMIN_OK) {
        return error;
    }
    return cv_order_hashes_fit(order, old)
               ? JUMIN_OK
               : cv_order_fail(order, JUMIN_ERROR_INPUT,
                               "has hashes of another algorithm than its issuer's new key: issue it under "
                               "another name");
}

// A CVCA may go over to another curve: its link certificate carries the new domain parameters.
static enum jumin_error change_curve(struct cv_order *order, const struct jumin_eac_renewal *renewal)
{
    if (renewal->curve == NULL) {
        return JUMIN_OK;
    }
    if (order->plan.authorization.role != ROLE_CVCA) {
        return cv_order_fail(order, JUMIN_ERROR_ARGUMENT, "has the curve of its CVCA");
    }
    return curve_of(*renewal->curve, &order->plan.curve)
               ? JUMIN_OK
               : cv_order_fail(order, JUMIN_ERROR_ARGUMENT, "there is no such curve");
}

// Whose key is elsewhere asks for a certificate by a request.
static bool has_key(const struct jumin_eac_pki *pki, const struct cv_entry *entry)
{
    char path[PATH_MAX], reference[CVC_REFERENCE_MAX + 1] = "";
    memcpy(reference, entry->certificate.holder.p, entry->certificate.holder.n);
    return cv_path(pki, reference, cv_ending_key, path, sizeof path) && access(path, F_OK) == 0;
}

static enum jumin_error renew(struct cv_order *order, const struct cv_entry *entry,
                              const struct jumin_eac_renewal *renewal)
{
    const struct cv_certificate *old = &entry->certificate;
    order->plan = (struct cv_certificate){.authorization = old->authorization,
                                          .curve = old->curve,
                                          .description = old->description,
                                          .sectors = old->sectors};
    enum jumin_error error = cv_order_name_again(order, old->holder);
    if (error == JUMIN_OK && !has_key(order->pki, entry)) {
        error = cv_order_fail(order, JUMIN_ERROR_INPUT,
                              "the key before is not in this folder: its holder must send a request");
    }
    if (error == JUMIN_OK) {
        cv_token_of_key(order->pki, entry, order->token);
        error = change_curve(order, renewal);
    }
    if (error == JUMIN_OK && old->authorization.role == ROLE_CVCA) {
        order->old = entry;
    } else if (error == JUMIN_OK) {
        error = find_renewed_issuer(order, old);
    }
    if (error == JUMIN_OK) {
        error = cv_order_set_validity(order, renewal->now, renewal->days);
    }
    return error == JUMIN_OK ? cv_order_finish(order) : error;
}

enum jumin_error jumin_eac_pki_renew(struct jumin_eac_pki *pki, const struct jumin_eac_renewal *renewal,
                                     const char *passphrase, const char *own_passphrase)
{
    const struct cv_entry *entry = NULL;
    if (pki == NULL || renewal == NULL || renewal->name == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&pki->detail);
    enum jumin_error error = find_renewed(pki, renewal, &entry);
    if (error != JUMIN_OK) {
        return error;
    }
    struct cv_order *order = cv_order_new(pki, passphrase, own_passphrase);
    if (order == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    error = renew(order, entry, renewal);
    cv_order_free(order);
    return error;
}
