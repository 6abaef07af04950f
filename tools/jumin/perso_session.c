// Writing cards from the command line: the keys, the card on the reader, and waiting for one that left.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/perso_session.h"

#include "tools/jumin/master_keys.h"
#include "tools/jumin/pki_authority.h"
#include "tools/jumin/print_output.h"
#include "tools/jumin/terminal.h"
#include <jansson.h>
#include <jumin/eac_pki.h>
#include <stdlib.h>
#include <string.h>

static bool load_pki(const struct cli_arguments *arguments, const char *passphrase,
                     struct perso_session *session)
{
    char folder[HOME_PATH_MAX];
    if (!home_path(arguments, "pki", folder)) {
        return false;
    }
    enum jumin_error error = jumin_pki_new(&session->pki, folder);
    if (error == JUMIN_OK) {
        error = jumin_pki_use_tokens(session->pki, session->access.tokens, NULL);
    }
    if (error == JUMIN_OK) {
        error = jumin_pki_load(session->pki, passphrase);
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_pki_detail(session->pki));
    }
    return error == JUMIN_OK;
}

static bool load_key(const struct cli_arguments *arguments, const char *option, const char *name,
                     enum master_key_making making, struct lazy_passphrase *passphrase,
                     struct jumin_tokens *tokens, struct jumin_master_key **key)
{
    char path[HOME_PATH_MAX];
    const char *given = cli_value(arguments, option);
    if (given == NULL) {
        if (!home_path(arguments, name, path)) {
            return false;
        }
        given = path;
    }
    return master_key_get(arguments, given, making, passphrase, tokens, key);
}

// The factory's key must be there already; the issuer's own is made at first use, under the passphrase.
static bool load_keys(const struct cli_arguments *arguments, struct perso_session *session)
{
    struct lazy_passphrase passphrase = {0};
    struct jumin_tokens *tokens = session->access.tokens;
    passphrase.known = passphrase_get(arguments, false, passphrase.text);
    const bool ok = passphrase.known && load_pki(arguments, passphrase.text, session) &&
                    load_key(arguments, "transport-key", "transport.key", MASTER_KEY_NEVER, &passphrase,
                             tokens, &session->transport_key) &&
                    load_key(arguments, "issuer-key", "issuer.key", MASTER_KEY_SEALED, &passphrase, tokens,
                             &session->issuer_key);
    memcpy(session->passphrase, passphrase.text, sizeof session->passphrase);
    passphrase_wipe(passphrase.text); // of one that is too long, its beginning
    return ok;
}

// Without one the eID application is not compared, unless one was asked for.
static enum jumin_error add_terminal(const struct cli_arguments *arguments, struct perso_session *keys,
                                     struct jumin_eac_pki *eac, struct jumin_perso *perso)
{
    const char *name = cli_value(arguments, "terminal");
    struct jumin_terminal *terminal = NULL;
    const enum jumin_error error =
        jumin_eac_pki_terminal(eac, name != NULL ? name : "station", keys->passphrase, &terminal);
    if (error == JUMIN_ERROR_NO_SUCH_FILE && name == NULL) {
        if (!keys->told && !cli_has(arguments, "json")) {
            (void)fprintf(stderr, "The eID application will not be read back: there is no terminal `station` "
                                  "(jumin pki terminal issue station --right read-back).\n");
        }
        keys->told = true;
        return JUMIN_OK;
    }
    return error == JUMIN_OK ? jumin_perso_set_terminal(perso, terminal) : error;
}

// The newest authority of each terminal type that the folder eac has (whether one is missing, the profile
// says), and the terminal that reads back.
static bool add_terminals(const struct cli_arguments *arguments, struct perso_session *keys,
                          struct jumin_perso *perso)
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
    if (error == JUMIN_OK) {
        error = add_terminal(arguments, keys, eac, perso);
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

bool perso_session_keys(const struct cli_arguments *arguments, struct perso_session *session)
{
    const bool loaded = token_access_open(arguments, &session->access) && load_keys(arguments, session);
    if (loaded) {
        authority_warn_signer(session->pki);
    }
    return loaded;
}

bool perso_session_open_on(const struct cli_arguments *arguments, struct perso_session *keys,
                           struct jumin_transport *transport, struct jumin_perso **perso)
{
    const enum jumin_error error =
        jumin_perso_new(perso, transport, keys->pki, keys->transport_key, keys->issuer_key);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return error == JUMIN_OK && add_terminals(arguments, keys, *perso);
}

bool perso_session_open(const struct cli_arguments *arguments, struct perso_session *session)
{
    return perso_session_keys(arguments, session) && link_open(arguments, &session->link) &&
           perso_session_open_on(arguments, session, session->link.transport, &session->perso);
}

void perso_session_close(struct perso_session *session)
{
    jumin_perso_free(session->perso);
    link_close(&session->link);
    jumin_pki_free(session->pki);
    jumin_master_key_free(session->transport_key);
    jumin_master_key_free(session->issuer_key);
    token_access_close(&session->access);
    passphrase_wipe(session->passphrase);
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
    if (jumin_order_is_on_card(order) && print_has_letter(arguments)) {
        (void)cli_fail(arguments,
                       "the card may be locked already, but was not read back: its CAN is %s, its PIN in its "
                       "letter; check it with `jumin card read`",
                       jumin_order_can(order));
    } else if (jumin_order_is_on_card(order)) {
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

void perso_session_report_json(const char *number, const struct jumin_order *order, bool with_passwords)
{
    const char *pin = with_passwords ? known(jumin_order_pin(order)) : NULL;
    const char *puk = with_passwords ? jumin_order_puk(order) : NULL;
    json_t *answer = json_pack(
        "{s:s, s:s, s:s?, s:b, s:s?, s:s}", "status", "issued", "can", jumin_order_can(order), "pin", pin,
        "transport_pin", jumin_order_has_transport_pin(order), "puk", puk, "mrz", jumin_order_mrz(order));
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
