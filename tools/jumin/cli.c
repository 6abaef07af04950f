// The command line of jumin: finding the command, parsing its options, saying what is wrong.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/cli.h"

#include "host/mobile/utf8.h"
#include "tools/jumin/cli_help.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 64, DETAIL_MAX = 1024 };

// Words of `name` that the beginning of argv has: 2 for "card read", 0 when it is another command.
static int words_matched(const char *name, int argc, char **argv)
{
    int words = 0;
    while (*name != '\0') {
        const size_t n = strcspn(name, " ");
        if (words >= argc || strlen(argv[words]) != n || strncmp(argv[words], name, n) != 0) {
            return 0;
        }
        words++;
        name += n + (name[n] == ' ' ? 1 : 0);
    }
    return words;
}

// The longest name: "station officer list" is no officer.
static const struct cli_command *find_command(int argc, char **argv, int *words)
{
    const struct cli_command *found = NULL;
    *words = 0;
    for (size_t i = 0; i < cli_command_count; i++) {
        const int matched = words_matched(cli_commands[i]->name, argc, argv);
        if (matched > *words) {
            *words = matched;
            found = cli_commands[i];
        }
    }
    return found;
}

static const struct cli_option *find_option(const struct cli_command *command, const char *name, size_t n)
{
    for (size_t i = 0; i < command->option_count; i++) {
        if (strlen(command->options[i].name) == n && strncmp(command->options[i].name, name, n) == 0) {
            return &command->options[i];
        }
    }
    return NULL;
}

static enum cli_exit usage(const struct cli_command *command, const char *what, const char *word)
{
    (void)fprintf(stderr, "jumin: %s: %s%s\nTry: jumin %s --help\n", command->name, what, word,
                  command->name);
    return CLI_USAGE;
}

// --name, --name value, --name=value; the rest are operands. `given` and `operands` have room for argc
// entries.
static size_t count_words(const char *text)
{
    size_t count = text != NULL ? 1 : 0;
    for (; text != NULL && *text != '\0'; text++) {
        count += *text == ' ' ? 1 : 0;
    }
    return count;
}

static enum cli_exit parse(const struct cli_command *command, int argc, char **argv, struct cli_given *given,
                           char **operands, struct cli_arguments *arguments)
{
    *arguments = (struct cli_arguments){command, given, 0, operands, 0};
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (word[0] == '-' && word[1] != '-' && word[1] != '\0') {
            return usage(command, "there is no option ", word);
        }
        if (strncmp(word, "--", 2) != 0) {
            operands[arguments->operand_count++] = argv[i];
            continue;
        }
        const size_t n = strcspn(word + 2, "=");
        const struct cli_option *option = find_option(command, word + 2, n);
        if (option == NULL) {
            return usage(command, "there is no option ", word);
        }
        const char *value = word[2 + n] == '=' ? word + 2 + n + 1 : NULL;
        if (option->argument == NULL && value != NULL) {
            return usage(command, "no value is taken by ", word);
        }
        if (option->argument != NULL && value == NULL) {
            if (i + 1 >= argc) {
                return usage(command, "a value is missing behind ", word);
            }
            value = argv[++i];
        }
        given[arguments->given_count++] = (struct cli_given){option, value};
    }
    const size_t most = count_words(command->operands);
    if (arguments->operand_count > most) {
        return usage(command, "unexpected: ", operands[most]);
    }
    return CLI_OK;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

static enum cli_exit run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_given *given = calloc((size_t)argc + 1, sizeof *given);
    char **operands = (char **)calloc((size_t)argc + 1, sizeof *operands);
    struct cli_arguments arguments;
    enum cli_exit result = CLI_FAILED;
    if (given == NULL || operands == NULL) {
        (void)fprintf(stderr, "jumin: no memory\n");
    } else {
        result = parse(command, argc, argv, given, operands, &arguments);
        if (result == CLI_OK) {
            const bool sound = command->check == NULL || command->check(&arguments);
            result = sound ? command->run(&arguments) : CLI_USAGE;
        }
    }
    free(given);
    free((void *)operands);
    return result;
}

static bool begins_command(const char *words)
{
    for (size_t i = 0; i < cli_command_count; i++) {
        if (strncmp(cli_commands[i]->name, words, strlen(words)) == 0) {
            return true;
        }
    }
    return false;
}

// The words that begin commands without being one: "card pin ". Returns how many they are.
static int find_group(int argc, char **argv, char group[GROUP_MAX])
{
    char longer[GROUP_MAX];
    int words = 0;
    group[0] = '\0';
    for (; words < argc; words++) {
        const int n = snprintf(longer, sizeof longer, "%s%s ", group, argv[words]);
        if (n < 0 || (size_t)n >= sizeof longer || !begins_command(longer)) {
            break;
        }
        memcpy(group, longer, sizeof longer);
    }
    return words;
}

// There is no such command: what there is instead.
static enum cli_exit explain(int argc, char **argv)
{
    char group[GROUP_MAX];
    const int words = find_group(argc, argv, group);
    if (asks_for_help(argc, argv)) {
        cli_help_overview(stdout, group);
        return CLI_OK;
    }
    if (words > 0 && (words == argc || argv[words][0] == '-')) {
        (void)fprintf(stderr, "jumin: %sneeds one more word\n", group);
    } else {
        (void)fprintf(stderr, "jumin: there is no command %s%s\n", group, argv[words]);
    }
    (void)fprintf(stderr, "Try: jumin %s--help\n", group);
    return CLI_USAGE;
}

enum cli_exit cli_main(int argc, char **argv)
{
    int words = 0;
    if (argc < 2) {
        cli_help_overview(stderr, "");
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("jumin %s\n", JUMIN_VERSION);
        return CLI_OK;
    }
    const struct cli_command *command = find_command(argc - 1, argv + 1, &words);
    if (command == NULL) {
        return explain(argc - 1, argv + 1);
    }
    if (asks_for_help(argc - 1 - words, argv + 1 + words)) {
        cli_help_command(stdout, command);
        return CLI_OK;
    }
    return run(command, argc - 1 - words, argv + 1 + words);
}

const char *cli_value_at(const struct cli_arguments *arguments, const char *option, size_t n)
{
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (strcmp(arguments->given[i].option->name, option) == 0 && n-- == 0) {
            return arguments->given[i].value;
        }
    }
    return NULL;
}

const char *cli_value(const struct cli_arguments *arguments, const char *option)
{
    const char *value = NULL;
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (strcmp(arguments->given[i].option->name, option) == 0) {
            value = arguments->given[i].value;
        }
    }
    return value;
}

bool cli_has(const struct cli_arguments *arguments, const char *option)
{
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (strcmp(arguments->given[i].option->name, option) == 0) {
            return true;
        }
    }
    return false;
}

bool cli_number(const struct cli_arguments *arguments, const char *option, long least, long most,
                long otherwise, long *number)
{
    const char *text = cli_value(arguments, option);
    char *end = NULL;
    *number = otherwise;
    if (text == NULL) {
        return true;
    }
    errno = 0;
    *number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || *number < least || *number > most) {
        return cli_misused(arguments, "--%s takes a number from %ld to %ld", option, least, most);
    }
    return true;
}

static void say(const struct cli_arguments *arguments, const char *format, va_list values)
    __attribute__((format(printf, 2, 0)));

static void say(const struct cli_arguments *arguments, const char *format, va_list values)
{
    (void)fprintf(stderr, "jumin: %s: ", arguments->command->name);
    (void)vfprintf(stderr, format, values);
    (void)fputc('\n', stderr);
}

bool cli_misused(const struct cli_arguments *arguments, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say(arguments, format, values);
    va_end(values);
    (void)fprintf(stderr, "Try: jumin %s --help\n", arguments->command->name);
    return false;
}

enum cli_exit cli_fail(const struct cli_arguments *arguments, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say(arguments, format, values);
    va_end(values);
    return CLI_FAILED;
}

enum cli_exit cli_fail_error(const struct cli_arguments *arguments, enum jumin_error error,
                             const char *detail)
{
    char clean[DETAIL_MAX]; // a card, a server or an issuer may have had its say in it
    utf8_copy_line(detail != NULL ? detail : "", clean, sizeof clean);
    return cli_fail(arguments, "%s: %s", jumin_error_name(error),
                    clean[0] != '\0' ? clean : jumin_error_text(error));
}
