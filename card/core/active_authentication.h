// The chip's side of Active Authentication with ECDSA (9303-11 §6.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_ACTIVE_AUTHENTICATION_H
#define JUMIN_CARD_CORE_ACTIVE_AUTHENTICATION_H

#include "card/core/command.h"

enum { ACTIVE_AUTHENTICATION_CHALLENGE = 8 }; // RND.IFD

// 88: signs RND.IFD with the hash that DG14 announces, else with that of the curve's length. Answers r || s.
command_handler internal_authenticate_handler;

#endif
