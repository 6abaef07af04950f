// A SoftHSM token of a test's own, also behind a module that fails on command.
// SPDX-License-Identifier: Apache-2.0
#include "tests/token/token_stage.h"

#include "tests/unit/temporary_folder.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

unsigned token_stage_derivations;

// Few iterations stand for the many that protect real passphrases.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's --wrap names them
bool __real_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);
bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);

bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n)
{
    token_stage_derivations++;
    return __real_crypto_pbkdf2(hash, passphrase, salt, iterations % 7 + 1, key, n);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static int run(const char *command)
{
    return system(command); // NOLINT(cert-env33-c): commands of the test's own
}

bool token_stage_possible(void)
{
    return access(SOFTHSM_MODULE, R_OK) == 0 && run("command -v softhsm2-util >/dev/null") == 0;
}

const char *token_stage_path(const struct token_stage *stage, const char *name)
{
    (void)stage;
    return temporary_path("%s", name);
}

void token_stage_write(const struct token_stage *stage, const char *name, const char *text)
{
    FILE *file = fopen(token_stage_path(stage, name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

void token_stage_add(struct token_stage *stage, const char *label)
{
    char command[512];
    (void)stage;
    (void)snprintf(command, sizeof command,
                   "softhsm2-util --init-token --free --label '%s' --pin " STAGE_PIN
                   " --so-pin 31415926 >/dev/null",
                   label);
    assert_int_equal(run(command), 0);
}

static bool answer(void *context, const struct jumin_token_question *question, char pin[JUMIN_TOKEN_PIN])
{
    struct token_stage *stage = context;
    stage->questions++;
    stage->last = *question;
    if (stage->pin != NULL) {
        (void)snprintf(pin, JUMIN_TOKEN_PIN, "%s", stage->pin);
    }
    return stage->pin != NULL;
}

// The module stays loaded from the first test on; its faults do not stay.
static struct faulty_token *no_faults(void)
{
    void *module = dlopen(FAULTY_MODULE, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(module);
    struct faulty_token *faults = dlsym(module, "faulty_token");
    assert_non_null(faults);
    *faults = (struct faulty_token){0};
    return faults;
}

int token_stage_open(void **state)
{
    static struct token_stage stage;
    char text[2 * STAGE_PATH];
    stage = (struct token_stage){.pin = STAGE_PIN};
    assert_int_equal(temporary_folder_make(state), 0);
    (void)snprintf(text, sizeof text,
                   "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
                   temporary_path("%s", ""));
    token_stage_write(&stage, "softhsm2.conf", text);
    assert_int_equal(setenv("SOFTHSM2_CONF", token_stage_path(&stage, "softhsm2.conf"), 1), 0);
    token_stage_add(&stage, "station");
    (void)snprintf(stage.uri, sizeof stage.uri, "pkcs11:token=station?module-path=%s", FAULTY_MODULE);
    (void)snprintf(stage.direct_uri, sizeof stage.direct_uri, "pkcs11:token=station?module-path=%s",
                   SOFTHSM_MODULE);
    assert_int_equal(jumin_tokens_new(&stage.tokens, answer, &stage), JUMIN_OK);
    stage.faults = no_faults();
    *state = &stage;
    return 0;
}

void token_stage_restart(struct token_stage *stage)
{
    jumin_tokens_free(stage->tokens);
    assert_int_equal(jumin_tokens_new(&stage->tokens, answer, stage), JUMIN_OK);
}

int token_stage_close(void **state)
{
    struct token_stage *stage = *state;
    jumin_tokens_free(stage->tokens);
    return temporary_folder_remove(state);
}
