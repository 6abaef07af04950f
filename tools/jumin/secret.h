// Secrets that a person types or a script hands in: never shown, never left in a buffer.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SECRET_H
#define JUMIN_TOOLS_SECRET_H

#include "tools/jumin/cli.h"
#include <stdio.h>

enum { SECRET_MAX = 256 };

// The next line of a stream without buffer, without the line's end; false when there is none, or an empty or
// longer one; nothing of it is left then.
bool secret_line(FILE *stream, char secret[SECRET_MAX]);
// Asks on the terminal without echo, which is back whatever happens; a second time with the prompt `again`
// where that is not NULL. False: said so on stderr; `missing` when there is no terminal.
bool secret_ask(const struct cli_arguments *arguments, const char *prompt, const char *again,
                const char *missing, char secret[SECRET_MAX]);
// Shows `text` on the terminal until Enter is typed behind `prompt`, then clears the screen and what scrolled
// off it, whatever happens. False: said so on stderr; `missing` when there is no terminal.
bool secret_show(const struct cli_arguments *arguments, const char *text, const char *prompt,
                 const char *missing);
void secret_wipe(char secret[SECRET_MAX]);

// Where a secret comes from: an option, a file, or the terminal.
struct secret_source {
    const char *option, *file_option; // `option` NULL: it never stands on the command line
    const char *prompt, *again;       // `again` NULL: it is asked for once
    const char *missing;              // said when nobody can be asked
};
// False: said so on stderr.
bool secret_get(const struct cli_arguments *arguments, const struct secret_source *source,
                char secret[SECRET_MAX]);
// Whether not both options are given; says so else.
bool secret_given_once(const struct cli_arguments *arguments, const struct secret_source *source);

// The holder's PIN.
extern const struct secret_source secret_pin;
#define PIN_OPTIONS                                                                                          \
    {"pin", "DIGITS", "the PIN in force, for everybody to see who lists processes; asked for unless given"}, \
        {"pin-file", "FILE", "holds the PIN in its first line; - is the next line of standard input"}
#define CAN_BESIDE_OPTION {"can", "DIGITS", "the card access number, which a suspended PIN needs beside it"}

#endif
