// The chip's side of Chip Authentication: version 1 (9303-11 §6.2, TR-03110-3 §B.2) and version 2 (TR-03110-2
// §3.4).
// SPDX-License-Identifier: Apache-2.0
//
// Version 1 belongs to the eMRTD application and needs the session of PACE; DG14 announces its suites.
// Version 2 belongs to the MF and needs Terminal Authentication, whose key the terminal must bring;
// EF.CardAccess announces its suites. The command that succeeds is answered under the old keys, then the new
// session takes over with SSC 0; after a failure the old session goes on.
#ifndef JUMIN_CARD_CORE_CHIP_AUTHENTICATION_H
#define JUMIN_CARD_CORE_CHIP_AUTHENTICATION_H

#include "card/core/command.h"

struct chip_authentication_state {
    uint8_t version; // MSE:Set AT has chosen key and suite for 1 or 2; 0: it has not
    uint16_t object; // of the key
    enum secure_messaging_suite suite;
};

// MSE:Set AT for Chip Authentication (P1 P2 = 41 A4).
command_handler chip_authentication_set_template_handler;
// The same for version 2: the key of EF.CardSecurity, or for a privileged terminal that of EF.ChipSecurity.
command_handler chip_authentication_set_template_2_handler;
// MSE:Set KAT (P1 P2 = 41 A6): the whole protocol in one command. The standard has it for 3DES; the same
// bytes serve AES here, with the one suite that DG14 announces for the key.
command_handler chip_authentication_set_key_agreement_template_handler;
// GENERAL AUTHENTICATE after MSE:Set AT; `objects` is the content of its DO7C, `last`: no chaining bit.
uint16_t chip_authentication_general_authenticate(struct card *card, struct span objects, bool last,
                                                  struct writer *response);
void chip_authentication_end(struct chip_authentication_state *state);

#endif
