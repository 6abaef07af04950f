// Commands that concern the chip itself (UM0701-02 §7.2).
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/command.h"
#include "tools/pn532/fifo.h"

enum {
    REGISTER_ADDRESS = 2,
    REGISTER_AND_VALUE = 3,
    GPIO_VALID = 0x80, // WriteGPIO: take this port's value
    GPIO7_MASK = 0x06,
    GPIO3_MASK = 0x3F,
    MODULATION_106 = 0x00, // GetGeneralStatus: ISO 14443, at any rate
    POLLING_TEST_FAILS = 128,
};

enum diagnose_test {
    DIAGNOSE_COMMUNICATION = 0x00,
    DIAGNOSE_ROM = 0x01,
    DIAGNOSE_RAM = 0x02,
    DIAGNOSE_POLLING = 0x04,   // of a FeliCa card; 128 of 128 tries fail
    DIAGNOSE_ECHO_BACK = 0x05, // as a target, until the next command
    DIAGNOSE_ATTENTION = 0x06, // is the card still there
    DIAGNOSE_ANTENNA = 0x07,
};

static enum command_result attention(struct chip *chip, struct writer *answer)
{
    if (!chip->target.known || !chip->target.selected || !chip->target.dep) {
        return answer_status(chip, answer, STATUS_CONTEXT);
    }
    if (chip->phase == 0) {
        if (!settle(chip)) {
            return COMMAND_WAITS;
        }
        chip->phase = 1;
        exchange_presence(&chip->exchange);
    }
    exchange_run(&chip->exchange, &chip->picc, chip->now);
    if (chip->exchange.state == EXCHANGE_RUNNING) {
        return COMMAND_WAITS;
    }
    return answer_status(chip, answer, chip->exchange.state == EXCHANGE_DONE ? STATUS_OK : STATUS_TIMEOUT);
}

enum command_result diagnose(struct chip *chip, struct span parameters, struct writer *answer)
{
    switch (parameters.p[0]) {
    case DIAGNOSE_COMMUNICATION:
        writer_put(answer, parameters);
        return COMMAND_ANSWERED;
    case DIAGNOSE_ROM:
    case DIAGNOSE_RAM:
    case DIAGNOSE_ANTENNA:
        return answer_status(chip, answer, STATUS_OK);
    case DIAGNOSE_POLLING:
        writer_put_u8(answer, POLLING_TEST_FAILS);
        return COMMAND_ANSWERED;
    case DIAGNOSE_ECHO_BACK:
        return COMMAND_WAITS;
    case DIAGNOSE_ATTENTION:
        return attention(chip, answer);
    default:
        return COMMAND_SYNTAX_ERROR;
    }
}

enum command_result get_firmware_version(struct chip *chip, struct span parameters, struct writer *answer)
{
    // PN532, firmware 1.6; ISO 18092, ISO 14443 type B and type A.
    static const uint8_t version[] = {0x32, 0x01, 0x06, 0x07};
    (void)chip;
    (void)parameters;
    writer_put(answer, span_of(version, sizeof version));
    return COMMAND_ANSWERED;
}

enum command_result get_general_status(struct chip *chip, struct span parameters, struct writer *answer)
{
    (void)parameters;
    writer_put_u8(answer, chip->last_error);
    writer_put_u8(answer, 0x00); // no field of another
    writer_put_u8(answer, chip->target.known ? 1 : 0);
    if (chip->target.known) {
        writer_put_u8(answer, TARGET_NUMBER);
        writer_put_u8(answer, (uint8_t)chip->exchange.dsi);
        writer_put_u8(answer, (uint8_t)chip->exchange.dri);
        writer_put_u8(answer, MODULATION_106);
    }
    writer_put_u8(answer, 0x00); // no security module
    return COMMAND_ANSWERED;
}

// --- Registers ---------------------------------------------------------------------------------------------

static uint16_t address_of(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

enum command_result read_register(struct chip *chip, struct span parameters, struct writer *answer)
{
    struct span address;
    if (parameters.n % REGISTER_ADDRESS != 0) {
        return COMMAND_SYNTAX_ERROR;
    }
    while (span_take(&parameters, REGISTER_ADDRESS, &address)) {
        writer_put_u8(answer, fifo_read(chip, address_of(address.p)));
    }
    return COMMAND_ANSWERED;
}

static bool sends(struct span parameters)
{
    struct span one;
    bool found = false;
    while (!found && span_take(&parameters, REGISTER_AND_VALUE, &one)) {
        found = fifo_sends(address_of(one.p), one.p[REGISTER_ADDRESS]);
    }
    return found;
}

enum command_result write_register(struct chip *chip, struct span parameters, struct writer *answer)
{
    struct span one;
    (void)answer;
    if (parameters.n % REGISTER_AND_VALUE != 0) {
        return COMMAND_SYNTAX_ERROR;
    }
    if (chip->picc.power == PICC_STARTING && sends(parameters)) {
        return COMMAND_WAITS;
    }
    while (span_take(&parameters, REGISTER_AND_VALUE, &one)) {
        fifo_write(chip, address_of(one.p), one.p[REGISTER_ADDRESS]);
    }
    return COMMAND_ANSWERED;
}

enum command_result read_gpio(struct chip *chip, struct span parameters, struct writer *answer)
{
    (void)parameters;
    writer_put_u8(answer, chip->gpio3);
    writer_put_u8(answer, chip->gpio7);
    writer_put_u8(answer, 0x00); // I0 and I1: the host is on the serial line
    return COMMAND_ANSWERED;
}

enum command_result write_gpio(struct chip *chip, struct span parameters, struct writer *answer)
{
    (void)answer;
    if ((parameters.p[0] & GPIO_VALID) != 0) {
        chip->gpio3 = parameters.p[0] & GPIO3_MASK;
    }
    if ((parameters.p[1] & GPIO_VALID) != 0) {
        chip->gpio7 = parameters.p[1] & GPIO7_MASK;
    }
    return COMMAND_ANSWERED;
}

// --- Settings ----------------------------------------------------------------------------------------------

// A pseudo-terminal is as quick at every rate.
enum command_result set_serial_baud_rate(struct chip *chip, struct span parameters, struct writer *answer)
{
    enum { RATE_LAST = 0x08 };
    (void)chip;
    (void)answer;
    return parameters.p[0] <= RATE_LAST ? COMMAND_ANSWERED : COMMAND_SYNTAX_ERROR;
}

enum command_result set_parameters(struct chip *chip, struct span parameters, struct writer *answer)
{
    (void)answer;
    chip->parameters = parameters.p[0];
    return COMMAND_ANSWERED;
}

// There is no security module: every mode is the normal one.
enum command_result sam_configuration(struct chip *chip, struct span parameters, struct writer *answer)
{
    enum { MODE_FIRST = 1, MODE_LAST = 4 };
    (void)chip;
    (void)answer;
    const uint8_t mode = parameters.p[0];
    return mode >= MODE_FIRST && mode <= MODE_LAST ? COMMAND_ANSWERED : COMMAND_SYNTAX_ERROR;
}

// The field goes off. A byte on the serial line wakes the chip up again, and is not lost here.
enum command_result power_down(struct chip *chip, struct span parameters, struct writer *answer)
{
    (void)parameters;
    picc_field(&chip->picc, false);
    return answer_status(chip, answer, STATUS_OK);
}
