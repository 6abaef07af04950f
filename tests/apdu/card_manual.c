// Writes what follows from the card's tables: the manual of its commands, the rights to its files, and the
// fuzz dictionary.
// SPDX-License-Identifier: Apache-2.0
//
// card_manual manual|rights|dictionary            writes to standard output
// card_manual manual|rights|dictionary FILE       compares with a file; 1 when it differs
#include "tests/apdu/card_manual_rights.h"

#include "card/core/command.h"
#include "card/core/limits.h"
#include "card/vm/applet.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 65536 };

struct bit_name {
    unsigned bit;
    const char *name;
};

static const struct bit_name CASES[] = {
    {CASE_1, "1"}, {CASE_2, "2"}, {CASE_3, "3"}, {CASE_4, "4"}, {0, NULL}};
static const struct bit_name STATES[] = {{STATE_OPERATIONAL, "operational"},
                                         {STATE_LOCKED, "locked"},
                                         {STATE_TERMINATED, "terminated"},
                                         {0, NULL}};
static const struct bit_name CONDITIONS[] = {{SECURITY_PACE, "PACE"},
                                             {SECURITY_PROTECTED, "secure messaging"},
                                             {SECURITY_CHIP_AUTHENTICATED, "Chip Authentication"},
                                             {SECURITY_TERMINAL_AUTHENTICATED, "Terminal Authentication"},
                                             {SECURITY_PASSWORD_FITS, "PIN or the right to use the CAN"},
                                             {SECURITY_SCP03, "SCP03, authenticated"},
                                             {SECURITY_SCP03_OPENED, "SCP03, opened"},
                                             {0, NULL}};
static const char *const CHAINING[] = {"refused", "joined", "by steps"};

static void put_bits(FILE *out, unsigned bits, const struct bit_name *names, const char *none)
{
    const char *separator = "";
    for (; names->name != NULL; names++) {
        if ((bits & names->bit) != 0) {
            (void)fprintf(out, "%s%s", separator, names->name);
            separator = ", ";
        }
    }
    if (*separator == '\0') {
        (void)fputs(none, out);
    }
}

static void put_applications(FILE *out, unsigned applications)
{
    const char *separator = "";
    for (size_t i = 0; i < applet_count; i++) {
        if ((applications & applet_table[i]->application) != 0) {
            (void)fprintf(out, "%s%s", separator, applet_table[i]->name);
            separator = ", ";
        }
    }
}

// P1 or P2: the value where it is fixed, else --, else value/mask.
static void put_parameter(FILE *out, uint8_t value, uint8_t mask)
{
    if (mask == 0xFF) {
        (void)fprintf(out, "%02X", value);
    } else if (mask == 0) {
        (void)fputs("--", out);
    } else {
        (void)fprintf(out, "%02X/%02X", value, mask);
    }
}

static void put_row(FILE *out, const struct command_row *row)
{
    (void)fprintf(out, "| %s | %s | %02X | ", row->name,
                  row->cla_mask != 0xFF ? "00, 80"
                  : row->cla == 0       ? "00"
                                        : "80",
                  row->ins);
    put_parameter(out, (uint8_t)(row->p1p2 >> 8), (uint8_t)(row->p1p2_mask >> 8));
    (void)fputc(' ', out);
    put_parameter(out, (uint8_t)row->p1p2, (uint8_t)row->p1p2_mask);
    (void)fputs(" | ", out);
    put_bits(out, row->cases, CASES, "");
    (void)fprintf(out, " | %s | ", CHAINING[row->chaining]);
    put_applications(out, row->applications);
    (void)fputs(" | ", out);
    put_bits(out, row->states, STATES, "");
    (void)fputs(" | ", out);
    put_bits(out, row->condition, CONDITIONS,
             row->messaging == MESSAGING_PLAIN ? "none, not under PACE" : "none");
    (void)fprintf(out, " | %s |\n", row->clause);
}

static void put_manual(FILE *out)
{
    (void)fprintf(
        out,
        "# Commands of the card\n\n"
        "Written by `card_manual` from the table in `commands.c`; a test compares them.\n\n"
        "The class is shown without the bits for chaining (10) and secure messaging (0C; 04 for SCP03). "
        "Of P1 and P2 a value\nis fixed, `--` is any, and value/mask fixes the bits of the mask. "
        "States are those of the card's life cycle: operational is\nOP_READY, INITIALIZED and SECURED. "
        "A data field has up to %d bytes, also when it is joined from a chain; an answer up to\n"
        "%d bytes of data.\n\n"
        "| command | CLA | INS | P1 P2 | cases | chaining | applications | states | needs | clause |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n",
        CARD_COMMAND_DATA_MAX, CARD_RESPONSE_DATA_MAX);
    for (size_t i = 0; i < command_count; i++) {
        put_row(out, &command_table[i]);
    }
    (void)fputs(
        "\nWhat is refused before a command runs, in this order:\n\n"
        "| status word | because |\n|---|---|\n"
        "| 6700 | the bytes are no command, or too many |\n"
        "| 6987, 6988, 6982 | the protection is wrong, or there is no session for it |\n"
        "| 6E00, 6881, 6882 | the class is unknown, names a logical channel, or asks for protection without "
        "the header |\n"
        "| 6D00, 6E00, 6A86 | the instruction is unknown to the selected application, its class or P1 P2 "
        "is wrong |\n"
        "| 6884 | the command is not chained |\n"
        "| 6700 | the case is none of the row's, or a chain is too long |\n"
        "| 6985 | the card's life cycle does not allow it |\n"
        "| 6882 | the command does not come under the session of PACE |\n"
        "| 6982 | what the command needs was not achieved |\n",
        out);
}

// libFuzzer's dictionary: the header of each command, the names of the applications and their files.
static void put_dictionary(FILE *out)
{
    (void)fputs("# Written by card_manual from the command table; a test compares them.\n", out);
    for (size_t i = 0; i < command_count; i++) {
        const struct command_row *row = &command_table[i];
        (void)fprintf(out, "\"\\x%02X\\x%02X\\x%02X\\x%02X\"\n", row->cla, row->ins, row->p1p2 >> 8,
                      row->p1p2 & 0xFF);
    }
    for (size_t i = 0; i < applet_count; i++) {
        const struct applet *applet = applet_table[i];
        (void)fputc('"', out);
        for (size_t k = 0; k < applet->aid->n; k++) {
            (void)fprintf(out, "\\x%02X", applet->aid->p[k]);
        }
        (void)fputs("\"\n", out);
        for (size_t k = 0; k < applet->file_count; k++) {
            const uint16_t identifier = applet->files[k].identifier;
            (void)fprintf(out, "\"\\x%02X\\x%02X\"\n", identifier >> 8, identifier & 0xFF);
        }
    }
}

static int compare(FILE *made, const char *path)
{
    static char wanted[TEXT_MAX], found[TEXT_MAX];
    const size_t n = fseek(made, 0, SEEK_SET) != 0 ? 0 : fread(wanted, 1, sizeof wanted, made);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "card_manual: %s cannot be read\n", path);
        return 1;
    }
    const size_t m = fread(found, 1, sizeof found, file);
    (void)fclose(file);
    if (n != m || memcmp(wanted, found, n) != 0) {
        (void)fprintf(stderr, "card_manual: %s is not what follows from the card's tables; write it anew\n",
                      path);
        return 1;
    }
    return 0;
}

static const struct {
    const char *name;
    void (*put)(FILE *out);
} TEXTS[] = {{"manual", put_manual}, {"rights", put_rights}, {"dictionary", put_dictionary}};

enum { TEXT_COUNT = sizeof TEXTS / sizeof TEXTS[0] };

int main(int argc, char **argv)
{
    size_t i = 0;
    while (i < TEXT_COUNT && (argc < 2 || strcmp(argv[1], TEXTS[i].name) != 0)) {
        i++;
    }
    if (i == TEXT_COUNT || argc > 3) {
        (void)fprintf(stderr, "usage: card_manual manual|rights|dictionary [FILE]\n");
        return 2;
    }
    FILE *out = argc == 3 ? tmpfile() : stdout;
    if (out == NULL) {
        (void)fprintf(stderr, "card_manual: no temporary file\n");
        return 1;
    }
    TEXTS[i].put(out);
    return argc == 3 ? compare(out, argv[2]) : 0;
}
