// What a plan says to the holder, and what the holder says to it: the same for all ways of showing.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_WALLET_SHOWING_H
#define JUMIN_HOST_WALLET_SHOWING_H

#include "host/wallet/disclosure.h"

// As the public functions see a plan, which is the caller's.
struct jumin_wallet_disclosure {
    const struct disclosure_plan *plan;
};

// Tells the holder what a plan would disclose, and asks unless it is refused. Neither takes a copy nor writes
// the history: disclosure_take or disclosure_refuse is next, the latter with `detail` for its reason.
// JUMIN_OK                    yes
// JUMIN_ERROR_NOT_AUTHORIZED  the plan is refused; the detail says why
// JUMIN_ERROR_CANCELLED       the holder said no, or there is none (`holder` or its function is NULL)
// and other errors of the holder's function
enum jumin_error showing_ask(const struct disclosure_plan *plan, const struct jumin_wallet_holder *holder,
                             struct detail *detail);

#endif
