// A phone as a contactless card (ISO 18013-5 §8.2.2.1, §8.3.3.1.2).
// SPDX-License-Identifier: Apache-2.0
#include <jumin/wallet_nfc.h>

#include <stdlib.h>

#include "card/crypto/crypto.h"
#include "host/mobile/nfc_transfer.h"

_Static_assert((int)JUMIN_WALLET_NFC_COMMAND_MIN == (int)ENGAGEMENT_COMMAND_MIN, "one range of commands");
_Static_assert((int)JUMIN_WALLET_NFC_COMMAND_MAX == (int)ENGAGEMENT_COMMAND_MAX, "one range of commands");
_Static_assert((int)JUMIN_WALLET_NFC_RESPONSE_MIN == (int)ENGAGEMENT_RESPONSE_MIN, "one range of responses");
_Static_assert((int)JUMIN_WALLET_NFC_RESPONSE_MAX == (int)ENGAGEMENT_RESPONSE_MAX, "one range of responses");
_Static_assert((int)JUMIN_WALLET_NFC_MESSAGE_MAX == (int)NFC_MESSAGE_MAX, "one length of messages");

enum {
    NDEF_LENGTH_FIELD = 2,
    NDEF_FILE_MAX = NDEF_LENGTH_FIELD + HANDOVER_MAX,
    OBJECT_MAX = 4 + NFC_MESSAGE_MAX, // data object 53: tag, length, message
    LIMIT_UNLESS_GIVEN = 0xFEFF,
    READ_MAX = 0x7FFF,       // offsets have 15 bits
    SHORT_IDENTIFIER = 0x80, // P1 of READ BINARY
};

enum application { NOTHING, TYPE_4_TAG, MOBILE_DOCUMENT };

struct jumin_wallet_nfc {
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

static void make_files(struct jumin_wallet_nfc *nfc, struct span engagement)
{
    struct writer ndef = writer_of(nfc->ndef, sizeof nfc->ndef);
    writer_put_u16(&ndef, 0);
    handover_put(&ndef, engagement, &nfc->limits);
    const uint16_t length = (uint16_t)(ndef.n - NDEF_LENGTH_FIELD);
    nfc->ndef[0] = (uint8_t)(length >> 8);
    nfc->ndef[1] = (uint8_t)length;
    nfc->ndef_length = ndef.n;

    struct writer capability = writer_of(nfc->capability, sizeof nfc->capability);
    writer_put_u16(&capability, CAPABILITY_LENGTH);
    writer_put_u8(&capability, CAPABILITY_VERSION);
    writer_put_u16(&capability, (uint16_t)smaller(nfc->limits.response_max, READ_MAX));
    writer_put_u16(&capability, (uint16_t)smaller(nfc->limits.command_max, READ_MAX));
    writer_put_u8(&capability, CAPABILITY_NDEF_FILE);
    writer_put_u8(&capability, CAPABILITY_NDEF_FILE_LENGTH);
    writer_put_u16(&capability, FID_NDEF);
    writer_put_u16(&capability, (uint16_t)ndef.n);
    writer_put_u8(&capability, CAPABILITY_ALWAYS);
    writer_put_u8(&capability, CAPABILITY_NEVER);
}

enum jumin_error jumin_wallet_nfc_new(struct jumin_wallet_nfc **nfc,
                                      const struct jumin_wallet_nfc_options *options)
{
    if (nfc == NULL || options == NULL || (options->engagement == NULL && options->engagement_length > 0) ||
        options->engagement_length > ENGAGEMENT_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct engagement_nfc limits = {
        options->command_max != 0 ? options->command_max : LIMIT_UNLESS_GIVEN,
        options->response_max != 0 ? options->response_max : LIMIT_UNLESS_GIVEN};
    if (!engagement_nfc_good(&limits)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct jumin_wallet_nfc *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    made->limits = limits;
    if (options->engagement_length > 0) {
        make_files(made, span_of(options->engagement, options->engagement_length));
    }
    jumin_wallet_nfc_reset(made);
    *nfc = made;
    return JUMIN_OK;
}

// Forgets what was received, and what of the answer was not fetched.
static void forget_messages(struct jumin_wallet_nfc *nfc)
{
    crypto_wipe(nfc->received_bytes, sizeof nfc->received_bytes);
    crypto_wipe(nfc->sent_bytes, sizeof nfc->sent_bytes);
    nfc->received = writer_of(nfc->received_bytes, sizeof nfc->received_bytes);
    nfc->sent = writer_of(nfc->sent_bytes, sizeof nfc->sent_bytes);
    nfc->sent_from = 0;
    nfc->message = span_of(NULL, 0);
}

void jumin_wallet_nfc_reset(struct jumin_wallet_nfc *nfc)
{
    forget_messages(nfc);
    nfc->application = NOTHING;
    nfc->file = span_of(NULL, 0);
}

void jumin_wallet_nfc_free(struct jumin_wallet_nfc *nfc)
{
    if (nfc != NULL) {
        crypto_wipe(nfc, sizeof *nfc);
        free(nfc);
    }
}

void jumin_wallet_nfc_handover(const struct jumin_wallet_nfc *nfc, const uint8_t **message, size_t *n)
{
    const struct span handover = span_from(span_of(nfc->ndef, nfc->ndef_length), NDEF_LENGTH_FIELD);
    *message = handover.p;
    *n = handover.n;
}

void jumin_wallet_nfc_message(const struct jumin_wallet_nfc *nfc, const uint8_t **message, size_t *n)
{
    *message = nfc->message.p;
    *n = nfc->message.n;
}

bool jumin_wallet_nfc_sending(const struct jumin_wallet_nfc *nfc)
{
    return nfc->sent.n > 0;
}

// --- Selecting and reading ---------------------------------------------------------------------------------

static uint16_t select_application(struct jumin_wallet_nfc *nfc, struct span name)
{
    const bool is_tag = nfc->ndef_length > 0 && span_equal(name, AID_NDEF);
    if (!is_tag && !span_equal(name, nfc_mdoc_application())) {
        return SW_FILE_NOT_FOUND; // what was selected stays so
    }
    jumin_wallet_nfc_reset(nfc);
    nfc->application = is_tag ? TYPE_4_TAG : MOBILE_DOCUMENT;
    return SW_OK;
}

static uint16_t select_file(struct jumin_wallet_nfc *nfc, struct span identifier)
{
    static const uint8_t capability[] = {FID_CAPABILITY_CONTAINER >> 8, FID_CAPABILITY_CONTAINER & 0xFF};
    static const uint8_t ndef[] = {FID_NDEF >> 8, FID_NDEF & 0xFF};
    if (nfc->application != TYPE_4_TAG) {
        return SW_FILE_NOT_FOUND;
    }
    if (span_equal(identifier, span_of(capability, sizeof capability))) {
        nfc->file = span_of(nfc->capability, sizeof nfc->capability);
        return SW_OK;
    }
    if (span_equal(identifier, span_of(ndef, sizeof ndef))) {
        nfc->file = span_of(nfc->ndef, nfc->ndef_length);
        return SW_OK;
    }
    return SW_FILE_NOT_FOUND;
}

static uint16_t select_what(struct jumin_wallet_nfc *nfc, const struct apdu_command *command)
{
    if (command->p2 != 0 && command->p2 != SELECT_NO_CONTROL_DATA) {
        return SW_WRONG_P1_P2;
    }
    switch (command->p1) {
    case SELECT_BY_NAME:
        return select_application(nfc, command->data);
    case SELECT_BY_IDENTIFIER:
        return select_file(nfc, command->data);
    default:
        return SW_WRONG_P1_P2;
    }
}

static bool asks_for_all(const struct apdu_command *command)
{
    return command->ne == APDU_SHORT_LE_MAX || command->ne == APDU_EXTENDED_LE_MAX;
}

// Most bytes of data for one response.
static size_t response_room(const struct jumin_wallet_nfc *nfc, uint32_t ne, const struct writer *response)
{
    const size_t free_bytes = response->capacity - response->n;
    const size_t wanted = smaller(ne, nfc->limits.response_max);
    return free_bytes >= wanted + 2 ? wanted : free_bytes > 2 ? free_bytes - 2 : 0;
}

static uint16_t read_file(const struct jumin_wallet_nfc *nfc, const struct apdu_command *command,
                          struct writer *response)
{
    const size_t offset = (size_t)command->p1 << 8 | command->p2;
    if (nfc->file.n == 0) {
        return SW_NO_CURRENT_FILE;
    }
    if ((command->p1 & SHORT_IDENTIFIER) != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->ne == 0 || command->data.n != 0) {
        return SW_WRONG_LENGTH;
    }
    if (offset >= nfc->file.n) {
        return SW_WRONG_OFFSET;
    }
    const size_t room = response_room(nfc, command->ne, response);
    const struct span part = span_first(span_from(nfc->file, offset), room);
    writer_put(response, part);
    return part.n < room && !asks_for_all(command) ? SW_END_OF_FILE : SW_OK;
}

// --- Messages ----------------------------------------------------------------------------------------------

// The next part of the answer; what is left is announced.
static uint16_t send_part(struct jumin_wallet_nfc *nfc, uint32_t ne, struct writer *response)
{
    enum { ANNOUNCED_MAX = 0xFF };
    const struct span left = span_from(writer_span(&nfc->sent), nfc->sent_from);
    const struct span part = span_first(left, response_room(nfc, ne, response));
    writer_put(response, part);
    nfc->sent_from += part.n;
    const size_t rest = left.n - part.n;
    if (rest == 0) {
        forget_messages(nfc);
        return SW_OK;
    }
    return (uint16_t)(SW_BYTES_REMAINING | (rest <= ANNOUNCED_MAX ? rest : 0));
}

static uint16_t get_response(struct jumin_wallet_nfc *nfc, const struct apdu_command *command,
                             struct writer *response)
{
    if (command->p1 != 0 || command->p2 != 0) {
        return SW_WRONG_P1_P2;
    }
    if (command->ne == 0 || command->data.n != 0) {
        return SW_WRONG_LENGTH;
    }
    return nfc->sent.n > 0 ? send_part(nfc, command->ne, response) : SW_CONDITIONS_NOT_SATISFIED;
}

// One link of the chain. True: the message is complete and waits.
static bool take_envelope(struct jumin_wallet_nfc *nfc, const struct apdu_command *command, uint16_t *status)
{
    struct tlv object;
    *status = SW_OK;
    if (nfc->sent.n > 0 || nfc->message.n > 0) {
        forget_messages(nfc); // the reader begins anew
    }
    writer_put(&nfc->received, command->data);
    if (command->p1 != 0 || command->p2 != 0) {
        *status = SW_WRONG_P1_P2;
    } else if (command->data.n == 0 || command->data.n > nfc->limits.command_max || nfc->received.overflow) {
        *status = SW_WRONG_LENGTH;
    } else if ((command->cla & CLA_CHAINING) == 0) {
        struct span whole = writer_span(&nfc->received);
        *status = tlv_expect(&whole, NFC_TAG_DATA, &object) && whole.n == 0 && object.value.n > 0
                      ? SW_OK
                      : SW_WRONG_DATA;
        if (*status == SW_OK) {
            nfc->message = object.value;
            nfc->reply_max = command->ne;
            return true;
        }
    }
    if (*status != SW_OK) {
        forget_messages(nfc);
    }
    return false;
}

// --- Commands ----------------------------------------------------------------------------------------------

static uint16_t run(struct jumin_wallet_nfc *nfc, const struct apdu_command *command, struct writer *response)
{
    const bool is_document = nfc->application == MOBILE_DOCUMENT;
    if (command->cla != 0) {
        return SW_CLA_NOT_SUPPORTED;
    }
    switch (command->ins) {
    case INS_SELECT:
        return select_what(nfc, command);
    case INS_READ_BINARY:
        return read_file(nfc, command, response);
    case INS_GET_RESPONSE:
        return is_document ? get_response(nfc, command, response) : SW_INS_NOT_SUPPORTED;
    default:
        return SW_INS_NOT_SUPPORTED;
    }
}

enum jumin_wallet_nfc_event jumin_wallet_nfc_command(struct jumin_wallet_nfc *nfc, const uint8_t *command,
                                                     size_t n, uint8_t *response, size_t capacity,
                                                     size_t *length)
{
    struct writer w = writer_of(response, capacity);
    struct apdu_command parsed;
    uint16_t status = SW_WRONG_LENGTH;
    const bool good = apdu_parse(span_of(command, n), &parsed);
    const bool is_envelope = good && nfc->application == MOBILE_DOCUMENT && parsed.ins == INS_ENVELOPE &&
                             (parsed.cla & ~CLA_CHAINING) == 0;
    const bool is_fetching = good && parsed.ins == INS_GET_RESPONSE && nfc->sent.n > 0;
    *length = 0;
    if (is_envelope) {
        if (take_envelope(nfc, &parsed, &status)) {
            return JUMIN_WALLET_NFC_MESSAGE;
        }
    } else {
        if (!is_fetching) {
            forget_messages(nfc); // a chain is not interrupted, and an answer is fetched at once
        }
        status = good ? run(nfc, &parsed, &w) : SW_WRONG_LENGTH;
    }
    writer_put_u16(&w, status);
    *length = w.n;
    return JUMIN_WALLET_NFC_RESPONSE;
}

enum jumin_error jumin_wallet_nfc_reply(struct jumin_wallet_nfc *nfc, const uint8_t *message, size_t n,
                                        uint8_t *response, size_t capacity, size_t *length)
{
    struct writer w = writer_of(response, capacity);
    *length = 0;
    if (nfc->message.n == 0) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const uint32_t ne = nfc->reply_max;
    const bool fits = n <= NFC_MESSAGE_MAX;
    uint16_t status = fits ? SW_OK : SW_NO_PRECISE_DIAGNOSIS;
    forget_messages(nfc);
    if (fits && n > 0) {
        tlv_put(&nfc->sent, NFC_TAG_DATA, span_of(message, n));
        status = send_part(nfc, ne, &w);
    }
    writer_put_u16(&w, status);
    *length = w.n;
    return fits ? JUMIN_OK : JUMIN_ERROR_TOO_LONG;
}
