// Commands for a target that was found (UM0701-02 §7.3.6 to §7.3.12).
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/command.h"

enum {
    TARGET_MASK = 0x3F,
    TARGET_MORE = 0x40, // the host has more data: for NFC-DEP only
    TARGET_ALL = 0,
    DATA_MAX = FRAME_DATA_MAX - 2, // behind code and status
};

static bool is_target(const struct chip *chip, uint8_t number)
{
    return chip->target.known && (number & TARGET_MASK) == TARGET_NUMBER;
}

// --- Selecting ---------------------------------------------------------------------------------------------

// Selects the target again when it was deselected, as far as it had been.
static enum activation select_again(struct chip *chip)
{
    if (chip->target.selected && !chip->activating) {
        return ACTIVATION_DONE;
    }
    return activate(chip, chip->target.type, 0, chip->activating || chip->target.dep);
}

enum command_result in_select(struct chip *chip, struct span parameters, struct writer *answer)
{
    if (!is_target(chip, parameters.p[0])) {
        return answer_status(chip, answer, STATUS_CONTEXT);
    }
    if (chip->phase == 0 && !settle(chip)) {
        return COMMAND_WAITS;
    }
    chip->phase = 1;
    const enum activation activation = select_again(chip);
    if (activation == ACTIVATION_WAITS) {
        return COMMAND_WAITS;
    }
    return answer_status(chip, answer, activation == ACTIVATION_DONE ? STATUS_OK : STATUS_TIMEOUT);
}

enum command_result in_deselect(struct chip *chip, struct span parameters, struct writer *answer)
{
    if (parameters.p[0] != TARGET_ALL && !is_target(chip, parameters.p[0])) {
        return answer_status(chip, answer, STATUS_CONTEXT);
    }
    return deselect(chip) ? answer_status(chip, answer, STATUS_OK) : COMMAND_WAITS;
}

enum command_result in_release(struct chip *chip, struct span parameters, struct writer *answer)
{
    const enum command_result result = in_deselect(chip, parameters, answer);
    if (result == COMMAND_ANSWERED) {
        chip->target.known = false;
    }
    return result;
}

// For a target that was found without: RATS. The chip answers with the ATS.
enum command_result in_atr(struct chip *chip, struct span parameters, struct writer *answer)
{
    if (!is_target(chip, parameters.p[0]) || chip->target.type != PICC_TYPE_A || !chip->target.selected ||
        (chip->phase == 0 && chip->target.dep)) {
        return answer_status(chip, answer, STATUS_CONTEXT);
    }
    if (chip->phase == 0 && !settle(chip)) {
        return COMMAND_WAITS;
    }
    chip->phase = 1;
    const enum activation activation = activate_protocol(chip);
    if (activation == ACTIVATION_WAITS) {
        return COMMAND_WAITS;
    }
    if (activation == ACTIVATION_NONE) {
        return answer_status(chip, answer, STATUS_TIMEOUT);
    }
    writer_put_u8(answer, STATUS_OK);
    writer_put(answer, span_of(chip->picc.ats, chip->picc.ats_length));
    return COMMAND_ANSWERED;
}

// Other bit rates, by PPS. Parameters: target, rate to the card, rate from the card.
enum command_result in_psl(struct chip *chip, struct span parameters, struct writer *answer)
{
    enum { RATE_LAST = 2 }; // 424 kbit/s
    const uint8_t dri = parameters.p[1], dsi = parameters.p[2];
    struct rf_frame frame = {.crc = true}, reply;
    struct writer w = writer_of(frame.bytes, sizeof frame.bytes);
    if (!is_target(chip, parameters.p[0]) || !chip->target.selected || !chip->target.dep) {
        return answer_status(chip, answer, STATUS_CONTEXT);
    }
    if (!settle(chip)) {
        return COMMAND_WAITS;
    }
    if (dri > RATE_LAST || dsi > RATE_LAST || !iso_dep_put_pps(&w, 0, dsi, dri)) {
        return answer_status(chip, answer, STATUS_PARAMETER);
    }
    if (chip->target.type != PICC_TYPE_A) {
        return answer_status(chip, answer, STATUS_NOT_ALLOWED); // type B agrees on rates in ATTRIB
    }
    frame.n = w.n;
    if (picc_hear(&chip->picc, PICC_TYPE_A, chip->exchange.dri, chip->exchange.dsi, &frame, &reply) !=
        PICC_ANSWERS) {
        return answer_status(chip, answer, STATUS_TIMEOUT);
    }
    chip->exchange.dri = dri;
    chip->exchange.dsi = dsi;
    set_modulation(chip, MODE_FRAMING_A, dri, dsi);
    return answer_status(chip, answer, STATUS_OK);
}

// --- InDataExchange ----------------------------------------------------------------------------------------

enum { EXCHANGE_BEGINS, EXCHANGE_SELECTS, EXCHANGE_AWAITS, EXCHANGE_LISTENS };

// As much of the response as an answer holds.
static enum command_result answer_rest(struct chip *chip, struct writer *answer)
{
    const struct span part = span_first(chip->exchange.rest, DATA_MAX);
    chip->exchange.rest = span_from(chip->exchange.rest, part.n);
    writer_put_u8(answer, chip->exchange.rest.n > 0 ? STATUS_MORE : STATUS_OK);
    writer_put(answer, part);
    return COMMAND_ANSWERED;
}

static enum command_result await_response(struct chip *chip, struct writer *answer)
{
    exchange_run(&chip->exchange, &chip->picc, chip->now);
    switch (chip->exchange.state) {
    case EXCHANGE_RUNNING:
        return COMMAND_WAITS;
    case EXCHANGE_DONE:
        return answer_rest(chip, answer);
    case EXCHANGE_PROTOCOL:
        return answer_status(chip, answer, STATUS_RF_PROTOCOL);
    default:
        return answer_status(chip, answer, STATUS_TIMEOUT);
    }
}

static enum command_result listen(struct chip *chip, enum picc_reply replied, const struct rf_frame *reply,
                                  struct writer *answer)
{
    if (replied == PICC_BUSY && is_patient(chip)) {
        return COMMAND_WAITS;
    }
    if (replied != PICC_ANSWERS) {
        return answer_status(chip, answer, STATUS_TIMEOUT);
    }
    writer_put_u8(answer, STATUS_OK);
    writer_put(answer, span_of(reply->bytes, reply->n));
    return COMMAND_ANSWERED;
}

// A target without ISO-DEP gets the bytes as one frame.
static enum command_result exchange_frame(struct chip *chip, struct span data, struct writer *answer)
{
    struct rf_frame frame = {.n = data.n, .crc = true}, reply;
    struct writer w = writer_of(frame.bytes, sizeof frame.bytes);
    writer_put(&w, data);
    chip->phase = EXCHANGE_LISTENS;
    chip->deadline = thru_deadline(chip);
    return listen(chip, picc_hear(&chip->picc, chip->target.type, 0, 0, &frame, &reply), &reply, answer);
}

// What keeps an exchange from beginning; STATUS_OK: nothing.
static enum chip_status exchange_refusal(const struct chip *chip, uint8_t target, struct span data)
{
    if (!is_target(chip, target)) {
        return STATUS_CONTEXT;
    }
    if ((target & TARGET_MORE) != 0) {
        return STATUS_NOT_ALLOWED;
    }
    return data.n == 0 && chip->exchange.rest.n == 0 ? STATUS_PARAMETER : STATUS_OK;
}

enum command_result in_data_exchange(struct chip *chip, struct span parameters, struct writer *answer)
{
    const struct span data = span_from(parameters, 1);
    if (chip->phase == EXCHANGE_AWAITS) {
        return await_response(chip, answer);
    }
    if (chip->phase == EXCHANGE_LISTENS) {
        struct rf_frame reply;
        return listen(chip, picc_listen(&chip->picc, &reply), &reply, answer);
    }
    if (chip->phase == EXCHANGE_BEGINS) {
        const enum chip_status refusal = exchange_refusal(chip, parameters.p[0], data);
        if (refusal != STATUS_OK) {
            return answer_status(chip, answer, refusal);
        }
        if (data.n == 0) {
            return answer_rest(chip, answer);
        }
        if (!settle(chip)) {
            return COMMAND_WAITS;
        }
        chip->phase = EXCHANGE_SELECTS;
    }
    const enum activation activation = select_again(chip);
    if (activation != ACTIVATION_DONE) {
        return activation == ACTIVATION_WAITS ? COMMAND_WAITS : answer_status(chip, answer, STATUS_TIMEOUT);
    }
    if (!chip->target.dep) {
        return exchange_frame(chip, data, answer);
    }
    _Static_assert((int)EXCHANGE_COMMAND_MAX >= (int)DATA_MAX, "every command fits");
    chip->phase = EXCHANGE_AWAITS;
    exchange_command(&chip->exchange, data);
    return await_response(chip, answer);
}
