// What the issuer's server does without being asked.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/publisher.h"

#include "host/issuer/status_internal.h"
#include "host/registry/handle.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    PAUSE_SECONDS = 1,
    UPKEEP_SECONDS = 60,
    LATE_SECONDS = 30, // beyond the period, after which the lists are not up to date
};

struct publisher {
    struct publisher_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t end;
    bool ending;
    int64_t upkeep_at;            // when what is over is deleted next
    bool introduced;              // the registry has what it is to have before the first list
    atomic_bool signs, publishes; // the last time
    atomic_int registry;          // enum publisher_registry
    atomic_llong well_at;         // when publishing last went well
    atomic_llong waiting;         // digests that the registry has not
    atomic_ullong published, failures, unrecorded;
};

// --- One round ---------------------------------------------------------------------------------------------------

static bool try_signer(const struct signer *signer)
{
    static const uint8_t digest[SIGNER_DIGEST] = {0};
    uint8_t signature[SIGNER_SIGNATURE];
    return signer->sign(signer->context, digest, signature);
}

static bool try_signers(const struct publisher *publisher)
{
    bool good = true;
    for (size_t i = 0; i < publisher->options.signer_count; i++) {
        good = try_signer(&publisher->options.signers[i]) && good;
    }
    return good;
}

// Who cannot sign leaves the period to another server.
static enum jumin_error publish(struct publisher *publisher, int64_t now, struct detail *detail)
{
    const struct publisher_options *options = &publisher->options;
    struct jumin_station *station = options->station;
    size_t count = 0;
    enum jumin_error error =
        try_signer(&options->status.signer)
            ? status_store_publish(station->database, &options->policy, &options->status, &station->random,
                                   now, &count, detail)
            : detail_set(detail, JUMIN_ERROR_CRYPTO, "the signer of status lists does not sign");
    if (error != JUMIN_OK && database_is_lost(station->database)) {
        (void)database_reconnect(station->database); // for the next round
    }
    if (error == JUMIN_OK) {
        atomic_fetch_add(&publisher->published, count);
        atomic_store(&publisher->well_at, now);
    } else {
        atomic_fetch_add(&publisher->failures, 1);
    }
    atomic_store(&publisher->publishes, error == JUMIN_OK);
    return error;
}

static enum jumin_error record_digests(struct jumin_registry *registry, const struct status_digest *digests,
                                       size_t count, int64_t now)
{
    struct registry_item items[STATUS_DIGESTS];
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct registry_item){
            .kind = JUMIN_REGISTRY_STATUS_LIST, .name = digests[i].uri, .digest = digests[i].digest};
    }
    return registry_handle_record(registry, items, count, now);
}

// A head over what was recorded, so that what is kept of it outside the database reaches as far.
static enum jumin_error sign_head(struct jumin_registry *registry, int64_t now)
{
    struct jumin_registry_head head;
    char *token = NULL;
    const enum jumin_error error = registry_handle_head(registry, now, &token, &head);
    if (error == JUMIN_OK) {
        free(token);
    }
    return error;
}

// What was missing when the server began.
static enum jumin_error introduce(struct publisher *publisher, int64_t now)
{
    const struct publisher_options *options = &publisher->options;
    if (publisher->introduced || options->introduce == NULL) {
        return JUMIN_OK;
    }
    const enum jumin_error error = options->introduce(options->context, options->registry, now);
    publisher->introduced = error == JUMIN_OK;
    return error;
}

// Digests that the registry has not. What the registry says; what goes wrong here comes again.
static enum jumin_error bring_digests(struct publisher *publisher, int64_t now, bool *brought)
{
    struct database *database = publisher->options.station->database;
    struct status_digest digests[STATUS_DIGESTS];
    struct detail detail = {""};
    size_t count = 0;
    enum jumin_error error = JUMIN_OK;
    do {
        if (status_store_digests(database, digests, &count, &detail) != JUMIN_OK || count == 0) {
            break;
        }
        error = record_digests(publisher->options.registry, digests, count, now);
        *brought |= error == JUMIN_OK;
    } while (error == JUMIN_OK && status_store_digests_done(database, digests, count, &detail) == JUMIN_OK &&
             count == STATUS_DIGESTS);
    return error;
}

// Brings the registry what it has not. One that does not answer holds up nothing, and gets all of it later.
static void record(struct publisher *publisher, int64_t now)
{
    struct database *database = publisher->options.station->database;
    struct jumin_registry *registry = publisher->options.registry;
    struct detail detail = {""};
    int64_t waiting = 0;
    bool brought =
        atomic_load(&publisher->registry) != PUBLISHER_TAKEN; // then it is asked, whatever there is
    enum jumin_error error = introduce(publisher, now);
    if (error == JUMIN_OK) {
        error = bring_digests(publisher, now, &brought);
    }
    if (error == JUMIN_OK && brought) {
        error = sign_head(registry, now);
    }
    if (error != JUMIN_OK) {
        atomic_fetch_add(&publisher->unrecorded, 1);
    }
    atomic_store(&publisher->registry, error == JUMIN_OK                  ? PUBLISHER_TAKEN
                                       : jumin_registry_is_away(registry) ? PUBLISHER_AWAY
                                                                          : PUBLISHER_REFUSED);
    if (status_store_digests_waiting(database, &waiting, &detail) == JUMIN_OK) {
        atomic_store(&publisher->waiting, waiting);
    }
}

static enum jumin_error round_of(struct publisher *publisher, struct detail *detail)
{
    const int64_t now = station_now(publisher->options.station);
    size_t done = 0;
    atomic_store(&publisher->signs, try_signers(publisher));
    const enum jumin_error error = publish(publisher, now, detail);
    if (error == JUMIN_OK && publisher->options.registry != NULL) {
        record(publisher, now);
    }
    if (error == JUMIN_OK && now >= publisher->upkeep_at) {
        (void)records_upkeep(publisher->options.station, &done);
        publisher->upkeep_at = now + UPKEEP_SECONDS;
    }
    return error;
}

// --- The thread --------------------------------------------------------------------------------------------------

// False: the end has come.
static bool wait_a_second(struct publisher *publisher)
{
    struct timespec until = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PAUSE_SECONDS;
    (void)pthread_mutex_lock(&publisher->lock);
    int woken = 0;
    while (!publisher->ending && woken == 0) {
        woken = pthread_cond_timedwait(&publisher->end, &publisher->lock, &until);
    }
    const bool ending = publisher->ending;
    (void)pthread_mutex_unlock(&publisher->lock);
    return !ending;
}

static void *run(void *context)
{
    struct publisher *publisher = context;
    struct detail detail = {{0}};
    while (wait_a_second(publisher)) {
        (void)round_of(publisher, &detail); // what goes wrong shows in publisher_is_well
    }
    return NULL;
}

static bool begin_thread(struct publisher *publisher)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&publisher->end, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    (void)pthread_mutex_init(&publisher->lock, NULL);
    if (pthread_create(&publisher->thread, NULL, run, publisher) == 0) {
        return true;
    }
    (void)pthread_cond_destroy(&publisher->end);
    (void)pthread_mutex_destroy(&publisher->lock);
    return false;
}

enum jumin_error publisher_start(struct publisher **publisher, const struct publisher_options *options,
                                 struct detail *detail)
{
    struct publisher *made = calloc(1, sizeof *made);
    *publisher = NULL;
    if (made == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    made->options = *options;
    made->options.policy.digests = options->registry != NULL;
    enum jumin_error error = round_of(made, detail);
    if (error == JUMIN_OK && !begin_thread(made)) {
        error = detail_set(detail, JUMIN_ERROR_MEMORY, "no thread can be begun");
    }
    if (error != JUMIN_OK) {
        free(made);
        return error;
    }
    *publisher = made;
    return JUMIN_OK;
}

void publisher_stop(struct publisher *publisher)
{
    if (publisher == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&publisher->lock);
    publisher->ending = true;
    (void)pthread_cond_signal(&publisher->end);
    (void)pthread_mutex_unlock(&publisher->lock);
    (void)pthread_join(publisher->thread, NULL);
    (void)pthread_cond_destroy(&publisher->end);
    (void)pthread_mutex_destroy(&publisher->lock);
    free(publisher);
}

bool publisher_signs(const struct publisher *publisher)
{
    return atomic_load(&publisher->signs);
}

bool publisher_publishes(const struct publisher *publisher)
{
    return atomic_load(&publisher->publishes);
}

bool publisher_is_well(const struct publisher *publisher, int64_t now)
{
    return now - atomic_load(&publisher->well_at) <= publisher->options.policy.period + LATE_SECONDS;
}

enum publisher_registry publisher_registry(const struct publisher *publisher)
{
    return (enum publisher_registry)atomic_load(&publisher->registry);
}

void publisher_count(const struct publisher *publisher, struct publisher_counts *counts)
{
    *counts = (struct publisher_counts){.published = atomic_load(&publisher->published),
                                        .failures = atomic_load(&publisher->failures),
                                        .unrecorded = atomic_load(&publisher->unrecorded),
                                        .waiting = atomic_load(&publisher->waiting),
                                        .well_at = atomic_load(&publisher->well_at)};
}
