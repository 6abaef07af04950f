// What a wallet says to an issuer, and hears: JSON over HTTP, with DPoP where the issuer takes it (RFC 9449).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_WALLET_EXCHANGE_H
#define JUMIN_HOST_WALLET_EXCHANGE_H

#include "host/mobile/dpop.h"
#include "host/wallet/wallet_internal.h"

enum {
    EXCHANGE_ANSWER_MAX = 8 << 20, // a batch with portraits
    EXCHANGE_SESSION = 128,
};

// One talk with an issuer. Servers may want a nonce of theirs in proofs (§8, §9): the token's end one, the
// others another.
struct wallet_exchange {
    struct jumin_wallet *wallet;
    int64_t now;
    char nonces[2][DPOP_NONCE_MAX + 1];
};

struct exchange_request {
    const char *url;
    const char *type; // of the body
    struct span body;
    bool dpop;                        // with a proof by the device key
    const struct wallet_grant *grant; // whose access token goes with it; NULL: none
};
// Release it with exchange_release. `json` is NULL where the body is none.
struct exchange_answer {
    int status;
    json_t *json;
    uint8_t *body;
    size_t n;
    char type[64];
    char session[EXCHANGE_SESSION]; // header Jumin-Session; "" without
};

// An answer of whatever status is a success. The network's errors; JUMIN_ERROR_LINK when there is no network.
enum jumin_error exchange_get(struct wallet_exchange *exchange, const char *url,
                              struct exchange_answer *answer);
// Sends once more with the server's nonce when it asks for it.
enum jumin_error exchange_post(struct wallet_exchange *exchange, const struct exchange_request *request,
                               struct exchange_answer *answer);
// The same with JSON.
enum jumin_error exchange_post_json(struct wallet_exchange *exchange, const char *url,
                                    const struct wallet_grant *grant, const json_t *body,
                                    struct exchange_answer *answer);
void exchange_release(struct exchange_answer *answer);
// The `error` of an answer; "" without.
const char *exchange_error(const struct exchange_answer *answer);
// Sets the detail to the server's words, without control characters: "`what`: invalid_grant: the code …".
// JUMIN_ERROR_ACCESS_DENIED; JUMIN_ERROR_LINK for a fault of the server.
enum jumin_error exchange_refused(const struct wallet_exchange *exchange,
                                  const struct exchange_answer *answer, const char *what);
// Where the holder has stopped it (JUMIN_ERROR_CANCELLED), adds to the detail what that means; gives `error`
// back.
enum jumin_error exchange_stopped(const struct wallet_exchange *exchange, enum jumin_error error,
                                  const char *meaning);
#define EXCHANGE_UNUSED "the offer can be taken again"

#endif
