// Trust points and the current date with the power cut at every step that a certificate programs or erases:
// afterwards all is old or all is new, and the card trusts accordingly (TR-03110-3 §2.5.1).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/eac_card.h"
#include "tests/unit/unit.h"

#include <stdio.h>

static struct terminal *const terminal = &eac_card.terminal;
static struct test_holder second, third; // CVCAs of inspection systems after the first one
static struct eac_chain *chain;          // of inspection systems, whose trust points EF.CVCA names
static struct cv_certificate links[2];
static struct cv_certificate dv_of_second, dv_of_third;

static int start(void **state)
{
    const rights all = rights_of_type(TERMINAL_INSPECTION);
    eac_card_start(state);
    chain = eac_card_chain(TERMINAL_INSPECTION);
    test_holder_make(&second, "KRCVCAIS00002", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&third, "KRCVCAIS00003", CRYPTO_P256, CRYPTO_SHA256);
    links[0] = certificate_plan(&chain->cvca, &second, TERMINAL_INSPECTION, ROLE_CVCA, all, 261201, 301231);
    links[1] = certificate_plan(&second, &third, TERMINAL_INSPECTION, ROLE_CVCA, all, 271201, 311231);
    dv_of_second =
        certificate_plan(&second, &chain->dv, TERMINAL_INSPECTION, ROLE_DV_DOMESTIC, all, 290101, 301231);
    dv_of_third =
        certificate_plan(&third, &chain->dv, TERMINAL_INSPECTION, ROLE_DV_DOMESTIC, all, 290601, 301231);
    return 0;
}

static int stop(void **state)
{
    test_holder_release(&second);
    test_holder_release(&third);
    return eac_card_stop(state);
}

// A certificate that changes something.
struct step {
    const char *name;
    struct test_holder *issuer;
    const struct cv_certificate *plan;
};

// One after the other.
static const struct step LIFE[] = {
    {"DV certificate, new date", NULL, NULL},
    {"link certificate, new date", NULL, &links[0]},
    {"DV certificate, older trust point expires", &second, &dv_of_second},
    {"link certificate", &second, &links[1]},
    {"DV certificate of the third, new date", &third, &dv_of_third},
};

static struct test_holder *issuer_of(const struct step *step)
{
    return step->issuer != NULL ? step->issuer : &chain->cvca;
}

static const struct cv_certificate *plan_of(const struct step *step)
{
    return step->plan != NULL ? step->plan : &chain->dv_plan;
}

// The field comes on, and all that comes before the certificate.
static void prepare(const struct step *step)
{
    eac_card_session(TERMINAL_INSPECTION);
    assert_int_equal(eac_set_dst(terminal, plan_of(step)->authority), SW_OK);
}

static uint16_t run(const struct step *step)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX], protected[CARD_COMMAND_MAX];
    const struct apdu_command command = {
        .ins = 0x2A, .p2 = 0xBE, .data = certificate_good(plan_of(step), issuer_of(step), bytes)};
    struct writer w = writer_of(protected, sizeof protected);
    assert_true(sm_protect_command(&terminal->sm, &command, &w));
    return fixture_transmit(&eac_card.fixture, writer_span(&w));
}

static bool same(const struct eac_trust *a, const struct eac_trust *b)
{
    return span_equal(span_of(a->bytes, a->n), span_of(b->bytes, b->n));
}

struct snapshot {
    struct flash_simulator flash;
    uint64_t random;
};

static void take(struct snapshot *snapshot)
{
    flash_simulator_copy(&snapshot->flash, &eac_card.fixture.flash);
    snapshot->random = eac_card.fixture.random;
}

static void come_back(const struct snapshot *snapshot)
{
    flash_simulator_copy(&eac_card.fixture.flash, &snapshot->flash);
    eac_card.fixture.random = snapshot->random;
    fixture_power_cycle(&eac_card.fixture);
}

// Old or new, and whoever was at work can come to the end.
static void assert_old_or_new(const struct step *step, const struct eac_trust *before,
                              const struct eac_trust *after)
{
    const struct eac_trust now = eac_card_trust();
    assert_true(same(&now, before) || same(&now, after));
    if (same(&now, before)) {
        prepare(step);
        assert_int_equal(run(step), SW_OK);
        eac_card_assert_trust(after);
    }
}

static void live_through(const struct step *step, struct snapshot *start_of_step, struct snapshot *end)
{
    take(start_of_step);
    prepare(step);
    const struct eac_trust before = eac_card_trust();
    flash_simulator_count_from_zero(&eac_card.fixture.flash);
    assert_int_equal(run(step), SW_OK);
    const uint64_t steps = flash_simulator_steps(&eac_card.fixture.flash);
    const struct eac_trust after = eac_card_trust();
    assert_false(same(&before, &after));
    take(end);
    for (uint64_t k = 0; k < steps; k++) {
        for (enum flash_tear tear = FLASH_TEAR_NONE; tear < FLASH_TEARS; tear++) {
            come_back(start_of_step);
            prepare(step);
            flash_simulator_cut_after(&eac_card.fixture.flash, k, tear, k);
            (void)run(step);
            assert_true(flash_simulator_power_on(&eac_card.fixture.flash));
            fixture_power_cycle(&eac_card.fixture);
            assert_old_or_new(step, &before, &after);
        }
    }
    come_back(end);
    print_message("%-45s %4llu steps\n", step->name, (unsigned long long)steps);
}

static void test_trust_survives_a_cut_at_every_step(void **state)
{
    struct snapshot start_of_step, end;
    (void)state;
    chain->dv_plan.effective = 260301;
    flash_simulator_create(&start_of_step.flash, FIXTURE_PAGES, 1);
    flash_simulator_create(&end.flash, FIXTURE_PAGES, 1);
    for (size_t i = 0; i < sizeof LIFE / sizeof LIFE[0]; i++) {
        live_through(&LIFE[i], &start_of_step, &end);
    }
    flash_simulator_release(&start_of_step.flash);
    flash_simulator_release(&end.flash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_trust_survives_a_cut_at_every_step, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
