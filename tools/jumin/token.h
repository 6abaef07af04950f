// Tokens for commands: the PIN from a file or from the terminal, never from the command line.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_TOKEN_H
#define JUMIN_TOOLS_TOKEN_H

#include "tools/jumin/cli.h"
#include <jumin/token.h>

// For commands that use keys which may be in a token, and for those that may make them there.
#define TOKEN_PIN_OPTION                                                                                     \
    {"token-pin-file", "FILE", "holds the PIN of the token that has a key; asked for unless given"}
#define TOKEN_OPTION                                                                                         \
    {"token", "URI", "makes the keys in this token: pkcs11:token=LABEL?module-path=FILE (RFC 7512)"}
#define TOKEN_NOTES                                                                                          \
    "In a token, keys are sensitive and cannot be extracted; the key's file then holds its URI.\n"

struct token_access {
    const struct cli_arguments *arguments;
    struct jumin_tokens *tokens;
};

// Nothing is opened yet. It must outlive `tokens`, and token_access_close ends it in every case. False: said
// so on stderr.
bool token_access_open(const struct cli_arguments *arguments, struct token_access *access);
void token_access_close(struct token_access *access);

#endif
