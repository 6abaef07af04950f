// A verifier's head brought up to date by what a server says of its own, and what is looked up in proofs.
// SPDX-License-Identifier: Apache-2.0
#include "tests/database/stage.h"

#include "card/crypto/crypto.h"
#include "host/registry/check.h"
#include "host/registry/registry_routes.h"
#include "tests/unit/temporary_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NOW = 1796000000 };

static struct jumin_registry *registry;
static uint8_t key[JUMIN_REGISTRY_KEY];
static struct jumin_registry_refusal refusal;
static bool known_to_be_away;

static int open_registry(void **state)
{
    return stage_open(state) == 0 && jumin_registry_open(&registry, stage_url) == JUMIN_OK &&
                   jumin_registry_use_key(registry, temporary_path("registry.key"), "specimen", NULL, NULL,
                                          true) == JUMIN_OK &&
                   jumin_registry_key(registry, key) == JUMIN_OK
               ? 0
               : -1;
}

static int close_registry(void **state)
{
    jumin_registry_free(registry);
    (void)unlink(temporary_path("registry.key"));
    return stage_close(state);
}

static void add(enum jumin_registry_kind kind, const char *name)
{
    assert_int_equal(jumin_registry_add(registry, kind, name, (const uint8_t *)name, strlen(name), NOW, NULL),
                     JUMIN_OK);
}

static bool is_away(void *context)
{
    (void)context;
    return known_to_be_away;
}

// What the server answers; the caller's (free).
static char *ask(const char *path, const char *query, int64_t now, int status)
{
    struct registry_service service = {
        .registries = &registry, .count = 1, .is_away = is_away, .did_path = "/"};
    const struct http_routes tables = registry_routes(&service);
    struct http_response response = {0};
    const struct http_request request = {
        .method = "GET", .path = path, .query = span_of(query, strlen(query)), .now = now};
    struct http_request asked = request;
    (void)http_routes_call(&tables, 1, &asked, &response);
    assert_int_equal(response.status, status);
    char *text = strndup((const char *)response.body, response.n);
    http_response_release(&response);
    return text;
}

// Updates `*token` (free) by the answer to that query.
static enum jumin_error update(char **token, const char *query, int64_t now, struct jumin_registry_head *head)
{
    char *answer = ask("/registry/head", query, now, 200), *next = NULL;
    const enum jumin_error error =
        jumin_registry_head_update(answer, strlen(answer), key, *token, head, &next, &refusal);
    free(answer);
    if (error == JUMIN_OK) {
        free(*token);
        *token = next;
    } else {
        assert_null(next);
    }
    return error;
}

static void test_a_registry_that_is_known_to_be_away_is_not_asked(void **state)
{
    static const char *const paths[] = {
        "/registry/head", "/registry/entries/schema",
        "/registry/proof/32d2dd18d1a4ef15ea2d8a28f59ad9d8d3f6e9a0e3e0b0b1b8a8f8a8f8a8f8a8"};
    (void)state;
    known_to_be_away = true;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char *answer = ask(paths[i], "", NOW, 503);
        assert_non_null(strstr(answer, "the registry does not answer"));
        free(answer);
    }
    known_to_be_away = false;
    free(ask("/registry/head", "", NOW, 200));
}

static void test_a_log_of_a_later_version_is_refused_at_each_call(void **state)
{
    struct jumin_registry *other = NULL;
    struct jumin_registry_head head;
    uint64_t index = 0;
    char *token = NULL;
    (void)state;
    stage_run("INSERT INTO schema_version (version, name) VALUES (99, 'of later')");
    assert_int_equal(jumin_registry_open(&other, stage_url), JUMIN_ERROR_NOT_SUPPORTED);
    assert_false(jumin_registry_is_away(other));
    assert_int_equal(
        jumin_registry_use_key(other, temporary_path("registry.key"), "specimen", NULL, NULL, false),
        JUMIN_OK);
    assert_int_equal(jumin_registry_add(other, JUMIN_REGISTRY_SCHEMA, "x", (const uint8_t *)"", 0, NOW, NULL),
                     JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(jumin_registry_head(other, NOW, &token, &head), JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(jumin_registry_find(other, JUMIN_REGISTRY_SCHEMA, "x", &index),
                     JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(jumin_registry_audit(other, NULL), JUMIN_ERROR_NOT_SUPPORTED);
    jumin_registry_free(other);
}

static void test_a_head_is_brought_up_to_date(void **state)
{
    (void)state;
    struct jumin_registry_head head;
    char *token = NULL;
    add(JUMIN_REGISTRY_SCHEMA, "a");
    add(JUMIN_REGISTRY_SCHEMA, "b");
    assert_int_equal(update(&token, "", NOW, &head), JUMIN_OK); // the first one ever seen
    assert_int_equal(head.size, 2);
    assert_int_equal(update(&token, "known=2", NOW + 1000, &head), JUMIN_OK); // the same, signed later
    assert_int_equal(head.at, NOW + 1000);
    add(JUMIN_REGISTRY_SCHEMA, "c");
    assert_int_equal(update(&token, "", NOW + 1000, &head), JUMIN_ERROR_STATUS); // it does not say how
    assert_int_equal(update(&token, "known=1", NOW + 1000, &head), JUMIN_ERROR_STATUS);
    assert_int_equal(head.size, 2);
    assert_int_equal(update(&token, "known=2", NOW + 1000, &head), JUMIN_OK);
    assert_int_equal(head.size, 3);
    free(ask("/registry/head", "known=4", NOW, 404));
    free(ask("/registry/head", "known=x", NOW, 400));
    free(token);
}

static void test_of_two_heads_over_the_same_entries_the_younger_one_is_kept(void **state)
{
    (void)state;
    struct jumin_registry_head head;
    char *token = NULL, *old = NULL, *next = NULL;
    add(JUMIN_REGISTRY_SCHEMA, "a");
    old = ask("/registry/head", "", NOW, 200);
    assert_int_equal(update(&token, "", NOW + 1000, &head), JUMIN_OK);
    assert_int_equal(jumin_registry_head_update(old, strlen(old), key, token, &head, &next, &refusal),
                     JUMIN_OK);
    assert_string_equal(next, token);
    assert_int_equal(head.at, NOW + 1000);
    free(old);
    free(next);
    free(token);
}

static void test_a_head_that_shrank_or_forked_is_refused_with_both(void **state)
{
    (void)state;
    struct jumin_registry_head head;
    char *token = NULL;
    add(JUMIN_REGISTRY_SCHEMA, "a");
    add(JUMIN_REGISTRY_SCHEMA, "b");
    assert_int_equal(update(&token, "", NOW, &head), JUMIN_OK);
    stage_run("DELETE FROM registry_entry");
    stage_run("DELETE FROM registry_node");
    stage_run("DELETE FROM registry_head");
    stage_run("UPDATE registry_size SET size = 0");
    add(JUMIN_REGISTRY_SCHEMA, "x");
    assert_int_equal(update(&token, "", NOW, &head), JUMIN_ERROR_STATUS);
    assert_non_null(strstr(refusal.text, "1 entries, root "));
    assert_non_null(strstr(refusal.text, "is older than the head that was kept (2 entries, root "));
    add(JUMIN_REGISTRY_SCHEMA, "y");
    assert_int_equal(update(&token, "known=2", NOW, &head), JUMIN_ERROR_HASH);
    add(JUMIN_REGISTRY_SCHEMA, "z");
    assert_int_equal(update(&token, "known=2", NOW, &head), JUMIN_ERROR_HASH);
    assert_non_null(strstr(refusal.text, "rewritten: its head (3 entries, root "));
    assert_non_null(strstr(refusal.text, "the one that was kept (2 entries, root "));
    assert_int_equal(head.size, 2);
    free(token);
}

static void test_answers_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"size\":1}",
        "{\"size\":-1,\"head\":\"a.b.c\"}",
        "{\"size\":1,\"head\":\"a.b.c\"}",
        "{\"size\":1,\"head\":\"a.b.c\",\"from\":1}",
        "{\"size\":1,\"head\":\"a.b.c\",\"more\":1}",
    };
    struct jumin_registry_head head;
    char *token = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(
            jumin_registry_head_update(bad[i], strlen(bad[i]), key, NULL, &head, &token, &refusal),
            JUMIN_ERROR_MALFORMED);
        assert_true(refusal.text[0] != '\0');
    }
    add(JUMIN_REGISTRY_SCHEMA, "a");
    char *answer = ask("/registry/head", "", NOW, 200);
    uint8_t other[JUMIN_REGISTRY_KEY];
    memcpy(other, key, sizeof other);
    other[64] ^= 1;
    assert_int_equal(jumin_registry_head_update(answer, strlen(answer), other, NULL, &head, &token, &refusal),
                     JUMIN_ERROR_SIGNATURE);
    assert_int_equal(
        jumin_registry_head_update(answer, strlen(answer), key, "a.b.c", &head, &token, &refusal),
        JUMIN_ERROR_MALFORMED);
    assert_null(token);
    free(answer);
}

static void test_the_server_names_what_it_holds_but_not_its_lists(void **state)
{
    (void)state;
    char digest[JUMIN_REGISTRY_DIGEST];
    add(JUMIN_REGISTRY_CERTIFICATE, "a");
    add(JUMIN_REGISTRY_SCHEMA, "b");
    add(JUMIN_REGISTRY_CERTIFICATE, "c");
    char *text = ask("/registry/entries/certificate", "", NOW, 200);
    json_t *answer = json_loads(text, 0, NULL);
    const json_t *entries = json_object_get(answer, "entries"), *last = json_array_get(entries, 1);
    assert_int_equal(json_array_size(entries), 2);
    assert_int_equal(json_integer_value(json_object_get(last, "index")), 2);
    assert_string_equal(json_string_value(json_object_get(last, "name")), "c");
    assert_int_equal(jumin_registry_digest((const uint8_t *)"c", 1, digest), JUMIN_OK);
    assert_string_equal(json_string_value(json_object_get(last, "sha256")), digest);
    json_decref(answer);
    free(text);
    free(ask("/registry/entries/status-list", "", NOW, 404));
    free(ask("/registry/entries/person", "", NOW, 404));
}

static void test_a_status_list_is_found_by_its_address_and_digest(void **state)
{
    (void)state;
    const struct jumin_registry_entry entries[] = {
        {.index = 4, .kind = JUMIN_REGISTRY_STATUS_LIST, .name = "https://a.example/1", .digest = {1}},
        {.index = 5, .kind = JUMIN_REGISTRY_SCHEMA, .name = "https://a.example/2", .digest = {2}},
        {.index = 6, .kind = JUMIN_REGISTRY_STATUS_LIST, .name = "https://a.example/1", .digest = {3}},
    };
    static const struct {
        const char *uri;
        uint8_t digest;
        enum jumin_error error;
        uint64_t index;
    } looks[] = {
        {"https://a.example/1", 1, JUMIN_OK, 4},          {"https://a.example/1", 3, JUMIN_OK, 6},
        {"https://a.example/1", 2, JUMIN_ERROR_HASH, 99}, {"https://a.example/2", 2, JUMIN_ERROR_HASH, 99},
        {"https://a.example/3", 1, JUMIN_ERROR_HASH, 99},
    };
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        const uint8_t digest[JUMIN_REGISTRY_HASH] = {looks[i].digest};
        uint64_t index = 99;
        assert_int_equal(registry_check_status_list(entries, 3, looks[i].uri, digest, &index),
                         looks[i].error);
        assert_int_equal(index, looks[i].index);
    }
}

#define UPDATE_TEST(test) cmocka_unit_test_setup_teardown(test, open_registry, close_registry)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UPDATE_TEST(test_a_registry_that_is_known_to_be_away_is_not_asked),
        UPDATE_TEST(test_a_log_of_a_later_version_is_refused_at_each_call),
        UPDATE_TEST(test_a_head_is_brought_up_to_date),
        UPDATE_TEST(test_of_two_heads_over_the_same_entries_the_younger_one_is_kept),
        UPDATE_TEST(test_a_head_that_shrank_or_forked_is_refused_with_both),
        UPDATE_TEST(test_answers_that_are_none_are_refused),
        UPDATE_TEST(test_the_server_names_what_it_holds_but_not_its_lists),
        cmocka_unit_test(test_a_status_list_is_found_by_its_address_and_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
