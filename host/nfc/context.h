// libnfc's context, one for the process.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_NFC_CONTEXT_H
#define JUMIN_HOST_NFC_CONTEXT_H

#include <nfc/nfc.h>

// The context, made with the first; NULL: no memory. Each needs its nfc_context_release.
nfc_context *nfc_context_acquire(void);
void nfc_context_release(void);

#endif
