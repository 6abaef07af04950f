// SD-JWT based verifiable credentials (draft-ietf-oauth-sd-jwt-vc), as the scheme issues and accepts them.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_SD_JWT_VC_H
#define JUMIN_HOST_MOBILE_SD_JWT_VC_H

#include "host/mobile/sd_jwt.h"

#define SD_JWT_VC_TYPE "dc+sd-jwt"

struct sd_jwt_vc_order {
    const struct signer *signer;
    const struct span *chain; // x5c: the signer's certificate first, without the root
    size_t chain_count;
    const char *vct;
    const char *issuer;           // iss; NULL: none, since the certificate names it
    int64_t issued_at;            // iat; round it, so that it does not link the copies of a batch
    int64_t not_before, expires;  // nbf, exp
    uint8_t holder[SIGNER_POINT]; // cnf.jwk
    const char *status_uri;       // status.status_list; NULL: none
    uint64_t status_index;
    const json_t *claims; // an object; each of its members is hidden by itself, and members of its objects
                          // and items of its arrays too
    const struct sd_jwt_members *members; // of sd_jwt_vc_members: instead of `claims`, for many copies
    size_t decoys;                        // digests at the top level that belong to nothing
};

// Appends the credential to `out`. JUMIN_ERROR_INPUT: a claim with a name that must never be hidden
// (sd_jwt_vc_is_reserved); JUMIN_ERROR_CRYPTO, _MEMORY, _ARGUMENT (`out` is too small).
enum jumin_error sd_jwt_vc_issue(const struct sd_jwt_vc_order *order, const struct crypto_random *random,
                                 struct writer *out);

// The claims of many copies, for the order's `members`; released with sd_jwt_members_free. JUMIN_ERROR_INPUT:
// a name that must never be hidden, or a claim that is an object or an array.
enum jumin_error sd_jwt_vc_members(struct sd_jwt_members **members, const json_t *claims);

// iss, nbf, exp, cnf, vct, vct#integrity, aka_vcts, status (§2.2.2.2 of the draft), and what RFC 9901 uses
// itself.
bool sd_jwt_vc_is_reserved(const char *name);

struct sd_jwt_vc {
    struct sd_jwt sd; // its claims are NULL before sd_jwt_vc_check
    const char *vct;  // all set by sd_jwt_vc_check; borrowed from the claims
    uint8_t holder[SIGNER_POINT];
    const char *status_uri; // NULL: none
    uint64_t status_index;
    int64_t issued_at, not_before, expires; // 0: not there
};

// Takes a credential apart: typ dc+sd-jwt, an x5c. The caller checks the chain (vc->sd.issued.chain) and
// gives the signer's key to sd_jwt_vc_check. On error nothing is to be released.
enum jumin_error sd_jwt_vc_read(struct span text, struct sd_jwt_vc *vc, struct detail *detail);
void sd_jwt_vc_release(struct sd_jwt_vc *vc);
// sd_jwt_open, and: vct there; no reserved claim disclosed; valid at `now`; cnf.jwk there; status, if there,
// a list's index and URI. The status itself and the key binding (sd_jwt_check_binding) are the caller's.
enum jumin_error sd_jwt_vc_check(struct sd_jwt_vc *vc, const uint8_t issuer[SIGNER_POINT], int64_t now,
                                 int64_t leeway, struct detail *detail);
// The same by a key of P-256 that is kept.
enum jumin_error sd_jwt_vc_check_by(struct sd_jwt_vc *vc, const struct crypto_ec_key *issuer, int64_t now,
                                    int64_t leeway, struct detail *detail);

#endif
