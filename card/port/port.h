// What a platform gives the card: flash, random bytes, and time.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_PORT_PORT_H
#define JUMIN_CARD_PORT_PORT_H

#include "card/crypto/crypto.h"
#include "card/nvm/store.h"
#include "card/wire/apdu.h"

struct command_row;

// Time. `delay` holds the answer back, asking the reader for more waiting time (S(WTX)) where the link needs
// it; it is how guessing a CAN is made slow. NULL: no delay.
struct card_io {
    void (*delay)(void *context, uint32_t milliseconds);
    void *context;
};

// What a simulator may watch: the plain command after secure messaging was taken off and before the handler
// runs (`row` is NULL for a command that is refused before), and the plain response. NULL on a product.
struct card_observer {
    void (*command)(void *context, const struct command_row *row, const struct apdu_command *plain);
    void (*response)(void *context, struct span data, uint16_t status);
    void *context;
};

struct card_port {
    struct store_flash flash;
    struct crypto_random random;
    struct card_io io;
    struct card_observer observer;
};

#endif
