// A wallet before the issuer's handlers, as it meets them over HTTP: requests with tokens and proofs, and
// answers.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_ISSUER_HTTP_STAGE_H
#define JUMIN_TESTS_ISSUER_HTTP_STAGE_H

#include "host/issuer/issuer.h"
#include "host/mobile/issuer_signed.h"
#include "tests/mobile/issuer_stage.h"
#include "tests/mobile/x5chain_stage.h"

#define BASE "https://issuer.example"
#define MDOC "kr.jumin.resident.1.mdoc"
#define SD_JWT "kr.jumin.resident.1.sd-jwt"
#define CALL_CENTRE "secret of the call centre"
#define HTTP_TEST(test) cmocka_unit_test_setup_teardown(test, issuer_http_open, issuer_http_close)

// A key pair whose secret is 31 zeros and a number.
struct party {
    struct crypto_ec_key key;
    struct signer signer;
};
extern struct party phone, other_phone, sd_jwt_signer, copies[4];
extern struct issuer *issuer;
extern struct http_response response;
extern json_t *answer;                        // of the last request
extern char number[JUMIN_APPLICATION_NUMBER]; // handed over
extern char access_token[RECORDS_SECRET], refresh_token[RECORDS_SECRET];
extern bool is_ready; // what the signers say

// An issuer with the usual options, status lists, and somebody with a card.
int issuer_http_open(void **state);
int issuer_http_close(void **state);
struct issuer_options issuer_http_options(void);
void issuer_with(const struct issuer_options *with);

struct ask {
    const char *method, *path, *type, *authorization, *dpop;
    struct span body;
};
void send_ask(const struct ask *ask);
// A text in the last answer; "": it has none.
const char *said(const char *member);
void assert_answer(int status, const char *error);
const char *response_header(const char *name);

// A proof for that path, in one of some buffers.
const char *dpop(const struct party *by, const char *path, const char *token);
void post_token(const char *form, const char *proof);
// A form with the code of a new offer and what stands on its receipt.
const char *new_form(void);
void keep_tokens(void);
// Redeems a new offer by `phone`.
void redeem(void);
// A request with the token, by that phone; `body` is taken.
void post_by(const struct party *by, const char *path, json_t *body);
void post(const char *path, json_t *body);
const char *fresh_nonce(void);
json_t *proof_with(const struct party *by, const char *audience, const char *nonce, const char *attestation);
// Proofs of the first `count` copies' keys.
json_t *proofs(size_t count);
// A request for that configuration; `given`, its proofs, is taken.
json_t *wish(const char *configuration, json_t *given);
// The credential of that index in the last answer is an mdoc with the copy's key. `parsed` points into
// `bytes`.
void check_mdoc(size_t index, struct issuer_signed *parsed, uint8_t bytes[], size_t capacity);

#endif
