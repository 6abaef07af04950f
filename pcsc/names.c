// Reader names and return codes of PC/SC.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "pcsc/pcsc.h"

bool pcsc_service_lost(LONG code)
{
    return code == SCARD_E_NO_SERVICE || code == SCARD_E_SERVICE_STOPPED || code == SCARD_F_COMM_ERROR ||
           code == SCARD_E_INVALID_HANDLE || code == SCARD_F_INTERNAL_ERROR;
}

static enum jumin_error error_of(LONG code)
{
    static const struct {
        LONG code;
        enum jumin_error error;
    } known[] = {
        {SCARD_S_SUCCESS, JUMIN_OK},
        {SCARD_E_CANCELLED, JUMIN_ERROR_CANCELLED},
        {SCARD_E_TIMEOUT, JUMIN_ERROR_TIMEOUT},
        {SCARD_E_NO_MEMORY, JUMIN_ERROR_MEMORY},
        {SCARD_E_NO_SERVICE, JUMIN_ERROR_NO_SERVICE},
        {SCARD_E_SERVICE_STOPPED, JUMIN_ERROR_NO_SERVICE},
        {SCARD_F_COMM_ERROR, JUMIN_ERROR_NO_SERVICE},
        {SCARD_E_INVALID_HANDLE, JUMIN_ERROR_NO_SERVICE},
        {SCARD_F_INTERNAL_ERROR, JUMIN_ERROR_NO_SERVICE},
        {SCARD_W_SECURITY_VIOLATION, JUMIN_ERROR_NO_SERVICE}, // the service lets this user do nothing
        {SCARD_E_NO_READERS_AVAILABLE, JUMIN_ERROR_NO_READER},
        {SCARD_E_UNKNOWN_READER, JUMIN_ERROR_NO_READER},
        {SCARD_E_READER_UNAVAILABLE, JUMIN_ERROR_READER_REMOVED},
        {SCARD_E_SHARING_VIOLATION, JUMIN_ERROR_CARD_BUSY},
        {SCARD_E_NO_SMARTCARD, JUMIN_ERROR_NO_CARD},
        {SCARD_W_REMOVED_CARD, JUMIN_ERROR_CARD_REMOVED},
        {SCARD_W_RESET_CARD, JUMIN_ERROR_CARD_RESET},
        {SCARD_W_UNPOWERED_CARD, JUMIN_ERROR_CARD_RESET},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].code == code) {
            return known[i].error;
        }
    }
    return JUMIN_ERROR_LINK;
}

enum jumin_error pcsc_error(LONG code, const char *action, char *detail)
{
    detail[0] = '\0';
    if (code != SCARD_S_SUCCESS) {
        snprintf(detail, PCSC_DETAIL_MAX, "%s: %s", action, pcsc_stringify_error(code));
    }
    return error_of(code);
}

LONG pcsc_reader_names(SCARDCONTEXT context, char **names)
{
    LONG code = SCARD_E_INSUFFICIENT_BUFFER;
    *names = NULL;
    // A reader may come between the two calls.
    while (code == SCARD_E_INSUFFICIENT_BUFFER) {
        DWORD n = 0;
        free(*names);
        *names = NULL;
        code = SCardListReaders(context, NULL, NULL, &n);
        if (code == SCARD_E_NO_READERS_AVAILABLE) {
            n = 0;
        } else if (code != SCARD_S_SUCCESS) {
            break;
        }
        *names = calloc(1, n + 2);
        if (*names == NULL) {
            return SCARD_E_NO_MEMORY;
        }
        if (n == 0) {
            return SCARD_S_SUCCESS;
        }
        code = SCardListReaders(context, NULL, *names, &n);
    }
    if (code == SCARD_E_NO_READERS_AVAILABLE) {
        (*names)[0] = '\0';
        return SCARD_S_SUCCESS;
    }
    if (code != SCARD_S_SUCCESS) {
        free(*names);
        *names = NULL;
    }
    return code;
}

const char *pcsc_next_name(const char *names, const char *name)
{
    const char *next = name == NULL ? names : name + strlen(name) + 1;
    return next[0] == '\0' ? NULL : next;
}

const char *pcsc_find_name(const char *names, const char *wanted)
{
    const char *begins = NULL;
    for (const char *name = NULL; (name = pcsc_next_name(names, name)) != NULL;) {
        if (strcmp(name, wanted) == 0) {
            return name;
        }
        if (begins == NULL && strncmp(name, wanted, strlen(wanted)) == 0) {
            begins = name;
        }
    }
    return begins;
}
