// Status List Tokens: signed status lists as JWT (for SD-JWT VC) and as CWT (for mdoc), Token Status List §5.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_STATUS_TOKEN_H
#define JUMIN_HOST_MOBILE_STATUS_TOKEN_H

#include "host/mobile/signer.h"
#include "host/mobile/status_claims.h"

enum status_format { STATUS_JWT = 0, STATUS_CWT = 1 };

enum {
    STATUS_TOKEN_MAX = 1 << 22, // bytes
    STATUS_CHAIN_MAX = 4,       // certificates that name the signer
    STATUS_CLOCK_SKEW = 60,     // seconds by which an issuer's clock may be ahead
};

// "application/statuslist+jwt", "application/statuslist+cwt": for Accept and Content-Type (§8.1).
const char *status_media_type(enum status_format format);

// Who signs: the key, and its certificates in DER, its own first, without the root. Borrowed.
struct status_signer {
    struct signer signer;
    const struct span *chain;
    size_t count;
};

// Signs claims (as a CWT with exp: ISO 18013-5, second edition) and packed list with ES256. `*token` is
// malloc'ed: the text of a JWT without a zero byte, or the bytes of a COSE_Sign1 with tag 18.
enum jumin_error status_token_make(enum status_format format, const struct status_claims *claims,
                                   struct span packed, const struct status_signer *signer, uint8_t **token,
                                   size_t *n);

// Whom a verifier trusts. `key` judges the chain as one of a signer of status lists at `now` and gives its
// P-256 public key; any error with its reason refuses the token.
struct status_trust {
    enum jumin_error (*key)(void *context, const struct span *chain, size_t count, int64_t now,
                            uint8_t point[SIGNER_POINT], struct detail *detail);
    void *context;
};

// A token that was found good. Zeroed, or filled by status_token_open; owns its list and its chain.
struct status_token {
    struct status_claims claims;
    uint8_t digest[32]; // SHA-256 of the token
    uint8_t *packed;
    size_t n;
    uint8_t *certificates; // what `chain` points into
    struct span chain[STATUS_CHAIN_MAX];
    size_t chain_count;
};

// In this order (§8.3): type and signature (of a CWT, x5chain is protected, and exp is there: ISO 18013-5,
// second edition), `sub` is the uri asked for, iat, exp, bounded expansion. On
// failure the token is as zeroed. JUMIN_ERROR_MALFORMED: not the shape, another type or another sub;
// JUMIN_ERROR_SIGNATURE; JUMIN_ERROR_NOT_VALID_NOW; JUMIN_ERROR_MEMORY; or what `trust` says.
enum jumin_error status_token_open(enum status_format format, struct span bytes, const char *uri, int64_t now,
                                   const struct status_trust *trust, struct status_token *token,
                                   struct detail *detail);
// For a token that was opened before: whether who signed it is trusted now, too, and by who asks now.
enum jumin_error status_token_judge(const struct status_token *token, int64_t now,
                                    const struct status_trust *trust, struct detail *detail);
// … and its times.
enum jumin_error status_token_check_times(const struct status_token *token, int64_t now,
                                          struct detail *detail);
// The status at an index. JUMIN_ERROR_MALFORMED: the list does not have it.
enum jumin_error status_token_status(const struct status_token *token, uint64_t index, unsigned *status,
                                     struct detail *detail);
void status_token_release(struct status_token *token);

#endif
