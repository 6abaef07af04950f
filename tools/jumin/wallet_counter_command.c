// `jumin wallet counter-code`: a code for a counter without a radio.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/wallet_holder.h"
#include <jumin/qr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PNG_SCALE = 6 };

// The holder, who takes time.
struct asked {
    struct wallet_holder holder;
    struct jumin_wallet_holder decides;
    int64_t now;
};

static enum jumin_error decide(void *context, const struct jumin_wallet_disclosure *what)
{
    struct asked *asked = context;
    const enum jumin_error said = asked->decides.decide(asked->decides.context, what);
    asked->now = (int64_t)time(NULL);
    return said;
}

static bool write_png(const struct cli_arguments *arguments, const char *path, const char *code)
{
    uint8_t *made = NULL;
    size_t n = 0;
    const enum jumin_error error = jumin_qr_png(code, JUMIN_QR_LOW, PNG_SCALE, &made, &n);
    const bool good = error == JUMIN_OK && files_write_at(arguments, path, made, n);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    jumin_qr_free(made, n);
    return good;
}

static bool show(const struct cli_arguments *arguments, const char *code, int64_t expires)
{
    const char *path = cli_value(arguments, "png");
    const time_t at = (time_t)expires;
    struct tm date = {0};
    char *picture = NULL, text[16] = "";
    size_t n = 0;
    if (path != NULL && !write_png(arguments, path, code)) {
        return false;
    }
    if (cli_has(arguments, "json")) {
        json_t *answer = json_pack("{s:s, s:I}", "code", code, "expires", (json_int_t)expires);
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
        json_decref(answer);
        return true;
    }
    if (path == NULL && jumin_qr_terminal(code, &picture, &n) == JUMIN_OK) {
        (void)printf("%s", picture);
    }
    jumin_qr_free(picture, n);
    (void)strftime(text, sizeof text, "%H:%M:%S", localtime_r(&at, &date));
    (void)printf("Good until %s, at one counter. Whoever sees it can show it until then.\n", text);
    return true;
}

static enum cli_exit run_counter_code(const struct cli_arguments *arguments)
{
    struct wallet_session session = {.wallet = NULL};
    struct asked asked = {.holder = {.arguments = arguments}, .now = (int64_t)time(NULL)};
    const struct jumin_wallet_holder holder = {decide, &asked};
    char code[JUMIN_WALLET_COUNTER_CODE] = "";
    int64_t expires = 0;
    enum cli_exit result = CLI_FAILED;
    asked.decides = wallet_holder_of(&asked.holder);
    if (wallet_session_open(arguments, !cli_has(arguments, "offline"), &session)) {
        const enum jumin_error error =
            jumin_wallet_counter_code(session.wallet, &holder, &asked.now, code, &expires);
        result = error != JUMIN_OK                ? wallet_session_failed(arguments, &session, error)
                 : show(arguments, code, expires) ? CLI_OK
                                                  : CLI_FAILED;
    }
    explicit_bzero(code, sizeof code);
    wallet_holder_release(&asked.holder);
    wallet_session_close(&session);
    return result;
}

static const struct cli_option counter_options[] = {
    {"png", "FILE", "the code as a picture, in place of the terminal"},
    {"yes", NULL, "show it without a question"},
    {"offline", NULL, "do not ask whether the credential was locked"},
    WALLET_OPTIONS,
    WALLET_NETWORK_OPTIONS,
    {"json", NULL, "answer in JSON: the text of the code, and until when it is good"},
};

const struct cli_command wallet_counter_code_command = {
    .name = "wallet counter-code",
    .summary = "Make the code that a counter without a radio scans: whether the holder is an adult this year",
    .options = counter_options,
    .option_count = sizeof counter_options / sizeof *counter_options,
    .notes =
        "The code is good for a minute and for any counter, and says nothing else. It names no counter, so\n"
        "that whoever takes a picture of it can show it elsewhere in that minute; a counter takes each code\n"
        "once (`jumin verify --counter-code`).",
    .run = run_counter_code,
};
