// The one way of a command through the card: from its bytes to the response's.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_DISPATCH_H
#define JUMIN_CARD_CORE_DISPATCH_H

#include "card/core/card.h"

// Answers one command. `response` has CARD_RESPONSE_MAX bytes of room; at least a status word is written.
void dispatch(struct card *card, struct span command, struct writer *response);

// Forgets a chain and what is left of a response.
void dispatch_forget(struct card *card);

// C0: what GET RESPONSE finds when nothing is left (ISO 7816-4 §11.7.1). The rest of a response is handed out
// by `dispatch` itself, since that is transport and no command to an application.
command_handler get_response_handler;

#endif
