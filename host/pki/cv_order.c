// One certificate on its way: named, dated, signed, read again as a card would, and written (TR-03110-3 §C).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/cv_order.h"

#include "host/pki/certificate.h"
#include "host/pki/cv_date.h"
#include <stdio.h>
#include <stdlib.h>

enum { NUMBER_MAX = 99999, DAY = 86400 };

// Months of validity.
static const unsigned usual_months[] = {
    [ROLE_TERMINAL] = 1, [ROLE_DV_FOREIGN] = 3, [ROLE_DV_DOMESTIC] = 3, [ROLE_CVCA] = 36};

struct cv_order *cv_order_new(struct jumin_eac_pki *pki, const char *passphrase, const char *own_passphrase)
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

void cv_order_free(struct cv_order *order)
{
    if (order != NULL) {
        if (order->written) {
            signing_key_release(&order->key);
        } else {
            signing_key_discard(&order->key);
        }
        signing_key_release(&order->issuer_key);
        free(order);
    }
}

enum jumin_error cv_order_fail(struct cv_order *order, enum jumin_error error, const char *what)
{
    return detail_set(&order->pki->detail, error, "%s: %s", order->holder, what);
}

enum jumin_error cv_order_not_signed(struct cv_order *order, const struct signing_key *key)
{
    struct detail why;
    const enum jumin_error error = signing_key_failure(key, &why);
    return cv_order_fail(order, error, why.text);
}

// --- Names and dates -----------------------------------------------------------------------------------------

// Country and name of the request with the number 00001.
static enum jumin_error name_holder(struct cv_order *order, const char *country, const char *text)
{
    char name[CV_NAME_MAX + 1] = "";
    if (strlen(country) != CV_COUNTRY || strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != CV_COUNTRY ||
        !cv_name_parse(text, name)) {
        return detail_set(&order->pki->detail, JUMIN_ERROR_ARGUMENT,
                          "a holder has a country of two capitals and a name of one to nine letters and "
                          "digits");
    }
    (void)snprintf(order->holder, sizeof order->holder, "%s%s%05d", country, name, 1);
    return JUMIN_OK;
}

static bool is_holder(const struct cv_certificate *certificate, const void *context)
{
    return cv_same_holder(certificate->holder, *(const struct span *)context);
}

const struct cv_entry *cv_holder_of(const struct jumin_eac_pki *pki, struct span reference)
{
    bool several = false;
    return cv_newest(pki, is_holder, &reference, &several);
}

// The next number whose files are not there; an interrupted run may have left a key.
static enum jumin_error number_holder(struct cv_order *order)
{
    char *digits = order->holder + strlen(order->holder) - CV_NUMBER;
    char *end = NULL;
    for (unsigned long number = strtoul(digits, &end, 10); *end == '\0' && number <= NUMBER_MAX; number++) {
        (void)snprintf(digits, CV_NUMBER + 1, "%05lu", number % (NUMBER_MAX + 1));
        if (!cv_files_exist(order->pki, order->holder)) {
            return JUMIN_OK;
        }
    }
    return cv_order_fail(order, JUMIN_ERROR_INPUT, "there is no number left");
}

enum jumin_error cv_order_name(struct cv_order *order, const char *country, const char *name)
{
    const enum jumin_error error = name_holder(order, country, name);
    if (error != JUMIN_OK) {
        return error;
    }
    const struct cv_entry *known = cv_holder_of(order->pki, span_of(order->holder, strlen(order->holder)));
    if (known != NULL) {
        (void)snprintf(order->holder, sizeof order->holder, "%.*s", (int)known->certificate.holder.n,
                       (const char *)known->certificate.holder.p);
        return cv_order_fail(order, JUMIN_ERROR_INPUT, "is there already; renew it");
    }
    return number_holder(order);
}

enum jumin_error cv_order_name_again(struct cv_order *order, struct span before)
{
    memcpy(order->holder, before.p, before.n);
    order->holder[before.n] = '\0';
    return number_holder(order);
}

enum jumin_error cv_order_name_next(struct cv_order *order, const char *country, const char *name,
                                    const struct cv_entry **known)
{
    const enum jumin_error error = name_holder(order, country, name);
    if (error != JUMIN_OK) {
        return error;
    }
    *known = cv_holder_of(order->pki, span_of(order->holder, strlen(order->holder)));
    return *known != NULL ? cv_order_name_again(order, (*known)->certificate.holder) : number_holder(order);
}

enum jumin_error cv_order_set_validity(struct cv_order *order, int64_t now, unsigned days)
{
    struct cv_certificate *plan = &order->plan;
    if (!cv_date_of(now, &plan->effective) ||
        !(days > 0 ? cv_date_of(now + (int64_t)days * DAY, &plan->expiration)
                   : cv_date_months_later(plan->effective, usual_months[plan->authorization.role],
                                          &plan->expiration))) {
        return cv_order_fail(order, JUMIN_ERROR_ARGUMENT, "certificates are valid from 2000 to 2099");
    }
    if (order->issuer == NULL) {
        return JUMIN_OK;
    }
    const struct cv_certificate *issuer = &order->issuer->certificate;
    if (plan->effective < issuer->effective || plan->effective > issuer->expiration) {
        return detail_set(&order->pki->detail, JUMIN_ERROR_NOT_VALID_NOW,
                          "%.*s is valid from 20%06u to 20%06u: renew it", (int)issuer->holder.n,
                          (const char *)issuer->holder.p, (unsigned)issuer->effective,
                          (unsigned)issuer->expiration);
    }
    if (plan->expiration > issuer->expiration) {
        plan->expiration = issuer->expiration;
    }
    return JUMIN_OK;
}

// --- Issuer --------------------------------------------------------------------------------------------------

static bool is_issuer(const struct cv_certificate *certificate, const void *context)
{
    const struct cv_issuer_wanted *wanted = context;
    const enum certificate_role role = certificate->authorization.role;
    const bool fits = wanted->dv ? role == ROLE_DV_DOMESTIC || role == ROLE_DV_FOREIGN : role == ROLE_CVCA;
    return fits && certificate->authorization.type == wanted->type &&
           (wanted->name == NULL || cv_is_called(certificate->holder, wanted->name)) &&
           (wanted->holder.n == 0 || cv_same_holder(certificate->holder, wanted->holder));
}

enum jumin_error cv_order_find_issuer(struct cv_order *order, const struct cv_issuer_wanted *wanted)
{
    bool several = false;
    const char *what = wanted->dv ? "document verifier" : "CVCA";
    order->issuer = cv_newest(order->pki, is_issuer, wanted, &several);
    if (order->issuer == NULL) {
        return detail_set(&order->pki->detail, JUMIN_ERROR_NO_SUCH_FILE,
                          "%s: there is no %s of this type%s%s; issue one first", order->pki->folder, what,
                          wanted->name != NULL ? " called " : "", wanted->name != NULL ? wanted->name : "");
    }
    if (several) {
        return detail_set(&order->pki->detail, JUMIN_ERROR_ARGUMENT, "there is more than one %s: name one",
                          what);
    }
    const struct cv_entry *root = cv_root_of(order->pki, order->issuer);
    if (root == NULL) {
        return cv_order_fail(order, JUMIN_ERROR_INPUT, "the CVCA above the issuer is missing");
    }
    order->plan.curve = root->certificate.curve;
    order->plan.authority = order->issuer->certificate.holder;
    return JUMIN_OK;
}

// --- Extensions ----------------------------------------------------------------------------------------------

enum jumin_error cv_order_hash_extensions(struct cv_order *order, const struct jumin_eac_request *request)
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

bool cv_order_hashes_fit(const struct cv_order *order, const struct cv_certificate *of)
{
    const size_t n = crypto_hash_length(order->issuer->certificate.hash);
    const struct span hashes[] = {of->description, of->sectors.first, of->sectors.second};
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        if (hashes[i].n != 0 && hashes[i].n != n) {
            return false;
        }
    }
    return true;
}

// --- Making --------------------------------------------------------------------------------------------------

// The body of the plan, signed; read again and verified as a card would.
static enum jumin_error sign(struct cv_order *order, const struct signing_key *key, enum crypto_hash hash,
                             struct cv_file *file)
{
    const struct crypto_random random = crypto_system_random();
    const enum crypto_curve curve = crypto_ec_curve(&key->key);
    uint8_t bytes[CVC_MAX], digest[CRYPTO_HASH_MAX], signature[CRYPTO_SIGNATURE_MAX], point[CRYPTO_POINT_MAX];
    struct writer body = writer_of(bytes, sizeof bytes);
    struct writer whole = writer_of(file->bytes, sizeof file->bytes);
    struct cv_certificate again;
    cv_certificate_put_body(&body, &order->plan);
    const struct span part = writer_span(&body);
    if (body.overflow) {
        return cv_order_fail(order, JUMIN_ERROR_ARGUMENT, "the certificate is too long");
    }
    if (!crypto_hash_parts(hash, &part, 1, digest) || !crypto_ec_public(&key->key, point)) {
        return cv_order_fail(order, JUMIN_ERROR_CRYPTO, "cannot be signed");
    }
    if (!signing_key_sign(key, &random, span_of(digest, crypto_hash_length(hash)), signature)) {
        return cv_order_not_signed(order, key);
    }
    cv_certificate_put(&whole, part, span_of(signature, 2 * crypto_curve_length(curve)));
    file->n = whole.n;
    return !whole.overflow && cv_certificate_parse_file(writer_span(&whole), &again) &&
                   cv_certificate_verify(&again, curve, span_of(point, crypto_curve_point_length(curve)),
                                         hash)
               ? JUMIN_OK
               : cv_order_fail(order, JUMIN_ERROR_CRYPTO, "the certificate does not verify");
}

// Terminals have theirs beside them, in a file.
enum jumin_error cv_order_make_key(struct cv_order *order)
{
    const struct crypto_random random = crypto_system_random();
    const struct jumin_eac_pki *pki = order->pki;
    const bool in_token = order->plan.authorization.role != ROLE_TERMINAL;
    const char *uri = pki->token[0] != '\0' ? pki->token : order->token;
    const struct key_place place = {pki->tokens, in_token && uri[0] != '\0' ? uri : NULL};
    struct detail why;
    order->plan.hash = certificate_hash(order->plan.curve);
    order->plan.holder = span_of(order->holder, strlen(order->holder));
    order->plan.point = span_of(order->point, crypto_curve_point_length(order->plan.curve));
    const enum jumin_error error =
        signing_key_make(&order->key, &place, order->holder, order->plan.curve, &random, &why);
    if (error != JUMIN_OK) {
        return cv_order_fail(order, error, why.text);
    }
    return crypto_ec_public(&order->key.key, order->point)
               ? JUMIN_OK
               : cv_order_fail(order, JUMIN_ERROR_CRYPTO, "a key cannot be made");
}

static enum jumin_error take_key(struct cv_order *order)
{
    if (order->asked == NULL) {
        return cv_order_make_key(order);
    }
    order->plan.hash = order->asked->inner.hash;
    order->plan.holder = order->asked->inner.holder;
    order->plan.point = order->asked->inner.point;
    return JUMIN_OK;
}

// Behind a terminal's certificate: its document verifier's, and the links of its CVCA.
static void append_way(struct cv_order *order)
{
    const struct cv_entry *root = cv_root_of(order->pki, order->issuer);
    cv_file_append(&order->files.certificate, order->issuer);
    for (size_t i = order->pki->count; i > 0; i--) {
        const struct cv_entry *entry = order->pki->entries[i - 1];
        if (entry->link && cv_same_holder(entry->certificate.holder, root->certificate.holder)) {
            cv_file_append(&order->files.certificate, entry);
        }
    }
}

static enum jumin_error issue_by_issuer(struct cv_order *order)
{
    enum jumin_error error = take_key(order);
    if (error == JUMIN_OK) {
        error =
            cv_load_key(order->pki, order->issuer, order->plan.curve, order->passphrase, &order->issuer_key);
    }
    if (error == JUMIN_OK) {
        error = sign(order, &order->issuer_key, order->issuer->certificate.hash, &order->files.certificate);
    }
    if (error == JUMIN_OK && order->plan.authorization.role == ROLE_TERMINAL) {
        append_way(order);
    }
    return error;
}

// The link certificate first: the plan is the same but for the authority.
static enum jumin_error issue_cvca(struct cv_order *order)
{
    enum jumin_error error = cv_order_make_key(order);
    order->plan.has_parameters = true;
    if (error == JUMIN_OK && order->old != NULL) {
        error = cv_load_key(order->pki, order->old, order->old->certificate.curve, order->passphrase,
                            &order->issuer_key);
        if (error == JUMIN_OK) {
            order->plan.authority = order->old->certificate.holder;
            error = sign(order, &order->issuer_key, order->old->certificate.hash, &order->files.link);
        }
    }
    order->plan.authority = order->plan.holder;
    return error == JUMIN_OK ? sign(order, &order->key, order->plan.hash, &order->files.certificate) : error;
}

enum jumin_error cv_order_finish(struct cv_order *order)
{
    enum jumin_error error = order->issuer != NULL ? issue_by_issuer(order) : issue_cvca(order);
    const char *passphrase = order->own_passphrase != NULL ? order->own_passphrase : order->passphrase;
    if (error == JUMIN_OK) {
        const struct signing_key *key = order->asked == NULL ? &order->key : NULL;
        error = cv_files_write(order->pki, order->holder, key, passphrase, &order->files);
    }
    if (error == JUMIN_OK) {
        order->written = true;
        error = jumin_eac_pki_load(order->pki);
        memcpy(order->pki->issued, order->holder, sizeof order->holder);
    }
    return error;
}
