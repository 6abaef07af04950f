// An HTTP client for programs, on libcurl, which nothing else knows.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_CLIENT_CURL_H
#define JUMIN_HOST_HTTP_CLIENT_CURL_H

#include "host/mobile/http_client.h"

struct client_curl;

struct client_curl_options {
    bool allow_http;         // http:// is taken as well: for tests, and for a server on this machine
    const char *authorities; // PEM: who may vouch for servers, in place of the system's; NULL: the system's
    const char *agent;       // User-Agent; NULL: "jumin"
    bool (*go_on)(void *context); // asked again and again while an answer is waited for; NULL: always
    void *context;
};

// NULL: no memory. Keeps connections open between requests. A server's certificate and name are checked,
// always; no redirect is followed, no cookie kept.
struct client_curl *client_curl_new(const struct client_curl_options *options);
void client_curl_free(struct client_curl *curl); // NULL is allowed
// As long as `curl` lives.
struct http_client client_curl_client(struct client_curl *curl);

#endif
