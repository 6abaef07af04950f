// The eID application (TR-03110-4 §2.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_APPS_EID_H
#define JUMIN_CARD_APPS_EID_H

#include "card/vm/applet.h"

enum {
    // What everything in the application needs: the general authentication procedure up to its end
    // (TR-03110-2 §2.3.2, §3.1.1).
    EID_AUTHENTICATED =
        SECURITY_PACE | SECURITY_TERMINAL_AUTHENTICATED | SECURITY_CHIP_AUTHENTICATED | SECURITY_PROTECTED,
};

extern const struct applet eid_applet;

// VERIFY (80 20 80 00, DO06): auxiliary data of that kind against what is stored. 6300: it does not hold;
// 6982: the terminal may not ask; 6A88: it has sent none of that kind, or the card has nothing to compare.
command_handler eid_verify_handler;

#endif
