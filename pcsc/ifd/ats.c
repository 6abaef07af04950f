// The answer to select of a contactless card, and the ATR made from it.
// SPDX-License-Identifier: Apache-2.0
#include "pcsc/ifd/ats.h"

// Format byte T0 (ISO 14443-4 §5.2.3): which interface bytes follow.
enum { T0_TA = 0x10, T0_TB = 0x20, T0_TC = 0x40 };
enum { FWI_RESERVED = 15 };

// (256 * 16 / fc) * 2^FWI (ISO 14443-4 §5.2.5, §7.2), in milliseconds rounded up; fc = 13.56 MHz.
static uint32_t frame_waiting_time_ms(uint8_t fwi)
{
    const uint64_t cycles = (uint64_t)4096 << fwi;
    return (uint32_t)((cycles + 13559) / 13560);
}

// The interface bytes that T0 announces; TB(1) holds the waiting time.
static bool interface_bytes(struct span *rest, uint8_t t0, uint32_t *waiting_time_ms)
{
    struct span byte;
    *waiting_time_ms = ATS_WAITING_TIME_DEFAULT_MS;
    if ((t0 & T0_TA) != 0 && !span_take(rest, 1, &byte)) {
        return false;
    }
    if ((t0 & T0_TB) != 0) {
        if (!span_take(rest, 1, &byte)) {
            return false;
        }
        const uint8_t fwi = byte.p[0] >> 4;
        if (fwi != FWI_RESERVED) {
            *waiting_time_ms = frame_waiting_time_ms(fwi);
        }
    }
    return (t0 & T0_TC) == 0 || span_take(rest, 1, &byte);
}

bool ats_parse(struct span selected, struct ats *ats)
{
    struct span byte, rest = selected;
    if (!span_take(&rest, 1, &byte) || byte.p[0] > ATS_UID_MAX || !span_take(&rest, byte.p[0], &ats->uid)) {
        return false;
    }
    if (rest.n == 0 || rest.p[0] != rest.n) {
        return false; // TL counts itself
    }
    rest = span_from(rest, 1);
    ats->historical = span_of(NULL, 0);
    ats->waiting_time_ms = ATS_WAITING_TIME_DEFAULT_MS;
    if (rest.n == 0) {
        return true;
    }
    const uint8_t t0 = rest.p[0];
    rest = span_from(rest, 1);
    if (!interface_bytes(&rest, t0, &ats->waiting_time_ms) || rest.n > ATS_HISTORICAL_MAX) {
        return false;
    }
    ats->historical = rest;
    return true;
}

size_t ats_to_atr(struct span historical, uint8_t atr[ATS_ATR_MAX])
{
    struct writer w = writer_of(atr, ATS_ATR_MAX);
    writer_put_u8(&w, 0x3B);                           // TS: direct convention
    writer_put_u8(&w, (uint8_t)(0x80 | historical.n)); // T0: TD1 follows, number of historical bytes
    writer_put_u8(&w, 0x80);                           // TD1: TD2 follows, T=0
    writer_put_u8(&w, 0x01);                           // TD2: T=1
    writer_put(&w, historical);
    uint8_t check = 0;
    for (size_t i = 1; i < w.n; i++) {
        check ^= atr[i];
    }
    writer_put_u8(&w, check);
    return w.n;
}
