// `jumin card pin`: the state of the holder's PIN, changing it, and what to do when tries are used up.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/pin_command.h"

#include "tools/jumin/pin_office.h"
#include "tools/jumin/tap.h"
#include "tools/jumin/terminal.h"
#include <jansson.h>
#include <jumin/pin.h>
#include <string.h>

const struct secret_source pin_new = {"new-pin", "new-pin-file", "New PIN: ", "New PIN again: ",
                                      "the new PIN is needed: give --new-pin-file or --new-pin"};
static const struct secret_source puk = {"puk", "puk-file", "PUK: ", NULL,
                                         "the PUK is needed: give --puk-file or --puk"};

static bool set_password(const struct cli_arguments *arguments, struct jumin_reader *reader,
                         enum jumin_password password, const char *characters)
{
    const enum jumin_error error = jumin_reader_set_password(reader, password, characters);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_reader_detail(reader));
    }
    return error == JUMIN_OK;
}

static bool set_can_beside(const struct cli_arguments *arguments, struct jumin_reader *reader)
{
    const enum jumin_error error = jumin_reader_set_can_for_pin(reader, cli_value(arguments, "can"));
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_reader_detail(reader));
    }
    return error == JUMIN_OK;
}

static enum cli_exit end(const struct cli_arguments *arguments, const struct tap *tap, enum jumin_error error,
                         const char *done)
{
    progress_clear();
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, jumin_reader_detail(tap->reader));
    }
    (void)printf("%s\n", done);
    return CLI_OK;
}

// --- status ------------------------------------------------------------------------------------------------

static void show_status(const struct jumin_pin_status *status)
{
    switch (status->state) {
    case JUMIN_PIN_USABLE:
        if (status->tries_left == JUMIN_PIN_ALL_TRIES) {
            (void)printf("The PIN can be used and has all its tries.\n");
        } else {
            (void)printf("The PIN can be used and has %d tries left.\n", status->tries_left);
        }
        break;
    case JUMIN_PIN_SUSPENDED:
        (void)printf("The PIN is suspended, with one try left. It takes the CAN beside it: jumin card pin "
                     "resume\n");
        break;
    case JUMIN_PIN_BLOCKED:
        (void)printf("The PIN is blocked, no tries are left. The PUK unblocks it: jumin card pin unblock\n");
        break;
    case JUMIN_PIN_DEACTIVATED:
        (void)printf("The PIN is deactivated. An office can activate it.\n");
        break;
    case JUMIN_PIN_ABSENT:
        (void)printf("The card has no PIN.\n");
        return;
    }
    switch (status->kind) {
    case JUMIN_PIN_TRANSPORT:
        (void)printf("It came with the card and opens nothing until it is changed: jumin card pin change\n");
        break;
    case JUMIN_PIN_HOLDERS:
        (void)printf("Its holder has chosen it.\n");
        break;
    case JUMIN_PIN_UNKNOWN:
        (void)printf("With --can the card also tells whether its holder has chosen it.\n");
        break;
    }
}

static void show_status_as_json(const struct jumin_pin_status *status)
{
    json_t *tries = status->tries_left >= 0 ? json_integer(status->tries_left) : json_null();
    json_t *answer = json_pack("{s:s, s:b, s:o, s:s}", "state", jumin_pin_state_name(status->state),
                               "all_tries_left", status->tries_left == JUMIN_PIN_ALL_TRIES, "tries_left",
                               tries, "kind", jumin_pin_kind_name(status->kind));
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

static enum cli_exit run_status(const struct cli_arguments *arguments)
{
    const char *can = cli_value(arguments, "can"), *mrz = cli_value(arguments, "mrz");
    struct jumin_pin_status status;
    struct tap tap;
    enum cli_exit result = CLI_FAILED;
    if (tap_open(arguments, &tap) &&
        (can == NULL || set_password(arguments, tap.reader, JUMIN_PASSWORD_CAN, can)) &&
        (mrz == NULL || set_password(arguments, tap.reader, JUMIN_PASSWORD_MRZ, mrz))) {
        const enum jumin_error error = jumin_pin_status(tap.reader, &status);
        progress_clear();
        if (error != JUMIN_OK) {
            (void)cli_fail_error(arguments, error, jumin_reader_detail(tap.reader));
        } else {
            (cli_has(arguments, "json") ? show_status_as_json : show_status)(&status);
            result = CLI_OK;
        }
    }
    tap_close(&tap);
    return result;
}

static bool check_status(const struct cli_arguments *arguments)
{
    return (!cli_has(arguments, "can") || !cli_has(arguments, "mrz") ||
            cli_misused(arguments, "give one of --can and --mrz")) &&
           link_check(arguments);
}

static const struct cli_option status_options[] = {
    {"can", "DIGITS", "the card access number: the card then tells whether the holder has chosen the PIN"},
    {"mrz", "TEXT", "the machine readable zone, in place of the CAN"},
    {"json", NULL, "answer in JSON"},
    LINK_OPTIONS,
};

const struct cli_command pin_status_command = {
    .name = "card pin status",
    .summary = "Tell whether the PIN can be used, and how many tries it has left",
    .options = status_options,
    .option_count = sizeof status_options / sizeof *status_options,
    .notes = "No try is spent. A card does not say how many tries there were at first, so with all of them "
             "left\n"
             "`tries_left` of the answer in JSON is null.",
    .check = check_status,
    .run = run_status,
};

// --- change ------------------------------------------------------------------------------------------------

static enum cli_exit run_change(const struct cli_arguments *arguments)
{
    if (cli_has(arguments, "terminal")) {
        return pin_office_change(arguments);
    }
    struct tap tap = {0};
    char old[SECRET_MAX] = "", chosen[SECRET_MAX] = "";
    enum cli_exit result = CLI_FAILED;
    if (secret_get(arguments, &secret_pin, old) && secret_get(arguments, &pin_new, chosen) &&
        tap_open(arguments, &tap) && set_can_beside(arguments, tap.reader) &&
        set_password(arguments, tap.reader, JUMIN_PASSWORD_PIN, old)) {
        result = end(arguments, &tap, jumin_pin_change(tap.reader, chosen), "The PIN was changed.");
    }
    secret_wipe(old);
    secret_wipe(chosen);
    tap_close(&tap);
    return result;
}

static bool check_change(const struct cli_arguments *arguments)
{
    if (cli_has(arguments, "terminal")) {
        return (!cli_has(arguments, "pin-file") ||
                cli_misused(arguments, "--terminal takes the PIN, or rather the CAN, as --pin or --can")) &&
               secret_given_once(arguments, &pin_new) && eid_session_check(arguments);
    }
    if (cli_has(arguments, "new-can")) {
        return cli_misused(arguments, "--new-can takes --terminal: only an office changes a CAN");
    }
    return secret_given_once(arguments, &secret_pin) && secret_given_once(arguments, &pin_new) &&
           link_check(arguments);
}

static const struct cli_option change_options[] = {
    PIN_OPTIONS,
    {"new-pin", "DIGITS", "the PIN to be, for everybody to see who lists processes; asked for unless given"},
    {"new-pin-file", "FILE", "holds the new PIN in its first line; - is the next line of standard input"},
    CAN_BESIDE_OPTION,
    {"new-can", "DIGITS", "with --terminal: the card access number to be, in place of a PIN"},
    PIN_OFFICE_OPTIONS,
    LINK_OPTIONS,
};

const struct cli_command pin_change_command = {
    .name = "card pin change",
    .summary = "Change the PIN, also the transport PIN that came with the card",
    .options = change_options,
    .option_count = sizeof change_options / sizeof *change_options,
    .notes = "Asks for both without showing them. A script writes two lines:\n"
             "  printf '%s\\n' \"$OLD\" \"$NEW\" | jumin card pin change --pin-file - --new-pin-file "
             "-\n"
             "An office with the right pin-management does it without the PIN in force:\n"
             "  jumin card pin change --terminal office --can 123456",
    .check = check_change,
    .run = run_change,
};

// --- resume ------------------------------------------------------------------------------------------------

static enum cli_exit run_resume(const struct cli_arguments *arguments)
{
    struct tap tap = {0};
    char pin[SECRET_MAX] = "";
    enum cli_exit result = CLI_FAILED;
    if (secret_get(arguments, &secret_pin, pin) && tap_open(arguments, &tap) &&
        set_can_beside(arguments, tap.reader) &&
        set_password(arguments, tap.reader, JUMIN_PASSWORD_PIN, pin)) {
        result = end(arguments, &tap, jumin_pin_resume(tap.reader), "The PIN has all its tries again.");
    }
    secret_wipe(pin);
    tap_close(&tap);
    return result;
}

static bool check_resume(const struct cli_arguments *arguments)
{
    return (cli_has(arguments, "can") || cli_misused(arguments, "--can is needed")) &&
           secret_given_once(arguments, &secret_pin) && link_check(arguments);
}

static const struct cli_option resume_options[] = {CAN_BESIDE_OPTION, PIN_OPTIONS, LINK_OPTIONS};

const struct cli_command pin_resume_command = {
    .name = "card pin resume",
    .summary = "Give a suspended PIN its last try, with the CAN beside it",
    .options = resume_options,
    .option_count = sizeof resume_options / sizeof *resume_options,
    .notes = "With the right PIN all tries are there again. A wrong one blocks it; then only the PUK helps "
             "(jumin card\n"
             "pin unblock).",
    .check = check_resume,
    .run = run_resume,
};

// --- unblock -----------------------------------------------------------------------------------------------

static enum cli_exit run_unblock(const struct cli_arguments *arguments)
{
    if (cli_has(arguments, "terminal")) {
        return pin_office_unblock(arguments);
    }
    struct tap tap = {0};
    char digits[SECRET_MAX] = "";
    enum cli_exit result = CLI_FAILED;
    if (secret_get(arguments, &puk, digits) && tap_open(arguments, &tap) &&
        set_password(arguments, tap.reader, JUMIN_PASSWORD_PUK, digits)) {
        result = end(arguments, &tap, jumin_pin_unblock(tap.reader),
                     "The PIN is as it was before, and has all its tries again.");
    }
    secret_wipe(digits);
    tap_close(&tap);
    return result;
}

static bool check_unblock(const struct cli_arguments *arguments)
{
    if (cli_has(arguments, "terminal")) {
        return eid_session_check(arguments);
    }
    return secret_given_once(arguments, &puk) && link_check(arguments);
}

static const struct cli_option unblock_options[] = {
    {"puk", "DIGITS", "the PUK, for everybody to see who lists processes; asked for unless given"},
    {"puk-file", "FILE", "holds the PUK in its first line; - is the next line of standard input"},
    PIN_OFFICE_OPTIONS,
    {"can", "DIGITS", "with --terminal: the card access number printed on the card"},
    LINK_OPTIONS,
};

const struct cli_command pin_unblock_command = {
    .name = "card pin unblock",
    .summary = "Give a blocked PIN all its tries again, with the PUK",
    .options = unblock_options,
    .option_count = sizeof unblock_options / sizeof *unblock_options,
    .notes = "The PIN itself stays as it was: who has forgotten it needs an office. A card lets the PUK do "
             "this ten times.\n"
             "An office with the right pin-management does it without the PUK:\n"
             "  jumin card pin unblock --terminal office --can 123456",
    .check = check_unblock,
    .run = run_unblock,
};
