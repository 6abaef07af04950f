// Decisions of the scheme that ships, and of another one: what every question looks at, officers and
// hand-over.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/policy_stage.h"

#include <stdio.h>

// --- What every question looks at ------------------------------------------------------------------------------

static void test_each_question_tells_all_its_rules(void **state)
{
    (void)state;
    static const struct {
        const char *question, *rules;
    } cases[] = {
        {"apply-card",
         "birth-date registration-number minimum-age region holds-card one-valid-card photo-age fee "},
        {"apply-qr", "birth-date registration-number minimum-age region holds-card photo-likeness fee "},
        {"produce", "approved two-person "},
        {"hand-over", "birth-date fee one-valid-card card-verified identity-proof validity "},
        {"unlock-card", "not-revoked identity-proof validity "},
        {"unlock-credential", "not-revoked card-not-lost identity-proof validity "},
        {"age", "birth-date adult "},
    };
    const struct jumin_facts nothing = {.valid_card = true,
                                        .photo_outdated = true,
                                        .revoked = true,
                                        .card_lost = true,
                                        .legal_age = "adult",
                                        .registration_number = ""};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char rules[256] = "";
        size_t n = 0;
        assert_string_equal(jumin_question_name(i), cases[i].question);
        expect_met((enum jumin_question)i, &good, today);
        for (size_t k = 0; k < decision.count; k++) {
            n += (size_t)snprintf(rules + n, sizeof rules - n, "%s ", decision.rules[k].name);
        }
        assert_string_equal(rules, cases[i].rules);
        // Where all fail, all are told.
        const size_t count = decision.count;
        decide((enum jumin_question)i, &nothing, today);
        assert_int_equal(decision.count, count);
        for (size_t k = 0; k < count; k++) {
            assert_true(!decision.rules[k].met || (i == JUMIN_APPLY_QR && k == count - 1)); // free
        }
    }
    assert_null(jumin_question_name(sizeof cases / sizeof *cases));
}

static void test_a_decision_needs_a_day_and_a_question(void **state)
{
    (void)state;
    assert_int_equal(jumin_policy_decide(policy, JUMIN_APPLY_CARD, &good, "2026-02-29", &decision),
                     JUMIN_ERROR_ARGUMENT);
    assert_string_equal(jumin_policy_detail(policy),
                        "the day of a decision must exist, written as 2026-11-02");
    assert_false(decision.met);
    assert_int_equal(decision.count, 0);
    assert_int_equal(jumin_policy_decide(policy, JUMIN_APPLY_CARD, &good, NULL, &decision),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_decide(policy, (enum jumin_question)7, &good, today, &decision),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_decide(policy, JUMIN_APPLY_CARD, NULL, today, &decision),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_decide(policy, JUMIN_APPLY_CARD, &good, today, NULL), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_decide(NULL, JUMIN_APPLY_CARD, &good, today, &decision),
                     JUMIN_ERROR_ARGUMENT);
}

// --- Officers, hand-over, unlocking -----------------------------------------------------------------------------

static void test_who_approved_cannot_produce(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    facts.officer = "approver";
    expect_refused(JUMIN_PRODUCE, &facts, today, "two-person",
                   "The officer who approved the application cannot produce its card; another one must.",
                   "승인한 담당자는 그 카드를 제작할 수 없습니다. 다른 담당자가 필요합니다.");
    facts = good;
    facts.approved_by = "";
    expect_refused(JUMIN_PRODUCE, &facts, today, "approved", "The application was not approved yet.",
                   "신청이 아직 승인되지 않았습니다.");
    facts = good;
    facts.officer = NULL;
    expect_refused(JUMIN_PRODUCE, &facts, today, "two-person",
                   "The officer who is to produce the card is not named.", "제작 담당자를 알 수 없습니다.");
}

static void test_cards_are_handed_over_in_person(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    facts.proof = JUMIN_PROOF_CARD;
    expect_refused(JUMIN_HAND_OVER, &facts, today, "identity-proof",
                   "The holder must be identified face to face at the counter.",
                   "본인 확인이 필요합니다: 창구에서 대면으로.");
    facts.proof = JUMIN_PROOF_NONE;
    decide(JUMIN_HAND_OVER, &facts, today);
    assert_false(find("identity-proof")->met);
    facts = good;
    facts.verified = false;
    expect_refused(JUMIN_HAND_OVER, &facts, today, "card-verified", "The card was not read back yet.",
                   "카드를 아직 다시 읽어 확인하지 않았습니다.");
    expect_met(JUMIN_HAND_OVER, &good, "2036-11-01");
    expect_refused(JUMIN_HAND_OVER, &good, "2036-11-02", "validity",
                   "It was valid until 2036-11-01 and must be issued anew.",
                   "유효 기간은 2036-11-01까지였으므로 새로 발급받아야 합니다.");
    facts = good;
    facts.expiry_date = NULL;
    expect_refused(JUMIN_HAND_OVER, &facts, today, "validity", "The date of expiry is missing.",
                   "유효 기간을 알 수 없습니다.");
}

static void test_unlocking_needs_proof_of_identity(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    facts.proof = JUMIN_PROOF_CARD;
    expect_met(JUMIN_UNLOCK_CREDENTIAL, &facts, today);
    assert_string_equal(find("identity-proof")->english,
                        "The holder was identified by the card and its PIN.");
    expect_refused(JUMIN_UNLOCK_CARD, &facts, today, "identity-proof",
                   "The holder must be identified face to face at the counter.",
                   "본인 확인이 필요합니다: 창구에서 대면으로.");
    facts.proof = JUMIN_PROOF_NONE;
    expect_refused(JUMIN_UNLOCK_CREDENTIAL, &facts, today, "identity-proof",
                   "The holder must be identified face to face at the counter, or by the card and its PIN.",
                   "본인 확인이 필요합니다: 창구에서 대면으로 또는 카드와 비밀번호로.");
    facts.proof = (enum jumin_proof)77;
    decide(JUMIN_UNLOCK_CREDENTIAL, &facts, today);
    assert_false(find("identity-proof")->met);
    facts = good;
    facts.revoked = true;
    expect_refused(JUMIN_UNLOCK_CARD, &facts, today, "not-revoked",
                   "It is revoked, which is for ever: it must be issued anew.",
                   "폐기되었으므로 해제할 수 없습니다. 새로 발급받아야 합니다.");
    facts = good;
    facts.card_lost = true;
    expect_refused(
        JUMIN_UNLOCK_CREDENTIAL, &facts, today, "card-not-lost",
        "The card is reported lost: it must be unlocked or replaced before the mobile credential.",
        "카드가 분실 신고되어 있습니다. 모바일 신분증보다 카드를 먼저 해제하거나 새로 발급받아야 합니다.");
    expect_met(JUMIN_UNLOCK_CARD, &facts, today); // it was found
}

// --- Another scheme ---------------------------------------------------------------------------------------------

// The scheme that ships with one change.
static void change(const char *from, const char *to)
{
    static char text[8192];
    const char *shipped = jumin_policy_text(policy);
    const char *at = strstr(shipped, from);
    assert_non_null(at);
    const int n =
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - shipped), shipped, to, at + strlen(from));
    assert_int_equal(jumin_policy_set(policy, text, (size_t)n), JUMIN_OK);
}

static void test_the_rules_follow_the_data(void **state)
{
    (void)state;
    struct jumin_facts facts = good;
    char day[JUMIN_DAY];
    change("\"mode\": \"pilot\"", "\"mode\": \"nationwide\"");
    facts.municipality_code = "1168010100";
    expect_met(JUMIN_APPLY_CARD, &facts, today);
    assert_string_equal(find("region")->english,
                        "It is issued nationwide (registered address in 1168010100).");
    change("\"two_person\": true", "\"two_person\": false");
    facts.officer = facts.approved_by;
    expect_met(JUMIN_PRODUCE, &facts, today);
    change("\"specimen\": true", "\"specimen\": false");
    expect_refused(
        JUMIN_APPLY_CARD, &facts, today, "registration-number",
        "The registration number is a specimen's, with 20 added to its month, and this is no specimen mode.",
        "올바른 주민등록번호가 아닙니다. 견본 번호는 견본 모드에서만 받습니다.");
    facts.registration_number = NULL;
    change("\"qr\": 0", "\"qr\": 1000");
    facts.won_paid = 999;
    expect_refused(JUMIN_APPLY_QR, &facts, today, "fee", "The fee is 1,000 won, and 999 won were paid.",
                   "수수료는 1,000원이고 999원을 냈습니다.");
    change("\"photo_months\": 6", "\"photo_months\": 1");
    facts.won_paid = 10000;
    facts.photo_date = "2026-10-01";
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "photo-age",
                   "The photo was taken on 2026-10-01 and could be used for 1 months, until 2026-11-01.",
                   "사진은 2026-10-01에 찍었고 촬영 후 1개월인 2026-11-01까지 쓸 수 있었습니다.");
    change("\"minimum_age\": 17", "\"minimum_age\": 26");
    facts.photo_date = today;
    expect_refused(JUMIN_APPLY_CARD, &facts, today, "minimum-age",
                   "The applicant is 25; the card is issued from 26 (on 2027-03-14).",
                   "신청인은 만 25세입니다. 카드는 만 26세부터 발급합니다 (2027-03-14부터 가능).");
    change("\"lost_card\": [\"card\", \"credential\"]", "\"lost_card\": [\"card\"]");
    facts.card_lost = true;
    expect_met(JUMIN_UNLOCK_CREDENTIAL, &facts, today);
    facts.proof = JUMIN_PROOF_CARD; // which is lost, and proves nothing
    decide(JUMIN_UNLOCK_CREDENTIAL, &facts, today);
    assert_false(find("card-not-lost")->met);
    change("\"credential\": [\"counter\", \"card\"]", "\"credential\": [\"card\"]");
    facts.proof = JUMIN_PROOF_COUNTER;
    decide(JUMIN_UNLOCK_CREDENTIAL, &facts, today);
    assert_string_equal(find("identity-proof")->english,
                        "The holder must be identified by the card and its PIN.");
    change("\"erasure_days\": 30", "\"erasure_days\": 0");
    assert_int_equal(jumin_policy_erasure(policy, today, day), JUMIN_OK);
    assert_string_equal(day, today);
}

static void test_periods_follow_from_their_first_day(void **state)
{
    (void)state;
    static const struct {
        enum jumin_subject subject;
        const char *issued, *expires;
    } cases[] = {
        {JUMIN_SUBJECT_CREDENTIAL, "2026-11-02", "2029-11-01"},
        {JUMIN_SUBJECT_CREDENTIAL, "2026-01-01", "2028-12-31"},
        {JUMIN_SUBJECT_CREDENTIAL, "2024-02-29", "2027-02-28"},
        {JUMIN_SUBJECT_CREDENTIAL, "2025-03-01", "2028-02-29"},
        {JUMIN_SUBJECT_CARD, "2026-11-02", "2036-11-01"},
    };
    char day[JUMIN_DAY];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(jumin_policy_expiry(policy, cases[i].subject, cases[i].issued, day), JUMIN_OK);
        assert_string_equal(day, cases[i].expires);
    }
    assert_int_equal(jumin_policy_erasure(policy, "2026-12-15", day), JUMIN_OK);
    assert_string_equal(day, "2027-01-14");
    assert_int_equal(jumin_policy_photo_end(policy, "2016-12-15", day), JUMIN_OK); // ten years
    assert_string_equal(day, "2026-12-14");
    assert_int_equal(jumin_policy_photo_end(policy, "2016-13-15", day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_photo_end(policy, NULL, day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_photo_end(NULL, today, day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_expiry(policy, JUMIN_SUBJECT_CARD, "9995-01-01", day),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_expiry(policy, JUMIN_SUBJECT_CARD, "2026-11-31", day),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_expiry(policy, (enum jumin_subject)2, today, day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_expiry(NULL, JUMIN_SUBJECT_CARD, today, day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_erasure(policy, NULL, day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_erasure(policy, "9999-12-31", day), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_policy_erasure(NULL, today, day), JUMIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_question_tells_all_its_rules, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_a_decision_needs_a_day_and_a_question, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_who_approved_cannot_produce, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_cards_are_handed_over_in_person, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_unlocking_needs_proof_of_identity, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_the_rules_follow_the_data, policy_stage_open,
                                        policy_stage_close),
        cmocka_unit_test_setup_teardown(test_periods_follow_from_their_first_day, policy_stage_open,
                                        policy_stage_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
