// The audit trail: whatever is changed in the database is found, and where.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

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
        STATION_TEST(test_head_with_another_hash_is_found),
        STATION_TEST(test_cut_end_is_found_by_the_head),
        STATION_TEST(test_trail_of_another_signer_is_found),
        STATION_TEST(test_without_a_head_nothing_is_done),
        STATION_TEST(test_only_auditors_read_the_trail),
        STATION_TEST(test_entry_that_comes_meanwhile_is_no_change),
        STATION_TEST(test_trail_without_entries_is_not_whole),
        STATION_TEST(test_stations_write_one_trail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
