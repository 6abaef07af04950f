// The inside of a venue's open requests.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_VERIFIER_REMOTE_INTERNAL_H
#define JUMIN_HOST_VERIFIER_REMOTE_INTERNAL_H

#include "host/verifier/judging.h"
#include "host/verifier/remote.h"

struct remote_request {
    enum jumin_remote_state state; // JUMIN_REMOTE_UNKNOWN: the place is free
    enum jumin_purpose purpose;
    int64_t issued, expires;
    int64_t told; // when its result was read first; 0: not yet
    char id[REMOTE_ID + 1], handle[REMOTE_ID + 1], nonce[REMOTE_ID + 1], answer_state[REMOTE_ID + 1],
        key_id[REMOTE_ID + 1], response_code[REMOTE_ID + 1];
    bool has_key;
    struct crypto_ec_key key; // that the answer is encrypted to; `signer` is its
    struct signer signer;
    uint8_t thumbprint[JWK_THUMBPRINT];
    struct dcql_query query;
    json_t *verdict;
    enum jumin_error error;
    struct detail detail;
};

struct remote_verifier {
    struct remote_options options;
    struct signer signer;
    char client_id[VP_TEXT_MAX];
    char *base_url, *secret, *redirect_uri; // that the options point to
    pthread_mutex_t lock;                   // of the requests and the signer
    struct judging judging;
    struct remote_request *requests; // options.open_max places
    uint64_t opened, ended[REMOTE_STATES];
};

// Wipes a place and frees it.
void remote_forget(struct remote_request *request);
// The open request with that id; NULL: none, expired, or answered already.
struct remote_request *remote_find(struct remote_verifier *verifier, const char *id, int64_t now);
void remote_response_uri(const struct remote_verifier *verifier, const struct remote_request *request,
                         char uri[VP_TEXT_MAX]);

#endif
