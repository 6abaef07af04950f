// `jumin verify request`: a till that has its venue's server ask a phone, and waits for the verdict.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/verify_command.h"

#include "host/json_fields.h"
#include "tools/jumin/files.h"
#include "tools/jumin/foreign_text.h"
#include <errno.h>
#include <jansson.h>
#include <jumin/qr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PNG_SCALE = 6, GRACE_SECONDS = 30, TEXT_SHOWN = 400 };

// --- Options -----------------------------------------------------------------------------------------------------

// False: said so on stderr.
static bool take_asked(const struct cli_arguments *arguments, enum jumin_purpose *purpose, unsigned *formats)
{
    const char *name = cli_value(arguments, "purpose"), *format = cli_value(arguments, "format");
    *formats = 0;
    if (name == NULL || jumin_purpose_parse(name, purpose) != JUMIN_OK) {
        return cli_misused(arguments, "--purpose is needed: age, adult, identity or address");
    }
    for (unsigned bit = JUMIN_REMOTE_MDOC; format != NULL && bit <= JUMIN_REMOTE_SD_JWT; bit <<= 1) {
        if (strcmp(format, jumin_remote_format_name((enum jumin_remote_format)bit)) == 0) {
            *formats = bit;
        }
    }
    return format == NULL || *formats != 0 || cli_misused(arguments, "--format takes mso_mdoc or dc+sd-jwt");
}

static bool check_request(const struct cli_arguments *arguments)
{
    enum jumin_purpose purpose = JUMIN_PURPOSE_AGE;
    unsigned formats = 0;
    const char *handle = cli_value(arguments, "result"), *code = cli_value(arguments, "response-code");
    if (!cli_has(arguments, "server") || !cli_has(arguments, "secret")) {
        return cli_misused(arguments, "--server and --secret are needed: the venue's server, and its secret");
    }
    if (code != NULL && (handle == NULL || strlen(code) != JUMIN_REMOTE_ID - 1)) {
        return cli_misused(arguments,
                           "--response-code takes what the phone has come back with, for --result");
    }
    if (handle != NULL) {
        return strlen(handle) == JUMIN_REMOTE_ID - 1 ||
               cli_misused(arguments, "--result takes what a request has answered as its id");
    }
    return take_asked(arguments, &purpose, &formats);
}

// --- The request ---------------------------------------------------------------------------------------------------

static void print_line(json_t *json)
{
    foreign_json_print(json, JSON_COMPACT);
    (void)fflush(stdout);
    json_wipe(json); // a verdict says something of a holder
    json_decref(json);
}

static bool write_png(const struct cli_arguments *arguments, const char *path, const char *link)
{
    uint8_t *made = NULL;
    size_t n = 0;
    const enum jumin_error error = jumin_qr_png(link, JUMIN_QR_LOW, PNG_SCALE, &made, &n);
    const bool good = error == JUMIN_OK && files_write_at(arguments, path, made, n);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    jumin_qr_free(made, n);
    return good;
}

static bool show_opened(const struct cli_arguments *arguments, const struct jumin_remote_opened *opened)
{
    const char *path = cli_value(arguments, "png");
    char *picture = NULL;
    size_t n = 0;
    if (path != NULL && !write_png(arguments, path, opened->link)) {
        return false;
    }
    if (cli_has(arguments, "json")) {
        print_line(json_pack("{s:s, s:s, s:I}", "id", opened->handle, "link", opened->link, "expires",
                             (json_int_t)opened->expires));
        return true;
    }
    if (path == NULL && jumin_qr_terminal(opened->link, &picture, &n) == JUMIN_OK) {
        (void)printf("%s", picture);
    }
    jumin_qr_free(picture, n);
    (void)printf("%s\n", opened->link);
    if (!cli_has(arguments, "wait")) {
        (void)printf("--result %s\n", opened->handle);
    }
    (void)fflush(stdout);
    return true;
}

// --- The verdict -----------------------------------------------------------------------------------------------------

static void print_text(const json_t *value)
{
    foreign_text_print(stdout, json_is_string(value) ? json_string_value(value) : "", TEXT_SHOWN);
}

static void show_learned(const json_t *learned)
{
    const json_t *value = json_object_get(learned, "value");
    (void)printf("  ");
    print_text(json_object_get(learned, "name"));
    (void)printf(": ");
    if (json_is_boolean(value)) {
        (void)printf("%s", json_is_true(value) ? "yes" : "no");
    } else if (json_is_integer(value)) {
        (void)printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_string_length(value) > TEXT_SHOWN) {
        (void)printf("%zu characters", json_string_length(value));
    } else {
        print_text(value);
    }
    (void)printf("\n");
}

static void show_verdict(const json_t *verdict)
{
    const json_t *checks = json_object_get(verdict, "checks"), *learned = json_object_get(verdict, "learned"),
                 *one = NULL;
    size_t i = 0;
    if (json_string_length(json_object_get(verdict, "issuer")) > 0) {
        (void)printf("issued by ");
        print_text(json_object_get(verdict, "issuer"));
        (void)printf("\n");
    }
    (void)printf("\nchecked:\n");
    json_array_foreach(checks, i, one)
    {
        const char *check = json_string_value(json_object_get(one, "check"));
        (void)printf("  %-8s  %-10.20s  ", verify_mark(json_string_value(json_object_get(one, "result"))),
                     check != NULL ? check : "");
        print_text(json_object_get(one, "detail"));
        (void)printf("\n");
    }
    (void)printf("\nlearned:%s\n", json_array_size(learned) == 0 ? " nothing" : "");
    json_array_foreach(learned, i, one)
    {
        show_learned(one);
    }
}

static void show_result(const struct cli_arguments *arguments, const struct jumin_remote_result *result)
{
    json_t *verdict = result->verdict != NULL ? json_loads(result->verdict, 0, NULL) : NULL;
    if (cli_has(arguments, "json")) {
        json_t *line = json_pack("{s:s}", "state", jumin_remote_state_name(result->state));
        if (verdict != NULL) {
            (void)json_object_set(line, "verdict", verdict);
        }
        if (result->error != JUMIN_OK) {
            (void)json_object_set_new(line, "error", json_string(jumin_error_name(result->error)));
            (void)json_object_set_new(line, "detail", json_string(result->detail));
        }
        print_line(line);
    } else {
        static const char *const titles[] = {
            "there is no such request, or its result was read before",
            "not answered yet",
            "answered, and being checked",
            "refused by the phone or its holder",
            "refused: what was shown does not hold",
            "accepted",
            "nobody has answered in time",
        };
        (void)printf("%s\n", titles[result->state]);
        if (result->detail[0] != '\0') {
            foreign_text_print(stdout, result->detail, TEXT_SHOWN);
            (void)printf("\n");
        }
        if (verdict != NULL) {
            show_verdict(verdict);
        }
    }
    json_wipe(verdict);
    json_decref(verdict);
}

// --- Waiting ---------------------------------------------------------------------------------------------------------

static bool is_over(enum jumin_remote_state state)
{
    return state != JUMIN_REMOTE_OPEN && state != JUMIN_REMOTE_JUDGING;
}

// Asks once, or with --wait until it is over or `until` has passed. A server that does not answer is asked
// again until then.
static enum cli_exit await(const struct cli_arguments *arguments, struct jumin_http *http,
                           const struct jumin_http_venue *venue, const char *handle, int64_t until)
{
    const struct timespec pause = {1, 0};
    const char *code = cli_value(arguments, "response-code");
    struct jumin_remote_result result = {.state = JUMIN_REMOTE_UNKNOWN};
    enum jumin_error error = jumin_http_request_result(http, venue, handle, code, &result);
    while (cli_has(arguments, "wait") && (int64_t)time(NULL) < until &&
           (error == JUMIN_ERROR_LINK || error == JUMIN_ERROR_TIMEOUT ||
            (error == JUMIN_OK && !is_over(result.state)))) {
        (void)nanosleep(&pause, NULL);
        error = jumin_http_request_result(http, venue, handle, code, &result);
    }
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, jumin_http_detail(http));
    }
    show_result(arguments, &result);
    const bool good = result.state == JUMIN_REMOTE_GOOD;
    jumin_remote_result_release(&result);
    return good ? CLI_OK : CLI_FAILED;
}

static enum cli_exit request(const struct cli_arguments *arguments, struct jumin_http *http,
                             const struct jumin_http_venue *venue)
{
    struct jumin_remote_opened opened = {.expires = 0};
    enum jumin_purpose purpose = JUMIN_PURPOSE_AGE;
    unsigned formats = 0;
    const char *handle = cli_value(arguments, "result");
    if (handle != NULL) { // until the request's own end, which the server tells
        return await(arguments, http, venue, handle, INT64_MAX);
    }
    if (!take_asked(arguments, &purpose, &formats)) {
        return CLI_FAILED;
    }
    const enum jumin_error error = jumin_http_open_request(http, venue, purpose, formats, &opened);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, jumin_http_detail(http));
    }
    if (!show_opened(arguments, &opened)) {
        return CLI_FAILED;
    }
    return cli_has(arguments, "wait")
               ? await(arguments, http, venue, opened.handle, opened.expires + GRACE_SECONDS)
               : CLI_OK;
}

static enum cli_exit run_request(const struct cli_arguments *arguments)
{
    const struct jumin_http_options options = {.allow_http = cli_has(arguments, "allow-http"),
                                               .authorities = cli_value(arguments, "authorities")};
    struct jumin_http *http = NULL;
    char secret[PASSPHRASE_MAX] = "";
    enum cli_exit result = CLI_FAILED;
    if (!passphrase_read(arguments, cli_value(arguments, "secret"), secret)) {
        return CLI_FAILED;
    }
    const struct jumin_http_venue venue = {cli_value(arguments, "server"), secret};
    const enum jumin_error error = jumin_http_new(&http, &options);
    result = error == JUMIN_OK ? request(arguments, http, &venue) : cli_fail_error(arguments, error, NULL);
    passphrase_wipe(secret);
    jumin_http_free(http);
    return result;
}

static const struct cli_option request_options[] = {
    {"server", "URL", "the venue's server, `jumin verify serve`, without a slash at its end"},
    {"secret", "FILE", "holds the server's secret in its first line"},
    {"purpose", "NAME", "what is asked: age, adult, identity or address"},
    {"format", "NAME", "mso_mdoc or dc+sd-jwt; whatever the phone has unless given"},
    {"png", "FILE", "the QR code as a picture, in place of the terminal"},
    {"wait", NULL, "until the phone has answered, and show the verdict"},
    {"result", "ID",
     "ask for the result of a request that was made before; it is told once (again for 30 seconds)"},
    {"response-code", "CODE",
     "with --result: what the holder has come back with, which must be the request's"},
    {"allow-http", NULL, "take a server by http://, too: one on this machine"},
    {"authorities", "FILE", "who may vouch for servers, in PEM; whom the system believes unless given"},
    {"json", NULL, "answer in JSON, a line each for the request and its result"},
};

const struct cli_command verify_request_command = {
    .name = "verify request",
    .summary = "Have the venue's server ask a phone, show the QR code, and tell the verdict",
    .options = request_options,
    .option_count = sizeof request_options / sizeof *request_options,
    .notes =
        "The command succeeds when the request was made; with --wait and --result, when what was shown is\n"
        "accepted.\n"
        "\n"
        "    jumin verify request --server https://bank.example.kr --secret till --purpose identity --wait",
    .check = check_request,
    .run = run_request,
};
