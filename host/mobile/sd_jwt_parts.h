// What issuer's and reader's side of selective disclosure share (RFC 9901 §4.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_SD_JWT_PARTS_H
#define JUMIN_HOST_MOBILE_SD_JWT_PARTS_H

#include "host/mobile/sd_jwt.h"

// Names that mean something to the format itself and are no claim's.
bool sd_jwt_is_format_name(const char *name);
// SHA-256 over the text as it stands, in base64url and with a zero byte.
bool sd_jwt_digest(struct span text, char digest[SD_JWT_DIGEST_TEXT + 1]);

#endif
