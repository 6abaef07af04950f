// Extended Access Control against the card, whole: PACE with a CHAT, Terminal and Chip Authentication version
// 2 in the MF, version 1 in the eMRTD application (TR-03110-2 §2.3, TR-03110-1 §2.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/eac.h"
#include "tests/apdu/eid_document.h"
#include "tests/unit/unit.h"

static struct card_fixture fixture;
static struct terminal terminal;
static struct document document;
static struct eac_chain chains[TERMINAL_TYPES];

static struct eac_chain *chain_of(enum terminal_type type)
{
    return &chains[type - TERMINAL_INSPECTION];
}

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    for (int type = TERMINAL_INSPECTION; type <= TERMINAL_SIGNATURE; type++) {
        eac_chain_make(chain_of((enum terminal_type)type), (enum terminal_type)type);
    }
    eac_personalize(&fixture, chains, TERMINAL_TYPES, &document);
    eid_personalize(&fixture, 0);
    terminal_start(&terminal, &fixture);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERMINAL_TYPES; i++) {
        eac_chain_release(&chains[i]);
    }
    fixture_stop(&fixture);
    return 0;
}

static void test_authentication_terminal_reads_a_data_group(void **state)
{
    struct eac_chain *chain = chain_of(TERMINAL_AUTHENTICATION);
    (void)state;
    assert_int_equal(eac_pace_all(&terminal, chain->type), SW_OK);
    assert_true(span_equal(span_of(terminal.trust_points[0], terminal.trust_point_lengths[0]),
                           chain->cvca_plan.holder));
    assert_int_equal(terminal.trust_point_lengths[1], 0);
    assert_int_equal(eac_terminal_authentication(&terminal, chain), SW_OK);
    assert_int_equal(eac_chip_authentication(&terminal, &document), SW_OK);
    assert_int_equal(terminal_select(&terminal, AID_EID), SW_OK);
    assert_int_equal(terminal_read(&terminal, 1, 0, 1), SW_OK);
    assert_span_hex(terminal.data, "61");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_authentication_terminal_reads_a_data_group, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
