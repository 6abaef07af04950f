// InCommunicateThru: a raw frame (UM0701-02 §7.3.9).
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/command.h"
#include "tools/pn532/modem.h"

// --- Time --------------------------------------------------------------------------------------------------

// Code n of UM0701-02 §7.3.1 means 100 µs times two to the power n-1; 0: no limit.
int64_t thru_deadline(const struct chip *chip)
{
    enum { UNIT_US = 100, US_PER_MS = 1000 };
    if (chip->thru_timeout == 0) {
        return CHIP_NEVER;
    }
    const int64_t us = (int64_t)UNIT_US << (chip->thru_timeout - 1);
    return chip->now + (us + US_PER_MS - 1) / US_PER_MS;
}

bool is_patient(const struct chip *chip)
{
    return chip->deadline == CHIP_NEVER || chip->now < chip->deadline;
}

// --- InCommunicateThru -------------------------------------------------------------------------------------

static enum picc_reply communicate(struct chip *chip, struct span data, struct rf_frame *reply)
{
    if (chip->phase > 0) {
        return picc_listen(&chip->picc, reply);
    }
    chip->phase = 1;
    chip->deadline = thru_deadline(chip);
    return modem_send(chip, data, reply);
}

static enum command_result answer_frame(struct chip *chip, const struct rf_frame *reply,
                                        struct writer *answer)
{
    uint8_t bytes[FRAME_DATA_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    const enum chip_status status = modem_receive(chip, reply, &w);
    (void)answer_status(chip, answer, status);
    writer_put(answer, writer_span(&w));
    return COMMAND_ANSWERED;
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
    return replied == PICC_BUSY && is_patient(chip) ? COMMAND_WAITS
                                                    : answer_status(chip, answer, STATUS_TIMEOUT);
}
