// The registry's log: what is recorded stays, in its order, and is proven; what was changed shows.
// SPDX-License-Identifier: Apache-2.0
#include "tests/database/stage.h"

#include "card/crypto/crypto.h"
#include "host/file.h"
#include "host/pki/private_key.h"
#include "host/registry/log.h"
#include "host/registry/registry_routes.h"
#include "tests/unit/temporary_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NOW = 1796000000, WORKERS = 4, TURNS = 12 };

static struct detail detail;
static struct jumin_registry *registry;
static uint8_t key[JUMIN_REGISTRY_KEY];

static int open_registry(void **state)
{
    if (stage_open(state) != 0 || jumin_registry_open(&registry, stage_url) != JUMIN_OK) {
        return -1;
    }
    const enum jumin_error error =
        jumin_registry_use_key(registry, temporary_path("registry.key"), "specimen", NULL, NULL, true);
    return error == JUMIN_OK && jumin_registry_key(registry, key) == JUMIN_OK ? 0 : -1;
}

static int close_registry(void **state)
{
    jumin_registry_free(registry);
    registry = NULL;
    (void)unlink(temporary_path("registry.key"));
    return stage_close(state);
}

static uint64_t add(enum jumin_registry_kind kind, const char *name, const char *content)
{
    uint64_t index = UINT64_MAX;
    assert_int_equal(
        jumin_registry_add(registry, kind, name, (const uint8_t *)content, strlen(content), NOW, &index),
        JUMIN_OK);
    return index;
}

static void add_many(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char name[40];
        (void)snprintf(name, sizeof name, "https://status.example/%u", i);
        assert_int_equal(add(JUMIN_REGISTRY_STATUS_LIST, name, "a list"), i);
    }
}

static struct jumin_registry_head head_of(char **token)
{
    struct jumin_registry_head head;
    char *made = NULL;
    assert_int_equal(jumin_registry_head(registry, NOW, &made, &head), JUMIN_OK);
    if (token != NULL) {
        *token = made;
    } else {
        free(made);
    }
    return head;
}

// --- Recording -----------------------------------------------------------------------------------------------

static void test_entries_stand_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    assert_int_equal(add(JUMIN_REGISTRY_CERTIFICATE, "IACA", "certificate"), 0);
    assert_int_equal(add(JUMIN_REGISTRY_SCHEMA, "IACA", "schema"), 1); // of another kind, another thing
    assert_int_equal(add(JUMIN_REGISTRY_CERTIFICATE, "IACA", "next"), 2);
    uint64_t index = 9;
    assert_int_equal(jumin_registry_find(registry, JUMIN_REGISTRY_CERTIFICATE, "IACA", &index), JUMIN_OK);
    assert_int_equal(index, 2);
    assert_int_equal(jumin_registry_find_content(registry, (const uint8_t *)"schema", 6, &index), JUMIN_OK);
    assert_int_equal(index, 1);
    assert_int_equal(jumin_registry_find(registry, JUMIN_REGISTRY_DID_DOCUMENT, "IACA", &index),
                     JUMIN_ERROR_INPUT);
}

static void test_the_same_is_recorded_once_until_it_changes(void **state)
{
    (void)state;
    assert_int_equal(add(JUMIN_REGISTRY_DID_DOCUMENT, "did:web:a.example", "one"), 0);
    assert_int_equal(add(JUMIN_REGISTRY_DID_DOCUMENT, "did:web:a.example", "one"), 0);
    assert_int_equal(add(JUMIN_REGISTRY_DID_DOCUMENT, "did:web:b.example", "one"), 1);
    assert_int_equal(add(JUMIN_REGISTRY_DID_DOCUMENT, "did:web:a.example", "two"), 2);
    assert_int_equal(add(JUMIN_REGISTRY_DID_DOCUMENT, "did:web:a.example", "one"), 3);
    assert_int_equal(head_of(NULL).size, 4);
}

static bool note_content(void *context, const struct jumin_registry_entry *entry, const uint8_t *content,
                         size_t n)
{
    char *text = context;
    char *end = text + strlen(text);
    (void)snprintf(end, 500, "%d %s %s %.*s;", (int)entry->index, jumin_registry_kind_name(entry->kind),
                   entry->name, content != NULL ? (int)n : 1, content != NULL ? (const char *)content : "-");
    return entry->index < 2;
}

static void test_the_list_has_the_content_but_of_status_lists(void **state)
{
    (void)state;
    char text[1000] = "";
    (void)add(JUMIN_REGISTRY_SCHEMA, "zero", "0");
    (void)add(JUMIN_REGISTRY_CERTIFICATE, "one", "der");
    (void)add(JUMIN_REGISTRY_STATUS_LIST, "two", "secret of many");
    (void)add(JUMIN_REGISTRY_SCHEMA, "three", "3");
    assert_int_equal(jumin_registry_list(registry, 1, note_content, text), JUMIN_OK);
    assert_string_equal(text, "1 certificate one der;2 status-list two -;");
    assert_int_equal(stage_integer("SELECT count(*) FROM registry_entry WHERE content IS NULL"), 1);
}

static void test_names_are_lines_of_text(void **state)
{
    (void)state;
    char name[JUMIN_REGISTRY_NAME + 1];
    memset(name, 'a', sizeof name);
    name[JUMIN_REGISTRY_NAME] = '\0';
    const char *const bad[] = {"", "two\nlines", "\x7f", "\xc3(", name};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const uint8_t content = 1;
        assert_int_equal(jumin_registry_add(registry, JUMIN_REGISTRY_SCHEMA, bad[i], &content, 1, NOW, NULL),
                         JUMIN_ERROR_ARGUMENT);
    }
    assert_int_equal(add(JUMIN_REGISTRY_SCHEMA, name + 1, "the longest"), 0);
    assert_int_equal(head_of(NULL).size, 1);
}

// --- Crash safety and many at once ---------------------------------------------------------------------------

static void test_many_are_recorded_together_or_none(void **state)
{
    (void)state;
    const struct span content = span_of("x", 1);
    const struct registry_item items[] = {{.kind = JUMIN_REGISTRY_SCHEMA, .name = "a", .content = content},
                                          {.kind = JUMIN_REGISTRY_SCHEMA, .name = "b", .content = content},
                                          {.kind = JUMIN_REGISTRY_SCHEMA, .name = "a", .content = content}};
    uint64_t indexes[3];
    assert_int_equal(registry_log_record(stage, items, 3, NOW, indexes, &detail), JUMIN_OK);
    assert_int_equal(indexes[1], 1);
    assert_int_equal(indexes[2], 0);
    stage_run("DELETE FROM registry_node WHERE level = 1"); // the next but one cannot be made
    const struct registry_item more[] = {{.kind = JUMIN_REGISTRY_SCHEMA, .name = "c", .content = content},
                                         {.kind = JUMIN_REGISTRY_SCHEMA, .name = "d", .content = content}};
    assert_int_equal(registry_log_record(stage, more, 2, NOW, indexes, &detail), JUMIN_ERROR_HASH);
    assert_int_equal(stage_integer("SELECT size FROM registry_size"), 2);
    assert_int_equal(stage_integer("SELECT count(*) FROM registry_entry"), 2);
}

static void append_or_end(struct database *database)
{
    struct detail why;
    for (int i = 0; i < TURNS; i++) {
        char name[40];
        uint64_t index = 0;
        (void)snprintf(name, sizeof name, "%d/%d", (int)getpid(), i);
        const struct registry_item item = {
            .kind = JUMIN_REGISTRY_SCHEMA, .name = name, .content = span_of(name, strlen(name))};
        if (registry_log_record(database, &item, 1, NOW, &index, &why) != JUMIN_OK) {
            _exit(1);
        }
    }
}

static void test_several_record_at_once_without_gap(void **state)
{
    (void)state;
    int workers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = stage_fork(append_or_end);
    }
    for (int i = 0; i < WORKERS; i++) {
        stage_wait(workers[i]);
    }
    assert_int_equal(head_of(NULL).size, WORKERS * TURNS);
    assert_int_equal(jumin_registry_audit(registry, NULL), JUMIN_OK);
}

// As a program that is killed between an entry and its node.
static void die_in_the_middle(struct database *database)
{
    if (database_begin(database) != JUMIN_OK ||
        database_run(database, "UPDATE registry_size SET size = size + 1", NULL, 0, NULL) != JUMIN_OK ||
        database_run(
            database,
            "INSERT INTO registry_entry SELECT 1, kind, name, digest, entry, content FROM registry_entry",
            NULL, 0, NULL) != JUMIN_OK) {
        _exit(1);
    }
}

static void test_who_dies_in_the_middle_has_recorded_nothing(void **state)
{
    (void)state;
    (void)add(JUMIN_REGISTRY_SCHEMA, "a", "one");
    stage_wait(stage_fork(die_in_the_middle));
    assert_int_equal(head_of(NULL).size, 1);
    assert_int_equal(add(JUMIN_REGISTRY_SCHEMA, "a", "two"), 1);
    assert_int_equal(jumin_registry_audit(registry, NULL), JUMIN_OK);
}

static void test_an_entry_goes_behind_all_others_only(void **state)
{
    (void)state;
    const struct registry log = registry_log(stage);
    uint8_t bytes[REGISTRY_ENTRY_MAX];
    struct writer entry = writer_of(bytes, sizeof bytes);
    const struct jumin_registry_entry said = {.kind = JUMIN_REGISTRY_SCHEMA, .name = "n", .at = NOW};
    registry_entry_put(&entry, &said);
    assert_int_equal(log.append(log.context, 1, writer_span(&entry), &detail), JUMIN_ERROR_CONFLICT);
    assert_int_equal(log.append(log.context, 0, writer_span(&entry), &detail), JUMIN_OK);
    assert_int_equal(log.append(log.context, 0, writer_span(&entry), &detail), JUMIN_ERROR_CONFLICT);
    assert_int_equal(log.append(log.context, 1, span_of(bytes, 3), &detail), JUMIN_ERROR_INPUT);
    assert_int_equal(head_of(NULL).size, 1);
}

static void test_a_server_that_went_away_is_asked_anew(void **state)
{
    (void)state;
    if (!stage_is_server()) {
        skip();
    }
    (void)add(JUMIN_REGISTRY_SCHEMA, "a", "one");
    stage_control("stop");
    stage_control("start");
    assert_int_equal(add(JUMIN_REGISTRY_SCHEMA, "a", "one"), 0);
    assert_int_equal(add(JUMIN_REGISTRY_SCHEMA, "a", "two"), 1);
    // By those, too, that only read and sign.
    struct jumin_registry_head head;
    char *text = NULL;
    uint64_t index = 0;
    stage_control("stop");
    assert_int_equal(jumin_registry_head(registry, NOW, &text, &head), JUMIN_ERROR_DATABASE);
    stage_control("start");
    assert_int_equal(jumin_registry_head(registry, NOW, &text, &head), JUMIN_OK);
    free(text);
    stage_control("stop");
    stage_control("start");
    assert_int_equal(jumin_registry_proof(registry, 0, 0, NOW, &text), JUMIN_OK);
    free(text);
    stage_control("stop");
    stage_control("start");
    assert_int_equal(jumin_registry_find_content(registry, (const uint8_t *)"one", 3, &index), JUMIN_OK);
    stage_control("stop");
    stage_control("start");
    assert_int_equal(jumin_registry_keep_head(registry, temporary_path("registry.head")), JUMIN_OK);
    assert_int_equal(jumin_registry_head(registry, NOW, &text, &head), JUMIN_OK);
    free(text);
    stage_control("stop");
    stage_control("start");
    assert_int_equal(add(JUMIN_REGISTRY_SCHEMA, "a", "three"), 2);
    (void)unlink(temporary_path("registry.head"));
    database_close(stage);
    stage = stage_connect();
}

// --- What was changed shows ----------------------------------------------------------------------------------

static void test_every_change_of_the_log_shows(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE registry_entry SET name = 'other' WHERE position = 2",
        "UPDATE registry_entry SET kind = 2 WHERE position = 2",
        "UPDATE registry_entry SET digest = entry WHERE position = 2",
        "UPDATE registry_entry SET content = digest WHERE position = 0",
        "UPDATE registry_entry SET entry = (SELECT entry FROM registry_entry WHERE position = 1),"
        " name = (SELECT name FROM registry_entry WHERE position = 1) WHERE position = 2",
        "UPDATE registry_node SET hash = (SELECT hash FROM registry_node WHERE level = 0 AND position = 0)"
        " WHERE level = 1 AND position = 0",
        "DELETE FROM registry_node WHERE level = 2",
        "DELETE FROM registry_entry WHERE position = 4",
        "DELETE FROM registry_entry WHERE position = 1",
        "UPDATE registry_head SET root = (SELECT hash FROM registry_node WHERE level = 0 AND position = 0)",
    };
    (void)add(JUMIN_REGISTRY_SCHEMA, "https://status.example/0", "kept");
    for (unsigned i = 1; i < 5; i++) {
        char name[40];
        (void)snprintf(name, sizeof name, "https://status.example/%u", i);
        (void)add(JUMIN_REGISTRY_STATUS_LIST, name, "a list");
    }
    (void)head_of(NULL);
    assert_int_equal(jumin_registry_audit(registry, NULL), JUMIN_OK);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        assert_int_equal(database_begin(stage), JUMIN_OK);
        stage_run(changes[i]);
        assert_int_equal(registry_log_audit(stage, span_of(key, sizeof key), &detail), JUMIN_ERROR_HASH);
        database_rollback(stage);
    }
    assert_int_equal(registry_log_audit(stage, span_of(key, sizeof key), &detail), JUMIN_OK);
}

static void test_a_log_that_lost_entries_signs_nothing(void **state)
{
    (void)state;
    struct jumin_registry_head head;
    char *token = NULL;
    add_many(5);
    (void)head_of(NULL);
    stage_run("DELETE FROM registry_entry WHERE position = 4");
    stage_run("DELETE FROM registry_node WHERE position = 4 AND level = 0");
    stage_run("UPDATE registry_size SET size = 4");
    assert_int_equal(jumin_registry_head(registry, NOW, &token, &head), JUMIN_ERROR_HASH);
    // and not either when others stand in their place
    assert_int_equal(add(JUMIN_REGISTRY_SCHEMA, "other", "x"), 4);
    assert_int_equal(jumin_registry_head(registry, NOW, &token, &head), JUMIN_ERROR_HASH);
    assert_int_equal(add(JUMIN_REGISTRY_SCHEMA, "more", "x"), 5);
    assert_int_equal(jumin_registry_head(registry, NOW, &token, &head), JUMIN_ERROR_HASH);
    assert_null(token);
}

// --- Heads and proofs ----------------------------------------------------------------------------------------

static void test_an_empty_registry_has_a_head(void **state)
{
    (void)state;
    char *token = NULL;
    struct jumin_registry_head head = head_of(&token), checked;
    assert_int_equal(jumin_registry_head_check(token, key, &checked, NULL), JUMIN_OK);
    assert_int_equal(checked.size, 0);
    assert_int_equal(checked.at, NOW);
    assert_span_hex(span_of(head.root, sizeof head.root),
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    free(token);
}

static enum jumin_error check(const char *json, const char *known, const char *content, char **token)
{
    struct jumin_registry_entry entry;
    struct jumin_registry_head head;
    return jumin_registry_proof_check(json, strlen(json), key, known, (const uint8_t *)content,
                                      content != NULL ? strlen(content) : 0, &entry, &head, token, NULL);
}

static void test_each_entry_is_proven_from_each_head_that_was_kept(void **state)
{
    (void)state;
    char *heads[9] = {NULL};
    for (unsigned i = 0; i < 9; i++) {
        (void)head_of(&heads[i]);
        char name[8];
        (void)snprintf(name, sizeof name, "%u", i);
        (void)add(JUMIN_REGISTRY_SCHEMA, name, name);
    }
    for (unsigned index = 0; index < 9; index++) {
        for (unsigned known = 0; known < 9; known++) {
            char *json = NULL;
            char content[8];
            (void)snprintf(content, sizeof content, "%u", index);
            assert_int_equal(jumin_registry_proof(registry, index, known, NOW, &json), JUMIN_OK);
            assert_int_equal(check(json, heads[known], content, NULL), JUMIN_OK);
            assert_int_equal(check(json, heads[known], "other", NULL), JUMIN_ERROR_HASH);
            // It reaches from that head only, and from none.
            assert_int_equal(check(json, heads[known > 0 ? known - 1 : 3], content, NULL),
                             known == 1 ? JUMIN_OK : JUMIN_ERROR_STATUS);
            free(json);
        }
    }
    for (unsigned i = 0; i < 9; i++) {
        free(heads[i]);
    }
}

static void test_a_proof_gives_the_head_that_is_to_be_kept(void **state)
{
    (void)state;
    char *json = NULL, *token = NULL, *later = NULL;
    add_many(3);
    assert_int_equal(jumin_registry_proof(registry, 1, 0, NOW, &json), JUMIN_OK);
    assert_int_equal(check(json, NULL, "a list", &token), JUMIN_OK);
    assert_int_equal(check(json, token, "a list", NULL), JUMIN_OK); // the same again
    (void)add(JUMIN_REGISTRY_SCHEMA, "next", "x");
    (void)head_of(&later);
    assert_int_equal(check(json, later, "a list", NULL), JUMIN_ERROR_STATUS); // older than what is known
    free(json);
    assert_int_equal(jumin_registry_proof(registry, 1, 3, NOW, &json), JUMIN_OK);
    assert_int_equal(check(json, token, "a list", NULL), JUMIN_OK);
    free(json);
    free(token);
    free(later);
}

static void test_proofs_share_a_head_while_nothing_is_recorded(void **state)
{
    (void)state;
    char *first = NULL, *second = NULL, *later = NULL;
    add_many(2);
    assert_int_equal(jumin_registry_proof(registry, 0, 0, NOW, &first), JUMIN_OK);
    assert_int_equal(jumin_registry_proof(registry, 0, 0, NOW + 86399, &second), JUMIN_OK);
    assert_int_equal(jumin_registry_proof(registry, 0, 0, NOW + 86400, &later), JUMIN_OK);
    assert_string_equal(first, second);
    assert_string_not_equal(first, later);
    free(first);
    free(second);
    free(later);
}

static void test_there_is_no_proof_of_what_is_not_there(void **state)
{
    (void)state;
    char *json = NULL;
    add_many(2);
    assert_int_equal(jumin_registry_proof(registry, 2, 0, NOW, &json), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_registry_proof(registry, 0, 3, NOW, &json), JUMIN_ERROR_INPUT);
    assert_null(json);
}

static void test_a_key_file_opens_with_its_passphrase_only(void **state)
{
    (void)state;
    uint8_t again[JUMIN_REGISTRY_KEY];
    const char *path = temporary_path("registry.key");
    assert_int_equal(jumin_registry_use_key(registry, path, "wrong", NULL, NULL, true), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_registry_key(registry, again), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_registry_use_key(registry, path, "specimen", NULL, NULL, false), JUMIN_OK);
    assert_int_equal(jumin_registry_key(registry, again), JUMIN_OK);
    assert_memory_equal(again, key, sizeof key);
    assert_int_equal(jumin_registry_use_key(registry, temporary_path("none"), "specimen", NULL, NULL, false),
                     JUMIN_ERROR_FILE);
}

static void test_a_key_of_another_curve_is_refused(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key other = {0};
    uint8_t bytes[2048], again[JUMIN_REGISTRY_KEY];
    struct writer text = writer_of(bytes, sizeof bytes);
    const char *path = temporary_path("other.key");
    assert_true(crypto_ec_generate(&other, CRYPTO_P384, &random));
    assert_true(private_key_put_text(&other, span_of("specimen", 8), &random, &text));
    crypto_ec_release(&other);
    assert_int_equal(disk_create(path, 0600, writer_span(&text)), JUMIN_OK);
    assert_int_equal(jumin_registry_use_key(registry, path, "specimen", NULL, NULL, false),
                     JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_registry_key(registry, again), JUMIN_ERROR_ARGUMENT);
    (void)unlink(path);
}

static void test_a_clock_that_went_back_gets_a_head_of_its_time(void **state)
{
    (void)state;
    char *first = NULL, *second = NULL;
    add_many(1);
    assert_int_equal(jumin_registry_proof(registry, 0, 0, NOW, &first), JUMIN_OK);
    assert_int_equal(jumin_registry_proof(registry, 0, 0, NOW - 1, &second), JUMIN_OK);
    assert_string_not_equal(first, second);
    // A verifier keeps the younger one, whichever comes last.
    char *kept = NULL, *again = NULL;
    assert_int_equal(check(first, NULL, NULL, &kept), JUMIN_OK);
    assert_int_equal(check(second, kept, NULL, &again), JUMIN_OK);
    assert_string_equal(again, kept);
    free(again);
    free(first);
    free(second);
    free(kept);
}

// --- Over HTTP -----------------------------------------------------------------------------------------------

static struct http_response response;

// Asks; the status. The answer is in `response` until the next question.
static int get(struct registry_service *service, const char *path, const char *query)
{
    const struct http_routes tables = registry_routes(service);
    struct http_request request = {
        .method = "GET", .path = path, .query = span_of(query, strlen(query)), .now = NOW};
    http_response_release(&response);
    response = (struct http_response){0};
    (void)http_routes_call(&tables, 1, &request, &response);
    return response.status;
}

static void test_the_server_tells_head_and_proofs(void **state)
{
    (void)state;
    // Of nothing that is there.
    static const char path[] =
        "/registry/proof/32d2dd18d1a4ef15ea2d8a28f59ad9d8d3f6e9a0e3e0b0b1b8a8f8a8f8a8f8a8";
    struct registry_service service = {
        .registries = &registry, .count = 1, .did_path = "/.well-known/did.json"};
    struct jumin_registry_entry entry;
    struct jumin_registry_head head;
    char right[100] = "/registry/proof/";
    uint8_t digest[MERKLE_HASH];
    const struct span list = span_of("a list", 6);
    add_many(3);
    assert_int_equal(get(&service, "/registry/head", ""), 200);
    json_t *answer = json_loadb((const char *)response.body, response.n, 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(answer, "size")), 3);
    assert_int_equal(
        jumin_registry_head_check(json_string_value(json_object_get(answer, "head")), key, &head, NULL),
        JUMIN_OK);
    json_decref(answer);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &list, 1, digest));
    for (size_t i = 0; i < sizeof digest; i++) {
        (void)snprintf(right + 16 + 2 * i, 3, "%02x", digest[i]);
    }
    assert_int_equal(get(&service, right, "known=2"), 200);
    assert_int_equal(jumin_registry_proof_check((const char *)response.body, response.n, key, NULL, list.p,
                                                list.n, &entry, &head, NULL, NULL),
                     JUMIN_OK);
    assert_int_equal(entry.index, 2); // the last one
    assert_int_equal(get(&service, path, ""), 404);
    assert_int_equal(get(&service, right, "known=4"), 404);
    static const char *const bad[] = {"known=", "known=-1", "known=1x", "x=1", "known=1234567890123456"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(get(&service, right, bad[i]), 400);
    }
    right[20] = 'G';
    assert_int_equal(get(&service, right, ""), 400);
    assert_int_equal(get(&service, "/registry/proof/00", ""), 400);
    service.count = 0; // a worker without a registry
    assert_int_equal(get(&service, "/registry/head", ""), 503);
    http_response_release(&response);
}

static void test_the_server_tells_the_did_document_at_its_place(void **state)
{
    (void)state;
    struct registry_service service = {
        .registries = &registry, .count = 1, .did_path = "/issuer/did.json", .did = "{}"};
    assert_int_equal(get(&service, "/issuer/did.json", ""), 200);
    assert_string_equal(response.type, "application/did+json");
    assert_int_equal(get(&service, "/.well-known/did.json", ""), 404);
    service.did = NULL;
    assert_int_equal(get(&service, "/issuer/did.json", ""), 404);
    char json[] = "{\"vct\":1}";
    service.schemas[0] = (struct registry_schema){"vct", "urn:x", json};
    assert_int_equal(get(&service, "/schema/vct", ""), 404);
    service.schema_count = 1;
    assert_int_equal(get(&service, "/schema/vct", ""), 200);
    assert_true(span_equal(span_of(response.body, response.n), span_of(json, strlen(json))));
    assert_int_equal(get(&service, "/schema/doctype", ""), 404);
    http_response_release(&response);
}

#define REGISTRY_TEST(test) cmocka_unit_test_setup_teardown(test, open_registry, close_registry)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REGISTRY_TEST(test_entries_stand_in_the_order_in_which_they_came),
        REGISTRY_TEST(test_the_same_is_recorded_once_until_it_changes),
        REGISTRY_TEST(test_the_list_has_the_content_but_of_status_lists),
        REGISTRY_TEST(test_names_are_lines_of_text),
        REGISTRY_TEST(test_many_are_recorded_together_or_none),
        REGISTRY_TEST(test_several_record_at_once_without_gap),
        REGISTRY_TEST(test_who_dies_in_the_middle_has_recorded_nothing),
        REGISTRY_TEST(test_an_entry_goes_behind_all_others_only),
        REGISTRY_TEST(test_a_server_that_went_away_is_asked_anew),
        REGISTRY_TEST(test_every_change_of_the_log_shows),
        REGISTRY_TEST(test_a_log_that_lost_entries_signs_nothing),
        REGISTRY_TEST(test_an_empty_registry_has_a_head),
        REGISTRY_TEST(test_each_entry_is_proven_from_each_head_that_was_kept),
        REGISTRY_TEST(test_a_proof_gives_the_head_that_is_to_be_kept),
        REGISTRY_TEST(test_proofs_share_a_head_while_nothing_is_recorded),
        REGISTRY_TEST(test_there_is_no_proof_of_what_is_not_there),
        REGISTRY_TEST(test_a_key_of_another_curve_is_refused),
        REGISTRY_TEST(test_a_clock_that_went_back_gets_a_head_of_its_time),
        REGISTRY_TEST(test_the_server_tells_head_and_proofs),
        REGISTRY_TEST(test_the_server_tells_the_did_document_at_its_place),
        REGISTRY_TEST(test_a_key_file_opens_with_its_passphrase_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
