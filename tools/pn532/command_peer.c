// Commands for NFC-DEP and for the chip as a card (UM0701-02 §7.3.3, §7.3.4, §7.3.14 to §7.3.21).
// There is no peer: nobody answers, and nobody's field comes.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/command.h"

enum command_result in_jump_for_dep(struct chip *chip, struct span parameters, struct writer *answer)
{
    (void)parameters;
    picc_field(&chip->picc, true);
    return chip->retries_atr == CHIP_RETRIES_INFINITE ? COMMAND_WAITS
                                                      : answer_status(chip, answer, STATUS_TIMEOUT);
}

// Waits for an initiator until the host sends something else.
enum command_result tg_init_as_target(struct chip *chip, struct span parameters, struct writer *answer)
{
    (void)parameters;
    (void)answer;
    picc_field(&chip->picc, false);
    return COMMAND_WAITS;
}

enum command_result tg_without_initiator(struct chip *chip, struct span parameters, struct writer *answer)
{
    (void)parameters;
    return answer_status(chip, answer, STATUS_CONTEXT);
}
