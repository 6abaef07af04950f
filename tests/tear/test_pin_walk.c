// The card's PIN against a model of thirty lines, in long random walks with power cuts on the way.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/mf.h"
#include "card/wire/lds.h"
#include "card/wire/personalization.h"
#include "tests/apdu/pin_card.h"
#include "tests/unit/unit.h"

#include <stdio.h>

enum { WALKS = 6, STEPS = 200, CUT_ONE_IN = 5, CUT_EARLY = 8, CUT_LATE = 120 };

static struct card_fixture fixture;
static struct terminal terminal;

static const char *const pins[] = {"123456", "271828", "1414213562", "12345"};
static const char *const cans[] = {"500540", "314159"};
#define PUK "9876543210"
enum { PINS = 3, CANS = 2 }; // the last PIN is too short

// --- The model ---------------------------------------------------------------------------------------------

struct model {
    const char *pin, *can;
    unsigned tries, resets;
    bool transport, deactivated;
    enum pace_password session;
    bool office;
};

static uint16_t model_pace(struct model *m, enum pace_password password, bool right)
{
    if (password == PACE_PASSWORD_PIN) {
        if (m->deactivated || m->tries == 0 || (m->tries == 1 && m->session != PACE_PASSWORD_CAN)) {
            return m->deactivated ? 0x6283 : m->tries == 0 ? 0x6983 : 0x6985;
        }
        m->tries = right ? 3 : m->tries - 1;
    }
    if (!right) {
        return password == PACE_PASSWORD_PIN ? (uint16_t)(0x63C0 + m->tries) : 0x6300;
    }
    m->session = password;
    return 0x9000;
}

static uint16_t model_change_pin(struct model *m, const char *pin)
{
    if (!m->office && m->session != PACE_PASSWORD_PIN) {
        return 0x6982;
    }
    if (strlen(pin) < 6 || (!m->office && m->transport && strcmp(pin, m->pin) == 0)) {
        return 0x6A80;
    }
    m->pin = pin;
    m->tries = 3;
    m->transport = false;
    m->resets = m->office ? 10 : m->resets;
    return 0x9000;
}

static uint16_t model_unblock(struct model *m)
{
    if (!m->office && m->session != PACE_PASSWORD_PUK) {
        return 0x6982;
    }
    if (m->tries < 3 && !m->office && m->resets-- == 0) {
        m->resets = 0;
        return 0x6983;
    }
    m->tries = 3;
    return 0x9000;
}

static uint16_t model_status(const struct model *m)
{
    return m->transport     ? 0x62C1
           : m->deactivated ? 0x6283
           : m->tries == 3  ? 0x9000
                            : (uint16_t)(0x63C0 + m->tries);
}

// --- Steps, on both ----------------------------------------------------------------------------------------

enum step_kind {
    PACE,
    BE_OFFICE,
    CHANGE_PIN,
    UNBLOCK,
    CHANGE_CAN,
    ACTIVATE,
    DEACTIVATE,
    STATUS,
    POWER_OFF,
    KINDS,
};

struct step {
    enum step_kind kind;
    enum pace_password password;
    bool right;
    const char *digits;
};

static uint16_t model_step(struct model *m, const struct step *step)
{
    switch (step->kind) {
    case PACE:
        return model_pace(m, step->password, step->right);
    case BE_OFFICE:
        m->office = true;
        return 0x9000;
    case CHANGE_PIN:
        return model_change_pin(m, step->digits);
    case UNBLOCK:
        return model_unblock(m);
    case CHANGE_CAN:
        m->can = m->office ? step->digits : m->can;
        return m->office ? 0x9000 : 0x6982;
    case ACTIVATE:
    case DEACTIVATE:
        m->deactivated = m->office ? step->kind == DEACTIVATE : m->deactivated;
        return m->office ? 0x9000 : 0x6982;
    case STATUS:
        return model_status(m);
    default:
        m->session = PACE_PASSWORD_NONE;
        m->office = false;
        return 0x9000;
    }
}

static uint16_t card_step(const struct step *step)
{
    switch (step->kind) {
    case PACE:
        return pin_card_pace(&terminal, step->password, step->digits);
    case BE_OFFICE:
        pin_card_authenticate_terminal(&fixture, right_of(RIGHT_PIN_MANAGEMENT));
        return SW_OK;
    case CHANGE_PIN:
        return pin_card_change_pin(&terminal, step->digits);
    case UNBLOCK:
        return pin_card_unblock(&terminal);
    case CHANGE_CAN:
        return pin_card_change_can(&terminal, step->digits);
    case ACTIVATE:
        return pin_card_activate(&terminal);
    case DEACTIVATE:
        return pin_card_deactivate(&terminal);
    case STATUS:
        return pin_card_status(&terminal);
    default:
        fixture_power_cycle(&fixture);
        terminal_start(&terminal, &fixture);
        return SW_OK;
    }
}

// --- The walk ----------------------------------------------------------------------------------------------

static uint64_t draw(uint64_t *random, uint64_t below)
{
    return test_random(random) % below;
}

static struct step draw_pace(const struct model *m, uint64_t *random)
{
    static const enum pace_password passwords[] = {PACE_PASSWORD_PIN, PACE_PASSWORD_PIN, PACE_PASSWORD_PIN,
                                                   PACE_PASSWORD_CAN, PACE_PASSWORD_CAN, PACE_PASSWORD_PUK};
    const enum pace_password password = passwords[draw(random, sizeof passwords / sizeof passwords[0])];
    const bool right = draw(random, 2) == 0;
    const char *digits = password == PACE_PASSWORD_PIN   ? m->pin
                         : password == PACE_PASSWORD_CAN ? m->can
                                                         : PUK;
    return (struct step){PACE, password, right, right ? digits : "00000000"};
}

// What makes sense in the model's state: without a session PACE or nothing, with one mostly something else.
static struct step draw_step(const struct model *m, uint64_t *random)
{
    if (m->session == PACE_PASSWORD_NONE || (!m->office && draw(random, 4) == 0)) {
        return draw_pace(m, random);
    }
    struct step step = {.kind = (enum step_kind)(BE_OFFICE + draw(random, KINDS - BE_OFFICE))};
    if (step.kind == BE_OFFICE && m->office) {
        step.kind = POWER_OFF;
    }
    step.digits = step.kind == CHANGE_PIN ? pins[draw(random, PINS + 1)] : cans[draw(random, CANS)];
    return step;
}

// The card holds what the model says.
static bool agrees(const struct model *m)
{
    const struct pin_facts facts = pin_facts(&fixture);
    return strcmp(facts.pin, m->pin) == 0 && strcmp(facts.can, m->can) == 0 && facts.tries == m->tries &&
           facts.resets == m->resets && facts.transport == m->transport &&
           facts.deactivated == m->deactivated;
}

// Power is cut somewhere within the step, or after it: then it has happened or not; a PIN's try may be gone.
static void cut_step(struct model *m, const struct step *step, uint64_t *random)
{
    struct model done = *m, spent = *m;
    const uint16_t expected = model_step(&done, step);
    const bool tried = step->kind == PACE && step->password == PACE_PASSWORD_PIN &&
                       (expected == 0x9000 || (expected & 0xFFF0) == 0x63C0);
    spent.tries -= tried ? 1 : 0;
    const uint64_t within = draw(random, 2) == 0 ? CUT_EARLY : CUT_LATE; // a counter, or an erasure as well
    flash_simulator_cut_after(&fixture.flash, draw(random, within),
                              (enum flash_tear)draw(random, FLASH_TEARS), *random);
    const uint16_t status = card_step(step);
    const bool cut = flash_simulator_power_on(&fixture.flash);
    fixture_power_cycle(&fixture);
    terminal_start(&terminal, &fixture);
    assert_true(cut || status == expected);
    if (agrees(&done)) {
        *m = done;
    } else {
        assert_int_not_equal(status, 0x9000);
        assert_true(agrees(m) || agrees(&spent));
        m->tries = agrees(m) ? m->tries : spent.tries;
    }
    m->session = PACE_PASSWORD_NONE;
    m->office = false;
}

static void put(uint16_t identifier, const char *bytes)
{
    assert_int_equal(document_put(&fixture, &mf_applet, identifier, span_of(bytes, strlen(bytes)), NULL),
                     SW_OK);
}

static void walk(uint64_t seed, unsigned succeeded[KINDS], unsigned refused[KINDS])
{
    const struct document_profile profile = {.protocols = document_protocols, .protocol_count = 1};
    struct model m = {pins[0], cans[0], 3, 10, true, false, PACE_PASSWORD_NONE, false};
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    uint64_t random = seed;
    fixture_start(&fixture);
    terminal_start(&terminal, &fixture);
    put(DGI_PASSWORD_CAN, m.can);
    put(DGI_PASSWORD_PIN, m.pin);
    put(DGI_PASSWORD_PUK, PUK);
    put(DGI_TRANSPORT_PIN, "\x01");
    document_put_file(&fixture, &mf_applet, FID_CARD_ACCESS, document_card_access(&profile, &w));
    for (unsigned i = 0; i < STEPS; i++) {
        const struct step step = draw_step(&m, &random);
        if (step.kind != BE_OFFICE && draw(&random, CUT_ONE_IN) == 0) {
            cut_step(&m, &step, &random);
            continue;
        }
        const uint16_t expected = model_step(&m, &step);
        const uint16_t status = card_step(&step);
        if (status != expected || !agrees(&m)) {
            fail_msg("seed %llu, step %u: kind %u, %04X instead of %04X", (unsigned long long)seed, i,
                     (unsigned)step.kind, status, expected);
        }
        *(status == 0x9000 ? &succeeded[step.kind] : &refused[step.kind]) += 1;
    }
    fixture_stop(&fixture);
}

static void test_card_and_model_agree_on_every_walk(void **state)
{
    (void)state;
    unsigned succeeded[KINDS] = {0}, refused[KINDS] = {0};
    for (uint64_t seed = 1; seed <= WALKS; seed++) {
        walk(seed, succeeded, refused);
    }
    for (unsigned kind = 0; kind < KINDS; kind++) { // walks that leave something out show little
        print_message("kind %u: %3u succeeded, %3u refused\n", kind, succeeded[kind], refused[kind]);
        assert_true(succeeded[kind] > 0 && (kind == BE_OFFICE || kind == POWER_OFF || refused[kind] > 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_card_and_model_agree_on_every_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
