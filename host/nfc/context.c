// libnfc's context, one for the process: nfc_exit frees the list of drivers that all contexts share, and
// neither it nor nfc_init may run in two threads at once.
// SPDX-License-Identifier: Apache-2.0
#include "host/nfc/context.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static nfc_context *context;
static unsigned users;

nfc_context *nfc_context_acquire(void)
{
    pthread_mutex_lock(&lock);
    if (users == 0) {
        nfc_init(&context);
    }
    nfc_context *acquired = context;
    users += acquired != NULL ? 1U : 0U;
    pthread_mutex_unlock(&lock);
    return acquired;
}

void nfc_context_release(void)
{
    pthread_mutex_lock(&lock);
    users--;
    if (users == 0) {
        nfc_exit(context);
        context = NULL;
    }
    pthread_mutex_unlock(&lock);
}
