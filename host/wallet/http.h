// The inside of <jumin/http.h>.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_WALLET_HTTP_H
#define JUMIN_HOST_WALLET_HTTP_H

#include "host/http/client_curl.h"
#include <jumin/http.h>

struct jumin_http {
    struct client_curl *curl;
    struct http_client client;
    unsigned seconds;
    struct http_client_answer answer; // the last one
    struct detail detail;
};

// The last answer is a refusal: its error, and what the server says of it in the detail.
enum jumin_error http_refused(struct jumin_http *http);

#endif
