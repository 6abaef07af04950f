// Raw frames, made and understood as the registers say: type, bit rate, CRC, bits of the last byte.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_MODEM_H
#define JUMIN_TOOLS_PN532_MODEM_H

#include "tools/pn532/chip.h"

// Sends a frame of these bytes. One that no card here could hear is PICC_SILENT.
enum picc_reply modem_send(struct chip *chip, struct span data, struct rf_frame *reply);
// The bytes of an answer that came, or why there are none.
enum chip_status modem_receive(struct chip *chip, const struct rf_frame *reply, struct writer *bytes);

#endif
