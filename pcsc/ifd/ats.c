// The answer to select of a contactless card, and the ATR made from it.
// SPDX-License-Identifier: Apache-2.0
#include "pcsc/ifd/ats.h"

#include "host/nfc/iso_dep.h"

enum { CARRIER_KHZ = 13560 };

bool ats_parse(struct span selected, struct ats *ats)
{
    struct span length, rest = selected;
    struct iso_dep_ats answer;
    if (!span_take(&rest, 1, &length) || length.p[0] > ATS_UID_MAX ||
        !span_take(&rest, length.p[0], &ats->uid)) {
        return false;
    }
    if (!iso_dep_ats_parse(rest, &answer) || answer.historical.n > ATS_HISTORICAL_MAX) {
        return false;
    }
    ats->historical = answer.historical;
    ats->waiting_time_ms = (iso_dep_fwt(answer.fwi) + CARRIER_KHZ - 1) / CARRIER_KHZ;
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
