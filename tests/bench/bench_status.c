// What status lists cost a whole country: building, size, changing one, and what a verifier fetches.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/status_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    PEOPLE = 45000000, // of 17 years and older
    COPIES = 10,
    SAMPLES = 4, // lists that are built for each figure
    LOCKS = 200,
    START = 1800000000,
};

static const double shares[] = {0, 0.0001, 0.001, 0.01, 0.02}; // of statuses that are not valid

static struct crypto_random source;
static struct status_signer status_signer;

static double now(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(const char *what, enum jumin_error error, const char *detail)
{
    if (error != JUMIN_OK) {
        (void)fprintf(stderr, "%s: %s: %s\n", what, jumin_error_name(error), detail);
        exit(EXIT_FAILURE);
    }
}

static double shards_of(void)
{
    return (double)PEOPLE * (double)COPIES / (double)STATUS_SHARD_ENTRIES;
}

// --- A list --------------------------------------------------------------------------------------------------------

static void fill(uint8_t *packed, size_t n, unsigned bits, double share)
{
    const uint32_t count = (uint32_t)(share * (double)STATUS_SHARD_ENTRIES);
    memset(packed, 0, n);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = 0;
        (void)source.fill(source.context, (uint8_t *)&index, sizeof index);
        (void)status_list_set(packed, n, bits, index % STATUS_SHARD_ENTRIES, STATUS_INVALID);
    }
}

struct cost {
    double seconds, bytes; // of one token
};

static struct cost measure(enum status_format format, double share)
{
    const unsigned bits = format == STATUS_CWT ? 1 : 2;
    const size_t n = (size_t)STATUS_SHARD_ENTRIES * bits / 8;
    const struct status_claims claims = {.uri = "https://issuer.example/status/100",
                                         .issued_at = START,
                                         .expires_at = START + 86400,
                                         .time_to_live = 30,
                                         .bits = bits};
    struct cost cost = {0};
    uint8_t *packed = malloc(n);
    for (unsigned i = 0; packed != NULL && i < SAMPLES; i++) {
        uint8_t *token = NULL;
        size_t length = 0;
        fill(packed, n, bits, share);
        const double start = now();
        must("token", status_token_make(format, &claims, span_of(packed, n), &status_signer, &token, &length),
             "");
        cost.seconds += (now() - start) / (int)SAMPLES;
        cost.bytes += (double)length / (int)SAMPLES;
        free(token);
    }
    free(packed);
    return cost;
}

static void print_lists(void)
{
    static const char *const names[] = {"JWT, 2 bits", "CWT, 1 bit"};
    (void)printf("%d people, %d copies, two formats: 2 x %.0f lists of %d\n\n", (int)PEOPLE, (int)COPIES,
                 shards_of(), (int)STATUS_SHARD_ENTRIES);
    (void)printf("%-12s %10s %12s %12s %14s\n", "", "not valid", "a list", "built in", "all of them");
    for (size_t f = 0; f < 2; f++) {
        for (size_t s = 0; s < sizeof shares / sizeof shares[0]; s++) {
            const struct cost cost = measure(f == 0 ? STATUS_JWT : STATUS_CWT, shares[s]);
            (void)printf("%-12s %8.2f %% %9.1f kB %9.2f ms %7.1f MB %5.1f s\n", names[f], 100 * shares[s],
                         cost.bytes / 1e3, 1e3 * cost.seconds, cost.bytes * shards_of() / 1e6,
                         cost.seconds * shards_of());
        }
    }
}

// --- A lock ----------------------------------------------------------------------------------------------------------

static void transaction(struct database *database, int64_t credential, bool lock)
{
    static struct status_reference references[COPIES];
    struct detail detail = {0};
    must("begin", database_begin(database), database_detail(database));
    for (unsigned f = 0; !lock && f < 2; f++) {
        must("allocate",
             status_store_allocate(database, credential, f == 0 ? STATUS_JWT : STATUS_CWT, COPIES,
                                   START + 90 * 86400, &source, references, &detail),
             detail.text);
    }
    if (lock) {
        must("lock", status_store_set(database, credential, STATUS_SUSPENDED, &detail), detail.text);
    }
    must("commit", database_commit(database), database_detail(database));
}

// One server with its database, as full as LOCKS people make it.
static void print_locks(const char *url, const struct status_policy *policy)
{
    static const struct database_migration migrations[] = {{"status lists", status_store_tables},
                                                           {"status history", status_store_history}};
    struct database *database = NULL;
    struct detail detail = {0};
    size_t made = 0, again = 0;
    must("open", database_open(&database, url), "");
    must("tables", database_migrate(database, migrations, 2), database_detail(database));
    must("publish", status_store_publish(database, policy, &status_signer, &source, START, &made, &detail),
         detail.text);
    const double start = now();
    for (int64_t i = 0; i < LOCKS; i++) {
        transaction(database, i, false);
    }
    const double issued = now();
    for (int64_t i = 0; i < LOCKS; i++) {
        transaction(database, i, true);
    }
    const double locked = now();
    must("publish",
         status_store_publish(database, policy, &status_signer, &source, START + policy->period, &again,
                              &detail),
         detail.text);
    const double published = now();
    (void)printf("\nplaces for %d copies in both formats   %7.2f ms\n", (int)COPIES,
                 (issued - start) * 1e3 / (int)LOCKS);
    (void)printf("changing one person (%d statuses)       %7.2f ms\n", 2 * COPIES,
                 (locked - issued) * 1e3 / (int)LOCKS);
    (void)printf("publishing %zu lists                     %7.2f ms\n", again, (published - locked) * 1e3);
    database_close(database);
}

// --- A verifier --------------------------------------------------------------------------------------------------------

// Who asks for a list each time a copy is shown, or loads all lists of its format once a day.
static void print_verifier(const struct status_policy *policy)
{
    static const double showings[] = {50, 500, 5000};
    const double share = 0.001, day = 86400;
    const double bytes = measure(STATUS_CWT, share).bytes;
    (void)printf("\na verifier's day (CWT, %.1f %% not valid, ttl %lld s):\n", 100 * share,
                 (long long)policy->time_to_live);
    for (size_t i = 0; i < sizeof showings / sizeof showings[0]; i++) {
        const double most = shards_of() * day / (double)policy->time_to_live;
        (void)printf("  %5.0f showings, online: at most %8.1f MB\n", showings[i],
                     (showings[i] < most ? showings[i] : most) * bytes / 1e6);
    }
    (void)printf("  all lists once, for being offline: %8.1f MB\n", shards_of() * bytes / 1e6);
    (void)printf(
        "from the report to a refusal: online at most %lld s (period and ttl); offline what the venue's rule "
        "allows, and %lld h at most\n",
        (long long)policy->period + (long long)policy->time_to_live, (long long)policy->life / 3600);
}

int main(int argc, char **argv)
{
    static uint8_t certificate[700]; // as long as one is
    const struct span chain = {certificate, sizeof certificate};
    const struct status_policy policy = status_policy_default("https://issuer.example");
    struct crypto_ec_key key = {0};
    char path[] = "/tmp/bench_status.XXXXXX";
    source = crypto_system_random();
    certificate[0] = 0x30;
    if (!crypto_ec_generate(&key, CRYPTO_P256, &source) || !signer_of_key(&key, &status_signer.signer)) {
        return EXIT_FAILURE;
    }
    status_signer.chain = &chain;
    status_signer.count = 1;
    print_lists();
    if (argc > 1) {
        print_locks(argv[1], &policy);
    } else {
        const int file = mkstemp(path);
        if (file < 0) {
            return EXIT_FAILURE;
        }
        (void)close(file);
        print_locks(path, &policy);
        (void)unlink(path);
    }
    print_verifier(&policy);
    crypto_ec_release(&key);
    return EXIT_SUCCESS;
}
