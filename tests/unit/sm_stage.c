// Terminal and card under secure messaging with AES.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sm_stage.h"

const size_t key_lengths[KEY_LENGTHS] = {16, 24, 32};
const enum secure_messaging_suite suites[KEY_LENGTHS] = {SUITE_AES_CBC_CMAC_128, SUITE_AES_CBC_CMAC_192,
                                                         SUITE_AES_CBC_CMAC_256};

uint8_t content[66000], wire[70000], opened[70000];

const struct apdu_command chained = {.cla = CLA_CHAINING, .ins = 0x86, .ne = 256};

int fill_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof content; i++) {
        content[i] = (uint8_t)(i * 7 + 1);
    }
    return 0;
}

void start(struct sm_session *session, size_t suite)
{
    uint8_t encryption[32];
    uint8_t mac[32];
    for (uint8_t i = 0; i < 32; i++) {
        encryption[i] = i;
        mac[i] = (uint8_t)(0x40 + i);
    }
    assert_true(sm_start(session, suites[suite], span_of(encryption, key_lengths[suite]),
                         span_of(mac, key_lengths[suite])));
}

void start_pair(struct pair *pair, size_t suite)
{
    memset(pair, 0, sizeof *pair);
    start(&pair->terminal, suite);
    start(&pair->card, suite);
}

void end_pair(struct pair *pair)
{
    sm_end(&pair->terminal);
    sm_end(&pair->card);
}

struct span protect(struct sm_session *session, const struct apdu_command *plain)
{
    struct writer w = writer_of(wire, sizeof wire);
    assert_true(sm_protect_command(session, plain, &w));
    return writer_span(&w);
}

enum sm_result open_command(struct sm_session *session, struct span apdu, struct apdu_command *plain)
{
    struct apdu_command command;
    assert_true(apdu_parse(apdu, &command));
    return sm_open_command(session, &command, opened, plain);
}

void round_trip(struct pair *pair, const struct apdu_command *plain)
{
    struct apdu_command at_card;
    assert_int_equal(open_command(&pair->card, protect(&pair->terminal, plain), &at_card), SM_OK);
    assert_int_equal(at_card.cla, plain->cla);
    assert_int_equal(at_card.ins, plain->ins);
    assert_int_equal(at_card.p1, plain->p1);
    assert_int_equal(at_card.p2, plain->p2);
    assert_int_equal(at_card.ne, plain->ne);
    assert_true(span_equal(at_card.data, plain->data));
    assert_true(at_card.extended || (!plain->extended && plain->ne <= 256 && plain->data.n < 240));
}
