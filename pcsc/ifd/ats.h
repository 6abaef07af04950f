// What a contactless card answers when it is selected, and the ATR that PC/SC shows for it
// (ISO 14443-4 §5.2, PC/SC-3 §3.1.3.2.3.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PCSC_IFD_ATS_H
#define JUMIN_PCSC_IFD_ATS_H

#include "card/wire/span.h"

enum {
    ATS_HISTORICAL_MAX = 15, // an ATR holds no more
    ATS_ATR_MAX = 4 + ATS_HISTORICAL_MAX + 1,
    ATS_UID_MAX = 10,               // ISO 14443-3 §6.5.4
    ATS_WAITING_TIME_MAX_MS = 4950, // FWI 14
};

// Borrowed from the card's message.
struct ats {
    struct span uid;
    struct span historical;   // at most ATS_HISTORICAL_MAX
    uint32_t waiting_time_ms; // frame waiting time, rounded up
};

// Reads the payload of LINK_SELECTED: length of the UID, UID, ATS. False for bytes that are not this.
bool ats_parse(struct span selected, struct ats *ats);
// The ATR for these historical bytes; returns its length.
size_t ats_to_atr(struct span historical, uint8_t atr[ATS_ATR_MAX]);

#endif
