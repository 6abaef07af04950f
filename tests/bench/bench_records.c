// What a card costs the station's records, by how many there are already, and by how many stations work at
// once.
// SPDX-License-Identifier: Apache-2.0
#include "tests/station/station_stage.h"

#include "card/crypto/crypto.h"
#include "host/database/provider.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIZES_MAX = 4, ROUNDS = 9, PERSONS = 40, OFFICERS = 3, WORKERS_MAX = 4, BACKLOG = 400 };

static double now(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(const char *what, struct jumin_station *who, enum jumin_error error)
{
    if (error != JUMIN_OK) {
        (void)fprintf(stderr, "%s: %s: %s\n", what, jumin_error_name(error), jumin_station_detail(who));
        exit(EXIT_FAILURE);
    }
}

// --- Records that are there ------------------------------------------------------------------------------------

// One database of a size, with a handle for each officer.
struct subject {
    unsigned size, persons;
    char url[sizeof stage_url];
    struct jumin_station *by[OFFICERS];
};

static const struct {
    const char *name;
    unsigned roles;
} officers[OFFICERS] = {{"intake", JUMIN_ROLE_INTAKE | JUMIN_ROLE_ADMIN},
                        {"approve", JUMIN_ROLE_APPROVE},
                        {"produce", JUMIN_ROLE_PRODUCE}};

enum { INTAKE, APPROVE, PRODUCE };

// INSERT of `count` rows: `select` finds the row's number in r.i, and 32 bytes that no other row has in r.b.
static void insert(struct database *database, unsigned count, const char *into, const char *select)
{
    char sql[2048];
    const struct database_value value = database_integer(count);
    const char *bytes = database->provider == &database_postgresql ? "sha256(CAST(CAST(i AS TEXT) AS BYTEA))"
                                                                   : "randomblob(32)";
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO %s WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1),"
        " r(i, b) AS (SELECT i, %s FROM n) SELECT %s FROM r",
        into, bytes, select);
    if (database_run(database, sql, &value, 1, NULL) != JUMIN_OK) {
        (void)fprintf(stderr, "%s\n%s\n", sql, database_detail(database));
        exit(EXIT_FAILURE);
    }
}

// Most cards were handed over; one in twenty applications waits for its card behind those that are measured.
// Six entries of the audit trail for each, which nobody will check.
static void fill(const char *url, unsigned size)
{
    struct database *database = NULL;
    const struct database_value head = database_integer(1000 + 6 * (int64_t)size);
    if (database_open(&database, url) != JUMIN_OK || database_begin(database) != JUMIN_OK) {
        exit(EXIT_FAILURE);
    }
    insert(database, size,
           "application (number, state, holder, person, profile, won_paid, document_number, applied_at,"
           " changed_at, applied_by, approved_by)",
           "CASE WHEN i % 20 = 0 THEN '2099-' ELSE '2025-' END || CAST(10000000 + i AS TEXT),"
           " CASE WHEN i % 20 = 0 THEN 1 ELSE 5 END, b, b, 'key-only', 10000, 'X' || CAST(i AS TEXT), 0, 0,"
           " 'intake', 'approve'");
    insert(database, 6 * size, "audit (number, at, officer, action, subject, detail, hash, signature)",
           "1000 + i, 0, 'intake', 'apply', '2025-10000000', '', b, b");
    if (database_run(database, "UPDATE audit_head SET number = $1", &head, 1, NULL) != JUMIN_OK ||
        database_commit(database) != JUMIN_OK) {
        exit(EXIT_FAILURE);
    }
    database_close(database);
}

static void connect_officer(struct subject *subject, size_t i)
{
    (void)snprintf(stage_url, sizeof stage_url, "%s", subject->url);
    must("open", subject->by[i], station_connect(&subject->by[i], 0, 0));
}

static void make_subject(struct subject *subject, unsigned size, const char *url)
{
    subject->size = size;
    (void)snprintf(subject->url, sizeof subject->url, "%s", url);
    for (size_t i = 0; i < OFFICERS; i++) {
        connect_officer(subject, i);
        must("officer", subject->by[0],
             jumin_station_set_officer(subject->by[0], officers[i].name, officers[i].roles, PASSPHRASE));
        must("login", subject->by[i], jumin_station_login(subject->by[i], officers[i].name, PASSPHRASE));
    }
    fill(url, size);
}

// --- What is measured ------------------------------------------------------------------------------------------

static char numbers[PERSONS][JUMIN_APPLICATION_NUMBER];

static enum jumin_error do_apply(struct subject *subject, size_t i)
{
    const char *json = station_person(subject->persons++);
    const struct jumin_application_form form = station_form(json);
    return jumin_station_apply(subject->by[INTAKE], &form, NULL, numbers[i]);
}

static enum jumin_error do_approve(struct subject *subject, size_t i)
{
    return jumin_station_act(subject->by[APPROVE], JUMIN_ACTION_APPROVE, numbers[i], NULL, NULL);
}

static enum jumin_error do_prepare(struct subject *subject, size_t i)
{
    struct jumin_order *order = NULL;
    const enum jumin_error error = jumin_station_prepare(subject->by[PRODUCE], NULL, &order, numbers[i]);
    jumin_order_free(order);
    return error;
}

static enum jumin_error do_written(struct subject *subject, size_t i)
{
    return station_note_written(subject->by[PRODUCE], numbers[i]);
}

static enum jumin_error do_verified(struct subject *subject, size_t i)
{
    return station_note_verified(subject->by[PRODUCE], numbers[i]);
}

static enum jumin_error do_hand_over(struct subject *subject, size_t i)
{
    const struct jumin_action_form seen = {.proof = JUMIN_PROOF_COUNTER};
    return jumin_station_act(subject->by[INTAKE], JUMIN_ACTION_HAND_OVER, numbers[i], &seen, NULL);
}

static enum jumin_error do_status(struct subject *subject, size_t i)
{
    struct jumin_application application;
    return jumin_station_application(subject->by[INTAKE], numbers[i], &application);
}

static const struct {
    const char *name;
    size_t officer;
    enum jumin_error (*run)(struct subject *subject, size_t i);
} operations[] = {
    {"apply", INTAKE, do_apply},      {"approve", APPROVE, do_approve},   {"prepare", PRODUCE, do_prepare},
    {"written", PRODUCE, do_written}, {"verified", PRODUCE, do_verified}, {"hand over", INTAKE, do_hand_over},
    {"status", INTAKE, do_status},
};

enum { OPERATIONS = sizeof operations / sizeof operations[0] };

static double measured[SIZES_MAX][OPERATIONS][ROUNDS]; // seconds a person

static void measure(struct subject *subject, double times[OPERATIONS][ROUNDS], size_t round)
{
    for (size_t o = 0; o < OPERATIONS; o++) {
        const double start = now();
        for (size_t i = 0; i < PERSONS; i++) {
            must(operations[o].name, subject->by[operations[o].officer], operations[o].run(subject, i));
        }
        times[o][round] = (now() - start) / (int)PERSONS;
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double times[ROUNDS])
{
    qsort(times, ROUNDS, sizeof times[0], compare);
    return times[ROUNDS / 2];
}

// Milliseconds a person, and how many times those of the first size.
static void print_growth(const struct subject *subjects, size_t sizes)
{
    double sums[SIZES_MAX] = {0};
    (void)printf("%-12s", "records");
    for (size_t s = 0; s < sizes; s++) {
        (void)printf("%12u      ", subjects[s].size);
    }
    (void)printf("\n");
    for (size_t o = 0; o <= OPERATIONS; o++) {
        double first = 0;
        (void)printf("%-12s", o < OPERATIONS ? operations[o].name : "a card");
        for (size_t s = 0; s < sizes; s++) {
            const double took = o < OPERATIONS ? median(measured[s][o]) : sums[s];
            sums[s] += o < OPERATIONS ? took : 0;
            first = s == 0 ? took : first;
            (void)printf("%9.2f ms %5.2f", took * 1000, took / first);
        }
        (void)printf("\n");
    }
}

// --- Several stations ------------------------------------------------------------------------------------------

// Says that it is ready, and begins when all are; takes what waits until nothing does.
static void produce(const char *url, int ready, int begin)
{
    char byte = 0;
    struct subject own = {.size = 0};
    enum jumin_error error = JUMIN_OK;
    (void)snprintf(own.url, sizeof own.url, "%s", url);
    connect_officer(&own, PRODUCE);
    must("login", own.by[PRODUCE], jumin_station_login(own.by[PRODUCE], "produce", PASSPHRASE));
    if (write(ready, &byte, 1) != 1 || read(begin, &byte, 1) != 0) {
        _exit(EXIT_FAILURE);
    }
    // Whoever meets another station's row finds it again later; those that filled the database are no
    // records.
    for (unsigned misses = 0; misses < 3 && error != JUMIN_ERROR_SIGNATURE;) {
        error = do_prepare(&own, 0);
        misses += error == JUMIN_ERROR_NO_SUCH_FILE ? 1 : 0;
        if (error == JUMIN_OK) {
            must("written", own.by[PRODUCE], do_written(&own, 0));
            must("verified", own.by[PRODUCE], do_verified(&own, 0));
        } else if (error != JUMIN_ERROR_NO_SUCH_FILE && error != JUMIN_ERROR_SIGNATURE) {
            must("prepare", own.by[PRODUCE], error);
        }
    }
    jumin_station_close(own.by[PRODUCE]);
    _exit(EXIT_SUCCESS);
}

static void make_backlog(struct subject *subject)
{
    for (size_t i = 0; i < BACKLOG; i++) {
        must("apply", subject->by[INTAKE], do_apply(subject, 0));
        must("approve", subject->by[APPROVE], do_approve(subject, 0));
    }
}

// Processes open a SQLite file of their own after the fork; the handles from before are closed meanwhile.
static double run_workers(struct subject *subject, unsigned workers)
{
    make_backlog(subject);
    for (size_t i = 0; i < OFFICERS; i++) {
        jumin_station_close(subject->by[i]);
    }
    int ready[2] = {-1, -1}, begin[2] = {-1, -1};
    char byte = 0;
    if (pipe(ready) != 0 || pipe(begin) != 0) {
        exit(EXIT_FAILURE);
    }
    for (unsigned w = 0; w < workers; w++) {
        if (fork() == 0) {
            (void)close(begin[1]);
            produce(subject->url, ready[1], begin[0]);
        }
    }
    for (unsigned w = 0; w < workers; w++) {
        if (read(ready[0], &byte, 1) != 1) {
            exit(EXIT_FAILURE);
        }
    }
    const double start = now();
    (void)close(begin[1]);
    for (unsigned w = 0; w < workers; w++) {
        int status = 0;
        if (wait(&status) < 0 || status != 0) {
            exit(EXIT_FAILURE);
        }
    }
    const double took = now() - start;
    (void)close(ready[0]);
    (void)close(ready[1]);
    (void)close(begin[0]);
    for (size_t i = 0; i < OFFICERS; i++) {
        connect_officer(subject, i);
        must("login", subject->by[i], jumin_station_login(subject->by[i], officers[i].name, PASSPHRASE));
    }
    return 3 * BACKLOG / took;
}

static void print_workers(struct subject *subject)
{
    double first = 0;
    (void)printf("\n%-12s transactions a second (prepare, written, verified)\n", "stations");
    for (unsigned workers = 1; workers <= WORKERS_MAX; workers *= 2) {
        const double rate = run_workers(subject, workers);
        first = workers == 1 ? rate : first;
        (void)printf("%-12u %9.0f    %5.2f\n", workers, rate, rate / first);
    }
}

// A database for each size: of a server's, or a file in `folder`.
static void make_url(const char *folder, unsigned size, char url[sizeof stage_url])
{
    char sql[64];
    const char *server = getenv("JUMIN_POSTGRESQL_URL");
    struct database *database = NULL;
    if (server == NULL) {
        (void)snprintf(url, sizeof stage_url, "%s/records-%u", folder, size);
        return;
    }
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE records_%u", size);
    if (database_open(&database, server) != JUMIN_OK ||
        database_run(database, sql, NULL, 0, NULL) != JUMIN_OK) {
        exit(EXIT_FAILURE);
    }
    database_close(database);
    (void)snprintf(url, sizeof stage_url, "%s&dbname=records_%u", server, size);
}

int main(int argc, char **argv)
{
    static struct subject subjects[SIZES_MAX];
    char url[sizeof stage_url];
    const size_t sizes = argc > 2 ? (size_t)argc - 2 : 0;
    if (sizes == 0 || sizes > SIZES_MAX || jumin_policy_new(&station_policy) != JUMIN_OK) {
        (void)fprintf(stderr, "Usage: bench_records FOLDER RECORDS...\n");
        return EXIT_FAILURE;
    }
    station_clock = STATION_NOW;
    for (size_t s = 0; s < sizes; s++) {
        const unsigned size = (unsigned)strtoul(argv[2 + s], NULL, 10);
        make_url(argv[1], size, url);
        make_subject(&subjects[s], size, url);
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t s = 0; s < sizes; s++) {
            measure(&subjects[s], measured[s], round);
        }
    }
    print_growth(subjects, sizes);
    print_workers(&subjects[0]);
    for (size_t s = 0; s < sizes; s++) {
        for (size_t i = 0; i < OFFICERS; i++) {
            jumin_station_close(subjects[s].by[i]);
        }
    }
    jumin_policy_free(station_policy);
    return EXIT_SUCCESS;
}
