// Personalization of one card: the handle, and the whole from the order to the card read back.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/cvc.h"
#include "host/perso/perso_internal.h"
#include "host/perso/read_back.h"

#include <jumin/reader.h>
#include <stdio.h>
#include <stdlib.h>

enum { CARD_DATA_DEFAULT = 255 }; // when EF.ATR/INFO does not say more

static const char *const step_names[] = {
    [JUMIN_PERSO_CONNECT] = "connect",
    [JUMIN_PERSO_AUTHENTICATE] = "authenticate to the security domain",
    [JUMIN_PERSO_ROTATE_KEYS] = "rotate the transport keys",
    [JUMIN_PERSO_INSTALL] = "install the applications",
    [JUMIN_PERSO_GENERATE_KEYS] = "make keys on the chip",
    [JUMIN_PERSO_SIGN] = "sign the document",
    [JUMIN_PERSO_WRITE] = "write the data groups",
    [JUMIN_PERSO_LOCK] = "lock the card",
    [JUMIN_PERSO_READ_BACK] = "read back and compare",
};

const char *jumin_perso_step_name(enum jumin_perso_step step)
{
    return (size_t)step < sizeof step_names / sizeof *step_names ? step_names[step] : "";
}

enum jumin_error jumin_perso_new(struct jumin_perso **perso, struct jumin_transport *transport,
                                 const struct jumin_pki *pki, const struct jumin_master_key *transport_key,
                                 const struct jumin_master_key *issuer_key)
{
    if (perso == NULL || transport == NULL || pki == NULL || !pki->loaded || transport_key == NULL ||
        !transport_key->open || issuer_key == NULL || !issuer_key->open) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *perso = calloc(1, sizeof **perso);
    if (*perso == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    (*perso)->transport = transport;
    (*perso)->pki = pki;
    (*perso)->transport_key = transport_key;
    (*perso)->issuer_key = issuer_key;
    return JUMIN_OK;
}

void jumin_perso_free(struct jumin_perso *perso)
{
    if (perso == NULL) {
        return;
    }
    security_domain_end(&perso->domain);
    jumin_terminal_free(perso->terminal);
    for (size_t i = 0; i <= TERMINAL_TYPES; i++) {
        free(perso->trust_points[i].p);
    }
    crypto_wipe(perso, sizeof *perso);
    free(perso);
}

const char *jumin_perso_detail(const struct jumin_perso *perso)
{
    return perso == NULL ? "" : perso->detail;
}

enum jumin_error jumin_perso_add_trust_point(struct jumin_perso *perso, const uint8_t *certificate, size_t n)
{
    struct cv_certificate parsed;
    if (perso == NULL || certificate == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!cv_certificate_parse_file(span_of(certificate, n), &parsed) ||
        parsed.authorization.role != ROLE_CVCA || !span_equal(parsed.authority, parsed.holder)) {
        return perso_fail(perso, JUMIN_ERROR_INPUT, "a trust point is a self-signed certificate of a CVCA");
    }
    uint8_t bytes[CVC_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    writer_put(&w, span_of(certificate, n));
    return order_keep(&perso->trust_points[parsed.authorization.type], &w);
}

enum jumin_error jumin_perso_set_terminal(struct jumin_perso *perso, struct jumin_terminal *terminal)
{
    if (perso == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    jumin_terminal_free(perso->terminal);
    perso->terminal = terminal;
    return JUMIN_OK;
}

enum jumin_error jumin_perso_set_progress(struct jumin_perso *perso, jumin_perso_progress *progress,
                                          void *context)
{
    if (perso == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    perso->progress = progress;
    perso->progress_context = context;
    return JUMIN_OK;
}

enum jumin_error jumin_perso_set_journal(struct jumin_perso *perso, const struct jumin_perso_journal *journal)
{
    if (perso == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    perso->journal = journal != NULL ? *journal : (struct jumin_perso_journal){0};
    return JUMIN_OK;
}

enum jumin_error perso_fail(struct jumin_perso *perso, enum jumin_error error, const char *why)
{
    (void)snprintf(perso->detail, sizeof perso->detail, "%s: %s", jumin_perso_step_name(perso->step), why);
    return error;
}

enum jumin_error perso_domain_result(struct jumin_perso *perso, enum jumin_error error)
{
    return error == JUMIN_OK ? JUMIN_OK : perso_fail(perso, error, perso->domain.detail);
}

bool perso_tell(void *context, size_t done, size_t total)
{
    const struct jumin_perso *perso = context;
    return perso->progress == NULL || perso->progress(perso->progress_context, perso->step, done, total);
}

enum jumin_error perso_begin(struct jumin_perso *perso, enum jumin_perso_step step)
{
    perso->step = step;
    return perso_tell(perso, 0, 0) ? JUMIN_OK : perso_fail(perso, JUMIN_ERROR_CANCELLED, "cancelled");
}

static enum jumin_error read_back_card(struct jumin_perso *perso, struct jumin_order *order, int64_t now)
{
    const struct jumin_perso_journal *journal = &perso->journal;
    if (journal->locked != NULL && !journal->locked(journal->context)) {
        return perso_fail(perso, JUMIN_ERROR_CANCELLED, "that it was done cannot be noted");
    }
    const enum jumin_error error = perso_begin(perso, JUMIN_PERSO_READ_BACK);
    if (error != JUMIN_OK) {
        return error;
    }
    char why[READ_BACK_DETAIL_MAX];
    const enum jumin_error result =
        read_back(perso->transport, order, perso->pki, perso->terminal, now, perso_tell, perso, why);
    return result == JUMIN_OK ? JUMIN_OK : perso_fail(perso, result, why);
}

// The longest command data field that the card takes, from EF.ATR/INFO: DO 7F66 (ISO 7816-4 §12.1.1).
static size_t card_data_max(struct jumin_perso *perso)
{
    struct jumin_document *document = NULL;
    struct jumin_reader *reader = NULL;
    size_t data_max = CARD_DATA_DEFAULT;
    if (jumin_reader_new(&reader, perso->transport) == JUMIN_OK &&
        jumin_reader_inspect(reader, &document) == JUMIN_OK) {
        data_max = read_back_command_max(document, data_max);
    }
    jumin_document_free(document);
    jumin_reader_free(reader);
    return data_max;
}

// Everything that the order's profile needs is there, before the card is touched.
static enum jumin_error check_order(struct jumin_perso *perso, struct jumin_order *order)
{
    static const char *const missing[] = {
        [TERMINAL_INSPECTION] = "the profile needs a trust point for inspection systems (a CVCA)",
        [TERMINAL_AUTHENTICATION] = "the profile needs a trust point for authentication terminals (a CVCA)",
        [TERMINAL_SIGNATURE] = "the profile needs a trust point for signature terminals (a CVCA)",
    };
    const enum jumin_error error = jumin_order_check(order);
    if (error != JUMIN_OK) {
        return perso_fail(perso, error, order->detail);
    }
    for (unsigned type = TERMINAL_INSPECTION; type <= TERMINAL_SIGNATURE; type++) {
        if ((order->profile.trust_points >> type & 1) != 0 && perso->trust_points[type].n == 0) {
            return perso_fail(perso, JUMIN_ERROR_ARGUMENT, missing[type]);
        }
    }
    return JUMIN_OK;
}

static enum jumin_error check_terminal(struct jumin_perso *perso, const struct jumin_order *order,
                                       int64_t now)
{
    char why[READ_BACK_DETAIL_MAX];
    const struct order_bytes *point = &perso->trust_points[TERMINAL_AUTHENTICATION];
    const enum jumin_error error =
        read_back_check_terminal(order, perso->terminal, span_of(point->p, point->n), now, why);
    return error == JUMIN_OK ? JUMIN_OK : perso_fail(perso, error, why);
}

enum jumin_error jumin_perso_issue(struct jumin_perso *perso, struct jumin_order *order, int64_t now)
{
    if (perso == NULL || order == NULL || now < 0) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct crypto_random random = crypto_system_random();
    enum jumin_error error = perso_begin(perso, JUMIN_PERSO_CONNECT);
    if (error == JUMIN_OK && !order->on_card) { // else the card has all of it
        error = check_order(perso, order);
        if (error == JUMIN_OK && !order_complete(order, &random)) {
            error = perso_fail(perso, JUMIN_ERROR_CRYPTO, "no random bytes");
        }
    }
    if (error == JUMIN_OK) {
        error = check_terminal(perso, order, now);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    error = jumin_transport_connect(perso->transport);
    if (error != JUMIN_OK) {
        const char *detail = jumin_transport_detail(perso->transport);
        return perso_fail(perso, error, detail[0] != '\0' ? detail : jumin_error_text(error));
    }
    perso->order = order;
    security_domain_init(&perso->domain, perso->transport, &random, card_data_max(perso));
    error = order->on_card ? perso_finish_lock(perso) : perso_write_card(perso, now);
    security_domain_end(&perso->domain);
    perso->order = NULL;
    if (error == JUMIN_OK) {
        error = read_back_card(perso, order, now);
    }
    if (error == JUMIN_OK) {
        order->on_card = false;
        perso->detail[0] = '\0';
    }
    return error;
}
