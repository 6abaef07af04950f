// The chip's commands (UM0701-02 §7): a table, and what their functions share.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_COMMAND_H
#define JUMIN_TOOLS_PN532_COMMAND_H

#include "tools/pn532/chip.h"

enum command_result {
    COMMAND_ANSWERED,
    COMMAND_WAITS, // called again after the next event, with chip->phase as it was left
    COMMAND_SYNTAX_ERROR,
};

// `parameters` is what follows the command code; the answer's code is written already.
typedef enum command_result command_function(struct chip *chip, struct span parameters,
                                             struct writer *answer);

struct command {
    uint8_t code;
    const char *name;
    size_t least, most; // bytes behind the code
    command_function *run;
};

// NULL: the chip does not know it.
const struct command *command_find(uint8_t code);

// The chip itself
command_function diagnose, get_firmware_version, get_general_status, read_register, write_register, read_gpio,
    write_gpio, set_serial_baud_rate, set_parameters, sam_configuration, power_down;
// The field
command_function rf_configuration, rf_regulation_test, in_list_passive_target, in_auto_poll;
// A target that was found
command_function in_data_exchange, in_communicate_thru, in_atr, in_psl, in_select, in_deselect, in_release;
// Peers, and the chip as a card: nobody else's field is here, nobody speaks NFC-DEP.
command_function in_jump_for_dep, tg_init_as_target, tg_without_initiator;

// --- What they share ---------------------------------------------------------------------------------------

enum command_result answer_status(struct chip *chip, struct writer *answer, enum chip_status status);

enum activation {
    ACTIVATION_NONE, // no such card answers
    ACTIVATION_WAITS,
    ACTIVATION_DONE, // the target is selected
};

// Finds the card and selects it as the target; `protocol`: up to ISO-DEP. Call again after ACTIVATION_WAITS.
enum activation activate(struct chip *chip, enum picc_type type, uint8_t afi, bool protocol);
// RATS or ATTRIB alone, for a target that is selected.
enum activation activate_protocol(struct chip *chip);
// What an earlier command began with the card and did not see the end of has ended. False: call again after
// the next event.
bool settle(struct chip *chip);
// Lets the target halt when it is selected. False: call again after the next event.
bool deselect(struct chip *chip);
// Until when a frame's answer is waited for, as RFConfiguration has it; whether that time is still to come.
int64_t thru_deadline(const struct chip *chip);
bool is_patient(const struct chip *chip);
// What an answer tells of the target (§7.3.5).
void put_target(const struct chip *chip, struct writer *answer);
// The registers that decide what frames of InCommunicateThru look like.
void set_modulation(struct chip *chip, uint8_t framing, unsigned dri, unsigned dsi);

#endif
