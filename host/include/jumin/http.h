// A phone that is a program reaches the issuer's server over HTTPS.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HTTP_H
#define JUMIN_HTTP_H

#include <jumin/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Keeps its connection open between requests; for one thread at a time.
struct jumin_http;

struct jumin_http_options {
    bool allow_http;         // http:// is taken as well: for a server on this machine
    const char *authorities; // a PEM file: who may vouch for servers; NULL: whom the system believes
};

JUMIN_EXPORT enum jumin_error jumin_http_new(struct jumin_http **http,
                                             const struct jumin_http_options *options);
// NULL is allowed.
JUMIN_EXPORT void jumin_http_free(struct jumin_http *http);
JUMIN_EXPORT const char *jumin_http_detail(const struct jumin_http *http);

// Brings a message of jumin_pipe_next to the server at `url` ("https://…/binding") and fetches its answer,
// which belongs to `http` until the next call. JUMIN_ERROR_INPUT      the URL is none, or not by https
// JUMIN_ERROR_LINK       no connection, or no TLS with that server
// JUMIN_ERROR_TIMEOUT    no answer in time
// JUMIN_ERROR_MALFORMED  the answer is none
// Others: the server refuses, with the error of its authenticator.
JUMIN_EXPORT enum jumin_error jumin_http_bind(struct jumin_http *http, const char *url,
                                              const uint8_t *message, size_t n, const uint8_t **answer,
                                              size_t *answer_length);

// Fetches what lies at `url` as that media type: `*body` is malloc'ed. JUMIN_ERROR_MALFORMED: it is of
// another type; JUMIN_ERROR_ACCESS_DENIED: another status than 200; others as above. A verifier fetches
// status lists with it (struct jumin_verifier_network).
JUMIN_EXPORT enum jumin_error jumin_http_get(struct jumin_http *http, const char *url, const char *type,
                                             uint8_t **body, size_t *n);

// Has the wallet use it, for as long as both live.
struct jumin_wallet;
JUMIN_EXPORT void jumin_http_for_wallet(struct jumin_http *http, struct jumin_wallet *wallet);

#endif
