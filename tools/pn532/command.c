// The table of commands.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/command.h"

enum { ANY = FRAME_DATA_MAX };

static const struct command commands[] = {
    {0x00, "Diagnose", 1, ANY, diagnose},
    {0x02, "GetFirmwareVersion", 0, 0, get_firmware_version},
    {0x04, "GetGeneralStatus", 0, 0, get_general_status},
    {0x06, "ReadRegister", 2, ANY, read_register},
    {0x08, "WriteRegister", 3, ANY, write_register},
    {0x0C, "ReadGPIO", 0, 0, read_gpio},
    {0x0E, "WriteGPIO", 2, 2, write_gpio},
    {0x10, "SetSerialBaudRate", 1, 1, set_serial_baud_rate},
    {0x12, "SetParameters", 1, 1, set_parameters},
    {0x14, "SAMConfiguration", 1, 3, sam_configuration},
    {0x16, "PowerDown", 1, 2, power_down},
    {0x32, "RFConfiguration", 2, 12, rf_configuration},
    {0x40, "InDataExchange", 1, ANY, in_data_exchange},
    {0x42, "InCommunicateThru", 0, ANY, in_communicate_thru},
    {0x44, "InDeselect", 1, 1, in_deselect},
    {0x46, "InJumpForPSL", 2, ANY, in_jump_for_dep},
    {0x4A, "InListPassiveTarget", 2, ANY, in_list_passive_target},
    {0x4E, "InPSL", 3, 3, in_psl},
    {0x50, "InATR", 2, ANY, in_atr},
    {0x52, "InRelease", 1, 1, in_release},
    {0x54, "InSelect", 1, 1, in_select},
    {0x56, "InJumpForDEP", 3, ANY, in_jump_for_dep},
    {0x58, "RFRegulationTest", 1, 1, rf_regulation_test},
    {0x60, "InAutoPoll", 3, 17, in_auto_poll},
    {0x86, "TgGetData", 0, 0, tg_without_initiator},
    {0x88, "TgGetInitiatorCommand", 0, 0, tg_without_initiator},
    {0x8A, "TgGetTargetStatus", 0, 0, tg_without_initiator},
    {0x8C, "TgInitAsTarget", 36, ANY, tg_init_as_target},
    {0x8E, "TgSetData", 0, ANY, tg_without_initiator},
    {0x90, "TgResponseToInitiator", 0, ANY, tg_without_initiator},
    {0x92, "TgSetGeneralBytes", 0, ANY, tg_without_initiator},
    {0x94, "TgSetMetaData", 0, ANY, tg_without_initiator},
};

const struct command *command_find(uint8_t code)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (commands[i].code == code) {
            return &commands[i];
        }
    }
    return NULL;
}

enum command_result answer_status(struct chip *chip, struct writer *answer, enum chip_status status)
{
    chip->last_error = status != STATUS_OK ? (uint8_t)status : chip->last_error;
    writer_put_u8(answer, (uint8_t)status);
    return COMMAND_ANSWERED;
}
