// GET RESPONSE: an answer that did not fit its Le is handed out in parts (ISO 7816-4 §5.3.4, §11.7.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_GET_RESPONSE_H
#define JUMIN_CARD_CORE_GET_RESPONSE_H

#include "card/core/card.h"

enum { INS_GET_RESPONSE = 0xC0 };

// Whether a command only asks for the rest of an answer: that is transport, and ends no session.
bool get_response_is_transport(const struct apdu_command *command);
// Hands out up to `limit` bytes of card->remainder, with 61xx when some are left.
void get_response_first(struct card *card, size_t limit, struct writer *response);
// Answers such a command while something is left.
void get_response(struct card *card, const struct apdu_command *command, struct writer *response);
// C0 in the command table: what GET RESPONSE finds when nothing is left.
command_handler get_response_handler;

#endif
