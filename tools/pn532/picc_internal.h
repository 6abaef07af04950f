// What the two types of activation share with the rest of the card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_PICC_INTERNAL_H
#define JUMIN_TOOLS_PN532_PICC_INTERNAL_H

#include "tools/pn532/picc.h"

// A frame outside of ISO-DEP.
void picc_a_hear(struct picc *picc, const struct rf_frame *frame);
void picc_b_hear(struct picc *picc, const struct rf_frame *frame);

// Type B: REQB or WUPB for this AFI.
bool picc_b_wake(struct picc *picc, uint8_t afi);

// Answers; with a CRC, or without as in anticollision.
void picc_say(struct picc *picc, struct span bytes, bool crc);
// After RATS or ATTRIB with these parameters; answers as soon as the card stands at its beginning.
void picc_open(struct picc *picc, unsigned fsdi, unsigned cid, unsigned dri, unsigned dsi);

#endif
