// The way from the reader's steps to the card: one command, one answer, whatever the link demands.
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/channel.h"

enum {
    SM_DATA_OBJECTS = 4 + 2 + SM_MAC, // DO99 and DO8E of a response
    // Plain bytes of one link of a chain: under secure messaging the protected form has at most 255.
    CHAIN_LINK = APDU_SHORT_LC_MAX,
    CHAIN_LINK_PROTECTED = 208,
    SHORT_COMMAND_MAX = 5 + APDU_SHORT_LC_MAX + 1,
    GET_RESPONSE_MAX = 1024, // rounds; a card that answers 61xx for ever is cut off
};

static const uint8_t INS_GET_RESPONSE = 0xC0;

void channel_enter(struct channel *channel, enum jumin_step step, const char *name)
{
    channel->step = step;
    channel->name = name;
    channel->done = 0;
    channel->total = 0;
}

enum jumin_error channel_connect(struct channel *channel)
{
    channel_end(channel);
    channel_enter(channel, JUMIN_STEP_CONNECT, "connecting");
    if (channel->progress != NULL &&
        !channel->progress(channel->progress_context, JUMIN_STEP_CONNECT, channel->name, 0, 0)) {
        return detail_set(channel->detail, JUMIN_ERROR_CANCELLED, "cancelled before connecting");
    }
    const enum jumin_error error = jumin_transport_connect(channel->transport);
    if (error != JUMIN_OK) {
        return detail_set(channel->detail, error, "connecting: %s",
                          jumin_transport_detail(channel->transport));
    }
    channel->connected = true;
    channel->connections++;
    jumin_transport_limits(channel->transport, &channel->link);
    channel->limits = channel->link;
    return JUMIN_OK;
}

void channel_end(struct channel *channel)
{
    sm_end(&channel->sm);
    channel->last_status = 0;
    crypto_wipe(channel->command, sizeof channel->command);
    crypto_wipe(channel->plain, sizeof channel->plain);
}

size_t channel_response_data_max(const struct channel *channel, bool extended)
{
    const size_t form_max = extended ? APDU_RESPONSE_MAX : APDU_SHORT_LE_MAX + 2;
    const size_t limit = channel->limits.response_max < form_max ? channel->limits.response_max : form_max;
    if (!channel->sm.active) {
        return limit > 2 ? limit - 2 : 0;
    }
    const size_t header = extended ? 1 + 3 + 1 : 1 + 2 + 1; // DO87: tag, length, padding indicator
    const size_t block = crypto_cipher_block(&channel->sm.encryption);
    const size_t overhead = 2 + SM_DATA_OBJECTS + header + block;
    if (limit < overhead) {
        return 0;
    }
    // The padding takes at least one byte of the last block.
    return (limit - overhead + block) / block * block - 1;
}

// One exchange over the transport.
static enum jumin_error exchange(struct channel *channel, struct span command, struct span *data,
                                 uint16_t *status)
{
    if (channel->progress != NULL && !channel->progress(channel->progress_context, channel->step,
                                                        channel->name, channel->done, channel->total)) {
        (void)detail_set(channel->detail, JUMIN_ERROR_CANCELLED, "cancelled at %s", channel->name);
        return JUMIN_ERROR_CANCELLED;
    }
    size_t n = 0;
    const enum jumin_error error = jumin_transport_transmit(channel->transport, command.p, command.n,
                                                            channel->response, sizeof channel->response, &n);
    channel->cost.commands++;
    channel->cost.sent += command.n;
    if (error != JUMIN_OK) {
        sm_end(&channel->sm);
        channel->connected = false;
        (void)detail_set(channel->detail, error, "%s: %s", channel->name,
                         jumin_transport_detail(channel->transport));
        return error;
    }
    channel->cost.received += n;
    if (!apdu_response_parse(span_of(channel->response, n), data, status)) {
        (void)detail_set(channel->detail, JUMIN_ERROR_MALFORMED,
                         "%s: the card answered without a status word", channel->name);
        return JUMIN_ERROR_MALFORMED;
    }
    return JUMIN_OK;
}

// Fetches the rest of an answer that came with 61xx (ISO 7816-4 §5.3.4).
static enum jumin_error fetch_rest(struct channel *channel, struct span *data, uint16_t *status)
{
    struct writer gathered = writer_of(channel->gathered, sizeof channel->gathered);
    writer_put(&gathered, *data);
    for (unsigned round = 0; (*status & 0xFF00) == SW_BYTES_REMAINING; round++) {
        const uint8_t le = (uint8_t)*status;
        const uint8_t command[] = {0x00, INS_GET_RESPONSE, 0, 0, le};
        const enum jumin_error error = exchange(channel, span_of(command, sizeof command), data, status);
        if (error != JUMIN_OK) {
            return error;
        }
        const bool stuck = (*status & 0xFF00) == SW_BYTES_REMAINING && data->n == 0;
        writer_put(&gathered, *data);
        if (stuck || gathered.overflow || round == GET_RESPONSE_MAX) {
            return detail_set(channel->detail, JUMIN_ERROR_MALFORMED,
                              "%s: the card announces more bytes (61xx) without end", channel->name);
        }
    }
    *data = writer_span(&gathered);
    return JUMIN_OK;
}

// Opens a protected answer. One without protection ends the session, and the SSC stays where it was.
static enum jumin_error open_response(struct channel *channel, struct span *data, uint16_t *status)
{
    const uint16_t outer = *status;
    if (data->n == 0) {
        sm_end(&channel->sm);
        return detail_set(channel->detail, JUMIN_ERROR_SECURE_MESSAGING,
                          "%s: the card ended secure messaging with %04X (%s)", channel->name,
                          (unsigned)outer, status_word_text(outer));
    }
    struct writer plain = writer_of(channel->plain, sizeof channel->plain);
    if (sm_open_response(&channel->sm, *data, &plain, status) != SM_OK) {
        sm_end(&channel->sm);
        return detail_set(channel->detail, JUMIN_ERROR_SECURE_MESSAGING,
                          "%s: the protection of the card's answer is wrong", channel->name);
    }
    *data = writer_span(&plain);
    return JUMIN_OK;
}

// One command as it stands, in one APDU.
static enum jumin_error transmit_link(struct channel *channel, const struct apdu_command *command,
                                      struct span *data, uint16_t *status)
{
    struct writer bytes = writer_of(channel->command, sizeof channel->command);
    const bool protected_command = channel->sm.active;
    if (!protected_command) {
        apdu_put(&bytes, command);
    } else if (!sm_protect_command(&channel->sm, command, &bytes)) {
        sm_end(&channel->sm);
        return detail_set(channel->detail, JUMIN_ERROR_CRYPTO, "%s: the command cannot be protected",
                          channel->name);
    }
    if (bytes.overflow || bytes.n > channel->limits.command_max) {
        return detail_set(channel->detail, JUMIN_ERROR_TOO_LONG,
                          "%s: the command is longer than the link takes", channel->name);
    }
    enum jumin_error error = exchange(channel, writer_span(&bytes), data, status);
    if (error == JUMIN_OK && (*status & 0xFF00) == SW_BYTES_REMAINING) {
        error = fetch_rest(channel, data, status);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    error = protected_command ? open_response(channel, data, status) : JUMIN_OK;
    channel->last_status = *status;
    return error;
}

// All but the last link of a chain (ISO 7816-4 §5.3.3); `command` becomes the last.
static enum jumin_error transmit_chain(struct channel *channel, struct apdu_command *command)
{
    const bool long_commands = channel->limits.extended && channel->limits.command_max > SHORT_COMMAND_MAX;
    const size_t overhead = 4 + 3 + 2 + (channel->sm.active ? SM_OVERHEAD : 0);
    if (long_commands && command->data.n + overhead <= channel->limits.command_max) {
        return JUMIN_OK;
    }
    const size_t link = channel->sm.active ? CHAIN_LINK_PROTECTED : CHAIN_LINK;
    while (command->data.n > link) {
        struct apdu_command first = *command;
        first.cla |= CLA_CHAINING;
        first.data = span_first(command->data, link);
        first.ne = 0;
        first.extended = false;
        struct span data;
        uint16_t status = 0;
        const enum jumin_error error = transmit_link(channel, &first, &data, &status);
        if (error != JUMIN_OK) {
            return error;
        }
        if (status != SW_OK) {
            return channel_refused(channel, &first, status);
        }
        command->data = span_from(command->data, link);
    }
    return JUMIN_OK;
}

enum jumin_error channel_transmit(struct channel *channel, const struct apdu_command *command,
                                  struct span *data, uint16_t *status)
{
    struct apdu_command last = *command;
    channel->last_status = 0;
    *data = span_of(NULL, 0);
    *status = 0;
    enum jumin_error error = transmit_chain(channel, &last);
    if (error == JUMIN_OK) {
        error = transmit_link(channel, &last, data, status);
    }
    // 6Cxx names the right Le; asked again once only, and only where nothing was chained.
    const bool once_more = error == JUMIN_OK && (*status & 0xFF00) == SW_WRONG_LE && data->n == 0 &&
                           last.data.n == command->data.n;
    if (once_more) {
        const uint8_t le = (uint8_t)*status;
        last.ne = le == 0 ? APDU_SHORT_LE_MAX : le;
        error = transmit_link(channel, &last, data, status);
    }
    return error;
}

enum jumin_error channel_forward(struct channel *channel, struct span command, struct span *response)
{
    struct span data;
    uint16_t status = 0;
    if (command.n > channel->limits.command_max) {
        return detail_set(channel->detail, JUMIN_ERROR_TOO_LONG,
                          "%s: the command is longer than the link takes", channel->name);
    }
    enum jumin_error error = exchange(channel, command, &data, &status);
    if (error == JUMIN_OK && (status & 0xFF00) == SW_BYTES_REMAINING) {
        error = fetch_rest(channel, &data, &status);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    struct writer w = writer_of(channel->plain, sizeof channel->plain);
    writer_put(&w, data);
    writer_put_u16(&w, status);
    *response = writer_span(&w);
    return w.overflow ? detail_set(channel->detail, JUMIN_ERROR_TOO_LONG, "%s: the answer is too long",
                                   channel->name)
                      : JUMIN_OK;
}

enum jumin_error channel_refused(struct channel *channel, const struct apdu_command *command, uint16_t status)
{
    const struct {
        uint16_t status;
        enum jumin_error error;
    } meanings[] = {
        {SW_SECURITY_STATUS_NOT_SATISFIED, JUMIN_ERROR_ACCESS_DENIED},
        {SW_FILE_NOT_FOUND, JUMIN_ERROR_NO_SUCH_FILE},
        {SW_INS_NOT_SUPPORTED, JUMIN_ERROR_NOT_SUPPORTED},
        {SW_CLA_NOT_SUPPORTED, JUMIN_ERROR_NOT_SUPPORTED},
    };
    enum jumin_error error = JUMIN_ERROR_STATUS;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        error = status == meanings[i].status ? meanings[i].error : error;
    }
    return detail_set(channel->detail, error, "%s: %s was answered with %04X (%s)", channel->name,
                      apdu_instruction_name(command->cla, command->ins), (unsigned)status,
                      status_word_text(status));
}

enum jumin_error channel_command(struct channel *channel, const struct apdu_command *command,
                                 struct span *data)
{
    uint16_t status = 0;
    const enum jumin_error error = channel_transmit(channel, command, data, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    return status == SW_OK ? JUMIN_OK : channel_refused(channel, command, status);
}
