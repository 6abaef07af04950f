// The eID application (TR-03110-4 §2.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_APPS_EID_H
#define JUMIN_CARD_APPS_EID_H

#include "card/vm/applet.h"
#include "card/wire/eid.h"

enum {
    // What everything in the application needs: the general authentication procedure up to its end
    // (TR-03110-2 §2.3.2, §3.1.1).
    EID_AUTHENTICATED = SECURITY_PACE | SECURITY_TERMINAL_AUTHENTICATED | SECURITY_CHIP_AUTHENTICATED |
                        SECURITY_PROTECTED | SECURITY_PASSWORD_FITS,
};

extern const struct applet eid_applet;

// One kind of auxiliary data: what it is compared with, and who may ask.
struct eid_verification {
    const char *name;
    const struct span *oid;
    enum eid_group group;
    uint8_t tag;   // of the group's content
    rights needed; // any one of these; 0: any terminal that is authenticated
    bool (*holds)(struct span stored, struct span asked);
};
extern const struct eid_verification eid_verifications[];
extern const size_t eid_verification_count;

// VERIFY (80 20 80 00, DO06): auxiliary data of that kind against what is stored. 6300: it does not hold;
// 6982: the terminal may not ask; 6A88: it has sent none of that kind, or the card has nothing to compare.
command_handler eid_verify_handler;

#endif
