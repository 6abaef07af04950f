// Host and card under SCP03.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scp03_stage.h"

uint8_t content[66000], wire[70000], opened[70000];

const enum scp03_mode modes[2] = {SCP03_S8, SCP03_S16};

int fill_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof content; i++) {
        content[i] = (uint8_t)(i * 7 + 1);
    }
    return 0;
}

struct scp03_keys keys_of(size_t length)
{
    struct scp03_keys keys = {.length = length};
    for (size_t i = 0; i < length; i++) {
        keys.enc[i] = (uint8_t)(i % 16);
        keys.mac[i] = (uint8_t)(0x10 + i % 16);
        keys.dek[i] = (uint8_t)(0x20 + i % 16);
    }
    return keys;
}

struct span wrap(struct scp03_session *session, const struct apdu_command *plain)
{
    struct writer w = writer_of(wire, sizeof wire);
    assert_true(scp03_wrap_command(session, plain, &w));
    return writer_span(&w);
}

bool unwrap(struct scp03_session *session, struct span apdu, struct apdu_command *plain)
{
    struct apdu_command command;
    assert_true(apdu_parse(apdu, &command));
    return scp03_unwrap_command(session, &command, opened, plain);
}

void start_pair(struct pair *pair, enum scp03_mode mode, uint8_t level)
{
    const struct scp03_keys keys = keys_of(16);
    memset(pair, 0, sizeof *pair);
    const struct span host = span_of(content, (size_t)mode);
    const struct span card = span_of(content + 100, (size_t)mode);
    assert_true(scp03_start(&pair->host, &keys, mode, host, card));
    assert_true(scp03_start(&pair->card, &keys, mode, host, card));
    assert_true(scp03_set_level(&pair->host, level));
    assert_true(scp03_set_level(&pair->card, level));
}

void end_pair(struct pair *pair)
{
    scp03_end(&pair->host);
    scp03_end(&pair->card);
}

void command_round_trip(struct pair *pair, const struct apdu_command *plain)
{
    struct apdu_command at_card;
    assert_true(unwrap(&pair->card, wrap(&pair->host, plain), &at_card));
    assert_int_equal(at_card.cla, plain->cla);
    assert_int_equal(at_card.ins, plain->ins);
    assert_int_equal(at_card.p1, plain->p1);
    assert_int_equal(at_card.p2, plain->p2);
    assert_int_equal(at_card.ne, plain->ne);
    assert_true(span_equal(at_card.data, plain->data));
}

void response_round_trip(struct pair *pair, struct span data, uint16_t status)
{
    struct writer w = writer_of(wire, sizeof wire);
    struct writer received = writer_of(opened, data.n); // not a byte more than the data
    assert_true(scp03_wrap_response(&pair->card, data, status, &w));
    assert_true(scp03_unwrap_response(&pair->host, writer_span(&w), status, &received));
    assert_true(span_equal(writer_span(&received), data));
}
