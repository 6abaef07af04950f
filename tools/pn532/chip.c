// The chip: takes commands, runs one at a time, and answers.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/chip.h"

#include "tools/pn532/command.h"
#include "tools/pn532/fifo.h"

// UM0701-02 §7.3.1: as after power-up.
enum { RETRIES_ATR_DEFAULT = 0xFF, RETRIES_PASSIVE_DEFAULT = 0xFF, THRU_TIMEOUT_DEFAULT = 0x0A };

static void set_defaults(struct chip *chip)
{
    memset(&chip->parser, 0, sizeof chip->parser);
    memset(&chip->registers, 0, sizeof chip->registers);
    memset(&chip->fifo, 0, sizeof chip->fifo);
    chip->parameters = PARAMETERS_AUTO_RATS;
    chip->retries_atr = RETRIES_ATR_DEFAULT;
    chip->retries_passive = RETRIES_PASSIVE_DEFAULT;
    chip->thru_timeout = THRU_TIMEOUT_DEFAULT;
    chip->gpio3 = chip->gpio7 = chip->last_error = 0;
    chip->target = (struct target){.known = false};
    chip->pending = chip->activating = false;
    chip->answer_length = chip->out_length = 0;
}

void chip_start(struct chip *chip, enum picc_type type, const struct picc_port *port, int64_t now)
{
    memset(chip, 0, sizeof *chip);
    picc_start(&chip->picc, type, port);
    chip_reset(chip, now);
}

void chip_reset(struct chip *chip, int64_t now)
{
    chip->now = now;
    picc_field(&chip->picc, false);
    chip->exchange.state = EXCHANGE_IDLE;
    chip->exchange.rest = span_of(NULL, 0);
    set_defaults(chip);
}

// --- Answers -----------------------------------------------------------------------------------------------

static struct writer out_writer(struct chip *chip)
{
    struct writer w = writer_of(chip->out, sizeof chip->out);
    w.n = chip->out_length;
    return w;
}

static void put_ack(struct chip *chip)
{
    struct writer w = out_writer(chip);
    frame_put_ack(&w);
    chip->out_length = w.n;
}

static void put_error(struct chip *chip)
{
    struct writer w = out_writer(chip);
    frame_put_error(&w);
    chip->out_length = w.n;
    chip->answer_length = 0;
}

static void put_answer(struct chip *chip)
{
    struct writer w = out_writer(chip);
    frame_put_answer(&w, span_of(chip->answer, chip->answer_length));
    chip->out_length = w.n;
}

struct span chip_out(const struct chip *chip)
{
    return span_of(chip->out, chip->out_length);
}

void chip_sent(struct chip *chip, size_t n)
{
    chip->out_length -= n;
    memmove(chip->out, chip->out + n, chip->out_length);
}

// --- Commands ----------------------------------------------------------------------------------------------

static void run_command(struct chip *chip)
{
    const struct span parameters = span_of(chip->command + 1, chip->command_length - 1);
    const struct command *command = command_find(chip->command[0]);
    struct writer answer = writer_of(chip->answer, sizeof chip->answer);
    enum command_result result = COMMAND_SYNTAX_ERROR;
    if (command != NULL && parameters.n >= command->least && parameters.n <= command->most) {
        writer_put_u8(&answer, (uint8_t)(command->code + 1));
        result = command->run(chip, parameters, &answer);
    }
    if (result == COMMAND_WAITS) {
        return;
    }
    chip->pending = false;
    chip->deadline = CHIP_NEVER;
    if (result == COMMAND_SYNTAX_ERROR || answer.overflow) {
        put_error(chip);
        return;
    }
    chip->answer_length = answer.n;
    put_answer(chip);
}

// Something happened: lets what is under way move on.
static void advance(struct chip *chip)
{
    exchange_run(&chip->exchange, &chip->picc, chip->now);
    fifo_run(chip);
    if (chip->pending) {
        run_command(chip);
    }
}

// The host does not wait for the answer any more, even where it was written already.
static void drop_command(struct chip *chip)
{
    if (chip->pending) {
        exchange_abandon(&chip->exchange);
    }
    chip->pending = false;
    chip->deadline = CHIP_NEVER;
    chip->out_length = 0;
}

static void begin_command(struct chip *chip, struct span data)
{
    drop_command(chip);
    put_ack(chip);
    if (data.n == 0) {
        put_error(chip);
        return;
    }
    memcpy(chip->command, data.p, data.n);
    chip->command_length = data.n;
    chip->phase = 0;
    chip->pending = true;
    advance(chip);
}

static void repeat_answer(struct chip *chip)
{
    if (!chip->pending && chip->answer_length > 0) {
        chip->out_length = 0;
        put_answer(chip);
    }
}

void chip_receive(struct chip *chip, struct span bytes, int64_t now)
{
    chip->now = now;
    for (size_t i = 0; i < bytes.n; i++) {
        switch (frame_take(&chip->parser, bytes.p[i])) {
        case FRAME_COMMAND:
            begin_command(chip, frame_data(&chip->parser));
            break;
        case FRAME_ACK:
            drop_command(chip);
            break;
        case FRAME_NACK:
            repeat_answer(chip);
            break;
        case FRAME_NOTHING:
            break;
        }
    }
}

// --- Events ------------------------------------------------------------------------------------------------

void chip_card_came(struct chip *chip, int64_t now)
{
    chip->now = now;
    picc_inserted(&chip->picc);
    advance(chip);
}

void chip_card_left(struct chip *chip, int64_t now)
{
    chip->now = now;
    picc_removed(&chip->picc);
    advance(chip);
}

bool chip_card_message(struct chip *chip, enum link_type type, struct span payload, int64_t now)
{
    chip->now = now;
    if (!picc_message(&chip->picc, type, payload)) {
        return false;
    }
    advance(chip);
    return true;
}

int64_t chip_deadline(const struct chip *chip)
{
    int64_t deadline = chip->pending ? chip->deadline : CHIP_NEVER;
    if (chip->exchange.state == EXCHANGE_RUNNING &&
        (deadline == CHIP_NEVER || chip->exchange.deadline < deadline)) {
        deadline = chip->exchange.deadline;
    }
    return deadline;
}

void chip_time(struct chip *chip, int64_t now)
{
    chip->now = now;
    advance(chip);
}
