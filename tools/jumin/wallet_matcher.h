// A program that compares a face with the card's portrait; tools/face-matcher/README.md says how it is
// called.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_WALLET_MATCHER_H
#define JUMIN_TOOLS_WALLET_MATCHER_H

#include <jumin/wallet.h>

enum { MATCHER_SECONDS = 120 };

struct matcher {
    const char *command; // a program: its path, or its name in PATH
    const uint8_t *picture;
    size_t picture_length;
    int milliseconds; // after which it is ended; 0: MATCHER_SECONDS
};

// Runs COMMAND PORTRAIT PICTURE, both in a folder that nobody else opens, and that is gone afterwards,
// whatever happens; a signal that ends this program ends the other one first. For jumin_wallet_tap_options,
// with a struct matcher as context. `likeness->why` says what is wrong: JUMIN_ERROR_FILE       there is no
// such program, or the folder cannot be made JUMIN_ERROR_TIMEOUT    it has not answered in time
// JUMIN_ERROR_CANCELLED  a signal came
// JUMIN_ERROR_MALFORMED  it failed, or its answer is none
enum jumin_error matcher_compare(void *context, const uint8_t *portrait, size_t n,
                                 struct jumin_wallet_likeness *likeness);

#endif
