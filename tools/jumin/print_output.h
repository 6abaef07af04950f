// What is printed for a card: its data sheet and its PIN letter, into files, to standard output or to a
// command.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PRINT_OUTPUT_H
#define JUMIN_TOOLS_PRINT_OUTPUT_H

#include "tools/jumin/cli.h"
#include <jumin/print.h>

enum { PRINT_PATH_MAX = 4096 };

// For commands that write one card …
#define PRINT_OPTIONS                                                                                        \
    {"data-sheet", "FILE", "the card's visible sides for its printer, as PDF; \"-\" is standard output"},    \
        {"pin-letter", "FILE", "the letter with PIN and PUK, as PDF; \"-\" is standard output"},             \
        LETTER_COMMAND_OPTION
#define LETTER_COMMAND_OPTION                                                                                \
    {"letter-command", "COMMAND", "gets the PIN letter on its standard input, as `lp -d letters` does"}
// … and for those whose applications have numbers.
#define PRINT_FOLDER_OPTIONS                                                                                 \
    {"data-sheets", "FOLDER", "where the data sheets go, each by its application's number"},                 \
        {"letters", "FOLDER", "where the PIN letters go, each by its application's number"}

// Looks at these options before anything is done. False: said so.
bool print_check(const struct cli_arguments *arguments);
// Whether a letter is asked for: PIN and PUK are then shown nowhere else.
bool print_has_letter(const struct cli_arguments *arguments);

// What has been printed for one card; all zero before.
struct print_made {
    char data_sheet[PRINT_PATH_MAX], letter[PRINT_PATH_MAX]; // files that were made; "": none
    bool out_of_hand;                                        // by a command, or on standard output
};
// Prints what is asked for; `number` is the application's, NULL: there is none. Once a PDF has gone to
// standard output, that is standard error for what the command says itself. Safe from several threads. False:
// said so, and the card must not be locked.
bool print_data_sheet(const struct cli_arguments *arguments, const char *number,
                      const struct jumin_order *order, struct print_made *made);
bool print_pin_letter(const struct cli_arguments *arguments, const char *number,
                      const struct jumin_order *order, struct print_made *made);
// Whether the card that this was printed for came to nothing: it was not locked with it, and will not be.
bool print_is_void(enum jumin_error error, const struct jumin_order *order);
// Removes files whose card came to nothing, since their PIN opens nothing.
void print_take_back(const struct cli_arguments *arguments, const char *number, struct print_made *made);
// The same for what a process that was killed has left in the folders. Before a card is locked for an
// application that has no other one.
void print_forget(const struct cli_arguments *arguments, const char *number);

#endif
