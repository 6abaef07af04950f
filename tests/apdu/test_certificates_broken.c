// Certificates that the card must refuse, each broken in one place, as a link, a DV's and a terminal's.
// Afterwards the card works, and its trust points and its date are the same (TR-03105-3.3, unit
// EAC2_ISO7816_J; TR-03105-3.2, unit J).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/eac_card.h"
#include "tests/unit/unit.h"

static struct terminal *const terminal = &eac_card.terminal;
static struct eac_chain *chain; // of authentication terminals
static struct eac_trust before;
static struct test_holder other; // a holder that some test brings

static int start(void **state)
{
    eac_card_start(state);
    chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    before = eac_card_trust();
    eac_card_session(TERMINAL_AUTHENTICATION);
    return 0;
}

static int stop(void **state)
{
    test_holder_release(&other);
    return eac_card_stop(state);
}

static uint16_t import_edited(struct test_holder *issuer, const struct cv_certificate *plan,
                              const struct certificate_edit *edit)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    assert_int_equal(eac_set_dst(terminal, plan->authority), SW_OK);
    return eac_verify(terminal, certificate_make(plan, issuer, edit, 1, bytes));
}

// Placed where the values of edits are read from.
#define BYTES(...) {(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})}

static const uint8_t zeros[32] = {0};
static const uint8_t ones[32] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
static const uint8_t nothing_known[] = {0x5F, 0x21, 0x01, 0x00};

struct broken_case {
    const char *name;
    struct certificate_edit edit;
};

static const struct broken_case broken_cases[] = {
    {"wrong signature", {EDIT_FLIP, 0, CVC_SIGNATURE, 0, {NULL, 0}}},
    {"signature missing", {EDIT_OMIT, 0, CVC_SIGNATURE, 0, {NULL, 0}}},
    {"signature empty", {EDIT_EMPTY, 0, CVC_SIGNATURE, 0, {NULL, 0}}},
    {"signature short", {EDIT_CUT, 0, CVC_SIGNATURE, 0, {NULL, 0}}},
    {"signature long", {EDIT_PAD, 0, CVC_SIGNATURE, 0, {NULL, 0}}},
    {"signature twice", {EDIT_DOUBLE, 0, CVC_SIGNATURE, 0, {NULL, 0}}},
    {"signature under another tag", {EDIT_RETAG, 0, CVC_SIGNATURE, 0x5F38, {NULL, 0}}},
    {"signature longer than it is", {EDIT_OVERLONG, 0, CVC_SIGNATURE, 0, {NULL, 0}}},
    {"r is 0", {EDIT_SET_R, 0, CVC_SIGNATURE, 0, {zeros, sizeof zeros}}},
    {"s is 0", {EDIT_SET_S, 0, CVC_SIGNATURE, 0, {zeros, sizeof zeros}}},
    {"r is larger than the order", {EDIT_SET_R, 0, CVC_SIGNATURE, 0, {ones, sizeof ones}}},
    {"s is larger than the order", {EDIT_SET_S, 0, CVC_SIGNATURE, 0, {ones, sizeof ones}}},
    {"body missing", {EDIT_OMIT, 0, CVC_BODY, 0, {NULL, 0}}},
    {"body empty", {EDIT_EMPTY, 0, CVC_BODY, 0, {NULL, 0}}},
    {"body twice", {EDIT_DOUBLE, 0, CVC_BODY, 0, {NULL, 0}}},
    {"body under another tag", {EDIT_RETAG, 0, CVC_BODY, 0x7F4F, {NULL, 0}}},
    {"body behind the signature", {EDIT_SWAP, 0, CVC_BODY, 0, {NULL, 0}}},
    {"body changed after it was signed", {EDIT_FLIP, 0, CVC_BODY, 0, {NULL, 0}}},
    {"unknown object before the body", {EDIT_INSERT, 0, CVC_BODY, 0, {nothing_known, sizeof nothing_known}}},
    {"profile missing", {EDIT_OMIT, CVC_BODY, CVC_PROFILE, 0, {NULL, 0}}},
    {"another profile", {EDIT_REPLACE, CVC_BODY, CVC_PROFILE, 0, BYTES(0x01)}},
    {"profile twice", {EDIT_DOUBLE, CVC_BODY, CVC_PROFILE, 0, {NULL, 0}}},
    {"authority missing", {EDIT_OMIT, CVC_BODY, CVC_AUTHORITY, 0, {NULL, 0}}},
    {"authority empty", {EDIT_EMPTY, CVC_BODY, CVC_AUTHORITY, 0, {NULL, 0}}},
    {"authority unknown", {EDIT_FLIP, CVC_BODY, CVC_AUTHORITY, 0, {NULL, 0}}},
    {"authority cut", {EDIT_CUT, CVC_BODY, CVC_AUTHORITY, 0, {NULL, 0}}},
    {"authority under another tag", {EDIT_RETAG, CVC_BODY, CVC_AUTHORITY, 0x43, {NULL, 0}}},
    {"holder missing", {EDIT_OMIT, CVC_BODY, CVC_HOLDER, 0, {NULL, 0}}},
    {"holder empty", {EDIT_EMPTY, CVC_BODY, CVC_HOLDER, 0, {NULL, 0}}},
    {"holder under another tag", {EDIT_RETAG, CVC_BODY, CVC_HOLDER, 0x5F22, {NULL, 0}}},
    {"holder before the key", {EDIT_SWAP, CVC_BODY, CVC_PUBLIC_KEY, 0, {NULL, 0}}},
    {"key missing", {EDIT_OMIT, CVC_BODY, CVC_PUBLIC_KEY, 0, {NULL, 0}}},
    {"key empty", {EDIT_EMPTY, CVC_BODY, CVC_PUBLIC_KEY, 0, {NULL, 0}}},
    {"key twice", {EDIT_DOUBLE, CVC_BODY, CVC_PUBLIC_KEY, 0, {NULL, 0}}},
    {"key under another tag", {EDIT_RETAG, CVC_BODY, CVC_PUBLIC_KEY, 0x7F48, {NULL, 0}}},
    {"algorithm of the key missing", {EDIT_OMIT, CVC_PUBLIC_KEY, 0x06, 0, {NULL, 0}}},
    {"algorithm of the key unknown",
     {EDIT_REPLACE, CVC_PUBLIC_KEY, 0x06, 0, BYTES(0x04, 0x00, 0x7F, 0x00, 0x07, 2, 2, 2, 2, 9)}},
    {"algorithm of the key is that of RSA",
     {EDIT_REPLACE, CVC_PUBLIC_KEY, 0x06, 0, BYTES(0x04, 0x00, 0x7F, 0x00, 0x07, 2, 2, 2, 1, 2)}},
    {"point missing", {EDIT_OMIT, CVC_PUBLIC_KEY, 0x86, 0, {NULL, 0}}},
    {"point under another tag", {EDIT_RETAG, CVC_PUBLIC_KEY, 0x86, 0x88, {NULL, 0}}},
    {"point cut", {EDIT_CUT, CVC_PUBLIC_KEY, 0x86, 0, {NULL, 0}}},
    {"point padded", {EDIT_PAD, CVC_PUBLIC_KEY, 0x86, 0, {NULL, 0}}},
    {"point off the curve", {EDIT_FLIP, CVC_PUBLIC_KEY, 0x86, 0, {NULL, 0}}},
    {"unknown object in the key",
     {EDIT_INSERT, CVC_PUBLIC_KEY, 0x86, 0, {nothing_known, sizeof nothing_known}}},
    {"rights missing", {EDIT_OMIT, CVC_BODY, TAG_CHAT, 0, {NULL, 0}}},
    {"rights empty", {EDIT_EMPTY, CVC_BODY, TAG_CHAT, 0, {NULL, 0}}},
    {"rights twice", {EDIT_DOUBLE, CVC_BODY, TAG_CHAT, 0, {NULL, 0}}},
    {"rights under another tag", {EDIT_RETAG, CVC_BODY, TAG_CHAT, 0x7F4D, {NULL, 0}}},
    {"role missing", {EDIT_OMIT, TAG_CHAT, 0x06, 0, {NULL, 0}}},
    {"role unknown", {EDIT_REPLACE, TAG_CHAT, 0x06, 0, BYTES(0x04, 0x00, 0x7F, 0x00, 0x07, 3, 1, 2, 4)}},
    {"authorization missing", {EDIT_OMIT, TAG_CHAT, 0x53, 0, {NULL, 0}}},
    {"authorization short", {EDIT_CUT, TAG_CHAT, 0x53, 0, {NULL, 0}}},
    {"authorization long", {EDIT_PAD, TAG_CHAT, 0x53, 0, {NULL, 0}}},
    {"authorization under another tag", {EDIT_RETAG, TAG_CHAT, 0x53, 0x54, {NULL, 0}}},
    {"effective date missing", {EDIT_OMIT, CVC_BODY, CVC_EFFECTIVE, 0, {NULL, 0}}},
    {"effective date short", {EDIT_CUT, CVC_BODY, CVC_EFFECTIVE, 0, {NULL, 0}}},
    {"effective date under another tag", {EDIT_RETAG, CVC_BODY, CVC_EFFECTIVE, 0x5F26, {NULL, 0}}},
    {"effective date is no decimal", {EDIT_REPLACE, CVC_BODY, CVC_EFFECTIVE, 0, BYTES(2, 6, 0, 1, 0, 0x0A)}},
    {"effective date on 30 February", {EDIT_REPLACE, CVC_BODY, CVC_EFFECTIVE, 0, BYTES(2, 6, 0, 2, 3, 0)}},
    {"effective date in month 13", {EDIT_REPLACE, CVC_BODY, CVC_EFFECTIVE, 0, BYTES(2, 6, 1, 3, 0, 1)}},
    {"effective date on day 0", {EDIT_REPLACE, CVC_BODY, CVC_EFFECTIVE, 0, BYTES(2, 6, 0, 1, 0, 0)}},
    {"expiration date missing", {EDIT_OMIT, CVC_BODY, CVC_EXPIRATION, 0, {NULL, 0}}},
    {"expiration date long", {EDIT_PAD, CVC_BODY, CVC_EXPIRATION, 0, {NULL, 0}}},
    {"expiration date under another tag", {EDIT_RETAG, CVC_BODY, CVC_EXPIRATION, 0x5F26, {NULL, 0}}},
    {"expiration date is no decimal",
     {EDIT_REPLACE, CVC_BODY, CVC_EXPIRATION, 0, BYTES(2, 7, 0x11, 1, 3, 1)}},
    {"expiration date on 29 February of no leap year",
     {EDIT_REPLACE, CVC_BODY, CVC_EXPIRATION, 0, BYTES(2, 7, 0, 2, 2, 9)}},
    {"expires before it is effective", {EDIT_REPLACE, CVC_BODY, CVC_EXPIRATION, 0, BYTES(2, 5, 1, 2, 3, 1)}},
    {"dates in the wrong order", {EDIT_SWAP, CVC_BODY, CVC_EFFECTIVE, 0, {NULL, 0}}},
    {"unknown object in the body",
     {EDIT_INSERT, CVC_BODY, CVC_HOLDER, 0, {nothing_known, sizeof nothing_known}}},
};

enum { BROKEN_CASES = sizeof broken_cases / sizeof broken_cases[0] };

// As a link certificate, as a DV's and as a terminal's.
static void test_broken_certificate_is_refused(void **state)
{
    const struct broken_case *broken = *state;
    test_holder_make(&other, "KRCVCAAT00002", CRYPTO_P256, CRYPTO_SHA256);
    const struct cv_certificate link =
        certificate_plan(&chain->cvca, &other, TERMINAL_AUTHENTICATION, ROLE_CVCA,
                         rights_of_type(TERMINAL_AUTHENTICATION), 260601, 300601);
    struct cv_certificate dv = chain->dv_plan;
    struct cv_certificate holder = chain->terminal_plan;
    dv.effective = holder.effective = 260601; // they would move the date
    eac_card_assert_refused(import_edited(&chain->cvca, &link, &broken->edit));
    eac_card_assert_refused(import_edited(&chain->cvca, &dv, &broken->edit));
    assert_int_equal(eac_set_dst(terminal, dv.holder), SW_REFERENCED_DATA_NOT_FOUND);
    eac_card_assert_trust(&before);

    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    eac_card_assert_refused(import_edited(&chain->dv, &holder, &broken->edit));
    assert_int_equal(eac_set_template(terminal, chain), SW_REFERENCED_DATA_NOT_FOUND);
    eac_card_assert_unharmed(&before);
}

// A test for each case, under its name.
int main(void)
{
    struct CMUnitTest tests[BROKEN_CASES];
    for (size_t i = 0; i < BROKEN_CASES; i++) {
        static struct broken_case cases[BROKEN_CASES];
        cases[i] = broken_cases[i];
        tests[i] =
            (struct CMUnitTest){cases[i].name, test_broken_certificate_is_refused, start, stop, &cases[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
