// CRC_A and CRC_B.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/crc.h"

enum { POLYNOMIAL = 0x8408 }; // x^16 + x^12 + x^5 + 1, the lowest bit first

static uint16_t crc(struct span bytes, uint16_t crc)
{
    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= bytes.p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)((crc & 1) != 0 ? crc >> 1 ^ POLYNOMIAL : crc >> 1);
        }
    }
    return crc;
}

uint16_t crc_a(struct span bytes)
{
    return crc(bytes, 0x6363);
}

uint16_t crc_b(struct span bytes)
{
    return (uint16_t)~crc(bytes, 0xFFFF);
}
