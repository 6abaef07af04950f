// The curves of keys that jumin makes, by the names that people use.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_CURVE_H
#define JUMIN_HOST_PKI_CURVE_H

#include "card/crypto/crypto.h"
#include <jumin/pki.h>

// False: a number that is none of the enumeration's.
bool curve_of(enum jumin_curve choice, enum crypto_curve *curve);

#endif
