// `jumin card bind`: phone and issuer's server in one program bind the phone to a card (TR-03110-2 §2.3.2).
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eid_command.h"

#include "tools/jumin/eid_session.h"
#include "tools/jumin/files.h"
#include "tools/jumin/secret.h"
#include "tools/jumin/terminal.h"
#include <errno.h>
#include <jansson.h>
#include <jumin/binding.h>
#include <jumin/http.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    ROUND_TRIPS = 4,
    DG2_MAX = 32767, // what READ BINARY reaches (ISO 7816-4 §11.3.3)
    CHIP_SECURITY_MAX = 8192,
    SENTENCE_MAX = 512,
    POINT_MAX = 133, // of P-521
    HEX_MAX = 2 * POINT_MAX + 1,
};

// What the two say to each other, in the order of the messages.
static const struct {
    const char *phone, *server;
} round_trips[ROUND_TRIPS] = {
    {"the device key", "what to ask the card for"},
    {"the card, opened with the PIN", "certificates and a signature"},
    {"the chip's proof", "commands that only the card can read"},
    {"the card's answers", "the phone is bound"},
};

// The server is in this program, or behind `http`.
struct ends {
    struct jumin_pipe *pipe;
    struct jumin_authenticator *authenticator;
    struct jumin_http *http;
    const char *url;
    size_t phone[ROUND_TRIPS], server[ROUND_TRIPS]; // bytes of the messages
};

// What is the server's business when it is another program.
static bool check_server(const struct cli_arguments *arguments)
{
    static const char *const of_server[] = {"terminal", "portrait", "trust"};
    static const char *const of_url[] = {"allow-http", "authorities"};
    const bool elsewhere = cli_has(arguments, "server");
    for (size_t i = 0; i < sizeof of_server / sizeof *of_server && elsewhere; i++) {
        if (cli_has(arguments, of_server[i])) {
            return cli_misused(arguments, "--%s is the server's business: not with --server", of_server[i]);
        }
    }
    for (size_t i = 0; i < sizeof of_url / sizeof *of_url && !elsewhere; i++) {
        if (cli_has(arguments, of_url[i])) {
            return cli_misused(arguments, "--%s needs --server", of_url[i]);
        }
    }
    return elsewhere || eid_session_check_terminal(arguments);
}

static bool check(const struct cli_arguments *arguments)
{
    enum jumin_cipher cipher = JUMIN_CIPHER_ANY;
    if (cli_value(arguments, "device-key") == NULL) {
        return cli_misused(arguments, "--device-key is needed: which phone it is");
    }
    if (cli_has(arguments, "can") && !cli_has(arguments, "pin") && !cli_has(arguments, "pin-file")) {
        return cli_misused(arguments, "the CAN binds no phone: give --pin-file or --pin");
    }
    if (!check_server(arguments) || !secret_given_once(arguments, &secret_pin) ||
        !tap_check_options(arguments) || !tap_cipher(arguments, &cipher)) {
        return false;
    }
    return cipher != JUMIN_CIPHER_3DES ||
           cli_misused(arguments, "the server's channel to the card has AES or ARIA");
}

// --- The phone's key -----------------------------------------------------------------------------------------

// Loads the key, or makes it where there is no such file.
static bool get_key(const struct cli_arguments *arguments, uint8_t key[JUMIN_DEVICE_KEY])
{
    const char *path = cli_value(arguments, "device-key");
    char passphrase[PASSPHRASE_MAX] = "";
    const bool is_new = access(path, F_OK) != 0 && errno == ENOENT;
    if (!passphrase_get(arguments, is_new, passphrase)) {
        return false;
    }
    errno = 0;
    const enum jumin_error error =
        is_new ? jumin_device_key_make(path, passphrase, key) : jumin_device_key_load(path, passphrase, key);
    passphrase_wipe(passphrase);
    if (error == JUMIN_ERROR_FILE) {
        (void)cli_fail(arguments, "%s: cannot be %s: %s", path, is_new ? "made" : "read", strerror(errno));
    } else if (error == JUMIN_ERROR_INPUT) {
        (void)cli_fail(arguments,
                       "%s: no encrypted key of P-256 in PEM, a damaged one, or the wrong passphrase", path);
    } else if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return error == JUMIN_OK;
}

// --- The two ends --------------------------------------------------------------------------------------------

// What went wrong, and at which end.
static bool failed(const struct cli_arguments *arguments, enum jumin_error error, const char *end,
                   const char *detail)
{
    char sentence[SENTENCE_MAX];
    progress_clear();
    (void)snprintf(sentence, sizeof sentence, "%s: %s", end,
                   detail[0] != '\0' ? detail : jumin_error_text(error));
    (void)cli_fail_error(arguments, error, sentence);
    if (error == JUMIN_ERROR_CARD_REMOVED) {
        (void)fprintf(stderr, "Begin again: the same phone comes to the same binding.\n");
    }
    return false;
}

// Which card it is, the server asks where its terminal may know.
static size_t chip_security(const struct eid_session *session)
{
    return (session->certificate.rights & jumin_right_set(JUMIN_RIGHT_PRIVILEGED_TERMINAL)) != 0
               ? CHIP_SECURITY_MAX
               : 0;
}

static bool open_server(const struct cli_arguments *arguments, const struct eid_session *session,
                        struct ends *ends)
{
    const struct jumin_http_options http = {.allow_http = cli_has(arguments, "allow-http"),
                                            .authorities = cli_value(arguments, "authorities")};
    ends->url = cli_value(arguments, "server");
    if (ends->url != NULL) {
        const enum jumin_error failed_with = jumin_http_new(&ends->http, &http);
        return failed_with == JUMIN_OK || cli_fail_error(arguments, failed_with, NULL) == CLI_OK;
    }
    struct jumin_authenticator_options options = {
        .terminal = session->terminal,
        .trust = session->trust,
        .time = (int64_t)time(NULL),
        .portrait = cli_has(arguments, "portrait") ? DG2_MAX : 0,
        .chip_security = chip_security(session),
    };
    if (!tap_cipher(arguments, &options.cipher)) {
        return false;
    }
    const enum jumin_error error = jumin_authenticator_new(&ends->authenticator, &options);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return error == JUMIN_OK;
}

static bool open_ends(const struct cli_arguments *arguments, const struct eid_session *session,
                      const uint8_t key[JUMIN_DEVICE_KEY], struct ends *ends)
{
    const enum jumin_error error = jumin_pipe_new(&ends->pipe, session->tap.reader, key, NULL, 0);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return error == JUMIN_OK && open_server(arguments, session, ends);
}

static void close_ends(struct ends *ends)
{
    jumin_pipe_free(ends->pipe);
    jumin_authenticator_free(ends->authenticator);
    jumin_http_free(ends->http);
}

// One round trip, as far as the server.
static bool ask_server(const struct cli_arguments *arguments, struct ends *ends, const uint8_t *message,
                       size_t n, const uint8_t **answer, size_t *answer_length)
{
    const enum jumin_error error =
        ends->http != NULL ? jumin_http_bind(ends->http, ends->url, message, n, answer, answer_length)
                           : jumin_authenticator_next(ends->authenticator, message, n, answer, answer_length);
    return error == JUMIN_OK || failed(arguments, error, "the server",
                                       ends->http != NULL ? jumin_http_detail(ends->http)
                                                          : jumin_authenticator_detail(ends->authenticator));
}

// Carries the eight messages from one end to the other.
static bool converse(const struct cli_arguments *arguments, struct ends *ends)
{
    const bool quiet = cli_has(arguments, "json");
    const uint8_t *message = NULL, *answer = NULL;
    size_t n = 0, answer_length = 0;
    for (size_t i = 0; i <= ROUND_TRIPS; i++) {
        const enum jumin_error error = jumin_pipe_next(ends->pipe, answer, answer_length, &message, &n);
        if (error != JUMIN_OK) {
            return failed(arguments, error, "the phone", jumin_pipe_detail(ends->pipe));
        }
        if (i == ROUND_TRIPS || message == NULL) {
            break;
        }
        if (!ask_server(arguments, ends, message, n, &answer, &answer_length)) {
            return false;
        }
        ends->phone[i] = n;
        ends->server[i] = answer_length;
        progress_clear();
        if (!quiet) {
            (void)printf("%zu  phone   %6zu bytes  %s\n   server  %6zu bytes  %s\n", i + 1, n,
                         round_trips[i].phone, answer_length, round_trips[i].server);
            (void)fflush(stdout);
        }
    }
    return jumin_pipe_finished(ends->pipe) ||
           failed(arguments, JUMIN_ERROR_MALFORMED, "the phone", "the server does not say that it is bound");
}

// --- What came of it -----------------------------------------------------------------------------------------

// The portrait of DG2, as the picture that it is.
static bool write_portrait(const struct cli_arguments *arguments, const struct jumin_binding *binding)
{
    const char *path = cli_value(arguments, "portrait");
    struct jumin_document *document = NULL;
    struct jumin_portrait portrait;
    if (path == NULL) {
        return true;
    }
    if (binding->portrait == NULL) {
        (void)cli_fail(arguments, "the card has no portrait");
        return false;
    }
    enum jumin_error error = jumin_document_new(&document);
    if (error == JUMIN_OK) {
        error =
            jumin_document_set_file(document, JUMIN_FILE_DG2, binding->portrait, binding->portrait_length);
    }
    if (error == JUMIN_OK) {
        error = jumin_document_portrait(document, &portrait);
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, "there is no portrait in DG2");
    }
    const bool ok = error == JUMIN_OK && files_write_at(arguments, path, portrait.image, portrait.n);
    jumin_document_free(document);
    return ok;
}

static void put_hex(const uint8_t *bytes, size_t n, char text[HEX_MAX])
{
    text[0] = '\0';
    for (size_t i = 0; i < n && i < POINT_MAX; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", (unsigned)bytes[i]);
    }
}

static void show_json(const struct ends *ends, const struct jumin_binding *binding, const char *jkt,
                      const char *hex, const char *chip_key)
{
    json_t *messages = json_array();
    for (size_t i = 0; i < ROUND_TRIPS; i++) {
        (void)json_array_append_new(messages, json_pack("{s:I, s:I}", "phone", (json_int_t)ends->phone[i],
                                                        "server", (json_int_t)ends->server[i]));
    }
    json_t *answer = json_pack("{s:s, s:s, s:I, s:o}", "jkt", jkt, "thumbprint", hex, "counter",
                               (json_int_t)binding->counter, "message_bytes", messages);
    if (chip_key[0] != '\0') {
        (void)json_object_set_new(answer, "chip_key", json_string(chip_key));
    }
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

static void show(const struct cli_arguments *arguments, const struct ends *ends,
                 const struct jumin_binding *binding)
{
    char jkt[JUMIN_DEVICE_JKT], hex[HEX_MAX], chip_key[HEX_MAX];
    jumin_device_jkt(binding->thumbprint, jkt);
    put_hex(binding->thumbprint, sizeof binding->thumbprint, hex);
    put_hex(binding->chip_key, binding->chip_key_length, chip_key);
    if (cli_has(arguments, "json")) {
        show_json(ends, binding, jkt, hex, chip_key);
        return;
    }
    (void)printf("The phone is bound: counter %lu\n  jkt         %s\n  thumbprint  %s\n",
                 (unsigned long)binding->counter, jkt, hex);
    if (chip_key[0] != '\0') {
        (void)printf("  card's key  %s\n", chip_key);
    }
}

// Of a server elsewhere the phone knows the counter that it has told.
static bool report(const struct cli_arguments *arguments, const struct ends *ends,
                   const uint8_t key[JUMIN_DEVICE_KEY])
{
    struct jumin_binding binding = {.counter = jumin_pipe_counter(ends->pipe)};
    if (ends->http != NULL) {
        (void)jumin_device_thumbprint(key, binding.thumbprint);
        show(arguments, ends, &binding);
        return true;
    }
    const enum jumin_error error = jumin_authenticator_result(ends->authenticator, &binding);
    if (error != JUMIN_OK) {
        return failed(arguments, error, "the server", jumin_authenticator_detail(ends->authenticator));
    }
    show(arguments, ends, &binding);
    return write_portrait(arguments, &binding);
}

// --- The command ---------------------------------------------------------------------------------------------

static enum cli_exit run(const struct cli_arguments *arguments)
{
    struct eid_session session = {.terminal = NULL};
    struct ends ends = {.pipe = NULL};
    char pin[SECRET_MAX] = "";
    uint8_t key[JUMIN_DEVICE_KEY];
    enum cli_exit result = CLI_FAILED;
    if (secret_get(arguments, &secret_pin, pin) &&
        (cli_has(arguments, "server") || eid_session_prepare(arguments, &session)) &&
        get_key(arguments, key) && tap_prepare(arguments, &session.tap, pin) &&
        open_ends(arguments, &session, key, &ends) && converse(arguments, &ends) &&
        report(arguments, &ends, key)) {
        result = CLI_OK;
    }
    secret_wipe(pin);
    close_ends(&ends);
    eid_session_close(&session);
    return result;
}

static const struct cli_option options[] = {
    {"device-key", "FILE", "the phone's key, P-256 in PEM and encrypted; made where there is no such file"},
    TERMINAL_OPTIONS,
    PIN_OPTIONS,
    CAN_BESIDE_OPTION,
    {"server", "URL", "the issuer's server, https://HOST/binding (jumin serve), in place of --terminal"},
    {"allow-http", NULL, "the server's URL may begin with http://"},
    {"authorities", "FILE", "who may vouch for the server, in PEM; whom the system believes unless given"},
    {"portrait", "FILE", "the server reads the portrait too, and it is written there"},
    PACE_OPTIONS,
    TRUST_OPTION,
    {"json", NULL, "answer in JSON"},
    LINK_OPTIONS,
};

const struct cli_command card_bind_command = {
    .name = "card bind",
    .summary = "Bind a phone to a card: plays the phone, and the issuer's server unless that is elsewhere",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes =
        "Four round trips. The phone opens the card with the PIN; the server, whose terminal needs the "
        "right\n"
        "provision-phone, authenticates itself to the card through the phone, and what passes then the "
        "phone can\n"
        "neither read nor change. The card counts the phones that it was bound to: the same one again "
        "leaves the\n"
        "counter as it is, another one raises it and takes the place of the one before. A terminal with "
        "the right\n"
        "privileged-terminal, such as an issuer's, learns which card it is: the key that its EF.ChipSecurity "
        "certifies.\n"
        "--cipher is for the phone and for the server's channel to the card.\n"
        "\n"
        "    jumin pki terminal issue server --right issuer\n"
        "    jumin card bind --terminal server --device-key phone.key",
    .check = check,
    .run = run,
};
