// Managing PIN and CAN (TR-03110-2 §2.4, TR-03110-3 §B.14.11 to §B.14.13).
// SPDX-License-Identifier: Apache-2.0
//
// Under secure messaging only. Who may do what:
//
//     session                                change PIN   unblock PIN   change CAN,
//                                                                       activate or deactivate PIN
//     PACE with the PIN, a transport PIN too     yes
//     PACE with the PUK                                       yes
//     PACE with CAN or MRZ
//     … then Terminal and Chip Authentication    r             r             r
//
// r: with the right of PIN management. Whoever has authenticated itself as a terminal is asked for that right
// whatever the holder's password was: typing the PIN for a distant server does not let it choose another one.
// All that one command changes, changes in one transaction, and what it replaced is erased from flash.
#ifndef JUMIN_CARD_CORE_PIN_MANAGEMENT_H
#define JUMIN_CARD_CORE_PIN_MANAGEMENT_H

#include "card/core/command.h"

// RESET RETRY COUNTER with P1 P2 = 02 03. 6A80: too few digits, or the transport PIN again.
command_handler change_pin_handler;
// RESET RETRY COUNTER with P1 P2 = 03 03. A PIN with all its tries costs the PUK none of its uses, so that
// the command may be repeated when its answer was lost. 6983: the PUK has none left.
command_handler unblock_pin_handler;
// RESET RETRY COUNTER with P1 P2 = 02 02.
command_handler change_can_handler;
// ACTIVATE and DEACTIVATE with P1 P2 = 10 03; what is so already stays so.
command_handler activate_pin_handler;
command_handler deactivate_pin_handler;
// GET PIN STATUS with P1 P2 = 00 03, in any session: 62C1 for a transport PIN, otherwise as MSE:Set AT, whose
// answers are fixed by TR-03110 and have no word for it.
command_handler get_pin_status_handler;

#endif
