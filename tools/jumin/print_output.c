// What is printed for a card: its data sheet and its PIN letter.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/print_output.h"

#include "tools/jumin/files.h"
#include "tools/jumin/print_command.h"
#include "tools/jumin/terminal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MAX = 1000 };

// --- Options ---------------------------------------------------------------------------------------------------

static bool is_output(const struct cli_arguments *arguments, const char *option)
{
    const char *path = cli_value(arguments, option);
    return path != NULL && strcmp(path, "-") == 0;
}

static bool check_file(const struct cli_arguments *arguments, const char *option)
{
    const char *path = cli_value(arguments, option);
    if (path == NULL) {
        return true;
    }
    if (is_output(arguments, option)) {
        return isatty(STDOUT_FILENO) == 0 ||
               cli_misused(arguments, "--%s -: a PDF is nothing for a terminal", option);
    }
    return access(path, F_OK) != 0 ||
           cli_misused(arguments, "%s: is there already, and stays as it is", path);
}

static bool check_folder(const struct cli_arguments *arguments, const char *file_option, const char *option)
{
    const char *path = cli_value(arguments, option);
    struct stat status;
    if (path != NULL && cli_value(arguments, file_option) != NULL) {
        return cli_misused(arguments, "give one of --%s and --%s", file_option, option);
    }
    return path == NULL || (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) ||
           cli_misused(arguments, "--%s: %s is no folder", option, path);
}

bool print_check(const struct cli_arguments *arguments)
{
    if (is_output(arguments, "data-sheet") && is_output(arguments, "pin-letter")) {
        return cli_misused(arguments, "standard output takes one PDF: the data sheet or the letter");
    }
    return check_file(arguments, "data-sheet") && check_file(arguments, "pin-letter") &&
           check_folder(arguments, "data-sheet", "data-sheets") &&
           check_folder(arguments, "pin-letter", "letters");
}

bool print_has_letter(const struct cli_arguments *arguments)
{
    return cli_value(arguments, "pin-letter") != NULL || cli_value(arguments, "letters") != NULL ||
           cli_value(arguments, "letter-command") != NULL;
}

// --- Files -----------------------------------------------------------------------------------------------------

static bool put_output(const struct cli_arguments *arguments, const uint8_t *pdf, size_t n)
{
    return (fwrite(pdf, 1, n, stdout) == n && fflush(stdout) == 0 &&
            dup2(STDERR_FILENO, STDOUT_FILENO) == STDOUT_FILENO) ||
           cli_fail(arguments, "standard output: cannot be written: %s", strerror(errno)) == CLI_OK;
}

static bool put_file(const struct cli_arguments *arguments, const char *path, const uint8_t *pdf, size_t n,
                     char made[PRINT_PATH_MAX])
{
    const int length = snprintf(made, PRINT_PATH_MAX, "%s", path);
    if (length > 0 && length < PRINT_PATH_MAX && files_create(path, pdf, n)) {
        return true;
    }
    const char *reason = errno == EEXIST ? "is there already, and stays as it is" : strerror(errno);
    made[0] = '\0';
    return cli_fail(arguments, "%s: cannot be written: %s", path, reason) == CLI_OK;
}

// NUMBER.pdf, NUMBER-2.pdf and so on. False: too long.
static bool name_in_folder(const char *folder, const char *number, unsigned i, char path[PRINT_PATH_MAX])
{
    char suffix[16] = "";
    if (i > 1) {
        (void)snprintf(suffix, sizeof suffix, "-%u", i);
    }
    const int length = snprintf(path, PRINT_PATH_MAX, "%s/%s%s.pdf", folder, number, suffix);
    return length > 0 && length < PRINT_PATH_MAX;
}

// The first of these names that is free: the others are of cards that came to nothing.
static bool put_in_folder(const struct cli_arguments *arguments, const char *folder, const char *number,
                          const uint8_t *pdf, size_t n, char made[PRINT_PATH_MAX])
{
    for (unsigned i = 1; i < NAMES_MAX && name_in_folder(folder, number, i, made); i++) {
        if (files_create(made, pdf, n)) {
            return true;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    const int reason = errno;
    made[0] = '\0';
    return cli_fail(arguments, "%s: the PDF of %s cannot be written: %s", folder, number, strerror(reason)) ==
           CLI_OK;
}

// --- Printing --------------------------------------------------------------------------------------------------

static const char *reason_of(enum jumin_error error)
{
    switch (error) {
    case JUMIN_ERROR_FILE:
        return "a font is missing: install fonts-nanum and fonts-ocr-b";
    case JUMIN_ERROR_INPUT:
        return "the name or the authority has a character that is in none of the fonts";
    case JUMIN_ERROR_TOO_LONG:
        return "a text is too long for its place";
    default:
        return jumin_error_text(error);
    }
}

// One of the two documents.
struct document {
    const char *what, *file_option, *folder_option, *command_option; // `command_option` may be NULL
    enum jumin_error (*make)(const struct jumin_order *order, const char *number, uint8_t **pdf, size_t *n);
};

// To the file or the folder that is asked for, if one is.
static bool put_document(const struct cli_arguments *arguments, const struct document *document,
                         const char *number, const uint8_t *pdf, size_t n, char made[PRINT_PATH_MAX])
{
    const char *path = cli_value(arguments, document->file_option);
    const char *folder = cli_value(arguments, document->folder_option);
    if (is_output(arguments, document->file_option)) {
        return put_output(arguments, pdf, n);
    }
    if (path != NULL) {
        return put_file(arguments, path, pdf, n, made);
    }
    return folder == NULL || number == NULL || put_in_folder(arguments, folder, number, pdf, n, made);
}

static bool print_document(const struct cli_arguments *arguments, const struct document *document,
                           const char *number, const struct jumin_order *order, char made[PRINT_PATH_MAX],
                           bool *out_of_hand)
{
    uint8_t *pdf = NULL;
    size_t n = 0;
    const char *command =
        document->command_option != NULL ? cli_value(arguments, document->command_option) : NULL;
    if (cli_value(arguments, document->file_option) == NULL &&
        cli_value(arguments, document->folder_option) == NULL && command == NULL) {
        return true;
    }
    progress_clear();
    const enum jumin_error error = document->make(order, number, &pdf, &n);
    bool ok = error == JUMIN_OK;
    if (!ok) {
        (void)cli_fail(arguments, "%s: the %s cannot be printed: %s", jumin_error_name(error), document->what,
                       reason_of(error));
    }
    // The command comes last: what it has printed cannot be taken back.
    ok = ok && put_document(arguments, document, number, pdf, n, made);
    *out_of_hand = *out_of_hand || (ok && (command != NULL || is_output(arguments, document->file_option)));
    ok = ok && (command == NULL || print_command(arguments, command, pdf, n));
    jumin_print_free(pdf, n);
    return ok;
}

bool print_data_sheet(const struct cli_arguments *arguments, const char *number,
                      const struct jumin_order *order, struct print_made *made)
{
    static const struct document sheet = {"data sheet", "data-sheet", "data-sheets", NULL,
                                          jumin_print_data_sheet};
    return print_document(arguments, &sheet, number, order, made->data_sheet, &made->out_of_hand);
}

bool print_pin_letter(const struct cli_arguments *arguments, const char *number,
                      const struct jumin_order *order, struct print_made *made)
{
    static const struct document letter = {"PIN letter", "pin-letter", "letters", "letter-command",
                                           jumin_print_pin_letter};
    return print_document(arguments, &letter, number, order, made->letter, &made->out_of_hand);
}

static void remove_made(const char *path)
{
    if (path[0] != '\0') {
        (void)unlink(path);
    }
}

// Where nobody can say whether the records keep the order, the next one may lock the card with that PIN.
bool print_is_void(enum jumin_error error, const struct jumin_order *order)
{
    return error != JUMIN_ERROR_UNCERTAIN && !jumin_order_is_on_card(order);
}

void print_take_back(const struct cli_arguments *arguments, const char *number, struct print_made *made)
{
    remove_made(made->data_sheet);
    remove_made(made->letter);
    if (made->out_of_hand) {
        (void)cli_fail(arguments, "%s%sno card came of it: destroy what was printed for it",
                       number != NULL ? number : "", number != NULL ? ": " : "");
    }
    *made = (struct print_made){0};
}

// All names, whichever somebody has taken away between them.
static void empty_folder(const char *folder, const char *number)
{
    char path[PRINT_PATH_MAX];
    for (unsigned i = 1; folder != NULL && i < NAMES_MAX && name_in_folder(folder, number, i, path); i++) {
        (void)unlink(path);
    }
}

void print_forget(const struct cli_arguments *arguments, const char *number)
{
    empty_folder(cli_value(arguments, "data-sheets"), number);
    empty_folder(cli_value(arguments, "letters"), number);
}
