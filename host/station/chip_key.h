// The key of one chip alone, by which the records find the card that has bound a phone.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_STATION_CHIP_KEY_H
#define JUMIN_HOST_STATION_CHIP_KEY_H

#include "host/perso/order.h"
#include "host/station/station_internal.h"

// The point that EF.ChipSecurity has and EF.CardSecurity, which a batch shares, has not (TR-03110-3 §A.1.2).
// Both are the issuer's own, and are not verified here. False: the card has no such file. Borrowed from
// `chip_security`.
bool chip_key_of(struct span card_security, struct span chip_security, struct span *point);
// Notes it with the application, within a transaction; where the card has none, nothing is noted.
enum jumin_error chip_key_note(struct jumin_station *station, const char *number,
                               const struct jumin_order *order);

#endif
