// GENERAL AUTHENTICATE belongs to the protocol that the last MSE:SET has chosen (ISO 7816-4 §11.5.5).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_SECURITY_ENVIRONMENT_H
#define JUMIN_CARD_CORE_SECURITY_ENVIRONMENT_H

#include "card/core/command.h"

command_handler general_authenticate_handler; // 86; its row has CHAINING_STEPS

// Ends a protocol that waits for its next GENERAL AUTHENTICATE, and wipes it. The dispatcher calls it before
// every command other than GENERAL AUTHENTICATE and GET RESPONSE, after what it refuses before it knows the
// command, and when secure messaging ends.
void security_environment_forget(struct card *card);

#endif
