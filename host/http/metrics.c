// What the server counts, in Prometheus' text format (version 0.0.4).
// SPDX-License-Identifier: Apache-2.0
#include "host/http/metrics.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLASSES = 5, LINE_MAX_BYTES = 256 };

static const int64_t bounds[] = {1, 5, 25, 100, 500, 2500, 10000}; // milliseconds
enum { BOUNDS = sizeof bounds / sizeof *bounds };

static const char *const refusals[METRICS_REFUSALS] = {"rate", "size", "busy", "slow"};

struct route_counts {
    const char *name;
    uint64_t answers[CLASSES]; // 1xx to 5xx
    uint64_t bytes, milliseconds, within[BOUNDS], all;
};

struct metrics {
    pthread_mutex_t lock;
    uint64_t refused[METRICS_REFUSALS], unnamed;
    size_t count;
    struct route_counts routes[];
};

struct metrics *metrics_new(const struct http_routes *tables, size_t count)
{
    size_t routes = 1;
    for (size_t t = 0; t < count; t++) {
        routes += tables[t].count;
    }
    struct metrics *made = calloc(1, sizeof *made + routes * sizeof made->routes[0]);
    if (made == NULL || pthread_mutex_init(&made->lock, NULL) != 0) {
        free(made);
        return NULL;
    }
    for (size_t t = 0; t < count; t++) {
        for (size_t r = 0; r < tables[t].count; r++) {
            made->routes[made->count++].name = tables[t].routes[r].name;
        }
    }
    made->routes[made->count++].name = "none";
    return made;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics != NULL) {
        (void)pthread_mutex_destroy(&metrics->lock);
        free(metrics);
    }
}

void metrics_count(struct metrics *metrics, size_t number, int status, size_t bytes, int64_t milliseconds)
{
    (void)pthread_mutex_lock(&metrics->lock);
    struct route_counts *route = &metrics->routes[number < metrics->count ? number : metrics->count - 1];
    if (status >= 100 && status < 600) {
        route->answers[status / 100 - 1]++;
    }
    route->bytes += bytes;
    route->milliseconds += (uint64_t)milliseconds;
    for (size_t i = 0; i < BOUNDS; i++) {
        route->within[i] += milliseconds <= bounds[i] ? 1 : 0;
    }
    route->all++;
    (void)pthread_mutex_unlock(&metrics->lock);
}

void metrics_refused(struct metrics *metrics, enum metrics_refusal why)
{
    (void)pthread_mutex_lock(&metrics->lock);
    metrics->refused[why]++;
    (void)pthread_mutex_unlock(&metrics->lock);
}

void metrics_unnamed(struct metrics *metrics)
{
    (void)pthread_mutex_lock(&metrics->lock);
    metrics->unnamed++;
    (void)pthread_mutex_unlock(&metrics->lock);
}

// --- The text ------------------------------------------------------------------------------------------------

__attribute__((format(printf, 2, 3))) static void put(struct writer *text, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= sizeof line) {
        text->overflow = true;
        return;
    }
    writer_put(text, span_of(line, (size_t)n));
}

static void head(struct writer *text, const char *name, const char *type, const char *help)
{
    put(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void gauge(struct writer *text, const char *name, const char *help, int64_t value)
{
    head(text, name, "gauge", help);
    put(text, "%s %" PRId64 "\n", name, value);
}

static void put_answers(const struct metrics *metrics, struct writer *text)
{
    head(text, "jumin_http_requests_total", "counter", "Requests answered, by route and status.");
    for (size_t r = 0; r < metrics->count; r++) {
        const struct route_counts *route = &metrics->routes[r];
        for (size_t c = 0; c < CLASSES; c++) {
            if (route->answers[c] > 0) {
                put(text, "jumin_http_requests_total{route=\"%s\",status=\"%zuxx\"} %" PRIu64 "\n",
                    route->name, c + 1, route->answers[c]);
            }
        }
    }
    head(text, "jumin_http_response_bytes_total", "counter", "Bytes of bodies sent, by route.");
    for (size_t r = 0; r < metrics->count; r++) {
        put(text, "jumin_http_response_bytes_total{route=\"%s\"} %" PRIu64 "\n", metrics->routes[r].name,
            metrics->routes[r].bytes);
    }
}

static void put_times(const struct metrics *metrics, struct writer *text)
{
    static const char name[] = "jumin_http_request_seconds";
    head(text, name, "histogram", "From a request's headers to its answer, by route.");
    for (size_t r = 0; r < metrics->count; r++) {
        const struct route_counts *route = &metrics->routes[r];
        if (route->all == 0) {
            continue;
        }
        for (size_t i = 0; i < BOUNDS; i++) {
            put(text, "%s_bucket{route=\"%s\",le=\"%" PRId64 ".%03" PRId64 "\"} %" PRIu64 "\n", name,
                route->name, bounds[i] / 1000, bounds[i] % 1000, route->within[i]);
        }
        put(text, "%s_bucket{route=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, route->name, route->all);
        put(text, "%s_sum{route=\"%s\"} %" PRIu64 ".%03" PRIu64 "\n", name, route->name,
            route->milliseconds / 1000, route->milliseconds % 1000);
        put(text, "%s_count{route=\"%s\"} %" PRIu64 "\n", name, route->name, route->all);
    }
}

void metrics_write(struct metrics *metrics, const struct metrics_gauges *gauges, struct writer *text)
{
    (void)pthread_mutex_lock(&metrics->lock);
    put_answers(metrics, text);
    put_times(metrics, text);
    head(text, "jumin_http_refused_total", "counter", "Requests that a limit has stopped.");
    for (size_t i = 0; i < METRICS_REFUSALS; i++) {
        put(text, "jumin_http_refused_total{limit=\"%s\"} %" PRIu64 "\n", refusals[i], metrics->refused[i]);
    }
    head(text, "jumin_http_unnamed_total", "counter",
         "Requests of which the proxy has told no address: they share one rate.");
    put(text, "jumin_http_unnamed_total %" PRIu64 "\n", metrics->unnamed);
    (void)pthread_mutex_unlock(&metrics->lock);
    gauge(text, "jumin_http_connections", "Connections that are open.", (int64_t)gauges->connections);
    gauge(text, "jumin_http_requests_active", "Requests under way.", (int64_t)gauges->active);
    gauge(text, "jumin_http_requests_waiting", "Requests that wait for a worker.", (int64_t)gauges->waiting);
    gauge(text, "process_start_time_seconds", "When the server has started.", gauges->started);
}
