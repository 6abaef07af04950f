// The chip's side of Terminal Authentication (TR-03110-2 §3.3, TR-03110-3 §B.3).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/terminal_authentication.h"

#include "card/core/card.h"

static bool has_authenticated(const struct card *card)
{
    return security_satisfied(&card->security, SECURITY_TERMINAL_AUTHENTICATED);
}

struct span terminal_auxiliary_data(const struct card *card)
{
    const struct terminal_authentication_state *state = &card->terminal_authentication;
    struct span object = span_of(state->auxiliary_data, state->auxiliary_length);
    struct tlv data;
    return has_authenticated(card) && tlv_expect(&object, TAG_AUXILIARY_DATA, &data) ? data.value
                                                                                     : span_of(NULL, 0);
}

struct span terminal_sector(const struct card *card, bool second)
{
    const struct terminal_authentication_state *state = &card->terminal_authentication;
    const size_t i = second ? 1 : 0;
    return has_authenticated(card) ? span_of(state->sector_hashes[i], state->sector_lengths[i])
                                   : span_of(NULL, 0);
}

void terminal_authentication_forget(struct card *card)
{
    struct terminal_authentication_state *state = &card->terminal_authentication;
    if (!has_authenticated(card)) {
        crypto_wipe(state, sizeof *state);
        return;
    }
    crypto_wipe(&state->issuer, sizeof state->issuer);
    crypto_wipe(&state->imported, sizeof state->imported);
    crypto_wipe(state->challenge, sizeof state->challenge);
    state->has_challenge = false;
    state->set = false;
}
