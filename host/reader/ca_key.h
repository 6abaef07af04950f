// The key of a ChipAuthenticationPublicKeyInfo (9303-11 §9.2.6).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_CA_KEY_H
#define JUMIN_HOST_READER_CA_KEY_H

#include "card/wire/security_infos.h"

// The curve may be named, standardized or spelled out. False for other kinds of key. `*point` is borrowed.
bool ca_key_of(const struct security_info *info, enum crypto_curve *curve, struct span *point);

#endif
