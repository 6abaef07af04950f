// Tokens for commands: the PIN from a file or from the terminal, never from the command line.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/token.h"

#include "tools/jumin/secret.h"
#include <stdio.h>
#include <string.h>

_Static_assert((int)JUMIN_TOKEN_PIN >= (int)SECRET_MAX, "a secret that was read fits");

static bool answer(void *context, const struct jumin_token_question *question, char pin[JUMIN_TOKEN_PIN])
{
    const struct cli_arguments *arguments = ((const struct token_access *)context)->arguments;
    char prompt[128];
    // A file cannot doubt what it says: the last try is for a person.
    const struct secret_source source = {NULL, question->last_try ? "" : "token-pin-file", prompt, NULL,
                                         "the token's PIN is needed: give --token-pin-file"};
    (void)snprintf(prompt, sizeof prompt, "PIN of the token %.40s%s: ", question->token,
                   question->last_try    ? " (another wrong one locks it)"
                   : question->tries_low ? " (a wrong one was given before)"
                                         : "");
    return secret_get(arguments, &source, pin);
}

bool token_access_open(const struct cli_arguments *arguments, struct token_access *access)
{
    access->arguments = arguments;
    const enum jumin_error error = jumin_tokens_new(&access->tokens, answer, access);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
    }
    return error == JUMIN_OK;
}

void token_access_close(struct token_access *access)
{
    jumin_tokens_free(access->tokens);
    access->tokens = NULL;
}
