// `jumin station issue`: one card, from person and photo to a card that was read back.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/station_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/perso_session.h"
#include "tools/jumin/photo_command.h"
#include "tools/jumin/print_output.h"
#include "tools/jumin/profile_command.h"
#include <jansson.h>
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
    PRINT_OPTIONS,
    HOME_OPTION,
    PASSPHRASE_OPTION,
    PERSO_OPTIONS,
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
    return print_check(arguments) && link_check(arguments);
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

struct issue {
    const struct cli_arguments *arguments;
};

static bool print_before_lock(void *context, const struct jumin_order *order)
{
    const struct cli_arguments *arguments = ((const struct issue *)context)->arguments;
    struct print_made made = {0};
    if (print_data_sheet(arguments, NULL, order, &made) && print_pin_letter(arguments, NULL, order, &made)) {
        return true;
    }
    print_take_back(arguments, NULL, &made);
    return false;
}

static enum jumin_error write_card(void *context, struct jumin_perso *perso, struct jumin_order *order)
{
    const struct jumin_perso_journal journal = {.locking = print_before_lock, .context = context};
    (void)jumin_perso_set_journal(perso, &journal);
    const enum jumin_error error = jumin_perso_issue(perso, order, (int64_t)time(NULL));
    (void)jumin_perso_set_journal(perso, NULL);
    return error;
}

static const char *writing_detail(void *context, const struct jumin_perso *perso)
{
    (void)context;
    return jumin_perso_detail(perso);
}

static void tell_passwords(void *context, const struct cli_arguments *arguments,
                           const struct jumin_order *order)
{
    (void)context;
    perso_session_tell_passwords(arguments, order);
}

static enum cli_exit issue(const struct cli_arguments *arguments, struct perso_session *session,
                           struct jumin_order *order)
{
    struct issue issue = {arguments};
    const struct perso_writer writer = {write_card, writing_detail, tell_passwords, &issue};
    const bool with_passwords = !print_has_letter(arguments);
    if (!perso_session_issue(arguments, session, order, &writer)) {
        return CLI_FAILED;
    }
    if (cli_has(arguments, "json")) {
        perso_session_report_json(NULL, order, with_passwords);
        return CLI_OK;
    }
    perso_session_report(order);
    if (with_passwords) {
        perso_session_report_passwords(order);
    }
    return CLI_OK;
}

static enum cli_exit run_issue(const struct cli_arguments *arguments)
{
    struct jumin_order *order = NULL;
    struct perso_session session = {0};
    enum cli_exit result = CLI_FAILED;
    const char *photo = cli_value(arguments, "photo");
    if (jumin_order_new(&order) != JUMIN_OK) {
        return cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    }
    if (profile_set(arguments, cli_value(arguments, "profile"), order) && set_person(arguments, order) &&
        (photo == NULL || photo_set(arguments, photo, order)) && set_digits(arguments, order) &&
        check_order(arguments, order) && perso_session_open(arguments, &session)) {
        result = issue(arguments, &session, order);
    }
    perso_session_close(&session);
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
             "blank card.\n"
             "Data sheet and PIN letter are printed before the card is locked: a locked card has its letter. "
             "With a "
             "letter,\n"
             "PIN and PUK are shown nowhere else. Files have mode 0600, and none is written over.",
    .check = check_issue,
    .run = run_issue,
};
