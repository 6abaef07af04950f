// What the card says about itself to everyone: EF.ATR/INFO (ISO 7816-4 §12.1.1, 9303-10 §3.11.4).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_LIMITS_H
#define JUMIN_HOST_READER_LIMITS_H

#include "card/wire/span.h"
#include <jumin/transport.h>

// Lowers the link's limits to those of the card: extended length only where the capabilities (DO47) or the
// buffer sizes (DO7F66) announce it.
void limits_of_card(struct span atr_info, struct jumin_limits *limits);
// Short length only.
void limits_short(struct jumin_limits *limits);

#endif
