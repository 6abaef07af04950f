// What issuer's and reader's side of selective disclosure share (RFC 9901 §4.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_SD_JWT_PARTS_H
#define JUMIN_HOST_MOBILE_SD_JWT_PARTS_H

#include "host/mobile/sd_jwt.h"

// Names that mean something to the format itself and are no claim's.
bool sd_jwt_is_format_name(const char *name);
// SHA-256 over the text as it stands, in base64url and with a zero byte.
bool sd_jwt_digest(struct span text, char digest[SD_JWT_DIGEST_TEXT + 1]);

// --- The issuer's side -------------------------------------------------------------------------------------

enum { SD_JWT_SALT_TEXT = 22 };

// Ends the disclosure that was written from `start` on, and gives its digest.
void sd_jwt_end_disclosure(struct sd_jwt_maker *maker, size_t start, char digest[SD_JWT_DIGEST_TEXT + 1]);
// Into its place in the order of digests.
void sd_jwt_add_digest(struct sd_jwt_maker *maker, json_t *object, const char *digest);

#endif
