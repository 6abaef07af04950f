// `jumin card pin` as an office uses it: after Terminal and Chip Authentication, with the right of PIN
// management.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/pin_office.h"

#include "tools/jumin/pin_command.h"
#include "tools/jumin/terminal.h"

// What is done in the session. `digits`: the new PIN or CAN, else NULL.
typedef enum jumin_error office_operation(struct jumin_eid *eid, const char *digits);

static enum cli_exit manage(const struct cli_arguments *arguments, office_operation *operate,
                            const char *digits, const char *done)
{
    struct eid_session session = {.terminal = NULL};
    struct jumin_eid_request request = {.rights = jumin_right_set(JUMIN_RIGHT_PIN_MANAGEMENT)};
    enum cli_exit result = CLI_FAILED;
    if (eid_session_prepare(arguments, &session) && eid_session_open(arguments, &session, &request)) {
        const enum jumin_error error = operate(session.eid, digits);
        progress_clear();
        if (error == JUMIN_OK) {
            (void)printf("%s\n", done);
            result = CLI_OK;
        } else {
            (void)cli_fail_error(arguments, error, jumin_eid_detail(session.eid));
        }
    }
    eid_session_close(&session);
    return result;
}

// --- change, unblock ---------------------------------------------------------------------------------------

static enum jumin_error set_pin(struct jumin_eid *eid, const char *digits)
{
    return jumin_eid_set_pin(eid, digits);
}

static enum jumin_error set_can(struct jumin_eid *eid, const char *digits)
{
    return jumin_eid_set_can(eid, digits);
}

enum cli_exit pin_office_change(const struct cli_arguments *arguments)
{
    const char *can = cli_value(arguments, "new-can");
    char digits[SECRET_MAX] = "";
    enum cli_exit result = CLI_FAILED;
    if (can != NULL) {
        return manage(arguments, set_can, can, "The CAN was changed: the one printed on the card is void.");
    }
    if (secret_get(arguments, &pin_new, digits)) {
        result = manage(arguments, set_pin, digits, "The PIN was changed.");
    }
    secret_wipe(digits);
    return result;
}

enum cli_exit pin_office_unblock(const struct cli_arguments *arguments)
{
    return manage(arguments, set_pin, NULL, "The PIN is as it was before, and has all its tries again.");
}

// --- activate, deactivate ----------------------------------------------------------------------------------

static enum jumin_error activate(struct jumin_eid *eid, const char *digits)
{
    (void)digits;
    return jumin_eid_activate_pin(eid, true);
}

static enum jumin_error deactivate(struct jumin_eid *eid, const char *digits)
{
    (void)digits;
    return jumin_eid_activate_pin(eid, false);
}

static enum cli_exit run_activate(const struct cli_arguments *arguments)
{
    return manage(arguments, activate, NULL, "The PIN is active.");
}

static enum cli_exit run_deactivate(const struct cli_arguments *arguments)
{
    return manage(arguments, deactivate, NULL, "The PIN is deactivated: right or wrong, it opens nothing.");
}

static const struct cli_option options[] = {PIN_OFFICE_OPTIONS, PASSWORD_OPTIONS, LINK_OPTIONS};

const struct cli_command pin_activate_command = {
    .name = "card pin activate",
    .summary = "Let the PIN be used again, at an office",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes = "Takes a terminal's certificate with the right pin-management, and the CAN with can-allowed:\n"
             "  jumin card pin activate --terminal office --can 123456",
    .check = eid_session_check,
    .run = run_activate,
};

const struct cli_command pin_deactivate_command = {
    .name = "card pin deactivate",
    .summary = "Switch the PIN off, at an office",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes = "Takes a terminal's certificate with the right pin-management, and the CAN with can-allowed. A "
             "PIN that\n"
             "is not active is not tried, and keeps its tries.",
    .check = eid_session_check,
    .run = run_deactivate,
};
