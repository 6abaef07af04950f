// `jumin verify`: a phone on a reader, or what one has shown, in a file.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/verify_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/link.h"
#include "tools/jumin/terminal.h"
#include "tools/jumin/wallet_command.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 1 << 20, TRANSCRIPT_MAX = 4096 };

// --- Options -----------------------------------------------------------------------------------------------------

// False: said so on stderr.
static bool take_purpose(const struct cli_arguments *arguments, unsigned *purpose)
{
    const char *name = cli_value(arguments, "purpose");
    enum jumin_purpose found = JUMIN_PURPOSE_AGE;
    *purpose = 0;
    if (name == NULL) {
        return true;
    }
    if (jumin_purpose_parse(name, &found) != JUMIN_OK) {
        return cli_misused(arguments, "there is no purpose %s: age, adult, identity or address", name);
    }
    *purpose = found;
    return true;
}

static bool check_file(const struct cli_arguments *arguments)
{
    const bool audience = cli_has(arguments, "audience"), nonce = cli_has(arguments, "nonce");
    static const char *const of_person[] = {"venue", "engagement", "image"};
    for (size_t i = 0; i < sizeof of_person / sizeof *of_person; i++) {
        if (cli_has(arguments, of_person[i])) {
            return cli_misused(arguments, "--%s is for a phone on a reader, not for a file", of_person[i]);
        }
    }
    return audience == nonce || cli_misused(arguments, "--audience and --nonce belong together");
}

static bool check_person(const struct cli_arguments *arguments)
{
    static const char *const of_file[] = {"transcript", "audience", "nonce"};
    for (size_t i = 0; i < sizeof of_file / sizeof *of_file; i++) {
        if (cli_has(arguments, of_file[i])) {
            return cli_misused(arguments, "--%s is for what is in a file", of_file[i]);
        }
    }
    if (!cli_has(arguments, "purpose") || !cli_has(arguments, "venue")) {
        return cli_misused(arguments, "--purpose and --venue are needed: what is asked, and by whom");
    }
    if (cli_has(arguments, "engagement") && cli_has(arguments, "image")) {
        return cli_misused(arguments, "give one of --engagement and --image");
    }
    return link_check(arguments);
}

static bool check_verify(const struct cli_arguments *arguments)
{
    unsigned purpose = 0;
    return take_purpose(arguments, &purpose) && verify_setup_check(arguments) &&
           (verify_counter_asked(arguments) ? verify_counter_check(arguments)
            : arguments->operand_count == 1 ? check_file(arguments)
                                            : check_person(arguments));
}

// --- A file --------------------------------------------------------------------------------------------------------

// A JWT begins with {" in base64url; a DeviceResponse is a map of CBOR.
static bool is_text(const uint8_t *bytes, size_t n)
{
    return n > 2 && memcmp(bytes, "ey", 2) == 0;
}

static enum cli_exit verify_file(const struct cli_arguments *arguments, struct verify_setup *setup,
                                 struct jumin_expected *expected)
{
    const char *path = cli_value(arguments, "transcript");
    struct jumin_verification *verification = NULL;
    uint8_t *shown = NULL, *transcript = NULL;
    size_t n = 0;
    enum cli_exit result = CLI_FAILED;
    if (!files_read(arguments, arguments->operands[0], SHOWN_MAX, &shown, &n) ||
        (path != NULL &&
         !files_read(arguments, path, TRANSCRIPT_MAX, &transcript, &expected->transcript_length))) {
        free(shown);
        return CLI_FAILED;
    }
    expected->transcript = transcript;
    enum jumin_error error = JUMIN_OK;
    if (is_text(shown, n)) {
        while (n > 0 && (shown[n - 1] == '\n' || shown[n - 1] == '\r')) {
            n--;
        }
        error = jumin_verifier_check_sd_jwt(setup->verifier, (const char *)shown, n, expected, &verification);
    } else {
        error = jumin_verifier_check_mdoc(setup->verifier, shown, n, expected, &verification);
    }
    result = error == JUMIN_OK ? verify_show(arguments, verification)
                               : cli_fail_error(arguments, error, jumin_verifier_detail(setup->verifier));
    jumin_verification_free(verification);
    explicit_bzero(shown, n);
    free(shown);
    free(transcript);
    return result;
}

// --- In person ---------------------------------------------------------------------------------------------------

// The text itself, - for a line of standard input, as a code reader types it, or what a picture says. `*text`
// is NULL where engagement is by NFC. False: said so on stderr.
static bool take_engagement(const struct cli_arguments *arguments, char line[WALLET_QR_TEXT],
                            const char **text)
{
    const char *image = cli_value(arguments, "image");
    *text = cli_value(arguments, "engagement");
    if (image != NULL) {
        *text = line;
        return wallet_read_qr(arguments, image, line);
    }
    if (*text != NULL && strcmp(*text, "-") == 0) {
        *text = line;
        if (fgets(line, WALLET_QR_TEXT, stdin) == NULL) {
            line[0] = '\0';
        }
        line[strcspn(line, "\r\n")] = '\0';
    }
    return true;
}

static enum cli_exit meet(const struct cli_arguments *arguments, struct verify_setup *setup,
                          struct link *link, const struct jumin_meeting *meeting)
{
    struct jumin_verification *verification = NULL;
    enum jumin_error error = jumin_transport_connect(link->transport);
    const char *detail = jumin_transport_detail(link->transport);
    if (error == JUMIN_OK) {
        progress_show("the holder is asked", 0, 0);
        error = jumin_verifier_meet(setup->verifier, link->transport, meeting, &verification);
        detail = jumin_verifier_detail(setup->verifier);
        progress_clear();
    }
    const enum cli_exit result =
        error == JUMIN_OK ? verify_show(arguments, verification) : cli_fail_error(arguments, error, detail);
    if (error != JUMIN_OK) {
        link_advise(arguments, link);
    }
    jumin_verification_free(verification);
    return result;
}

static enum cli_exit verify_person(const struct cli_arguments *arguments, struct verify_setup *setup,
                                   unsigned purpose)
{
    char line[WALLET_QR_TEXT] = "";
    const char *engagement = NULL;
    struct link link = {.pcsc = NULL};
    if (!verify_setup_key(arguments, setup) || !take_engagement(arguments, line, &engagement)) {
        return CLI_FAILED;
    }
    const struct jumin_meeting meeting = {
        .purpose = (enum jumin_purpose)purpose, .engagement = engagement, .now = setup->now};
    const enum cli_exit result =
        link_open(arguments, &link) ? meet(arguments, setup, &link, &meeting) : CLI_FAILED;
    link_close(&link);
    return result;
}

static enum cli_exit run_verify(const struct cli_arguments *arguments)
{
    struct verify_setup setup = {0};
    unsigned purpose = 0;
    enum cli_exit result = CLI_FAILED;
    if (take_purpose(arguments, &purpose) && verify_setup_open(arguments, &setup)) {
        struct jumin_expected expected = {.now = setup.now,
                                          .purpose = purpose,
                                          .audience = cli_value(arguments, "audience"),
                                          .nonce = cli_value(arguments, "nonce")};
        result = verify_counter_asked(arguments) ? verify_counter(arguments, &setup)
                 : arguments->operand_count == 1 ? verify_file(arguments, &setup, &expected)
                                                 : verify_person(arguments, &setup, purpose);
    }
    verify_setup_close(&setup);
    return result;
}

static const struct cli_option verify_options[] = {
    {"purpose", "NAME", "what is asked: age, adult, identity or address"},
    {"venue", "FILE", "who asks: the venue's key file, or its name in the home's mobile/venues"},
    {"engagement", "TEXT",
     "what the phone's QR code says (mdoc:…), or - for a line of standard input; by NFC unless given"},
    {"transcript", "FILE", "of a file with a DeviceResponse: the session transcript, in CBOR"},
    {"audience", "TEXT", "of a file with an SD-JWT: who it was made for"},
    {"nonce", "TEXT", "… and the nonce that was asked for"},
    {"counter-code", "TEXT",
     "what a phone's code for counters says (JMC1:…), or - for a line of standard input"},
    {"image", "FILE", "a picture of the phone's QR code, PNG or JPEG, in place of either text"},
    VERIFIER_OPTIONS,
    LINK_OPTIONS,
    HOME_OPTION,
    PASSPHRASE_OPTION,
    {"json", NULL, "answer in JSON"},
};

const struct cli_command verify_command = {
    .name = "verify",
    .summary = "Check a mobile credential: a phone on a reader, or what was shown, in a file",
    .operands = "[FILE]",
    .options = verify_options,
    .option_count = sizeof verify_options / sizeof *verify_options,
    .notes =
        "Without FILE, a phone is asked that lies on a PC/SC or NFC reader (ISO 18013-5). FILE holds a\n"
        "DeviceResponse in CBOR, or an SD-JWT with key binding. Every check is shown with its result;\n"
        "what was learned only when everything is true. The command succeeds when it was accepted.\n"
        "\n"
        "With --counter-code, or --image without --purpose, it is a code for counters, `jumin wallet\n"
        "counter-code`: good for a minute, and taken once; what was taken is kept in the folder of --cache.\n"
        "\n"
        "Status lists are fetched as their issuer wants it, and kept; --offline goes by what is kept,\n"
        "and by the rules for its age.\n"
        "\n"
        "    jumin verify --purpose adult --venue corner-shop --home /var/lib/shop\n"
        "    jumin verify shown.cbor --transcript session.cbor --json\n",
    .check = check_verify,
    .run = run_verify,
};
