// A phone that is a program reaches the issuer's server over HTTPS.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HTTP_H
#define JUMIN_HTTP_H

#include <jumin/verifier_remote.h>

// Keeps its connection open between requests; for one thread at a time.
struct jumin_http;

struct jumin_http_options {
    bool allow_http;         // http:// is taken as well: for a server on this machine
    const char *authorities; // a PEM file: who may vouch for servers; NULL: whom the system believes
    // Asked again and again, at least once a second, while an answer is waited for: false ends the call with
    // JUMIN_ERROR_CANCELLED. NULL: always true.
    bool (*go_on)(void *context);
    void *context;
    unsigned seconds; // most time for all of one answer, but for a wallet's; 0: 30
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

// --- A till before its venue's server ------------------------------------------------------------------------------

// <jumin/verifier_server.h>
struct jumin_http_venue {
    const char *url; // its base_url
    const char *secret;
};
// Has the server open a request, which the till shows as a QR code. As jumin_remote_open, and the errors
// above; JUMIN_ERROR_ACCESS_DENIED: another secret.
JUMIN_EXPORT enum jumin_error jumin_http_open_request(struct jumin_http *http,
                                                      const struct jumin_http_venue *venue,
                                                      enum jumin_purpose purpose, unsigned formats,
                                                      struct jumin_remote_opened *opened);
// What has become of it, as jumin_remote_result has it; jumin_remote_result_release.
// JUMIN_ERROR_ACCESS_DENIED: another secret, or another response code. JUMIN_ERROR_LINK, _TIMEOUT: ask again
// soon: a result that was on its way is told again for 30 seconds.
JUMIN_EXPORT enum jumin_error jumin_http_request_result(struct jumin_http *http,
                                                        const struct jumin_http_venue *venue,
                                                        const char *handle, const char *response_code,
                                                        struct jumin_remote_result *result);

#endif
