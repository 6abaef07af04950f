// Master keys in files, plain and sealed, and in a token; and everything that makes one refused.
// SPDX-License-Identifier: Apache-2.0
#include "host/file.h"
#include "host/perso/key_text.h"
#include "host/perso/master_key.h"
#include "tests/token/token_stage.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 2048 };

static const uint8_t card[SCP03_DIVERSIFICATION] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

// --- What is shared ------------------------------------------------------------------------------------------

static struct jumin_master_key *new_key(const struct token_stage *stage)
{
    struct jumin_master_key *key = NULL;
    assert_int_equal(jumin_master_key_new(&key, token_stage_path(stage, "master.key")), JUMIN_OK);
    return key;
}

static size_t read_file(const struct token_stage *stage, char text[FILE_MAX])
{
    size_t n = 0;
    memset(text, 0, FILE_MAX);
    assert_int_equal(disk_read(token_stage_path(stage, "master.key"), (uint8_t *)text, FILE_MAX - 1, &n),
                     JUMIN_OK);
    return n;
}

static void expect_detail(const struct jumin_master_key *key, const char *part)
{
    if (strstr(jumin_master_key_detail(key), part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", jumin_master_key_detail(key), part);
    }
}

static void expect_kind(struct token_stage *stage, enum jumin_master_key_kind kind)
{
    struct jumin_master_key *key = new_key(stage);
    enum jumin_master_key_kind found = JUMIN_MASTER_KEY_MISSING;
    struct stat status;
    assert_int_equal(jumin_master_key_look(key, &found), JUMIN_OK);
    assert_int_equal(found, kind);
    assert_int_equal(stat(token_stage_path(stage, "master.key"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    jumin_master_key_free(key);
}

// The keys of a card, by the file as it is now.
static void derive(struct token_stage *stage, const char *passphrase, struct scp03_keys *keys)
{
    struct jumin_master_key *key = new_key(stage);
    struct detail detail;
    if (jumin_master_key_open(key, passphrase, stage->tokens) != JUMIN_OK) {
        fail_msg("%s", jumin_master_key_detail(key));
    }
    assert_int_equal(master_key_diversify(key, card, keys, &detail), JUMIN_OK);
    jumin_master_key_free(key);
}

static enum jumin_error open_with(struct token_stage *stage, const char *passphrase, const char *why)
{
    static const uint8_t wiped[JUMIN_MASTER_KEY];
    struct jumin_master_key *key = new_key(stage);
    uint8_t bytes[JUMIN_MASTER_KEY];
    const enum jumin_error error = jumin_master_key_open(key, passphrase, stage->tokens);
    if (error != JUMIN_OK) {
        expect_detail(key, why);
        assert_memory_equal(key->bytes, wiped, sizeof wiped);
        assert_int_equal(jumin_master_key_bytes(key, bytes), JUMIN_ERROR_ARGUMENT);
    }
    jumin_master_key_free(key);
    return error;
}

static void make(struct token_stage *stage, const char *passphrase)
{
    struct jumin_master_key *key = new_key(stage);
    assert_int_equal(jumin_master_key_make(key, passphrase), JUMIN_OK);
    jumin_master_key_free(key);
}

// Moves the key of the file, or has the token make it.
static struct jumin_master_key *move(struct token_stage *stage, const char *passphrase)
{
    struct jumin_master_key *key = new_key(stage);
    if (access(token_stage_path(stage, "master.key"), F_OK) == 0) {
        assert_int_equal(jumin_master_key_open(key, passphrase, NULL), JUMIN_OK);
    }
    if (jumin_master_key_move(key, stage->tokens, stage->uri, "issuer") != JUMIN_OK) {
        fail_msg("%s", jumin_master_key_detail(key));
    }
    return key;
}

// --- Files ---------------------------------------------------------------------------------------------------

static void test_plain_key_is_put_under_a_passphrase_and_stays_the_same(void **state)
{
    struct token_stage *stage = *state;
    struct scp03_keys before, after;
    struct jumin_master_key *key = new_key(stage);
    char text[FILE_MAX];
    make(stage, NULL);
    expect_kind(stage, JUMIN_MASTER_KEY_PLAIN);
    derive(stage, NULL, &before);
    assert_int_equal(jumin_master_key_open(key, NULL, NULL), JUMIN_OK);
    assert_int_equal(jumin_master_key_seal(key, "correct horse"), JUMIN_OK);
    jumin_master_key_free(key);
    expect_kind(stage, JUMIN_MASTER_KEY_SEALED);
    (void)read_file(stage, text);
    assert_memory_equal(text, "jumin-key 1 pbkdf2-sha256 600000 ", 33);
    derive(stage, "correct horse", &after);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(open_with(stage, "wrong horse", "wrong passphrase"), JUMIN_ERROR_INPUT);
    assert_int_equal(open_with(stage, "", "wrong passphrase"), JUMIN_ERROR_INPUT);
    assert_int_equal(open_with(stage, NULL, "passphrase is needed"), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(stage->questions, 0);
}

static void test_no_sealed_key_is_like_another(void **state)
{
    struct token_stage *stage = *state;
    char first[FILE_MAX], second[FILE_MAX];
    struct jumin_master_key *key = new_key(stage);
    assert_int_equal(jumin_master_key_make(key, "x"), JUMIN_OK);
    (void)read_file(stage, first);
    assert_int_equal(jumin_master_key_seal(key, "x"), JUMIN_OK);
    (void)read_file(stage, second);
    // Salt, nonce and ciphertext are all new.
    assert_memory_not_equal(first + 33, second + 33, 32);
    assert_memory_not_equal(first + 78, second + 78, 24);
    assert_memory_not_equal(first + 103, second + 103, 96);
    jumin_master_key_free(key);
}

static void test_every_changed_character_of_a_sealed_key_is_found(void **state)
{
    struct token_stage *stage = *state;
    char text[FILE_MAX];
    make(stage, "x");
    const size_t n = read_file(stage, text);
    assert_int_equal(n, 33 + 32 + 13 + 24 + 1 + 96 + 1);
    for (size_t i = 0; i + 1 < n; i++) {
        char changed[FILE_MAX];
        memcpy(changed, text, sizeof changed);
        changed[i] = changed[i] == '1' ? '2' : '1';
        token_stage_write(stage, "master.key", changed);
        assert_int_equal(open_with(stage, "x", "master.key"), JUMIN_ERROR_INPUT);
        memcpy(changed, text, sizeof changed);
        changed[i] = '\0';
        token_stage_write(stage, "master.key", changed);
        assert_int_equal(open_with(stage, "x", "master.key"), JUMIN_ERROR_INPUT);
    }
    text[n - 1] = '0';
    token_stage_write(stage, "master.key", text);
    assert_int_equal(open_with(stage, "x", "master.key"), JUMIN_ERROR_INPUT);
}

static void test_iterations_have_a_limit(void **state)
{
    static const char *const numbers[] = {"0", "6000001", "9999999", "10000000000", ""};
    struct token_stage *stage = *state;
    char text[FILE_MAX], changed[2 * FILE_MAX];
    make(stage, "x");
    (void)read_file(stage, text);
    token_stage_derivations = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        (void)snprintf(changed, sizeof changed, "%.26s%s%s", text, numbers[i], text + 32);
        token_stage_write(stage, "master.key", changed);
        assert_int_equal(open_with(stage, "x", "master.key"), JUMIN_ERROR_INPUT);
    }
    assert_int_equal(token_stage_derivations, 0);
    (void)snprintf(changed, sizeof changed, "%.26s6000000%s", text, text + 32);
    token_stage_write(stage, "master.key", changed);
    assert_int_equal(open_with(stage, "x", "master.key"), JUMIN_ERROR_INPUT);
    assert_int_equal(token_stage_derivations, 1);
}

static void test_key_is_made_once(void **state)
{
    struct token_stage *stage = *state;
    struct scp03_keys first, second;
    make(stage, "x");
    derive(stage, "x", &first);
    make(stage, "x");
    derive(stage, "x", &second);
    assert_memory_equal(&first, &second, sizeof first);
    struct jumin_master_key *key = new_key(stage);
    assert_int_equal(jumin_master_key_make(key, "y"), JUMIN_ERROR_INPUT);
    expect_detail(key, "wrong passphrase");
    jumin_master_key_free(key);
}

static void test_missing_file_is_told(void **state)
{
    struct token_stage *stage = *state;
    struct jumin_master_key *key = new_key(stage);
    enum jumin_master_key_kind kind = JUMIN_MASTER_KEY_PLAIN;
    assert_int_equal(jumin_master_key_look(key, &kind), JUMIN_OK);
    assert_int_equal(kind, JUMIN_MASTER_KEY_MISSING);
    assert_int_equal(jumin_master_key_seal(key, "x"), JUMIN_ERROR_ARGUMENT);
    jumin_master_key_free(key);
    assert_int_equal(open_with(stage, NULL, "cannot be read"), JUMIN_ERROR_FILE);
    token_stage_write(stage, "master.key", "something else");
    assert_int_equal(open_with(stage, NULL, "64 hexadecimal digits"), JUMIN_ERROR_INPUT);
}

// --- Tokens --------------------------------------------------------------------------------------------------

static void test_token_derives_what_the_key_did_before(void **state)
{
    struct token_stage *stage = *state;
    struct scp03_keys before, after;
    uint8_t bytes[JUMIN_MASTER_KEY];
    char text[FILE_MAX];
    make(stage, "x");
    derive(stage, "x", &before);
    struct jumin_master_key *key = move(stage, "x");
    assert_int_equal(jumin_master_key_bytes(key, bytes), JUMIN_ERROR_TOKEN);
    assert_int_equal(jumin_master_key_seal(key, "x"), JUMIN_ERROR_TOKEN);
    assert_int_equal(jumin_master_key_move(key, stage->tokens, stage->uri, "issuer"), JUMIN_ERROR_TOKEN);
    jumin_master_key_free(key);
    expect_kind(stage, JUMIN_MASTER_KEY_IN_TOKEN);
    (void)read_file(stage, text);
    assert_memory_equal(text, "pkcs11:", 7);
    assert_non_null(strstr(text, "object=jumin-issuer-"));
    assert_non_null(strstr(text, "\ncheck-value "));
    token_stage_restart(stage);
    derive(stage, NULL, &after);
    assert_memory_equal(&before, &after, sizeof before);
}

static void test_token_makes_a_key_that_nobody_has_seen(void **state)
{
    struct token_stage *stage = *state;
    struct scp03_keys first, second;
    jumin_master_key_free(move(stage, NULL));
    expect_kind(stage, JUMIN_MASTER_KEY_IN_TOKEN);
    derive(stage, NULL, &first);
    assert_int_equal(unlink(token_stage_path(stage, "master.key")), 0);
    jumin_master_key_free(move(stage, NULL));
    derive(stage, NULL, &second);
    assert_memory_not_equal(first.enc, second.enc, sizeof first.enc);
    assert_memory_not_equal(first.enc, first.mac, sizeof first.enc);
    assert_int_equal(first.length, 32);
}

static void test_another_key_of_the_same_name_is_refused(void **state)
{
    struct token_stage *stage = *state;
    char text[FILE_MAX], uri[2 * FILE_MAX];
    jumin_master_key_free(move(stage, NULL));
    (void)read_file(stage, text);
    char *value = strstr(text, "check-value ") + 12;
    *value = *value == '1' ? '2' : '1';
    token_stage_write(stage, "master.key", text);
    assert_int_equal(open_with(stage, NULL, "another key of this name"), JUMIN_ERROR_INPUT);
    *value = 'x';
    token_stage_write(stage, "master.key", text);
    assert_int_equal(open_with(stage, NULL, "check value"), JUMIN_ERROR_INPUT);
    strstr(text, "check-value ")[0] = '\0';
    token_stage_write(stage, "master.key", text);
    assert_int_equal(open_with(stage, NULL, "check value"), JUMIN_ERROR_INPUT);
    (void)snprintf(uri, sizeof uri,
                   "pkcs11:token=station;object=other?module-path=%s\ncheck-value 0011223344556677\n",
                   FAULTY_MODULE);
    token_stage_write(stage, "master.key", uri);
    assert_int_equal(open_with(stage, NULL, "no such key"), JUMIN_ERROR_TOKEN);
}

static void test_faulty_derivation_does_not_leave(void **state)
{
    static const struct scp03_keys nothing;
    struct token_stage *stage = *state;
    struct scp03_keys keys;
    struct detail detail;
    struct jumin_master_key *key = move(stage, NULL);
    for (unsigned at = 1; at <= 12; at++) { // two blocks for each of three keys, twice
        stage->faults->flip_signature = true;
        stage->faults->flip_at = at;
        assert_int_equal(master_key_diversify(key, card, &keys, &detail), JUMIN_ERROR_TOKEN);
        assert_non_null(strstr(detail.text, "other keys each time"));
        assert_memory_equal(&keys, &nothing, sizeof keys);
    }
    stage->faults->flip_signature = false;
    stage->faults->cut = 1;
    assert_int_equal(master_key_diversify(key, card, &keys, &detail), JUMIN_ERROR_TOKEN);
    assert_non_null(strstr(detail.text, "answers what it must not"));
    stage->faults->cut = 0;
    stage->faults->pulled = true;
    assert_int_equal(master_key_diversify(key, card, &keys, &detail), JUMIN_ERROR_TOKEN);
    assert_non_null(strstr(detail.text, "not there"));
    assert_memory_equal(&keys, &nothing, sizeof keys);
    jumin_master_key_free(key);
}

static void expect_not_moved(struct token_stage *stage, const char *why)
{
    struct jumin_master_key *key = new_key(stage);
    assert_int_equal(jumin_master_key_open(key, "x", NULL), JUMIN_OK);
    assert_int_equal(jumin_master_key_move(key, stage->tokens, stage->uri, "issuer"), JUMIN_ERROR_TOKEN);
    expect_detail(key, why);
    jumin_master_key_free(key);
    expect_kind(stage, JUMIN_MASTER_KEY_SEALED);
}

static void test_key_that_cannot_be_moved_stays_where_it_is(void **state)
{
    struct token_stage *stage = *state;
    make(stage, "x");
    stage->faults->extractable = true;
    expect_not_moved(stage, "can be extracted");
    assert_int_equal(stage->faults->destroyed, 1);
    stage->faults->extractable = false;
    stage->faults->flip_signature = true;
    expect_not_moved(stage, "computes something else");
    assert_int_equal(stage->faults->destroyed, 2);
    stage->faults->flip_signature = false;
    stage->faults->every_sign = CKR_MECHANISM_INVALID;
    expect_not_moved(stage, "token station: ");
    assert_int_equal(stage->faults->destroyed, 3);
}

// The file of a key that is there is not written over by one that the token makes.
static void test_key_that_was_not_opened_is_not_lost(void **state)
{
    struct token_stage *stage = *state;
    make(stage, "x");
    struct jumin_master_key *key = new_key(stage);
    assert_int_equal(jumin_master_key_move(key, stage->tokens, stage->uri, "issuer"), JUMIN_ERROR_FILE);
    jumin_master_key_free(key);
    expect_kind(stage, JUMIN_MASTER_KEY_SEALED);
    assert_int_equal(stage->faults->destroyed, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, token_stage_open, token_stage_close)
    const struct CMUnitTest tests[] = {
        TEST(test_plain_key_is_put_under_a_passphrase_and_stays_the_same),
        TEST(test_no_sealed_key_is_like_another),
        TEST(test_every_changed_character_of_a_sealed_key_is_found),
        TEST(test_iterations_have_a_limit),
        TEST(test_key_is_made_once),
        TEST(test_missing_file_is_told),
        TEST(test_token_derives_what_the_key_did_before),
        TEST(test_token_makes_a_key_that_nobody_has_seen),
        TEST(test_another_key_of_the_same_name_is_refused),
        TEST(test_faulty_derivation_does_not_leave),
        TEST(test_key_that_cannot_be_moved_stays_where_it_is),
        TEST(test_key_that_was_not_opened_is_not_lost),
    };
    return token_stage_possible() ? cmocka_run_group_tests(tests, NULL, NULL) : 77;
}
