// The stage of the chip's tests.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/pn532_stage.h"

static uint8_t buffer[APDU_COMMAND_MAX], framed[1024];

// --- The card ----------------------------------------------------------------------------------------------

// As over a socket, the answer comes after the call that asked for it.
static void send_to_card(void *context, enum link_type type, struct span payload)
{
    struct pn532_stage *stage = context;
    assert_true(stage->request_count < STAGE_REQUESTS);
    stage->requests[stage->request_count++] = type;
    stage->selection_due = type == LINK_POWER_ON || type == LINK_RESET;
    stage->response_due = type == LINK_COMMAND && !stage->card_is_mute;
    if (type == LINK_COMMAND) {
        memcpy(stage->command, payload.p, payload.n);
        stage->command_length = payload.n;
    }
}

static void answer_selection(struct pn532_stage *stage)
{
    uint8_t payload[64];
    struct writer w = writer_of(payload, sizeof payload);
    stage->selection_due = false;
    writer_put_u8(&w, (uint8_t)stage->uid_length);
    writer_put(&w, span_of(stage->uid, stage->uid_length));
    writer_put(&w, unhex(STAGE_ATS, buffer, sizeof buffer));
    stage->uid[stage->uid_length - 1]++;
    assert_true(chip_card_message(&stage->chip, LINK_SELECTED, writer_span(&w), stage->now));
}

void stage_pump(struct pn532_stage *stage)
{
    while (stage->selection_due || stage->response_due) {
        if (stage->selection_due) {
            answer_selection(stage);
        }
        if (stage->response_due) {
            stage->response_due = false;
            assert_true(chip_card_message(&stage->chip, LINK_RESPONSE,
                                          span_of(stage->response, stage->response_length), stage->now));
        }
    }
}

void stage_start(struct pn532_stage *stage, enum picc_type type)
{
    memset(stage, 0, sizeof *stage);
    const struct picc_port port = {send_to_card, stage};
    memcpy(stage->uid, "\x08\x00\x00\x01", 4);
    stage->uid_length = 4;
    stage_respond_with(stage, "9000");
    chip_start(&stage->chip, type, &port, stage->now);
}

void stage_start_with_card(struct pn532_stage *stage, enum picc_type type)
{
    stage_start(stage, type);
    stage_card_comes(stage);
    assert_answer(stage, "12 14", "13");
    assert_answer(stage, "32 05 00 01 02", "33");
}

void stage_respond_with(struct pn532_stage *stage, const char *response)
{
    stage->response_length = unhex(response, stage->response, sizeof stage->response).n;
}

void stage_card_comes(struct pn532_stage *stage)
{
    chip_card_came(&stage->chip, stage->now);
    stage_pump(stage);
}

void stage_card_leaves(struct pn532_stage *stage)
{
    stage->selection_due = stage->response_due = false;
    chip_card_left(&stage->chip, stage->now);
}

void stage_card_says(struct pn532_stage *stage, enum link_type type, const char *payload)
{
    assert_true(chip_card_message(&stage->chip, type, unhex(payload, buffer, sizeof buffer), stage->now));
    stage_pump(stage);
}

void stage_time_passes(struct pn532_stage *stage, int64_t ms)
{
    stage->now += ms;
    chip_time(&stage->chip, stage->now);
    stage_pump(stage);
}

// --- The host ----------------------------------------------------------------------------------------------

void stage_host_sends(struct pn532_stage *stage, const char *bytes)
{
    chip_receive(&stage->chip, unhex(bytes, buffer, sizeof buffer), stage->now);
    stage_pump(stage);
}

void stage_host_commands(struct pn532_stage *stage, const char *command)
{
    const struct span data = unhex(command, buffer, sizeof buffer);
    struct writer w = writer_of(framed, sizeof framed);
    const uint16_t length = (uint16_t)(data.n + 1);
    uint8_t sum = 0xD4;
    writer_put(&w, span_of("\x00\x00\xFF\xFF\xFF", 5));
    writer_put_u16(&w, length);
    writer_put_u8(&w, (uint8_t)(0 - (length >> 8) - length));
    writer_put_u8(&w, sum);
    writer_put(&w, data);
    for (size_t i = 0; i < data.n; i++) {
        sum = (uint8_t)(sum + data.p[i]);
    }
    writer_put_u8(&w, (uint8_t)-sum);
    writer_put_u8(&w, 0x00);
    assert_false(w.overflow);
    chip_receive(&stage->chip, writer_span(&w), stage->now);
    stage_pump(stage);
}

// --- Checks ------------------------------------------------------------------------------------------------

void assert_host_gets(struct pn532_stage *stage, const char *bytes)
{
    assert_span_hex(chip_out(&stage->chip), bytes);
    chip_sent(&stage->chip, chip_out(&stage->chip).n);
}

static void put_answer(struct writer *w, const char *answer)
{
    frame_put_answer(w, unhex(answer, buffer, sizeof buffer));
}

static void assert_out(struct pn532_stage *stage, const struct writer *expected)
{
    const struct span out = chip_out(&stage->chip);
    assert_int_equal(out.n, expected->n);
    assert_memory_equal(out.p, expected->p, expected->n);
    chip_sent(&stage->chip, out.n);
}

void assert_waits(struct pn532_stage *stage, const char *command)
{
    stage_host_commands(stage, command);
    assert_host_gets(stage, "00 00 FF 00 FF 00");
}

void assert_answer(struct pn532_stage *stage, const char *command, const char *answer)
{
    struct writer w = writer_of(framed, sizeof framed);
    stage_host_commands(stage, command);
    frame_put_ack(&w);
    put_answer(&w, answer);
    assert_out(stage, &w);
}

void assert_syntax_error(struct pn532_stage *stage, const char *command)
{
    stage_host_commands(stage, command);
    assert_host_gets(stage, "00 00 FF 00 FF 00  00 00 FF 01 FF 7F 81 00");
}

void assert_late_answer(struct pn532_stage *stage, const char *answer)
{
    struct writer w = writer_of(framed, sizeof framed);
    put_answer(&w, answer);
    assert_out(stage, &w);
}

void assert_card_requests(struct pn532_stage *stage, size_t count, const enum link_type *requests)
{
    assert_int_equal(stage->request_count, count);
    if (count > 0) {
        assert_memory_equal(stage->requests, requests, count * sizeof *requests);
    }
    stage->request_count = 0;
}

void assert_card_command(struct pn532_stage *stage, const char *command)
{
    const enum link_type expected = LINK_COMMAND;
    assert_card_requests(stage, 1, &expected);
    assert_span_hex(span_of(stage->command, stage->command_length), command);
}
