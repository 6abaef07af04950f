// What proves an officer, shared by those who make one and those who ask for it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_STATION_OFFICER_H
#define JUMIN_HOST_STATION_OFFICER_H

#include "host/station/station_internal.h"

enum { OFFICER_SALT = 16, OFFICER_VERIFIER = 32 };

bool officer_name_is_good(const char *name);
// A verifier with a new salt. JUMIN_ERROR_ARGUMENT: the passphrase is too short.
enum jumin_error officer_new_verifier(struct jumin_station *station, const char *passphrase,
                                      uint8_t salt[OFFICER_SALT], uint8_t verifier[OFFICER_VERIFIER]);

#endif
