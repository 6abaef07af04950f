// The command line of jumin: commands and their options are tables, from which parsing, help, manual page and
// completion are made.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_CLI_H
#define JUMIN_TOOLS_CLI_H

#include <jumin/error.h>
#include <stdbool.h>
#include <stddef.h>

struct cli_option {
    const char *name;     // without dashes: "can"
    const char *argument; // "FILE"; NULL: a switch
    const char *help;     // one sentence, without a stop
};

// What was given on the command line; all pointers are into argv.
struct cli_given {
    const struct cli_option *option;
    const char *value; // NULL for a switch
};

struct cli_arguments {
    const struct cli_command *command;
    const struct cli_given *given;
    size_t given_count;
    char *const *operands;
    size_t operand_count;
};

enum cli_exit { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_INTERRUPTED = 130 };

struct cli_command {
    const char *name;     // "card read"
    const char *summary;  // one line
    const char *operands; // "[FILE]", "READER OUTCOME": as many words at most; NULL: none are taken
    const struct cli_option *options;
    size_t option_count;
    const char *notes; // for help and manual page: defaults, files, examples. May be NULL
    // Looks at the arguments before anything is done, and says what is wrong (cli_misused). May be NULL.
    bool (*check)(const struct cli_arguments *arguments);
    enum cli_exit (*run)(const struct cli_arguments *arguments);
};

// All commands, in the order of the manual; defined in main.c.
extern const struct cli_command *const cli_commands[];
extern const size_t cli_command_count;

// Finds the command, parses its options and runs it.
enum cli_exit cli_main(int argc, char **argv);

// The last value given for `option`, NULL when it was not given.
const char *cli_value(const struct cli_arguments *arguments, const char *option);
// The n-th value of an option that may be repeated; NULL behind the last.
const char *cli_value_at(const struct cli_arguments *arguments, const char *option, size_t n);
bool cli_has(const struct cli_arguments *arguments, const char *option);
// A number from `least` to `most`; `otherwise` when the option was not given. False: said so on stderr.
bool cli_number(const struct cli_arguments *arguments, const char *option, long least, long most,
                long otherwise, long *number);

// As cli_fail, with the way to the help; returns false, for the checks of the command line.
__attribute__((format(printf, 2, 3))) bool cli_misused(const struct cli_arguments *arguments,
                                                       const char *format, ...);
// "jumin: <command>: <sentence>" on stderr.
__attribute__((format(printf, 2, 3))) enum cli_exit cli_fail(const struct cli_arguments *arguments,
                                                             const char *format, ...);
// The same with an error's name, its own sentence where `detail` is empty.
enum cli_exit cli_fail_error(const struct cli_arguments *arguments, enum jumin_error error,
                             const char *detail);

#endif
