// Commands for a target that was found (UM0701-02 §7.3.6 to §7.3.12).
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/command.h"
#include "tools/pn532/crc.h"

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
    if (reply.n != 1 || reply.bytes[0] != frame.bytes[0]) {
        return answer_status(chip, answer, STATUS_RF_PROTOCOL);
    }
    chip->exchange.dri = dri;
    chip->exchange.dsi = dsi;
    set_modulation(chip, MODE_FRAMING_A, dri, dsi);
    return answer_status(chip, answer, STATUS_OK);
}

// --- InDataExchange ----------------------------------------------------------------------------------------

enum { EXCHANGE_BEGINS, EXCHANGE_SELECTS, EXCHANGE_AWAITS };

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

// A target without ISO-DEP gets the bytes as one frame.
static enum command_result exchange_frame(struct chip *chip, struct span data, struct writer *answer)
{
    struct rf_frame frame = {.n = data.n, .crc = true}, reply;
    memcpy(frame.bytes, data.p, data.n);
    if (picc_hear(&chip->picc, chip->target.type, 0, 0, &frame, &reply) != PICC_ANSWERS) {
        return answer_status(chip, answer, STATUS_TIMEOUT);
    }
    writer_put_u8(answer, STATUS_OK);
    writer_put(answer, span_of(reply.bytes, reply.n));
    return COMMAND_ANSWERED;
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
    chip->phase = EXCHANGE_AWAITS;
    exchange_command(&chip->exchange, data);
    return await_response(chip, answer);
}

// --- InCommunicateThru -------------------------------------------------------------------------------------

// Code n means 100 µs times two to the power n-1; 0: no limit.
static int64_t thru_deadline(const struct chip *chip)
{
    enum { UNIT_US = 100, US_PER_MS = 1000 };
    if (chip->thru_timeout == 0) {
        return CHIP_NEVER;
    }
    const int64_t us = (int64_t)UNIT_US << (chip->thru_timeout - 1);
    return chip->now + (us + US_PER_MS - 1) / US_PER_MS;
}

static uint16_t crc_of(enum picc_type type, struct span bytes)
{
    return type == PICC_TYPE_A ? crc_a(bytes) : crc_b(bytes);
}

// Without the chip's CRC the host may have put its own behind the bytes.
static void strip_crc(enum picc_type type, struct rf_frame *frame)
{
    if (frame->last_bits != 0 || frame->n <= CRC_LENGTH) {
        return;
    }
    const size_t n = frame->n - CRC_LENGTH;
    const uint16_t crc = (uint16_t)(frame->bytes[n] | frame->bytes[n + 1] << 8);
    if (crc == crc_of(type, span_of(frame->bytes, n))) {
        frame->n = n;
        frame->crc = true;
    }
}

// How the registers make a frame of these bytes. False: in a way that no card here hears.
static bool make_frame(const struct chip *chip, struct span data, enum picc_type *type,
                       struct rf_frame *frame)
{
    const uint8_t mode = registers_read(&chip->registers, REGISTER_TX_MODE);
    const uint8_t framing = mode & MODE_FRAMING;
    if ((framing != MODE_FRAMING_A && framing != MODE_FRAMING_B) || data.n == 0 ||
        (registers_read(&chip->registers, REGISTER_MANUAL_RCV) & MANUAL_RCV_PARITY_DISABLE) != 0) {
        return false;
    }
    *type = framing == MODE_FRAMING_A ? PICC_TYPE_A : PICC_TYPE_B;
    memcpy(frame->bytes, data.p, data.n);
    frame->n = data.n;
    frame->last_bits = registers_read(&chip->registers, REGISTER_BIT_FRAMING) & BIT_FRAMING_TX_LAST_BITS;
    frame->crc = (mode & MODE_CRC) != 0 && frame->last_bits == 0;
    if ((mode & MODE_CRC) == 0) {
        strip_crc(*type, frame);
    }
    return true;
}

static unsigned speed(const struct chip *chip, uint16_t mode_register)
{
    return (registers_read(&chip->registers, mode_register) & MODE_SPEED) >> MODE_SPEED_SHIFT;
}

static enum command_result answer_frame(struct chip *chip, const struct rf_frame *reply,
                                        struct writer *answer)
{
    const uint8_t tx = registers_read(&chip->registers, REGISTER_TX_MODE);
    const uint8_t rx = registers_read(&chip->registers, REGISTER_RX_MODE);
    const struct span bytes = span_of(reply->bytes, reply->n);
    if ((rx & MODE_FRAMING) != (tx & MODE_FRAMING)) {
        return answer_status(chip, answer, STATUS_TIMEOUT);
    }
    if ((rx & MODE_CRC) != 0 && !reply->crc) {
        return answer_status(chip, answer, STATUS_CRC);
    }
    registers_set(&chip->registers, REGISTER_CONTROL, CONTROL_RX_LAST_BITS, (uint8_t)reply->last_bits);
    writer_put_u8(answer, STATUS_OK);
    writer_put(answer, bytes);
    if ((rx & MODE_CRC) == 0 && reply->crc) {
        const uint16_t crc = crc_of((rx & MODE_FRAMING) == MODE_FRAMING_A ? PICC_TYPE_A : PICC_TYPE_B, bytes);
        writer_put_u8(answer, (uint8_t)crc);
        writer_put_u8(answer, (uint8_t)(crc >> 8));
    }
    return COMMAND_ANSWERED;
}

static enum picc_reply communicate(struct chip *chip, struct span data, struct rf_frame *reply)
{
    enum picc_type type = PICC_TYPE_A;
    struct rf_frame frame;
    if (chip->phase > 0) {
        return picc_listen(&chip->picc, reply);
    }
    chip->phase = 1;
    chip->deadline = thru_deadline(chip);
    if (!make_frame(chip, data, &type, &frame)) {
        return PICC_SILENT;
    }
    return picc_hear(&chip->picc, type, speed(chip, REGISTER_TX_MODE), speed(chip, REGISTER_RX_MODE), &frame,
                     reply);
}

enum command_result in_communicate_thru(struct chip *chip, struct span parameters, struct writer *answer)
{
    struct rf_frame reply;
    if (chip->phase == 0 && (chip->picc.power == PICC_STARTING || !settle(chip))) {
        return COMMAND_WAITS;
    }
    const enum picc_reply replied = communicate(chip, parameters, &reply);
    if (replied == PICC_ANSWERS) {
        return answer_frame(chip, &reply, answer);
    }
    const bool patient = chip->deadline == CHIP_NEVER || chip->now < chip->deadline;
    return replied == PICC_BUSY && patient ? COMMAND_WAITS : answer_status(chip, answer, STATUS_TIMEOUT);
}
