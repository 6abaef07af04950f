// `jumin station issue`: one card, from person and photo to a card that was read back.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/station_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/home.h"
#include "tools/jumin/link.h"
#include "tools/jumin/photo_command.h"
#include "tools/jumin/profile_command.h"
#include "tools/jumin/terminal.h"
#include <jansson.h>
#include <jumin/eac_pki.h>
#include <jumin/perso.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PERSON_FILE_MAX = 65536 };

static const struct cli_option issue_options[] = {
    {"profile", "NAME|FILE", "what kind of card; resident unless given (jumin station profile list)"},
    {"person", "FILE", "who is to stand on the card, in JSON (person.schema.json)"},
    {"photo", "FILE", "the portrait, a JPEG or PNG of at least 240 × 320 pixels"},
    {"can", "DIGITS", "the six digits printed on the card; random ones unless given"},
    {"pin", "DIGITS",
     "as many as the profile says, at most eight, for everybody to see who lists processes; random ones "
     "unless given"},
    {"puk", "DIGITS", "the ten digits that unblock the PIN; random ones unless given"},
    {"transport-pin", NULL, "the holder must change the PIN at first use"},
    HOME_OPTION,
    PASSPHRASE_OPTION,
    {"transport-key", "FILE",
     "master of the keys that the factory wrote; transport.key in the home unless given"},
    {"issuer-key", "FILE", "master of the keys that take their place; issuer.key in the home unless given"},
    LINK_OPTIONS,
    {"json", NULL, "answer in JSON"},
};

static bool check_issue(const struct cli_arguments *arguments)
{
    static const char *const needed[] = {"person", "photo"};
    const bool usual = cli_value(arguments, "profile") == NULL; // others may need neither
    for (size_t i = 0; i < sizeof needed / sizeof *needed && usual; i++) {
        if (cli_value(arguments, needed[i]) == NULL) {
            return cli_misused(arguments, "--%s is needed", needed[i]);
        }
    }
    return link_check(arguments);
}

static bool set_person(const struct cli_arguments *arguments, struct jumin_order *order)
{
    const char *path = cli_value(arguments, "person");
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (path == NULL) {
        return true;
    }
    if (!files_read(arguments, path, PERSON_FILE_MAX, &bytes, &n)) {
        return false;
    }
    const enum jumin_error error = jumin_order_set_person(order, (const char *)bytes, n);
    explicit_bzero(bytes, n);
    free(bytes);
    if (error != JUMIN_OK) {
        (void)cli_fail(arguments, "%s: %s: %s", jumin_error_name(error), path, jumin_order_detail(order));
    }
    return error == JUMIN_OK;
}

static bool set_digits(const struct cli_arguments *arguments, struct jumin_order *order)
{
    const char *can = cli_value(arguments, "can"), *pin = cli_value(arguments, "pin");
    const char *puk = cli_value(arguments, "puk");
    enum jumin_error error = can != NULL ? jumin_order_set_can(order, can) : JUMIN_OK;
    if (error == JUMIN_OK && pin != NULL) {
        error = jumin_order_set_pin(order, pin);
    }
    if (error == JUMIN_OK && puk != NULL) {
        error = jumin_order_set_puk(order, puk);
    }
    if (error == JUMIN_OK && cli_has(arguments, "transport-pin")) {
        error = jumin_order_set_transport_pin(order, true);
    }
    if (error != JUMIN_OK) {
        (void)cli_fail(arguments, "%s", jumin_order_detail(order));
    }
    return error == JUMIN_OK;
}

// Whether all is there that the profile needs.
static bool check_order(const struct cli_arguments *arguments, struct jumin_order *order)
{
    const enum jumin_error error = jumin_order_check(order);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_order_detail(order));
    }
    return error == JUMIN_OK;
}

static bool load_pki(const struct cli_arguments *arguments, struct jumin_pki **pki)
{
    char folder[HOME_PATH_MAX], passphrase[PASSPHRASE_MAX];
    if (!home_path(arguments, "pki", folder) || !passphrase_get(arguments, false, passphrase)) {
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

static bool open_perso(const struct cli_arguments *arguments, const struct link *link,
                       const struct jumin_pki *pki, struct jumin_perso **perso)
{
    uint8_t transport_key[JUMIN_MASTER_KEY] = {0}, issuer_key[JUMIN_MASTER_KEY] = {0};
    bool ok = load_key(arguments, "transport-key", "transport.key", false, transport_key) &&
              load_key(arguments, "issuer-key", "issuer.key", true, issuer_key);
    if (ok) {
        const enum jumin_error error =
            jumin_perso_new(perso, link->transport, pki, transport_key, issuer_key);
        ok = error == JUMIN_OK;
        if (!ok) {
            (void)cli_fail_error(arguments, error, NULL);
        }
    }
    ok = ok && add_trust_points(arguments, *perso);
    jumin_master_key_wipe(transport_key);
    jumin_master_key_wipe(issuer_key);
    return ok;
}

static bool show_step(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    (void)context;
    progress_show(jumin_perso_step_name(step), done, total);
    return !progress_interrupted();
}

static void report(const struct cli_arguments *arguments, const struct jumin_order *order)
{
    if (cli_has(arguments, "json")) {
        json_t *answer =
            json_pack("{s:s, s:s, s:s, s:b, s:s, s:s}", "status", "issued", "can", jumin_order_can(order),
                      "pin", jumin_order_pin(order), "transport_pin", jumin_order_has_transport_pin(order),
                      "puk", jumin_order_puk(order), "mrz", jumin_order_mrz(order));
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
        json_decref(answer);
        return;
    }
    const char *mrz = jumin_order_mrz(order), *puk = jumin_order_puk(order);
    (void)printf("The card was written, locked and read back: every byte is as ordered.\n");
    if (mrz[0] != '\0') {
        (void)printf("  MRZ  %.30s\n       %.30s\n       %.30s\n", mrz, mrz + 30, mrz + 60);
    }
    (void)printf("  CAN  %s\n  PIN  %s%s\n", jumin_order_can(order), jumin_order_pin(order),
                 jumin_order_has_transport_pin(order) ? "  (to be changed: jumin card pin change)" : "");
    if (puk[0] != '\0') {
        (void)printf("  PUK  %s\n", puk);
    }
}

// A card that was locked has its passwords, whatever came after; nobody could find random ones again.
static void tell_of_locked_card(const struct cli_arguments *arguments, const struct jumin_order *order)
{
    if (jumin_order_is_on_card(order)) {
        (void)cli_fail(
            arguments,
            "the card may be locked already, but was not read back: its CAN is %s, its PIN %s, its "
            "PUK %s; check it with `jumin card read`",
            jumin_order_can(order), jumin_order_pin(order), jumin_order_puk(order));
    }
}

// A card that leaves is waited for; the library begins it afresh.
static enum cli_exit issue(const struct cli_arguments *arguments, struct link *link,
                           struct jumin_perso *perso, struct jumin_order *order)
{
    (void)jumin_perso_set_progress(perso, show_step, NULL);
    progress_watch_interrupts();
    enum jumin_error error = jumin_perso_issue(perso, order, (int64_t)time(NULL));
    while (error == JUMIN_ERROR_CARD_REMOVED) {
        progress_clear();
        (void)fprintf(stderr, "The card has left the reader: lay it back.\n");
        if (!link_wait_again(arguments, link)) {
            tell_of_locked_card(arguments, order);
            return CLI_FAILED;
        }
        error = jumin_perso_issue(perso, order, (int64_t)time(NULL));
    }
    progress_clear();
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_perso_detail(perso));
        tell_of_locked_card(arguments, order);
        return CLI_FAILED;
    }
    report(arguments, order);
    return CLI_OK;
}

static enum cli_exit run_issue(const struct cli_arguments *arguments)
{
    struct jumin_order *order = NULL;
    struct jumin_pki *pki = NULL;
    struct jumin_perso *perso = NULL;
    struct link link = {0};
    enum cli_exit result = CLI_FAILED;
    const char *photo = cli_value(arguments, "photo");
    if (jumin_order_new(&order) != JUMIN_OK) {
        return cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    }
    if (profile_set(arguments, cli_value(arguments, "profile"), order) && set_person(arguments, order) &&
        (photo == NULL || photo_set(arguments, photo, order)) && set_digits(arguments, order) &&
        check_order(arguments, order) && load_pki(arguments, &pki) && link_open(arguments, &link) &&
        open_perso(arguments, &link, pki, &perso)) {
        result = issue(arguments, &link, perso, order);
    }
    jumin_perso_free(perso);
    link_close(&link);
    jumin_pki_free(pki);
    jumin_order_free(order);
    return result;
}

const struct cli_command station_issue_command = {
    .name = "station issue",
    .summary = "Personalize the card on the reader: write, sign, lock, read back",
    .options = issue_options,
    .option_count = sizeof issue_options / sizeof *issue_options,
    .notes = "A card that has been issued is refused and stays as it is. When the card leaves the reader it "
             "is begun\n"
             "afresh once it is back. `jumin pki init` makes the keys that sign; `jumin sim --new` makes a "
             "blank card.",
    .check = check_issue,
    .run = run_issue,
};
