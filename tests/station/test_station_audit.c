// The audit trail: whatever is changed in the database is found, and where.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include "host/station/station_internal.h"
#include <stdio.h>

// Nine entries: four officers, two applications, two approvals, one cancellation.
static void make_trail(void)
{
    char number[JUMIN_APPLICATION_NUMBER];
    for (unsigned i = 0; i < 2; i++) {
        station_apply(i, number);
        station_act(JUMIN_ACTION_APPROVE, number);
    }
    station_login(station, "intake");
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_CANCEL, number,
                                       &(struct jumin_action_form){.reason = "the applicant moved"}, NULL),
                     JUMIN_OK);
    station_login(station, "root");
}

enum { ENTRIES = 9 };

static void expect_whole(void)
{
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_OK);
}

// The first entry that is not right is named.
static void expect_changed(const char *named)
{
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_ERROR_SIGNATURE);
    if (strstr(jumin_station_detail(station), named) == NULL) {
        fail_msg("\"%s\" does not say %s", jumin_station_detail(station), named);
    }
}

struct seen {
    int64_t count;
    char last_action[32], last_detail[64];
};

static bool see(void *context, const struct jumin_audit_entry *entry)
{
    struct seen *seen = context;
    assert_int_equal(entry->number, ++seen->count);
    assert_int_equal(entry->at, STATION_NOW);
    (void)snprintf(seen->last_action, sizeof seen->last_action, "%s", entry->action);
    (void)snprintf(seen->last_detail, sizeof seen->last_detail, "%s", entry->detail);
    return true;
}

static void test_trail_tells_what_was_done(void **state)
{
    struct seen seen = {0};
    (void)state;
    make_trail();
    assert_int_equal(jumin_station_audit(station, see, &seen), JUMIN_OK);
    assert_int_equal(seen.count, ENTRIES);
    assert_string_equal(seen.last_action, "cancel");
    assert_string_equal(seen.last_detail, "the applicant moved");
}

static void test_every_changed_field_is_found(void **state)
{
    static const char *const changes[] = {
        "at = at + 1",
        "officer = 'root'",
        "action = 'cancel'",
        "subject = '2026-00000002'",
        "detail = 'x'",
        "subject = 'approve', action = subject",
        "officer = officer || substr(action, 1, 1), action = substr(action, 2)",
        "hash = (SELECT hash FROM audit WHERE number = 5)",
        "signature = (SELECT signature FROM audit WHERE number = 5)",
        "number = 100"};
    (void)state;
    make_trail();
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char sql[256];
        stage_run("CREATE TABLE kept AS SELECT * FROM audit WHERE number = 6");
        (void)snprintf(sql, sizeof sql, "UPDATE audit SET %s WHERE number = 6", changes[i]);
        stage_run(sql);
        expect_changed("entry 6");
        stage_run("DELETE FROM audit WHERE number IN (6, 100)");
        stage_run("INSERT INTO audit SELECT * FROM kept");
        stage_run("DROP TABLE kept");
        expect_whole();
    }
}

static void test_entry_that_is_missing_or_new_is_found(void **state)
{
    (void)state;
    make_trail();
    stage_run("DELETE FROM audit WHERE number = 3");
    expect_changed("entry 3");
    stage_run("UPDATE audit SET number = number - 1 WHERE number = 4"); // to close the gap
    expect_changed("entry 3");
}

static void test_entry_before_the_first_one_is_found(void **state)
{
    (void)state;
    make_trail();
    stage_run("INSERT INTO audit SELECT 0, at, officer, action, subject, detail, hash, signature FROM audit"
              " WHERE number = 1");
    expect_changed("entry 1");
    stage_run("UPDATE audit SET number = -1 WHERE number = 0");
    expect_changed("entry 1");
}

// Up to this number.
static void lengthen(int64_t number)
{
    assert_int_equal(station_begin(station), JUMIN_OK);
    enum jumin_error error = JUMIN_OK;
    for (int64_t last = stage_integer("SELECT number FROM audit_head"); error == JUMIN_OK && last < number;
         last++) {
        error = audit_append(station, "test", "", "");
    }
    assert_int_equal(station_end(station, error), JUMIN_OK);
}

static void test_trail_of_many_pages_is_read_to_its_end(void **state)
{
    static const int64_t ends[] = {STATION_PAGE - 1, STATION_PAGE, STATION_PAGE + 1, 2 * STATION_PAGE};
    (void)state;
    make_trail();
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct seen seen = {0};
        lengthen(ends[i]);
        assert_int_equal(jumin_station_audit(station, see, &seen), JUMIN_OK);
        assert_int_equal(seen.count, ends[i]);
    }
    stage_run("CREATE TABLE kept AS SELECT * FROM audit WHERE number > 1000");
    stage_run("DELETE FROM audit WHERE number > 1000");
    expect_changed("ends at entry 1000");
    stage_run("INSERT INTO audit SELECT * FROM kept WHERE number > 1001");
    expect_changed("entry 1001");
}

static void test_head_with_another_hash_is_found(void **state)
{
    (void)state;
    make_trail();
    stage_run("UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE number = 5)");
    expect_changed("ends at entry 9");
}

static void test_cut_end_is_found_by_the_head(void **state)
{
    (void)state;
    make_trail();
    stage_run("DELETE FROM audit WHERE number = 9");
    expect_changed("ends at entry 8");
    stage_run("DELETE FROM audit_head");
    expect_changed("ends at entry 8");
}

// Whoever can compute hashes, but has not the key.
static void test_trail_of_another_signer_is_found(void **state)
{
    (void)state;
    make_trail();
    stage_run("UPDATE audit SET signature = (SELECT signature FROM audit AS other WHERE other.number = 1)"
              " WHERE number = 9");
    expect_changed("entry 9");
}

static void test_without_a_head_nothing_is_done(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    stage_run("DELETE FROM audit_head");
    station_login(station, "intake");
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_CANCEL, number, NULL, NULL),
                     JUMIN_ERROR_SIGNATURE);
    assert_int_equal(station_state(number), JUMIN_APPLIED);
}

static void test_only_auditors_read_the_trail(void **state)
{
    (void)state;
    make_trail();
    station_login(station, "intake");
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_ERROR_NOT_AUTHORIZED);
}

static bool cancel_meanwhile(void *context, const struct jumin_audit_entry *entry)
{
    struct jumin_station *other = context;
    assert_true(entry->number <= ENTRIES);
    if (entry->number == 1) {
        assert_int_equal(jumin_station_act(other, JUMIN_ACTION_CANCEL, "2026-00000001", NULL, NULL),
                         JUMIN_OK);
    }
    return true;
}

static void test_entry_that_comes_meanwhile_is_no_change(void **state)
{
    struct jumin_station *other = NULL;
    (void)state;
    make_trail();
    assert_int_equal(station_connect(&other, 0, 0), JUMIN_OK);
    station_login(other, "intake");
    assert_int_equal(jumin_station_audit(station, cancel_meanwhile, other), JUMIN_OK);
    jumin_station_close(other);
    expect_whole();
}

static void test_trail_without_entries_is_not_whole(void **state)
{
    (void)state;
    make_trail();
    stage_run("DELETE FROM audit");
    expect_changed("ends at entry 0");
    stage_run("DELETE FROM audit_head");
    expect_changed("ends at entry 0");
}

static bool keep_hash(void *context, const struct jumin_audit_entry *entry)
{
    memcpy(context, entry->hash, sizeof entry->hash);
    return true;
}

static void test_head_is_the_last_entry_and_can_be_checked_elsewhere(void **state)
{
    struct jumin_audit_head head;
    struct crypto_ec_key key;
    uint8_t hash[JUMIN_AUDIT_HASH];
    (void)state;
    make_trail();
    assert_int_equal(jumin_station_audit_head(station, &head), JUMIN_OK);
    assert_int_equal(jumin_station_audit(station, keep_hash, hash), JUMIN_OK);
    assert_int_equal(head.number, ENTRIES);
    assert_memory_equal(head.hash, hash, sizeof hash);
    assert_true(crypto_ec_load_public(&key, CRYPTO_P256, span_of(head.public_key, sizeof head.public_key)));
    assert_true(crypto_ecdsa_verify(&key, span_of(head.hash, sizeof head.hash),
                                    span_of(head.signature, sizeof head.signature)));
    crypto_ec_release(&key);
    station_login(station, "intake");
    assert_int_equal(jumin_station_audit_head(station, &head), JUMIN_ERROR_NOT_AUTHORIZED);
}

// Cut off whole, together with the head, by somebody who can write to the database.
static void test_head_that_was_kept_shows_a_cut_end(void **state)
{
    struct jumin_audit_head kept;
    (void)state;
    make_trail();
    assert_int_equal(jumin_station_audit_head(station, &kept), JUMIN_OK);
    assert_int_equal(jumin_station_audit_has(station, kept.hash), JUMIN_OK);
    stage_run("DELETE FROM audit WHERE number > 8");
    stage_run("UPDATE audit_head SET number = 8, hash = (SELECT hash FROM audit WHERE number = 8)");
    expect_whole();
    assert_int_equal(jumin_station_audit_has(station, kept.hash), JUMIN_ERROR_SIGNATURE);
    station_login(station, "intake");
    assert_int_equal(jumin_station_audit_has(station, kept.hash), JUMIN_ERROR_NOT_AUTHORIZED);
}

static void test_head_that_was_changed_is_not_given(void **state)
{
    static const char *const changes[] = {
        "UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE number = 5)",
        "UPDATE audit_head SET number = 5",
        "UPDATE audit_head SET number = 10",
        "UPDATE audit SET signature = hash WHERE number = 9",
        "DELETE FROM audit_head",
    };
    struct jumin_audit_head head;
    (void)state;
    make_trail();
    stage_run("CREATE TABLE kept AS SELECT * FROM audit_head");
    stage_run("CREATE TABLE kept_entry AS SELECT * FROM audit WHERE number = 9");
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        stage_run(changes[i]);
        assert_int_equal(jumin_station_audit_head(station, &head), JUMIN_ERROR_SIGNATURE);
        stage_run("DELETE FROM audit WHERE number = 9");
        stage_run("INSERT INTO audit SELECT * FROM kept_entry");
        stage_run("DELETE FROM audit_head");
        stage_run("INSERT INTO audit_head SELECT * FROM kept");
        assert_int_equal(jumin_station_audit_head(station, &head), JUMIN_OK);
    }
}

enum { WORKERS = 4, WORK = 5 };

static void test_stations_write_one_trail(void **state)
{
    struct jumin_station *stations[WORKERS];
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    for (size_t i = 0; i < WORKERS; i++) {
        assert_int_equal(station_connect(&stations[i], 0, 0), JUMIN_OK);
        station_login(stations[i], "intake");
    }
    for (unsigned i = 0; i < WORKERS * WORK; i++) {
        const char *json = station_person(i);
        const struct jumin_application_form form = station_form(json);
        assert_int_equal(jumin_station_apply(stations[i % WORKERS], &form, NULL, number), JUMIN_OK);
    }
    for (size_t i = 0; i < WORKERS; i++) {
        jumin_station_close(stations[i]);
    }
    station_login(station, "root");
    struct seen seen = {0};
    assert_int_equal(jumin_station_audit(station, see, &seen), JUMIN_OK);
    assert_int_equal(seen.count, 4 + WORKERS * WORK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_trail_tells_what_was_done),
        STATION_TEST(test_every_changed_field_is_found),
        STATION_TEST(test_entry_that_is_missing_or_new_is_found),
        STATION_TEST(test_entry_before_the_first_one_is_found),
        STATION_TEST(test_trail_of_many_pages_is_read_to_its_end),
        STATION_TEST(test_head_with_another_hash_is_found),
        STATION_TEST(test_cut_end_is_found_by_the_head),
        STATION_TEST(test_trail_of_another_signer_is_found),
        STATION_TEST(test_without_a_head_nothing_is_done),
        STATION_TEST(test_only_auditors_read_the_trail),
        STATION_TEST(test_entry_that_comes_meanwhile_is_no_change),
        STATION_TEST(test_trail_without_entries_is_not_whole),
        STATION_TEST(test_head_is_the_last_entry_and_can_be_checked_elsewhere),
        STATION_TEST(test_head_that_was_kept_shows_a_cut_end),
        STATION_TEST(test_head_that_was_changed_is_not_given),
        STATION_TEST(test_stations_write_one_trail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
