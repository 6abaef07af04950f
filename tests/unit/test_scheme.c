// The scheme's data file: the one that ships, and that each wrong field of others is named.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/policy/scheme.h"
#include <stdio.h>

static const char good[] =
    "{\"name\":\"own\",\"description\":\"A scheme of one's own\",\"specimen\":false,"
    "\"regions\":{\"mode\":\"nationwide\",\"pilot\":[{\"code\":\"36\",\"korean\":\"세종\",\"english\":"
    "\"Sejong\"},"
    "{\"code\":\"3611010100\",\"korean\":\"반곡동\",\"english\":\"Bangok-dong\"}]},\"minimum_age\":18,"
    "\"fees\":{\"ic_card\":5000,\"qr\":1000,\"first_issue\":{\"ic_card\":500,\"until_age\":19}},"
    "\"photo_months\":12,\"validity_years\":{\"card\":5,\"credential\":2},\"qr_minutes\":3,"
    "\"face\":{\"tap\":true,\"minimum_score\":70,\"photo_years\":4},"
    "\"lock\":{\"within_minutes\":1,\"lost_card\":[\"card\"],\"lost_phone\":[\"credential\",\"card\"]},"
    "\"unlock\":{\"card\":[\"counter\"],\"credential\":[\"card\"]},"
    "\"legal_ages\":[{\"name\":\"adult\",\"years\":20,\"from\":\"birthday\"},"
    "{\"name\":\"school\",\"years\":7,\"from\":\"new-year\"}],\"erasure_days\":0,\"copies_a_day\":50,\"two_"
    "person\":false}";

static enum jumin_error parse(const char *json, struct scheme *scheme, char *detail)
{
    return scheme_parse(span_of(json, strlen(json)), scheme, detail);
}

static void test_every_field_is_taken(void **state)
{
    (void)state;
    struct scheme scheme;
    char detail[SCHEME_DETAIL_MAX] = "";
    assert_int_equal(parse(good, &scheme, detail), JUMIN_OK);
    assert_string_equal(scheme.name, "own");
    assert_string_equal(scheme.description, "A scheme of one's own");
    const struct jumin_policy_figures *figures = &scheme.figures;
    assert_false(figures->specimen);
    assert_true(figures->nationwide);
    assert_false(figures->two_person);
    assert_int_equal(figures->minimum_age, 18);
    assert_int_equal(figures->card_won, 5000);
    assert_int_equal(figures->qr_won, 1000);
    assert_int_equal(figures->first_card_won, 500);
    assert_int_equal(figures->first_card_until_age, 19);
    assert_int_equal(figures->photo_months, 12);
    assert_int_equal(figures->card_years, 5);
    assert_int_equal(figures->credential_years, 2);
    assert_int_equal(figures->qr_minutes, 3);
    assert_true(figures->face_at_tap);
    assert_int_equal(figures->face_score, 70);
    assert_int_equal(figures->face_photo_years, 4);
    assert_int_equal(figures->lock_minutes, 1);
    assert_int_equal(figures->erasure_days, 0);
    assert_int_equal(figures->copies_a_day, 50);
    assert_int_equal(scheme.region_count, 2);
    assert_string_equal(scheme.regions[1].code, "3611010100");
    assert_string_equal(scheme.regions[1].korean, "반곡동");
    assert_string_equal(scheme.regions[1].english, "Bangok-dong");
    assert_true(scheme.locks[JUMIN_SUBJECT_CARD][JUMIN_SUBJECT_CARD]);
    assert_false(scheme.locks[JUMIN_SUBJECT_CARD][JUMIN_SUBJECT_CREDENTIAL]);
    assert_true(scheme.locks[JUMIN_SUBJECT_CREDENTIAL][JUMIN_SUBJECT_CARD]);
    assert_int_equal(scheme.proofs[JUMIN_SUBJECT_CARD], 1 << JUMIN_PROOF_COUNTER);
    assert_int_equal(scheme.proofs[JUMIN_SUBJECT_CREDENTIAL], 1 << JUMIN_PROOF_CARD);
    assert_int_equal(scheme.legal_age_count, 2);
    assert_false(scheme_legal_age(&scheme, "adult")->from_new_year);
    assert_int_equal(scheme_legal_age(&scheme, "school")->years, 7);
    assert_true(scheme_legal_age(&scheme, "school")->from_new_year);
    assert_null(scheme_legal_age(&scheme, "full-age-18"));
    assert_null(scheme_legal_age(&scheme, NULL));
}

static void test_the_scheme_that_ships_is_the_pilot(void **state)
{
    (void)state;
    static const char *const codes[] = {"36110", "51720", "4128",  "48880", "30170",
                                        "27720", "31710", "46130", "46830"};
    struct jumin_policy *policy = NULL;
    assert_int_equal(jumin_policy_new(&policy), JUMIN_OK);
    const struct jumin_policy_figures *figures = jumin_policy_figures(policy);
    assert_true(figures->specimen);
    assert_false(figures->nationwide);
    assert_true(figures->two_person);
    assert_int_equal(figures->minimum_age, 17);
    assert_int_equal(figures->card_won, 10000);
    assert_int_equal(figures->qr_won, 0);
    assert_int_equal(figures->first_card_won, 0);
    assert_int_equal(figures->first_card_until_age, 17);
    assert_int_equal(figures->photo_months, 6);
    assert_int_equal(figures->credential_years, 3);
    assert_int_equal(figures->qr_minutes, 10);
    assert_false(figures->face_at_tap);
    assert_int_equal(figures->face_score, 60);
    assert_int_equal(figures->face_photo_years, 10);
    assert_int_equal(figures->lock_minutes, 0);
    assert_int_equal(policy->scheme.region_count, sizeof codes / sizeof *codes);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_string_equal(policy->scheme.regions[i].code, codes[i]);
    }
    // A lost card takes its phone's credential down; a lost phone does not take the card down.
    assert_true(jumin_policy_locks(policy, JUMIN_SUBJECT_CARD, JUMIN_SUBJECT_CARD));
    assert_true(jumin_policy_locks(policy, JUMIN_SUBJECT_CARD, JUMIN_SUBJECT_CREDENTIAL));
    assert_true(jumin_policy_locks(policy, JUMIN_SUBJECT_CREDENTIAL, JUMIN_SUBJECT_CREDENTIAL));
    assert_false(jumin_policy_locks(policy, JUMIN_SUBJECT_CREDENTIAL, JUMIN_SUBJECT_CARD));
    assert_false(jumin_policy_locks(policy, (enum jumin_subject)2, JUMIN_SUBJECT_CARD));
    assert_false(jumin_policy_locks(policy, JUMIN_SUBJECT_CARD, (enum jumin_subject)2));
    jumin_policy_free(policy);
}

// `good` with the first `from` replaced by `to`.
static const char *changed(const char *from, const char *to)
{
    static char text[4096];
    const char *at = strstr(good, from);
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    return text;
}

static void expect_refused(const char *json, const char *named)
{
    struct scheme scheme;
    static const struct scheme empty;
    char detail[SCHEME_DETAIL_MAX] = "";
    assert_int_equal(parse(json, &scheme, detail), JUMIN_ERROR_INPUT);
    if (strstr(detail, named) == NULL) {
        fail_msg("\"%s\" does not name %s", detail, named);
    }
    assert_memory_equal(&scheme, &empty, sizeof scheme);
}

static void test_wrong_fields_are_named(void **state)
{
    (void)state;
    expect_refused(changed("\"own\"", "\"Own\""), "name: must be small letters");
    expect_refused(changed("\"own\"", "\"a-name-that-is-far-too-long-for-it\""), "name");
    expect_refused(changed("\"own\"", "\"own\\u0000\""), "line 1");
    expect_refused(changed("A scheme of one's own", ""), "description");
    expect_refused(changed("\"two_person\"", "\"two-person\""), "two-person: is no field of a scheme");
    expect_refused(changed("\"specimen\":false", "\"specimen\":0"), "specimen");
    expect_refused(changed("\"nationwide\"", "\"everywhere\""), "regions.mode");
    expect_refused(changed("\"mode\":", "\"made\":"), "made");
    expect_refused(changed("{\"mode\":\"nationwide\"", "[],\"was\":{\"mode\":\"nationwide\""), "was");
    expect_refused(changed("\"36\"", "\"3\""), "regions.pilot[0]");
    expect_refused(changed("\"36\"", "\"36A\""), "regions.pilot[0]");
    expect_refused(changed("\"3611010100\"", "\"36110101000\""), "regions.pilot[1]");
    expect_refused(changed("\"3611010100\"", "\"36\""), "regions.pilot[1]: has the code of another");
    expect_refused(changed("\"Sejong\"", "\"\""), "regions.pilot[0]");
    expect_refused(changed("\"세종\"", "7"), "regions.pilot[0]");
    expect_refused(changed("{\"code\":\"36\"", "\"36\",{\"code\":\"36\""), "regions.pilot[0]");
    expect_refused(changed("\"minimum_age\":18", "\"minimum_age\":0"),
                   "minimum_age: must be a number from 1");
    expect_refused(changed("\"minimum_age\":18", "\"minimum_age\":100"), "minimum_age");
    expect_refused(changed("\"minimum_age\":18", "\"minimum_age\":\"18\""), "minimum_age");
    expect_refused(changed("\"ic_card\":5000", "\"ic_card\":-1"), "fees.ic_card");
    expect_refused(changed("\"ic_card\":5000", "\"ic_card\":1000001"), "fees.ic_card");
    expect_refused(changed("\"qr\":1000", "\"qr\":1000.5"), "fees.qr");
    expect_refused(changed("\"ic_card\":500,", ""), "fees.first_issue.ic_card");
    expect_refused(changed("\"until_age\":19", "\"until_age\":200"), "fees.first_issue.until_age");
    expect_refused(changed("\"photo_months\":12", "\"photo_months\":0"), "photo_months");
    expect_refused(changed("\"photo_months\":12", "\"photo_months\":121"), "photo_months");
    expect_refused(changed("\"card\":5", "\"card\":0"), "validity_years.card");
    expect_refused(changed("\"credential\":2", "\"credential\":8"),
                   "validity_years.credential: must be a number from 1 to 7");
    expect_refused(changed("\"qr_minutes\":3", "\"qr_minutes\":1441"), "qr_minutes");
    expect_refused(changed("\"tap\":true", "\"tap\":1"), "face.tap");
    expect_refused(changed("\"minimum_score\":70", "\"minimum_score\":0"), "face.minimum_score");
    expect_refused(changed("\"minimum_score\":70", "\"minimum_score\":101"), "face.minimum_score");
    expect_refused(changed("\"photo_years\":4", "\"photo_years\":0"), "face.photo_years");
    expect_refused(changed("\"photo_years\":4", "\"photo_years\":4,\"level\":1"), "level");
    expect_refused(changed("\"within_minutes\":1", "\"within_minutes\":-1"), "lock.within_minutes");
    expect_refused(changed("[\"card\"]", "[\"credential\"]"),
                   "lock.lost_card: must have what is lost itself");
    expect_refused(changed("[\"credential\",\"card\"]", "[\"card\"]"), "lock.lost_phone: must have");
    expect_refused(changed("[\"credential\",\"card\"]", "[\"credential\",\"credential\"]"),
                   "lock.lost_phone");
    expect_refused(changed("[\"credential\",\"card\"]", "[\"phone\"]"), "lock.lost_phone");
    expect_refused(changed("\"unlock\":{\"card\":[\"counter\"]", "\"unlock\":{\"card\":[\"card\"]"),
                   "unlock.card"); // itself
    expect_refused(changed("\"credential\":[\"card\"]", "\"credential\":[]"), "unlock.credential");
    expect_refused(changed("\"adult\"", "\"grown-up\""), "legal_ages: must have adult");
    expect_refused(changed("\"school\"", "\"adult\""), "legal_ages[1]: has the name of another");
    expect_refused(changed("\"school\"", "\"School\""), "legal_ages[1]");
    expect_refused(changed("\"years\":20", "\"years\":100"), "legal_ages[0]");
    expect_refused(changed("\"birthday\"", "\"day\""), "legal_ages[0]");
    expect_refused(changed("\"erasure_days\":0", "\"erasure_days\":3651"), "erasure_days");
    expect_refused(changed("\"copies_a_day\":50", "\"copies_a_day\":0"), "copies_a_day");
    expect_refused(changed("\"copies_a_day\":50", "\"copies_a_day\":100001"), "copies_a_day");
    expect_refused(changed("\"two_person\":false", "\"two_person\":\"no\""), "two_person");
}

// `good` with `count` times `entry` in place of the list that follows `name`; its "##" is each one's number.
static const char *with_list(const char *name, const char *entry, unsigned count)
{
    static char text[8192];
    const char *at = strstr(good, name) + strlen(name), *end = strchr(at, ']');
    size_t n = (size_t)snprintf(text, sizeof text, "%.*s", (int)(at - good), good);
    for (unsigned i = 0; i < count; i++) {
        char *from = text + n;
        n += (size_t)snprintf(from, sizeof text - n, "%s%s", i > 0 ? "," : "", entry);
        for (char *mark = strchr(from, '#'); mark != NULL; mark = strchr(from, '#')) {
            mark[0] = (char)('0' + i / 10);
            mark[1] = (char)('0' + i % 10);
        }
    }
    (void)snprintf(text + n, sizeof text - n, "%s", end);
    return text;
}

static void test_lists_have_an_end(void **state)
{
    (void)state;
    static const char region[] = "{\"code\":\"10##\",\"korean\":\"가\",\"english\":\"R##\"}";
    static const char age[] = "{\"name\":\"a##\",\"years\":17,\"from\":\"birthday\"}";
    struct scheme scheme;
    char detail[SCHEME_DETAIL_MAX];
    assert_int_equal(parse(with_list("\"pilot\":[", region, SCHEME_REGIONS_MAX), &scheme, detail), JUMIN_OK);
    assert_string_equal(scheme.regions[31].english, "R31");
    expect_refused(with_list("\"pilot\":[", region, SCHEME_REGIONS_MAX + 1), "regions.pilot");
    expect_refused(with_list("\"pilot\":[", region, 0), "regions.pilot");
    expect_refused(with_list("\"legal_ages\":[", age, 9), "legal_ages: must be a list of 1 to 8");
    expect_refused(with_list("\"legal_ages\":[", age, 0), "legal_ages: must be a list of 1 to 8");
}

static void test_missing_fields_are_named(void **state)
{
    (void)state;
    static const char *const cut[][2] = {{"\"name\":\"own\",", "name"},
                                         {"\"specimen\":false,", "specimen"},
                                         {"\"minimum_age\":18,", "minimum_age"},
                                         {"\"qr\":1000,", "fees.qr"},
                                         {"\"photo_months\":12,", "photo_months"},
                                         {"\"card\":5,", "validity_years.card"},
                                         {"\"qr_minutes\":3,", "qr_minutes"},
                                         {"\"tap\":true,", "face.tap"},
                                         {"\"lost_card\":[\"card\"],", "lock.lost_card"},
                                         {"\"card\":[\"counter\"],", "unlock.card"},
                                         {"\"years\":7,", "legal_ages[1]"},
                                         {"\"erasure_days\":0,", "erasure_days"},
                                         {"\"copies_a_day\":50,", "copies_a_day"},
                                         {",\"two_person\":false", "two_person"}};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        expect_refused(changed(cut[i][0], ""), cut[i][1]);
    }
    expect_refused("{}", "name");
    expect_refused("[]", "line 1");
    expect_refused("{\n\"name\":\"a\",\n\"name\":\"b\"}", "line 3");
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    struct scheme scheme;
    char detail[SCHEME_DETAIL_MAX];
    for (size_t n = 0; n < strlen(good); n++) {
        assert_int_equal(scheme_parse(span_of(good, n), &scheme, detail), JUMIN_ERROR_INPUT);
    }
}

static void test_a_scheme_that_is_refused_leaves_the_one_before(void **state)
{
    (void)state;
    static char long_text[17000];
    struct jumin_policy *policy = NULL;
    assert_int_equal(jumin_policy_new(&policy), JUMIN_OK);
    assert_int_equal(jumin_policy_set(policy, good, strlen(good)), JUMIN_OK);
    assert_string_equal(jumin_policy_text(policy), good);
    const char *wrong = changed("\"qr\":1000", "\"qr\":-1");
    assert_int_equal(jumin_policy_set(policy, wrong, strlen(wrong)), JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_policy_detail(policy), "fees.qr: must be a number from 0 to 1000000");
    assert_string_equal(jumin_policy_text(policy), good);
    assert_int_equal(jumin_policy_figures(policy)->qr_won, 1000);
    memset(long_text, ' ', sizeof long_text); // all right but for its length
    memcpy(long_text, good, strlen(good));
    assert_int_equal(jumin_policy_set(policy, long_text, sizeof long_text), JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_policy_detail(policy), "scheme, line 1: is longer than 16 KiB");
    assert_int_equal(jumin_policy_set(policy, NULL, 0), JUMIN_ERROR_ARGUMENT);
    jumin_policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_is_taken),
        cmocka_unit_test(test_the_scheme_that_ships_is_the_pilot),
        cmocka_unit_test(test_wrong_fields_are_named),
        cmocka_unit_test(test_lists_have_an_end),
        cmocka_unit_test(test_missing_fields_are_named),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_a_scheme_that_is_refused_leaves_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
