// Issuing and renewing CV certificates: what is asked for becomes an order (TR-03110-3 §C).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/curve.h"
#include "host/pki/cv_order.h"

#include <stdlib.h>

// --- Extensions ----------------------------------------------------------------------------------------------

// Both hashes are of the algorithm with which the certificate is signed.
static enum jumin_error hash_extensions(struct cv_order *order, const struct jumin_eac_request *request)
{
    const enum crypto_hash hash = order->issuer->certificate.hash;
    const size_t n = crypto_hash_length(hash);
    struct span *const sectors[2] = {&order->plan.sectors.first, &order->plan.sectors.second};
    for (size_t i = 0; i < 2; i++) {
        struct span key = span_of(request->sectors[i], request->sector_lengths[i]);
        struct span rest = key, oid, point;
        struct tlv object;
        bool has_parameters = false;
        enum crypto_curve curve;
        if (key.p == NULL) {
            continue;
        }
        if (!tlv_expect(&rest, CVC_PUBLIC_KEY, &object) || rest.n != 0 ||
            !cvc_public_key_parse(object.value, &oid, &point, &has_parameters, &curve) || !has_parameters) {
            return cv_order_fail(order, JUMIN_ERROR_INPUT,
                                 "the sector's key is no public key with domain parameters");
        }
        if (!crypto_hash_parts(hash, &key, 1, order->sectors[i])) {
            return cv_order_fail(order, JUMIN_ERROR_CRYPTO, "cannot be hashed");
        }
        *sectors[i] = span_of(order->sectors[i], n);
    }
    const struct span description = span_of(request->description, request->description_length);
    if (description.p != NULL) {
        if (!crypto_hash_parts(hash, &description, 1, order->description)) {
            return cv_order_fail(order, JUMIN_ERROR_CRYPTO, "cannot be hashed");
        }
        order->plan.description = span_of(order->description, n);
    }
    return JUMIN_OK;
}

// --- Issuing -------------------------------------------------------------------------------------------------

static const char *default_name(enum jumin_terminal_type type, bool dv)
{
    static const char *const names[2][4] = {{"", "CVCAIS", "CVCAAT", "CVCAST"}, {"", "DVIS", "DVAT", "DVST"}};
    return names[dv ? 1 : 0][type];
}

// NULL: said so in the detail.
static struct cv_order *new_order(struct jumin_eac_pki *pki, const char *passphrase,
                                  const char *own_passphrase)
{
    struct cv_order *order = calloc(1, sizeof *order);
    detail_clear(&pki->detail);
    if (order == NULL) {
        (void)detail_set(&pki->detail, JUMIN_ERROR_MEMORY, "no memory");
        return NULL;
    }
    order->pki = pki;
    order->passphrase = passphrase;
    order->own_passphrase = own_passphrase;
    return order;
}

// Who it is for and what it grants.
static enum jumin_error take_request(struct cv_order *order, const struct jumin_eac_request *request,
                                     enum certificate_role role)
{
    if (request->type < JUMIN_TERMINAL_INSPECTION || request->type > JUMIN_TERMINAL_SIGNATURE ||
        (role == ROLE_TERMINAL && request->name == NULL)) {
        return detail_set(&order->pki->detail, JUMIN_ERROR_ARGUMENT,
                          "a type and a terminal's name are needed");
    }
    const enum terminal_type type = (enum terminal_type)request->type;
    order->plan.authorization = (struct authorization){type, role, request->rights & rights_of_type(type)};
    const bool dv = role == ROLE_DV_DOMESTIC || role == ROLE_DV_FOREIGN;
    return cv_order_name(order, request->country != NULL ? request->country : "KR",
                         request->name != NULL ? request->name : default_name(request->type, dv));
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
        error = hash_extensions(order, request);
    }
    return error == JUMIN_OK ? cv_order_finish(order) : error;
}

static enum jumin_error issue(struct jumin_eac_pki *pki, const struct jumin_eac_request *request,
                              enum certificate_role role, const char *passphrase, const char *own_passphrase)
{
    if (pki == NULL || request == NULL || passphrase == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct cv_order *order = new_order(pki, passphrase, own_passphrase);
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
    const size_t n = crypto_hash_length(order->issuer->certificate.hash);
    const struct span hashes[] = {old->description, old->sectors.first, old->sectors.second};
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        if (hashes[i].n != 0 && hashes[i].n != n) {
            return cv_order_fail(order, JUMIN_ERROR_INPUT,
                                 "has hashes of another algorithm than its issuer's new key: issue it under "
                                 "another name");
        }
    }
    return JUMIN_OK;
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
    struct cv_order *order = new_order(pki, passphrase, own_passphrase);
    if (order == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    error = renew(order, entry, renewal);
    cv_order_free(order);
    return error;
}
