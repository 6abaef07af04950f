// The connection to the PC/SC service: readers, and waiting for cards.
// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pcsc/pcsc.h"

enum {
    // A wait is repeated after this time although nothing happened: a cancel, or a reader that was plugged
    // in,
    // just before the wait began is not seen by the service.
    WAIT_SLICE_MS = 500,
    READERS_MAX = 64,
    EVENT_COUNT_SHIFT = 16, // insertions and removals so far, in the upper half of a reader's state
};

static const char reader_list_changes[] = "\\\\?PnP?\\Notification";

struct jumin_pcsc {
    pthread_mutex_t lock; // guards context and established against jumin_pcsc_cancel
    SCARDCONTEXT context;
    bool established;
    atomic_bool cancelled;
    char *names; // of the readers
    struct jumin_pcsc_reader *readers;
    size_t count;
    SCARD_READERSTATE states[READERS_MAX + 1]; // of the readers; the last is for changes of the list
    char detail[PCSC_DETAIL_MAX];
};

// --- Connection --------------------------------------------------------------------------------------------

static void release_context(struct jumin_pcsc *pcsc)
{
    pthread_mutex_lock(&pcsc->lock);
    if (pcsc->established) {
        SCardReleaseContext(pcsc->context);
        pcsc->established = false;
    }
    pthread_mutex_unlock(&pcsc->lock);
}

static LONG establish_context(struct jumin_pcsc *pcsc)
{
    pthread_mutex_lock(&pcsc->lock);
    LONG code = SCARD_S_SUCCESS;
    if (!pcsc->established) {
        code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &pcsc->context);
        pcsc->established = code == SCARD_S_SUCCESS;
    }
    pthread_mutex_unlock(&pcsc->lock);
    return code;
}

enum jumin_error jumin_pcsc_new(struct jumin_pcsc **pcsc)
{
    if (pcsc == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pcsc = calloc(1, sizeof **pcsc);
    if (*pcsc == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (pthread_mutex_init(&(*pcsc)->lock, NULL) != 0) {
        free(*pcsc);
        *pcsc = NULL;
        return JUMIN_ERROR_MEMORY;
    }
    return JUMIN_OK;
}

static void forget_readers(struct jumin_pcsc *pcsc)
{
    free(pcsc->names);
    free(pcsc->readers);
    pcsc->names = NULL;
    pcsc->readers = NULL;
    pcsc->count = 0;
}

void jumin_pcsc_free(struct jumin_pcsc *pcsc)
{
    if (pcsc == NULL) {
        return;
    }
    release_context(pcsc);
    forget_readers(pcsc);
    pthread_mutex_destroy(&pcsc->lock);
    free(pcsc);
}

const char *jumin_pcsc_detail(const struct jumin_pcsc *pcsc)
{
    return pcsc == NULL ? "" : pcsc->detail;
}

// --- Readers -----------------------------------------------------------------------------------------------

// The names, over a new context when the service was restarted since the last call.
static LONG list_names(struct jumin_pcsc *pcsc, char **names)
{
    const bool was_established = pcsc->established;
    LONG code = establish_context(pcsc);
    if (code == SCARD_S_SUCCESS) {
        code = pcsc_reader_names(pcsc->context, names);
    }
    if (was_established && pcsc_service_lost(code)) {
        release_context(pcsc);
        code = establish_context(pcsc);
        if (code == SCARD_S_SUCCESS) {
            code = pcsc_reader_names(pcsc->context, names);
        }
    }
    if (pcsc_service_lost(code)) {
        release_context(pcsc);
    }
    return code;
}

// Lists the readers and prepares a state, unknown so far, for each.
static LONG list_readers(struct jumin_pcsc *pcsc)
{
    forget_readers(pcsc);
    const LONG code = list_names(pcsc, &pcsc->names);
    if (code != SCARD_S_SUCCESS) {
        return code;
    }
    memset(pcsc->states, 0, sizeof pcsc->states);
    for (const char *name = NULL;
         pcsc->count < READERS_MAX && (name = pcsc_next_name(pcsc->names, name)) != NULL; pcsc->count++) {
        pcsc->states[pcsc->count].szReader = name;
        pcsc->states[pcsc->count].dwCurrentState = SCARD_STATE_UNAWARE;
    }
    pcsc->states[pcsc->count].szReader = reader_list_changes;
    return SCARD_S_SUCCESS;
}

static enum jumin_error get_readers(struct jumin_pcsc *pcsc)
{
    LONG code = list_readers(pcsc);
    if (code != SCARD_S_SUCCESS) {
        return pcsc_error(code, "listing the readers", pcsc->detail);
    }
    if (pcsc->count > 0) {
        code = SCardGetStatusChange(pcsc->context, 0, pcsc->states, (DWORD)pcsc->count);
    }
    if (code != SCARD_S_SUCCESS && code != SCARD_E_TIMEOUT) {
        return pcsc_error(code, "asking the readers for their cards", pcsc->detail);
    }
    pcsc->readers = calloc(pcsc->count + 1, sizeof *pcsc->readers);
    if (pcsc->readers == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    for (size_t i = 0; i < pcsc->count; i++) {
        const SCARD_READERSTATE *state = &pcsc->states[i];
        struct jumin_pcsc_reader *reader = &pcsc->readers[i];
        reader->name = state->szReader;
        reader->card_present = (state->dwEventState & SCARD_STATE_PRESENT) != 0;
        reader->atr_length = state->cbAtr < sizeof reader->atr ? state->cbAtr : sizeof reader->atr;
        memcpy(reader->atr, state->rgbAtr, reader->atr_length);
    }
    return JUMIN_OK;
}

enum jumin_error jumin_pcsc_readers(struct jumin_pcsc *pcsc, const struct jumin_pcsc_reader **readers,
                                    size_t *count)
{
    if (pcsc == NULL || readers == NULL || count == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = get_readers(pcsc);
    *readers = error == JUMIN_OK ? pcsc->readers : NULL;
    *count = error == JUMIN_OK ? pcsc->count : 0;
    return error;
}

// --- Waiting -----------------------------------------------------------------------------------------------

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// What is waited for.
struct wait {
    const char *reader; // beginning of its name; NULL: any
    bool removal;
    int64_t deadline;  // -1: for ever
    const char *found; // the reader where it happened
    DWORD event_count; // of the reader when the wait for a removal began
    bool event_count_known;
};

static bool wanted(const struct jumin_pcsc *pcsc, const struct wait *wait, size_t i)
{
    return wait->reader == NULL || pcsc->states[i].szReader == pcsc_find_name(pcsc->names, wait->reader);
}

// True when what is waited for has happened.
static bool look(struct jumin_pcsc *pcsc, struct wait *wait)
{
    for (size_t i = 0; i < pcsc->count; i++) {
        const SCARD_READERSTATE *state = &pcsc->states[i];
        if (!wanted(pcsc, wait, i)) {
            continue;
        }
        const bool present = (state->dwEventState & SCARD_STATE_PRESENT) != 0;
        const DWORD events = state->dwEventState >> EVENT_COUNT_SHIFT;
        // A card that was taken away and put back between two looks has left, too.
        const bool left = !present || (wait->event_count_known && events != wait->event_count);
        if (wait->removal ? left : present) {
            wait->found = state->szReader;
            return true;
        }
        wait->event_count = events;
        wait->event_count_known = true;
    }
    return false;
}

// Waits for the next change, at most until the deadline. True when the list of readers has to be made anew.
static LONG wait_for_change(struct jumin_pcsc *pcsc, int64_t deadline, bool *list_again)
{
    DWORD milliseconds = WAIT_SLICE_MS;
    if (deadline >= 0) {
        const int64_t left = deadline - now_ms();
        milliseconds = left <= 0 ? 0 : left < WAIT_SLICE_MS ? (DWORD)left : WAIT_SLICE_MS;
    }
    const LONG code = SCardGetStatusChange(pcsc->context, milliseconds, pcsc->states, (DWORD)pcsc->count + 1);
    *list_again = code == SCARD_E_TIMEOUT || code == SCARD_E_UNKNOWN_READER ||
                  (pcsc->states[pcsc->count].dwEventState & SCARD_STATE_CHANGED) != 0;
    for (size_t i = 0; i < pcsc->count; i++) {
        const DWORD event = pcsc->states[i].dwEventState;
        *list_again |= (event & (SCARD_STATE_UNKNOWN | SCARD_STATE_IGNORE)) != 0;
        pcsc->states[i].dwCurrentState = event & ~(DWORD)SCARD_STATE_CHANGED;
    }
    return code == SCARD_E_UNKNOWN_READER ? SCARD_S_SUCCESS : code;
}

// The readers as they are now, and their states. JUMIN_ERROR_NO_READER when the one waited for is not there.
static enum jumin_error start_look(struct jumin_pcsc *pcsc, const struct wait *wait)
{
    LONG code = list_readers(pcsc);
    if (code == SCARD_S_SUCCESS && wait->reader != NULL &&
        pcsc_find_name(pcsc->names, wait->reader) == NULL) {
        code = wait->event_count_known ? SCARD_E_READER_UNAVAILABLE : SCARD_E_UNKNOWN_READER;
        return pcsc_error(code, wait->reader, pcsc->detail);
    }
    if (code == SCARD_S_SUCCESS && pcsc->count > 0) {
        code = SCardGetStatusChange(pcsc->context, 0, pcsc->states, (DWORD)pcsc->count);
        code = code == SCARD_E_TIMEOUT || code == SCARD_E_UNKNOWN_READER ? SCARD_S_SUCCESS : code;
    }
    for (size_t i = 0; i < pcsc->count; i++) {
        pcsc->states[i].dwCurrentState = pcsc->states[i].dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
    }
    return pcsc_error(code, "listing the readers", pcsc->detail);
}

static enum jumin_error run_wait(struct jumin_pcsc *pcsc, struct wait *wait)
{
    bool list_again = true;
    for (;;) {
        if (list_again) {
            const enum jumin_error error = start_look(pcsc, wait);
            if (error != JUMIN_OK) {
                return error;
            }
        }
        if (look(pcsc, wait)) {
            return JUMIN_OK;
        }
        if (atomic_exchange(&pcsc->cancelled, false)) {
            return JUMIN_ERROR_CANCELLED;
        }
        if (wait->deadline >= 0 && now_ms() >= wait->deadline) {
            return JUMIN_ERROR_TIMEOUT;
        }
        const LONG code = wait_for_change(pcsc, wait->deadline, &list_again);
        if (pcsc_service_lost(code)) {
            // Listing again connects to the service that may have been restarted, or says that there is none.
            release_context(pcsc);
            list_again = true;
            wait->event_count_known = false;
        } else if (code != SCARD_S_SUCCESS && code != SCARD_E_TIMEOUT && code != SCARD_E_CANCELLED) {
            return pcsc_error(code, "waiting for a card", pcsc->detail);
        }
    }
}

static int64_t deadline_after(int milliseconds)
{
    return milliseconds < 0 ? -1 : now_ms() + milliseconds;
}

enum jumin_error jumin_pcsc_wait_card(struct jumin_pcsc *pcsc, const char *reader, int milliseconds,
                                      char *found, size_t capacity)
{
    if (pcsc == NULL || (found == NULL && capacity > 0)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    pcsc->detail[0] = '\0';
    struct wait wait = {.reader = reader, .deadline = deadline_after(milliseconds)};
    const enum jumin_error error = run_wait(pcsc, &wait);
    if (error != JUMIN_OK || capacity == 0) {
        return error;
    }
    if (strlen(wait.found) >= capacity) {
        return JUMIN_ERROR_ARGUMENT;
    }
    memcpy(found, wait.found, strlen(wait.found) + 1);
    return JUMIN_OK;
}

enum jumin_error jumin_pcsc_wait_removal(struct jumin_pcsc *pcsc, const char *reader, int milliseconds)
{
    if (pcsc == NULL || reader == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    pcsc->detail[0] = '\0';
    struct wait wait = {.reader = reader, .removal = true, .deadline = deadline_after(milliseconds)};
    return run_wait(pcsc, &wait);
}

enum jumin_error jumin_pcsc_changes(struct jumin_pcsc *pcsc, const char *reader, uint16_t *changes)
{
    if (pcsc == NULL || reader == NULL || changes == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    pcsc->detail[0] = '\0';
    *changes = 0;
    const struct wait wait = {.reader = reader};
    const enum jumin_error error = start_look(pcsc, &wait);
    for (size_t i = 0; error == JUMIN_OK && i < pcsc->count; i++) {
        if (wanted(pcsc, &wait, i)) {
            *changes = (uint16_t)(pcsc->states[i].dwEventState >> EVENT_COUNT_SHIFT);
        }
    }
    return error;
}

enum jumin_error jumin_pcsc_wait_removal_since(struct jumin_pcsc *pcsc, const char *reader, uint16_t changes,
                                               int milliseconds)
{
    if (pcsc == NULL || reader == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    pcsc->detail[0] = '\0';
    struct wait wait = {.reader = reader,
                        .removal = true,
                        .deadline = deadline_after(milliseconds),
                        .event_count = changes,
                        .event_count_known = true};
    return run_wait(pcsc, &wait);
}

void jumin_pcsc_cancel(struct jumin_pcsc *pcsc)
{
    if (pcsc == NULL) {
        return;
    }
    atomic_store(&pcsc->cancelled, true);
    pthread_mutex_lock(&pcsc->lock);
    if (pcsc->established) {
        SCardCancel(pcsc->context);
    }
    pthread_mutex_unlock(&pcsc->lock);
}
