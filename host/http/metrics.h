// What the server counts, in Prometheus' text format. Nothing about anybody.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_METRICS_H
#define JUMIN_HOST_HTTP_METRICS_H

#include "host/http/http.h"

enum metrics_refusal {
    METRICS_TOO_MANY, // over an address's rate: 429
    METRICS_TOO_LONG, // body or headers: 413, 431
    METRICS_BUSY,     // no worker free in time: 503
    METRICS_TOO_SLOW, // cut off
    METRICS_REFUSALS,
};

// For several threads.
struct metrics;

// Over the routes of the tables, which must outlive it; and one more for what leads nowhere, which has the
// number after the last route. NULL: no memory.
struct metrics *metrics_new(const struct http_routes *tables, size_t count);
void metrics_free(struct metrics *metrics); // NULL is allowed
void metrics_count(struct metrics *metrics, size_t number, int status, size_t bytes, int64_t milliseconds);
void metrics_refused(struct metrics *metrics, enum metrics_refusal why);
// Behind a proxy: it has named no address.
void metrics_unnamed(struct metrics *metrics);

struct metrics_gauges {
    size_t connections, active, waiting; // open; requests under way; those of them that wait for a worker
    int64_t started;                     // seconds since 1970
};
void metrics_write(struct metrics *metrics, const struct metrics_gauges *gauges, struct writer *text);

#endif
