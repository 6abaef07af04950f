// `jumin card`: tapping a card, showing what it holds and what is to be believed of it.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/card_command.h"

#include "tools/jumin/card_show.h"
#include "tools/jumin/files.h"
#include "tools/jumin/home.h"
#include "tools/jumin/link.h"
#include "tools/jumin/terminal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_NAME_MAX = 64 };

#define PASSWORD_OPTIONS                                                                                     \
    {"can", "DIGITS", "the card access number printed on the card"},                                         \
        {"mrz", "TEXT", "the machine readable zone, in place of the CAN"},                                   \
        {"pin", "DIGITS", "the PIN, in place of the CAN"}
#define READING_OPTIONS                                                                                      \
    {"pace", "VARIANT", "GM, IM or CAM; the best that the card offers unless given"},                        \
        {"key-bits", "BITS", "128, 192 or 256; the longest that the card offers unless given"},              \
        {"short", NULL, "short APDUs only"}
#define TRUST_OPTION                                                                                         \
    {"trust", "PATH", "CA certificates and revocation lists: a file or folder; the home's CA unless given"}

// How a tap goes, from the command line.
struct tap {
    struct link link;
    struct jumin_reader *reader;
    struct jumin_document *document;
};

static const struct {
    const char *option;
    enum jumin_password password;
} passwords[] = {{"can", JUMIN_PASSWORD_CAN}, {"mrz", JUMIN_PASSWORD_MRZ}, {"pin", JUMIN_PASSWORD_PIN}};

static const struct {
    const char *name;
    enum jumin_pace_mapping mapping;
} mappings[] = {{"GM", JUMIN_PACE_GM}, {"IM", JUMIN_PACE_IM}, {"CAM", JUMIN_PACE_CAM}};

static bool set_password(const struct cli_arguments *arguments, struct jumin_reader *reader)
{
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < sizeof passwords / sizeof *passwords && error == JUMIN_OK; i++) {
        const char *characters = cli_value(arguments, passwords[i].option);
        if (characters != NULL) {
            error = jumin_reader_set_password(reader, passwords[i].password, characters);
        }
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_reader_detail(reader));
    }
    return error == JUMIN_OK;
}

// The variant that was asked for; false when there is none of that name.
static bool parse_pace(const struct cli_arguments *arguments, struct jumin_pace_protocol *protocol)
{
    const char *variant = cli_value(arguments, "pace");
    long bits = 0;
    *protocol = (struct jumin_pace_protocol){JUMIN_PACE_ANY, 0, 0};
    if (!cli_number(arguments, "key-bits", 128, 256, 0, &bits)) {
        return false;
    }
    if (bits % 64 != 0) {
        return cli_misused(arguments, "--key-bits takes 128, 192 or 256");
    }
    protocol->key_bits = (unsigned)bits;
    for (size_t i = 0; variant != NULL && i < sizeof mappings / sizeof *mappings; i++) {
        if (strcmp(variant, mappings[i].name) == 0) {
            protocol->mapping = mappings[i].mapping;
        }
    }
    return variant == NULL || protocol->mapping != JUMIN_PACE_ANY ||
           cli_misused(arguments, "--pace takes GM, IM or CAM");
}

static bool set_pace(const struct cli_arguments *arguments, struct jumin_reader *reader)
{
    struct jumin_pace_protocol protocol;
    return parse_pace(arguments, &protocol) && jumin_reader_set_pace(reader, &protocol) == JUMIN_OK;
}

// Everything that can be wrong without a card, before one is waited for.
static bool check_tap(const struct cli_arguments *arguments)
{
    struct jumin_pace_protocol protocol;
    const char *trust = cli_value(arguments, "trust");
    size_t given = 0;
    for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
        given += cli_has(arguments, passwords[i].option) ? 1 : 0;
    }
    if (given != 1 && arguments->operand_count == 0) {
        return cli_misused(arguments,
                           "the card opens to its holder's password: give one of --can, --mrz and --pin");
    }
    if (trust != NULL && access(trust, R_OK) != 0) {
        return cli_misused(arguments, "%s: %s", trust, strerror(errno));
    }
    return parse_pace(arguments, &protocol) && link_check(arguments);
}

static bool show_step(void *context, enum jumin_step step, const char *name, size_t done, size_t total)
{
    (void)context;
    (void)step;
    progress_show(name, done, total);
    return !progress_interrupted();
}

static bool open_tap(const struct cli_arguments *arguments, struct tap *tap)
{
    *tap = (struct tap){0};
    if (!link_open(arguments, &tap->link)) {
        return false;
    }
    const enum jumin_error error = jumin_reader_new(&tap->reader, tap->link.transport);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
        return false;
    }
    (void)jumin_reader_set_progress(tap->reader, show_step, NULL);
    progress_watch_interrupts();
    return true;
}

static void close_tap(struct tap *tap)
{
    jumin_document_free(tap->document);
    jumin_reader_free(tap->reader);
    link_close(&tap->link);
}

// A card that leaves is waited for; the library goes on where it stopped.
static bool read_document(const struct cli_arguments *arguments, struct tap *tap)
{
    enum jumin_error error = jumin_reader_read(tap->reader, &tap->document);
    while (error == JUMIN_ERROR_CARD_REMOVED) {
        progress_clear();
        (void)fprintf(stderr, "The card has left the reader: lay it back, reading goes on.\n");
        if (!link_wait_again(arguments, &tap->link)) {
            return false;
        }
        error = jumin_reader_read(tap->reader, &tap->document);
    }
    progress_clear();
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_reader_detail(tap->reader));
    }
    return error == JUMIN_OK;
}

static bool tap_card(const struct cli_arguments *arguments, struct tap *tap)
{
    if (!open_tap(arguments, tap) || !set_password(arguments, tap->reader) ||
        !set_pace(arguments, tap->reader)) {
        return false;
    }
    if (cli_has(arguments, "short")) {
        (void)jumin_reader_set_extended_length(tap->reader, JUMIN_EXTENDED_OFF);
    }
    return read_document(arguments, tap);
}

static bool add_trust(const struct cli_arguments *arguments, struct jumin_trust *trust)
{
    char home[HOME_PATH_MAX];
    struct stat kind;
    const char *path = cli_value(arguments, "trust");
    if (path == NULL) {
        if (!home_path(arguments, "pki", home)) {
            return false;
        }
        // Without a CA of one's own the checks say that they were not done.
        if (access(home, F_OK) != 0) {
            return true;
        }
        path = home;
    }
    if (stat(path, &kind) != 0) {
        (void)cli_fail(arguments, "%s: %s", path, strerror(errno));
        return false;
    }
    const enum jumin_error error =
        S_ISDIR(kind.st_mode) ? jumin_trust_add_directory(trust, path) : jumin_trust_add_file(trust, path);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_trust_detail(trust));
    }
    return error == JUMIN_OK;
}

static bool verify(const struct cli_arguments *arguments, struct jumin_document *document,
                   struct jumin_report **report)
{
    struct jumin_trust *trust = NULL;
    enum jumin_error error = jumin_trust_new(&trust);
    bool ok = error == JUMIN_OK && add_trust(arguments, trust);
    if (ok) {
        error = jumin_document_verify(document, trust, (int64_t)time(NULL), report);
        ok = error == JUMIN_OK;
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    jumin_trust_free(trust);
    return ok;
}

// "EF.ATR_INFO.bin": the file's name, fit for a folder. False when there is no such file.
static bool file_name(enum jumin_file file, char name[FILE_NAME_MAX])
{
    const char *title = jumin_file_name(file);
    if (title == NULL) {
        return false;
    }
    (void)snprintf(name, FILE_NAME_MAX, "%s.bin", title);
    char *slash = strchr(name, '/');
    if (slash != NULL) {
        *slash = '_';
    }
    return true;
}

static bool write_file(const struct cli_arguments *arguments, const char *folder, enum jumin_file file,
                       const struct jumin_document *document)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    char name[FILE_NAME_MAX];
    if (!file_name(file, name) || jumin_document_file(document, file, &bytes, &n) != JUMIN_OK) {
        return true;
    }
    return files_write(arguments, folder, name, bytes, n);
}

// Every file as the card gave it, and the portrait as a picture.
static bool write_all(const struct cli_arguments *arguments, struct jumin_document *document)
{
    const char *folder = cli_value(arguments, "out");
    struct jumin_portrait portrait;
    if (folder == NULL) {
        return true;
    }
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        (void)cli_fail(arguments, "%s: cannot be made: %s", folder, strerror(errno));
        return false;
    }
    for (int file = 0; file < JUMIN_FILE_COUNT; file++) {
        if (!write_file(arguments, folder, (enum jumin_file)file, document)) {
            return false;
        }
    }
    return jumin_document_portrait(document, &portrait) != JUMIN_OK ||
           files_write(arguments, folder, portrait.type == JUMIN_IMAGE_JPEG ? "portrait.jpg" : "portrait.jp2",
                       portrait.image, portrait.n);
}

static void show(const struct cli_arguments *arguments, struct jumin_document *document,
                 const struct jumin_report *report, bool person)
{
    if (cli_has(arguments, "json")) {
        json_t *answer = json_object();
        if (person) {
            (void)json_object_set_new(answer, "person", card_json_person(document));
        }
        (void)json_object_set_new(answer, "report", card_json_report(report));
        (void)json_dumpf(answer, stdout, JSON_INDENT(2));
        (void)printf("\n");
        json_decref(answer);
        return;
    }
    if (person) {
        card_show_person(document);
        (void)printf("\n");
    }
    card_show_report(report);
}

static enum cli_exit tap_and_show(const struct cli_arguments *arguments, bool person)
{
    struct tap tap;
    struct jumin_report *report = NULL;
    enum cli_exit result = CLI_FAILED;
    if (tap_card(arguments, &tap) && write_all(arguments, tap.document) &&
        verify(arguments, tap.document, &report)) {
        show(arguments, tap.document, report, person);
        result = jumin_report_verdict(report) == JUMIN_PASSED ? CLI_OK : CLI_FAILED;
    }
    jumin_report_free(report);
    close_tap(&tap);
    return result;
}

static enum cli_exit run_read(const struct cli_arguments *arguments)
{
    return tap_and_show(arguments, true);
}

static const struct cli_option read_options[] = {
    PASSWORD_OPTIONS,
    READING_OPTIONS,
    TRUST_OPTION,
    {"out", "FOLDER", "write every file of the card and the portrait there"},
    {"json", NULL, "answer in JSON"},
    HOME_OPTION,
    LINK_OPTIONS,
};

const struct cli_command card_read_command = {
    .name = "card read",
    .summary = "Tap a card: read the person and the portrait, and verify them",
    .options = read_options,
    .option_count = sizeof read_options / sizeof *read_options,
    .notes = "PACE, reading, passive authentication, chip and active authentication. When the card leaves "
             "the reader,\n"
             "reading goes on once it is back. The exit status is 0 only when the document is genuine.",
    .check = check_tap,
    .run = run_read,
};

// The files that `card read --out` has written.
static bool load_folder(const struct cli_arguments *arguments, const char *folder,
                        struct jumin_document *document)
{
    enum { FILE_MAX = 65536 };
    bool any = false;
    for (int file = 0; file < JUMIN_FILE_COUNT; file++) {
        char path[HOME_PATH_MAX];
        uint8_t *bytes = NULL;
        size_t n = 0;
        char name[FILE_NAME_MAX];
        const int length =
            file_name((enum jumin_file)file, name) ? snprintf(path, sizeof path, "%s/%s", folder, name) : -1;
        if (length < 0 || (size_t)length >= sizeof path || access(path, F_OK) != 0) {
            continue;
        }
        if (!files_read(arguments, path, FILE_MAX, &bytes, &n)) {
            return false;
        }
        const enum jumin_error error = jumin_document_set_file(document, (enum jumin_file)file, bytes, n);
        free(bytes);
        if (error != JUMIN_OK) {
            (void)cli_fail_error(arguments, error, jumin_document_detail(document));
            return false;
        }
        any = true;
    }
    return any || cli_fail(arguments, "%s: holds no files of a card", folder) == CLI_OK;
}

static enum cli_exit verify_folder(const struct cli_arguments *arguments)
{
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    enum cli_exit result = CLI_FAILED;
    const enum jumin_error error = jumin_document_new(&document);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, NULL);
    }
    if (load_folder(arguments, arguments->operands[0], document) && verify(arguments, document, &report)) {
        show(arguments, document, report, false);
        result = jumin_report_verdict(report) == JUMIN_PASSED ? CLI_OK : CLI_FAILED;
    }
    jumin_report_free(report);
    jumin_document_free(document);
    return result;
}

static enum cli_exit run_verify(const struct cli_arguments *arguments)
{
    return arguments->operand_count > 0 ? verify_folder(arguments) : tap_and_show(arguments, false);
}

static const struct cli_option verify_options[] = {
    PASSWORD_OPTIONS, READING_OPTIONS, TRUST_OPTION, {"json", NULL, "answer in JSON"},
    HOME_OPTION,      LINK_OPTIONS,
};

const struct cli_command card_verify_command = {
    .name = "card verify",
    .summary = "Tell what is to be believed of a card, or of files read before",
    .operands = "[FOLDER]",
    .options = verify_options,
    .option_count = sizeof verify_options / sizeof *verify_options,
    .notes = "With a FOLDER that `jumin card read --out` has written no card is needed; what only a chip can "
             "prove is\n"
             "then not done.",
    .check = check_tap,
    .run = run_verify,
};

static void show_inspection(const struct cli_arguments *arguments, const struct jumin_document *document)
{
    if (!cli_has(arguments, "json")) {
        card_show_inspection(document);
        return;
    }
    json_t *answer = card_json_inspection(document);
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

static enum cli_exit run_info(const struct cli_arguments *arguments)
{
    struct tap tap;
    enum cli_exit result = CLI_FAILED;
    if (open_tap(arguments, &tap)) {
        const enum jumin_error error = jumin_reader_inspect(tap.reader, &tap.document);
        progress_clear();
        if (error == JUMIN_OK) {
            show_inspection(arguments, tap.document);
            result = CLI_OK;
        } else {
            (void)cli_fail_error(arguments, error, jumin_reader_detail(tap.reader));
        }
    }
    close_tap(&tap);
    return result;
}

static const struct cli_option info_options[] = {{"json", NULL, "answer in JSON"}, LINK_OPTIONS};

const struct cli_command card_info_command = {
    .name = "card info",
    .summary = "Show what a card tells everyone, without a password",
    .options = info_options,
    .option_count = sizeof info_options / sizeof *info_options,
    .check = link_check,
    .run = run_info,
};
