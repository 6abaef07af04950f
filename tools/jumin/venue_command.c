// `jumin pki venue`: reader certificates, which say what a venue may ask.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/mobile_pki_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { VENUES_MAX = 10000 };

#define JSON_OPTION {"json", NULL, "answer in JSON"}

static const struct cli_option issue_options[] = {
    {"purpose", "NAME", "what it may ask: age, adult, identity or address; may be repeated"},
    {"title", "TEXT", "what a wallet shows; the name unless given"},
    {"host", "NAME", "DNS name, for remote requests"},
    HOME_OPTION,
    PASSPHRASE_OPTION,
    TOKEN_PIN_OPTION,
    JSON_OPTION,
};

// False: said so on stderr.
static bool take_purposes(const struct cli_arguments *arguments, unsigned *purposes)
{
    const char *name = NULL;
    *purposes = 0;
    for (size_t i = 0; (name = cli_value_at(arguments, "purpose", i)) != NULL; i++) {
        enum jumin_purpose purpose = JUMIN_PURPOSE_AGE;
        if (jumin_purpose_parse(name, &purpose) != JUMIN_OK) {
            return cli_misused(arguments, "there is no purpose %s", name);
        }
        *purposes |= purpose;
    }
    return *purposes != 0 || cli_misused(arguments, "--purpose is needed: age, adult, identity or address");
}

static bool check_issue(const struct cli_arguments *arguments)
{
    unsigned purposes = 0;
    return (arguments->operand_count == 1 || cli_misused(arguments, "the venue's name is needed")) &&
           take_purposes(arguments, &purposes);
}

static enum cli_exit run_issue(const struct cli_arguments *arguments)
{
    struct jumin_venue venue = {
        .name = arguments->operands[0],
        .title = cli_value(arguments, "title"),
        .host = cli_value(arguments, "host"),
        .now = (int64_t)time(NULL),
    };
    struct mobile_folder folder;
    char done[128];
    if (!take_purposes(arguments, &venue.purposes)) {
        return CLI_FAILED;
    }
    if (!mobile_folder_open(arguments, false, &folder)) {
        mobile_folder_close(&folder);
        return CLI_FAILED;
    }
    const enum jumin_error error = jumin_mobile_pki_issue_venue(folder.pki, folder.passphrase, &venue);
    (void)snprintf(done, sizeof done, "venues/%s.key and %s.crt are made", venue.name, venue.name);
    return mobile_folder_end(arguments, &folder, error, done);
}

const struct cli_command pki_venue_issue_command = {
    .name = "pki venue issue",
    .summary = "Make a venue's reader key and certificate, which says what the venue may ask",
    .operands = "NAME",
    .options = issue_options,
    .option_count = sizeof issue_options / sizeof *issue_options,
    .notes =
        "Wallets refuse requests for more than the certificate's purposes. It is valid for a year; a venue\n"
        "that is there already gets another key and certificate, and the one before goes to "
        "mobile/venues/former.\n"
        "    jumin pki venue issue corner-shop --purpose adult --title 'Corner Shop'",
    .check = check_issue,
    .run = run_issue,
};

static const struct cli_option show_options[] = {HOME_OPTION, JSON_OPTION};

static enum cli_exit run_show(const struct cli_arguments *arguments)
{
    struct mobile_folder folder;
    size_t count = 0, former = 0;
    if (!mobile_folder_look(arguments, &folder)) {
        return CLI_FAILED;
    }
    struct jumin_mobile_certificate *venues = calloc(2 * (size_t)VENUES_MAX, sizeof *venues);
    enum jumin_error error =
        venues != NULL ? jumin_mobile_pki_venues(folder.pki, venues, VENUES_MAX, &count) : JUMIN_ERROR_MEMORY;
    count = count < VENUES_MAX ? count : VENUES_MAX;
    if (error == JUMIN_OK) {
        error =
            jumin_mobile_pki_former(folder.pki, JUMIN_MOBILE_VENUE_ROOT, venues + count, VENUES_MAX, &former);
    }
    if (error == JUMIN_OK) {
        mobile_show(arguments, venues, count + (former < VENUES_MAX ? former : VENUES_MAX));
    } else {
        (void)cli_fail_error(arguments, error, jumin_mobile_pki_detail(folder.pki));
    }
    free(venues);
    mobile_folder_close(&folder);
    return error == JUMIN_OK ? CLI_OK : CLI_FAILED;
}

const struct cli_command pki_venue_show_command = {
    .name = "pki venue show",
    .summary = "Show the venues' certificates and what they may ask",
    .options = show_options,
    .option_count = sizeof show_options / sizeof *show_options,
    .notes = "Those that were replaced come last, by the file's name in venues/former.",
    .run = run_show,
};

static const struct cli_option revoke_options[] = {
    {"serial", "SERIAL", "of a venue, as `pki venue show` shows it; the list is only renewed unless given"},
    HOME_OPTION,
    PASSPHRASE_OPTION,
    TOKEN_PIN_OPTION,
    JSON_OPTION,
};

static enum cli_exit run_revoke(const struct cli_arguments *arguments)
{
    return mobile_revoke(arguments, JUMIN_MOBILE_VENUE_ROOT);
}

const struct cli_command pki_venue_revoke_command = {
    .name = "pki venue revoke",
    .summary = "Issue the venue root's next revocation list, with a venue that is revoked from now on",
    .options = revoke_options,
    .option_count = sizeof revoke_options / sizeof *revoke_options,
    .notes =
        "A venue's former certificate may be revoked, too. An entry goes from the list when its certificate "
        "has "
        "expired.\n"
        "Run it without --serial at least every 90 days, and publish mobile/venue-root.crl and a new trust "
        "list.",
    .run = run_revoke,
};
