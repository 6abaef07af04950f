// `jumin wallet init`, `trust`, `list`, `show`, `history`, `remove`: what is in a wallet.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/foreign_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIME_TEXT = 32, FILE_MAX = 1 << 20 };

#define JSON_OPTION {"json", NULL, "answer in JSON"}

static void put_time(int64_t seconds, char text[TIME_TEXT])
{
    const time_t at = (time_t)seconds;
    struct tm date;
    text[0] = '\0';
    if (seconds != 0 && gmtime_r(&at, &date) != NULL) {
        (void)strftime(text, TIME_TEXT, "%Y-%m-%d %H:%M:%SZ", &date);
    }
}

static void print_json(json_t *json)
{
    foreign_json_print(json, JSON_INDENT(2));
    json_decref(json);
}

static enum cli_exit end(const struct cli_arguments *arguments, struct wallet_session *session,
                         enum jumin_error error)
{
    const enum cli_exit result =
        error == JUMIN_OK ? CLI_OK : wallet_session_failed(arguments, session, error);
    wallet_session_close(session);
    return result;
}

// --- Credentials -----------------------------------------------------------------------------------------------

static const char *const states[] = {"usable", "pending", "all shown", "locked", "revoked", "expired"};

static json_t *credential_json(const struct jumin_wallet_credential *credential)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:I}", "id",
                     credential->id, "state", states[credential->state], "format",
                     credential->format == JUMIN_WALLET_MDOC ? "mso_mdoc" : "dc+sd-jwt", "type",
                     credential->type, "name", credential->name, "issuer", credential->issuer, "signer",
                     credential->signer, "trusted", (int)credential->trusted, "single_use",
                     (int)credential->single_use, "copies", (json_int_t)credential->copies, "unused",
                     (json_int_t)credential->unused, "issued", (json_int_t)credential->issued, "expires",
                     (json_int_t)credential->expires, "status_checked",
                     (json_int_t)credential->status_checked);
}

static void print_credential(const struct jumin_wallet_credential *credential)
{
    char expires[TIME_TEXT], checked[TIME_TEXT];
    put_time(credential->expires, expires);
    put_time(credential->status_checked, checked);
    (void)printf("%s  %s  %s (%s)\n  issuer   %s, %s\n  copies   %zu, of which %zu %s\n", credential->id,
                 states[credential->state], credential->name,
                 credential->format == JUMIN_WALLET_MDOC ? "mdoc" : "SD-JWT", credential->issuer,
                 credential->trusted ? "trusted" : "nobody vouches for it", credential->copies,
                 credential->unused,
                 credential->single_use ? "were not shown yet" : "may be shown, again and again");
    if (expires[0] != '\0') {
        (void)printf("  expires  %s\n", expires);
    }
    (void)printf("  status   %s%s\n", checked[0] != '\0' ? "looked at " : "not looked at", checked);
}

void wallet_show_credentials(const struct cli_arguments *arguments, const struct jumin_wallet *wallet)
{
    const bool json = cli_has(arguments, "json");
    json_t *list = json ? json_array() : NULL;
    const int64_t now = (int64_t)time(NULL);
    for (size_t i = 0; i < jumin_wallet_count(wallet); i++) {
        struct jumin_wallet_credential credential;
        if (jumin_wallet_credential(wallet, i, now, &credential) != JUMIN_OK) {
            continue;
        }
        if (json) {
            (void)json_array_append_new(list, credential_json(&credential));
        } else {
            print_credential(&credential);
        }
    }
    if (json) {
        print_json(json_pack("{s:o}", "credentials", list));
    } else if (jumin_wallet_count(wallet) == 0) {
        (void)printf("The wallet is empty.\n");
    }
}

static enum cli_exit run_list(const struct cli_arguments *arguments)
{
    struct wallet_session session;
    if (!wallet_session_open(arguments, false, &session)) {
        wallet_session_close(&session);
        return CLI_FAILED;
    }
    wallet_show_credentials(arguments, session.wallet);
    return end(arguments, &session, JUMIN_OK);
}

static const struct cli_option list_options[] = {WALLET_OPTIONS, JSON_OPTION};

const struct cli_command wallet_list_command = {
    .name = "wallet list",
    .summary = "List the credentials of a wallet: state, issuer, copies that are left",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .run = run_list,
};

// --- Made ----------------------------------------------------------------------------------------------------------

static enum cli_exit run_init(const struct cli_arguments *arguments)
{
    struct wallet_session session;
    uint8_t key[JUMIN_DEVICE_KEY], thumbprint[JUMIN_DEVICE_THUMBPRINT];
    char jkt[JUMIN_DEVICE_JKT];
    if (!wallet_session_create(arguments, &session)) {
        wallet_session_close(&session);
        return CLI_FAILED;
    }
    jumin_wallet_device_key(session.wallet, key);
    (void)jumin_device_thumbprint(key, thumbprint);
    jumin_device_jkt(thumbprint, jkt);
    if (cli_has(arguments, "json")) {
        char x[JUMIN_DEVICE_JKT], y[JUMIN_DEVICE_JKT]; // in base64url, as what a provider attests
        jumin_device_jkt(key + 1, x);
        jumin_device_jkt(key + 1 + JUMIN_DEVICE_THUMBPRINT, y);
        print_json(json_pack("{s:s, s:{s:s, s:s, s:s, s:s}}", "device", jkt, "jwk", "kty", "EC", "crv",
                             "P-256", "x", x, "y", y));
    } else {
        (void)printf("The wallet is made; its device key is %s\n", jkt);
    }
    return end(arguments, &session, JUMIN_OK);
}

static const struct cli_option init_options[] = {TOKEN_OPTION, WALLET_OPTIONS, JSON_OPTION};

const struct cli_command wallet_init_command = {
    .name = "wallet init",
    .summary = "Make a wallet: a file under a passphrase, with a new device key",
    .options = init_options,
    .option_count = sizeof init_options / sizeof *init_options,
    .notes =
        "With --token all of the wallet's keys are made in that token, which signs; the file keeps its URI.\n"
        "    jumin wallet init --wallet phone.wallet\n"
        "    jumin wallet trust trust-list.jwt --root iaca.crt --wallet phone.wallet",
    .run = run_init,
};

// --- Whom it trusts ------------------------------------------------------------------------------------------

static bool check_trust(const struct cli_arguments *arguments)
{
    const size_t sources = arguments->operand_count + (cli_has(arguments, "url") ? 1 : 0);
    if (sources == 0 && cli_has(arguments, "root")) {
        return cli_misused(arguments, "a root comes with the list that it is for: FILE or --url");
    }
    return sources <= 1 || cli_misused(arguments, "the trust list is in a file, or at a URL");
}

static void show_trust(const struct cli_arguments *arguments, const struct jumin_wallet *wallet)
{
    struct jumin_wallet_trust_list list;
    char issued[TIME_TEXT], expires[TIME_TEXT];
    const bool there = jumin_wallet_trust_list(wallet, &list) == JUMIN_OK;
    if (cli_has(arguments, "json")) {
        print_json(there ? json_pack("{s:I, s:I, s:I, s:I, s:I, s:s}", "issued", (json_int_t)list.issued,
                                     "expires", (json_int_t)list.expires, "taken", (json_int_t)list.taken,
                                     "issuers", (json_int_t)list.issuers, "venues", (json_int_t)list.venues,
                                     "url", list.url)
                         : json_object());
        return;
    }
    if (!there) {
        (void)printf("The wallet has no trust list: it knows neither issuers nor venues.\n");
        return;
    }
    put_time(list.issued, issued);
    put_time(list.expires, expires);
    (void)printf("trust list  of %s, until %s%s\n  roots     %zu of issuers, %zu of venues\n", issued,
                 expires, list.expires <= (int64_t)time(NULL) ? ": expired" : "", list.issuers, list.venues);
    if (list.url[0] != '\0') {
        (void)printf("  from      %s\n", list.url);
    }
}

static enum cli_exit run_trust(const struct cli_arguments *arguments)
{
    struct wallet_session session = {.wallet = NULL};
    uint8_t *list = NULL, *root = NULL;
    size_t n = 0, root_length = 0;
    const char *root_path = cli_value(arguments, "root"), *url = cli_value(arguments, "url");
    const bool file = arguments->operand_count > 0;
    enum cli_exit result = CLI_FAILED;
    if ((!file || files_read(arguments, arguments->operands[0], FILE_MAX, &list, &n)) &&
        (root_path == NULL || files_read(arguments, root_path, FILE_MAX, &root, &root_length)) &&
        wallet_session_open(arguments, url != NULL, &session)) {
        const int64_t now = (int64_t)time(NULL);
        const enum jumin_error error =
            url != NULL ? jumin_wallet_fetch_trust(session.wallet, url, root, root_length, now)
            : file      ? jumin_wallet_trust(session.wallet, list, n, root, root_length, now)
                        : JUMIN_OK;
        if (error == JUMIN_OK) {
            show_trust(arguments, session.wallet);
        }
        result = end(arguments, &session, error);
    }
    wallet_session_close(&session);
    free(list);
    free(root);
    return result;
}

static const struct cli_option trust_options[] = {
    {"url", "URL", "fetch the list from there, now and whenever `wallet refresh` finds it a day old"},
    {"root", "FILE",
     "certificate of the root that the list's signer leads to; the one that is kept unless given"},
    WALLET_OPTIONS,
    WALLET_NETWORK_OPTIONS,
    JSON_OPTION,
};

const struct cli_command wallet_trust_command = {
    .name = "wallet trust",
    .summary =
        "Give a wallet the signed trust list, by which it knows issuers and venues, or show which it has",
    .operands = "[FILE]",
    .options = trust_options,
    .option_count = sizeof trust_options / sizeof *trust_options,
    .notes = "The list is what `jumin pki iaca trust-list` makes. Older ones than the one that is kept are "
             "refused.\n"
             "    jumin wallet trust --url https://issuer.example/trust-list.jwt --root iaca.crt",
    .check = check_trust,
    .run = run_trust,
};

// --- One credential --------------------------------------------------------------------------------------------

static bool check_id(const struct cli_arguments *arguments)
{
    return arguments->operand_count == 1 ||
           cli_misused(arguments, "the credential's id is needed, as `wallet list` shows it");
}

static enum cli_exit run_show(const struct cli_arguments *arguments)
{
    struct wallet_session session;
    char *json = NULL;
    if (!wallet_session_open(arguments, false, &session)) {
        wallet_session_close(&session);
        return CLI_FAILED;
    }
    const enum jumin_error error = jumin_wallet_claims(session.wallet, arguments->operands[0], &json);
    if (error == JUMIN_OK) {
        foreign_json_print_text(json);
        explicit_bzero(json, strlen(json));
    }
    free(json);
    return end(arguments, &session, error);
}

static const struct cli_option show_options[] = {WALLET_OPTIONS, {"json", NULL, "what it does anyway"}};

const struct cli_command wallet_show_command = {
    .name = "wallet show",
    .summary = "Show what a credential says, in JSON",
    .operands = "ID",
    .options = show_options,
    .option_count = sizeof show_options / sizeof *show_options,
    .check = check_id,
    .run = run_show,
};

static enum cli_exit run_remove(const struct cli_arguments *arguments)
{
    struct wallet_session session;
    if (!wallet_session_open(arguments, true, &session)) {
        wallet_session_close(&session);
        return CLI_FAILED;
    }
    const enum jumin_error error =
        jumin_wallet_remove(session.wallet, arguments->operands[0], (int64_t)time(NULL));
    if (error == JUMIN_OK && !cli_has(arguments, "json")) {
        (void)printf("%s: removed\n", arguments->operands[0]);
    } else if (error == JUMIN_OK) {
        print_json(json_pack("{s:s}", "removed", arguments->operands[0]));
    }
    return end(arguments, &session, error);
}

static const struct cli_option remove_options[] = {WALLET_OPTIONS, WALLET_NETWORK_OPTIONS, JSON_OPTION};

const struct cli_command wallet_remove_command = {
    .name = "wallet remove",
    .summary = "Remove a credential with its keys, and tell the issuer if it can be reached",
    .operands = "ID",
    .options = remove_options,
    .option_count = sizeof remove_options / sizeof *remove_options,
    .check = check_id,
    .run = run_remove,
};

// --- History -------------------------------------------------------------------------------------------------------

static void print_event(const struct jumin_wallet_event *event)
{
    char at[TIME_TEXT];
    put_time(event->time, at);
    (void)printf("%s  %-8s  %s", at, event->kind, event->who);
    (void)printf(event->purpose[0] != '\0' ? "  (%s)" : "%s", event->purpose);
    (void)printf("%s%s", event->elements[0] != '\0' ? "  " : "", event->elements);
    (void)printf("%s%s\n", event->reason[0] != '\0' ? ": " : "", event->reason);
}

static enum cli_exit run_history(const struct cli_arguments *arguments)
{
    struct wallet_session session;
    struct jumin_wallet_event event;
    const bool json = cli_has(arguments, "json");
    if (!wallet_session_open(arguments, false, &session)) {
        wallet_session_close(&session);
        return CLI_FAILED;
    }
    json_t *list = json_array();
    for (size_t i = 0; jumin_wallet_event(session.wallet, i, &event) == JUMIN_OK; i++) {
        if (json) {
            (void)json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s}", "time",
                                                        (json_int_t)event.time, "kind", event.kind, "who",
                                                        event.who, "purpose", event.purpose, "elements",
                                                        event.elements, "reason", event.reason));
        } else {
            print_event(&event);
        }
    }
    if (json) {
        print_json(json_pack("{s:O}", "events", list));
    } else if (jumin_wallet_events(session.wallet) == 0) {
        (void)printf("Nothing was received or shown yet.\n");
    }
    json_decref(list);
    return end(arguments, &session, JUMIN_OK);
}

const struct cli_command wallet_history_command = {
    .name = "wallet history",
    .summary = "Tell what was received, shown and refused: when, to whom, for which purpose",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .notes = "The history is in the wallet and nowhere else.",
    .run = run_history,
};
