// The thumbprint of a device key (RFC 7638).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_JWK_THUMBPRINT_H
#define JUMIN_HOST_MOBILE_JWK_THUMBPRINT_H

#include "card/crypto/crypto.h"

enum { JWK_THUMBPRINT = 32 };

// SHA-256 over the JSON Web Key of an uncompressed point of P-256. False: no such point.
bool jwk_thumbprint(struct span point, uint8_t thumbprint[JWK_THUMBPRINT]);

#endif
