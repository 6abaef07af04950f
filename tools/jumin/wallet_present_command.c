// `jumin wallet present`: the wallet lies on a reader as a contactless card, and is shown in person.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_command.h"

#include "host/json_fields.h"
#include "tools/jumin/files.h"
#include "tools/jumin/foreign_text.h"
#include "tools/jumin/sim_loop.h"
#include "tools/jumin/wallet_card.h"
#include "tools/jumin/wallet_holder.h"
#include <errno.h>
#include <jumin/qr.h>
#include <jumin/wallet_meet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PNG_SCALE = 8, PATIENCE_UNLESS_GIVEN = 60, PATIENCE_MAX = 600, WHY_SHOWN = 400 };

struct present {
    const struct cli_arguments *arguments;
    struct wallet_session session;
    struct wallet_holder holder;
    struct jumin_wallet_meet *meet;
    struct wallet_card card;
    bool open;    // `card` is
    bool another; // while the holder was asked another question came
    bool stopped, failed, shown;
    enum jumin_wallet_meet_state told; // what stands on standard output
};

static int64_t present_time(void)
{
    return (int64_t)time(NULL);
}

// --- What is said ------------------------------------------------------------------------------------------------

// What the holder can do about a credential that shows nothing, or soon will.
static void advise(const struct present *present)
{
    struct jumin_wallet_credential credential;
    for (size_t i = 0;
         jumin_wallet_credential(present->session.wallet, i, present_time(), &credential) == JUMIN_OK; i++) {
        if (credential.format != JUMIN_WALLET_MDOC) {
            continue;
        }
        if (credential.state == JUMIN_WALLET_LOCKED) {
            (void)fprintf(stderr,
                          "%s is locked and shows nothing: when it is unlocked, `jumin wallet refresh`\n",
                          credential.name);
        } else if (credential.state == JUMIN_WALLET_EMPTY) {
            (void)fprintf(stderr, "All copies of %s were shown: `jumin wallet refresh` fetches others\n",
                          credential.name);
        } else if (credential.state == JUMIN_WALLET_USABLE && credential.single_use &&
                   credential.unused <= JUMIN_WALLET_FEW) {
            (void)fprintf(stderr, "Few copies of %s are left (%zu): `jumin wallet refresh` fetches others\n",
                          credential.name, credential.unused);
        }
    }
}

static void print_line(json_t *json)
{
    foreign_json_print(json, JSON_COMPACT);
    (void)fflush(stdout);
    json_wipe(json); // the holder's data
    json_decref(json);
}

static void tell(struct present *present)
{
    static const char *const names[] = {
        [JUMIN_WALLET_MEET_SHOWN] = "shown",
        [JUMIN_WALLET_MEET_REFUSED] = "refused",
        [JUMIN_WALLET_MEET_FAILED] = "failed",
    };
    const enum jumin_wallet_meet_state state = jumin_wallet_meet_state(present->meet);
    if (state == present->told) {
        return;
    }
    present->told = state;
    if (state != JUMIN_WALLET_MEET_SHOWN && state != JUMIN_WALLET_MEET_REFUSED &&
        state != JUMIN_WALLET_MEET_FAILED) {
        return;
    }
    const char *why = state == JUMIN_WALLET_MEET_SHOWN ? "" : jumin_wallet_meet_detail(present->meet);
    present->shown = present->shown || state == JUMIN_WALLET_MEET_SHOWN;
    if (cli_has(present->arguments, "json")) {
        json_t *request = present->holder.json != NULL ? json_loads(present->holder.json, 0, NULL) : NULL;
        print_line(json_pack("{s:s, s:s, s:o?}", "result", names[state], "why", why, "request", request));
        wallet_holder_release(&present->holder);
        return;
    }
    if (state == JUMIN_WALLET_MEET_SHOWN) {
        (void)printf("It was shown.\n");
    } else {
        (void)printf("Nothing was shown: ");
        foreign_text_print(stdout, why, WHY_SHOWN);
        (void)printf("\n");
    }
    (void)fflush(stdout);
    advise(present);
}

// --- The reader ----------------------------------------------------------------------------------------------------

static enum wallet_card_told command(void *context, struct span command, uint8_t *response, size_t capacity,
                                     size_t *length)
{
    struct present *present = context;
    const bool was_over = jumin_wallet_meet_over(present->meet);
    const enum jumin_wallet_meet_event event = jumin_wallet_meet_command(
        present->meet, command.p, command.n, present_time(), response, capacity, length);
    if (event == JUMIN_WALLET_MEET_QUESTION) {
        return WALLET_CARD_THINKING;
    }
    return jumin_wallet_meet_state(present->meet) != present->told ||
                   jumin_wallet_meet_over(present->meet) != was_over
               ? WALLET_CARD_LISTENED
               : WALLET_CARD_ANSWERED;
}

static void reset(void *context)
{
    const struct present *present = context;
    jumin_wallet_meet_reset(present->meet);
}

// The next thing that happens. True: there is something to read on the terminal.
static bool next(struct present *present, int terminal)
{
    switch (wallet_card_next(&present->card, terminal)) {
    case WALLET_CARD_WAITS:
        present->another = true;
        return false;
    case WALLET_CARD_STOP:
        present->stopped = true;
        return false;
    case WALLET_CARD_FAILED:
        present->failed = true;
        return false;
    case WALLET_CARD_INPUT:
        return true;
    default:
        return false;
    }
}

static bool wait_for_holder(void *context, int terminal)
{
    return next(context, terminal);
}

// The reader waits meanwhile; when it asks something else the question is void.
static void ask(struct present *present)
{
    const struct jumin_wallet_holder holder = wallet_holder_of(&present->holder);
    size_t n = 0;
    present->another = false;
    present->told = JUMIN_WALLET_MEET_ASKED;
    const bool yes = holder.decide(holder.context, jumin_wallet_meet_disclosure(present->meet)) == JUMIN_OK;
    if (!present->another && jumin_wallet_meet_disclosure(present->meet) != NULL) {
        (void)jumin_wallet_meet_decide(present->meet, yes, present_time(), present->card.response,
                                       sizeof present->card.response, &n);
        wallet_card_answer(&present->card, span_of(present->card.response, n));
    }
}

static bool finished(const struct present *present)
{
    const bool once = cli_has(present->arguments, "once") || cli_has(present->arguments, "qr");
    return present->stopped || present->failed ||
           (jumin_wallet_meet_over(present->meet) && (present->shown || once));
}

static enum cli_exit serve(struct present *present)
{
    while (!finished(present)) {
        if (!present->another) {
            (void)next(present, -1);
        }
        while (present->another) {
            ask(present);
        }
        tell(present);
    }
    if (present->failed) {
        return cli_fail(present->arguments, "%s", strerror(errno));
    }
    return present->shown ? CLI_OK : CLI_FAILED;
}

// --- Beginning -----------------------------------------------------------------------------------------------------

static bool show_code(const struct cli_arguments *arguments, const char *text)
{
    const char *path = cli_value(arguments, "png");
    uint8_t *png = NULL;
    char *picture = NULL;
    size_t n = 0;
    enum jumin_error error = JUMIN_OK;
    if (path != NULL) {
        error = jumin_qr_png(text, JUMIN_QR_LOW, PNG_SCALE, &png, &n);
        const bool made = error == JUMIN_OK && files_create(path, png, n);
        const int reason = errno;
        jumin_qr_free(png, n);
        if (error == JUMIN_OK && !made) {
            return cli_fail(arguments, "%s: %s", path, strerror(reason)) == CLI_OK;
        }
    }
    if (error == JUMIN_OK && cli_has(arguments, "json")) {
        print_line(json_pack("{s:s}", "engagement", text));
    } else if (error == JUMIN_OK) {
        error = jumin_qr_terminal(text, &picture, &n);
        (void)printf("%s%s\n", error == JUMIN_OK ? picture : "", text);
        jumin_qr_free(picture, n);
    }
    (void)fflush(stdout);
    return error == JUMIN_OK || cli_fail_error(arguments, error, "the QR code cannot be made") == CLI_OK;
}

// Whether credentials are locked is asked before the reader waits; an issuer that cannot be reached is not
// asked again.
static void look_before(struct present *present)
{
    if (!cli_has(present->arguments, "offline") &&
        jumin_wallet_refresh(present->session.wallet, NULL, false, present_time()) != JUMIN_OK) {
        (void)fprintf(stderr, "The issuer was not asked (%s): what is known of it stands\n",
                      jumin_wallet_detail(present->session.wallet));
        jumin_wallet_use_http(present->session.wallet, NULL);
    }
    advise(present);
}

// False: said so on stderr.
static bool take_patience(const struct cli_arguments *arguments, long *seconds)
{
    return cli_number(arguments, "patience", 1, PATIENCE_MAX, PATIENCE_UNLESS_GIVEN, seconds);
}

static bool begin(struct present *present)
{
    const struct cli_arguments *arguments = present->arguments;
    const struct wallet_card_phone phone = {command, reset, present};
    const struct jumin_wallet_meet_options options = {.qr = cli_has(arguments, "qr"),
                                                      .mac = cli_has(arguments, "mac")};
    char reader[SIM_READER_MAX];
    const char *given = cli_value(arguments, "reader");
    const bool named = strncmp(given, "sim:", 4) == 0 || strncmp(given, "vpcd:", 5) == 0;
    const int n = snprintf(reader, sizeof reader, "%s%s", named ? "" : "sim:", given);
    long seconds = 0;
    if (!take_patience(arguments, &seconds)) {
        return false;
    }
    if (jumin_wallet_count(present->session.wallet) == 0) {
        return cli_fail(arguments, "the wallet is empty: `jumin wallet add` or `tap` fetches a credential") ==
               CLI_OK;
    }
    look_before(present);
    const enum jumin_error error = jumin_wallet_meet_new(&present->meet, present->session.wallet, &options);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, NULL) == CLI_OK;
    }
    present->open = n > 0 && (size_t)n < sizeof reader && wallet_card_open(&present->card, reader, &phone);
    if (!present->open) {
        return cli_fail(arguments, "%s: a reader is the path of a socket, or vpcd:[HOST:]PORT", given) ==
               CLI_OK;
    }
    present->card.patience = (int64_t)1000 * seconds;
    const char *text = jumin_wallet_meet_qr(present->meet);
    return text == NULL || show_code(arguments, text);
}

static enum cli_exit run_present(const struct cli_arguments *arguments)
{
    struct present present = {
        .arguments = arguments,
        .holder = {.arguments = arguments, .wait = wait_for_holder, .context = &present},
    };
    enum cli_exit result = CLI_FAILED;
    if (wallet_session_open(arguments, !cli_has(arguments, "offline"), &present.session) && begin(&present)) {
        present.card.stop = sim_catch_signals();
        result = serve(&present);
        (void)close(present.card.stop);
    }
    if (present.open) {
        wallet_card_close(&present.card);
    }
    jumin_wallet_meet_free(present.meet);
    wallet_holder_release(&present.holder);
    wallet_session_close(&present.session);
    explicit_bzero(&present.card, sizeof present.card);
    return result;
}

static bool check_present(const struct cli_arguments *arguments)
{
    if (!cli_has(arguments, "reader")) {
        return cli_misused(arguments, "--reader is needed: where the wallet is laid down");
    }
    if (cli_has(arguments, "png") && !cli_has(arguments, "qr")) {
        return cli_misused(arguments, "--png needs --qr");
    }
    long seconds = 0;
    return take_patience(arguments, &seconds) && wallet_holder_check(arguments);
}

static const struct cli_option present_options[] = {
    {"reader", "SOCKET", "the reader's socket: of jumin's own PC/SC driver or NFC chip, or vpcd:[HOST:]PORT"},
    {"qr", NULL, "engagement by QR code in place of NFC"},
    {"png", "FILE", "with --qr: the code as a picture, too"},
    WALLET_HOLDER_OPTIONS,
    {"once", NULL, "end after one verifier has asked, whatever came of it"},
    {"mac", NULL, "answer by a MAC, with which a venue cannot prove to others what it saw"},
    {"patience", "SECONDS", "how long a reader waits for the holder's answer, 1 to 600; 60 unless given"},
    {"offline", NULL, "do not ask the issuer whether a credential is locked"},
    WALLET_OPTIONS,
    WALLET_NETWORK_OPTIONS,
    {"json", NULL, "answer in JSON, an object a line"},
};

const struct cli_command wallet_present_command = {
    .name = "wallet present",
    .summary = "Show a credential in person: the wallet lies on a reader (ISO 18013-5)",
    .options = present_options,
    .option_count = sizeof present_options / sizeof *present_options,
    .notes =
        "The wallet is a contactless card on that reader until something was shown, or until Ctrl-C; with\n"
        "--qr or --once one verifier may ask. The command succeeds when something was shown. What was "
        "shown,\n"
        "and what was refused and why, stands in `jumin wallet history`.\n"
        "\n"
        "    jumin wallet present --reader /run/jumin/reader0 --approve adult\n"
        "    jumin wallet present --reader /run/jumin/reader0 --qr --png code.png",
    .check = check_present,
    .run = run_present,
};
