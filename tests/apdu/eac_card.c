// The card of the tests of Extended Access Control.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/eac_card.h"

#include "card/wire/lds.h"
#include "tests/apdu/eid_document.h"
#include "tests/unit/unit.h"

struct eac_card eac_card;

struct eac_chain *eac_card_chain(enum terminal_type type)
{
    return &eac_card.chains[type - TERMINAL_INSPECTION];
}

int eac_card_start(void **state)
{
    (void)state;
    fixture_start(&eac_card.fixture);
    for (int type = TERMINAL_INSPECTION; type <= TERMINAL_SIGNATURE; type++) {
        eac_chain_make(eac_card_chain((enum terminal_type)type), (enum terminal_type)type);
    }
    eac_personalize(&eac_card.fixture, eac_card.chains, TERMINAL_TYPES, &eac_card.document);
    eid_personalize(&eac_card.fixture, 0);
    terminal_start(&eac_card.terminal, &eac_card.fixture);
    return 0;
}

int eac_card_stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERMINAL_TYPES; i++) {
        eac_chain_release(&eac_card.chains[i]);
    }
    fixture_stop(&eac_card.fixture);
    return 0;
}

void eac_card_session(enum terminal_type type)
{
    sm_end(&eac_card.terminal.sm);
    fixture_power_cycle(&eac_card.fixture);
    terminal_start(&eac_card.terminal, &eac_card.fixture);
    assert_int_equal(eac_pace_all(&eac_card.terminal, type), SW_OK);
}

static void put_object(struct writer *w, uint16_t object)
{
    struct store *store = &eac_card.fixture.card.store;
    size_t length = 0;
    const bool found = store_length(store, object, &length) == STORE_OK;
    writer_put_u8(w, found ? 1 : 0);
    if (found && length > 0) {
        assert_int_equal(store_read(store, object, 0, writer_reserve(w, length), length), STORE_OK);
    }
}

struct eac_trust eac_card_trust(void)
{
    struct eac_trust trust;
    struct writer w = writer_of(trust.bytes, sizeof trust.bytes);
    for (unsigned i = 0; i < TRUST_POINTS_PER_TYPE * (TERMINAL_TYPES + 1); i++) {
        put_object(&w, (uint16_t)(OBJECT_TRUST_POINTS + i));
    }
    put_object(&w, OBJECT_CURRENT_DATE);
    put_object(&w, OBJECT_CVCA);
    assert_false(w.overflow);
    trust.n = w.n;
    return trust;
}

void eac_card_assert_trust(const struct eac_trust *before)
{
    const struct eac_trust now = eac_card_trust();
    assert_true(span_equal(span_of(now.bytes, now.n), span_of(before->bytes, before->n)));
}

void eac_card_assert_opens(struct eac_chain *chain)
{
    struct terminal *terminal = &eac_card.terminal;
    eac_card_session(chain->type);
    assert_int_equal(eac_terminal_authentication(terminal, chain), SW_OK);
    assert_int_equal(eac_chip_authentication(terminal, &eac_card.document), SW_OK);
    const bool inspects = chain->type == TERMINAL_INSPECTION;
    assert_int_equal(terminal_select(terminal, inspects ? AID_EMRTD : AID_EID), SW_OK);
    assert_int_equal(terminal_read(terminal, 3, 0, 1),
                     chain->type == TERMINAL_SIGNATURE ? SW_SECURITY_STATUS_NOT_SATISFIED : SW_OK);
}

void eac_card_assert_refused(uint16_t status)
{
    assert_true(status == SW_AUTHENTICATION_FAILED || (status >= 0x6400 && status <= 0x6FFF));
    assert_false(eac_card.terminal.answered_plain);
}

void eac_card_assert_unharmed(const struct eac_trust *before)
{
    eac_card_assert_trust(before);
    for (size_t i = 0; i < TERMINAL_TYPES; i++) {
        eac_card_assert_opens(&eac_card.chains[i]);
    }
    eac_card_assert_trust(before);
}
