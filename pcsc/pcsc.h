// What the files of the PC/SC transport share: contexts, readers, errors.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PCSC_PCSC_H
#define JUMIN_PCSC_PCSC_H

#include <jumin/transport.h>
#include <winscard.h>

enum { PCSC_DETAIL_MAX = 200 };

// What a return code of PC/SC means for a user. `detail` (PCSC_DETAIL_MAX bytes) receives PC/SC's own words
// and `action`, what was tried; "" for SCARD_S_SUCCESS.
enum jumin_error pcsc_error(LONG code, const char *action, char *detail);
// True when the connection to the service is gone, so that a new context is needed.
bool pcsc_service_lost(LONG code);

// The readers' names, one after the other, each ending with a zero byte and the last with two, as PC/SC gives
// them; to be freed. No reader at all is an empty list.
LONG pcsc_reader_names(SCARDCONTEXT context, char **names);
// The next name of such a list, NULL at its end. `name` NULL: the first.
const char *pcsc_next_name(const char *names, const char *name);
// The reader that `wanted` names: exactly, or else by the beginning of its name; NULL when there is none.
const char *pcsc_find_name(const char *names, const char *wanted);

#endif
