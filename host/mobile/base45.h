// Base45, bytes as the letters that a QR code holds best (RFC 9285).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_BASE45_H
#define JUMIN_HOST_MOBILE_BASE45_H

#include "card/wire/span.h"

void base45_put(struct writer *w, struct span bytes);
// Strict, so that each meaning has one text. False: another character or length, a value that no bytes have,
// or `bytes` is too small (two thirds of the text).
bool base45_decode(struct span text, struct writer *bytes);

#endif
