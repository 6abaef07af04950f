// What the parts of the issuer's end of a binding share.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_AUTHENTICATOR_INTERNAL_H
#define JUMIN_HOST_ISSUER_AUTHENTICATOR_INTERNAL_H

#include "host/issuer/authenticator.h"
#include "host/issuer/sealed_commands.h"
#include "host/mobile/binding_messages.h"
#include "host/mobile/jwk_thumbprint.h"
#include "host/reader/eac.h"
#include <jumin/binding.h>

struct jumin_authenticator {
    struct jumin_authenticator_options options;
    struct authenticator_lock lock; // of the terminal; functions NULL: none is wanted
    struct detail detail;
    struct crypto_random random;
    enum binding_message due; // the phone's next message; BINDING_BOUND: none
    bool failed;
    uint8_t session[BINDING_SESSION];
    uint8_t thumbprint[JWK_THUMBPRINT];
    struct writer attestation;            // that was accepted, over a buffer of its own
    struct ca_offer offer;                // of EF.CardSecurity, but for its point
    uint8_t chip_point[CRYPTO_POINT_MAX]; // that point
    struct crypto_ec_key ephemeral;       // of Chip Authentication
    struct sealed_limits limits;
    struct sm_session sm; // that nobody but the card shares
    struct sealed_plan plan;
    uint32_t counter;
    struct writer chip_security, portrait; // over buffers of as many bytes as the options say
    struct span chip_key;                  // within chip_security
    struct writer answer;                  // over a buffer of BINDING_MESSAGE_MAX bytes
};

// --- authenticator.c -------------------------------------------------------------------------------------------

void authenticator_take_terminal(const struct jumin_authenticator *authenticator);
void authenticator_give_terminal(const struct jumin_authenticator *authenticator);
// Refusals with their sentence.
enum jumin_error authenticator_malformed(struct jumin_authenticator *authenticator, const char *what);
enum jumin_error authenticator_crypto_failed(struct jumin_authenticator *authenticator);
struct span authenticator_session(const struct jumin_authenticator *authenticator);

// --- authenticator_card.c --------------------------------------------------------------------------------------

// The phone's second message: believes the card, and answers with what proves the terminal to it.
enum jumin_error authenticator_answer_card(struct jumin_authenticator *authenticator, struct span message);

#endif
