// Upkeep: personal data is gone when its time is over, and not before; cards expire.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include <stdio.h>
#include <stdlib.h>

static struct jumin_upkeep keep_up(bool dry_run)
{
    struct jumin_upkeep upkeep;
    station_login(station, "intake");
    const enum jumin_error error = jumin_station_upkeep(station, dry_run, &upkeep);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_station_detail(station));
    }
    return upkeep;
}

static bool is_erased(const char *number)
{
    struct jumin_application application;
    assert_int_equal(jumin_station_application(station, number, &application), JUMIN_OK);
    return application.erased;
}

static enum jumin_error apply_again(unsigned person, unsigned paid, const char *photo_date)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_application_form form = station_form(station_person(person));
    form.won_paid = paid;
    form.photo_date = photo_date;
    station_login(station, "intake");
    return jumin_station_apply(station, &form, NULL, number);
}

// --- Erasure -----------------------------------------------------------------------------------------------------

// The day is the policy's: at its first second in Korea the data is due, one second before it is not.
static void test_data_is_due_on_the_day_of_the_scheme(void **state)
{
    static const struct {
        const char *handed_over, *due;
        int64_t second; // of the day of the hand-over
    } cases[] = {
        {"2026-11-02", "2026-12-02", 0},         {"2026-11-02", "2026-12-02", 24 * 3600 - 1},
        {"2026-12-02", "2027-01-01", 12 * 3600}, {"2026-12-31", "2027-01-30", 24 * 3600 - 1},
        {"2028-01-30", "2028-02-29", 9 * 3600},  {"2028-02-29", "2028-03-30", 9 * 3600 - 1},
        {"2027-02-28", "2027-03-30", 15 * 3600},
    };
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char due[JUMIN_DAY];
        assert_int_equal(jumin_policy_erasure(station_policy, cases[i].handed_over, due), JUMIN_OK);
        assert_string_equal(due, cases[i].due);
        const struct database_value value =
            database_integer(station_midnight(cases[i].handed_over) + cases[i].second);
        assert_int_equal(database_run(stage, "UPDATE application SET ended_at = $1", &value, 1, NULL),
                         JUMIN_OK);
        station_clock = station_midnight(due) - 1;
        assert_int_equal(keep_up(true).erased, 0);
        station_clock += 1;
        assert_int_equal(keep_up(true).erased, 1);
    }
}

static void test_hand_over_and_cancellation_begin_the_time(void **state)
{
    char handed_over[JUMIN_APPLICATION_NUMBER], cancelled[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_verified(1, handed_over);
    station_apply(2, cancelled);
    station_clock = station_midnight("2026-11-10");
    station_act(JUMIN_ACTION_HAND_OVER, handed_over);
    station_clock = station_midnight("2026-11-11");
    station_act(JUMIN_ACTION_CANCEL, cancelled);
    station_clock = station_midnight("2026-12-10");
    assert_int_equal(keep_up(false).erased, 1);
    assert_true(is_erased(handed_over));
    assert_false(is_erased(cancelled));
    station_clock = station_midnight("2026-12-11");
    assert_int_equal(keep_up(false).erased, 1);
    assert_true(is_erased(cancelled));
    assert_int_equal(keep_up(false).erased, 0);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'erase'"), 2);
}

// What still waits for its card is needed, however long that takes.
static void test_only_what_has_ended_is_erased(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    for (unsigned i = 0; i < JUMIN_APPLICATION_STATES; i++) {
        station_apply(i, number);
        const struct database_value values[] = {database_text(number), database_integer(i)};
        if (i < JUMIN_HANDED_OVER || i == JUMIN_SPOILED) {
            assert_int_equal(
                database_run(stage, "UPDATE application SET state = $2 WHERE number = $1", values, 2, NULL),
                JUMIN_OK);
        } else {
            station_act(JUMIN_ACTION_CANCEL, number);
        }
    }
    station_clock = station_midnight("2030-01-01");
    assert_int_equal(keep_up(false).erased, JUMIN_APPLICATION_STATES - 6);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE person IS NOT NULL AND state IN "
                                   "(0, 1, 2, 3, 4, 6)"),
                     6);
}

static void test_dry_run_changes_nothing(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    station_clock = station_midnight("2036-11-02");
    const int64_t entries = stage_integer("SELECT COUNT(*) FROM audit");
    const struct jumin_upkeep due = keep_up(true);
    assert_int_equal(due.erased, 1);
    assert_int_equal(due.expired, 1);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit"), entries);
    assert_false(is_erased(number));
    assert_int_equal(station_state(number), JUMIN_HANDED_OVER);
    const struct jumin_upkeep done = keep_up(false);
    assert_int_equal(done.erased, 1);
    assert_int_equal(done.expired, 1);
    assert_int_equal(station_state(number), JUMIN_EXPIRED);
}

// A card that was lost and found keeps its first time.
static void test_loss_does_not_prolong_the_time(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    station_clock = station_midnight("2026-12-01");
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    station_act(JUMIN_ACTION_RESTORE, number);
    station_clock = station_midnight("2026-12-02");
    assert_int_equal(keep_up(false).erased, 1);
}

static void test_records_work_without_the_person(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], cancelled[JUMIN_APPLICATION_NUMBER],
        found[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    station_make_handed_over(1, number);
    station_apply(2, cancelled);
    station_act(JUMIN_ACTION_CANCEL, cancelled);
    station_clock = station_midnight("2026-12-02");
    assert_int_equal(keep_up(false).erased, 2);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE person IS NULL AND photo IS NULL "
                                   "AND can IS NULL"),
                     2);
    assert_int_equal(jumin_station_find_holder(station, "012314-4000001", found), JUMIN_OK);
    assert_string_equal(found, number);
    station_act(JUMIN_ACTION_REPORT_LOSS, number);
    station_act(JUMIN_ACTION_RESTORE, number);
    station_act(JUMIN_ACTION_REFUND, cancelled);
    assert_int_equal(apply_again(1, 10000, "2026-12-01"), JUMIN_ERROR_RULES);
    // That it was erased is not taken for a forgery.
    station_login(station, "produce");
    assert_int_equal(jumin_station_prepare(station, number, &order, found), JUMIN_ERROR_STATUS);
    assert_non_null(strstr(jumin_station_detail(station), "handed-over"));
    station_login(station, "root");
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_OK);
}

static void test_more_than_fits_into_a_transaction_is_erased(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    station_act(JUMIN_ACTION_CANCEL, number);
    for (unsigned i = 0; i < 300; i++) {
        char copy[JUMIN_APPLICATION_NUMBER];
        (void)snprintf(copy, sizeof copy, "2025-%08u", i % 1000);
        const struct database_value values[] = {database_text(copy)};
        assert_int_equal(
            database_run(stage,
                         "INSERT INTO application (number, state, holder, person, profile, applied_at,"
                         " changed_at, applied_by, ended_at) SELECT $1, state, holder, person, profile,"
                         " applied_at, changed_at, applied_by, ended_at FROM application WHERE number"
                         " = '2026-00000001'",
                         values, 1, NULL),
            JUMIN_OK);
    }
    station_clock = station_midnight("2026-12-02");
    assert_int_equal(keep_up(true).erased, 301);
    assert_int_equal(keep_up(false).erased, 301);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE person IS NOT NULL"), 0);
    assert_int_equal(stage_integer("SELECT COUNT(DISTINCT subject) FROM audit WHERE action = 'erase'"), 301);
}

static void test_upkeep_takes_a_role_for_it(void **state)
{
    struct jumin_upkeep upkeep;
    (void)state;
    station_login(station, "root");
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_OK);
    station_login(station, "produce");
    assert_int_equal(jumin_station_upkeep(station, false, &upkeep), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_station_upkeep(station, true, &upkeep), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_station_upkeep(station, true, NULL), JUMIN_ERROR_ARGUMENT);
}

// --- In the file -------------------------------------------------------------------------------------------------

enum { PIECE = 32, PHOTO = 100000 };

// How many pieces of what was sealed stand in the file or in its log.
static size_t pieces_left(const uint8_t *sealed, size_t n)
{
    static const char *const suffixes[] = {"", "-wal"};
    size_t found = 0;
    for (size_t i = 0; i < 2; i++) {
        char path[sizeof stage_url + 8];
        (void)snprintf(path, sizeof path, "%s%s", stage_url, suffixes[i]);
        FILE *file = fopen(path, "rbe");
        if (file == NULL) {
            continue;
        }
        static uint8_t bytes[8 << 20];
        const size_t length = fread(bytes, 1, sizeof bytes, file);
        assert_true(length < sizeof bytes);
        (void)fclose(file);
        for (size_t at = 0; at + PIECE <= n; at += n > 4096 ? 997 : PIECE) {
            found += memmem(bytes, length, sealed + at, PIECE) != NULL ? 1 : 0;
        }
    }
    return found;
}

static size_t sealed_column(const char *sql, uint8_t *sealed, size_t capacity)
{
    struct database_rows *rows = NULL;
    assert_int_equal(database_query(stage, sql, NULL, 0, &rows), JUMIN_OK);
    assert_true(database_next(rows));
    const struct span column = database_column_bytes(rows, 0);
    assert_true(column.n > 0 && column.n <= capacity);
    memcpy(sealed, column.p, column.n);
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
    return column.n;
}

static void test_no_byte_of_it_stays_in_the_file(void **state)
{
    static uint8_t photo[PHOTO], person[2048], can[64];
    char number[JUMIN_APPLICATION_NUMBER];
    uint32_t random = 1;
    (void)state;
    if (stage_is_server()) {
        skip(); // its files are the server's
    }
    for (size_t i = 0; i < PHOTO; i++) {
        random = random * 1664525 + 1013904223;
        photo[i] = (uint8_t)(random >> 24);
    }
    station_make_handed_over(1, number);
    const struct database_value value = database_bytes(span_of(photo, PHOTO));
    assert_int_equal(database_run(stage, "UPDATE application SET photo = $1", &value, 1, NULL), JUMIN_OK);
    const size_t person_length = sealed_column("SELECT person FROM application", person, sizeof person);
    const size_t can_length = sealed_column("SELECT can FROM application", can, sizeof can);
    assert_true(pieces_left(photo, PHOTO) > 90);
    assert_true(pieces_left(person, person_length) > 0);
    assert_true(pieces_left(can, can_length) > 0);
    station_clock = station_midnight("2026-12-02");
    assert_int_equal(keep_up(false).erased, 1);
    assert_int_equal(pieces_left(photo, PHOTO), 0);
    assert_int_equal(pieces_left(person, person_length), 0);
    assert_int_equal(pieces_left(can, can_length), 0);
}

// --- Expiry ------------------------------------------------------------------------------------------------------

static void test_expired_card_leaves_room_for_another_one(void **state)
{
    static const struct {
        const char *issued, *first_free, *photo;
    } cases[] = {
        {"2026-11-02", "2036-11-02", "2036-10-01"},
        {"2027-01-01", "2037-01-01", "2036-12-01"}, // until the last day of the year
        {"2028-02-29", "2038-03-01", "2038-02-01"}, // until the last day of February
        {"2026-12-31", "2036-12-31", "2036-12-01"},
    };
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        char number[JUMIN_APPLICATION_NUMBER];
        struct jumin_application application;
        station_clock = station_midnight(cases[i].issued);
        const char *photo = i == 0 ? "2026-10-01" : cases[i].issued;
        assert_int_equal(apply_again(i, 10000, photo), JUMIN_OK);
        (void)snprintf(number, sizeof number, "%.4s-%08u", cases[i].issued, 2 * i + 1);
        station_act(JUMIN_ACTION_APPROVE, number);
        struct jumin_order *order = NULL;
        char taken[JUMIN_APPLICATION_NUMBER];
        station_login(station, "produce");
        assert_int_equal(jumin_station_prepare(station, number, &order, taken), JUMIN_OK);
        jumin_order_free(order);
        assert_int_equal(station_note_written(station, number), JUMIN_OK);
        assert_int_equal(station_note_verified(station, number), JUMIN_OK);
        station_act(JUMIN_ACTION_HAND_OVER, number);
        char expires[JUMIN_DAY];
        assert_int_equal(jumin_policy_expiry(station_policy, JUMIN_SUBJECT_CARD, cases[i].issued, expires),
                         JUMIN_OK);
        assert_int_equal(jumin_station_application(station, number, &application), JUMIN_OK);
        assert_string_equal(application.expiry_date, expires);
        station_clock = station_midnight(cases[i].first_free) - 1;
        assert_int_equal(apply_again(i, 10000, cases[i].photo), JUMIN_ERROR_RULES);
        station_clock += 1;
        assert_int_equal(apply_again(i, 9999, cases[i].photo), JUMIN_ERROR_RULES);
        assert_int_equal(station_state(number), JUMIN_HANDED_OVER); // nothing of what is refused stays
        assert_int_equal(apply_again(i, 10000, cases[i].photo), JUMIN_OK);
        assert_int_equal(station_state(number), JUMIN_EXPIRED);
    }
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'expire'"), 4);
}

static void test_card_is_valid_on_its_last_day(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    station_clock = station_midnight("2036-11-02") - 1;
    assert_int_equal(keep_up(true).expired, 0);
    assert_int_equal(keep_up(false).expired, 0);
    station_clock++;
    assert_int_equal(keep_up(true).expired, 1);
    assert_int_equal(keep_up(false).expired, 1);
    assert_int_equal(station_state(number), JUMIN_EXPIRED);
    assert_int_equal(keep_up(false).expired, 0);
}

static void test_card_without_a_last_day_does_not_expire(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, number);
    assert_int_equal(database_run(stage, "UPDATE application SET expires_on = NULL", NULL, 0, NULL),
                     JUMIN_OK);
    station_clock = station_midnight("2040-01-01");
    assert_int_equal(keep_up(true).expired, 0);
    assert_int_equal(keep_up(false).expired, 0);
    assert_int_equal(station_state(number), JUMIN_HANDED_OVER);
}

static void test_cards_of_others_do_not_expire_with_it(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER], third[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_make_handed_over(1, first);
    station_make_handed_over(2, second);
    station_make_handed_over(3, third);
    station_act(JUMIN_ACTION_REPORT_LOSS, third);
    station_clock = station_midnight("2036-11-02");
    assert_int_equal(apply_again(1, 10000, "2036-11-01"), JUMIN_OK);
    assert_int_equal(station_state(second), JUMIN_HANDED_OVER);
    assert_int_equal(keep_up(false).expired, 1);
    assert_int_equal(station_state(second), JUMIN_EXPIRED);
    assert_int_equal(station_state(third), JUMIN_LOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_data_is_due_on_the_day_of_the_scheme),
        STATION_TEST(test_hand_over_and_cancellation_begin_the_time),
        STATION_TEST(test_only_what_has_ended_is_erased),
        STATION_TEST(test_dry_run_changes_nothing),
        STATION_TEST(test_loss_does_not_prolong_the_time),
        STATION_TEST(test_records_work_without_the_person),
        STATION_TEST(test_more_than_fits_into_a_transaction_is_erased),
        STATION_TEST(test_upkeep_takes_a_role_for_it),
        STATION_TEST(test_no_byte_of_it_stays_in_the_file),
        STATION_TEST(test_expired_card_leaves_room_for_another_one),
        STATION_TEST(test_card_is_valid_on_its_last_day),
        STATION_TEST(test_card_without_a_last_day_does_not_expire),
        STATION_TEST(test_cards_of_others_do_not_expire_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
