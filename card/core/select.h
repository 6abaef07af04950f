// What is current: the DF, and the EF in it (ISO 7816-4 §7.3.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_SELECT_H
#define JUMIN_CARD_CORE_SELECT_H

#include "card/vm/applet.h"

// Makes an application current and no EF. What PACE has achieved stays; the secure channel of the ISD ends.
void select_application(struct card *card, const struct applet *applet);
// What is current after power-on: the MF, or the ISD of a card that is locked or terminated (GPC v2.3.1
// §5.1.1).
const struct applet *select_initial(struct card *card);

#endif
