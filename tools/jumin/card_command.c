// `jumin card`: tapping a card, showing what it holds and what is to be believed of it.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/card_command.h"

#include "tools/jumin/card_show.h"
#include "tools/jumin/files.h"
#include "tools/jumin/home.h"
#include "tools/jumin/tap.h"
#include "tools/jumin/terminal.h"
#include "tools/jumin/trust.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_NAME_MAX = 64 };

static bool verify(const struct cli_arguments *arguments, struct jumin_document *document,
                   struct jumin_report **report)
{
    struct jumin_trust *trust = NULL;
    enum jumin_error error = jumin_trust_new(&trust);
    bool ok = error == JUMIN_OK && trust_add(arguments, trust);
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
    if (tap_read(arguments, &tap) && write_all(arguments, tap.document) &&
        verify(arguments, tap.document, &report)) {
        show(arguments, tap.document, report, person);
        result = jumin_report_verdict(report) == JUMIN_PASSED ? CLI_OK : CLI_FAILED;
    }
    jumin_report_free(report);
    tap_close(&tap);
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
    .check = tap_check,
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
    .check = tap_check,
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
    if (tap_open(arguments, &tap)) {
        const enum jumin_error error = jumin_reader_inspect(tap.reader, &tap.document);
        progress_clear();
        if (error == JUMIN_OK) {
            show_inspection(arguments, tap.document);
            result = CLI_OK;
        } else {
            (void)cli_fail_error(arguments, error, jumin_reader_detail(tap.reader));
        }
    }
    tap_close(&tap);
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
