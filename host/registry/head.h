// The signed head of a registry: how many entries it has and the root over all of them, as a compact JWS (RFC
// 7515, ES256). Whoever has kept one can tell later whether the registry still says the same.
// SPDX-License-Identifier: Apache-2.0
//
// Header {"alg":"ES256","typ":"jumin-registry-head+jwt"}; payload {"size":…,"root":base64url,"iat":…}. Other
// members are passed over; "crit" is refused (RFC 7515 §4.1.11).
#ifndef JUMIN_HOST_REGISTRY_HEAD_H
#define JUMIN_HOST_REGISTRY_HEAD_H

#include "host/detail.h"
#include "host/mobile/signer.h"
#include "host/registry/merkle.h"

enum { REGISTRY_HEAD_MAX = 1024 }; // characters of the token

struct registry_head {
    uint64_t size;
    uint8_t root[MERKLE_HASH];
    int64_t at; // when it was signed, seconds since 1970
};

// JUMIN_ERROR_CRYPTO: the signer failed; nothing was written then.
enum jumin_error registry_head_sign(const struct registry_head *head, const struct signer *signer,
                                    struct writer *token, struct detail *detail);
// `point` is the registry's public key, an uncompressed point of P-256. JUMIN_ERROR_MALFORMED: no such token;
// JUMIN_ERROR_SIGNATURE: signed by another key, or changed. `head` is unchanged then.
enum jumin_error registry_head_open(struct span token, struct span point, struct registry_head *head,
                                    struct detail *detail);
// What a token says, whoever signed it.
enum jumin_error registry_head_read(struct span token, struct registry_head *head, struct detail *detail);

#endif
