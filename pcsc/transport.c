// A card in a PC/SC reader as a transport of libjumin.
// SPDX-License-Identifier: Apache-2.0
#include "pcsc/pcsc.h"

#include <reader.h>
#include <stdlib.h>
#include <string.h>

#include "host/transport/transport.h"
#include "pcsc/properties.h"

enum {
    // After a failed exchange: how long the service may take to notice that the card is gone. Drivers that
    // poll do so about every 400 ms.
    REMOVAL_NOTICE_MS = 600,
    PROPERTIES_MAX = 264,
};

// The transport has a context of its own: a wait in jumin_pcsc keeps its context busy.
struct pcsc_card {
    SCARDCONTEXT context;
    SCARDHANDLE handle;
    bool established, connected;
    bool transaction; // of jumin_pcsc_begin
    enum jumin_pcsc_mode mode;
    const SCARD_IO_REQUEST *protocol;
    struct jumin_limits limits;
    char *reader; // what the caller named
    char detail[PCSC_DETAIL_MAX];
};

static const struct jumin_transport_functions pcsc_functions;

static void pcsc_disconnect(void *context)
{
    struct pcsc_card *card = context;
    if (card->connected) {
        // The field goes off, so that nothing of the session is left on the card for the next program.
        SCardDisconnect(card->handle, SCARD_RESET_CARD);
    }
    card->connected = card->transaction = false;
}

static void release_context(struct pcsc_card *card)
{
    pcsc_disconnect(card);
    if (card->established) {
        SCardReleaseContext(card->context);
        card->established = false;
    }
}

// --- Connecting --------------------------------------------------------------------------------------------

// The name of the reader now; to be freed.
static LONG find_reader(struct pcsc_card *card, char **name)
{
    char *names = NULL;
    *name = NULL;
    const LONG code = pcsc_reader_names(card->context, &names);
    if (code != SCARD_S_SUCCESS) {
        return code;
    }
    const char *found = pcsc_find_name(names, card->reader);
    if (found != NULL) {
        *name = strdup(found);
    }
    free(names);
    return found == NULL ? SCARD_E_UNKNOWN_READER : *name == NULL ? SCARD_E_NO_MEMORY : SCARD_S_SUCCESS;
}

// A context that works, and the name of the reader; to be freed. A context from before a restart of the
// service is replaced.
static LONG reach_reader(struct pcsc_card *card, char **name)
{
    *name = NULL;
    if (card->established) {
        const LONG code = find_reader(card, name);
        if (code == SCARD_S_SUCCESS || !pcsc_service_lost(code)) {
            return code;
        }
        release_context(card);
    }
    const LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &card->context);
    if (code != SCARD_S_SUCCESS) {
        return code;
    }
    card->established = true;
    return find_reader(card, name);
}

static size_t control(const struct pcsc_card *card, uint32_t code, uint8_t answer[PROPERTIES_MAX])
{
    DWORD n = 0;
    const LONG result = SCardControl(card->handle, code, NULL, 0, answer, PROPERTIES_MAX, &n);
    return result == SCARD_S_SUCCESS && n <= PROPERTIES_MAX ? n : 0;
}

// What the reader says of itself. Historical bytes are not asked: they describe the card, and often wrongly.
static struct jumin_limits reader_limits(const struct pcsc_card *card)
{
    uint8_t answer[PROPERTIES_MAX];
    uint32_t code = 0;
    if (card->protocol == SCARD_PCI_T0) {
        return properties_short_limits();
    }
    const size_t n = control(card, CM_IOCTL_GET_FEATURE_REQUEST, answer);
    if (!properties_control_code(span_of(answer, n), FEATURE_GET_TLV_PROPERTIES, &code)) {
        return properties_limits(span_of(NULL, 0));
    }
    return properties_limits(span_of(answer, control(card, code, answer)));
}

// Connecting alone leaves a card that is powered as another program left it.
static LONG connect_and_reset(struct pcsc_card *card, const char *name)
{
    const DWORD share = card->mode == JUMIN_PCSC_EXCLUSIVE ? SCARD_SHARE_EXCLUSIVE : SCARD_SHARE_SHARED;
    DWORD protocol = 0;
    LONG code = SCardConnect(card->context, name, share, SCARD_PROTOCOL_ANY, &card->handle, &protocol);
    if (code != SCARD_S_SUCCESS) {
        return code;
    }
    card->connected = true;
    code = SCardReconnect(card->handle, share, SCARD_PROTOCOL_ANY, SCARD_RESET_CARD, &protocol);
    if (code != SCARD_S_SUCCESS) {
        pcsc_disconnect(card);
        return code;
    }
    card->protocol = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    return SCARD_S_SUCCESS;
}

static enum jumin_error pcsc_connect(void *context)
{
    struct pcsc_card *card = context;
    char *name = NULL;
    pcsc_disconnect(card);
    LONG code = reach_reader(card, &name);
    if (code == SCARD_S_SUCCESS) {
        code = connect_and_reset(card, name);
    }
    free(name);
    if (code != SCARD_S_SUCCESS) {
        const enum jumin_error error = pcsc_error(code, card->reader, card->detail);
        return error == JUMIN_ERROR_CARD_REMOVED ? JUMIN_ERROR_NO_CARD : error; // it was not used yet
    }
    card->limits = reader_limits(card);
    card->detail[0] = '\0';
    return JUMIN_OK;
}

// --- Exchanges ---------------------------------------------------------------------------------------------

// Waits a moment for the service to notice that the card left.
static bool card_left(const struct pcsc_card *card)
{
    char name[MAX_READERNAME] = "";
    DWORD n = sizeof name, state = 0, protocol = 0;
    const LONG code = SCardStatus(card->handle, name, &n, &state, &protocol, NULL, NULL);
    if (code != SCARD_S_SUCCESS) {
        return code == SCARD_W_REMOVED_CARD || code == SCARD_E_NO_SMARTCARD;
    }
    SCARD_READERSTATE now = {.szReader = name, .dwCurrentState = SCARD_STATE_UNAWARE};
    if (SCardGetStatusChange(card->context, 0, &now, 1) != SCARD_S_SUCCESS) {
        return false;
    }
    if ((now.dwEventState & SCARD_STATE_PRESENT) != 0) {
        now.dwCurrentState = now.dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
        (void)SCardGetStatusChange(card->context, REMOVAL_NOTICE_MS, &now, 1);
    }
    return (now.dwEventState & SCARD_STATE_EMPTY) != 0;
}

// What a failure means for a card that was connected.
static enum jumin_error connected_error(struct pcsc_card *card, LONG code, const char *action)
{
    const enum jumin_error error = pcsc_error(code, action, card->detail);
    if (pcsc_service_lost(code)) {
        release_context(card);
        return JUMIN_ERROR_READER_REMOVED;
    }
    if (error == JUMIN_ERROR_NO_CARD || (error == JUMIN_ERROR_LINK && card_left(card))) {
        return JUMIN_ERROR_CARD_REMOVED;
    }
    return error;
}

static LONG exchange(const struct pcsc_card *card, const uint8_t *command, size_t n, uint8_t *response,
                     size_t capacity, size_t *length)
{
    DWORD received = capacity;
    const LONG code = SCardTransmit(card->handle, card->protocol, command, n, NULL, response, &received);
    *length = code == SCARD_S_SUCCESS ? received : 0;
    return code;
}

static enum jumin_error pcsc_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                      size_t capacity, size_t *length)
{
    struct pcsc_card *card = context;
    if (!card->connected) {
        snprintf(card->detail, sizeof card->detail, "%s: not connected", card->reader);
        return JUMIN_ERROR_NO_CARD;
    }
    const bool own_transaction = card->mode == JUMIN_PCSC_SHARED && !card->transaction;
    if (own_transaction) {
        const LONG code = SCardBeginTransaction(card->handle);
        if (code != SCARD_S_SUCCESS) {
            return connected_error(card, code, "waiting for other programs");
        }
    }
    const LONG code = exchange(card, command, n, response, capacity, length);
    if (own_transaction && !pcsc_service_lost(code)) {
        SCardEndTransaction(card->handle, SCARD_LEAVE_CARD);
    }
    return code == SCARD_S_SUCCESS ? JUMIN_OK : connected_error(card, code, "sending a command");
}

static void pcsc_limits(void *context, struct jumin_limits *limits)
{
    const struct pcsc_card *card = context;
    *limits = card->limits;
}

static const char *pcsc_detail(void *context)
{
    const struct pcsc_card *card = context;
    return card->detail;
}

static void pcsc_release(void *context)
{
    struct pcsc_card *card = context;
    release_context(card);
    free(card->reader);
    free(card);
}

static const struct jumin_transport_functions pcsc_functions = {
    pcsc_connect, pcsc_transmit, pcsc_disconnect, pcsc_limits, pcsc_detail, pcsc_release,
};

// --- Opening -----------------------------------------------------------------------------------------------

// True when the list of readers has one that `reader` names.
static enum jumin_error check_reader(struct jumin_pcsc *pcsc, const char *reader)
{
    const struct jumin_pcsc_reader *readers = NULL;
    size_t count = 0;
    const enum jumin_error error = jumin_pcsc_readers(pcsc, &readers, &count);
    if (error != JUMIN_OK) {
        return error;
    }
    for (size_t i = 0; i < count; i++) {
        if (strncmp(readers[i].name, reader, strlen(reader)) == 0) {
            return JUMIN_OK;
        }
    }
    return JUMIN_ERROR_NO_READER;
}

enum jumin_error jumin_pcsc_open(struct jumin_pcsc *pcsc, const char *reader, enum jumin_pcsc_mode mode,
                                 struct jumin_transport **transport)
{
    if (pcsc == NULL || reader == NULL || transport == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = check_reader(pcsc, reader);
    if (error != JUMIN_OK) {
        return error;
    }
    struct pcsc_card *card = calloc(1, sizeof *card);
    char *name = strdup(reader);
    error = card == NULL || name == NULL ? JUMIN_ERROR_MEMORY
                                         : jumin_transport_new(transport, &pcsc_functions, card);
    if (error != JUMIN_OK) {
        free(card);
        free(name);
        return error;
    }
    card->reader = name;
    card->mode = mode;
    card->limits = properties_limits(span_of(NULL, 0)); // until the reader is asked
    return JUMIN_OK;
}

enum jumin_error jumin_pcsc_begin(struct jumin_transport *transport)
{
    struct pcsc_card *card = transport_context(transport, &pcsc_functions);
    if (card == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (!card->connected) {
        return JUMIN_ERROR_NO_CARD;
    }
    if (card->transaction) {
        return JUMIN_OK;
    }
    const LONG code = SCardBeginTransaction(card->handle);
    card->transaction = code == SCARD_S_SUCCESS;
    return code == SCARD_S_SUCCESS ? JUMIN_OK : connected_error(card, code, "waiting for other programs");
}

void jumin_pcsc_end(struct jumin_transport *transport)
{
    struct pcsc_card *card = transport_context(transport, &pcsc_functions);
    if (card != NULL && card->transaction) {
        SCardEndTransaction(card->handle, SCARD_LEAVE_CARD);
        card->transaction = false;
    }
}
