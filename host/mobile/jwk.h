// JSON Web Keys: public keys of P-256, and their thumbprints (RFC 7517, RFC 7518 §6.2, RFC 7638).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_JWK_H
#define JUMIN_HOST_MOBILE_JWK_H

#include "host/detail.h"
#include "host/mobile/jwk_thumbprint.h"
#include "host/mobile/signer.h"
#include <jansson.h>

enum { JWK_TEXT_MAX = 160 };

// The key as JSON text, required members only, in the order and spelling that RFC 7638 §3.3 hashes. `point`
// is uncompressed (SIGNER_POINT bytes) and not looked at.
void jwk_put(struct writer *w, const uint8_t point[SIGNER_POINT]);
// The same as an object of the caller's; NULL: no memory.
json_t *jwk_make(const uint8_t point[SIGNER_POINT]);
// The point of a public key. JUMIN_ERROR_MALFORMED, with its own sentence each: no object; another kty or
// crv; x or y missing or not 32 bytes; no point of the curve; private or symmetric parts (d, k, p, q, …: who
// publishes these has lost the key). Members that say nothing about the key itself (kid, use, alg) are left
// to the caller.
enum jumin_error jwk_read(const json_t *jwk, uint8_t point[SIGNER_POINT], struct detail *detail);

#endif
