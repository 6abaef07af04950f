// The issuer's end of binding a phone, the second message: the card after PACE is believed, and is shown the
// terminal's certificates and a signature for this card alone (TR-03110-2 §3.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/authenticator_internal.h"

#include "host/reader/ta.h"
#include "host/reader/terminal.h"

// EF.CardSecurity is believed before anything else, and EF.CardAccess must be the one that it signs.
static enum jumin_error believe_card(struct jumin_authenticator *authenticator,
                                     const struct binding_card *card)
{
    const struct jumin_authenticator_options *options = &authenticator->options;
    struct ca_offer offer;
    struct span infos;
    const enum jumin_error error =
        eac_passive_authentication(&authenticator->detail, card->card_access, card->card_security,
                                   options->trust, options->time, options->cipher, &infos, &offer);
    if (error != JUMIN_OK) {
        return error;
    }
    if (offer.point.n > sizeof authenticator->chip_point || offer.key_id > UINT8_MAX) {
        return detail_set(&authenticator->detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "EF.CardSecurity offers no Chip Authentication that is known here");
    }
    memcpy(authenticator->chip_point, offer.point.p, offer.point.n);
    authenticator->offer = offer;
    authenticator->offer.point = span_of(authenticator->chip_point, offer.point.n);
    return JUMIN_OK;
}

// The trust point of the card that the certificates lead to.
static enum jumin_error find_chain(struct jumin_authenticator *authenticator, const struct binding_card *card,
                                   struct span *authority, struct span *chain)
{
    enum jumin_error error = JUMIN_ERROR_SIGNER_UNKNOWN;
    for (size_t i = 0; i < BINDING_AUTHORITIES_MAX && error == JUMIN_ERROR_SIGNER_UNKNOWN; i++) {
        *authority = card->authorities[i];
        if (authority->n > 0) {
            error = terminal_chain(authenticator->options.terminal, *authority, chain);
        }
    }
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(&authenticator->detail, error,
                                          "no certificate leads to what the card trusts: %.160s",
                                          jumin_terminal_detail(authenticator->options.terminal));
}

static enum jumin_error sign(struct jumin_authenticator *authenticator, const struct binding_card *card,
                             struct span point, struct writer *signature)
{
    uint8_t bytes[TA_MESSAGE_MAX];
    struct writer message = writer_of(bytes, sizeof bytes);
    const struct ta_message content = {.identifier = card->identifier,
                                       .challenge = card->challenge,
                                       .compressed_key = comp_point(authenticator->offer.curve, point)};
    ta_put_message(&message, &content);
    if (message.overflow) {
        return authenticator_malformed(authenticator,
                                       "what the phone says of the card is too long to be signed");
    }
    const enum jumin_error error =
        terminal_sign(authenticator->options.terminal, writer_span(&message), signature);
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(&authenticator->detail, error, "%s",
                                          jumin_terminal_detail(authenticator->options.terminal));
}

// The terminal's own certificate, the last of the chain.
static enum jumin_error end_of_chain(struct jumin_authenticator *authenticator, struct span chain,
                                     struct cv_certificate *certificate)
{
    struct span content = span_of(NULL, 0);
    while (chain.n > 0) {
        if (!ta_next_certificate(&chain, &content)) {
            return authenticator_malformed(authenticator, "the terminal's certificates are malformed");
        }
    }
    return cv_certificate_parse(content, certificate)
               ? JUMIN_OK
               : authenticator_malformed(authenticator, "the terminal's chain does not end in a certificate");
}

// A fresh key for Chip Authentication, and what proves to this card that it is the terminal's.
static enum jumin_error prove(struct jumin_authenticator *authenticator, const struct binding_card *card,
                              struct binding_terminal *terminal, uint8_t point[CRYPTO_POINT_MAX],
                              struct writer *signature)
{
    if (!crypto_ec_generate(&authenticator->ephemeral, authenticator->offer.curve, &authenticator->random) ||
        !crypto_ec_public(&authenticator->ephemeral, point)) {
        return authenticator_crypto_failed(authenticator);
    }
    terminal->public_key = span_of(point, crypto_curve_point_length(authenticator->offer.curve));
    const enum jumin_error error = sign(authenticator, card, terminal->public_key, signature);
    terminal->signature = writer_span(signature);
    return error;
}

// What is signed has its length, and what may stand in a sentence has no control characters.
static bool is_card(const struct binding_card *card)
{
    bool good = card->challenge.n == TA_CHALLENGE && card->identifier.n > 0 &&
                card->identifier.n <= TA_IDENTIFIER_MAX;
    for (size_t i = 0; i < BINDING_AUTHORITIES_MAX; i++) {
        good = good && (card->authorities[i].n == 0 || cvc_reference_valid(card->authorities[i]));
    }
    return good;
}

// With the terminal, whose certificates the message borrows.
static enum jumin_error show_terminal(struct jumin_authenticator *authenticator,
                                      const struct binding_card *card)
{
    struct binding_terminal terminal = {0};
    struct cv_certificate certificate = {0};
    uint8_t point[CRYPTO_POINT_MAX], mechanism[OID_TA_ECDSA_LENGTH], chip_mechanism[OID_CA_MAX];
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    struct writer signature_writer = writer_of(signature, sizeof signature);
    enum jumin_error error = find_chain(authenticator, card, &terminal.authority, &terminal.chain);
    if (error == JUMIN_OK) {
        error = end_of_chain(authenticator, terminal.chain, &certificate);
    }
    if (error == JUMIN_OK) {
        error = prove(authenticator, card, &terminal, point, &signature_writer);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    const struct ca_offer *offer = &authenticator->offer;
    const uint8_t key_id = (uint8_t)offer->key_id;
    oid_ta_ecdsa(certificate.hash, mechanism);
    terminal.holder = certificate.holder;
    terminal.mechanism = span_of(mechanism, sizeof mechanism);
    terminal.chip_mechanism = span_of(chip_mechanism, oid_ca_ecdh(offer->suite, chip_mechanism));
    terminal.chip_key_id = span_of(&key_id, offer->has_key_id ? 1 : 0);
    binding_put_terminal(&authenticator->answer, authenticator_session(authenticator), &terminal);
    authenticator->due = BINDING_CHIP;
    return JUMIN_OK;
}

enum jumin_error authenticator_answer_card(struct jumin_authenticator *authenticator, struct span message)
{
    struct binding_card card;
    if (!binding_read_card(message, authenticator_session(authenticator), &card) || !is_card(&card)) {
        return authenticator_malformed(authenticator,
                                       "the phone's message on the card is not one of this session");
    }
    authenticator->limits = (struct sealed_limits){card.command_max, card.response_max, card.extended};
    enum jumin_error error = believe_card(authenticator, &card);
    if (error == JUMIN_OK) {
        authenticator_take_terminal(authenticator);
        error = show_terminal(authenticator, &card);
        authenticator_give_terminal(authenticator);
    }
    return error;
}
