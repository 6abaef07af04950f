// GET CHALLENGE (ISO 7816-4 §11.5.3).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_CHALLENGE_H
#define JUMIN_CARD_CORE_CHALLENGE_H

#include "card/core/command.h"

enum { CHALLENGE_DEFAULT = 8, CHALLENGE_MAX = 256 };

// 84: as many random bytes as Ne asks for, at most CHALLENGE_MAX; 8 when Le leaves it to the card.
command_handler get_challenge_handler;

#endif
