// Naming a password to the card, and what it says about it (TR-03110-3 §B.14.1, §B.14.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_PACE_PASSWORD_H
#define JUMIN_HOST_READER_PACE_PASSWORD_H

#include "host/reader/reader_internal.h"

// "CAN".
const char *pace_password_name(enum pace_password password);
// What EF.CardAccess offers and the caller wants. `chip_first`: PACE-CAM before the others; where Terminal
// Authentication is to follow, Chip Authentication comes behind it and the mapping need not do it.
enum jumin_error pace_choose_protocol(struct jumin_reader *reader, bool chip_first,
                                      struct pace_protocol *protocol);
// MSE:Set AT, the domain parameters always named, so that they are never ambiguous. JUMIN_OK with any status
// word but those that refuse what the terminal asks for.
enum jumin_error pace_set_password(struct jumin_reader *reader, const struct pace_protocol *protocol,
                                   enum pace_password password, const struct authorization *asked,
                                   uint16_t *status);
// Whether PACE may go on after that status word. `resumed`: a suspended PIN, too.
enum jumin_error pace_password_usable(struct jumin_reader *reader, enum pace_password password,
                                      uint16_t status, bool resumed);
// A status word of GENERAL AUTHENTICATE: a wrong password, one that cannot be used, or another refusal.
enum jumin_error pace_password_refused(struct jumin_reader *reader, const struct apdu_command *command,
                                       enum pace_password password, uint16_t status);

#endif
