// Specimen people: the same everywhere, all different, and all of them may apply.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/jpeg.h"
#include "host/perso/person.h"
#include <jansson.h>
#include <jumin/specimen.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBER = 13, SOME = 300 };

static struct jumin_policy *policy;

static int open_policy(void **state)
{
    (void)state;
    return jumin_policy_new(&policy) == JUMIN_OK ? 0 : 1;
}

static int close_policy(void **state)
{
    (void)state;
    jumin_policy_free(policy);
    return 0;
}

// Owned; NULL: refused.
static json_t *person_of(uint64_t seed, uint32_t i, const char *day, struct jumin_specimen *specimen)
{
    if (jumin_specimen_person(policy, seed, i, day, specimen) != JUMIN_OK) {
        return NULL;
    }
    json_t *person = json_loads(specimen->person, JSON_REJECT_DUPLICATES, NULL);
    free(specimen->person);
    return person;
}

static const char *text(const json_t *person, const char *name)
{
    return json_string_value(json_object_get(person, name));
}

static void test_the_same_seed_gives_the_same_people_everywhere(void **state)
{
    (void)state;
    struct jumin_specimen specimen;
    assert_int_equal(jumin_specimen_person(policy, 7, 3, "2026-11-02", &specimen), JUMIN_OK);
    assert_string_equal(
        specimen.person,
        "{\"surname\":{\"hangul\":\"한\",\"romanized\":\"HAN\"},\"given_names\":{\"hangul\":\"석원\","
        "\"romanized\":\"SEOKWON\"},\"birth_date\":\"1968-04-27\",\"sex\":\"M\",\"nationality\":\"KOR\","
        "\"issuing_state\":\"KOR\",\"issuing_authority\":\"견본시장\",\"registration_number\":\"682427-"
        "1835866\",\"address\":{\"city\":\"군위군\",\"street\":\"견본로 267, 109동 "
        "1104호\",\"zipcode\":\"18177\"},\"municipality_code\":\"2772010100\"}");
    free(specimen.person);
}

static void test_another_seed_gives_other_people(void **state)
{
    (void)state;
    struct jumin_specimen specimen;
    unsigned same = 0;
    for (uint32_t i = 0; i < SOME; i++) {
        json_t *one = person_of(1, i, "2026-11-02", &specimen),
               *other = person_of(2, i, "2026-11-02", &specimen);
        same += strcmp(text(one, "birth_date"), text(other, "birth_date")) == 0 ? 1 : 0;
        json_decref(one);
        json_decref(other);
    }
    assert_in_range(same, 0, SOME / 50);
}

static int by_text(const void *left, const void *right)
{
    return memcmp(left, right, NUMBER);
}

static void test_no_two_of_all_have_the_same_registration_number(void **state)
{
    (void)state;
    struct jumin_specimen specimen;
    char(*numbers)[NUMBER] = calloc(JUMIN_SPECIMEN_PEOPLE, sizeof *numbers);
    assert_non_null(numbers);
    for (uint32_t i = 0; i < JUMIN_SPECIMEN_PEOPLE; i++) {
        assert_int_equal(jumin_specimen_person(policy, UINT64_MAX, i, "2026-11-02", &specimen), JUMIN_OK);
        const char *number = strstr(specimen.person, "\"registration_number\":\"") + 23;
        memcpy(numbers[i], number, 6);
        memcpy(numbers[i] + 6, number + 7, 7);
        free(specimen.person);
    }
    qsort(numbers, JUMIN_SPECIMEN_PEOPLE, NUMBER, by_text);
    for (uint32_t i = 1; i < JUMIN_SPECIMEN_PEOPLE; i++) {
        assert_memory_not_equal(numbers[i - 1], numbers[i], NUMBER);
    }
    free(numbers);
}

// What a counter would ask of an application, with the facts that the list states.
static void decide(const json_t *person, const struct jumin_specimen *specimen, const char *day,
                   struct jumin_decision *decision)
{
    const struct jumin_facts facts = {
        .birth_date = text(person, "birth_date"),
        .sex = text(person, "sex")[0],
        .registration_number = text(person, "registration_number"),
        .municipality_code = text(person, "municipality_code"),
        .holds_card = !specimen->first_issue,
        .first_issue = specimen->first_issue,
        .photo_date = day,
        .won_paid = specimen->won,
    };
    assert_int_equal(jumin_policy_decide(policy, JUMIN_APPLY_CARD, &facts, day, decision), JUMIN_OK);
}

static void test_all_of_them_may_apply_on_their_day(void **state)
{
    (void)state;
    static const char *const days[] = {"2026-11-02", "2024-02-29", "2025-12-31", "2026-01-01"};
    struct jumin_specimen specimen;
    struct jumin_decision decision;
    unsigned firsts = 0;
    for (size_t d = 0; d < 4; d++) {
        for (uint32_t i = 0; i < SOME; i++) {
            json_t *person = person_of(d, i, days[d], &specimen);
            assert_non_null(person);
            decide(person, &specimen, days[d], &decision);
            assert_true(decision.met);
            firsts += specimen.first_issue ? 1 : 0;
            json_decref(person);
        }
    }
    assert_in_range(firsts, 1, SOME); // both kinds
}

static void test_a_day_earlier_the_youngest_may_not_always(void **state)
{
    (void)state;
    struct jumin_specimen specimen;
    struct jumin_decision decision;
    unsigned refused = 0;
    for (uint32_t i = 0; i < SOME; i++) {
        json_t *person = person_of(1, i, "2026-11-02", &specimen);
        decide(person, &specimen, "2026-01-02", &decision);
        refused += decision.met ? 0 : 1;
        json_decref(person);
    }
    assert_in_range(refused, 1, SOME / 4); // who is just old enough, ten months later
}

static void test_each_is_a_person_file_that_a_card_takes(void **state)
{
    (void)state;
    struct jumin_specimen specimen;
    struct person parsed;
    char detail[PERSON_DETAIL_MAX];
    for (uint32_t i = 0; i < SOME; i++) {
        json_t *person = person_of(1, i, "2026-11-02", &specimen);
        (void)json_object_set_new(person, "document_number", json_string("M00000001"));
        (void)json_object_set_new(person, "issue_date", json_string("2026-11-02"));
        (void)json_object_set_new(person, "expiry_date", json_string("2036-11-01"));
        char *json = json_dumps(person, JSON_COMPACT);
        assert_int_equal(person_parse(span_of(json, strlen(json)), &parsed, detail), JUMIN_OK);
        assert_string_equal(parsed.surname, json_string_value(json_object_get(
                                                json_object_get(person, "surname"), "romanized")));
        free(json);
        json_decref(person);
    }
}

static void test_who_or_when_is_not_there_is_refused(void **state)
{
    (void)state;
    struct jumin_specimen specimen;
    assert_int_equal(jumin_specimen_person(policy, 1, JUMIN_SPECIMEN_PEOPLE, "2026-11-02", &specimen),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_specimen_person(policy, 1, 0, "2026-02-30", &specimen), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_specimen_person(policy, 1, 0, NULL, &specimen), JUMIN_ERROR_ARGUMENT);
    uint8_t *jpeg = NULL;
    size_t n = 0;
    assert_int_equal(jumin_specimen_portrait(1, JUMIN_SPECIMEN_PEOPLE, &jpeg, &n), JUMIN_ERROR_ARGUMENT);
}

static void test_a_portrait_is_small_and_of_the_right_shape(void **state)
{
    (void)state;
    uint8_t *jpeg = NULL, *again = NULL, *other = NULL;
    size_t n = 0, m = 0;
    struct picture picture;
    char detail[PICTURE_DETAIL_MAX];
    assert_int_equal(jumin_specimen_portrait(1, 0, &jpeg, &n), JUMIN_OK);
    assert_in_range(n, 1000, 15000);
    assert_int_equal(jpeg_decode(span_of(jpeg, n), 1000, 1000, &picture, detail), JUMIN_OK);
    assert_int_equal(picture.width * 45, picture.height * 35);
    picture_free(&picture);
    assert_int_equal(jumin_specimen_portrait(1, 0, &again, &m), JUMIN_OK);
    assert_true(n == m && memcmp(jpeg, again, n) == 0);
    assert_int_equal(jumin_specimen_portrait(1, 1, &other, &m), JUMIN_OK);
    assert_false(n == m && memcmp(jpeg, other, n) == 0);
    free(jpeg);
    free(again);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_seed_gives_the_same_people_everywhere),
        cmocka_unit_test(test_another_seed_gives_other_people),
        cmocka_unit_test(test_no_two_of_all_have_the_same_registration_number),
        cmocka_unit_test(test_all_of_them_may_apply_on_their_day),
        cmocka_unit_test(test_a_day_earlier_the_youngest_may_not_always),
        cmocka_unit_test(test_each_is_a_person_file_that_a_card_takes),
        cmocka_unit_test(test_who_or_when_is_not_there_is_refused),
        cmocka_unit_test(test_a_portrait_is_small_and_of_the_right_shape),
    };
    return cmocka_run_group_tests(tests, open_policy, close_policy);
}
