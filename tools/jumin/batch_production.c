// Producing the cards of a batch on several readers at once: the rows that wait, the threads, and the
// progress.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/batch_production.h"

#include "tools/jumin/perso_session.h"
#include "tools/jumin/terminal.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SHOW_EVERY_MS = 250, LINE = 400 };

static const int64_t ns_of_second = 1000000000;

static int64_t now_ns(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * ns_of_second + now.tv_nsec;
}

bool batch_production_wants(const struct batch_row *row, const struct records *records)
{
    const struct jumin_application *application = &row->application;
    const char *officer = jumin_station_officer(records->station, NULL);
    const bool may = row->applied && (!jumin_policy_figures(records->policy)->two_person ||
                                      strcmp(application->approved_by, officer) != 0);
    switch (application->state) {
    case JUMIN_APPROVED:
    case JUMIN_SPOILED:
        return may;
    case JUMIN_PREPARED:
    case JUMIN_WRITTEN:
        // Begun and not ended: its own officer's to go on with, since another one's may be under way.
        return may && strcmp(application->produced_by, officer) == 0;
    default:
        return false;
    }
}

// --- Rows that wait --------------------------------------------------------------------------------------------

static bool over(const struct batch_production *production)
{
    return production->stopped[0] != '\0' || progress_interrupted() ||
           (production->queue_count == 0 && production->under_way == 0);
}

static void wait_a_moment(struct batch_production *production)
{
    struct timespec until = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += SHOW_EVERY_MS * 1000000L;
    until.tv_sec += until.tv_nsec / ns_of_second;
    until.tv_nsec %= ns_of_second;
    (void)pthread_cond_clockwait(&production->changed, &production->lock, CLOCK_MONOTONIC, &until);
}

bool batch_production_wait(struct batch_production *production)
{
    (void)pthread_mutex_lock(&production->lock);
    while (!over(production) && production->queue_count == 0) {
        wait_a_moment(production);
    }
    const bool waits = !over(production);
    (void)pthread_mutex_unlock(&production->lock);
    return waits;
}

bool batch_production_goes_on(struct batch_production *production)
{
    (void)pthread_mutex_lock(&production->lock);
    const bool goes_on = !over(production) && production->queue_count > 0;
    (void)pthread_mutex_unlock(&production->lock);
    return goes_on;
}

struct batch_row *batch_production_take(struct batch_production *production)
{
    struct batch_row *row = NULL;
    (void)pthread_mutex_lock(&production->lock);
    if (production->queue_count > 0 && !over(production)) {
        row = production->queue[production->queue_first];
        production->queue_first = (production->queue_first + 1) % production->rows->count;
        production->queue_count--;
        production->under_way++;
    }
    (void)pthread_mutex_unlock(&production->lock);
    return row;
}

// A row that comes back stands behind the others; there is room for all.
static void put_last(struct batch_production *production, struct batch_row *row)
{
    const size_t place = (production->queue_first + production->queue_count) % production->rows->count;
    production->queue[place] = row;
    production->queue_count++;
}

static void end_attempt(struct batch_production *production)
{
    production->under_way--;
    (void)pthread_cond_broadcast(&production->changed);
    (void)pthread_mutex_unlock(&production->lock);
}

void batch_production_done(struct batch_reader *reader, struct batch_row *row)
{
    struct batch_production *production = reader->production;
    (void)pthread_mutex_lock(&production->lock);
    row->done_here = true;
    row->failed[0] = '\0';
    reader->done++;
    reader->failed_in_a_row = 0;
    production->done++;
    end_attempt(production);
}

void batch_production_failed(struct batch_reader *reader, struct batch_row *row, const char *why,
                             bool used_up)
{
    struct batch_production *production = reader->production;
    (void)pthread_mutex_lock(&production->lock);
    (void)snprintf(row->failed, sizeof row->failed, "%s", why);
    if (used_up) {
        row->attempts++;
        reader->failed++;
        reader->failed_in_a_row++;
        production->cards_failed++;
    }
    if (used_up && row->attempts < BATCH_ATTEMPTS) {
        put_last(production, row);
    } else {
        production->given_up++;
    }
    end_attempt(production);
}

void batch_production_return(struct batch_production *production, struct batch_row *row)
{
    (void)pthread_mutex_lock(&production->lock);
    put_last(production, row);
    end_attempt(production);
}

void batch_production_stop(struct batch_production *production, const char *why)
{
    (void)pthread_mutex_lock(&production->lock);
    if (production->stopped[0] == '\0') {
        (void)snprintf(production->stopped, sizeof production->stopped, "%s", why);
    }
    (void)pthread_cond_broadcast(&production->changed);
    (void)pthread_mutex_unlock(&production->lock);
}

void batch_production_set_aside(struct batch_reader *reader, const char *why)
{
    (void)snprintf(reader->set_aside, sizeof reader->set_aside, "%s", why);
    batch_production_say(reader->production, "%s is set aside: %s", reader->name, why);
}

// --- The line --------------------------------------------------------------------------------------------------

void batch_production_say(struct batch_production *production, const char *format, ...)
{
    char line[LINE];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(line, sizeof line, format, values);
    va_end(values);
    (void)pthread_mutex_lock(&production->lock);
    progress_clear();
    (void)fprintf(stderr, "%s\n", line);
    (void)pthread_mutex_unlock(&production->lock);
}

// With the lock held.
static void show(const struct batch_production *production)
{
    const double seconds = (double)(now_ns() - production->started_ns) / (double)ns_of_second;
    const size_t open = production->wanted - production->done - production->given_up;
    const double rate = seconds > 0 ? (double)production->done / seconds : 0;
    char line[LINE], left[64] = "";
    if (rate > 0) {
        const long wait = (long)((double)open / rate);
        (void)snprintf(left, sizeof left, ", %ld:%02ld:%02ld left", wait / 3600, wait / 60 % 60, wait % 60);
    }
    (void)snprintf(line, sizeof line, "%zu of %zu cards, %.1f a minute, %u failed%s%s", production->done,
                   production->wanted, rate * 60, production->cards_failed, left,
                   progress_interrupted() ? "; ending with the cards under way" : "");
    progress_show(line, 0, 0);
}

static bool anybody_runs(struct batch_production *production)
{
    for (size_t i = 0; i < production->reader_count; i++) {
        if (production->readers[i].running) {
            return true;
        }
    }
    return false;
}

static void *run_reader(void *context)
{
    struct batch_reader *reader = context;
    (void)batch_reader_work(reader);
    (void)pthread_mutex_lock(&reader->production->lock);
    reader->running = false;
    (void)pthread_cond_broadcast(&reader->production->changed);
    (void)pthread_mutex_unlock(&reader->production->lock);
    return NULL;
}

static void run_threads(struct batch_production *production)
{
    bool started[BATCH_READERS] = {false};
    (void)pthread_mutex_lock(&production->lock);
    for (size_t i = 0; i < production->reader_count; i++) {
        struct batch_reader *reader = &production->readers[i];
        reader->running = true;
        started[i] = pthread_create(&reader->thread, NULL, run_reader, reader) == 0;
        reader->running = started[i];
    }
    while (anybody_runs(production)) {
        show(production);
        wait_a_moment(production);
    }
    (void)pthread_mutex_unlock(&production->lock);
    for (size_t i = 0; i < production->reader_count; i++) {
        if (started[i]) {
            (void)pthread_join(production->readers[i].thread, NULL);
        }
    }
    progress_clear();
}

// --- The whole -------------------------------------------------------------------------------------------------

static bool add_reader(struct batch_production *production, const char *name)
{
    if (production->reader_count == BATCH_READERS) {
        return cli_fail(production->arguments, "a batch takes at most %d readers", BATCH_READERS) == CLI_OK;
    }
    for (size_t i = 0; i < production->reader_count; i++) {
        if (strcmp(production->readers[i].name, name) == 0) {
            return cli_misused(production->arguments, "%s: the same reader twice", name);
        }
    }
    struct batch_reader *reader = &production->readers[production->reader_count++];
    (void)snprintf(reader->name, sizeof reader->name, "%s", name);
    reader->production = production;
    return true;
}

// Those that are named, by the beginning of their names; else the first ones of all that there are.
static bool choose_readers(struct batch_production *production, const struct jumin_pcsc_reader *readers,
                           size_t count)
{
    const struct cli_arguments *arguments = production->arguments;
    const char *wanted = NULL;
    long most = 0;
    bool ok = cli_number(arguments, "readers", 1, BATCH_READERS, BATCH_READERS, &most);
    for (size_t i = 0; ok && (wanted = cli_value_at(arguments, "reader", i)) != NULL; i++) {
        size_t found = 0;
        while (found < count && strncmp(readers[found].name, wanted, strlen(wanted)) != 0) {
            found++;
        }
        ok = found < count ? add_reader(production, readers[found].name)
                           : cli_fail(arguments, "%s: there is no such reader", wanted) == CLI_OK;
    }
    for (size_t i = 0; ok && !cli_has(arguments, "reader") && i < count && i < (size_t)most; i++) {
        ok = add_reader(production, readers[i].name);
    }
    if (ok && (production->reader_count == 0 ||
               (cli_has(arguments, "readers") && production->reader_count < (size_t)most))) {
        ok = cli_fail(arguments, "%zu readers are connected", count) == CLI_OK;
    }
    return ok;
}

static bool find_readers(struct batch_production *production)
{
    struct jumin_pcsc *pcsc = NULL;
    const struct jumin_pcsc_reader *readers = NULL;
    size_t count = 0;
    enum jumin_error error = jumin_pcsc_new(&pcsc);
    if (error == JUMIN_OK) {
        error = jumin_pcsc_readers(pcsc, &readers, &count);
    }
    const bool found = error == JUMIN_OK
                           ? choose_readers(production, readers, count)
                           : cli_fail_error(production->arguments, error, jumin_pcsc_detail(pcsc)) == CLI_OK;
    jumin_pcsc_free(pcsc);
    return found;
}

static bool open_all(struct batch_production *production, struct records_login *login)
{
    bool open = find_readers(production) && perso_session_keys(production->arguments, &production->keys);
    for (size_t i = 0; open && i < production->reader_count; i++) {
        open = batch_reader_open(&production->readers[i], login);
    }
    return open;
}

static bool fill_queue(struct batch_production *production)
{
    struct batch_rows *rows = production->rows;
    const struct records *records = &production->readers[0].records;
    production->wanted = production->done;
    production->queue = (struct batch_row **)calloc(rows->count, sizeof *production->queue);
    for (size_t i = 0; production->queue != NULL && i < rows->count; i++) {
        if (!rows->rows[i].done_here && batch_production_wants(&rows->rows[i], records)) {
            put_last(production, &rows->rows[i]);
            production->wanted++;
        }
    }
    return production->queue != NULL ||
           cli_fail_error(production->arguments, JUMIN_ERROR_MEMORY, NULL) == CLI_OK;
}

bool batch_production_run(struct batch_production *production, const struct cli_arguments *arguments,
                          struct batch_rows *rows, struct records_login *login)
{
    production->arguments = arguments;
    production->rows = rows;
    (void)pthread_mutex_init(&production->lock, NULL);
    (void)pthread_cond_init(&production->changed, NULL);
    production->started_ns = production->ended_ns = now_ns();
    if (!open_all(production, login)) {
        return false;
    }
    production->started_ns = now_ns();
    for (size_t i = 0; i < production->reader_count && !progress_interrupted(); i++) {
        batch_reader_recover(&production->readers[i]);
        production->done += production->readers[i].done;
    }
    const bool ready = fill_queue(production);
    if (ready) {
        run_threads(production);
    }
    production->ended_ns = now_ns();
    return ready;
}

void batch_production_free(struct batch_production *production)
{
    for (size_t i = 0; i < production->reader_count; i++) {
        batch_reader_close(&production->readers[i]);
    }
    perso_session_close(&production->keys);
    free((void *)production->queue);
    production->queue = NULL;
}
