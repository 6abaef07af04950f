// Extended Access Control version 2: a terminal that proves what it may do to a chip that proves what it is
// (TR-03110-2 §3.2 to §3.4).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_EAC_H
#define JUMIN_HOST_READER_EAC_H

#include "host/reader/ca.h"
#include "host/reader/reader_internal.h"
#include "host/reader/terminal.h"

struct eac_request {
    struct jumin_terminal *terminal;
    const struct jumin_trust *trust; // for EF.CardSecurity
    int64_t time;
    rights rights;              // asked for; 0: all that the terminal's certificate has
    struct span auxiliary_data; // the whole object 67, or empty
};

// Connects, then EF.CardAccess, PACE with the rights asked for, EF.CardSecurity and passive authentication of
// it, Terminal Authentication and Chip Authentication. Afterwards secure messaging has the chip's own keys,
// and `*granted` is what was asked for and every certificate has. `*infos` is what EF.CardSecurity says,
// borrowed from the reader's document.
enum jumin_error eac_run(struct jumin_reader *reader, const struct eac_request *request, rights *granted,
                         struct span *infos);

// The steps behind PACE, for those who take the terminal's part apart.
// Passive authentication of EF.CardSecurity, EF.CardAccess against it, and the key for Chip Authentication
// version 2, chosen as ca_choose does. `*infos` and the key are borrowed from `card_security`.
enum jumin_error eac_passive_authentication(struct detail *detail, struct span card_access,
                                            struct span card_security, const struct jumin_trust *trust,
                                            int64_t time, enum jumin_cipher preferred, struct span *infos,
                                            struct ca_offer *offer);

#endif
