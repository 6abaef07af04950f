// `jumin wallet show-request`, `respond`: a verifier's request over the network (OpenID4VP 1.0).
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_command.h"

#include "host/json_fields.h"
#include "tools/jumin/foreign_text.h"
#include "tools/jumin/wallet_holder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JSON_OPTION {"json", NULL, "answer in JSON"}
#define IMAGE_OPTION {"image", "FILE", "the picture of a QR code, PNG or JPEG, in place of the link"}

static bool check_link(const struct cli_arguments *arguments)
{
    return arguments->operand_count == (cli_has(arguments, "image") ? 0 : 1) ||
           cli_misused(arguments, "the verifier's link is needed: as text, or as a picture with --image");
}

static bool check_respond(const struct cli_arguments *arguments)
{
    return check_link(arguments) && wallet_holder_check(arguments);
}

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

static struct jumin_wallet_holder begin(const struct cli_arguments *arguments, struct asked *asked)
{
    *asked = (struct asked){.holder = {.arguments = arguments}, .now = (int64_t)time(NULL)};
    asked->decides = wallet_holder_of(&asked->holder);
    return (struct jumin_wallet_holder){decide, asked};
}

// False: said so on stderr.
static bool open_all(const struct cli_arguments *arguments, struct wallet_session *session,
                     char text[WALLET_QR_TEXT], const char **link)
{
    const char *image = cli_value(arguments, "image");
    *link = image != NULL ? text : arguments->operands[0];
    return (image == NULL || wallet_read_qr(arguments, image, text)) &&
           wallet_session_open(arguments, true, session);
}

// --- Looking -----------------------------------------------------------------------------------------------------

// Shows it, and never says yes.
static enum jumin_error look(void *context, const struct jumin_wallet_disclosure *what)
{
    struct wallet_holder *holder = context;
    wallet_holder_show(holder, what);
    return JUMIN_ERROR_CANCELLED;
}

static enum cli_exit run_show_request(const struct cli_arguments *arguments)
{
    struct wallet_session session = {.wallet = NULL};
    struct wallet_holder shown = {.arguments = arguments};
    const struct jumin_wallet_holder holder = {look, &shown};
    char text[WALLET_QR_TEXT] = "";
    const char *link = NULL;
    enum cli_exit result = CLI_FAILED;
    if (open_all(arguments, &session, text, &link)) {
        const enum jumin_error error =
            jumin_wallet_look_at_request(session.wallet, link, &holder, (int64_t)time(NULL));
        result = error == JUMIN_OK ? CLI_OK : wallet_session_failed(arguments, &session, error);
        if (error == JUMIN_OK && cli_has(arguments, "json") && shown.json != NULL) {
            foreign_json_print_text(shown.json);
        }
    }
    wallet_holder_release(&shown);
    wallet_session_close(&session);
    return result;
}

static const struct cli_option show_options[] = {
    IMAGE_OPTION,
    WALLET_OPTIONS,
    WALLET_NETWORK_OPTIONS,
    JSON_OPTION,
};

const struct cli_command wallet_show_request_command = {
    .name = "wallet show-request",
    .summary = "Tell what a verifier's request over the network would disclose, and show nothing",
    .operands = "[LINK]",
    .options = show_options,
    .option_count = sizeof show_options / sizeof *show_options,
    .notes =
        "LINK is what the verifier's page or QR code says: openid4vp://…. The request is fetched, and not\n"
        "answered; no copy of a credential is used up.\n"
        "\n"
        "    jumin wallet show-request --image request.png",
    .check = check_link,
    .run = run_show_request,
};

// --- Answering ---------------------------------------------------------------------------------------------------

static void print_json(const struct wallet_holder *holder, bool shown, const char *next)
{
    json_t *request = holder->json != NULL ? json_loads(holder->json, 0, NULL) : NULL;
    json_t *result = json_pack("{s:b, s:o?}", "shown", (int)shown, "request", request);
    if (next[0] != '\0') {
        (void)json_object_set_new(result, "redirect_uri", json_string(next));
    }
    foreign_json_print(result, JSON_INDENT(2));
    json_wipe(result);
    json_decref(result);
}

static void print_shown(const char *next)
{
    (void)printf("Shown.\n");
    if (next[0] != '\0') {
        char clean[JUMIN_WALLET_URI];
        (void)snprintf(clean, sizeof clean, "%s", next);
        for (char *c = clean; *c != '\0'; c++) { // a stranger's text
            *c = (char)(*c < '!' || *c > '~' ? '?' : *c);
        }
        (void)printf("The verifier would have you go on at %s\n", clean);
    }
}

static enum cli_exit run_respond(const struct cli_arguments *arguments)
{
    struct wallet_session session = {.wallet = NULL};
    struct asked asked;
    const struct jumin_wallet_holder holder = begin(arguments, &asked);
    char text[WALLET_QR_TEXT] = "", next[JUMIN_WALLET_URI] = "";
    const char *link = NULL;
    enum cli_exit result = CLI_FAILED;
    if (open_all(arguments, &session, text, &link)) {
        const enum jumin_error error = jumin_wallet_respond(session.wallet, link, &holder, &asked.now, next);
        result = error == JUMIN_OK ? CLI_OK : wallet_session_failed(arguments, &session, error);
        if (cli_has(arguments, "json")) {
            print_json(&asked.holder, error == JUMIN_OK, next);
        } else if (error == JUMIN_OK) {
            print_shown(next);
        }
    }
    wallet_holder_release(&asked.holder);
    wallet_session_close(&session);
    return result;
}

static const struct cli_option respond_options[] = {
    IMAGE_OPTION, WALLET_HOLDER_OPTIONS, WALLET_OPTIONS, WALLET_NETWORK_OPTIONS, JSON_OPTION,
};

const struct cli_command wallet_respond_command = {
    .name = "wallet respond",
    .summary = "Show a verifier over the network what it asks for, or tell it that nothing will come",
    .operands = "[LINK]",
    .options = respond_options,
    .option_count = sizeof respond_options / sizeof *respond_options,
    .notes =
        "LINK is what the verifier's page or QR code says: openid4vp://…. What would be shown is told\n"
        "first, and the holder asked. A request for more than the verifier's certificate allows is\n"
        "refused, and so is every request to a credential that is locked.\n"
        "\n"
        "    jumin wallet respond --image request.png\n"
        "    jumin wallet respond 'openid4vp://?client_id=x509_hash%3A…&request_uri=…' --approve identity",
    .check = check_respond,
    .run = run_respond,
};
