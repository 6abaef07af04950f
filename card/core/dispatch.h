// The one way of a command through the card: from its bytes to the response's.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_DISPATCH_H
#define JUMIN_CARD_CORE_DISPATCH_H

#include "card/core/card.h"

// Answers one command. `response` has CARD_RESPONSE_MAX bytes of room; at least a status word is written.
void dispatch(struct card *card, struct span command, struct writer *response);

// Forgets a chain and what is left of a response.
void dispatch_forget(struct card *card);

#endif
