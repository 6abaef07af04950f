// An HTTP client as wallets and verifiers see it: one request, one answer. A phone brings its own; a program
// has client_curl.h.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_HTTP_CLIENT_H
#define JUMIN_HOST_MOBILE_HTTP_CLIENT_H

#include "host/detail.h"
#include "host/mobile/http_message.h"

enum {
    HTTP_CLIENT_HEADERS = 32,    // of an answer; those behind are left out
    HTTP_CLIENT_ANSWER = 262144, // bytes of a body, unless the request says otherwise
    HTTP_CLIENT_SECONDS = 30,    // for all of it, unless the request says otherwise
};

struct http_client_request {
    const char *method;                // "GET", "POST"
    const char *url;                   // absolute
    const char *type;                  // Content-Type of the body; NULL without one
    const struct http_header *headers; // others: "Authorization", "DPoP"; no line breaks in them
    size_t header_count;
    struct span body;
    size_t answer_max; // most bytes of the answer's body; 0: HTTP_CLIENT_ANSWER
    unsigned seconds;  // most time for all of it; 0: HTTP_CLIENT_SECONDS
};

// Of whatever status: 400 is an answer, too. Released by http_client_answer_release.
struct http_client_answer {
    int status;
    struct http_header headers[HTTP_CLIENT_HEADERS]; // texts are the answer's
    size_t header_count;
    char *texts[HTTP_CLIENT_HEADERS]; // name and value of each, from malloc
    uint8_t *body; // `n` bytes and a zero byte behind them; from malloc, never NULL after success
    size_t n;
};

// Used by one thread at a time; a copy is the same client.
struct http_client {
    // Fills `answer`, which is all zero before, and on failure after. Follows no redirect: it is an answer.
    // JUMIN_ERROR_INPUT     the URL is none, or not one that this client takes (http:// where it must be
    // https) JUMIN_ERROR_LINK no connection, no TLS, or the server went away JUMIN_ERROR_TIMEOUT   it
    // takes too long JUMIN_ERROR_MALFORMED the answer is no HTTP, or longer than allowed `detail` says which;
    // it holds no query, header or body.
    enum jumin_error (*ask)(void *context, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *detail);
    void *context;
};

enum jumin_error http_client_ask(const struct http_client *client, const struct http_client_request *request,
                                 struct http_client_answer *answer, struct detail *detail);
// Wipes and frees the body and the headers' texts. All zero is allowed, and what it is afterwards.
void http_client_answer_release(struct http_client_answer *answer);
// The answer's Content-Type; "" when it has none.
const char *http_client_answer_type(const struct http_client_answer *answer);
// Copies a field into the answer, for those who make clients. False: no memory; a field too many is left out.
bool http_client_answer_add(struct http_client_answer *answer, struct span name, struct span value);

#endif
