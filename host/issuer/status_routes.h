// The status lists over HTTP, as Token Status List has them.
// SPDX-License-Identifier: Apache-2.0
//
// GET /status/NUMBER         the token, in the media type of its format; 304 for a publication that is known
// GET /status-lists/FORMAT   {"status_lists": [uri, …]}; FORMAT is jwt or cwt
#ifndef JUMIN_HOST_ISSUER_STATUS_ROUTES_H
#define JUMIN_HOST_ISSUER_STATUS_ROUTES_H

#include "host/http/http.h"
#include "host/station/station_internal.h"

struct status_service {
    struct jumin_station *const *stations; // one a worker
    size_t count;
};

// `service` must outlive the server.
struct http_routes status_routes(struct status_service *service);

#endif
