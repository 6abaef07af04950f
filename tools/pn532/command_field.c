// Commands that concern the field, and the search for cards in it (UM0701-02 §7.3.1 to §7.3.5,
// §7.3.13).
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/command.h"

// --- RFConfiguration ---------------------------------------------------------------------------------------

enum rf_item {
    RF_FIELD = 0x01,
    RF_TIMINGS = 0x02,
    RF_RETRIES = 0x05,
};

enum { RF_FIELD_ON = 0x01, THRU_TIMEOUT_LAST = 0x10 };

// Bytes of each item; what is neither field, times nor tries is taken and means nothing here.
static const struct {
    uint8_t item;
    size_t length;
} rf_items[] = {{RF_FIELD, 1}, {RF_TIMINGS, 3}, {0x04, 1}, {RF_RETRIES, 3},
                {0x0A, 11},    {0x0B, 8},       {0x0C, 3}, {0x0D, 9}};

static bool rf_item_fits(struct span parameters)
{
    for (size_t i = 0; i < sizeof rf_items / sizeof rf_items[0]; i++) {
        if (rf_items[i].item == parameters.p[0]) {
            return parameters.n == 1 + rf_items[i].length;
        }
    }
    return false;
}

enum command_result rf_configuration(struct chip *chip, struct span parameters, struct writer *answer)
{
    const uint8_t *value = parameters.p + 1;
    (void)answer;
    if (!rf_item_fits(parameters)) {
        return COMMAND_SYNTAX_ERROR;
    }
    switch (parameters.p[0]) {
    case RF_FIELD:
        picc_field(&chip->picc, (value[0] & RF_FIELD_ON) != 0);
        break;
    case RF_TIMINGS:
        if (value[2] > THRU_TIMEOUT_LAST) {
            return COMMAND_SYNTAX_ERROR;
        }
        chip->thru_timeout = value[2];
        break;
    case RF_RETRIES:
        chip->retries_atr = value[0];
        chip->retries_passive = value[2];
        break;
    default:
        break;
    }
    return COMMAND_ANSWERED;
}

// Sends until the next command comes.
enum command_result rf_regulation_test(struct chip *chip, struct span parameters, struct writer *answer)
{
    (void)parameters;
    (void)answer;
    picc_field(&chip->picc, true);
    return COMMAND_WAITS;
}

// --- InListPassiveTarget -----------------------------------------------------------------------------------

enum modulation {
    MODULATION_A,
    MODULATION_FELICA_212,
    MODULATION_FELICA_424,
    MODULATION_B,
    MODULATION_JEWEL
};

enum { LIST_TARGETS_MAX = 2 };

// For type A the host may name the UID of the card that is meant.
static bool is_meant(const struct chip *chip, struct span uid)
{
    return uid.n == 0 || span_equal(uid, span_of(chip->picc.uid, chip->picc.uid_length));
}

// One look for a card of this modulation; those that the card here never has are looked for in vain.
static enum activation look(struct chip *chip, uint8_t modulation, struct span data)
{
    const bool protocol = (chip->parameters & PARAMETERS_AUTO_RATS) != 0;
    switch (modulation) {
    case MODULATION_A:
        if (chip->picc.power == PICC_POWERED && !is_meant(chip, data)) {
            return ACTIVATION_NONE;
        }
        return activate(chip, PICC_TYPE_A, 0, protocol);
    case MODULATION_B:
        return activate(chip, PICC_TYPE_B, data.p[0], true);
    case MODULATION_JEWEL:
        set_modulation(chip, MODE_FRAMING_A, 0, 0);
        return ACTIVATION_NONE;
    default:
        set_modulation(chip, MODE_FRAMING_FELICA, modulation, modulation);
        return ACTIVATION_NONE;
    }
}

// The field is on and the earlier target released. False: call again after the next event.
static bool ready_to_look(struct chip *chip)
{
    picc_field(&chip->picc, true);
    if (chip->phase == 0) {
        if (!deselect(chip)) {
            return false;
        }
        chip->target.known = false;
        chip->phase = 1;
    }
    return true;
}

enum command_result in_list_passive_target(struct chip *chip, struct span parameters, struct writer *answer)
{
    const uint8_t most = parameters.p[0], modulation = parameters.p[1];
    const struct span data = span_from(parameters, 2);
    if (most == 0 || most > LIST_TARGETS_MAX || modulation > MODULATION_JEWEL ||
        (modulation == MODULATION_B && data.n == 0)) {
        return COMMAND_SYNTAX_ERROR;
    }
    if (!ready_to_look(chip)) {
        return COMMAND_WAITS;
    }
    const enum activation found = look(chip, modulation, data);
    chip->target.known = found == ACTIVATION_DONE || chip->activating;
    const bool tries_on = found == ACTIVATION_NONE && chip->retries_passive == CHIP_RETRIES_INFINITE;
    if (found == ACTIVATION_WAITS || tries_on) {
        return COMMAND_WAITS;
    }
    writer_put_u8(answer, found == ACTIVATION_DONE ? 1 : 0);
    if (found == ACTIVATION_DONE) {
        put_target(chip, answer);
    }
    return COMMAND_ANSWERED;
}

// --- InAutoPoll --------------------------------------------------------------------------------------------

enum {
    POLL_INFINITE = 0xFF,
    POLL_PERIOD_MS = 150,
    POLL_PERIOD_LAST = 0x0F,
};

// What the answer calls a target: a number for each that the host may ask for.
struct poll_type {
    uint8_t asked, answered;
    enum picc_type type;
    bool protocol;
};

static const struct poll_type poll_types[] = {
    {0x00, 0x20, PICC_TYPE_A, true},  // generic passive target at 106 kbit/s
    {0x03, 0x23, PICC_TYPE_B, true},  // … of type B
    {0x10, 0x10, PICC_TYPE_A, false}, // type A, and no further
    {0x20, 0x20, PICC_TYPE_A, true},  // ISO-DEP over type A
    {0x23, 0x23, PICC_TYPE_B, true},  // ISO-DEP over type B
};

static const struct poll_type *poll_type_of(uint8_t asked)
{
    for (size_t i = 0; i < sizeof poll_types / sizeof poll_types[0]; i++) {
        if (poll_types[i].asked == asked) {
            return &poll_types[i];
        }
    }
    return NULL;
}

// Looks for each type in turn, from the one where the search stands.
static enum activation poll_all(struct chip *chip, struct span types, const struct poll_type **found)
{
    for (size_t i = 0; i < types.n; i++) {
        *found = poll_type_of(types.p[i]);
        if (*found == NULL || (chip->activating && (*found)->type != chip->target.type)) {
            continue;
        }
        const enum activation result = activate(chip, (*found)->type, 0, (*found)->protocol);
        if (result != ACTIVATION_NONE) {
            return result;
        }
    }
    return ACTIVATION_NONE;
}

static int64_t poll_deadline(const struct chip *chip, uint8_t polls, uint8_t period, size_t types)
{
    return polls == POLL_INFINITE ? CHIP_NEVER
                                  : chip->now + (int64_t)polls * period * POLL_PERIOD_MS * (int64_t)types;
}

enum command_result in_auto_poll(struct chip *chip, struct span parameters, struct writer *answer)
{
    const uint8_t polls = parameters.p[0], period = parameters.p[1];
    const struct span types = span_from(parameters, 2);
    const struct poll_type *type = NULL;
    uint8_t bytes[FRAME_DATA_MAX];
    if (polls == 0 || period == 0 || period > POLL_PERIOD_LAST) {
        return COMMAND_SYNTAX_ERROR;
    }
    const bool begins = chip->phase == 0;
    if (!ready_to_look(chip)) {
        return COMMAND_WAITS;
    }
    if (begins) {
        chip->deadline = poll_deadline(chip, polls, period, types.n);
    }
    const enum activation found = poll_all(chip, types, &type);
    if (found == ACTIVATION_DONE) {
        struct writer data = writer_of(bytes, sizeof bytes);
        put_target(chip, &data);
        writer_put_u8(answer, 1);
        writer_put_u8(answer, type->answered);
        writer_put_u8(answer, (uint8_t)data.n);
        writer_put(answer, writer_span(&data));
        return COMMAND_ANSWERED;
    }
    if (chip->deadline == CHIP_NEVER || chip->now < chip->deadline) {
        return COMMAND_WAITS;
    }
    writer_put_u8(answer, 0);
    return COMMAND_ANSWERED;
}
