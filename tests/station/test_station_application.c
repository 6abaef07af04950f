// Applications: every action from every state, one card a person, and what stands in the database.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include "card/crypto/crypto.h"
#include "host/station/station_internal.h"
#include <stdio.h>

// --- Actions ---------------------------------------------------------------------------------------------------

static void set_state(const char *number, enum jumin_application_state state)
{
    const struct database_value values[] = {database_text(number), database_integer((int64_t)state)};
    assert_int_equal(database_run(stage,
                                  "UPDATE application SET state = $2, expires_on = '2036-11-01'"
                                  " WHERE number = $1",
                                  values, 2, NULL),
                     JUMIN_OK);
}

// What comes of an action; JUMIN_APPLICATION_STATES: it is refused.
static enum jumin_application_state result_of(enum jumin_station_action action,
                                              enum jumin_application_state from)
{
    switch (action) {
    case JUMIN_ACTION_APPROVE:
        return from == JUMIN_APPLIED ? JUMIN_APPROVED : JUMIN_APPLICATION_STATES;
    case JUMIN_ACTION_CANCEL: // while no card is being written
        return from == JUMIN_APPLIED || from == JUMIN_APPROVED || from == JUMIN_SPOILED
                   ? JUMIN_CANCELLED
                   : JUMIN_APPLICATION_STATES;
    case JUMIN_ACTION_REFUND:
        return from == JUMIN_CANCELLED ? JUMIN_REFUNDED : JUMIN_APPLICATION_STATES;
    case JUMIN_ACTION_SPOIL: // while the card is at the station
        return from == JUMIN_PREPARED || from == JUMIN_WRITTEN || from == JUMIN_VERIFIED
                   ? JUMIN_SPOILED
                   : JUMIN_APPLICATION_STATES;
    case JUMIN_ACTION_HAND_OVER:
        return from == JUMIN_VERIFIED ? JUMIN_HANDED_OVER : JUMIN_APPLICATION_STATES;
    case JUMIN_ACTION_REPORT_LOSS:
        return from == JUMIN_HANDED_OVER ? JUMIN_LOST : JUMIN_APPLICATION_STATES;
    case JUMIN_ACTION_GIVE_BACK:
        return from == JUMIN_HANDED_OVER ? JUMIN_GIVEN_BACK : JUMIN_APPLICATION_STATES;
    default:
        return from == JUMIN_LOST ? JUMIN_HANDED_OVER : JUMIN_APPLICATION_STATES;
    }
}

static unsigned role_of(enum jumin_station_action action)
{
    return action == JUMIN_ACTION_APPROVE ? JUMIN_ROLE_APPROVE
           : action == JUMIN_ACTION_SPOIL ? JUMIN_ROLE_PRODUCE
                                          : JUMIN_ROLE_INTAKE;
}

static void test_every_action_from_every_state(void **state)
{
    const struct jumin_action_form form = {.proof = JUMIN_PROOF_COUNTER};
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    assert_int_equal(jumin_station_set_officer(station, "x", 0, PASSPHRASE), JUMIN_ERROR_NOT_AUTHORIZED);
    station_login(station, "root");
    assert_int_equal(jumin_station_set_officer(station, "all", 7, PASSPHRASE), JUMIN_OK);
    station_login(station, "all");
    for (int action = 0; action < JUMIN_STATION_ACTIONS; action++) {
        for (int from = 0; from < JUMIN_APPLICATION_STATES; from++) {
            const enum jumin_application_state wanted =
                result_of((enum jumin_station_action)action, (enum jumin_application_state)from);
            set_state(number, (enum jumin_application_state)from);
            const int64_t before = stage_integer("SELECT COUNT(*) FROM audit");
            const enum jumin_error error =
                jumin_station_act(station, (enum jumin_station_action)action, number, &form, NULL);
            const bool taken = wanted != JUMIN_APPLICATION_STATES;
            const bool by_rule = action == JUMIN_ACTION_HAND_OVER && from == JUMIN_WRITTEN;
            assert_int_equal(error, taken ? JUMIN_OK : by_rule ? JUMIN_ERROR_RULES : JUMIN_ERROR_STATUS);
            assert_int_equal(station_state(number), taken ? (int)wanted : from);
            assert_int_equal(stage_integer("SELECT COUNT(*) FROM audit"), before + (taken ? 1 : 0));
        }
    }
}

static void test_every_action_needs_its_role(void **state)
{
    static const struct {
        const char *name;
        unsigned role;
    } officers[] = {{"intake", JUMIN_ROLE_INTAKE},
                    {"approve", JUMIN_ROLE_APPROVE},
                    {"produce", JUMIN_ROLE_PRODUCE},
                    {"root", 0}};
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    for (size_t i = 0; i < 4; i++) {
        station_login(station, officers[i].name);
        for (int action = 0; action < JUMIN_STATION_ACTIONS; action++) {
            set_state(number, JUMIN_REFUNDED); // which nothing leads on from
            assert_int_equal(
                jumin_station_act(station, (enum jumin_station_action)action, number, NULL, NULL),
                role_of((enum jumin_station_action)action) == officers[i].role ? JUMIN_ERROR_STATUS
                                                                               : JUMIN_ERROR_NOT_AUTHORIZED);
        }
    }
}

static void test_of_two_officers_one_comes_too_late(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_station *other = NULL;
    (void)state;
    station_apply(1, number);
    assert_int_equal(station_connect(&other, 0, 0), JUMIN_OK);
    station_login(other, "approve");
    assert_int_equal(jumin_station_act(other, JUMIN_ACTION_APPROVE, number, NULL, NULL), JUMIN_OK);
    station_login(station, "approve");
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_APPROVE, number, NULL, NULL),
                     JUMIN_ERROR_STATUS);
    assert_non_null(strstr(jumin_station_detail(station), "approved"));
    jumin_station_close(other);
}

static void test_application_that_is_not_there_is_named(void **state)
{
    struct jumin_application application;
    (void)state;
    station_login(station, "approve");
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_APPROVE, "2026-00000009", NULL, NULL),
                     JUMIN_ERROR_NO_SUCH_FILE);
    assert_non_null(strstr(jumin_station_detail(station), "2026-00000009"));
    assert_int_equal(jumin_station_application(station, "", &application), JUMIN_ERROR_NO_SUCH_FILE);
}

// A line break would look like another entry of the trail, and a terminal obeys the rest.
static void test_reason_is_a_line_of_text(void **state)
{
    static const char *const reasons[] = {"moved\n     7  2026", "\x1b[2J", "\x7f", "\xc2\x9b", "\xff"};
    char number[JUMIN_APPLICATION_NUMBER], longest[202];
    (void)state;
    station_apply(1, number);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        assert_int_equal(jumin_station_act(station, JUMIN_ACTION_CANCEL, number,
                                           &(struct jumin_action_form){.reason = reasons[i]}, NULL),
                         JUMIN_ERROR_ARGUMENT);
        assert_non_null(strstr(jumin_station_detail(station), "reason"));
    }
    memset(longest, 'x', 201);
    longest[201] = '\0';
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_CANCEL, number,
                                       &(struct jumin_action_form){.reason = longest}, NULL),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(station_state(number), JUMIN_APPLIED);
    longest[200] = '\0';
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_CANCEL, number,
                                       &(struct jumin_action_form){.reason = longest}, NULL),
                     JUMIN_OK);
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_REFUND, number,
                                       &(struct jumin_action_form){.reason = "이사: à Séoul"}, NULL),
                     JUMIN_OK);
}

// --- Applying --------------------------------------------------------------------------------------------------

static enum jumin_error apply(const char *json, char number[JUMIN_APPLICATION_NUMBER])
{
    const struct jumin_application_form form = station_form(json);
    return jumin_station_apply(station, &form, NULL, number);
}

static void test_one_person_has_one_card(void **state)
{
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, first);
    station_apply(2, second);
    for (int s = 0; s < JUMIN_APPLICATION_STATES; s++) {
        const bool ended = s >= JUMIN_CANCELLED;
        set_state(first, (enum jumin_application_state)s);
        assert_int_equal(apply(station_person(1), second), ended ? JUMIN_OK : JUMIN_ERROR_RULES);
        if (ended) {
            station_act(JUMIN_ACTION_CANCEL, second);
        } else {
            assert_string_equal(second, "");
        }
    }
}

static void test_card_that_was_found_is_none_beside_a_new_one(void **state)
{
    const struct jumin_action_form form = {.proof = JUMIN_PROOF_COUNTER};
    char first[JUMIN_APPLICATION_NUMBER], second[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, first);
    set_state(first, JUMIN_LOST);
    station_apply(1, second);
    assert_int_equal(jumin_station_act(station, JUMIN_ACTION_RESTORE, first, &form, NULL),
                     JUMIN_ERROR_CONFLICT);
    assert_non_null(strstr(jumin_station_detail(station), "another card meanwhile"));
    assert_int_equal(station_state(first), JUMIN_LOST);
    station_act(JUMIN_ACTION_CANCEL, second);
    station_act(JUMIN_ACTION_RESTORE, first);
}

static void test_what_is_wrong_with_a_person_is_named_and_nothing_is_kept(void **state)
{
    char json[2048], number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_login(station, "intake");
    (void)snprintf(json, sizeof json, "%s", station_person(1));
    char *at = strstr(json, "\"sex\":\"F\"");
    at[7] = 'W';
    assert_int_equal(apply(json, number), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_station_detail(station), "sex"));
    assert_int_equal(apply("{}", number), JUMIN_ERROR_INPUT);
    assert_int_equal(apply("[]", number), JUMIN_ERROR_INPUT);
    assert_int_equal(apply("{\"document_number\":\"M1\"}", number), JUMIN_ERROR_INPUT);
    (void)snprintf(json, sizeof json, "%s", station_person(1));
    at = strstr(json, ",\"registration_number\"");
    at[0] = '}';
    at[1] = '\0';
    assert_int_equal(apply(json, number), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_station_detail(station), "registration_number"));
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application"), 0);
}

static void test_what_the_profile_needs_is_asked_for_at_the_counter(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    const char *json = station_person(1);
    struct jumin_application_form form = station_form(json);
    form.profile = "interop";
    (void)state;
    station_login(station, "intake");
    assert_int_equal(jumin_station_apply(station, &form, NULL, number), JUMIN_ERROR_ARGUMENT);
    assert_non_null(strstr(jumin_station_detail(station), "photo"));
    form.profile = "resident-of-mars";
    assert_int_equal(jumin_station_apply(station, &form, NULL, number), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_station_detail(station), "resident-of-mars"));
}

static void test_every_rule_of_the_scheme_is_told(void **state)
{
    static const struct {
        const char *rule;
        const char *birth_date, *number, *municipality, *photo_date; // NULL: good ones
        bool holds_no_card;
        unsigned paid;
    } wrong[] = {
        {"minimum-age", "2009-11-03", "093103-4000001", NULL, NULL, false, 10000},
        {"region", NULL, NULL, "1111010100", NULL, false, 10000},
        {"holds-card", NULL, NULL, NULL, NULL, true, 10000},
        {"photo-age", NULL, NULL, NULL, "2026-05-01", false, 10000},
        {"fee", NULL, NULL, NULL, NULL, false, 9999},
    };
    (void)state;
    station_login(station, "intake");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char json[1024], number[JUMIN_APPLICATION_NUMBER];
        struct jumin_decision decision;
        (void)snprintf(json, sizeof json,
                       "{\"surname\":{\"hangul\":\"홍\"},\"given_names\":{\"hangul\":\"길순\"},"
                       "\"birth_date\":\"%s\",\"sex\":\"F\",\"nationality\":\"KOR\","
                       "\"issuing_state\":\"KOR\",\"issuing_authority\":\"견본시장\","
                       "\"municipality_code\":\"%s\",\"registration_number\":\"%s\"}",
                       wrong[i].birth_date != NULL ? wrong[i].birth_date : "2001-03-14",
                       wrong[i].municipality != NULL ? wrong[i].municipality : "3611010100",
                       wrong[i].number != NULL ? wrong[i].number : "012314-4000001");
        struct jumin_application_form form = station_form(json);
        form.holds_card = !wrong[i].holds_no_card;
        form.won_paid = wrong[i].paid;
        form.photo_date = wrong[i].photo_date != NULL ? wrong[i].photo_date : form.photo_date;
        assert_int_equal(jumin_station_apply(station, &form, &decision, number), JUMIN_ERROR_RULES);
        assert_string_equal(number, "");
        for (size_t k = 0; k < decision.count; k++) {
            const struct jumin_rule *rule = &decision.rules[k];
            if (rule->met == (strcmp(rule->name, wrong[i].rule) == 0)) {
                fail_msg("%s: %s: %s", wrong[i].rule, rule->name, rule->english);
            }
            assert_true(rule->met || strcmp(jumin_station_detail(station), rule->english) == 0);
        }
    }
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM application"), 0);
}

// --- In the database ---------------------------------------------------------------------------------------------

static bool column_contains(const char *sql, const char *text)
{
    struct database_rows *rows = NULL;
    bool found = false;
    assert_int_equal(database_query(stage, sql, NULL, 0, &rows), JUMIN_OK);
    while (database_next(rows)) {
        const struct span bytes = database_column_bytes(rows, 0);
        assert_true(bytes.n > strlen(text));
        found = found || memmem(bytes.p, bytes.n, text, strlen(text)) != NULL;
    }
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
    return found;
}

static void test_nothing_personal_stands_in_plain(void **state)
{
    static const char *const texts[] = {"홍", "길순", "2001", "012314", "견본"};
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    assert_true(strstr(station_person(1), texts[0]) != NULL);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(column_contains("SELECT person FROM application", texts[i]));
        assert_false(column_contains("SELECT holder FROM application", texts[i]));
    }
}

// The same person is the same to this station alone.
static void test_holder_is_found_by_a_keyed_hash(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    station_apply(2, number);
    station_act(JUMIN_ACTION_CANCEL, number);
    station_apply(2, number);
    assert_int_equal(stage_integer("SELECT COUNT(DISTINCT holder) FROM application"), 2);
    assert_int_equal(stage_integer("SELECT COUNT(DISTINCT person) FROM application"), 3);
}

static struct span column_of_first(const char *sql, uint8_t *bytes, size_t capacity)
{
    struct database_rows *rows = NULL;
    assert_int_equal(database_query(stage, sql, NULL, 0, &rows), JUMIN_OK);
    assert_true(database_next(rows));
    const struct span column = database_column_bytes(rows, 0);
    assert_true(column.n <= capacity);
    memcpy(bytes, column.p, column.n);
    assert_int_equal(database_rows_end(rows), JUMIN_OK);
    return span_of(bytes, column.n);
}

// What is in the records stays readable to later versions. Computed with Python's hmac.
static void test_keys_and_places_stay_what_they_are(void **state)
{
    static const char place[] = "application\0person\0"
                                "2026-00000001";
    uint8_t key[32], sealed[2048], plain[2048];
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    assert_span_hex(column_of_first("SELECT holder FROM application", sealed, sizeof sealed),
                    "b7de9049d203690ddce32eefbd7b7d90e20e3e85483a4b285d52e606470b101f");
    const struct span record = column_of_first("SELECT person FROM application", sealed, sizeof sealed);
    const struct span derived =
        unhex("e257bf908089c6c2c470f8ae0fe5c7c10d92a7f284242cbd5f0d75a31084e638", key, sizeof key);
    assert_true(crypto_gcm_open(derived, record.p, span_of(place, sizeof place - 1),
                                span_of(record.p + CRYPTO_GCM_NONCE, record.n - CRYPTO_GCM_NONCE), plain));
    assert_memory_equal(plain, station_person(1), strlen(station_person(1)));
}

static void test_what_was_paid_and_when_it_changed_is_kept(void **state)
{
    struct jumin_application application;
    char number[JUMIN_APPLICATION_NUMBER];
    (void)state;
    station_apply(1, number);
    assert_int_equal(stage_integer("SELECT CAST(SUM(won) AS BIGINT) FROM payment WHERE kind = 0"), 10000);
    station_clock += 5;
    station_act(JUMIN_ACTION_APPROVE, number);
    assert_int_equal(jumin_station_application(station, number, &application), JUMIN_OK);
    assert_int_equal(application.applied_at, STATION_NOW);
    assert_int_equal(application.changed_at, STATION_NOW + 5);
}

static void test_photo_that_is_too_long_is_refused(void **state)
{
    static const uint8_t photo[1];
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_application_form form = station_form(station_person(1));
    (void)state;
    station_login(station, "intake");
    form.photo = photo;
    form.photo_length = (32 << 20) + 1; // not looked at
    assert_int_equal(jumin_station_apply(station, &form, NULL, number), JUMIN_ERROR_ARGUMENT);
    assert_string_equal(jumin_station_detail(station), "photo: must have at most 32 MiB");
}

static void test_records_of_other_keys_are_not_touched(void **state)
{
    struct jumin_station *other = NULL;
    (void)state;
    assert_int_equal(station_connect(&other, 1, 0), JUMIN_ERROR_KEYS_REFUSED);
    assert_non_null(strstr(jumin_station_detail(other), "data key"));
    jumin_station_close(other);
    assert_int_equal(station_connect(&other, 0, 1), JUMIN_ERROR_KEYS_REFUSED);
    assert_non_null(strstr(jumin_station_detail(other), "audit key"));
    jumin_station_close(other);
}

static bool count_two(void *context, const struct jumin_application *application)
{
    unsigned *count = context;
    assert_int_equal(application->applied_at, STATION_NOW);
    assert_string_equal(application->applied_by, "intake");
    return ++*count < 2;
}

static void test_applications_are_listed_until_that_is_enough(void **state)
{
    char number[JUMIN_APPLICATION_NUMBER];
    unsigned count = 0;
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        station_apply(i, number);
    }
    assert_string_equal(number, "2026-00000003");
    assert_int_equal(jumin_station_applications(station, count_two, &count), JUMIN_OK);
    assert_int_equal(count, 2);
}

static bool count_in_order(void *context, const struct jumin_application *application)
{
    char expected[JUMIN_APPLICATION_NUMBER];
    unsigned *count = context;
    (void)snprintf(expected, sizeof expected, "2026-%08u", ++*count);
    assert_string_equal(application->number, expected);
    return true;
}

static void test_applications_of_many_pages_are_all_listed(void **state)
{
    static const char insert[] = "INSERT INTO application (number, state, holder, profile, "
                                 "applied_at, changed_at, applied_by)"
                                 " VALUES ($1, 7, $2, 'key-only', 0, 0, 'intake')";
    char number[JUMIN_APPLICATION_NUMBER];
    unsigned count = 0, made = 0;
    (void)state;
    for (unsigned end = STATION_PAGE; end <= 2 * STATION_PAGE + 1; end += STATION_PAGE + 1) {
        assert_int_equal(database_begin(stage), JUMIN_OK);
        while (made < end) {
            (void)snprintf(number, sizeof number, "2026-%08u", ++made);
            const struct database_value values[] = {database_text(number),
                                                    database_bytes(span_of(number, 1))};
            assert_int_equal(database_run(stage, insert, values, 2, NULL), JUMIN_OK);
        }
        assert_int_equal(database_commit(stage), JUMIN_OK);
        count = 0;
        assert_int_equal(jumin_station_applications(station, count_in_order, &count), JUMIN_OK);
        assert_int_equal(count, end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATION_TEST(test_every_action_from_every_state),
        STATION_TEST(test_every_action_needs_its_role),
        STATION_TEST(test_of_two_officers_one_comes_too_late),
        STATION_TEST(test_reason_is_a_line_of_text),
        STATION_TEST(test_application_that_is_not_there_is_named),
        STATION_TEST(test_one_person_has_one_card),
        STATION_TEST(test_card_that_was_found_is_none_beside_a_new_one),
        STATION_TEST(test_what_is_wrong_with_a_person_is_named_and_nothing_is_kept),
        STATION_TEST(test_what_the_profile_needs_is_asked_for_at_the_counter),
        STATION_TEST(test_every_rule_of_the_scheme_is_told),
        STATION_TEST(test_nothing_personal_stands_in_plain),
        STATION_TEST(test_holder_is_found_by_a_keyed_hash),
        STATION_TEST(test_keys_and_places_stay_what_they_are),
        STATION_TEST(test_what_was_paid_and_when_it_changed_is_kept),
        STATION_TEST(test_photo_that_is_too_long_is_refused),
        STATION_TEST(test_records_of_other_keys_are_not_touched),
        STATION_TEST(test_applications_are_listed_until_that_is_enough),
        STATION_TEST(test_applications_of_many_pages_are_all_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
