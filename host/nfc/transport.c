// A card in front of an NFC device as a transport of libjumin.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "card/wire/apdu.h"
#include "host/nfc/device.h"
#include "host/transport/transport.h"

enum {
    // Slow cards compute for seconds, and all that libnfc sees of their S(WTX) is silence.
    TIMEOUT_DEFAULT_MS = 10000,
    SHORT_COMMAND_MAX = 261, // ISO 7816-3 §12.1.3
    SHORT_RESPONSE_MAX = 258,
    FSDI = 8,           // frames of 256 bytes
    FWI_ACTIVATION = 4, // ISO 14443-4 §5.6.1
    SFGI_RESERVED = 15,
    CARRIER_KHZ = 13560,
    HOST_MARGIN_MS = 300, // what chip and serial line add to the waiting time
};

struct nfc_card {
    struct jumin_nfc *nfc;
    struct jumin_nfc_options options;
    bool connected;
    bool host_dep; // the host speaks ISO 14443-4
    struct iso_dep dep;
};

// --- The host's ISO 14443-4 --------------------------------------------------------------------------------

static unsigned milliseconds_of(uint32_t periods)
{
    return (periods + CARRIER_KHZ - 1) / CARRIER_KHZ;
}

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// One frame to the card, which answers within `periods` of the carrier.
static enum jumin_error exchange_frame(struct nfc_card *card, struct span frame, uint32_t periods,
                                       uint8_t answer[NFC_RECEIVE_MAX], size_t *n)
{
    const unsigned wait = milliseconds_of(periods);
    const enum jumin_error error = nfc_device_set_wait(card->nfc, wait);
    if (error != JUMIN_OK) {
        return error;
    }
    return nfc_device_exchange(card->nfc, true, frame, (int)card->nfc->wait_ms + HOST_MARGIN_MS, answer, n);
}

static enum jumin_error activate(struct nfc_card *card)
{
    uint8_t bytes[ISO_DEP_BLOCK_MAX], answer[NFC_RECEIVE_MAX];
    struct writer rats = writer_of(bytes, sizeof bytes);
    struct iso_dep_ats ats;
    size_t n = 0;
    (void)iso_dep_put_rats(&rats, FSDI, 0);
    const enum jumin_error error =
        exchange_frame(card, writer_span(&rats), iso_dep_fwt(FWI_ACTIVATION), answer, &n);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!iso_dep_ats_parse(span_of(answer, n), &ats)) {
        return detail_set(&card->nfc->detail, JUMIN_ERROR_LINK,
                          "%s: the card's answer to select is malformed", card->nfc->connection);
    }
    const struct iso_dep_link link = {
        .fsd = iso_dep_frame_size(FSDI), .fsc = iso_dep_frame_size(ats.fsci), .fwi = ats.fwi};
    iso_dep_pcd_start(&card->dep, &link);
    // ISO 14443-4 §5.2.5: the card wants this long before the first block.
    const unsigned guard = milliseconds_of(iso_dep_fwt(ats.sfgi));
    const struct timespec t = {guard / 1000, (long)(guard % 1000) * 1000000};
    if (ats.sfgi > 0 && ats.sfgi != SFGI_RESERVED) {
        (void)nanosleep(&t, NULL);
    }
    return JUMIN_OK;
}

static enum jumin_error card_has_left(const struct nfc_card *card)
{
    return detail_set(&card->nfc->detail, JUMIN_ERROR_CARD_REMOVED, "%s: the card has left",
                      card->nfc->connection);
}

// Blocks until the engine has nothing more to send.
static enum jumin_error run_blocks(struct nfc_card *card, enum iso_dep_step *step, struct writer *block)
{
    uint8_t answer[NFC_RECEIVE_MAX];
    const int64_t deadline = now_ms() + card->options.timeout_ms;
    while (*step == ISO_DEP_SEND) {
        size_t n = 0;
        const enum jumin_error error =
            exchange_frame(card, writer_span(block), iso_dep_pcd_wait(&card->dep), answer, &n);
        if (error != JUMIN_OK && error != JUMIN_ERROR_CARD_REMOVED) {
            return error;
        }
        const bool late = now_ms() > deadline;
        if (late && error == JUMIN_OK) {
            return detail_set(&card->nfc->detail, JUMIN_ERROR_TIMEOUT, "%s: the card asks for ever more time",
                              card->nfc->connection);
        }
        if (late) {
            return card_has_left(card);
        }
        *block = writer_of(block->p, block->capacity);
        *step = error == JUMIN_OK ? iso_dep_pcd_receive(&card->dep, span_of(answer, n), block)
                                  : iso_dep_pcd_nothing(&card->dep, block);
    }
    return JUMIN_OK;
}

static enum jumin_error transmit_blocks(struct nfc_card *card, struct span command, uint8_t *response,
                                        size_t capacity, size_t *length)
{
    uint8_t bytes[ISO_DEP_BLOCK_MAX];
    struct writer block = writer_of(bytes, sizeof bytes);
    enum iso_dep_step step = iso_dep_pcd_command(&card->dep, command, response, capacity, &block);
    const enum jumin_error error = run_blocks(card, &step, &block);
    if (error != JUMIN_OK) {
        return error;
    }
    if (step == ISO_DEP_TOO_LONG) {
        return detail_set(&card->nfc->detail, JUMIN_ERROR_TOO_LONG, "%s: an answer longer than %zu bytes",
                          card->nfc->connection, capacity);
    }
    if (step != ISO_DEP_COMPLETE) {
        return card_has_left(card);
    }
    struct span apdu;
    (void)iso_dep_received(&card->dep, &apdu);
    *length = apdu.n;
    return JUMIN_OK;
}

// --- The chip's ISO 14443-4 --------------------------------------------------------------------------------

static enum jumin_error transmit_apdu(struct nfc_card *card, struct span command, uint8_t *response,
                                      size_t capacity, size_t *length)
{
    uint8_t answer[NFC_RECEIVE_MAX];
    size_t n = 0;
    enum jumin_error error =
        nfc_device_exchange(card->nfc, false, command, card->options.timeout_ms, answer, &n);
    if (error == JUMIN_ERROR_CARD_REMOVED || error == JUMIN_ERROR_LINK) {
        // Something went wrong over the air; only one that left has to come back.
        error = nfc_device_card_present(card->nfc) ? JUMIN_ERROR_LINK : JUMIN_ERROR_CARD_REMOVED;
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (n > capacity) {
        return detail_set(&card->nfc->detail, JUMIN_ERROR_TOO_LONG, "%s: an answer of %zu bytes",
                          card->nfc->connection, n);
    }
    memcpy(response, answer, n);
    *length = n;
    return JUMIN_OK;
}

// --- Transport ---------------------------------------------------------------------------------------------

static void nfc_disconnect(void *context)
{
    struct nfc_card *card = context;
    if (card->connected) {
        nfc_device_field_off(card->nfc); // nothing of the session is left on the card
    }
    card->connected = false;
}

static enum jumin_error nfc_connect(void *context)
{
    struct nfc_card *card = context;
    struct jumin_nfc_card found;
    nfc_disconnect(card);
    card->host_dep = card->options.mode == JUMIN_NFC_EXTENDED;
    enum jumin_error error = nfc_device_select(card->nfc, !card->host_dep, card->options.rate, &found);
    if (error == JUMIN_OK && !found.iso_dep) {
        return detail_set(&card->nfc->detail, JUMIN_ERROR_NOT_SUPPORTED,
                          "%s: the card speaks no ISO 14443-4, APDUs do not reach it", card->nfc->connection);
    }
    if (error == JUMIN_OK && card->host_dep && found.type == 'B') {
        card->host_dep = false; // the chip has spoken ATTRIB for it
    }
    if (error == JUMIN_OK && card->host_dep) {
        error = activate(card);
    }
    if (error == JUMIN_ERROR_CARD_REMOVED) {
        error = JUMIN_ERROR_NO_CARD; // it was not used yet
    }
    card->connected = error == JUMIN_OK;
    return error;
}

static enum jumin_error nfc_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                     size_t capacity, size_t *length)
{
    struct nfc_card *card = context;
    if (!card->connected) {
        return detail_set(&card->nfc->detail, JUMIN_ERROR_NO_CARD, "%s: not connected",
                          card->nfc->connection);
    }
    detail_clear(&card->nfc->detail);
    const struct span apdu = span_of(command, n);
    const enum jumin_error error = card->host_dep ? transmit_blocks(card, apdu, response, capacity, length)
                                                  : transmit_apdu(card, apdu, response, capacity, length);
    if (error != JUMIN_OK) {
        nfc_disconnect(card); // block numbers of both sides may differ now
    }
    return error;
}

static void nfc_limits(void *context, struct jumin_limits *limits)
{
    const struct nfc_card *card = context;
    const bool extended = card->connected ? card->host_dep : card->options.mode == JUMIN_NFC_EXTENDED;
    *limits = extended ? (struct jumin_limits){APDU_COMMAND_MAX, APDU_RESPONSE_MAX, true}
                       : (struct jumin_limits){SHORT_COMMAND_MAX, SHORT_RESPONSE_MAX, false};
}

static const char *nfc_detail(void *context)
{
    const struct nfc_card *card = context;
    return card->nfc->detail.text;
}

static void nfc_release(void *context)
{
    free(context);
}

static const struct jumin_transport_functions nfc_functions = {
    nfc_connect, nfc_transmit, nfc_disconnect, nfc_limits, nfc_detail, nfc_release,
};

static bool good_options(const struct jumin_nfc_options *options)
{
    const unsigned rate = options->rate;
    const bool known = rate == 0 || rate == 106 || rate == 212 || rate == 424 || rate == 848;
    return known && options->timeout_ms >= 0 &&
           (options->mode == JUMIN_NFC_SHORT || options->mode == JUMIN_NFC_EXTENDED);
}

enum jumin_error jumin_nfc_open(struct jumin_nfc *nfc, const struct jumin_nfc_options *options,
                                struct jumin_transport **transport)
{
    const struct jumin_nfc_options none = {0};
    options = options == NULL ? &none : options;
    if (nfc == NULL || transport == NULL || !good_options(options)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *transport = NULL;
    struct nfc_card *card = calloc(1, sizeof *card);
    if (card == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    card->nfc = nfc;
    card->options = *options;
    if (card->options.timeout_ms == 0) {
        card->options.timeout_ms = TIMEOUT_DEFAULT_MS;
    }
    const enum jumin_error error = jumin_transport_new(transport, &nfc_functions, card);
    if (error != JUMIN_OK) {
        free(card);
    }
    return error;
}
