// A phone as a contactless card (ISO 18013-5 §8.2.2.1, §8.3.3.1.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/nfc_responder.h"

#include <stdlib.h>

#include "card/crypto/crypto.h"

enum {
    NDEF_LENGTH_FIELD = 2,
    NDEF_FILE_MAX = NDEF_LENGTH_FIELD + HANDOVER_MAX,
    OBJECT_MAX = 4 + NFC_MESSAGE_MAX, // data object 53: tag, length, message
    READ_MAX = 0x7FFF,                // offsets have 15 bits
    SHORT_IDENTIFIER = 0x80,          // P1 of READ BINARY
};

enum application { NOTHING, TYPE_4_TAG, MOBILE_DOCUMENT };

struct nfc_responder {
    struct engagement_nfc limits;
    uint8_t capability[CAPABILITY_LENGTH];
    uint8_t ndef[NDEF_FILE_MAX];
    size_t ndef_length; // 0: no engagement over NFC

    enum application application;
    struct span file; // current one; empty: none
    struct writer received;
    struct span message; // complete, waits for its reply
    uint32_t reply_max;  // Ne of the command that waits
    struct writer sent;
    size_t sent_from; // what the reader has not fetched yet begins there
    uint8_t received_bytes[OBJECT_MAX], sent_bytes[OBJECT_MAX];
};

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

// --- Beginning and end -------------------------------------------------------------------------------------

static void make_files(struct nfc_responder *responder, struct span engagement)
{
    struct writer ndef = writer_of(responder->ndef, sizeof responder->ndef);
    writer_put_u16(&ndef, 0);
    handover_put(&ndef, engagement, &responder->limits);
    const uint16_t length = (uint16_t)(ndef.n - NDEF_LENGTH_FIELD);
    responder->ndef[0] = (uint8_t)(length >> 8);
    responder->ndef[1] = (uint8_t)length;
    responder->ndef_length = ndef.n;

    struct writer capability = writer_of(responder->capability, sizeof responder->capability);
    writer_put_u16(&capability, CAPABILITY_LENGTH);
    writer_put_u8(&capability, CAPABILITY_VERSION);
    writer_put_u16(&capability, (uint16_t)smaller(responder->limits.response_max, READ_MAX));
    writer_put_u16(&capability, (uint16_t)smaller(responder->limits.command_max, READ_MAX));
    writer_put_u8(&capability, CAPABILITY_NDEF_FILE);
    writer_put_u8(&capability, CAPABILITY_NDEF_FILE_LENGTH);
    writer_put_u16(&capability, FID_NDEF);
    writer_put_u16(&capability, (uint16_t)ndef.n);
    writer_put_u8(&capability, CAPABILITY_ALWAYS);
    writer_put_u8(&capability, CAPABILITY_NEVER);
}

enum jumin_error nfc_responder_new(struct nfc_responder **responder,
                                   const struct nfc_responder_options *options)
{
    if (!engagement_nfc_good(&options->limits) || options->engagement.n > ENGAGEMENT_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct nfc_responder *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    made->limits = options->limits;
    if (options->engagement.n > 0) {
        make_files(made, options->engagement);
    }
    nfc_responder_reset(made);
    *responder = made;
    return JUMIN_OK;
}

// Forgets what was received, and what of the answer was not fetched.
static void forget_messages(struct nfc_responder *responder)
{
    crypto_wipe(responder->received_bytes, sizeof responder->received_bytes);
    crypto_wipe(responder->sent_bytes, sizeof responder->sent_bytes);
    responder->received = writer_of(responder->received_bytes, sizeof responder->received_bytes);
    responder->sent = writer_of(responder->sent_bytes, sizeof responder->sent_bytes);
    responder->sent_from = 0;
    responder->message = span_of(NULL, 0);
}

void nfc_responder_reset(struct nfc_responder *responder)
{
    forget_messages(responder);
    responder->application = NOTHING;
    responder->file = span_of(NULL, 0);
}

void nfc_responder_free(struct nfc_responder *responder)
{
    if (responder != NULL) {
        crypto_wipe(responder, sizeof *responder);
        free(responder);
    }
}

struct span nfc_responder_handover(const struct nfc_responder *responder)
{
    return span_from(span_of(responder->ndef, responder->ndef_length), NDEF_LENGTH_FIELD);
}

struct span nfc_responder_message(const struct nfc_responder *responder)
{
    return responder->message;
}

// --- Selecting and reading ---------------------------------------------------------------------------------

static uint16_t select_application(struct nfc_responder *responder, struct span name)
{
    const bool is_tag = responder->ndef_length > 0 && span_equal(name, AID_NDEF);
    if (!is_tag && !span_equal(name, nfc_mdoc_application())) {
        return SW_FILE_NOT_FOUND; // what was selected stays so
    }
    nfc_responder_reset(responder);
    responder->application = is_tag ? TYPE_4_TAG : MOBILE_DOCUMENT;
    return SW_OK;
}

static uint16_t select_file(struct nfc_responder *responder, struct span identifier)
{
    static const uint8_t capability[] = {FID_CAPABILITY_CONTAINER >> 8, FID_CAPABILITY_CONTAINER & 0xFF};
    static const uint8_t ndef[] = {FID_NDEF >> 8, FID_NDEF & 0xFF};
    if (responder->application != TYPE_4_TAG) {
        return SW_FILE_NOT_FOUND;
    }
    if (span_equal(identifier, span_of(capability, sizeof capability))) {
        responder->file = span_of(responder->capability, sizeof responder->capability);
        return SW_OK;
    }
    if (span_equal(identifier, span_of(ndef, sizeof ndef))) {
        responder->file = span_of(responder->ndef, responder->ndef_length);
        return SW_OK;
    }
    return SW_FILE_NOT_FOUND;
}

static uint16_t select_what(struct nfc_responder *responder, const struct apdu_command *command)
{
    if (command->p2 != 0 && command->p2 != SELECT_NO_CONTROL_DATA) {
        return SW_WRONG_P1_P2;
    }
    switch (command->p1) {
    case SELECT_BY_NAME:
        return select_application(responder, command->data);
    case SELECT_BY_IDENTIFIER:
        return select_file(responder, command->data);
    default:
        return SW_WRONG_P1_P2;
    }
}

static bool asks_for_all(const struct apdu_command *command)
{
    return command->ne == APDU_SHORT_LE_MAX || command->ne == APDU_EXTENDED_LE_MAX;
}

// Most bytes of data for one response.
static size_t response_room(const struct nfc_responder *responder, uint32_t ne, const struct writer *response)
{
    const size_t free_bytes = response->capacity - response->n;
    const size_t wanted = smaller(ne, responder->limits.response_max);
    return free_bytes >= wanted + 2 ? wanted : free_bytes > 2 ? free_bytes - 2 : 0;
}

static uint16_t read_file(const struct nfc_responder *responder, const struct apdu_command *command,
                          struct writer *response)
{
    const size_t offset = (size_t)command->p1 << 8 | command->p2;
    if (responder->file.n == 0) {
        return SW_NO_CURRENT_FILE;
    }
    if ((command->p1 & SHORT_IDENTIFIER) != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->ne == 0 || command->data.n != 0) {
        return SW_WRONG_LENGTH;
    }
    if (offset >= responder->file.n) {
        return SW_WRONG_OFFSET;
    }
    const size_t room = response_room(responder, command->ne, response);
    const struct span part = span_first(span_from(responder->file, offset), room);
    writer_put(response, part);
    return part.n < room && !asks_for_all(command) ? SW_END_OF_FILE : SW_OK;
}

// --- Messages ----------------------------------------------------------------------------------------------

// The next part of the answer; what is left is announced.
static uint16_t send_part(struct nfc_responder *responder, uint32_t ne, struct writer *response)
{
    enum { ANNOUNCED_MAX = 0xFF };
    const struct span left = span_from(writer_span(&responder->sent), responder->sent_from);
    const struct span part = span_first(left, response_room(responder, ne, response));
    writer_put(response, part);
    responder->sent_from += part.n;
    const size_t rest = left.n - part.n;
    if (rest == 0) {
        forget_messages(responder);
        return SW_OK;
    }
    return (uint16_t)(SW_BYTES_REMAINING | (rest <= ANNOUNCED_MAX ? rest : 0));
}

static uint16_t get_response(struct nfc_responder *responder, const struct apdu_command *command,
                             struct writer *response)
{
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->ne == 0 || command->data.n != 0) {
        return SW_WRONG_LENGTH;
    }
    return responder->sent.n > 0 ? send_part(responder, command->ne, response) : SW_CONDITIONS_NOT_SATISFIED;
}

// One link of the chain. True: the message is complete and waits.
static bool take_envelope(struct nfc_responder *responder, const struct apdu_command *command,
                          uint16_t *status)
{
    struct tlv object;
    *status = SW_OK;
    if (responder->sent.n > 0 || responder->message.p != NULL) {
        forget_messages(responder); // the reader begins anew
    }
    writer_put(&responder->received, command->data);
    if (command->p1 != 0 || command->p2 != 0) {
        *status = SW_WRONG_P1_P2;
    } else if (command->data.n == 0 || command->data.n > responder->limits.command_max ||
               responder->received.overflow) {
        *status = SW_WRONG_LENGTH;
    } else if ((command->cla & CLA_CHAINING) == 0) {
        struct span whole = writer_span(&responder->received);
        *status = tlv_expect(&whole, NFC_TAG_DATA, &object) && whole.n == 0 && object.value.n > 0
                      ? SW_OK
                      : SW_WRONG_DATA;
        if (*status == SW_OK) {
            responder->message = object.value;
            responder->reply_max = command->ne;
            return true;
        }
    }
    if (*status != SW_OK) {
        forget_messages(responder);
    }
    return false;
}

// --- Commands ----------------------------------------------------------------------------------------------

static uint16_t run(struct nfc_responder *responder, const struct apdu_command *command,
                    struct writer *response)
{
    const bool is_document = responder->application == MOBILE_DOCUMENT;
    if (command->cla != 0) {
        return SW_CLA_NOT_SUPPORTED;
    }
    switch (command->ins) {
    case INS_SELECT:
        return select_what(responder, command);
    case INS_READ_BINARY:
        return read_file(responder, command, response);
    case INS_GET_RESPONSE:
        return is_document ? get_response(responder, command, response) : SW_INS_NOT_SUPPORTED;
    default:
        return SW_INS_NOT_SUPPORTED;
    }
}

enum nfc_responder_event nfc_responder_command(struct nfc_responder *responder, struct span command,
                                               struct writer *response)
{
    struct apdu_command parsed;
    uint16_t status = SW_WRONG_LENGTH;
    const bool good = apdu_parse(command, &parsed);
    const bool is_envelope = good && responder->application == MOBILE_DOCUMENT &&
                             parsed.ins == INS_ENVELOPE && (parsed.cla & ~CLA_CHAINING) == 0;
    const bool is_fetching = good && parsed.ins == INS_GET_RESPONSE && responder->sent.n > 0;
    if (is_envelope) {
        if (take_envelope(responder, &parsed, &status)) {
            return NFC_RESPONDER_MESSAGE;
        }
    } else {
        if (!is_fetching) {
            forget_messages(responder); // a chain is not interrupted, and an answer is fetched at once
        }
        status = good ? run(responder, &parsed, response) : SW_WRONG_LENGTH;
    }
    writer_put_u16(response, status);
    return NFC_RESPONDER_ANSWER;
}

enum jumin_error nfc_responder_reply(struct nfc_responder *responder, struct span message,
                                     struct writer *response)
{
    if (responder->message.p == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const uint32_t ne = responder->reply_max;
    forget_messages(responder);
    if (message.n > NFC_MESSAGE_MAX) {
        writer_put_u16(response, SW_NO_PRECISE_DIAGNOSIS);
        return JUMIN_ERROR_TOO_LONG;
    }
    if (message.n == 0) {
        writer_put_u16(response, SW_OK);
        return JUMIN_OK;
    }
    tlv_put(&responder->sent, NFC_TAG_DATA, message);
    writer_put_u16(response, send_part(responder, ne, response));
    return JUMIN_OK;
}
