// What the issuer's server does without being asked: status lists, and their digests in a registry that does
// not always answer. Each publisher is stopped before its second round.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"

#include "host/issuer/publisher.h"
#include "host/registry/handle.h"
#include "tests/unit/temporary_folder.h"

#include <unistd.h>

enum { PERIOD = 10 };

static struct crypto_ec_key key;
static struct signer signer;
static struct jumin_registry *registry;
static struct publisher *publisher;
static struct detail detail;
static bool broken;
static enum publisher_registry met; // in the last round

static bool sign_or_not(void *context, const uint8_t digest[SIGNER_DIGEST],
                        uint8_t signature[SIGNER_SIGNATURE])
{
    const struct signer *whole = context;
    return !broken && whole->sign(whole->context, digest, signature);
}

static int open_publisher(void **state)
{
    const struct crypto_random random = crypto_system_random();
    broken = false;
    return issuer_stage_open(state) == 0 && crypto_ec_generate(&key, CRYPTO_P256, &random) &&
                   signer_of_key(&key, &signer) &&
                   jumin_registry_open(&registry, temporary_path("registry.db")) == JUMIN_OK &&
                   jumin_registry_use_key(registry, temporary_path("registry.key"), "specimen", NULL, NULL,
                                          true) == JUMIN_OK &&
                   jumin_registry_keep_head(registry, temporary_path("registry.head")) == JUMIN_OK
               ? 0
               : -1;
}

static int close_publisher(void **state)
{
    static const char *const files[] = {"registry.db", "registry.db-wal", "registry.db-shm", "registry.key",
                                        "registry.head"};
    jumin_registry_free(registry);
    crypto_ec_release(&key);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        (void)unlink(temporary_path("%s", files[i]));
    }
    return issuer_stage_close(state);
}

// One round, a period later.
static enum jumin_error publish_once(struct publisher_counts *counts)
{
    static const uint8_t certificate[] = {0x30, 0x00};
    static const struct span chain = {certificate, sizeof certificate};
    struct publisher_options options = {.station = server,
                                        .policy = status_policy_default("https://issuer.example"),
                                        .status = {.signer = signer, .chain = &chain, .count = 1},
                                        .registry = registry};
    options.status.signer.sign = sign_or_not;
    options.status.signer.context = &signer;
    options.policy.spread = 2;
    options.policy.refresh = 1; // all lists, each time
    station_clock += PERIOD;
    const enum jumin_error error = publisher_start(&publisher, &options, &detail);
    if (error == JUMIN_OK) {
        publisher_count(publisher, counts);
        met = publisher_registry(publisher);
        assert_true(publisher_publishes(publisher));
    }
    publisher_stop(publisher);
    return error;
}

// Entries of the registry; the last one's name.
static uint64_t recorded(void)
{
    struct registry_head head;
    assert_int_equal(registry->log.head(registry->log.context, &head, &detail), JUMIN_OK);
    return head.size;
}

static void break_registry(void)
{
    assert_int_equal(
        database_run(registry->database, "ALTER TABLE registry_size RENAME TO away", NULL, 0, NULL),
        JUMIN_OK);
}

static void repair_registry(void)
{
    assert_int_equal(
        database_run(registry->database, "ALTER TABLE away RENAME TO registry_size", NULL, 0, NULL),
        JUMIN_OK);
}

static void test_the_digests_of_lists_are_in_the_registry_once(void **state)
{
    struct publisher_counts counts;
    struct jumin_registry_entry entry;
    uint8_t bytes[REGISTRY_ENTRY_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    (void)state;
    assert_int_equal(publish_once(&counts), JUMIN_OK);
    assert_int_equal(counts.published, 4);
    assert_int_equal(counts.waiting, 0);
    assert_int_equal(recorded(), 4);
    assert_int_equal(registry->log.entry(registry->log.context, 0, &w, &detail), JUMIN_OK);
    assert_true(registry_entry_take(writer_span(&w), &entry));
    assert_int_equal(entry.kind, JUMIN_REGISTRY_STATUS_LIST);
    assert_string_equal(entry.name, "https://issuer.example/status/1");
    // What the database outside knows reaches as far.
    assert_int_equal(access(temporary_path("registry.head"), F_OK), 0);
    assert_int_equal(publish_once(&counts), JUMIN_OK);
    assert_int_equal(recorded(), 8);
}

static void test_lists_of_the_time_when_the_registry_was_down_come_later(void **state)
{
    struct publisher_counts counts;
    (void)state;
    break_registry();
    assert_int_equal(publish_once(&counts), JUMIN_OK); // it goes on
    assert_int_equal(counts.waiting, 4);
    assert_int_equal(counts.unrecorded, 1);
    assert_int_equal(met, PUBLISHER_REFUSED); // its server answers
    for (int i = 0; i < 20; i++) {            // more than are brought at once
        assert_int_equal(publish_once(&counts), JUMIN_OK);
    }
    assert_int_equal(counts.waiting, 21 * 4);
    repair_registry();
    assert_int_equal(recorded(), 0);
    assert_int_equal(publish_once(&counts), JUMIN_OK);
    assert_int_equal(recorded(), 22 * 4);
    assert_int_equal(counts.waiting, 0);
    assert_int_equal(counts.unrecorded, 0);
    assert_int_equal(met, PUBLISHER_TAKEN);
    assert_int_equal(jumin_registry_audit(registry, NULL), JUMIN_OK);
}

static void test_who_dies_behind_the_entry_records_nothing_twice(void **state)
{
    struct publisher_counts counts;
    (void)state;
    stage_run("CREATE TABLE undone AS SELECT * FROM status_digest");
    assert_int_equal(publish_once(&counts), JUMIN_OK);
    break_registry();
    assert_int_equal(publish_once(&counts), JUMIN_OK);
    stage_run("INSERT INTO undone SELECT * FROM status_digest");
    repair_registry();
    assert_int_equal(publish_once(&counts), JUMIN_OK);
    assert_int_equal(recorded(), 12);
    stage_run("INSERT INTO status_digest SELECT * FROM undone"); // as if they had not been deleted
    assert_int_equal(publish_once(&counts), JUMIN_OK);
    assert_int_equal(recorded(), 16);
    stage_run("DROP TABLE undone");
}

static void test_a_signer_that_does_not_sign_takes_no_period(void **state)
{
    struct publisher_counts counts;
    (void)state;
    assert_int_equal(publish_once(&counts), JUMIN_OK);
    const int64_t building = stage_integer("SELECT building FROM status_publication");
    broken = true;
    assert_int_equal(publish_once(&counts), JUMIN_ERROR_CRYPTO);
    assert_string_equal(detail.text, "the signer of status lists does not sign");
    assert_int_equal(stage_integer("SELECT building FROM status_publication"), building);
    broken = false;
    assert_int_equal(publish_once(&counts), JUMIN_OK);
    assert_int_equal(counts.published, 4);
    assert_int_equal(counts.well_at, station_clock);
}

#define PUBLISHER_TEST(test) cmocka_unit_test_setup_teardown(test, open_publisher, close_publisher)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PUBLISHER_TEST(test_the_digests_of_lists_are_in_the_registry_once),
        PUBLISHER_TEST(test_lists_of_the_time_when_the_registry_was_down_come_later),
        PUBLISHER_TEST(test_who_dies_behind_the_entry_records_nothing_twice),
        PUBLISHER_TEST(test_a_signer_that_does_not_sign_takes_no_period),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
