// A transport that takes as long as the air would.
// SPDX-License-Identifier: Apache-2.0
#include "host/transport/link_model.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "host/transport/transport.h"

enum { NANOSECONDS = 1000000000 };

struct modelled {
    struct jumin_transport *inner;
    struct jumin_link_model model;
    struct link_clock clock;
    uint64_t elapsed; // air time so far
    uint64_t late;    // by how much the last sleep ended late
};

static enum jumin_error model_connect(void *context)
{
    struct modelled *modelled = context;
    modelled->late = 0;
    return jumin_transport_connect(modelled->inner);
}

static enum jumin_error model_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                       size_t capacity, size_t *length)
{
    struct modelled *modelled = context;
    const enum jumin_error error =
        jumin_transport_transmit(modelled->inner, command, n, response, capacity, length);
    if (error != JUMIN_OK) {
        return error;
    }
    const uint64_t air = jumin_link_model_time(&modelled->model, n, *length);
    modelled->elapsed += air;
    // A sleep that ends late shortens the next, so that lateness does not add up.
    const uint64_t now = modelled->clock.now(modelled->clock.context);
    const uint64_t end = now + (air > modelled->late ? air - modelled->late : 0);
    modelled->late -= air < modelled->late ? air : modelled->late;
    if (end > now) {
        modelled->clock.sleep_until(modelled->clock.context, end);
        const uint64_t woken = modelled->clock.now(modelled->clock.context);
        modelled->late = woken > end ? woken - end : 0;
    }
    return JUMIN_OK;
}

static void model_disconnect(void *context)
{
    const struct modelled *modelled = context;
    jumin_transport_disconnect(modelled->inner);
}

static void model_limits(void *context, struct jumin_limits *limits)
{
    const struct modelled *modelled = context;
    jumin_transport_limits(modelled->inner, limits);
}

static const char *model_detail(void *context)
{
    const struct modelled *modelled = context;
    return jumin_transport_detail(modelled->inner);
}

static void model_release(void *context)
{
    struct modelled *modelled = context;
    jumin_transport_free(modelled->inner);
    free(modelled);
}

static const struct jumin_transport_functions model_functions = {
    model_connect, model_transmit, model_disconnect, model_limits, model_detail, model_release,
};

enum jumin_error link_model_new(struct jumin_transport **transport, struct jumin_transport *inner,
                                const struct jumin_link_model *model, const struct link_clock *clock)
{
    if (transport == NULL || inner == NULL || !jumin_link_model_valid(model)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct modelled *modelled = calloc(1, sizeof *modelled);
    if (modelled == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    *modelled = (struct modelled){.inner = inner, .model = *model, .clock = *clock};
    const enum jumin_error error = jumin_transport_new(transport, &model_functions, modelled);
    if (error != JUMIN_OK) {
        free(modelled);
    }
    return error;
}

// --- The machine's clock -----------------------------------------------------------------------------------

static uint64_t machine_now(void *context)
{
    struct timespec t;
    (void)context;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NANOSECONDS + (uint64_t)t.tv_nsec;
}

static void machine_sleep_until(void *context, uint64_t time)
{
    const struct timespec t = {(time_t)(time / NANOSECONDS), (long)(time % NANOSECONDS)};
    (void)context;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
    }
}

enum jumin_error jumin_link_model_new(struct jumin_transport **transport, struct jumin_transport *inner,
                                      const struct jumin_link_model *model)
{
    const struct link_clock machine = {machine_now, machine_sleep_until, NULL};
    return link_model_new(transport, inner, model, &machine);
}

uint64_t jumin_link_model_elapsed(const struct jumin_transport *transport)
{
    const struct modelled *modelled = transport_context(transport, &model_functions);
    return modelled == NULL ? 0 : modelled->elapsed;
}
