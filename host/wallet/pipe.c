// The phone's end of binding: it opens the card with the holder's PIN, and passes on what it can neither read
// nor change (TR-03110-2 §2.3.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/binding_messages.h"
#include "host/mobile/cbor.h"
#include "host/mobile/jwk_thumbprint.h"
#include "host/reader/ca.h"
#include "host/reader/reader_internal.h"
#include "host/reader/ta.h"
#include <jumin/binding.h>

#include <stdlib.h>

struct jumin_pipe {
    struct jumin_reader *reader;
    struct detail detail;
    uint8_t key[JUMIN_DEVICE_KEY];
    uint8_t *attestation;
    size_t attestation_length;
    enum binding_message due; // the server's next answer; BINDING_BEGIN: the first message is to be made
    bool failed, finished;
    uint8_t session[BINDING_SESSION];
    uint32_t counter;
    struct writer message; // over a buffer of BINDING_MESSAGE_MAX bytes
};

enum jumin_error jumin_pipe_new(struct jumin_pipe **pipe, struct jumin_reader *reader,
                                const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation, size_t n)
{
    uint8_t thumbprint[JWK_THUMBPRINT];
    if (pipe == NULL || reader == NULL || key == NULL || (attestation == NULL && n > 0) ||
        n > JUMIN_ATTESTATION_MAX || !jwk_thumbprint(span_of(key, JUMIN_DEVICE_KEY), thumbprint)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_pipe *made = calloc(1, sizeof *made);
    uint8_t *message = malloc(BINDING_MESSAGE_MAX), *kept = malloc(n + 1);
    if (made == NULL || message == NULL || kept == NULL) {
        free(made);
        free(message);
        free(kept);
        return JUMIN_ERROR_MEMORY;
    }
    made->reader = reader;
    memcpy(made->key, key, sizeof made->key);
    if (n > 0) {
        memcpy(kept, attestation, n);
    }
    made->attestation = kept;
    made->attestation_length = n;
    made->due = BINDING_BEGIN;
    made->message = writer_of(message, BINDING_MESSAGE_MAX);
    *pipe = made;
    return JUMIN_OK;
}

static void end_session(struct jumin_pipe *pipe)
{
    channel_end(&pipe->reader->channel);
}

void jumin_pipe_free(struct jumin_pipe *pipe)
{
    if (pipe == NULL) {
        return;
    }
    if (pipe->due != BINDING_BEGIN && !pipe->failed && !pipe->finished) {
        end_session(pipe);
    }
    free(pipe->attestation);
    free(pipe->message.p);
    free(pipe);
}

const char *jumin_pipe_detail(const struct jumin_pipe *pipe)
{
    return pipe != NULL ? pipe->detail.text : "";
}

bool jumin_pipe_finished(const struct jumin_pipe *pipe)
{
    return pipe != NULL && pipe->finished;
}

uint32_t jumin_pipe_counter(const struct jumin_pipe *pipe)
{
    return pipe != NULL ? pipe->counter : 0;
}

static struct span session_of(const struct jumin_pipe *pipe)
{
    return span_of(pipe->session, sizeof pipe->session);
}

static enum jumin_error malformed(struct jumin_pipe *pipe)
{
    return detail_set(&pipe->detail, JUMIN_ERROR_MALFORMED, "the server's answer is not the one that is due");
}

// --- The first message: the device key -------------------------------------------------------------------------

static enum jumin_error begin(struct jumin_pipe *pipe)
{
    const struct binding_begin message = {span_of(pipe->key, sizeof pipe->key),
                                          span_of(pipe->attestation, pipe->attestation_length)};
    binding_put_begin(&pipe->message, &message);
    pipe->due = BINDING_ASK;
    return JUMIN_OK;
}

// --- The second: PACE with what the server asks for ------------------------------------------------------------

static bool parse_request(const struct binding_ask *ask, struct authorization *asked)
{
    struct span cursor = ask->chat;
    struct tlv chat;
    struct extensions extensions = {0};
    if (!tlv_expect(&cursor, TAG_CHAT, &chat) || cursor.n != 0 || !chat_parse(chat.value, asked) ||
        !extensions_parse(ask->extensions, &extensions)) {
        return false;
    }
    asked->rights |= extensions.rights;
    return true;
}

// The holder gives the PIN to bind a phone, so nothing else is opened with it, whoever speaks as the server.
// Which card it is bound to, an issuer may learn.
static bool asks_to_bind_alone(const struct authorization *asked)
{
    return asked->type == TERMINAL_AUTHENTICATION &&
           (asked->rights & ~right_of(RIGHT_PRIVILEGED_TERMINAL)) == right_of(RIGHT_PROVISION_PHONE);
}

static enum jumin_error get_challenge(struct jumin_reader *reader, uint8_t challenge[TA_CHALLENGE])
{
    const struct apdu_command command = ta_get_challenge();
    struct span answer;
    const enum jumin_error error = channel_command(&reader->channel, &command, &answer);
    if (error != JUMIN_OK) {
        return error;
    }
    return ta_parse_challenge(answer, challenge) ? JUMIN_OK
                                                 : detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                                                              "the card's challenge has another length");
}

static enum jumin_error open_card(struct jumin_reader *reader, uint8_t challenge[TA_CHALLENGE])
{
    jumin_reader_restart(reader);
    reader->unit_now = reader->unit;
    enum jumin_error error = reader_connect(reader);
    if (error == JUMIN_OK) {
        error = reader_pace(reader);
    }
    reader->asked = (struct authorization){0}; // it was for this card alone
    if (error == JUMIN_OK) {
        error = reader_read_file(reader, JUMIN_FILE_CARD_SECURITY);
    }
    return error == JUMIN_OK ? get_challenge(reader, challenge) : error;
}

static enum jumin_error tell_card(struct jumin_pipe *pipe, struct span answer)
{
    struct jumin_reader *reader = pipe->reader;
    struct binding_ask ask;
    struct authorization asked;
    struct span session;
    uint8_t challenge[TA_CHALLENGE];
    if (!binding_read_ask(answer, &session, &ask) || !parse_request(&ask, &asked)) {
        return malformed(pipe);
    }
    if (!asks_to_bind_alone(&asked)) {
        return detail_set(&pipe->detail, JUMIN_ERROR_NOT_AUTHORIZED,
                          "the server asks the card for more than binding a phone takes");
    }
    memcpy(pipe->session, session.p, sizeof pipe->session);
    if (reader->password != PACE_PASSWORD_PIN) {
        return detail_set(&pipe->detail, JUMIN_ERROR_ARGUMENT, "binding a phone takes the card's PIN");
    }
    reader->asked = asked;
    const enum jumin_error error = open_card(reader, challenge);
    if (error != JUMIN_OK) {
        return detail_set(&pipe->detail, error, "%s", reader->detail.text);
    }
    const struct document_evidence *evidence = &reader->document->evidence;
    const struct jumin_limits *limits = &reader->channel.limits;
    const struct span point =
        span_of(evidence->pace_point, crypto_curve_point_length(evidence->protocol.curve));
    const struct ta_authorities *authorities = &reader->authorities;
    const struct binding_card card = {
        .identifier = comp_point(evidence->protocol.curve, point),
        .authorities = {span_of(authorities->names[0], authorities->lengths[0]),
                        span_of(authorities->names[1], authorities->lengths[1])},
        .card_access = document_span(reader->document, JUMIN_FILE_CARD_ACCESS),
        .card_security = document_span(reader->document, JUMIN_FILE_CARD_SECURITY),
        .challenge = span_of(challenge, sizeof challenge),
        .command_max = (uint32_t)limits->command_max,
        .response_max = (uint32_t)limits->response_max,
        .extended = limits->extended,
    };
    binding_put_card(&pipe->message, session_of(pipe), &card);
    pipe->due = BINDING_TERMINAL;
    return JUMIN_OK;
}

// --- The third: the server's certificates and signature --------------------------------------------------------

static enum jumin_error send(struct jumin_reader *reader, struct apdu_command command)
{
    struct span answer;
    return channel_command(&reader->channel, &command, &answer);
}

static enum jumin_error present_chain(struct jumin_reader *reader, const struct binding_terminal *terminal)
{
    uint8_t bytes[TA_DATA_MAX], authority[CVC_REFERENCE_MAX];
    struct span chain = terminal->chain, content;
    size_t length = terminal->authority.n;
    enum jumin_error error = JUMIN_OK;
    if (length > sizeof authority) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED, "the server names no trust point");
    }
    memcpy(authority, terminal->authority.p, length);
    while (error == JUMIN_OK && chain.n > 0) {
        struct cv_certificate certificate;
        struct writer data = writer_of(bytes, sizeof bytes);
        if (!ta_next_certificate(&chain, &content) || !cv_certificate_parse(content, &certificate)) {
            return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                              "the server's certificates are malformed");
        }
        error = send(reader, ta_set_dst(span_of(authority, length), &data));
        if (error == JUMIN_OK) {
            error = send(reader, ta_verify_certificate(content));
        }
        length = certificate.holder.n;
        memcpy(authority, certificate.holder.p, length);
    }
    return error;
}

static enum jumin_error authenticate_terminal(struct jumin_reader *reader,
                                              const struct binding_terminal *terminal, enum crypto_hash hash)
{
    uint8_t bytes[TA_DATA_MAX];
    struct writer data = writer_of(bytes, sizeof bytes);
    const size_t coordinate = (terminal->public_key.n - 1) / 2;
    const struct ta_message message = {.compressed_key = span_of(terminal->public_key.p + 1, coordinate),
                                       .auxiliary_data = terminal->auxiliary_data};
    enum jumin_error error = send(reader, ta_set_at_2(hash, terminal->holder, &message, &data));
    return error == JUMIN_OK ? send(reader, ta_external_authenticate(terminal->signature)) : error;
}

static enum jumin_error authenticate_chip(struct jumin_reader *reader,
                                          const struct binding_terminal *terminal, struct ca_answer *chip)
{
    uint8_t bytes[CA_DATA_MAX];
    struct writer data = writer_of(bytes, sizeof bytes);
    struct ca_offer offer = {.has_key_id = terminal->chip_key_id.n == 1};
    if (!oid_ca_ecdh_parse(terminal->chip_mechanism, &offer.suite) || terminal->chip_key_id.n > 1) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED, "the server names no Chip Authentication");
    }
    offer.key_id = offer.has_key_id ? terminal->chip_key_id.p[0] : 0;
    enum jumin_error error = send(reader, ca_set_at(&offer, &data));
    if (error != JUMIN_OK) {
        return error;
    }
    data = writer_of(bytes, sizeof bytes);
    const struct apdu_command command = ca_general_authenticate(terminal->public_key, &data);
    struct span answer;
    error = channel_command(&reader->channel, &command, &answer);
    if (error == JUMIN_OK && !ca_parse_answer(answer, chip)) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                          "the card's answer to Chip Authentication is malformed");
    }
    return error;
}

static enum jumin_error tell_chip(struct jumin_pipe *pipe, struct span answer)
{
    struct jumin_reader *reader = pipe->reader;
    struct binding_terminal terminal;
    struct ca_answer chip;
    enum crypto_hash hash;
    const struct span session = session_of(pipe);
    if (!binding_read_terminal(answer, session, &terminal) ||
        !oid_ta_ecdsa_parse(terminal.mechanism, &hash) || terminal.public_key.n < 3 ||
        terminal.public_key.n > CRYPTO_POINT_MAX) {
        return malformed(pipe);
    }
    channel_enter(&reader->channel, JUMIN_STEP_TERMINAL_AUTHENTICATION, "Terminal Authentication");
    enum jumin_error error = present_chain(reader, &terminal);
    if (error == JUMIN_OK) {
        error = authenticate_terminal(reader, &terminal, hash);
    }
    if (error == JUMIN_ERROR_STATUS || error == JUMIN_ERROR_ACCESS_DENIED) {
        const struct detail why = reader->detail;
        return detail_set(&pipe->detail, JUMIN_ERROR_TERMINAL_REFUSED, "the card refuses the server: %.200s",
                          why.text);
    }
    if (error == JUMIN_OK) {
        channel_enter(&reader->channel, JUMIN_STEP_CHIP_AUTHENTICATION, "Chip Authentication");
        error = authenticate_chip(reader, &terminal, &chip);
    }
    if (error != JUMIN_OK) {
        return detail_set(&pipe->detail, error, "%s", reader->detail.text);
    }
    const struct binding_chip message = {chip.nonce, chip.token};
    binding_put_chip(&pipe->message, session, &message);
    sm_end(&reader->channel.sm); // the keys are the server's now
    pipe->due = BINDING_COMMANDS;
    return JUMIN_OK;
}

// --- The fourth: commands that are none of the phone's business --------------------------------------------------

// In plain the card takes commands from anybody: tries of the PIN, for one.
static bool all_are_protected(struct binding_apdus commands)
{
    struct span command;
    struct apdu_command parsed;
    while (binding_next_apdu(&commands, &command)) {
        if (!apdu_parse(command, &parsed) ||
            (parsed.cla & CLA_SM_HEADER_AUTHENTICATED) != CLA_SM_HEADER_AUTHENTICATED) {
            return false;
        }
    }
    return true;
}

static enum jumin_error tell_responses(struct jumin_pipe *pipe, struct span answer)
{
    struct jumin_reader *reader = pipe->reader;
    struct binding_apdus commands;
    struct span command, response;
    if (!binding_read_apdus(answer, BINDING_COMMANDS, session_of(pipe), &commands) ||
        !all_are_protected(commands)) {
        return malformed(pipe);
    }
    channel_enter(&reader->channel, JUMIN_STEP_BIND, "binding");
    reader->channel.total = commands.count;
    binding_put_apdus(&pipe->message, BINDING_RESPONSES, session_of(pipe), commands.count);
    while (binding_next_apdu(&commands, &command)) {
        const enum jumin_error error = channel_forward(&reader->channel, command, &response);
        if (error != JUMIN_OK) {
            return detail_set(&pipe->detail, error, "%s", reader->detail.text);
        }
        cbor_put_bytes(&pipe->message, response);
        reader->channel.done++;
    }
    pipe->due = BINDING_BOUND;
    return JUMIN_OK;
}

static enum jumin_error take_result(struct jumin_pipe *pipe, struct span answer)
{
    struct binding_bound bound;
    if (!binding_read_bound(answer, session_of(pipe), &bound)) {
        return malformed(pipe);
    }
    pipe->counter = bound.counter;
    pipe->finished = true;
    end_session(pipe);
    return JUMIN_OK;
}

// --- The call --------------------------------------------------------------------------------------------------

static enum jumin_error take_due(struct jumin_pipe *pipe, struct span answer)
{
    switch (pipe->due) {
    case BINDING_BEGIN:
        return answer.n == 0 ? begin(pipe) : malformed(pipe);
    case BINDING_ASK:
        return tell_card(pipe, answer);
    case BINDING_TERMINAL:
        return tell_chip(pipe, answer);
    case BINDING_COMMANDS:
        return tell_responses(pipe, answer);
    default:
        return take_result(pipe, answer);
    }
}

enum jumin_error jumin_pipe_next(struct jumin_pipe *pipe, const uint8_t *answer, size_t answer_length,
                                 const uint8_t **message, size_t *message_length)
{
    if (pipe == NULL || message == NULL || message_length == NULL || (answer == NULL && answer_length > 0)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *message = NULL;
    *message_length = 0;
    if (pipe->failed || pipe->finished) {
        return detail_set(&pipe->detail, JUMIN_ERROR_ARGUMENT,
                          "the pipe is of no more use: begin with a new one");
    }
    detail_clear(&pipe->detail);
    pipe->message = writer_of(pipe->message.p, BINDING_MESSAGE_MAX);
    enum jumin_error error = take_due(pipe, span_of(answer, answer_length));
    if (error == JUMIN_OK && pipe->message.overflow) {
        error =
            detail_set(&pipe->detail, JUMIN_ERROR_TOO_LONG, "what the card says is too long for a message");
    }
    if (error != JUMIN_OK) {
        pipe->failed = true;
        end_session(pipe);
        return error;
    }
    if (pipe->message.n > 0) {
        *message = pipe->message.p;
        *message_length = pipe->message.n;
    }
    return JUMIN_OK;
}
