// The inside of struct jumin_terminal: a credential, wherever its key is.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_TERMINAL_H
#define JUMIN_HOST_READER_TERMINAL_H

#include "card/wire/cvc.h"
#include "host/detail.h"
#include <jumin/terminal.h>

struct jumin_terminal {
    const struct jumin_terminal_functions *functions;
    void *context;
    struct detail detail;
};

// The terminal's own certificate, taken apart; borrowed until the next call.
enum jumin_error terminal_certificate(struct jumin_terminal *terminal, struct cv_certificate *certificate);
// Certificates one after the other, for the trust point of that name.
enum jumin_error terminal_chain(struct jumin_terminal *terminal, struct span authority, struct span *chain);
enum jumin_error terminal_sign(struct jumin_terminal *terminal, struct span message,
                               struct writer *signature);

// terminal_key.c: a credential whose key is here, from the bare key; certificates are added to it.
enum jumin_error terminal_new_with_key(struct jumin_terminal **terminal, enum crypto_curve curve,
                                       struct span secret);

#endif
