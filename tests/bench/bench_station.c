// How many cards a station makes a minute, and where the time goes: bench_station HOME CARDS ROUNDS.
// SPDX-License-Identifier: Apache-2.0
//
// Run by the script `station`. Readers are threads, each with a station handle of its own on one SQLite file
// and a simulated card (mbedTLS) in this process, which is changed after each card; libjumin is the shared
// library (OpenSSL). All numbers of readers, without air and behind the link model at 424 kbit/s, run by
// turns, ROUNDS times, each reader making CARDS cards.
#include "tests/bench/bench_card.h"
#include "tests/bench/card_crypto_time.h"
#include "tests/bench/host_time.h"
#include "tests/e2e/image_link.h"
#include "tools/jumin/sim_factory.h"

#include <jumin/link_model.h>
#include <jumin/specimen.h>
#include <jumin/station.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define OFFICER "all"
#define PASSPHRASE "passphrase of all"

enum { READERS_MAX = 4, PATH = 4096, FRAME = 256, AIR_RATE = 424, TABLE = 3 };

static const unsigned reader_counts[TABLE] = {1, 2, 4};

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// --- A reader --------------------------------------------------------------------------------------------------

struct shares {
    int64_t total, card, card_crypto, host_crypto, air, database;
};

struct bench_reader {
    const char *home;
    struct jumin_policy *policy;
    struct jumin_station *station;
    struct jumin_pki *pki;
    struct image_link *image;
    unsigned rate;
    long cards;
    pthread_t thread;
    struct shares sum;
};

static _Thread_local int64_t card_ns;

static enum jumin_error connect_card(void *context)
{
    const int64_t begin = now_ns();
    const enum jumin_error error = image_link_functions.connect(context);
    card_ns += now_ns() - begin;
    return error;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    const int64_t begin = now_ns();
    const enum jumin_error error =
        image_link_functions.transmit(context, command, n, response, capacity, length);
    card_ns += now_ns() - begin;
    return error;
}

static void disconnect(void *context)
{
    image_link_functions.disconnect(context);
}

static void limits(void *context, struct jumin_limits *limits)
{
    image_link_functions.limits(context, limits);
}

static const struct jumin_transport_functions functions = {
    .connect = connect_card, .transmit = transmit, .disconnect = disconnect, .limits = limits};

// The card and its handles, as a feeder and the batch would have them.
static void produce(struct bench_reader *reader, struct jumin_transport *transport)
{
    char number[JUMIN_APPLICATION_NUMBER];
    struct jumin_order *order = NULL;
    struct jumin_perso *perso = NULL;
    bench_need(jumin_perso_new(&perso, transport, reader->pki, card_link_transport_key, card_link_issuer_key),
               "perso", "");
    bench_add_trust_points(perso, reader->home);
    card_ns = card_crypto_ns = host_crypto_ns = database_ns = 0;
    const int64_t begin = now_ns(), air = (int64_t)jumin_link_model_elapsed(transport);
    bench_need(jumin_station_prepare(reader->station, NULL, &order, number), "prepare",
               jumin_station_detail(reader->station));
    bench_need(jumin_station_issue(reader->station, perso, number, order, NULL), "issue",
               jumin_station_detail(reader->station));
    reader->sum.total += now_ns() - begin;
    reader->sum.air += (int64_t)jumin_link_model_elapsed(transport) - air;
    reader->sum.card += card_ns;
    reader->sum.card_crypto += card_crypto_ns;
    reader->sum.host_crypto += host_crypto_ns;
    reader->sum.database += database_ns;
    jumin_order_free(order);
    jumin_perso_free(perso);
}

static void make_one(struct bench_reader *reader)
{
    char path[PATH + sizeof "/01234567.image"];
    const char *reason = "";
    const long serial = sim_factory_random_serial();
    struct jumin_transport *transport = NULL;
    (void)snprintf(path, sizeof path, "%s/%08lX.image", reader->home, (unsigned long)serial);
    if (!sim_factory_make(path, (uint32_t)serial, span_of(card_link_transport_key, JUMIN_MASTER_KEY),
                          &reason) ||
        !image_link_open(reader->image, path)) {
        bench_need(JUMIN_ERROR_FILE, path, reason);
    }
    bench_need(jumin_transport_new(&transport, &functions, reader->image), "transport", "");
    if (reader->rate != 0) {
        const struct jumin_link_model model = {reader->rate, FRAME, FRAME};
        struct jumin_transport *inner = transport;
        bench_need(jumin_link_model_new(&transport, inner, &model), "link model", "");
    }
    produce(reader, transport);
    jumin_transport_free(transport);
    image_link_close(reader->image);
    (void)unlink(path);
}

static void *work(void *context)
{
    struct bench_reader *reader = context;
    for (long i = 0; i < reader->cards; i++) {
        make_one(reader);
    }
    return NULL;
}

// --- The station -----------------------------------------------------------------------------------------------

// The scheme that is built in, with one officer for all.
static struct jumin_policy *open_policy(void)
{
    static const char two[] = "\"two_person\": true", one[] = "\"two_person\": false";
    struct jumin_policy *policy = NULL;
    char *text = NULL;
    bench_need(jumin_policy_new(&policy), "policy", "");
    const char *scheme = jumin_policy_text(policy), *at = strstr(scheme, two);
    bench_need(at != NULL &&
                       asprintf(&text, "%.*s%s%s", (int)(at - scheme), scheme, one, at + sizeof two - 1) > 0
                   ? JUMIN_OK
                   : JUMIN_ERROR_MEMORY,
               "scheme", "");
    bench_need(jumin_policy_set(policy, text, strlen(text)), "scheme", jumin_policy_detail(policy));
    free(text);
    return policy;
}

static struct jumin_station *open_station(const char *home, struct jumin_policy *policy)
{
    static const uint8_t data_key[JUMIN_MASTER_KEY] = {1}, audit_key[JUMIN_MASTER_KEY] = {2};
    char path[PATH + sizeof "/bench.db"];
    struct jumin_station *station = NULL;
    (void)snprintf(path, sizeof path, "%s/bench.db", home);
    const struct jumin_station_options options = {
        .database = path, .data_key = data_key, .audit_key = audit_key, .policy = policy};
    bench_need(jumin_station_open(&station, &options), "station", jumin_station_detail(station));
    return station;
}

static void take_application(struct jumin_station *station, struct jumin_policy *policy, uint32_t i,
                             const char *day)
{
    struct jumin_specimen specimen;
    struct jumin_decision decision;
    uint8_t *portrait = NULL;
    size_t n = 0;
    char number[JUMIN_APPLICATION_NUMBER];
    bench_need(jumin_specimen_person(policy, 1, i, day, &specimen), "person", "");
    bench_need(jumin_specimen_portrait(1, i, &portrait, &n), "portrait", "");
    const struct jumin_application_form form = {.person = specimen.person,
                                                .person_length = strlen(specimen.person),
                                                .photo = portrait,
                                                .photo_length = n,
                                                .holds_card = !specimen.first_issue,
                                                .first_issue = specimen.first_issue,
                                                .photo_date = day,
                                                .won_paid = specimen.won};
    bench_need(jumin_station_apply(station, &form, &decision, number), "apply",
               jumin_station_detail(station));
    bench_need(jumin_station_act(station, JUMIN_ACTION_APPROVE, number, NULL, NULL), "approve",
               jumin_station_detail(station));
    free(specimen.person);
    free(portrait);
}

// Which day it is in Korea.
static void put_day(char day[JUMIN_DAY])
{
    const time_t korea = time(NULL) + (time_t)9 * 3600;
    struct tm parts;
    (void)gmtime_r(&korea, &parts);
    (void)strftime(day, JUMIN_DAY, "%Y-%m-%d", &parts);
}

static void open_reader(struct bench_reader *reader, const char *home, struct jumin_pki *pki)
{
    *reader = (struct bench_reader){.home = home, .pki = pki};
    reader->policy = open_policy();
    reader->station = open_station(home, reader->policy);
    reader->image = calloc(1, sizeof *reader->image);
    bench_need(reader->image != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY, "reader", "");
}

// --- Measuring -------------------------------------------------------------------------------------------------

struct result {
    int64_t wall;
    long cards;
    struct shares sum;
};

static void add(struct shares *to, const struct shares *from)
{
    to->total += from->total;
    to->card += from->card;
    to->card_crypto += from->card_crypto;
    to->host_crypto += from->host_crypto;
    to->air += from->air;
    to->database += from->database;
}

static void measure(struct bench_reader *readers, unsigned count, unsigned rate, long cards,
                    struct result *result)
{
    const int64_t begin = now_ns();
    for (unsigned i = 0; i < count; i++) {
        readers[i].rate = rate;
        readers[i].cards = cards;
        readers[i].sum = (struct shares){0};
        bench_need(pthread_create(&readers[i].thread, NULL, work, &readers[i]) == 0 ? JUMIN_OK
                                                                                    : JUMIN_ERROR_MEMORY,
                   "thread", "");
    }
    for (unsigned i = 0; i < count; i++) {
        (void)pthread_join(readers[i].thread, NULL);
        add(&result->sum, &readers[i].sum);
    }
    result->wall += now_ns() - begin;
    result->cards += cards * (long)count;
}

static double per_minute(const struct result *result)
{
    return (double)result->cards * 60e9 / (double)result->wall;
}

static void print(const char *air, unsigned readers, const struct result *result, const struct result *one)
{
    const struct shares *sum = &result->sum;
    const double all = (double)sum->total / 100,
                 milliseconds = (double)sum->total / 1e6 / (double)result->cards;
    const int64_t rest = sum->total - sum->card - sum->host_crypto - sum->air - sum->database;
    (void)printf(
        "  %-10s %u  %7.1f a minute, %6.1f a reader, %4.2f times one; a card %7.1f ms: card crypto %4.1f %%, "
        "card otherwise %4.1f %%, host crypto %4.1f %%, air %4.1f %%, database %4.1f %%, rest %4.1f %%\n",
        air, readers, per_minute(result), per_minute(result) / readers, per_minute(result) / per_minute(one),
        milliseconds, (double)sum->card_crypto / all, (double)(sum->card - sum->card_crypto) / all,
        (double)sum->host_crypto / all, (double)sum->air / all, (double)sum->database / all,
        (double)rest / all);
}

int main(int argc, char **argv)
{
    static struct bench_reader readers[READERS_MAX];
    static struct result results[2][TABLE]; // [air][readers]
    char folder[PATH], day[JUMIN_DAY];
    if (argc != 4) {
        (void)fprintf(stderr, "usage: bench_station HOME CARDS ROUNDS\n");
        return 2;
    }
    const long cards = strtol(argv[2], NULL, 10), rounds = strtol(argv[3], NULL, 10);
    struct jumin_pki *pki = NULL;
    const char *passphrase = getenv("JUMIN_PASSPHRASE");
    (void)snprintf(folder, sizeof folder, "%s/pki", argv[1]);
    bench_need(jumin_pki_new(&pki, folder), "keys", "");
    bench_need(jumin_pki_load(pki, passphrase != NULL ? passphrase : ""), "keys", jumin_pki_detail(pki));
    for (unsigned i = 0; i < READERS_MAX; i++) {
        open_reader(&readers[i], folder, pki);
        if (i == 0) {
            bench_need(jumin_station_set_officer(readers[i].station, OFFICER, 7, PASSPHRASE), "officer", "");
        }
        bench_need(jumin_station_login(readers[i].station, OFFICER, PASSPHRASE), "login",
                   jumin_station_detail(readers[i].station));
    }
    put_day(day);
    const long people = (rounds + 1) * cards * 2 * (1 + 2 + 4);
    for (long i = 0; i < people; i++) {
        take_application(readers[0].station, readers[0].policy, (uint32_t)i, day);
    }
    for (long round = -1; round < rounds; round++) {
        for (size_t i = 0; i < TABLE; i++) {
            measure(readers, reader_counts[i], 0, cards, &results[0][i]);
            measure(readers, reader_counts[i], AIR_RATE, cards, &results[1][i]);
        }
        if (round < 0) { // the first round warms up
            memset(results, 0, sizeof results);
        }
    }
    (void)printf(
        "Cards from the record to the card read back, profile resident; %ld rounds of %ld cards a reader\n",
        rounds, cards);
    for (size_t i = 0; i < TABLE; i++) {
        print("no air", reader_counts[i], &results[0][i], &results[0][0]);
    }
    for (size_t i = 0; i < TABLE; i++) {
        print("424 kbit/s", reader_counts[i], &results[1][i], &results[1][0]);
    }
    for (unsigned i = 0; i < READERS_MAX; i++) {
        jumin_station_close(readers[i].station);
        jumin_policy_free(readers[i].policy);
        free(readers[i].image);
    }
    jumin_pki_free(pki);
    return 0;
}
