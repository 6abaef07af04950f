// `jumin apdu`: a shell and a script player for APDUs over any reader.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/reader_command.h"

#include "card/wire/apdu.h"
#include "tools/jumin/link.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE_MAX_LENGTH = 3 * APDU_COMMAND_MAX,
    BYTES_A_LINE = 32,
};

struct player {
    const struct cli_arguments *arguments;
    struct link link;
    bool prompt; // a person types
    unsigned long line;
    uint16_t status; // of the last response
    uint8_t command[APDU_COMMAND_MAX];
    uint8_t response[APDU_RESPONSE_MAX];
    char text[LINE_MAX_LENGTH];
};

static int nibble(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));
    return at == NULL ? -1 : (int)(at - digits);
}

// Hexadecimal digits with blanks anywhere between bytes.
static bool parse_hex(const char *text, uint8_t *bytes, size_t capacity, size_t *n)
{
    *n = 0;
    while (*text != '\0') {
        if (isspace((unsigned char)*text)) {
            text++;
            continue;
        }
        const int high = nibble(text[0]);
        const int low = high < 0 ? -1 : nibble(text[1]);
        if (low < 0 || *n == capacity) {
            return false;
        }
        bytes[(*n)++] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return *n > 0;
}

static void print_hex(const char *mark, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i % BYTES_A_LINE == 0) {
            (void)printf("%s%s", i == 0 ? mark : "  ", i == 0 ? " " : "");
        }
        (void)printf("%02X%s", bytes[i], i + 1 == n || (i + 1) % BYTES_A_LINE == 0 ? "\n" : " ");
    }
}

static bool complain(const struct player *player, const char *what)
{
    if (player->prompt) {
        (void)printf("%s\n", what);
        return true; // a person may try again
    }
    (void)cli_fail(player->arguments, "line %lu: %s", player->line, what);
    return false;
}

static bool transmit(struct player *player, size_t n)
{
    size_t length = 0;
    const enum jumin_error error = jumin_transport_transmit(
        player->link.transport, player->command, n, player->response, sizeof player->response, &length);
    if (error != JUMIN_OK) {
        const char *detail = jumin_transport_detail(player->link.transport);
        return complain(player, detail[0] != '\0' ? detail : jumin_error_text(error));
    }
    struct span data;
    if (!apdu_response_parse(span_of(player->response, length), &data, &player->status)) {
        return complain(player, "the answer has no status word");
    }
    (void)printf("> %s\n", apdu_instruction_name(player->command[0], n > 1 ? player->command[1] : 0));
    print_hex(">", player->command, n);
    print_hex("<", data.p, data.n);
    (void)printf("< %04X %s\n", player->status, status_word_text(player->status));
    return true;
}

// "expect 9000", or with x for any digit: "expect 63Cx".
static bool expect(struct player *player, const char *pattern)
{
    char status[5];
    (void)snprintf(status, sizeof status, "%04X", player->status);
    bool same = strlen(pattern) == 4;
    for (size_t i = 0; same && i < 4; i++) {
        same = pattern[i] == 'x' || toupper((unsigned char)pattern[i]) == status[i];
    }
    if (same) {
        return true;
    }
    char what[64];
    (void)snprintf(what, sizeof what, "%s came where %.8s was expected", status, pattern);
    (void)complain(player, what);
    return player->prompt;
}

static bool reset(struct player *player)
{
    const enum jumin_error error = jumin_transport_connect(player->link.transport);
    return error == JUMIN_OK || complain(player, jumin_error_text(error));
}

static bool play_line(struct player *player)
{
    char *text = player->text;
    size_t n = 0;
    text[strcspn(text, "#\r\n")] = '\0';
    text += strspn(text, " \t");
    if (*text == '\0') {
        return true;
    }
    if (strcmp(text, "reset") == 0) {
        return reset(player);
    }
    if (strncmp(text, "expect ", 7) == 0) {
        char *pattern = text + 7;
        pattern[strcspn(pattern, " \t")] = '\0';
        return expect(player, pattern);
    }
    if (!parse_hex(text, player->command, sizeof player->command, &n)) {
        return complain(player, "no APDU in hexadecimal digits, nor expect, nor reset");
    }
    return transmit(player, n);
}

static bool play(struct player *player, FILE *script)
{
    bool ok = reset(player);
    while (ok) {
        if (player->prompt) {
            (void)printf("apdu> ");
            (void)fflush(stdout);
        }
        if (fgets(player->text, (int)sizeof player->text, script) == NULL) {
            break;
        }
        player->line++;
        ok = play_line(player);
    }
    return ok && (ferror(script) == 0 || cli_fail(player->arguments, "the script cannot be read") == CLI_OK);
}

static enum cli_exit run(const struct cli_arguments *arguments)
{
    FILE *script = NULL; // none: standard input
    if (arguments->operand_count > 0) {
        script = fopen(arguments->operands[0], "re");
        if (script == NULL) {
            return cli_fail(arguments, "%s: cannot be read: %s", arguments->operands[0], strerror(errno));
        }
    }
    struct player *player = calloc(1, sizeof *player);
    enum cli_exit result = CLI_FAILED;
    if (player == NULL) {
        (void)cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    } else {
        player->arguments = arguments;
        player->prompt = script == NULL && isatty(STDIN_FILENO);
        result = link_open(arguments, &player->link) && play(player, script != NULL ? script : stdin)
                     ? CLI_OK
                     : CLI_FAILED;
        link_close(&player->link);
    }
    free(player);
    if (script != NULL) {
        (void)fclose(script);
    }
    return result;
}

static const struct cli_option options[] = {LINK_OPTIONS};

const struct cli_command apdu_command = {
    .name = "apdu",
    .summary = "Send APDUs to a card, typed or from a script",
    .operands = "[SCRIPT]",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .notes = "Each line is a command APDU in hexadecimal digits, or\n"
             "  expect 9000   the last status word must be this; x stands for any digit: expect 63Cx\n"
             "  reset         reset the card\n"
             "Behind # is comment. A script ends at the first line that fails, with exit status 1.",
    .check = link_check,
    .run = run,
};
