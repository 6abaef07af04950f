// Terminal Authentication as the terminal runs it, both versions (TR-03110-2 §3.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/terminal_authentication.h"

static enum jumin_error refused(struct jumin_reader *reader, const char *what, struct span name,
                                uint16_t status)
{
    return detail_set(&reader->detail, JUMIN_ERROR_TERMINAL_REFUSED,
                      "terminal authentication: the card refuses %s %.*s with %04X (%s)", what, (int)name.n,
                      (const char *)name.p, (unsigned)status, status_word_text(status));
}

// --- The chain -----------------------------------------------------------------------------------------------

static struct span authority_name(const struct jumin_reader *reader, size_t i)
{
    return span_of(reader->authorities.names[i], reader->authorities.lengths[i]);
}

// The certificates for the newest of the card's trust points that they lead to.
static enum jumin_error find_chain(struct jumin_reader *reader, struct jumin_terminal *terminal,
                                   struct span *chain)
{
    const struct span first = authority_name(reader, 0), second = authority_name(reader, 1);
    enum jumin_error error = terminal_chain(terminal, first, chain);
    if (error == JUMIN_ERROR_SIGNER_UNKNOWN && second.n > 0) {
        error = terminal_chain(terminal, second, chain);
    }
    if (error == JUMIN_ERROR_SIGNER_UNKNOWN) {
        return detail_set(&reader->detail, error,
                          "terminal authentication: the card trusts %.*s%s%.*s, to which the terminal has no "
                          "certificates",
                          (int)first.n, (const char *)first.p, second.n > 0 ? " and " : "", (int)second.n,
                          (const char *)second.p);
    }
    return error == JUMIN_OK ? JUMIN_OK
                             : detail_set(&reader->detail, error, "%s", jumin_terminal_detail(terminal));
}

// MSE:Set DST and PSO:VERIFY CERTIFICATE.
static enum jumin_error present_certificate(struct jumin_reader *reader, struct span content,
                                            const struct cv_certificate *certificate)
{
    uint8_t buffer[TA_DATA_MAX];
    struct writer data = writer_of(buffer, sizeof buffer);
    struct apdu_command command = ta_set_dst(certificate->authority, &data);
    struct span answer;
    uint16_t status = 0;
    enum jumin_error error = channel_transmit(&reader->channel, &command, &answer, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    if (status != SW_OK) {
        return refused(reader, "the trust point", certificate->authority, status);
    }
    command = ta_verify_certificate(content);
    error = channel_transmit(&reader->channel, &command, &answer, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    return status == SW_OK ? JUMIN_OK : refused(reader, "the certificate of", certificate->holder, status);
}

// One after the other; `*last` is the terminal's own.
static enum jumin_error present_chain(struct jumin_reader *reader, struct span chain,
                                      struct cv_certificate *last, rights *granted)
{
    *granted = ~(rights)0;
    memset(last, 0, sizeof *last);
    while (chain.n > 0) {
        struct span content;
        if (!ta_next_certificate(&chain, &content) || !cv_certificate_parse(content, last)) {
            return detail_set(&reader->detail, JUMIN_ERROR_INPUT,
                              "terminal authentication: a certificate of the chain is malformed");
        }
        *granted &= last->authorization.rights;
        const enum jumin_error error = present_certificate(reader, content, last);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    return last->body.n > 0 ? JUMIN_OK
                            : detail_set(&reader->detail, JUMIN_ERROR_INPUT,
                                         "terminal authentication: the terminal presents no certificates");
}

// --- The signature -------------------------------------------------------------------------------------------

static enum jumin_error set_at(struct jumin_reader *reader, const struct ta_run *run,
                               const struct cv_certificate *own)
{
    const struct ta_message message = {.compressed_key = run->compressed_key,
                                       .auxiliary_data = run->auxiliary_data};
    uint8_t buffer[TA_DATA_MAX];
    struct writer data = writer_of(buffer, sizeof buffer);
    const struct apdu_command command = run->version == 1
                                            ? ta_set_at_1(own->holder, &data)
                                            : ta_set_at_2(own->hash, own->holder, &message, &data);
    struct span answer;
    uint16_t status = 0;
    const enum jumin_error error = channel_transmit(&reader->channel, &command, &answer, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    return status == SW_OK ? JUMIN_OK : refused(reader, "the key of", own->holder, status);
}

static enum jumin_error get_challenge(struct jumin_reader *reader, uint8_t challenge[TA_CHALLENGE])
{
    const struct apdu_command command = ta_get_challenge();
    struct span answer;
    const enum jumin_error error = channel_command(&reader->channel, &command, &answer);
    if (error == JUMIN_OK && !ta_parse_challenge(answer, challenge)) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                          "terminal authentication: the card's challenge has %zu bytes", answer.n);
    }
    return error;
}

static enum jumin_error authenticate(struct jumin_reader *reader, const struct ta_run *run,
                                     const struct cv_certificate *own)
{
    uint8_t challenge[TA_CHALLENGE], bytes[TA_MESSAGE_MAX], signature[CRYPTO_SIGNATURE_MAX];
    enum jumin_error error = get_challenge(reader, challenge);
    if (error != JUMIN_OK) {
        return error;
    }
    struct writer message = writer_of(bytes, sizeof bytes),
                  signed_message = writer_of(signature, sizeof signature);
    ta_put_message(&message, &(struct ta_message){.identifier = run->identifier,
                                                  .challenge = span_of(challenge, sizeof challenge),
                                                  .compressed_key = run->compressed_key,
                                                  .auxiliary_data = run->auxiliary_data});
    error = terminal_sign(run->terminal, writer_span(&message), &signed_message);
    if (error != JUMIN_OK) {
        return detail_set(&reader->detail, error, "%s", jumin_terminal_detail(run->terminal));
    }
    const struct apdu_command command = ta_external_authenticate(writer_span(&signed_message));
    struct span answer;
    uint16_t status = 0;
    error = channel_transmit(&reader->channel, &command, &answer, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    return status == SW_OK ? JUMIN_OK : refused(reader, "the signature of", own->holder, status);
}

enum jumin_error reader_terminal_authentication(struct jumin_reader *reader, struct ta_run *run)
{
    struct cv_certificate own;
    struct span chain;
    channel_enter(&reader->channel, JUMIN_STEP_TERMINAL_AUTHENTICATION, "terminal authentication");
    enum jumin_error error = find_chain(reader, run->terminal, &chain);
    if (error == JUMIN_OK) {
        error = present_chain(reader, chain, &own, &run->granted);
    }
    if (error == JUMIN_OK) {
        error = set_at(reader, run, &own);
    }
    return error == JUMIN_OK ? authenticate(reader, run, &own) : error;
}
