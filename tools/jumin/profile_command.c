// `jumin station profile list|show`: the profiles that ship, and those in files.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/profile_command.h"

#include "tools/jumin/files.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROFILE_FILE_MAX = 16384 };

// The text of a profile, of the caller's (free). False: said so on stderr.
static bool load(const struct cli_arguments *arguments, const char *name, char **text, size_t *n)
{
    const char *shipped = jumin_profile_text(name);
    if (shipped == NULL) {
        uint8_t *bytes = NULL;
        const bool read = files_read(arguments, name, PROFILE_FILE_MAX, &bytes, n);
        if (!read) {
            (void)cli_fail(arguments, "%s is no profile that ships either (`jumin station profile list`)",
                           name);
        }
        *text = (char *)bytes;
        return read;
    }
    *n = strlen(shipped);
    *text = strdup(shipped);
    if (*text == NULL) {
        (void)cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    }
    return *text != NULL;
}

bool profile_set(const struct cli_arguments *arguments, const char *name, struct jumin_order *order)
{
    char *text = NULL;
    size_t n = 0;
    if (name == NULL) {
        return true; // an order has the usual one
    }
    if (!load(arguments, name, &text, &n)) {
        return false;
    }
    const enum jumin_error error = jumin_order_set_profile(order, text, n);
    free(text);
    if (error != JUMIN_OK) {
        (void)cli_fail(arguments, "%s: %s: %s", jumin_error_name(error), name, jumin_order_detail(order));
    }
    return error == JUMIN_OK;
}

// --- list --------------------------------------------------------------------------------------------------

static const struct cli_option list_options[] = {{"json", NULL, "answer in JSON"}};

static enum cli_exit run_list(const struct cli_arguments *arguments)
{
    json_t *all = json_array();
    const char *name = NULL;
    for (size_t i = 0; (name = jumin_profile_name(i)) != NULL; i++) {
        json_t *profile = json_loads(jumin_profile_text(name), 0, NULL);
        const char *description = json_string_value(json_object_get(profile, "description"));
        if (cli_has(arguments, "json")) {
            (void)json_array_append_new(all,
                                        json_pack("{s:s, s:s}", "name", name, "description", description));
        } else {
            (void)printf("%-12s %s\n", name, description);
        }
        json_decref(profile);
    }
    if (cli_has(arguments, "json")) {
        (void)json_dumpf(all, stdout, JSON_INDENT(2));
        (void)printf("\n");
    }
    json_decref(all);
    return CLI_OK;
}

const struct cli_command station_profile_list_command = {
    .name = "station profile list",
    .summary = "Name the card profiles that ship",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .notes = "The first one is what `jumin station issue` writes unless told otherwise.",
    .run = run_list,
};

// --- show --------------------------------------------------------------------------------------------------

static enum cli_exit run_show(const struct cli_arguments *arguments)
{
    const char *name = arguments->operand_count > 0 ? arguments->operands[0] : jumin_profile_name(0);
    struct jumin_order *order = NULL;
    char *text = NULL;
    size_t n = 0;
    if (jumin_order_new(&order) != JUMIN_OK) {
        return cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    }
    const bool sound = profile_set(arguments, name, order) && load(arguments, name, &text, &n);
    if (sound) {
        (void)fwrite(text, 1, n, stdout);
    }
    free(text);
    jumin_order_free(order);
    return sound ? CLI_OK : CLI_FAILED;
}

const struct cli_command station_profile_show_command = {
    .name = "station profile show",
    .summary = "Check a card profile and print it",
    .operands = "[NAME|FILE]",
    .notes = "A profile says which applications, data groups, passwords, algorithms and keys cards of a kind "
             "have.\n"
             "One of one's own begins as a copy: jumin station profile show interop >own.json",
    .run = run_show,
};
