// Writing cards from the command line: the keys, the card on the reader, and waiting for one that left.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/perso_session.h"

#include "tools/jumin/home.h"
#include "tools/jumin/terminal.h"
#include <jansson.h>
#include <jumin/eac_pki.h>
#include <stdlib.h>
#include <string.h>

static bool load_pki(const struct cli_arguments *arguments, struct jumin_pki **pki)
{
    char folder[HOME_PATH_MAX], passphrase[PASSPHRASE_MAX];
    if (!home_path(arguments, "pki", folder) || !passphrase_get(arguments, false, passphrase)) {
        passphrase_wipe(passphrase); // of one that is too long, its beginning
        return false;
    }
    enum jumin_error error = jumin_pki_new(pki, folder);
    if (error == JUMIN_OK) {
        error = jumin_pki_load(*pki, passphrase);
    }
    passphrase_wipe(passphrase);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_pki_detail(*pki));
    }
    return error == JUMIN_OK;
}

// The factory's key must be there already; the issuer's own is made at first use.
static bool load_key(const struct cli_arguments *arguments, const char *option, const char *name, bool create,
                     uint8_t key[JUMIN_MASTER_KEY])
{
    char path[HOME_PATH_MAX];
    const char *given = cli_value(arguments, option);
    if (given == NULL) {
        if (!home_path(arguments, name, path)) {
            return false;
        }
        given = path;
    }
    const enum jumin_error error = jumin_master_key_load(given, create, key);
    if (error != JUMIN_OK) {
        (void)cli_fail(arguments, "%s: %s: %s", jumin_error_name(error), given,
                       error == JUMIN_ERROR_INPUT
                           ? "must hold 64 hexadecimal digits"
                           : "the factory's master key is needed to address a blank card");
    }
    return error == JUMIN_OK;
}

// The newest authority of each terminal type that the folder eac has; whether one is missing, the profile
// says.
static bool add_trust_points(const struct cli_arguments *arguments, struct jumin_perso *perso)
{
    char folder[HOME_PATH_MAX];
    struct jumin_eac_pki *eac = NULL;
    struct jumin_eac_certificate point;
    if (!home_path(arguments, "eac", folder)) {
        return false;
    }
    enum jumin_error error = jumin_eac_pki_new(&eac, folder);
    if (error == JUMIN_OK) {
        error = jumin_eac_pki_load(eac);
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_eac_pki_detail(eac));
    }
    for (int type = JUMIN_TERMINAL_INSPECTION; type <= JUMIN_TERMINAL_SIGNATURE && error == JUMIN_OK;
         type++) {
        if (jumin_eac_pki_trust_point(eac, (enum jumin_terminal_type)type, &point) == JUMIN_OK) {
            error = jumin_perso_add_trust_point(perso, point.bytes, point.n);
        }
    }
    jumin_eac_pki_free(eac);
    return error == JUMIN_OK;
}

static bool open_perso(const struct cli_arguments *arguments, struct perso_session *session)
{
    uint8_t transport_key[JUMIN_MASTER_KEY] = {0}, issuer_key[JUMIN_MASTER_KEY] = {0};
    bool ok = load_key(arguments, "transport-key", "transport.key", false, transport_key) &&
              load_key(arguments, "issuer-key", "issuer.key", true, issuer_key);
    if (ok) {
        const enum jumin_error error = jumin_perso_new(&session->perso, session->link.transport, session->pki,
                                                       transport_key, issuer_key);
        ok = error == JUMIN_OK;
        if (!ok) {
            (void)cli_fail_error(arguments, error, NULL);
        }
    }
    ok = ok && add_trust_points(arguments, session->perso);
    jumin_master_key_wipe(transport_key);
    jumin_master_key_wipe(issuer_key);
    return ok;
}

bool perso_session_open(const struct cli_arguments *arguments, struct perso_session *session)
{
    return load_pki(arguments, &session->pki) && link_open(arguments, &session->link) &&
           open_perso(arguments, session);
}

bool perso_session_keys(const struct cli_arguments *arguments, struct jumin_pki **pki)
{
    return load_pki(arguments, pki);
}

bool perso_session_open_on(const struct cli_arguments *arguments, struct jumin_pki *pki,
                           struct jumin_transport *transport, struct jumin_perso **perso)
{
    struct perso_session session = {.pki = pki, .link = {.transport = transport}};
    const bool opened = open_perso(arguments, &session);
    *perso = session.perso;
    return opened;
}

void perso_session_close(struct perso_session *session)
{
    jumin_perso_free(session->perso);
    link_close(&session->link);
    jumin_pki_free(session->pki);
    *session = (struct perso_session){0};
}

// --- Issuing ---------------------------------------------------------------------------------------------------

static bool show_step(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    (void)context;
    progress_show(jumin_perso_step_name(step), done, total);
    return !progress_interrupted();
}

bool perso_session_issue(const struct cli_arguments *arguments, struct perso_session *session,
                         struct jumin_order *order, const struct perso_writer *writer)
{
    (void)jumin_perso_set_progress(session->perso, show_step, NULL);
    progress_watch_interrupts();
    enum jumin_error error = writer->write(writer->context, session->perso, order);
    while (error == JUMIN_ERROR_CARD_REMOVED) {
        progress_clear();
        (void)fprintf(stderr, "The card has left the reader: lay it back.\n");
        if (!link_wait_again(arguments, &session->link)) {
            writer->stopped(writer->context, arguments, order);
            return false;
        }
        error = writer->write(writer->context, session->perso, order);
    }
    progress_clear();
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, writer->detail(writer->context, session->perso));
        writer->stopped(writer->context, arguments, order);
    }
    return error == JUMIN_OK;
}

void perso_session_tell_passwords(const struct cli_arguments *arguments, const struct jumin_order *order)
{
    if (jumin_order_is_on_card(order)) {
        (void)cli_fail(
            arguments,
            "the card may be locked already, but was not read back: its CAN is %s, its PIN %s, its "
            "PUK %s; check it with `jumin card read`",
            jumin_order_can(order), jumin_order_pin(order), jumin_order_puk(order));
    }
}

// NULL for what is not known.
static const char *known(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

void perso_session_report_json(const char *number, const struct jumin_order *order)
{
    json_t *answer =
        json_pack("{s:s, s:s, s:s?, s:b, s:s, s:s}", "status", "issued", "can", jumin_order_can(order), "pin",
                  known(jumin_order_pin(order)), "transport_pin", jumin_order_has_transport_pin(order), "puk",
                  jumin_order_puk(order), "mrz", jumin_order_mrz(order));
    if (number != NULL) {
        (void)json_object_set_new(answer, "number", json_string(number));
    }
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

void perso_session_report(const struct jumin_order *order)
{
    const char *mrz = jumin_order_mrz(order);
    (void)printf("The card was written, locked and read back: every byte is as ordered.\n");
    if (mrz[0] != '\0') {
        (void)printf("  MRZ  %.30s\n       %.30s\n       %.30s\n", mrz, mrz + 30, mrz + 60);
    }
    (void)printf("  CAN  %s\n", jumin_order_can(order));
}

void perso_session_report_passwords(const struct jumin_order *order)
{
    const char *puk = jumin_order_puk(order);
    (void)printf("  PIN  %s%s\n", jumin_order_pin(order),
                 jumin_order_has_transport_pin(order) ? "  (to be changed: jumin card pin change)" : "");
    if (puk[0] != '\0') {
        (void)printf("  PUK  %s\n", puk);
    }
}
