// A SoftHSM token of a test's own, also behind a module that fails on command.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_TOKEN_STAGE_H
#define JUMIN_TESTS_TOKEN_STAGE_H

#include "host/token/token.h"
#include "tests/token/faulty_module.h"
#include "tests/unit/unit.h"

enum { STAGE_PATH = 256 };

#define STAGE_PIN "271828"

struct token_stage {
    char uri[TOKEN_URI_MAX];        // of the token "station", through the module that fails on command
    char direct_uri[TOKEN_URI_MAX]; // through SoftHSM itself
    const char *pin;                // what the question for it is answered with; NULL: nothing
    unsigned questions;
    struct jumin_token_question last;
    struct jumin_tokens *tokens; // asks the stage
    struct faulty_token *faults;
};

// Keys that were derived from passphrases, each with few iterations.
extern unsigned token_stage_derivations;

// Whether SoftHSM is installed; else a test program exits with 77.
bool token_stage_possible(void);
// A folder with the initialized token "station". Setup and teardown of cmocka.
int token_stage_open(void **state);
int token_stage_close(void **state);
// Another token in the same folder.
void token_stage_add(struct token_stage *stage, const char *label);
// Closes and opens the handle, as the next run of a program.
void token_stage_restart(struct token_stage *stage);
// A file in the stage's folder.
const char *token_stage_path(const struct token_stage *stage, const char *name);
void token_stage_write(const struct token_stage *stage, const char *name, const char *text);

#endif
