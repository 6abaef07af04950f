// MSE:SET and GENERAL AUTHENTICATE: each is handed to the protocol that it belongs to (ISO 7816-4 §11.5).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_SECURITY_ENVIRONMENT_H
#define JUMIN_CARD_CORE_SECURITY_ENVIRONMENT_H

#include "card/core/command.h"

command_handler manage_security_environment_handler; // 22, by P1 P2: C1 A4, 41 A4, 41 A6
command_handler general_authenticate_handler;        // 86; its row has CHAINING_STEPS

// Ends a protocol that waits for its next GENERAL AUTHENTICATE, and wipes it. The dispatcher calls it before
// every command other than GENERAL AUTHENTICATE and GET RESPONSE, and when secure messaging ends.
void security_environment_forget(struct card *card);

#endif
