// The last signed head outside the registry's database: a database that was rolled back or replaced is
// noticed. And the signatures of the heads within.
// SPDX-License-Identifier: Apache-2.0
#include "tests/database/stage.h"

#include "card/crypto/crypto.h"
#include "host/file.h"
#include "host/registry/handle.h"
#include "tests/unit/temporary_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NOW = 1796000000 };

static struct jumin_registry *registry;

static struct jumin_registry *open_one(const char *key_name)
{
    struct jumin_registry *opened = NULL;
    assert_int_equal(jumin_registry_open(&opened, stage_url), JUMIN_OK);
    assert_int_equal(
        jumin_registry_use_key(opened, temporary_path("%s", key_name), "specimen", NULL, NULL, true),
        JUMIN_OK);
    assert_int_equal(jumin_registry_keep_head(opened, temporary_path("registry.head")), JUMIN_OK);
    return opened;
}

static int open_kept(void **state)
{
    if (stage_open(state) != 0) {
        return -1;
    }
    registry = open_one("registry.key");
    return 0;
}

static int close_kept(void **state)
{
    jumin_registry_free(registry);
    registry = NULL;
    (void)unlink(temporary_path("registry.key"));
    (void)unlink(temporary_path("another.key"));
    (void)unlink(temporary_path("registry.head"));
    return stage_close(state);
}

static enum jumin_error add(const char *name)
{
    return jumin_registry_add(registry, JUMIN_REGISTRY_SCHEMA, name, (const uint8_t *)name, strlen(name), NOW,
                              NULL);
}

static enum jumin_error sign(int64_t now)
{
    struct jumin_registry_head head;
    char *token = NULL;
    const enum jumin_error error = jumin_registry_head(registry, now, &token, &head);
    free(token);
    return error;
}

static struct jumin_registry_head kept_head(void)
{
    struct jumin_registry_head head;
    uint8_t key[JUMIN_REGISTRY_KEY];
    char text[REGISTRY_HEAD_MAX] = "";
    size_t n = 0;
    assert_int_equal(disk_read(temporary_path("registry.head"), (uint8_t *)text, sizeof text - 1, &n),
                     JUMIN_OK);
    assert_int_equal(jumin_registry_key(registry, key), JUMIN_OK);
    assert_int_equal(jumin_registry_head_check(text, key, &head, NULL), JUMIN_OK);
    return head;
}

// The database as a backup of another time has it.
static void empty_the_database(void)
{
    stage_run("DELETE FROM registry_entry");
    stage_run("DELETE FROM registry_node");
    stage_run("DELETE FROM registry_head");
    stage_run("UPDATE registry_size SET size = 0");
}

static void test_a_head_is_in_the_file_when_it_is_seen(void **state)
{
    (void)state;
    assert_int_equal(add("a"), JUMIN_OK);
    assert_int_equal(access(temporary_path("registry.head"), F_OK), -1);
    assert_int_equal(sign(NOW), JUMIN_OK);
    assert_int_equal(kept_head().size, 1);
    assert_int_equal(add("b"), JUMIN_OK);
    char *json = NULL;
    assert_int_equal(jumin_registry_proof(registry, 0, 0, NOW + 1, &json), JUMIN_OK);
    free(json);
    assert_int_equal(kept_head().size, 2);
    // One that serves again, too, where the file was lost.
    assert_int_equal(unlink(temporary_path("registry.head")), 0);
    assert_int_equal(jumin_registry_proof(registry, 0, 0, NOW + 2, &json), JUMIN_OK);
    free(json);
    assert_int_equal(kept_head().at, NOW + 1);
}

static void test_the_file_never_goes_back(void **state)
{
    (void)state;
    assert_int_equal(add("a"), JUMIN_OK);
    assert_int_equal(sign(NOW + 100), JUMIN_OK);
    assert_int_equal(sign(NOW), JUMIN_OK); // a clock that went back
    assert_int_equal(kept_head().at, NOW + 100);
    assert_int_equal(sign(NOW + 101), JUMIN_OK);
    assert_int_equal(kept_head().at, NOW + 101);
}

// Another server records and signs while this one's signature is being made.
static bool (*sign_well)(void *context, const uint8_t digest[SIGNER_DIGEST],
                         uint8_t signature[SIGNER_SIGNATURE]);

static bool sign_late(void *context, const uint8_t digest[SIGNER_DIGEST], uint8_t signature[SIGNER_SIGNATURE])
{
    struct jumin_registry *own = registry;
    registry = open_one("registry.key");
    assert_int_equal(add("b"), JUMIN_OK);
    assert_int_equal(sign(NOW), JUMIN_OK);
    jumin_registry_free(registry);
    registry = own;
    return sign_well(context, digest, signature);
}

static void test_a_later_head_of_another_server_stays_in_the_file(void **state)
{
    (void)state;
    assert_int_equal(add("a"), JUMIN_OK);
    sign_well = registry->signer.sign;
    registry->signer.sign = sign_late;
    assert_int_equal(sign(NOW + 100), JUMIN_OK);
    assert_int_equal(kept_head().size, 2);
}

static void test_a_database_that_was_rolled_back_gets_no_entry_and_no_head(void **state)
{
    (void)state;
    assert_int_equal(add("a"), JUMIN_OK);
    assert_int_equal(add("b"), JUMIN_OK);
    assert_int_equal(sign(NOW), JUMIN_OK);
    empty_the_database();
    assert_int_equal(add("c"), JUMIN_ERROR_HASH);
    assert_non_null(strstr(jumin_registry_detail(registry), "has 0 entries, and has signed that they are 2"));
    assert_non_null(strstr(jumin_registry_detail(registry), "registry.head"));
    assert_int_equal(stage_integer("SELECT count(*) FROM registry_entry"), 0);
    assert_int_equal(sign(NOW), JUMIN_ERROR_HASH);
    assert_int_equal(jumin_registry_audit(registry, NULL), JUMIN_ERROR_HASH);
    // Whoever opens it next is told, too; with or without the key.
    jumin_registry_free(registry);
    registry = open_one("registry.key");
    assert_int_equal(add("c"), JUMIN_ERROR_HASH);
    jumin_registry_free(registry);
    assert_int_equal(jumin_registry_open(&registry, stage_url), JUMIN_OK);
    assert_int_equal(jumin_registry_keep_head(registry, temporary_path("registry.head")), JUMIN_OK);
    assert_int_equal(add("c"), JUMIN_ERROR_HASH);
}

static void test_a_database_that_was_replaced_gets_no_entry_and_no_head(void **state)
{
    (void)state;
    struct jumin_registry *other = NULL;
    assert_int_equal(add("a"), JUMIN_OK);
    assert_int_equal(sign(NOW), JUMIN_OK);
    empty_the_database();
    assert_int_equal(jumin_registry_open(&other, stage_url), JUMIN_OK); // who knows nothing of the file
    for (int i = 0; i < 3; i++) {
        const char name[] = {(char)('x' + i), '\0'};
        assert_int_equal(
            jumin_registry_add(other, JUMIN_REGISTRY_SCHEMA, name, (const uint8_t *)"", 0, NOW, NULL),
            JUMIN_OK);
    }
    jumin_registry_free(other);
    assert_int_equal(add("c"), JUMIN_ERROR_HASH);
    assert_non_null(strstr(jumin_registry_detail(registry), "are not those that were signed"));
    assert_int_equal(sign(NOW), JUMIN_ERROR_HASH);
    assert_int_equal(jumin_registry_audit(registry, NULL), JUMIN_ERROR_HASH);
    assert_int_equal(unlink(temporary_path("registry.head")), 0);
    assert_int_equal(sign(NOW), JUMIN_OK); // knowingly
    assert_int_equal(jumin_registry_audit(registry, NULL), JUMIN_OK);
}

static void test_a_file_that_is_no_head_of_this_registry_is_refused(void **state)
{
    (void)state;
    const char *path = temporary_path("registry.head");
    assert_int_equal(add("a"), JUMIN_OK);
    assert_int_equal(sign(NOW), JUMIN_OK);
    jumin_registry_free(registry);
    registry = open_one("another.key");
    assert_int_equal(add("b"), JUMIN_ERROR_HASH);
    assert_int_equal(disk_write(path, 0644, span_of("x", 1)), JUMIN_OK);
    assert_int_equal(add("b"), JUMIN_ERROR_HASH);
    assert_int_equal(disk_write(path, 0644, span_of("", 0)), JUMIN_OK);
    assert_int_equal(add("b"), JUMIN_ERROR_HASH);
    assert_int_equal(stage_integer("SELECT count(*) FROM registry_entry"), 1);
}

static void test_a_head_that_cannot_be_kept_is_not_given(void **state)
{
    (void)state;
    assert_int_equal(add("a"), JUMIN_OK);
    assert_int_equal(jumin_registry_keep_head(registry, temporary_path("no/folder")), JUMIN_OK);
    assert_int_equal(sign(NOW), JUMIN_ERROR_FILE);
    assert_int_equal(stage_integer("SELECT count(*) FROM registry_head"), 0);
}

// --- The audit -----------------------------------------------------------------------------------------------

static void test_the_audit_checks_the_heads_signatures(void **state)
{
    (void)state;
    uint8_t key[JUMIN_REGISTRY_KEY];
    assert_int_equal(add("a"), JUMIN_OK);
    assert_int_equal(sign(NOW), JUMIN_OK);
    assert_int_equal(add("b"), JUMIN_OK);
    assert_int_equal(sign(NOW + 1), JUMIN_OK);
    static const char *const changes[] = {
        "UPDATE registry_head SET token = '' WHERE size = 1",
        "UPDATE registry_head SET token = substr(token, 1, length(token) - 4) || 'AAAA' WHERE size = 1",
        "UPDATE registry_head SET token = (SELECT token FROM registry_head WHERE size = 2) WHERE size = 1",
        "UPDATE registry_head SET at = 1796000009 WHERE size = 1",
        "UPDATE registry_head SET size = 3 WHERE size = 2",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct detail detail = {""};
        assert_int_equal(database_begin(stage), JUMIN_OK);
        stage_run(changes[i]);
        const enum jumin_error error = registry_log_audit(
            stage, span_of(registry->signer.point, sizeof registry->signer.point), &detail);
        if (error != JUMIN_ERROR_HASH) {
            print_error("%s\n", changes[i]);
        }
        assert_int_equal(error, JUMIN_ERROR_HASH);
        database_rollback(stage);
    }
    // By the public key alone, and not by another one's.
    assert_int_equal(jumin_registry_key(registry, key), JUMIN_OK);
    jumin_registry_free(registry);
    assert_int_equal(jumin_registry_open(&registry, stage_url), JUMIN_OK);
    assert_int_equal(jumin_registry_audit(registry, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_registry_audit(registry, key), JUMIN_OK);
    jumin_registry_free(registry);
    registry = open_one("another.key");
    assert_int_equal(jumin_registry_audit(registry, NULL), JUMIN_ERROR_HASH);
}

#define KEPT_TEST(test) cmocka_unit_test_setup_teardown(test, open_kept, close_kept)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEPT_TEST(test_a_head_is_in_the_file_when_it_is_seen),
        KEPT_TEST(test_the_file_never_goes_back),
        KEPT_TEST(test_a_later_head_of_another_server_stays_in_the_file),
        KEPT_TEST(test_a_database_that_was_rolled_back_gets_no_entry_and_no_head),
        KEPT_TEST(test_a_database_that_was_replaced_gets_no_entry_and_no_head),
        KEPT_TEST(test_a_file_that_is_no_head_of_this_registry_is_refused),
        KEPT_TEST(test_a_head_that_cannot_be_kept_is_not_given),
        KEPT_TEST(test_the_audit_checks_the_heads_signatures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
