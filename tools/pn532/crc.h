// The checksums of frames on the air (ISO 14443-3 Annex B).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_CRC_H
#define JUMIN_TOOLS_PN532_CRC_H

#include "card/wire/span.h"

enum { CRC_LENGTH = 2 };

// The lower byte of the result is sent first.
uint16_t crc_a(struct span bytes);
uint16_t crc_b(struct span bytes);

#endif
