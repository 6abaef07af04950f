// An NFC device and the card in front of it, over libnfc.
// SPDX-License-Identifier: Apache-2.0
#include "host/nfc/device.h"

#include <time.h>

#include "host/nfc/context.h"

enum {
    // ISO 14443-3 §5.2: a card forgets after 5.1 ms without field, and answers 5 ms after it came.
    FIELD_MS = 6,
    SAK_ISO_DEP = 0x20, // ISO 14443-3 §6.5.3.4
    RATES = 4,          // 106, 212, 424, 848 kbit/s
    WAIT_DEFAULT_MS = 51,
};

static void sleep_ms(long milliseconds)
{
    const struct timespec t = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    (void)nanosleep(&t, NULL);
}

// --- Device ------------------------------------------------------------------------------------------------

void nfc_device_close(struct jumin_nfc *nfc)
{
    if (nfc->handle != NULL) {
        nfc_close(nfc->handle);
        nfc_context_release();
    }
    nfc->handle = NULL;
    nfc->field = nfc->selected = nfc->unsure = false;
}

// What a return code of libnfc means. A device that does not answer as it should is closed: nobody knows what
// it would answer next.
static enum jumin_error device_error(struct jumin_nfc *nfc, int code, const char *action)
{
    enum jumin_error error = JUMIN_ERROR_LINK;
    switch (code) {
    case NFC_ERFTRANS:
    case NFC_ETGRELEASED:
        error = JUMIN_ERROR_CARD_REMOVED;
        break;
    case NFC_ETIMEOUT:
        error = JUMIN_ERROR_TIMEOUT;
        nfc->unsure = true; // libnfc does not tell the chip to stop, and takes a late answer for the next
        break;
    case NFC_EIO:
    case NFC_ENOTSUCHDEV:
        error = JUMIN_ERROR_READER_REMOVED;
        break;
    default:
        break;
    }
    (void)detail_set(&nfc->detail, error, "%s: %s: %s", nfc->connection, action, nfc_strerror(nfc->handle));
    if (error == JUMIN_ERROR_READER_REMOVED) {
        nfc_device_close(nfc);
    }
    return error;
}

// nfc_open succeeds also when the chip did not finish its start; such a device knows no modulations, and the
// next call on it would abort the process (libnfc 1.8.0).
static bool started(nfc_device *device)
{
    const nfc_modulation_type *types = NULL;
    return nfc_device_get_supported_modulation(device, N_INITIATOR, &types) == NFC_SUCCESS && types != NULL;
}

enum jumin_error nfc_device_open(struct jumin_nfc *nfc)
{
    if (nfc->unsure) {
        nfc_device_close(nfc);
    }
    if (nfc->handle != NULL) {
        return JUMIN_OK;
    }
    nfc_context *context = nfc_context_acquire();
    if (context == NULL) {
        return detail_set(&nfc->detail, JUMIN_ERROR_MEMORY, "libnfc does not start");
    }
    nfc_device *device = nfc_open(context, nfc->connection);
    if (device == NULL) {
        nfc_context_release();
        return detail_set(&nfc->detail, JUMIN_ERROR_NO_READER, "%s: no NFC device answers", nfc->connection);
    }
    nfc->handle = device;
    if (!started(device)) {
        nfc_device_close(nfc);
        return detail_set(&nfc->detail, JUMIN_ERROR_NO_READER, "%s: the device does not finish its start",
                          nfc->connection);
    }
    int code = nfc_initiator_init(device);
    if (code >= 0) {
        // Else a select without a card ends only when libnfc loses patience.
        code = nfc_device_set_property_bool(device, NP_INFINITE_SELECT, false);
    }
    nfc->chip_activates = true;
    nfc->field = true;
    nfc->wait_ms = WAIT_DEFAULT_MS;
    if (code < 0) {
        const enum jumin_error error = device_error(nfc, code, "starting");
        nfc_device_close(nfc);
        return error;
    }
    return JUMIN_OK;
}

void nfc_device_field_off(struct jumin_nfc *nfc)
{
    nfc->selected = false;
    if (nfc->handle == NULL || !nfc->field || nfc->unsure) {
        return;
    }
    nfc->field = false;
    const int code = nfc_device_set_property_bool(nfc->handle, NP_ACTIVATE_FIELD, false);
    if (code < 0) {
        (void)device_error(nfc, code, "field off");
    }
}

static enum jumin_error field_anew(struct jumin_nfc *nfc)
{
    nfc_device_field_off(nfc);
    if (nfc->handle == NULL) {
        return JUMIN_ERROR_READER_REMOVED;
    }
    sleep_ms(FIELD_MS);
    const int code = nfc_device_set_property_bool(nfc->handle, NP_ACTIVATE_FIELD, true);
    if (code < 0) {
        return device_error(nfc, code, "field on");
    }
    nfc->field = true;
    sleep_ms(FIELD_MS);
    return JUMIN_OK;
}

// --- Cards -------------------------------------------------------------------------------------------------

static const nfc_baud_rate rate_codes[RATES] = {NBR_106, NBR_212, NBR_424, NBR_847};

// JUMIN_ERROR_NO_CARD: there is none of this type.
static enum jumin_error select_one(struct jumin_nfc *nfc, nfc_modulation_type type, unsigned rate,
                                   nfc_target *target)
{
    const nfc_modulation modulation = {.nmt = type, .nbr = rate_codes[rate]};
    const int code = nfc_initiator_select_passive_target(nfc->handle, modulation, NULL, 0, target);
    nfc->selected = code > 0;
    if (code > 0) {
        return JUMIN_OK;
    }
    // A chip that stays silent for want of a card is done with it when libnfc has lost patience.
    return code == 0 || code == NFC_ETIMEOUT || code == NFC_ERFTRANS
               ? JUMIN_ERROR_NO_CARD
               : device_error(nfc, code, "looking for a card");
}

static size_t copy(uint8_t *to, size_t capacity, const uint8_t *from, size_t n)
{
    n = n < capacity ? n : capacity;
    memcpy(to, from, n);
    return n;
}

// The rates that the card takes, coded as in TA(1) of an ATS.
static struct iso_dep_ats rates_of(const struct jumin_nfc_card *card)
{
    uint8_t bytes[1 + sizeof card->answer] = {(uint8_t)(1 + card->answer_length)};
    struct iso_dep_ats ats = {.rates = 0};
    if (card->type == 'B') {
        ats.rates = card->answer[4]; // ISO 14443-3 §7.9.4: first byte of the protocol info
        return ats;
    }
    memcpy(bytes + 1, card->answer, card->answer_length);
    return iso_dep_ats_parse(span_of(bytes, 1 + card->answer_length), &ats)
               ? ats
               : (struct iso_dep_ats){.rates = 0};
}

static void describe(const nfc_target *target, struct jumin_nfc_card *card)
{
    *card = (struct jumin_nfc_card){.type = 'A'};
    if (target->nm.nmt == NMT_ISO14443A) {
        const nfc_iso14443a_info *a = &target->nti.nai;
        card->uid_length = copy(card->uid, sizeof card->uid, a->abtUid, a->szUidLen);
        card->answer_length = copy(card->answer, sizeof card->answer, a->abtAts, a->szAtsLen);
        card->iso_dep = (a->btSak & SAK_ISO_DEP) != 0;
        return;
    }
    const nfc_iso14443b_info *b = &target->nti.nbi;
    card->type = 'B';
    card->uid_length = copy(card->uid, sizeof card->uid, b->abtPupi, sizeof b->abtPupi);
    card->answer_length =
        copy(card->answer, sizeof card->answer, b->abtApplicationData, sizeof b->abtApplicationData);
    card->answer_length += copy(card->answer + card->answer_length, sizeof card->answer - card->answer_length,
                                b->abtProtocolInfo, sizeof b->abtProtocolInfo);
    card->iso_dep = (b->abtProtocolInfo[1] & 1) != 0; // protocol type
}

static bool device_takes(struct jumin_nfc *nfc, nfc_modulation_type type, nfc_baud_rate wanted)
{
    const nfc_baud_rate *rates = NULL;
    if (nfc_device_get_supported_baud_rate(nfc->handle, type, &rates) != NFC_SUCCESS || rates == NULL) {
        return false;
    }
    for (; *rates != NBR_UNDEFINED; rates++) {
        if (*rates == wanted) {
            return true;
        }
    }
    return false;
}

// Selects once more, at the highest rate that everybody takes; what does not work out stays at 106 kbit/s.
static enum jumin_error raise_rate(struct jumin_nfc *nfc, const struct jumin_nfc_card *card, unsigned rate,
                                   nfc_target *target)
{
    static const unsigned kbit[RATES] = {106, 212, 424, 848};
    const nfc_modulation_type type = target->nm.nmt;
    const struct iso_dep_ats ats = rates_of(card);
    enum jumin_error error = JUMIN_OK;
    unsigned divisor = RATES - 1;
    while (divisor > 0 &&
           ((rate != 0 && kbit[divisor] > rate) || !iso_dep_ats_takes(&ats, divisor, divisor) ||
            !device_takes(nfc, type, rate_codes[divisor]))) {
        divisor--;
    }
    if (divisor == 0) {
        return JUMIN_OK;
    }
    error = field_anew(nfc);
    if (error == JUMIN_OK) {
        error = select_one(nfc, type, divisor, target);
    }
    if (error == JUMIN_OK || nfc->handle == NULL) {
        return error;
    }
    error = field_anew(nfc);
    return error == JUMIN_OK ? select_one(nfc, type, 0, target) : error;
}

static enum jumin_error set_up(struct jumin_nfc *nfc, bool chip_activates)
{
    int code = 0;
    if (nfc->chip_activates != chip_activates) {
        code = nfc_device_set_property_bool(nfc->handle, NP_AUTO_ISO14443_4, chip_activates);
    }
    if (code < 0) {
        return device_error(nfc, code, "setting up");
    }
    nfc->chip_activates = chip_activates;
    return JUMIN_OK;
}

enum jumin_error nfc_device_select(struct jumin_nfc *nfc, bool chip_activates, unsigned rate,
                                   struct jumin_nfc_card *card)
{
    nfc_target target = {0};
    enum jumin_error error = nfc_device_open(nfc);
    if (error == JUMIN_OK) {
        error = set_up(nfc, chip_activates);
    }
    if (error == JUMIN_OK) {
        error = field_anew(nfc);
    }
    if (error == JUMIN_OK) {
        error = select_one(nfc, NMT_ISO14443A, 0, &target);
    }
    if (error == JUMIN_ERROR_NO_CARD) {
        error = select_one(nfc, NMT_ISO14443B, 0, &target);
    }
    if (error != JUMIN_OK) {
        return error == JUMIN_ERROR_NO_CARD
                   ? detail_set(&nfc->detail, error, "%s: no card lies there", nfc->connection)
                   : error;
    }
    describe(&target, card);
    return chip_activates && card->iso_dep ? raise_rate(nfc, card, rate, &target) : JUMIN_OK;
}

bool nfc_device_card_present(struct jumin_nfc *nfc)
{
    return nfc->handle != NULL && nfc->selected && !nfc->unsure &&
           nfc_initiator_target_is_present(nfc->handle, NULL) == NFC_SUCCESS;
}

// --- Exchanges ---------------------------------------------------------------------------------------------

enum jumin_error nfc_device_exchange(struct jumin_nfc *nfc, bool raw, struct span command, int timeout_ms,
                                     uint8_t answer[NFC_RECEIVE_MAX], size_t *length)
{
    *length = 0;
    if (nfc->handle == NULL || !nfc->selected || nfc->unsure) {
        return detail_set(&nfc->detail, JUMIN_ERROR_NO_CARD, "%s: not connected", nfc->connection);
    }
    if (command.n > NFC_SEND_MAX) {
        return detail_set(&nfc->detail, JUMIN_ERROR_TOO_LONG,
                          "%s: a command of %zu bytes, and libnfc takes %d", nfc->connection, command.n,
                          (int)NFC_SEND_MAX);
    }
    // Only a note of libnfc's, and set each time, because its own look for the card changes it.
    int code = nfc_device_set_property_bool(nfc->handle, NP_EASY_FRAMING, !raw);
    if (code >= 0) {
        code = nfc_initiator_transceive_bytes(nfc->handle, command.p, command.n, answer, NFC_RECEIVE_MAX,
                                              timeout_ms);
    }
    if (code < 0) {
        return device_error(nfc, code, "sending a command");
    }
    *length = (size_t)code;
    return JUMIN_OK;
}

enum jumin_error nfc_device_set_wait(struct jumin_nfc *nfc, unsigned milliseconds)
{
    milliseconds = milliseconds > WAIT_DEFAULT_MS ? milliseconds : WAIT_DEFAULT_MS;
    if (nfc->handle == NULL || milliseconds == nfc->wait_ms) {
        return JUMIN_OK;
    }
    // The chip knows powers of two, and libnfc takes the one below.
    const int code = nfc_device_set_property_int(nfc->handle, NP_TIMEOUT_COM, (int)(2 * milliseconds));
    if (code < 0) {
        return device_error(nfc, code, "setting the waiting time");
    }
    nfc->wait_ms = milliseconds;
    return JUMIN_OK;
}
