// Complete issuances over HTTP: bench_serve PORT BASE_URL THREADS COPIES SERVER_PID <offers
// SPDX-License-Identifier: Apache-2.0
//
// Each thread is one phone after another on a connection of its own: the offer, its code for tokens, and a
// batch in each format with a nonce before it. What phones compute beside it is theirs: keys come from a
// pool. The offers come from make_offers, one a line, and are taken as they come: they expire.
#include "host/mobile/attestation_jwt.h"
#include "host/mobile/dpop.h"
#include "host/mobile/http_message.h"
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    KEYS = 65, // the phone's, and for the most copies
    ANSWER_MAX = 8 << 20,
    ASK_MAX = 256 * 1024,
    OFFERS_MAX = 1000000,
    SAMPLE = 20, // issuances between two looks at the server's memory
    THREADS_MAX = 64,
    LINE_MAX_HERE = 128,
};

struct offer {
    char reference[64], tx_code[16];
};

static struct {
    const char *base_url;
    unsigned port, copies;
    pid_t server;
    double *milliseconds;
    size_t count; // of issuances that have begun
    pthread_mutex_t lock;
} bench = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct phone {
    int socket;
    struct crypto_ec_key keys[KEYS];
    struct signer signers[KEYS];
    uint8_t *ask, *answer;
    size_t length; // of the answer
    char access[128];
};

_Noreturn static void die(const char *what)
{
    (void)fprintf(stderr, "bench_serve: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static long server_memory(void)
{
    char path[64], line[LINE_MAX_HERE];
    long kilobytes = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/status", (long)bench.server);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0) {
            kilobytes = strtol(line + 6, NULL, 10);
        }
    }
    (void)(file != NULL && fclose(file));
    return kilobytes;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

// The processor's time that this program has had.
static double own_seconds(void)
{
    struct rusage usage = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

// And the server (proc(5): utime and stime stand 14th and 15th, the name in brackets second).
static double server_seconds(void)
{
    enum { BEFORE = 12 }; // fields between the name and utime
    char path[64], line[1024];
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)bench.server);
    FILE *file = fopen(path, "r");
    char *rest = file != NULL && fgets(line, sizeof line, file) != NULL ? strrchr(line, ')') : NULL;
    for (int i = 0; rest != NULL && i < BEFORE; i++) {
        rest = strchr(rest + 1, ' ');
    }
    if (rest == NULL) {
        die("the server's time");
    }
    const unsigned long user = strtoul(rest, &rest, 10);
    const unsigned long system = strtoul(rest, NULL, 10);
    (void)fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

// --- HTTP --------------------------------------------------------------------------------------------------------

static void connect_phone(struct phone *phone)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)bench.port)};
    (void)inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    phone->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (phone->socket < 0 || connect(phone->socket, (struct sockaddr *)&to, sizeof to) != 0) {
        die("connect");
    }
}

// The answer's body, in the phone's room.
static struct span ask(struct phone *phone, const char *method, const char *path, const char *type,
                       const char *headers, struct span body)
{
    struct writer w = writer_of(phone->ask, ASK_MAX);
    char head[16384];
    const int n =
        snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: x\r\n%s%s%sContent-Length: %zu\r\n\r\n", method,
                 path, headers, type, type[0] != '\0' ? "\r\n" : "", body.n);
    writer_put(&w, span_of(head, (size_t)n));
    writer_put(&w, body);
    if (w.overflow || n >= (int)sizeof head || send(phone->socket, phone->ask, w.n, 0) != (ssize_t)w.n) {
        die("send");
    }
    size_t have = 0, whole = 0;
    const uint8_t *start = phone->answer;
    while (whole == 0 || have < whole) {
        const ssize_t got = recv(phone->socket, phone->answer + have, ANSWER_MAX - 1 - have, 0);
        if (got <= 0) {
            die("recv");
        }
        have += (size_t)got;
        phone->answer[have] = '\0';
        const char *end = whole == 0 ? strstr((char *)phone->answer, "\r\n\r\n") : NULL;
        if (end != NULL) {
            const char *length = strcasestr((char *)phone->answer, "\r\nContent-Length:");
            start = (const uint8_t *)end + 4;
            whole = (size_t)(start - phone->answer) + strtoul(length != NULL ? length + 17 : "0", NULL, 10);
        }
    }
    if (strncmp((char *)phone->answer + 9, "200", 3) != 0) {
        (void)fprintf(stderr, "%s %s: %.*s\n", method, path, 400, (char *)phone->answer);
        exit(1);
    }
    return span_of(start, whole - (size_t)(start - phone->answer));
}

static json_t *json_of(struct span body)
{
    json_t *json = json_loadb((const char *)body.p, body.n, 0, NULL);
    if (json == NULL) {
        die("JSON");
    }
    return json;
}

static struct span post(struct phone *phone, const char *path, const char *type, struct span body,
                        bool proven)
{
    static const char dpop[] = "DPoP: ", authorization[] = "\r\nAuthorization: DPoP ", line_end[] = "\r\n";
    const struct crypto_random random = crypto_system_random();
    char uri[256], headers[8192];
    struct writer w = writer_of(headers, sizeof headers - 1);
    const struct dpop_request request = {.method = "POST",
                                         .uri = uri,
                                         .access_token = span_of(phone->access, strlen(phone->access)),
                                         .now = (int64_t)time(NULL)};
    (void)snprintf(uri, sizeof uri, "%s%s", bench.base_url, path);
    if (proven) {
        writer_put(&w, span_of(dpop, sizeof dpop - 1));
        if (dpop_make(&phone->signers[0], &request, &random, &w) != JUMIN_OK) {
            die("DPoP");
        }
        if (phone->access[0] != '\0') {
            writer_put(&w, span_of(authorization, sizeof authorization - 1));
            writer_put(&w, request.access_token);
        }
        writer_put(&w, span_of(line_end, 2));
    }
    headers[w.n] = '\0';
    return ask(phone, "POST", path, type, headers, body);
}

// --- One issuance ------------------------------------------------------------------------------------------------

static void redeem(struct phone *phone, const struct offer *offer)
{
    char path[128];
    uint8_t form[512];
    struct writer w = writer_of(form, sizeof form);
    phone->access[0] = '\0';
    (void)snprintf(path, sizeof path, "/offer/%s", offer->reference);
    json_t *found = json_of(ask(phone, "GET", path, "", "", span_of("", 0)));
    const char *code = NULL;
    (void)json_unpack(found, "{s:{s:{s:s}}}", "grants",
                      "urn:ietf:params:oauth:grant-type:pre-authorized_code", "pre-authorized_code", &code);
    http_form_put(&w, "grant_type", "urn:ietf:params:oauth:grant-type:pre-authorized_code");
    http_form_put(&w, "pre-authorized_code", code != NULL ? code : "");
    http_form_put(&w, "tx_code", offer->tx_code);
    json_t *tokens = json_of(
        post(phone, "/token", "Content-Type: application/x-www-form-urlencoded", writer_span(&w), true));
    (void)snprintf(phone->access, sizeof phone->access, "%s",
                   json_string_value(json_object_get(tokens, "access_token")));
    json_decref(found);
    json_decref(tokens);
}

// A megabyte of JSON costs a phone as much as it costs the server to make, and is not looked into here.
static unsigned count_copies(struct span answer)
{
    static const char credential[] = "{\"credential\":\"";
    unsigned count = 0;
    for (const uint8_t *at = answer.p; at != NULL; at++, count++) {
        const size_t left = answer.n - (size_t)(at - answer.p);
        at = memmem(at, left, credential, sizeof credential - 1);
        if (at == NULL) {
            break;
        }
    }
    return count;
}

static void fetch(struct phone *phone, const char *configuration)
{
    static const char type[] = "Content-Type: application/json";
    uint8_t text[4096];
    json_t *nonce = json_of(post(phone, "/nonce", "", span_of("", 0), false)), *proofs = json_array();
    const struct proof_jwt_order usual = {.audience = bench.base_url,
                                          .nonce = json_string_value(json_object_get(nonce, "c_nonce")),
                                          .now = (int64_t)time(NULL)};
    for (unsigned i = 0; i < bench.copies; i++) {
        struct proof_jwt_order order = usual;
        struct writer w = writer_of(text, sizeof text);
        order.key = &phone->signers[1 + i];
        if (proof_jwt_make(&order, &w) != JUMIN_OK) {
            die("proof");
        }
        (void)json_array_append_new(proofs, json_stringn((char *)text, w.n));
    }
    json_t *body =
        json_pack("{s:s, s:{s:o}}", "credential_configuration_id", configuration, "proofs", "jwt", proofs);
    char *dumped = json_dumps(body, JSON_COMPACT);
    if (count_copies(post(phone, "/credential", type, span_of(dumped, strlen(dumped)), true)) !=
        bench.copies) {
        die("not as many copies as keys");
    }
    free(dumped);
    json_decref(nonce);
    json_decref(body);
}

// False: there is none any more.
static bool next_offer(struct offer *offer, size_t *number)
{
    (void)pthread_mutex_lock(&bench.lock);
    const bool there =
        bench.count < OFFERS_MAX && scanf("%63s %15s %*s", offer->reference, offer->tx_code) == 2;
    if (there) {
        *number = bench.count++;
        if (*number % SAMPLE == 0) {
            (void)fprintf(stderr, "%8zu  %ld kB\n", *number, server_memory());
        }
    }
    (void)pthread_mutex_unlock(&bench.lock);
    return there;
}

static void *run(void *unused)
{
    const struct crypto_random random = crypto_system_random();
    struct phone *phone = calloc(1, sizeof *phone);
    (void)unused;
    if (phone == NULL) {
        die("memory");
    }
    phone->ask = malloc(ASK_MAX);
    phone->answer = malloc(ANSWER_MAX);
    if (phone->ask == NULL || phone->answer == NULL) {
        die("memory");
    }
    for (size_t i = 0; i <= bench.copies; i++) {
        if (!crypto_ec_generate(&phone->keys[i], CRYPTO_P256, &random) ||
            !signer_of_key(&phone->keys[i], &phone->signers[i])) {
            die("keys");
        }
    }
    connect_phone(phone);
    struct offer offer;
    size_t mine = 0;
    while (next_offer(&offer, &mine)) {
        const double begin = now_ms();
        redeem(phone, &offer);
        fetch(phone, "kr.jumin.resident.1.mdoc");
        fetch(phone, "kr.jumin.resident.1.sd-jwt");
        bench.milliseconds[mine] = now_ms() - begin;
    }
    (void)close(phone->socket);
    for (size_t i = 0; i <= bench.copies; i++) {
        crypto_ec_release(&phone->keys[i]);
    }
    free(phone->ask);
    free(phone->answer);
    free(phone);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX];
    if (argc != 6) {
        (void)fprintf(stderr, "bench_serve PORT BASE_URL THREADS COPIES SERVER_PID <offers\n");
        return 2;
    }
    const unsigned long count = strtoul(argv[3], NULL, 10);
    bench.port = (unsigned)strtoul(argv[1], NULL, 10);
    bench.base_url = argv[2];
    bench.copies = (unsigned)strtoul(argv[4], NULL, 10);
    bench.server = (pid_t)strtol(argv[5], NULL, 10);
    if (count == 0 || count > THREADS_MAX || bench.copies == 0 || bench.copies >= KEYS) {
        return 2;
    }
    bench.milliseconds = calloc(OFFERS_MAX, sizeof *bench.milliseconds);
    if (bench.milliseconds == NULL) {
        die("memory");
    }
    const double begin = now_ms(), own = own_seconds(), servers = server_seconds();
    const long before = server_memory();
    for (size_t i = 0; i < count; i++) {
        if (pthread_create(&threads[i], NULL, run, NULL) != 0) {
            die("threads");
        }
    }
    for (size_t i = 0; i < count; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    const double seconds = (now_ms() - begin) / 1e3;
    if (bench.count == 0) {
        die("no offers");
    }
    qsort(bench.milliseconds, bench.count, sizeof *bench.milliseconds, by_size);
    (void)printf("%zu issuances of 2 x %u copies in %.1f s by %lu phones at once: %.1f a second, %.0f copies "
                 "a second\n"
                 "one: %.1f ms in the middle, %.1f ms p99, %.1f ms at most\n"
                 "the processor's time of one: %.1f ms the server's, %.1f ms the phones'\n"
                 "the server's memory: %.1f MB before, %.1f MB after\n",
                 bench.count, bench.copies, seconds, count, (double)bench.count / seconds,
                 2.0 * bench.copies * (double)bench.count / seconds, bench.milliseconds[bench.count / 2],
                 bench.milliseconds[bench.count * 99 / 100], bench.milliseconds[bench.count - 1],
                 (server_seconds() - servers) * 1e3 / (double)bench.count,
                 (own_seconds() - own) * 1e3 / (double)bench.count, (double)before / 1024,
                 (double)server_memory() / 1024);
    free(bench.milliseconds);
    return 0;
}
