// A verifier in front of a phone that is a contactless card (ISO 18013-5 §8.2.2.1, §8.3.3.1.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/nfc_reader.h"

#include <stdlib.h>

#include "card/crypto/crypto.h"
#include "host/reader/channel.h"

enum { LENGTH_FIELD = 2, CAPABILITY_VERSION_HIGHEST = 0x3F };

struct nfc_reader {
    struct channel channel;
    struct detail detail;
    struct engagement_nfc phone; // both 0: not known
    uint8_t ndef[HANDOVER_MAX];
    uint8_t object_bytes[4 + NFC_MESSAGE_MAX];
};

// --- Beginning and end -------------------------------------------------------------------------------------

enum jumin_error nfc_reader_new(struct nfc_reader **reader, struct jumin_transport *transport)
{
    struct nfc_reader *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    made->channel.transport = transport;
    made->channel.detail = &made->detail;
    made->channel.connected = true;
    jumin_transport_limits(transport, &made->channel.link);
    made->channel.limits = made->channel.link;
    *reader = made;
    return JUMIN_OK;
}

void nfc_reader_free(struct nfc_reader *reader)
{
    if (reader != NULL) {
        crypto_wipe(reader, sizeof *reader);
        free(reader);
    }
}

const char *nfc_reader_detail(const struct nfc_reader *reader)
{
    return reader->detail.text;
}

void nfc_reader_set_limits(struct nfc_reader *reader, const struct engagement_nfc *limits)
{
    reader->phone = *limits;
}

// --- Engagement --------------------------------------------------------------------------------------------

static enum jumin_error unfit(struct nfc_reader *reader, const char *why)
{
    return detail_set(&reader->detail, JUMIN_ERROR_NOT_SUPPORTED, "NFC engagement: %s", why);
}

static enum jumin_error malformed(struct nfc_reader *reader, const char *what)
{
    return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED, "NFC engagement: %s", what);
}

// A status word other than 9000 says that the application is not there.
static enum jumin_error select_application(struct nfc_reader *reader, struct span name, const char *absent)
{
    const struct apdu_command command = {
        .ins = INS_SELECT, .p1 = SELECT_BY_NAME, .data = name, .ne = APDU_SHORT_LE_MAX};
    struct span data;
    uint16_t status = 0;
    const enum jumin_error error = channel_transmit(&reader->channel, &command, &data, &status);
    return error == JUMIN_OK && status != SW_OK ? unfit(reader, absent) : error;
}

static enum jumin_error select_file(struct nfc_reader *reader, uint16_t identifier)
{
    const uint8_t bytes[] = {(uint8_t)(identifier >> 8), (uint8_t)identifier};
    const struct apdu_command command = {.ins = INS_SELECT,
                                         .p1 = SELECT_BY_IDENTIFIER,
                                         .p2 = SELECT_NO_CONTROL_DATA,
                                         .data = span_of(bytes, sizeof bytes)};
    struct span data;
    return channel_command(&reader->channel, &command, &data);
}

// Exactly `n` bytes of the current file, in reads of at most `unit`.
static enum jumin_error read_bytes(struct nfc_reader *reader, size_t offset, size_t n, size_t unit,
                                   uint8_t *bytes)
{
    const size_t most = channel_response_data_max(&reader->channel, false);
    const size_t step = unit < most ? unit : most;
    for (size_t done = 0; done < n;) {
        const size_t at = offset + done, part = n - done < step ? n - done : step;
        const struct apdu_command command = {
            .ins = INS_READ_BINARY, .p1 = (uint8_t)(at >> 8), .p2 = (uint8_t)at, .ne = (uint32_t)part};
        struct span data;
        const enum jumin_error error = channel_command(&reader->channel, &command, &data);
        if (error != JUMIN_OK) {
            return error;
        }
        if (data.n == 0 || data.n > part) {
            return malformed(reader, "the tag answers a read with another number of bytes");
        }
        memcpy(bytes + done, data.p, data.n);
        done += data.n;
    }
    return JUMIN_OK;
}

// What the capability container says of the NDEF file.
struct ndef_file {
    uint16_t identifier;
    size_t length, read_max;
};

static uint16_t u16_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static enum jumin_error read_capability(struct nfc_reader *reader, struct ndef_file *file)
{
    // Places of the fields (Type 4 Tag §5.1.1).
    enum { VERSION = 2, READ_MAX = 3, TAG = 7, LENGTH = 8, FILE = 9, FILE_LENGTH = 11, READ_ACCESS = 13 };
    uint8_t bytes[CAPABILITY_LENGTH] = {0};
    enum jumin_error error = select_file(reader, FID_CAPABILITY_CONTAINER);
    if (error == JUMIN_OK) {
        error = read_bytes(reader, 0, sizeof bytes, sizeof bytes, bytes);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    *file = (struct ndef_file){u16_at(bytes + FILE), u16_at(bytes + FILE_LENGTH), u16_at(bytes + READ_MAX)};
    if (u16_at(bytes) < CAPABILITY_LENGTH || bytes[VERSION] < CAPABILITY_VERSION ||
        bytes[VERSION] > CAPABILITY_VERSION_HIGHEST || bytes[TAG] != CAPABILITY_NDEF_FILE ||
        bytes[LENGTH] != CAPABILITY_NDEF_FILE_LENGTH || file->read_max == 0) {
        return malformed(reader, "the tag's capability container is not what the standard says");
    }
    return bytes[READ_ACCESS] == CAPABILITY_ALWAYS
               ? JUMIN_OK
               : unfit(reader, "the tag does not let its message be read");
}

static enum jumin_error read_message(struct nfc_reader *reader, const struct ndef_file *file,
                                     struct span *message)
{
    uint8_t field[LENGTH_FIELD] = {0};
    enum jumin_error error = select_file(reader, file->identifier);
    if (error == JUMIN_OK) {
        error = read_bytes(reader, 0, sizeof field, sizeof field, field);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    const size_t n = u16_at(field);
    if (n == 0) {
        return unfit(reader, "the tag is empty");
    }
    if (n > sizeof reader->ndef || n + LENGTH_FIELD > file->length) {
        return malformed(reader, "the tag's message is longer than its file, or than any handover");
    }
    error = read_bytes(reader, LENGTH_FIELD, n, file->read_max, reader->ndef);
    *message = span_of(reader->ndef, n);
    return error;
}

enum jumin_error nfc_reader_engage(struct nfc_reader *reader, struct handover_select *select)
{
    struct ndef_file file = {0};
    struct span message = {NULL, 0};
    detail_clear(&reader->detail);
    memset(select, 0, sizeof *select);
    channel_enter(&reader->channel, JUMIN_STEP_SELECT, "NFC engagement");
    enum jumin_error error = select_application(reader, AID_NDEF, "no Type 4 Tag lies there");
    if (error == JUMIN_OK) {
        error = read_capability(reader, &file);
    }
    if (error == JUMIN_OK) {
        error = read_message(reader, &file, &message);
    }
    if (error == JUMIN_OK) {
        error = handover_read(message, select, &reader->detail);
    }
    if (error == JUMIN_OK && select->nfc.command_max == 0) {
        return unfit(reader, "the phone does not offer its document over NFC");
    }
    if (error == JUMIN_OK) {
        reader->phone = select->nfc;
    }
    return error;
}

// --- Data transfer -----------------------------------------------------------------------------------------

enum jumin_error nfc_reader_select(struct nfc_reader *reader)
{
    detail_clear(&reader->detail);
    channel_enter(&reader->channel, JUMIN_STEP_SELECT, "NFC data transfer");
    return select_application(reader, nfc_mdoc_application(), "no application for mobile documents is there");
}

// What link and phone both carry. A phone whose limits nobody has said gets short commands.
static void lower_limits(struct nfc_reader *reader)
{
    enum { EXTENDED_OVERHEAD = 4 + 3 + 2 };
    struct jumin_limits *limits = &reader->channel.limits;
    const size_t command_max = reader->phone.command_max + EXTENDED_OVERHEAD;
    const size_t response_max = reader->phone.response_max + 2;
    *limits = reader->channel.link;
    limits->extended = limits->extended && reader->phone.command_max > APDU_SHORT_LC_MAX;
    if (limits->extended && command_max < limits->command_max) {
        limits->command_max = command_max;
    }
    if (reader->phone.response_max > 0 && response_max < limits->response_max) {
        limits->response_max = response_max;
    }
}

enum jumin_error nfc_reader_exchange(struct nfc_reader *reader, struct span message, struct span *answer)
{
    struct writer object = writer_of(reader->object_bytes, sizeof reader->object_bytes);
    struct span data;
    struct tlv content;
    *answer = span_of(NULL, 0);
    detail_clear(&reader->detail);
    channel_enter(&reader->channel, JUMIN_STEP_SELECT, "NFC data transfer");
    if (message.n == 0 || message.n > NFC_MESSAGE_MAX) {
        return detail_set(&reader->detail, JUMIN_ERROR_TOO_LONG,
                          "the message does not fit NFC data transfer");
    }
    lower_limits(reader);
    tlv_put(&object, NFC_TAG_DATA, message);
    const struct apdu_command command = {
        .ins = INS_ENVELOPE,
        .data = writer_span(&object),
        .ne = (uint32_t)channel_response_data_max(&reader->channel, reader->channel.limits.extended),
        .extended = reader->channel.limits.extended};
    const enum jumin_error error = channel_command(&reader->channel, &command, &data);
    if (error != JUMIN_OK || data.n == 0) {
        return error;
    }
    if (!tlv_expect(&data, NFC_TAG_DATA, &content) || data.n != 0) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                          "NFC data transfer: the answer is no data object 53");
    }
    *answer = content.value;
    return JUMIN_OK;
}
