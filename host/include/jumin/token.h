// Keys in tokens: hardware security modules and whatever else PKCS#11 reaches. A token signs and derives; its
// keys never leave it.
// SPDX-License-Identifier: Apache-2.0
//
// A token, and a key in it, is named by a PKCS#11 URI (RFC 7512), which says where the module is, too:
//     pkcs11:token=station;object=issuer?module-path=/usr/lib/softhsm/libsofthsm2.so
// Where its query has pin-source=/path, the first line of that file is the PIN. A PIN never stands in a URI.
#ifndef JUMIN_TOKEN_H
#define JUMIN_TOKEN_H

#include <jumin/error.h>
#include <stdbool.h>

enum { JUMIN_TOKEN_PIN = 256 }; // bytes of a PIN with the zero byte at its end

struct jumin_token_question {
    const char *token; // its label
    bool tries_low;    // a wrong PIN was given since the last right one
    bool last_try;     // another wrong one locks the token
};
// Asked once for each token, when a key of it is first used. Writes the PIN as a string. False: nobody gives
// one.
typedef bool jumin_token_pin(void *context, const struct jumin_token_question *question,
                             char pin[JUMIN_TOKEN_PIN]);

// The tokens that are open: one session each, shared by everything that was given the handle, from several
// threads. It must outlive them. A wrong PIN is tried once: afterwards the token stays closed for this
// handle. A PIN that was right is kept, for one new login when the session is lost.
//
// PKCS#11 has one login a process and token: a token that other code of the process has opened takes any PIN.
struct jumin_tokens;

// `ask` may be NULL: then only tokens whose URI has a pin-source open.
JUMIN_EXPORT enum jumin_error jumin_tokens_new(struct jumin_tokens **tokens, jumin_token_pin *ask,
                                               void *context);
// Ends the sessions and wipes the PINs. NULL is allowed.
JUMIN_EXPORT void jumin_tokens_free(struct jumin_tokens *tokens);

#endif
