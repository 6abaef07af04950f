// `jumin station offer`, `reissue`, `revoke`, `credential`: the mobile credential at the counter.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/credential_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/records.h"
#include <errno.h>
#include <jumin/credential.h>
#include <jumin/print.h>
#include <jumin/qr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PERSON_FILE_MAX = 65536,
    PHOTO_FILE_MAX = 32 << 20,
    URI_MAX = 2048,
    PNG_SCALE = 8,
    URL_MAX = 256,
    NOTE_MAX = 96
};

// --- What the officer gives --------------------------------------------------------------------------------------

struct form {
    struct jumin_offer_form form;
    uint8_t *person, *photo; // owned
    size_t person_length, photo_length;
};

static bool read_form(const struct cli_arguments *arguments, struct form *form)
{
    long paid = 0;
    const char *person = cli_value(arguments, "person"), *photo = cli_value(arguments, "photo");
    if (!cli_number(arguments, "paid", 0, JUMIN_WON_MAX, 0, &paid) ||
        (person != NULL &&
         !files_read(arguments, person, PERSON_FILE_MAX, &form->person, &form->person_length)) ||
        (photo != NULL && !files_read(arguments, photo, PHOTO_FILE_MAX, &form->photo, &form->photo_length))) {
        return false;
    }
    form->form = (struct jumin_offer_form){
        .number = arguments->operand_count > 0 ? arguments->operands[0] : NULL,
        .person = (const char *)form->person,
        .person_length = form->person_length,
        .photo = form->photo,
        .photo_length = form->photo_length,
        .holds_card = cli_has(arguments, "holds-card"),
        .photo_outdated = cli_has(arguments, "photo-outdated"),
        .won_paid = (unsigned)paid,
        .proof = cli_value(arguments, "proof") != NULL ? JUMIN_PROOF_COUNTER : JUMIN_PROOF_NONE,
    };
    return true;
}

static void release(uint8_t *bytes, size_t n)
{
    if (bytes != NULL) {
        explicit_bzero(bytes, n);
    }
    free(bytes);
}

static bool check_offer(const struct cli_arguments *arguments)
{
    const char *proof = cli_value(arguments, "proof"), *url = cli_value(arguments, "base-url");
    if (arguments->operand_count == 0 && cli_value(arguments, "person") == NULL) {
        return cli_misused(arguments, "the application's number is needed, or --person");
    }
    if (url == NULL || strlen(url) >= URL_MAX || strstr(url, "://") == NULL || url[strlen(url) - 1] == '/') {
        return cli_misused(arguments,
                           "--base-url is needed: the server's address without a slash at its end");
    }
    return proof == NULL || strcmp(proof, "counter") == 0 || cli_misused(arguments, "--proof takes counter");
}

// --- The code ----------------------------------------------------------------------------------------------------

static bool write_made(const struct cli_arguments *arguments, const struct records *records,
                       const char *option, const char *uri)
{
    const char *path = cli_value(arguments, option);
    const bool png = strcmp(option, "png") == 0;
    const unsigned minutes = jumin_policy_figures(records->policy)->qr_minutes;
    char once[NOTE_MAX];
    (void)snprintf(once, sizeof once, "Scan the code with the wallet. It works once, within %u minute%s.",
                   minutes, minutes == 1 ? "" : "s");
    const char *const notes[] = {
        once,
        "The wallet asks for the code on the receipt, which is handed over apart from this page.",
    };
    const struct jumin_qr_page page = {.text = uri,
                                       .title = "모바일 신분증",
                                       .subtitle = "Mobile credential",
                                       .notes = notes,
                                       .note_count = 2};
    uint8_t *made = NULL;
    size_t n = 0;
    if (path == NULL) {
        return true;
    }
    const enum jumin_error error =
        png ? jumin_qr_png(uri, JUMIN_QR_LOW, PNG_SCALE, &made, &n) : jumin_qr_print(&page, &made, &n);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, "the QR code cannot be made");
        return false;
    }
    const bool good = files_create(path, made, n); // whoever has it has half of the credential
    if (!good) {
        (void)cli_fail(arguments, "%s: %s", path, strerror(errno));
    }
    jumin_qr_free(made, n);
    return good;
}

// The minute in Korea, where the receipt is read.
static const char *korean_time(int64_t at, char text[RECORDS_TIME])
{
    enum { AHEAD = 9 * 3600 };
    const time_t there = (time_t)(at + AHEAD);
    struct tm tm;
    if (gmtime_r(&there, &tm) == NULL || strftime(text, RECORDS_TIME, "%Y-%m-%d %H:%M", &tm) == 0) {
        text[0] = '\0';
    }
    return text;
}

// The code alone: whoever has a picture of the QR has not this.
static bool write_receipt(const struct cli_arguments *arguments, const struct jumin_offer *offer)
{
    const char *path = cli_value(arguments, "receipt");
    char at[RECORDS_TIME];
    uint8_t *pdf = NULL;
    size_t n = 0;
    if (path == NULL) {
        return true;
    }
    const struct jumin_print_offer_receipt receipt = {offer->credential, offer->tx_code,
                                                      korean_time(offer->expires_at, at)};
    const enum jumin_error error = jumin_print_offer_receipt(&receipt, &pdf, &n);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, "the receipt cannot be made");
        return false;
    }
    const bool good = files_create(path, pdf, n);
    if (!good) {
        (void)cli_fail(arguments, "%s: %s", path, strerror(errno));
    }
    jumin_print_free(pdf, n);
    return good;
}

static bool make_uri(const struct cli_arguments *arguments, const struct records *records,
                     const struct jumin_offer *offer, char uri[URI_MAX])
{
    const char *url = cli_value(arguments, "base-url");
    return cli_has(arguments, "by-value")
               ? jumin_station_offer_uri(records->station, url, offer, uri, URI_MAX)
               : jumin_offer_uri(url, offer->reference, uri, URI_MAX);
}

static enum cli_exit show_offer(const struct cli_arguments *arguments, const struct records *records,
                                const struct jumin_offer *offer)
{
    char uri[URI_MAX], at[RECORDS_TIME];
    char *picture = NULL;
    size_t n = 0;
    const bool told = cli_value(arguments, "receipt") == NULL; // the code, here
    if (!make_uri(arguments, records, offer, uri)) {
        return cli_fail(arguments, "the server's address is too long");
    }
    bool good = write_receipt(arguments, offer) && write_made(arguments, records, "png", uri) &&
                write_made(arguments, records, "page", uri);
    if (good && cli_has(arguments, "json")) {
        json_t *answer = json_object();
        (void)json_object_set_new(answer, "credential", json_string(offer->credential));
        (void)json_object_set_new(answer, "uri", json_string(uri));
        if (told) {
            (void)json_object_set_new(answer, "tx_code", json_string(offer->tx_code));
        }
        (void)json_object_set_new(answer, "expires_at", json_integer(offer->expires_at));
        records_print_json(answer);
    } else if (good) {
        if (jumin_qr_terminal(uri, &picture, &n) == JUMIN_OK && cli_value(arguments, "png") == NULL &&
            cli_value(arguments, "page") == NULL) {
            (void)printf("%s", picture);
        }
        (void)printf("%s: once, until %s\nCode on the receipt: %s\n", offer->credential,
                     records_time(offer->expires_at, at),
                     told ? offer->tx_code : cli_value(arguments, "receipt"));
        jumin_qr_free(picture, n);
    }
    explicit_bzero(uri, sizeof uri);
    return good ? CLI_OK : CLI_FAILED;
}

static enum cli_exit offer(const struct cli_arguments *arguments, struct records *records,
                           const struct jumin_offer_form *form)
{
    struct jumin_offer made = {0};
    struct jumin_decision decision;
    const enum jumin_error error = jumin_station_offer(records->station, form, &decision, &made);
    enum cli_exit result = CLI_OK;
    if (error == JUMIN_OK) {
        result = show_offer(arguments, records, &made);
    } else if (error == JUMIN_ERROR_RULES && decision.count > 0) {
        if (cli_has(arguments, "json")) {
            records_print_json(policy_decision_json(&decision));
        } else {
            policy_show_decision(&decision);
        }
    }
    explicit_bzero(&made, sizeof made);
    return error == JUMIN_OK ? result : records_end(arguments, records->station, error);
}

static enum cli_exit run_offer(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct form form = {.person = NULL};
    enum cli_exit result = CLI_FAILED;
    if (read_form(arguments, &form) && records_open(arguments, true, &records)) {
        records_keep_up(&records);
        result = offer(arguments, &records, &form.form);
    }
    records_close(&records);
    release(form.person, form.person_length);
    release(form.photo, form.photo_length);
    return result;
}

// --- What the records say --------------------------------------------------------------------------------------

enum cli_exit credential_show(const struct cli_arguments *arguments, const struct records *records,
                              const char *number)
{
    struct jumin_credential credential;
    const enum jumin_error error = jumin_station_credential(records->station, number, &credential);
    if (error != JUMIN_OK) {
        return records_end(arguments, records->station, error);
    }
    if (cli_has(arguments, "json")) {
        json_t *answer = json_object();
        (void)json_object_set_new(answer, "credential", json_string(credential.number));
        (void)json_object_set_new(answer, "state",
                                  json_string(jumin_credential_state_name(credential.state)));
        (void)json_object_set_new(answer, "application", json_string(credential.application));
        (void)json_object_set_new(answer, "expiry_date", json_string(credential.expiry_date));
        (void)json_object_set_new(answer, "phone_lost", json_boolean(credential.phone_lost));
        (void)json_object_set_new(answer, "card_lost", json_boolean(credential.card_lost));
        (void)json_object_set_new(answer, "edition", json_integer(credential.edition));
        records_print_json(answer);
    } else {
        (void)printf("%s: %s%s%s", credential.number, jumin_credential_state_name(credential.state),
                     credential.phone_lost ? ", the phone is lost" : "",
                     credential.card_lost ? ", the card is lost" : "");
        (void)printf(credential.expiry_date[0] != '\0' ? ", valid until %s\n" : "\n", credential.expiry_date);
    }
    return CLI_OK;
}

static enum cli_exit with_records(const struct cli_arguments *arguments,
                                  enum jumin_error (*act)(const struct cli_arguments *arguments,
                                                          struct jumin_station *station))
{
    struct records records = {0};
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        records_keep_up(&records);
        const enum jumin_error error = act(arguments, records.station);
        result = error == JUMIN_OK ? credential_show(arguments, &records, arguments->operands[0])
                                   : records_end(arguments, records.station, error);
    }
    records_close(&records);
    return result;
}

static enum jumin_error nothing(const struct cli_arguments *arguments, struct jumin_station *station)
{
    (void)arguments;
    (void)station;
    return JUMIN_OK;
}

static enum cli_exit run_credential(const struct cli_arguments *arguments)
{
    return with_records(arguments, nothing);
}

static enum jumin_error revoke(const struct cli_arguments *arguments, struct jumin_station *station)
{
    return jumin_station_revoke(station, arguments->operands[0], cli_value(arguments, "reason"));
}

static enum cli_exit run_revoke(const struct cli_arguments *arguments)
{
    return with_records(arguments, revoke);
}

static enum jumin_error reissue(const struct cli_arguments *arguments, struct jumin_station *station)
{
    uint8_t *person = NULL;
    size_t n = 0;
    if (!files_read(arguments, cli_value(arguments, "person"), PERSON_FILE_MAX, &person, &n)) {
        return JUMIN_ERROR_FILE;
    }
    const enum jumin_error error =
        jumin_station_reissue(station, arguments->operands[0], (const char *)person, n);
    release(person, n);
    return error;
}

static enum cli_exit run_reissue(const struct cli_arguments *arguments)
{
    return with_records(arguments, reissue);
}

static bool check_number(const struct cli_arguments *arguments)
{
    return arguments->operand_count > 0 ||
           cli_misused(arguments, "the number of the credential or of the application is needed");
}

static bool check_reissue(const struct cli_arguments *arguments)
{
    return check_number(arguments) &&
           (cli_value(arguments, "person") != NULL || cli_misused(arguments, "--person is needed"));
}

// --- Commands ----------------------------------------------------------------------------------------------------

#define COUNT(options) options, .option_count = sizeof(options) / sizeof *(options)
#define COMMON_OPTIONS RECORDS_OPTIONS, {"json", NULL, "answer in JSON"}

static const struct cli_option offer_options[] = {
    {"base-url", "URL", "the issuer's server, as phones reach it (jumin serve)"},
    {"proof", "HOW", "how the holder was identified: counter (face to face), nothing less"},
    {"person", "FILE", "who it is for, where the records have it not, or not as it is today; in JSON"},
    {"photo", "FILE", "the portrait; that of the application, or none, unless given"},
    {"photo-outdated", NULL, "it does not show the holder any more: a new card comes first"},
    {"holds-card", NULL, "the person, who has no card from here, has shown a resident card"},
    {"paid", "WON", "what was paid; 0 unless given"},
    {"png", "FILE", "the code as a picture"},
    {"page", "FILE", "the code on a page to print, as PDF"},
    {"receipt", "FILE", "what the wallet asks for, on a page of its own as PDF, and nowhere else"},
    {"by-value", NULL, "the QR has the whole offer, for wallets that fetch none; it is larger"},
    COMMON_OPTIONS,
};
static const struct cli_option credential_options[] = {COMMON_OPTIONS};
static const struct cli_option revoke_options[] = {
    {"reason", "TEXT", "stands in the audit trail; nothing personal"}, COMMON_OPTIONS};
static const struct cli_option reissue_options[] = {
    {"person", "FILE", "the same person, as the register has it today; in JSON"}, COMMON_OPTIONS};

const struct cli_command station_offer_command = {
    .name = "station offer",
    .summary = "Make the one-time QR for a phone, and the code on the receipt",
    .operands = "[NUMBER]",
    .options = COUNT(offer_options),
    .notes = "The holder stands at the counter. The code works once and for as long as the scheme says; the "
             "next offer to\n"
             "the same person voids it. The credential that is on a phone already ends when the new one is "
             "taken. Takes the\n"
             "role intake.",
    .check = check_offer,
    .run = run_offer,
};

const struct cli_command station_credential_command = {
    .name = "station credential",
    .summary = "Say what the records know of a mobile credential",
    .operands = "NUMBER",
    .options = COUNT(credential_options),
    .notes = "By its own number, or by that of an application.",
    .check = check_number,
    .run = run_credential,
};

const struct cli_command station_revoke_command = {
    .name = "station revoke",
    .summary = "End a mobile credential for ever",
    .operands = "NUMBER",
    .options = COUNT(revoke_options),
    .notes = "Takes the role intake.",
    .check = check_number,
    .run = run_revoke,
};

const struct cli_command station_reissue_command = {
    .name = "station reissue",
    .summary = "Have the wallet fetch the credential anew, after a change of address",
    .operands = "NUMBER",
    .options = COUNT(reissue_options),
    .notes = "The copies that are out are revoked. Takes the role intake.",
    .check = check_reissue,
    .run = run_reissue,
};
