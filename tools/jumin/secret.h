// Secrets that a person types or a script hands in: never shown, never left in a buffer.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SECRET_H
#define JUMIN_TOOLS_SECRET_H

#include "tools/jumin/cli.h"
#include <stdio.h>

enum { SECRET_MAX = 256 };

// The next line of a stream without buffer, without the line's end; false when there is none, or an empty or
// longer one.
bool secret_line(FILE *stream, char secret[SECRET_MAX]);
// Asks on the terminal without echo, which is back whatever happens; a second time with the prompt `again`
// where that is not NULL. False: said so on stderr; `missing` when there is no terminal.
bool secret_ask(const struct cli_arguments *arguments, const char *prompt, const char *again,
                const char *missing, char secret[SECRET_MAX]);
void secret_wipe(char secret[SECRET_MAX]);

#endif
