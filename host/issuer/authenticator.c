// The issuer's end of binding a phone: it authenticates itself to the card through the phone, and alone
// shares keys with the card afterwards (TR-03110-2 §2.3.2, §3.3, §3.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/authenticator_internal.h"

#include "card/wire/provisioning.h"
#include "host/issuer/chip_security.h"
#include "host/reader/terminal.h"

#include <stdlib.h>

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

void authenticator_take_terminal(const struct jumin_authenticator *authenticator)
{
    if (authenticator->lock.take != NULL) {
        authenticator->lock.take(authenticator->lock.context);
    }
}

void authenticator_give_terminal(const struct jumin_authenticator *authenticator)
{
    if (authenticator->lock.give != NULL) {
        authenticator->lock.give(authenticator->lock.context);
    }
}

const char *jumin_authenticator_detail(const struct jumin_authenticator *authenticator)
{
    return authenticator != NULL ? authenticator->detail.text : "";
}

enum jumin_error authenticator_malformed(struct jumin_authenticator *authenticator, const char *what)
{
    return detail_set(&authenticator->detail, JUMIN_ERROR_MALFORMED, "%s", what);
}

enum jumin_error authenticator_crypto_failed(struct jumin_authenticator *authenticator)
{
    return detail_set(&authenticator->detail, JUMIN_ERROR_CRYPTO, "the crypto library failed");
}

struct span authenticator_session(const struct jumin_authenticator *authenticator)
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
        return authenticator_malformed(authenticator, "the phone's first message is not one");
    }
    if (!jwk_thumbprint(begin.key, authenticator->thumbprint)) {
        return detail_set(&authenticator->detail, JUMIN_ERROR_INPUT, "the device key is no point of P-256");
    }
    enum jumin_error error = check_attested(authenticator, &begin);
    if (error == JUMIN_OK) {
        authenticator_take_terminal(authenticator);
        error = ask_terminal(authenticator, &asked);
        authenticator_give_terminal(authenticator);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (!authenticator->random.fill(authenticator->random.context, authenticator->session, BINDING_SESSION)) {
        return authenticator_crypto_failed(authenticator);
    }
    struct writer chat_writer = writer_of(chat, sizeof chat),
                  extension_writer = writer_of(extension, sizeof extension);
    chat_put(&chat_writer, &asked);
    authorization_extension_put(&extension_writer, asked.rights);
    const struct binding_ask ask = {writer_span(&chat_writer), writer_span(&extension_writer)};
    binding_put_ask(&authenticator->answer, authenticator_session(authenticator), &ask);
    authenticator->due = BINDING_CARD;
    return JUMIN_OK;
}

// --- The third: the chip's answer --------------------------------------------------------------------------------

static enum jumin_error answer_chip(struct jumin_authenticator *authenticator, struct span message)
{
    struct binding_chip chip;
    if (!binding_read_chip(message, authenticator_session(authenticator), &chip) ||
        chip.nonce.n != CA_NONCE || chip.token.n != PACE_TOKEN) {
        return authenticator_malformed(authenticator,
                                       "the phone's message on the chip is not one of this session");
    }
    const struct ca_answer answer = {chip.nonce, chip.token};
    switch (ca_agree(&authenticator->offer, &authenticator->ephemeral, &authenticator->random, &answer,
                     &authenticator->sm)) {
    case CA_OK:
        break;
    case CA_CRYPTO_FAILED:
        return authenticator_crypto_failed(authenticator);
    default:
        return detail_set(&authenticator->detail, JUMIN_ERROR_CLONED,
                          "the chip does not hold the key of EF.CardSecurity");
    }
    crypto_ec_release(&authenticator->ephemeral);
    sealed_plan(&authenticator->plan, &authenticator->limits, authenticator->options.chip_security,
                authenticator->options.portrait);
    binding_put_apdus(&authenticator->answer, BINDING_COMMANDS, authenticator_session(authenticator),
                      authenticator->plan.count);
    if (!sealed_put_commands(&authenticator->answer, &authenticator->sm, &authenticator->plan,
                             span_of(authenticator->thumbprint, sizeof authenticator->thumbprint))) {
        return authenticator_crypto_failed(authenticator);
    }
    authenticator->due = BINDING_RESPONSES;
    return JUMIN_OK;
}

// --- The fourth: what the card answered ------------------------------------------------------------------------

static enum jumin_error answer_responses(struct jumin_authenticator *authenticator, struct span message)
{
    struct binding_apdus responses;
    if (!binding_read_apdus(message, BINDING_RESPONSES, authenticator_session(authenticator), &responses) ||
        responses.count != authenticator->plan.count) {
        return authenticator_malformed(
            authenticator, "the phone's message with the card's answers is not one of this session");
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
    binding_put_bound(&authenticator->answer, authenticator_session(authenticator), &bound);
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
        return authenticator_answer_card(authenticator, message);
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
