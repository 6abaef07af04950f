// The issuer's end of binding a phone: it authenticates itself to the card through the phone, and alone
// shares keys with the card afterwards (TR-03110-2 §2.3.2, §3.3, §3.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/authenticator.h"

#include "card/wire/provisioning.h"
#include "host/issuer/chip_security.h"
#include "host/issuer/sealed_commands.h"
#include "host/mobile/binding_messages.h"
#include "host/mobile/jwk_thumbprint.h"
#include "host/reader/eac.h"
#include "host/reader/ta.h"
#include "host/reader/terminal.h"
#include <jumin/binding.h>

#include <stdlib.h>

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

enum jumin_error jumin_authenticator_new(struct jumin_authenticator **authenticator,
                                         const struct jumin_authenticator_options *options)
{
    if (authenticator == NULL || options == NULL || options->terminal == NULL || options->trust == NULL ||
        options->chip_security > SEALED_READ_MAX || options->portrait > SEALED_READ_MAX ||
        options->cipher > JUMIN_CIPHER_ARIA) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_authenticator *made = calloc(1, sizeof *made);
    uint8_t *answer = malloc(BINDING_MESSAGE_MAX), *portrait = malloc(options->portrait + 1),
            *chip_security = malloc(options->chip_security + 1);
    if (made == NULL || answer == NULL || portrait == NULL || chip_security == NULL) {
        free(made);
        free(answer);
        free(portrait);
        free(chip_security);
        return JUMIN_ERROR_MEMORY;
    }
    made->options = *options;
    made->random = crypto_system_random();
    made->due = BINDING_BEGIN;
    made->chip_security = writer_of(chip_security, options->chip_security);
    made->portrait = writer_of(portrait, options->portrait);
    made->answer = writer_of(answer, BINDING_MESSAGE_MAX);
    *authenticator = made;
    return JUMIN_OK;
}

// What the session was is of no use to anybody any more.
static void forget_keys(struct jumin_authenticator *authenticator)
{
    crypto_ec_release(&authenticator->ephemeral);
    sm_end(&authenticator->sm);
}

static void forget_files(struct jumin_authenticator *authenticator)
{
    crypto_wipe(authenticator->chip_security.p, authenticator->chip_security.n);
    authenticator->chip_security.n = 0;
    authenticator->chip_key = span_of(NULL, 0);
    crypto_wipe(authenticator->portrait.p, authenticator->portrait.n);
    authenticator->portrait.n = 0;
}

void jumin_authenticator_free(struct jumin_authenticator *authenticator)
{
    if (authenticator == NULL) {
        return;
    }
    forget_keys(authenticator);
    forget_files(authenticator);
    free(authenticator->chip_security.p);
    free(authenticator->portrait.p);
    free(authenticator->answer.p);
    free(authenticator->attestation.p);
    crypto_wipe(authenticator, sizeof *authenticator);
    free(authenticator);
}

void authenticator_share_terminal(struct jumin_authenticator *authenticator,
                                  const struct authenticator_lock *lock)
{
    authenticator->lock = *lock;
}

static void take_terminal(const struct jumin_authenticator *authenticator)
{
    if (authenticator->lock.take != NULL) {
        authenticator->lock.take(authenticator->lock.context);
    }
}

static void give_terminal(const struct jumin_authenticator *authenticator)
{
    if (authenticator->lock.give != NULL) {
        authenticator->lock.give(authenticator->lock.context);
    }
}

const char *jumin_authenticator_detail(const struct jumin_authenticator *authenticator)
{
    return authenticator != NULL ? authenticator->detail.text : "";
}

static enum jumin_error malformed(struct jumin_authenticator *authenticator, const char *what)
{
    return detail_set(&authenticator->detail, JUMIN_ERROR_MALFORMED, "%s", what);
}

static enum jumin_error crypto_failed(struct jumin_authenticator *authenticator)
{
    return detail_set(&authenticator->detail, JUMIN_ERROR_CRYPTO, "the crypto library failed");
}

static struct span session_of(const struct jumin_authenticator *authenticator)
{
    return span_of(authenticator->session, sizeof authenticator->session);
}

// --- The phone's first message: its key --------------------------------------------------------------------------

// No more than what is needed: to read the portrait and to bind takes the one right.
static rights rights_to_ask(const struct jumin_authenticator_options *options)
{
    return right_of(RIGHT_PROVISION_PHONE) |
           (options->chip_security > 0 ? right_of(RIGHT_PRIVILEGED_TERMINAL) : 0);
}

static enum jumin_error check_rights(struct jumin_authenticator *authenticator, rights asked,
                                     const struct cv_certificate *certificate)
{
    const rights missing = asked & ~certificate->authorization.rights;
    if (missing == 0) {
        return JUMIN_OK;
    }
    return detail_set(&authenticator->detail, JUMIN_ERROR_NOT_AUTHORIZED,
                      "the certificate of %.*s does not carry the right %s", (int)certificate->holder.n,
                      (const char *)certificate->holder.p,
                      (missing & right_of(RIGHT_PROVISION_PHONE)) != 0 ? "to provision a phone"
                                                                       : "of a privileged terminal");
}

static enum jumin_error keep_attestation(struct jumin_authenticator *authenticator, struct span attestation)
{
    uint8_t *kept = malloc(attestation.n + 1);
    if (kept == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    authenticator->attestation = writer_of(kept, attestation.n);
    writer_put(&authenticator->attestation, attestation);
    return JUMIN_OK;
}

static enum jumin_error check_attested(struct jumin_authenticator *authenticator,
                                       const struct binding_begin *begin)
{
    const struct jumin_authenticator_options *options = &authenticator->options;
    const struct span attestation = begin->attestation;
    char why[JUMIN_ATTESTATION_WHY] = "";
    if (options->attested == NULL) {
        return JUMIN_OK;
    }
    if (options->attested(options->context, begin->key.p, attestation.p, attestation.n, why)) {
        return keep_attestation(authenticator, attestation);
    }
    return detail_set(&authenticator->detail, JUMIN_ERROR_CERTIFICATE, "the device key is not attested%s%s",
                      why[0] != '\0' ? ": " : "", why);
}

// With the terminal. `*asked`: what its certificate must carry.
static enum jumin_error ask_terminal(struct jumin_authenticator *authenticator, struct authorization *asked)
{
    struct cv_certificate certificate;
    const enum jumin_error error = terminal_certificate(authenticator->options.terminal, &certificate);
    if (error != JUMIN_OK) {
        return detail_set(&authenticator->detail, error, "%s",
                          jumin_terminal_detail(authenticator->options.terminal));
    }
    *asked = (struct authorization){.type = certificate.authorization.type,
                                    .role = ROLE_TERMINAL,
                                    .rights = rights_to_ask(&authenticator->options)};
    return check_rights(authenticator, asked->rights, &certificate);
}

static enum jumin_error answer_begin(struct jumin_authenticator *authenticator, struct span message)
{
    struct binding_begin begin;
    struct authorization asked = {0};
    uint8_t chat[32], extension[64];
    if (!binding_read_begin(message, &begin) || begin.attestation.n > JUMIN_ATTESTATION_MAX) {
        return malformed(authenticator, "the phone's first message is not one");
    }
    if (!jwk_thumbprint(begin.key, authenticator->thumbprint)) {
        return detail_set(&authenticator->detail, JUMIN_ERROR_INPUT, "the device key is no point of P-256");
    }
    enum jumin_error error = check_attested(authenticator, &begin);
    if (error == JUMIN_OK) {
        take_terminal(authenticator);
        error = ask_terminal(authenticator, &asked);
        give_terminal(authenticator);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (!authenticator->random.fill(authenticator->random.context, authenticator->session, BINDING_SESSION)) {
        return crypto_failed(authenticator);
    }
    struct writer chat_writer = writer_of(chat, sizeof chat),
                  extension_writer = writer_of(extension, sizeof extension);
    chat_put(&chat_writer, &asked);
    authorization_extension_put(&extension_writer, asked.rights);
    const struct binding_ask ask = {writer_span(&chat_writer), writer_span(&extension_writer)};
    binding_put_ask(&authenticator->answer, session_of(authenticator), &ask);
    authenticator->due = BINDING_CARD;
    return JUMIN_OK;
}

// --- The second: the card after PACE -----------------------------------------------------------------------------

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
        return malformed(authenticator, "what the phone says of the card is too long to be signed");
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
            return malformed(authenticator, "the terminal's certificates are malformed");
        }
    }
    return cv_certificate_parse(content, certificate)
               ? JUMIN_OK
               : malformed(authenticator, "the terminal's chain does not end in a certificate");
}

// A fresh key for Chip Authentication, and what proves to this card that it is the terminal's.
static enum jumin_error prove(struct jumin_authenticator *authenticator, const struct binding_card *card,
                              struct binding_terminal *terminal, uint8_t point[CRYPTO_POINT_MAX],
                              struct writer *signature)
{
    if (!crypto_ec_generate(&authenticator->ephemeral, authenticator->offer.curve, &authenticator->random) ||
        !crypto_ec_public(&authenticator->ephemeral, point)) {
        return crypto_failed(authenticator);
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
    binding_put_terminal(&authenticator->answer, session_of(authenticator), &terminal);
    authenticator->due = BINDING_CHIP;
    return JUMIN_OK;
}

static enum jumin_error answer_card(struct jumin_authenticator *authenticator, struct span message)
{
    struct binding_card card;
    if (!binding_read_card(message, session_of(authenticator), &card) || !is_card(&card)) {
        return malformed(authenticator, "the phone's message on the card is not one of this session");
    }
    authenticator->limits = (struct sealed_limits){card.command_max, card.response_max, card.extended};
    enum jumin_error error = believe_card(authenticator, &card);
    if (error == JUMIN_OK) {
        take_terminal(authenticator);
        error = show_terminal(authenticator, &card);
        give_terminal(authenticator);
    }
    return error;
}

// --- The third: the chip's answer --------------------------------------------------------------------------------

static enum jumin_error answer_chip(struct jumin_authenticator *authenticator, struct span message)
{
    struct binding_chip chip;
    if (!binding_read_chip(message, session_of(authenticator), &chip) || chip.nonce.n != CA_NONCE ||
        chip.token.n != PACE_TOKEN) {
        return malformed(authenticator, "the phone's message on the chip is not one of this session");
    }
    const struct ca_answer answer = {chip.nonce, chip.token};
    switch (ca_agree(&authenticator->offer, &authenticator->ephemeral, &authenticator->random, &answer,
                     &authenticator->sm)) {
    case CA_OK:
        break;
    case CA_CRYPTO_FAILED:
        return crypto_failed(authenticator);
    default:
        return detail_set(&authenticator->detail, JUMIN_ERROR_CLONED,
                          "the chip does not hold the key of EF.CardSecurity");
    }
    crypto_ec_release(&authenticator->ephemeral);
    sealed_plan(&authenticator->plan, &authenticator->limits, authenticator->options.chip_security,
                authenticator->options.portrait);
    binding_put_apdus(&authenticator->answer, BINDING_COMMANDS, session_of(authenticator),
                      authenticator->plan.count);
    if (!sealed_put_commands(&authenticator->answer, &authenticator->sm, &authenticator->plan,
                             span_of(authenticator->thumbprint, sizeof authenticator->thumbprint))) {
        return crypto_failed(authenticator);
    }
    authenticator->due = BINDING_RESPONSES;
    return JUMIN_OK;
}

// --- The fourth: what the card answered ------------------------------------------------------------------------

static enum jumin_error answer_responses(struct jumin_authenticator *authenticator, struct span message)
{
    struct binding_apdus responses;
    if (!binding_read_apdus(message, BINDING_RESPONSES, session_of(authenticator), &responses) ||
        responses.count != authenticator->plan.count) {
        return malformed(authenticator,
                         "the phone's message with the card's answers is not one of this session");
    }
    struct sealed_result result = {.chip_security = &authenticator->chip_security,
                                   .portrait = &authenticator->portrait};
    enum jumin_error error = sealed_open_responses(&responses, &authenticator->sm, &authenticator->plan,
                                                   &result, &authenticator->detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!crypto_equal(result.thumbprint, authenticator->thumbprint, sizeof authenticator->thumbprint)) {
        return detail_set(&authenticator->detail, JUMIN_ERROR_MALFORMED, "the card has bound another phone");
    }
    if (authenticator->options.chip_security > 0) {
        error = chip_security_key(&authenticator->detail, writer_span(&authenticator->chip_security),
                                  authenticator->options.trust, authenticator->options.time,
                                  &authenticator->offer, &authenticator->chip_key);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    authenticator->counter = result.counter;
    const struct binding_bound bound = {result.counter};
    binding_put_bound(&authenticator->answer, session_of(authenticator), &bound);
    authenticator->due = BINDING_BOUND;
    forget_keys(authenticator);
    return JUMIN_OK;
}

// --- The calls -----------------------------------------------------------------------------------------------

static enum jumin_error answer_due(struct jumin_authenticator *authenticator, struct span message)
{
    switch (authenticator->due) {
    case BINDING_BEGIN:
        return answer_begin(authenticator, message);
    case BINDING_CARD:
        return answer_card(authenticator, message);
    case BINDING_CHIP:
        return answer_chip(authenticator, message);
    default:
        return answer_responses(authenticator, message);
    }
}

enum jumin_error jumin_authenticator_next(struct jumin_authenticator *authenticator, const uint8_t *message,
                                          size_t n, const uint8_t **answer, size_t *answer_length)
{
    if (authenticator == NULL || message == NULL || answer == NULL || answer_length == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *answer = NULL;
    *answer_length = 0;
    if (authenticator->failed) {
        return detail_set(&authenticator->detail, JUMIN_ERROR_ARGUMENT, "the session has failed and is over");
    }
    if (authenticator->due == BINDING_BOUND) { // what is bound stays bound, whatever comes
        return detail_set(&authenticator->detail, JUMIN_ERROR_ARGUMENT,
                          "the session is over: it has its result");
    }
    detail_clear(&authenticator->detail);
    authenticator->answer = writer_of(authenticator->answer.p, BINDING_MESSAGE_MAX);
    enum jumin_error error = answer_due(authenticator, span_of(message, n));
    if (error == JUMIN_OK && authenticator->answer.overflow) {
        error =
            detail_set(&authenticator->detail, JUMIN_ERROR_TOO_LONG, "the answer is too long for a message");
    }
    if (error != JUMIN_OK) {
        authenticator->failed = true;
        forget_keys(authenticator);
        forget_files(authenticator);
        return error;
    }
    *answer = authenticator->answer.p;
    *answer_length = authenticator->answer.n;
    return JUMIN_OK;
}

enum jumin_error jumin_authenticator_result(const struct jumin_authenticator *authenticator,
                                            struct jumin_binding *binding)
{
    if (authenticator == NULL || binding == NULL || authenticator->failed ||
        authenticator->due != BINDING_BOUND) {
        return JUMIN_ERROR_ARGUMENT;
    }
    memcpy(binding->thumbprint, authenticator->thumbprint, sizeof binding->thumbprint);
    binding->counter = authenticator->counter;
    binding->chip_key = authenticator->chip_key.p;
    binding->chip_key_length = authenticator->chip_key.n;
    binding->portrait = authenticator->portrait.n > 0 ? authenticator->portrait.p : NULL;
    binding->portrait_length = authenticator->portrait.n;
    binding->attestation = authenticator->attestation.n > 0 ? authenticator->attestation.p : NULL;
    binding->attestation_length = authenticator->attestation.n;
    return JUMIN_OK;
}
