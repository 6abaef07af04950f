// Producing: two persons, numbers that never repeat, several stations at once, and a process that dies.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include <stdio.h>

static void make_approved(unsigned person, char number[JUMIN_APPLICATION_NUMBER])
{
    station_apply(person, number);
    station_act(JUMIN_ACTION_APPROVE, number);
}

static enum jumin_error prepare(struct jumin_station *who, const char *number, struct jumin_order **order,
                                char taken[JUMIN_APPLICATION_NUMBER])
{
    return jumin_station_prepare(who, number, order, taken);
}

// The document number that it gets.
static const char *prepared_number(const char *number)
{
    static char text[JUMIN_DOCUMENT_NUMBER];
    struct jumin_application application;
    struct jumin_order *order = NULL;
    char taken[JUMIN_APPLICATION_NUMBER];
    station_login(station, "produce");
    assert_int_equal(prepare(station, number, &order, taken), JUMIN_OK);
    jumin_order_free(order);
    assert_int_equal(jumin_station_application(station, number, &application), JUMIN_OK);
    assert_int_equal(application.state, JUMIN_PREPARED);
    assert_string_equal(application.produced_by, "produce");
    (void)snprintf(text, sizeof text, "%s", application.document_number);
    return text;
}

static void test_order_has_what_the_person_brought_and_the_station_gave(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    make_approved(1, number);
    station_login(station, "produce");
    assert_int_equal(prepare(station, number, &order, taken), JUMIN_OK);
    assert_string_equal(taken, number);
    // Valid for ten years: to the day before.
    assert_non_null(strstr(jumin_order_mrz(order), "KORM00000001"));
    assert_non_null(strstr(jumin_order_mrz(order), "0103141F361101"));
    assert_int_equal(strlen(jumin_order_can(order)), 6);
    assert_string_equal(jumin_order_pin(order), "");
    jumin_order_free(order);
}

// The day of issue is Korea's: at 15:00 UTC it is the next one.
static void test_card_is_issued_on_the_day_that_it_is_in_korea(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    make_approved(1, number);
    station_login(station, "produce");
    station_clock = STATION_NOW + 15 * 3600 - 1;
    assert_int_equal(prepare(station, number, &order, taken), JUMIN_OK);
    assert_non_null(strstr(jumin_order_mrz(order), "F361101"));
    jumin_order_free(order);
    station_clock += 1;
    assert_int_equal(prepare(station, number, &order, taken), JUMIN_OK);
    assert_non_null(strstr(jumin_order_mrz(order), "F361102"));
    jumin_order_free(order);
}

static void test_who_has_approved_does_not_produce(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], next[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    station_login(station, "root");
    assert_int_equal(
        jumin_station_set_officer(station, "both", JUMIN_ROLE_APPROVE | JUMIN_ROLE_PRODUCE, PASSPHRASE),
        JUMIN_OK);
    station_apply(1, number);
    station_login(station, "both");
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_APPROVE, number, NULL, NULL), JUMIN_OK);
    assert_int_equal(prepare(station, number, &order, taken), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(prepare(station, NULL, &order, taken), JUMIN_ERROR_NO_SUCH_FILE);
    assert_null(order);
    assert_int_equal(station_state(number), JUMIN_APPROVED);
    make_approved(2, next); // which another officer has approved
    station_login(station, "both");
    assert_int_equal(prepare(station, NULL, &order, taken), JUMIN_OK);
    assert_string_equal(taken, next);
    jumin_order_free(order);
    (void)prepared_number(number);
}

static void test_one_person_is_enough_where_the_scheme_says_so(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_scheme("\"two_person\": true", "\"two_person\":false");
    station_login(station, "root");
    assert_int_equal(
        jumin_station_set_officer(station, "produce", JUMIN_ROLE_APPROVE | JUMIN_ROLE_PRODUCE, PASSPHRASE),
        JUMIN_OK);
    station_apply(1, number);
    station_login(station, "produce");
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_APPROVE, number, NULL, NULL), JUMIN_OK);
    (void)prepared_number(number);
}

// Of one that was taken without its number nobody would know which to spoil.
static void test_order_that_cannot_be_made_is_named(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    make_approved(1, number);
    stage_run("UPDATE application SET profile = 'resident-of-mars'");
    station_login(station, "produce");
    assert_int_equal(prepare(station, NULL, &order, taken), JUMIN_ERROR_INPUT);
    assert_null(order);
    assert_string_equal(jumin_station_detail(station), "2026-00000001: there is no profile resident-of-mars");
    assert_int_equal(station_state(number), JUMIN_PREPARED);
    stage_run("UPDATE application SET profile = 'interop'"); // which takes a portrait
    assert_int_not_equal(prepare(station, number, &order, taken), JUMIN_OK);
    assert_memory_equal(jumin_station_detail(station), "2026-00000001: ", 15);
    assert_non_null(strstr(jumin_station_detail(station), "photo"));
    station_act(JUMIN_ACTION_SPOIL, number);
}

static void test_oldest_application_comes_first(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    make_approved(1, first);
    make_approved(2, second);
    station_login(station, "produce");
    assert_int_equal(prepare(station, NULL, &order, taken), JUMIN_OK);
    assert_string_equal(taken, first);
    jumin_order_free(order);
    assert_int_equal(prepare(station, NULL, &order, taken), JUMIN_OK);
    assert_string_equal(taken, second);
    jumin_order_free(order);
}

static void test_card_that_was_begun_keeps_its_numbers_and_a_spoiled_one_loses_them(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER], can[8];
    struct jumin_order *order = NULL;
    (void)state;
    make_approved(1, number);
    assert_string_equal(prepared_number(number), "M00000001");
    assert_int_equal(prepare(station, number, &order, taken), JUMIN_OK);
    (void)snprintf(can, sizeof can, "%s", jumin_order_can(order));
    jumin_order_free(order);
    assert_int_equal(prepare(station, number, &order, taken), JUMIN_OK);
    assert_string_equal(jumin_order_can(order), can);
    jumin_order_free(order);
    assert_string_equal(prepared_number(number), "M00000001");
    station_act(JUMIN_ACTION_SPOIL, number);
    assert_string_equal(prepared_number(number), "M00000002");
    make_approved(2, taken);
    assert_string_equal(prepared_number(taken), "M00000003");
}

static void test_only_what_is_approved_spoiled_or_begun_is_produced(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER], taken[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    (void)state;
    station_apply(1, number);
    station_login(station, "produce");
    for (int s = 0; s < JUMIN_APPLICATION_STATES; s++) {
        const struct database_value value = database_integer(s);
        assert_int_equal(database_run(stage, "UPDATE application SET state = $1", &value, 1, NULL), JUMIN_OK);
        const bool may = s == JUMIN_APPROVED || s == JUMIN_SPOILED || s == JUMIN_PREPARED;
        assert_int_equal(prepare(station, number, &order, taken), may ? JUMIN_OK : JUMIN_ERROR_STATUS);
        jumin_order_free(order);
    }
    assert_int_equal(prepare(station, NULL, &order, taken), JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(prepare(station, "2026-00000099", &order, taken), JUMIN_ERROR_NO_SUCH_FILE);
}

// What is sealed stays in its place.
static void test_record_of_another_application_is_refused(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    char taken[JUMIN_APPLICATION_NUMBER];
    (void)state;
    make_approved(1, first);
    make_approved(2, second);
    stage_run("UPDATE application SET person = (SELECT person FROM application AS other"
              " WHERE other.number = '2026-00000002') WHERE number = '2026-00000001'");
    station_login(station, "produce");
    assert_int_equal(prepare(station, first, &order, taken), JUMIN_ERROR_SIGNATURE);
    assert_int_equal(station_state(first), JUMIN_APPROVED);
    stage_run("UPDATE application SET photo = person WHERE number = '2026-00000002'");
    assert_int_equal(prepare(station, second, &order, taken), JUMIN_ERROR_SIGNATURE);
}

// --- Several stations --------------------------------------------------------------------------------------------

enum { STATIONS = 3, CARDS = 12 };

static void produce_all(struct database *database)
{
    struct jumin_station *own = NULL;
    struct jumin_order *order = NULL;
    char taken[JUMIN_APPLICATION_NUMBER];
    database_close(database);
    enum jumin_error error = station_connect(&own, 0, 0);
    if (error == JUMIN_OK) {
        error = jumin_station_login(own, "produce", PASSPHRASE);
    }
    // Whoever meets another station's row lock finds it again later.
    for (unsigned tries = 0; tries < 1000 && error == JUMIN_OK;) {
        const enum jumin_error got = prepare(own, NULL, &order, taken);
        jumin_order_free(order);
        tries++;
        if (got == JUMIN_OK) {
            error = station_note_written(own, taken);
        } else if (got == JUMIN_ERROR_NO_SUCH_FILE) {
            break;
        } else if (got != JUMIN_ERROR_CONFLICT) {
            error = got;
        }
    }
    assert_int_equal(error, JUMIN_OK);
}

static void test_stations_take_each_application_once(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    int workers[STATIONS];
    (void)state;
    for (unsigned i = 0; i < CARDS; i++) {
        make_approved(i, number);
    }
    for (size_t i = 0; i < STATIONS; i++) {
        workers[i] = stage_fork(produce_all);
    }
    for (size_t i = 0; i < STATIONS; i++) {
        stage_wait(workers[i]);
    }
    // On a server a station may have ended while another one still held the last rows; they are done then,
    // too.
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application WHERE state = 3"), CARDS);
    assert_int_equal(stage_integer("SELECT COUNT(DISTINCT document_number) FROM application"), CARDS);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit WHERE action = 'prepare'"), CARDS);
    station_login(station, "root");
    assert_int_equal(jumin_station_audit(station, NULL, NULL), JUMIN_OK);
}

// Another station's process ends with the transaction open.
static void die_in_the_middle(struct database *database)
{
    static const struct database_value value = {.kind = DATABASE_INTEGER, .integer = JUMIN_PREPARED};
    if (database_begin(database) != JUMIN_OK ||
        database_run(database, "UPDATE application SET state = $1", &value, 1, NULL) != JUMIN_OK) {
        assert_true(false);
    }
}

static void test_process_that_dies_leaves_all_as_it_was(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    make_approved(1, number);
    stage_wait(stage_fork(die_in_the_middle));
    assert_int_equal(station_state(number), JUMIN_APPROVED);
    assert_string_equal(prepared_number(number), "M00000001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_order_has_what_the_person_brought_and_the_station_gave),
        STATION_TEST(test_card_is_issued_on_the_day_that_it_is_in_korea),
        STATION_TEST(test_who_has_approved_does_not_produce),
        STATION_TEST(test_one_person_is_enough_where_the_scheme_says_so),
        STATION_TEST(test_order_that_cannot_be_made_is_named),
        STATION_TEST(test_oldest_application_comes_first),
        STATION_TEST(test_card_that_was_begun_keeps_its_numbers_and_a_spoiled_one_loses_them),
        STATION_TEST(test_only_what_is_approved_spoiled_or_begun_is_produced),
        STATION_TEST(test_record_of_another_application_is_refused),
        STATION_TEST(test_stations_take_each_application_once),
        STATION_TEST(test_process_that_dies_leaves_all_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
