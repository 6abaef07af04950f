// The inside of struct issuer, and what its routes share.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_ISSUER_ISSUER_INTERNAL_H
#define JUMIN_HOST_ISSUER_ISSUER_INTERNAL_H

#include "host/issuer/attestation.h"
#include "host/issuer/issuer.h"

#define ISSUER_MDOC OFFER_MDOC
#define ISSUER_SD_JWT OFFER_SD_JWT
#define ISSUER_PRE_AUTHORIZED OFFER_PRE_AUTHORIZED

enum {
    ISSUER_URL_MAX = 256,
    ISSUER_BATCH = 10,
    ISSUER_BODY_MAX = 256 * 1024,
    ISSUER_FORM_MAX = 8192,
    ISSUER_PROOF_WINDOW = 300, // seconds that a proof may be old
    ISSUER_LEEWAY = 60,        // and lie ahead
    ISSUER_INTERVAL = 5,       // seconds after which a deferred request is asked for again
};

struct issuer {
    struct issuer_options options;
    json_t *metadata, *server_metadata;
};

// Metadata; of the caller's. NULL: no memory.
json_t *issuer_metadata(const struct issuer *issuer);
json_t *issuer_server_metadata(const struct issuer *issuer);

// The handle of the request's worker; NULL: a worker too many.
struct jumin_station *issuer_station(const struct issuer *issuer, const struct http_request *request);
// Answers a refusal of the records: 400, 401 or 403 with its name and sentence, 503 where the fault is here.
void issuer_refuse(const struct jumin_station *station, enum jumin_error error,
                   const struct records_refusal *refusal, struct http_response *response);
// The one DPoP header, checked for this request at that path; `access`: the token it must belong to, "" for
// none. False: answered with 400, or 401 where there is a token. `proof->jti` points into `kept`.
struct issuer_proof {
    char jti[129];
};
bool issuer_proof(const struct issuer *issuer, const struct http_request *request, const char *path,
                  const char *access, struct issuer_proof *kept, struct records_proof *proof,
                  struct http_response *response);
// Token and proof of a request at that path. False: answered. `grant` is the caller's to release.
bool issuer_authorize(const struct issuer *issuer, const struct http_request *request, const char *path,
                      struct records_grant *grant, struct http_response *response);
// A body in JSON, an object without a member twice; of the caller's. NULL: answered with 400 and `oauth`.
json_t *issuer_body(const struct http_request *request, const char *oauth, struct http_response *response);
// Whether a signer's certificate is good for a while. False: answered with 503, before anything is used up.
bool issuer_can_sign(const struct issuer *issuer, const struct issuer_signer *signer,
                     const struct http_request *request, struct http_response *response);
// {credential_issuer, …, grants} with that code.
json_t *issuer_offer_json(const struct issuer *issuer, const struct records_offer *offer);

// --- Proofs (proofs.c) -----------------------------------------------------------------------------------------

// The keys that a request proves, each for one copy.
struct issuer_keys {
    uint8_t keys[STATUS_BATCH_MAX][SIGNER_POINT];
    size_t count;
    struct records_nonces nonces; // that the proofs carry
};
// What is wrong with a request. `oauth` static.
struct issuer_fault {
    const char *oauth;
    struct detail detail;
};
// `proofs`: the member of the request that came with that grant's token. False: `fault`.
bool issuer_take_keys(const struct issuer *issuer, const struct jumin_station *station,
                      const struct records_grant *grant, const json_t *proofs, struct issuer_keys *keys,
                      struct issuer_fault *fault);

// --- What the bound key says of others (voucher.c) ----------------------------------------------------------

// Whether this is what a wallet's key says of others, in place of a provider.
bool voucher_is_one(const struct key_attestation *attestation);
// Believes it of the grant's own device key, which a provider has attested when a card was bound to it, and
// for the proof of that nonce. False: `fault`.
bool voucher_believe(const struct issuer *issuer, const struct jumin_station *station,
                     const struct records_grant *grant, const struct key_attestation *voucher,
                     const char *nonce, struct issuer_fault *fault);

// --- Copies (copies.c) -----------------------------------------------------------------------------------------

// A text that grows; personal. All zero: empty.
struct issuer_text {
    uint8_t *p; // owned
    size_t n, capacity;
};
bool issuer_text_put(struct issuer_text *text, struct span bytes);
// Wipes it.
void issuer_text_release(struct issuer_text *text);

// Writes {"credential":"…"} for each key behind `credentials`, with commas: a batch is too long to be built
// in memory first. JUMIN_ERROR_INPUT: the person file cannot be said in the format; JUMIN_ERROR_CRYPTO: a
// signer has failed; the sentence in `detail`.
enum jumin_error issuer_make_copies(const struct issuer *issuer, struct jumin_station *station,
                                    const struct records_grant *grant, enum status_format format,
                                    const struct issuer_keys *keys, const struct status_reference *references,
                                    struct issuer_text *credentials, struct detail *detail);

// --- Handlers --------------------------------------------------------------------------------------------------

void issuer_token(void *context, const struct http_request *request, struct http_response *response);
void issuer_credential(void *context, const struct http_request *request, struct http_response *response);
void issuer_deferred(void *context, const struct http_request *request, struct http_response *response);
void issuer_provision(void *context, const struct http_request *request, struct http_response *response);
void issuer_portrait(void *context, const struct http_request *request, struct http_response *response);
void issuer_notification(void *context, const struct http_request *request, struct http_response *response);

#endif
