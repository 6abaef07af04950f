// An NFC device for the caller: found, opened, waited at.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/nfc/context.h"
#include "host/nfc/device.h"

enum { LOOK_EVERY_MS = 100, SLICE_MS = 20 }; // how soon a cancel is seen

enum jumin_error jumin_nfc_list(char (*connections)[JUMIN_NFC_CONNECTION_MAX], size_t capacity, size_t *count)
{
    _Static_assert(sizeof(nfc_connstring) == JUMIN_NFC_CONNECTION_MAX, "as long as libnfc's");
    if (count == NULL || (connections == NULL && capacity > 0)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *count = 0;
    nfc_context *context = nfc_context_acquire();
    if (context == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    *count = capacity > 0 ? nfc_list_devices(context, connections, capacity) : 0;
    nfc_context_release();
    return JUMIN_OK;
}

enum jumin_error jumin_nfc_new(struct jumin_nfc **nfc, const char *connection)
{
    if (nfc == NULL || connection == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *nfc = NULL;
    // Without a driver's name libnfc would look for any device, and ask strangers' serial ports.
    if (connection[0] == '\0' || strlen(connection) >= JUMIN_NFC_CONNECTION_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *nfc = calloc(1, sizeof **nfc);
    char *copy = strdup(connection);
    if (*nfc == NULL || copy == NULL) {
        free(*nfc);
        free(copy);
        *nfc = NULL;
        return JUMIN_ERROR_MEMORY;
    }
    (*nfc)->connection = copy;
    return JUMIN_OK;
}

void jumin_nfc_free(struct jumin_nfc *nfc)
{
    if (nfc == NULL) {
        return;
    }
    nfc_device_close(nfc);
    free(nfc->connection);
    free(nfc);
}

const char *jumin_nfc_detail(const struct jumin_nfc *nfc)
{
    return nfc == NULL ? "" : nfc->detail.text;
}

const char *jumin_nfc_name(const struct jumin_nfc *nfc)
{
    return nfc == NULL || nfc->handle == NULL ? "" : nfc_device_get_name(nfc->handle);
}

// --- Waiting -----------------------------------------------------------------------------------------------

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// Until the next look, or the deadline (-1: none). JUMIN_OK: look again.
static enum jumin_error pause_until(struct jumin_nfc *nfc, int64_t deadline)
{
    for (int waited = 0; waited < LOOK_EVERY_MS; waited += SLICE_MS) {
        if (atomic_exchange(&nfc->cancelled, false)) {
            return detail_set(&nfc->detail, JUMIN_ERROR_CANCELLED, "cancelled");
        }
        if (deadline >= 0 && now_ms() >= deadline) {
            return JUMIN_ERROR_TIMEOUT; // the detail says what was seen last
        }
        const struct timespec slice = {0, SLICE_MS * 1000000L};
        (void)nanosleep(&slice, NULL);
    }
    return JUMIN_OK;
}

static int64_t deadline_after(int milliseconds)
{
    return milliseconds < 0 ? -1 : now_ms() + milliseconds;
}

enum jumin_error jumin_nfc_wait_card(struct jumin_nfc *nfc, int milliseconds, struct jumin_nfc_card *card)
{
    struct jumin_nfc_card found;
    if (nfc == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const int64_t deadline = deadline_after(milliseconds);
    enum jumin_error error = JUMIN_OK;
    do {
        error = nfc_device_select(nfc, true, 106, &found);
        if (error != JUMIN_ERROR_NO_CARD) {
            break;
        }
        error = pause_until(nfc, deadline);
    } while (error == JUMIN_OK);
    if (error == JUMIN_OK && card != NULL) {
        *card = found;
    }
    return error;
}

enum jumin_error jumin_nfc_wait_removal(struct jumin_nfc *nfc, int milliseconds)
{
    struct jumin_nfc_card found;
    if (nfc == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const int64_t deadline = deadline_after(milliseconds);
    enum jumin_error error = nfc_device_select(nfc, true, 106, &found);
    while (error == JUMIN_OK) {
        if (!nfc_device_card_present(nfc)) {
            return JUMIN_OK;
        }
        error = pause_until(nfc, deadline);
    }
    return error == JUMIN_ERROR_NO_CARD ? JUMIN_OK : error;
}

void jumin_nfc_cancel(struct jumin_nfc *nfc)
{
    if (nfc != NULL) {
        atomic_store(&nfc->cancelled, true);
    }
}
