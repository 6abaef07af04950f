// Who applies gets a card or a credential: each refusal with its reason, on the day before and after each
// limit.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/policy_stage.h"

// --- The person -------------------------------------------------------------------------------------------------

static void test_who_is_sixteen_gets_no_card(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    facts.birth_date = "2010-03-14";
    facts.registration_number = NULL;
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "minimum-age",
                   "The applicant is 16; the card is issued from 17 (on 2027-03-14).",
                   "신청인은 만 16세입니다. 카드는 만 17세부터 발급합니다 (2027-03-14부터 가능).");
    expect_refused(JUMIN_APPLY_QR, &facts, "2027-03-13", "minimum-age",
                   "The applicant is 16; the mobile credential is issued from 17 (on 2027-03-14).",
                   "신청인은 만 16세입니다. 모바일 신분증은 만 17세부터 발급합니다 (2027-03-14부터 가능).");
    facts.photo_date = "2027-03-14";
    expect_met(JUMIN_APPLY_CARD, &facts, "2027-03-14");
    assert_string_equal(find("minimum-age")->english, "The applicant is 17; the card is issued from 17.");
    assert_string_equal(find("minimum-age")->korean,
                        "신청인은 만 17세입니다. 카드는 만 17세부터 발급합니다.");
    // Born on a leap day: 1 March of a common year.
    facts.birth_date = "2008-02-29";
    facts.photo_date = "2025-02-01";
    expect_refused(JUMIN_APPLY_CARD, &facts, "2025-02-28", "minimum-age",
                   "The applicant is 16; the card is issued from 17 (on 2025-03-01).",
                   "신청인은 만 16세입니다. 카드는 만 17세부터 발급합니다 (2025-03-01부터 가능).");
    expect_met(JUMIN_APPLY_CARD, &facts, "2025-03-01");
    // The turn of the year
    facts.birth_date = "2009-01-01";
    facts.photo_date = "2025-12-31";
    decide(JUMIN_APPLY_CARD, &facts, "2025-12-31");
    assert_false(find("minimum-age")->met);
    expect_met(JUMIN_APPLY_CARD, &facts, "2026-01-01");
}

static void test_birth_dates_must_be_possible(void **state)
{
    (void)state;
    static const struct {
        const char *birth, *english;
    } cases[] = {
        {NULL, "The birth date is missing."},
        {"", "The birth date must be a day that exists, written as 2001-12-31."},
        {"2001-02-29", "The birth date must be a day that exists, written as 2001-12-31."},
        {"20010314", "The birth date must be a day that exists, written as 2001-12-31."},
        {"2026-11-03", "The birth date, 2026-11-03, lies after the day of the decision, 2026-11-02."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jumin_facts facts = good;
        facts.birth_date = cases[i].birth;
        decide(JUMIN_APPLY_CARD, &facts, today);
        assert_false(find("birth-date")->met);
        assert_string_equal(find("birth-date")->english, cases[i].english);
        assert_false(find("minimum-age")->met);
        assert_string_equal(find("minimum-age")->english, "Without a birth date the age cannot be told.");
        assert_true(find("registration-number")->met); // sound in itself
        assert_true(find("fee")->met);
    }
    struct jumin_facts facts = good;
    facts.birth_date = today;
    decide(JUMIN_APPLY_CARD, &facts, today);
    assert_true(find("birth-date")->met);
    assert_string_equal(find("minimum-age")->english,
                        "The applicant is 0; the card is issued from 17 (on 2043-11-02).");
}

static void test_registration_numbers_must_fit_and_are_not_printed(void **state)
{
    (void)state;
    static const struct {
        const char *number, *english, *korean;
    } cases[] = {
        {"010314-4102938",
         "The registration number could be a real person's: specimen numbers have 20 added to their month.",
         "견본 모드에서는 월에 20을 더한 올바른 견본 주민등록번호만 받습니다."},
        {"012315-4102938", "The registration number must begin with the birth date.",
         "주민등록번호가 신청인의 생년월일 또는 성별과 다릅니다."},
        {"012314-3102938", "The registration number has a seventh digit of the other sex.",
         "주민등록번호가 신청인의 생년월일 또는 성별과 다릅니다."},
        {"012314-2102938",
         "The registration number has a seventh digit of another century than the birth date.",
         "주민등록번호가 신청인의 생년월일 또는 성별과 다릅니다."},
        {"012314", "The registration number must be six digits, a hyphen and seven digits.",
         "견본 모드에서는 월에 20을 더한 올바른 견본 주민등록번호만 받습니다."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jumin_facts facts = good;
        facts.registration_number = cases[i].number;
        expect_refused(JUMIN_APPLY_CARD, &facts, today, "registration-number", cases[i].english,
                       cases[i].korean);
    }
    struct jumin_facts facts = good;
    for (int digit = '0'; digit <= '9'; digit++) {
        char number[] = "012314-410293?";
        number[13] = (char)digit;
        facts.registration_number = number;
        expect_met(JUMIN_APPLY_CARD, &facts, today);
    }
}

static void test_other_regions_get_none(void **state)
{
    (void)state;
    static const char *const in[] = {"3611010100", "5172025021", "4128112345", "4128500000", "4888025021",
                                     "3017010100", "2772025021", "3171025021", "4613010100", "4683025021"};
    static const char *const out[] = {"1168010100", "4129010100", "3611110100", "3020010100", "4711000000"};
    struct jumin_facts facts = good;
    for (size_t i = 0; i < sizeof in / sizeof *in; i++) {
        facts.municipality_code = in[i];
        expect_met(JUMIN_APPLY_CARD, &facts, today);
    }
    assert_string_equal(find("region")->english,
                        "The registered address, 4683025021, is in the pilot region Yeongam-gun (46830).");
    assert_string_equal(find("region")->korean,
                        "주민등록지 4683025021이(가) 시범 지역 영암군(46830)에 있습니다.");
    for (size_t i = 0; i < sizeof out / sizeof *out; i++) {
        facts.municipality_code = out[i];
        decide(JUMIN_APPLY_QR, &facts, today);
        assert_false(find("region")->met);
    }
    facts.municipality_code = "1168010100";
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "region",
                   "The registered address, 1168010100, is in none of the 9 regions of the pilot.",
                   "주민등록지 1168010100은(는) 시범 지역 9곳에 들지 않습니다.");
    facts.municipality_code = "36110";
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "region",
                   "The municipality code of the registered address must be ten digits.",
                   "주민등록지의 법정동 코드는 숫자 열 자리여야 합니다.");
    static const char *const wrong[] = {"36110101000", "361101010A", "3611010100A", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        facts.municipality_code = wrong[i];
        decide(JUMIN_APPLY_CARD, &facts, today);
        assert_false(find("region")->met);
    }
    facts.municipality_code = NULL;
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "region",
                   "The municipality code of the registered address is missing.",
                   "주민등록지의 법정동 코드가 없습니다.");
}

static void test_who_applies_holds_a_card_or_gets_the_first(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    facts.holds_card = false;
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "holds-card",
                   "The applicant holds no resident card, and this is no first issue.",
                   "신청인은 주민등록증이 없고 첫 발급도 아닙니다.");
    facts.first_issue = true;
    expect_met(JUMIN_APPLY_CARD, &facts, today);
    expect_refused(JUMIN_APPLY_QR, &facts, today, "holds-card",
                   "The applicant holds no resident card; it comes before the mobile credential.",
                   "신청인에게 주민등록증이 없습니다. 먼저 주민등록증을 발급받아야 합니다.");
    facts.holds_card = true;
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "holds-card",
                   "The applicant holds a resident card, so that this is no first issue.",
                   "이미 주민등록증이 있으므로 첫 발급이 아닙니다.");
}

// --- Card and credential ----------------------------------------------------------------------------------------

static void test_there_is_one_valid_card(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    facts.valid_card = true;
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "one-valid-card",
                   "An IC card of the applicant is valid; it must be reported lost or given back first.",
                   "유효한 IC 카드가 이미 있습니다. 먼저 분실 신고를 하거나 반납해야 합니다.");
    decide(JUMIN_HAND_OVER, &facts, today);
    assert_false(find("one-valid-card")->met);
    expect_met(JUMIN_APPLY_QR, &facts, today); // it is the card that its credential comes with
}

static void test_photos_are_six_months_old_at_most(void **state)
{
    (void)state;
    static const struct {
        const char *taken, *last, *after;
    } cases[] = {
        {"2026-05-02", "2026-11-02", "2026-11-03"}, {"2026-05-01", "2026-11-01", "2026-11-02"},
        {"2026-08-31", "2027-02-28", "2027-03-01"}, // six whole months: to the end of February
        {"2023-08-31", "2024-02-29", "2024-03-01"}, {"2026-08-30", "2027-02-28", "2027-03-01"},
        {"2026-08-29", "2027-02-28", "2027-03-01"}, {"2026-08-28", "2027-02-28", "2027-03-01"},
        {"2026-08-27", "2027-02-27", "2027-02-28"}, {"2023-08-28", "2024-02-28", "2024-02-29"},
        {"2026-02-28", "2026-08-31", "2026-09-01"}, // … from the first of March
        {"2024-02-29", "2024-08-31", "2024-09-01"}, {"2024-02-28", "2024-08-28", "2024-08-29"},
        {"2026-06-30", "2026-12-31", "2027-01-01"}, {"2026-07-01", "2027-01-01", "2027-01-02"},
        {"2026-10-31", "2027-04-30", "2027-05-01"}, {"2025-12-31", "2026-06-30", "2026-07-01"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jumin_facts facts = good;
        facts.photo_date = cases[i].taken;
        expect_met(JUMIN_APPLY_CARD, &facts, cases[i].taken);
        expect_met(JUMIN_APPLY_CARD, &facts, cases[i].last);
        decide(JUMIN_APPLY_CARD, &facts, cases[i].after);
        assert_false(find("photo-age")->met);
        assert_non_null(strstr(find("photo-age")->english, cases[i].last));
        assert_non_null(strstr(find("photo-age")->korean, cases[i].last));
    }
}

static void test_photos_that_are_too_old_are_refused_with_their_days(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    facts.photo_date = "2026-04-02"; // seven months
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "photo-age",
                   "The photo was taken on 2026-04-02 and could be used for 6 months, until 2026-10-02.",
                   "사진은 2026-04-02에 찍었고 촬영 후 6개월인 2026-10-02까지 쓸 수 있었습니다.");
    facts.photo_date = "2026-11-03";
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "photo-age",
                   "The photo is said to be taken on 2026-11-03, after the day of the decision, 2026-11-02.",
                   "사진 촬영일 2026-11-03이(가) 기준일 2026-11-02보다 뒤입니다.");
    facts.photo_date = NULL;
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "photo-age",
                   "A photo of the last 6 months is needed: the day on which it was taken is missing.",
                   "6개월 이내에 찍은 사진이 필요합니다: 촬영일이 없습니다.");
    expect_met(JUMIN_APPLY_QR, &facts, today); // which needs none
    facts.photo_date = "2026-02-30";
    decide(JUMIN_APPLY_CARD, &facts, today);
    assert_string_equal(
        find("photo-age")->english,
        "A photo of the last 6 months is needed: the day on which it was taken must exist, written "
        "as 2026-11-02.");
}

static void test_an_outdated_photo_means_a_new_card_first(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    facts.photo_outdated = true;
    expect_refused(
        JUMIN_APPLY_QR, &facts, today, "photo-likeness",
        "The registered photo is outdated and the face check would fail: a new physical card comes first.",
        "등록된 사진이 오래되어 얼굴 확인에 실패합니다. 먼저 새 주민등록증을 발급받아야 합니다.");
    expect_met(JUMIN_APPLY_CARD, &facts, today);
}

static void test_fees_are_paid(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    facts.won_paid = 0;
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "fee", "The fee is 10,000 won, and 0 won were paid.",
                   "수수료는 10,000원이고 0원을 냈습니다.");
    facts.won_paid = 9999;
    expect_refused(JUMIN_HAND_OVER, &facts, today, "fee", "The fee is 10,000 won, and 9,999 won were paid.",
                   "수수료는 10,000원이고 9,999원을 냈습니다.");
    facts.won_paid = 10050;
    expect_met(JUMIN_APPLY_CARD, &facts, today);
    assert_string_equal(find("fee")->english, "The fee is 10,000 won, and 10,050 won were paid.");
    facts.won_paid = 0;
    expect_met(JUMIN_APPLY_QR, &facts, today);
    assert_string_equal(find("fee")->english, "It is free of charge.");
    assert_string_equal(find("fee")->korean, "수수료가 없습니다.");
}

static void test_the_first_card_is_free_at_seventeen(void **state)
{
    (void)state;
    unsigned won = 1;
    struct jumin_facts facts = good;
    facts.birth_date = "2009-03-14";
    facts.registration_number = NULL;
    facts.holds_card = false;
    facts.first_issue = true;
    facts.won_paid = 0;
    expect_met(JUMIN_APPLY_CARD, &facts, today);
    expect_met(JUMIN_HAND_OVER, &facts, today);
    facts.photo_date = "2027-03-01";
    expect_met(JUMIN_APPLY_CARD, &facts, "2027-03-13"); // the day before turning 18
    decide(JUMIN_APPLY_CARD, &facts, "2027-03-14");
    assert_false(find("fee")->met);
    assert_int_equal(jumin_policy_fee(policy, JUMIN_APPLY_CARD, &facts, "2027-03-13", &won), JUMIN_OK);
    assert_int_equal(won, 0);
    assert_int_equal(jumin_policy_fee(policy, JUMIN_APPLY_CARD, &facts, "2027-03-14", &won), JUMIN_OK);
    assert_int_equal(won, 10000);
    // Who turns 18 before the card is handed over does not pay after all.
    decide(JUMIN_HAND_OVER, &facts, "2027-03-14");
    assert_false(find("fee")->met);
    facts.applied_on = "2027-03-13";
    expect_met(JUMIN_HAND_OVER, &facts, "2027-03-14");
    static const char *const others[] = {"2027-03-14", "2009-03-13", "2027-02-29"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        facts.applied_on = others[i];
        decide(JUMIN_HAND_OVER, &facts, "2027-03-14");
        assert_false(find("fee")->met);
    }
    facts.applied_on = NULL;
    facts.holds_card = true; // then it is not the first
    assert_int_equal(jumin_policy_fee(policy, JUMIN_APPLY_CARD, &facts, today, &won), JUMIN_OK);
    assert_int_equal(won, 10000);
    facts = good;
    facts.birth_date = "2009-03-14"; // 17, but not the first card
    assert_int_equal(jumin_policy_fee(policy, JUMIN_HAND_OVER, &facts, today, &won), JUMIN_OK);
    assert_int_equal(won, 10000);
    assert_int_equal(jumin_policy_fee(policy, JUMIN_APPLY_QR, &facts, today, &won), JUMIN_OK);
    assert_int_equal(won, 0);
    assert_int_equal(jumin_policy_fee(policy, JUMIN_UNLOCK_CARD, &facts, today, &won), JUMIN_OK);
    assert_int_equal(won, 0);
    facts.birth_date = NULL;
    facts.holds_card = false;
    facts.first_issue = true; // of nobody knows what age
    assert_int_equal(jumin_policy_fee(policy, JUMIN_APPLY_CARD, &facts, today, &won), JUMIN_OK);
    assert_int_equal(won, 10000);
    assert_int_equal(jumin_policy_fee(policy, JUMIN_APPLY_CARD, &facts, "today", &won), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_fee(policy, (enum jumin_question)7, &facts, today, &won),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_fee(policy, JUMIN_APPLY_CARD, &facts, today, NULL), JUMIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_who_is_sixteen_gets_no_card, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_birth_dates_must_be_possible, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_registration_numbers_must_fit_and_are_not_printed,
                                        policy_stage_open, policy_stage_close),
        cmocka_unit_test_setup_teardown(test_other_regions_get_none, policy_stage_open, policy_stage_close),
        cmocka_unit_test_setup_teardown(test_who_applies_holds_a_card_or_gets_the_first, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_there_is_one_valid_card, policy_stage_open, policy_stage_close),
        cmocka_unit_test_setup_teardown(test_photos_are_six_months_old_at_most, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_photos_that_are_too_old_are_refused_with_their_days,
                                        policy_stage_open, policy_stage_close),
        cmocka_unit_test_setup_teardown(test_an_outdated_photo_means_a_new_card_first, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_fees_are_paid, policy_stage_open, policy_stage_close),
        cmocka_unit_test_setup_teardown(test_the_first_card_is_free_at_seventeen, policy_stage_open,
                                        policy_stage_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
