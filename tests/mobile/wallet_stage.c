// A wallet before the issuer's handlers, in one process.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/wallet_stage.h"

#include "host/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WEEK = 7 * STAGE_DAY };

struct jumin_wallet *wallet;
char wallet_path[128];
char stage_number[JUMIN_APPLICATION_NUMBER];
struct stage_holder stage_venue;
bool stage_ready, stage_online, stage_photo, stage_another_issuer;
unsigned stage_requests, stage_answers;
char stage_last_path[128];
unsigned stage_flush_fails_at;
const char *(*stage_binding)(struct span message, struct http_response *response);

static struct stage_holder root, venues, mdoc, sd_jwt, status_holder, list_signer, other_root;
struct stage_holder stage_other_status;
bool stage_two_issuers;
static struct span chains[3];
static struct issuer *issuer;

// A power cut is not what these tests are about, and a disk is slow.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's --wrap names it
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
    (void)fd;
    const bool fails = stage_flush_fails_at == 1;
    stage_flush_fails_at -= stage_flush_fails_at > 0 ? 1 : 0;
    if (fails) {
        errno = EIO;
        return -1;
    }
    return 0;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// --- The network -------------------------------------------------------------------------------------------------

static void serve_status(const char *path, struct http_response *response)
{
    struct status_published published;
    const enum jumin_error error =
        status_store_token(stage, strtoll(path + strlen("/status/"), NULL, 10), &published);
    if (error != JUMIN_OK) {
        http_response_empty(response, 404);
        return;
    }
    http_response_bytes(response, 200, status_media_type(published.format),
                        span_of(published.token, published.n));
    free(published.token);
}

static void serve(const struct http_client_request *asked, const char *path, struct http_response *response)
{
    struct http_header headers[8];
    size_t count = 0;
    for (; count < asked->header_count; count++) {
        headers[count] = asked->headers[count];
    }
    if (asked->type != NULL) {
        headers[count++] = (struct http_header){"Content-Type", asked->type};
    }
    struct http_request request = {.method = asked->method,
                                   .path = path,
                                   .body = asked->body,
                                   .headers = headers,
                                   .header_count = count,
                                   .peer = "192.0.2.1",
                                   .secure = true,
                                   .now = station_clock};
    const struct http_routes table = issuer_routes(issuer);
    if (strcmp(path, "/binding") == 0 && stage_binding != NULL) {
        const char *session = stage_binding(asked->body, response);
        if (session != NULL) {
            http_response_header(response, "Jumin-Session", session);
        }
    } else if (strcmp(path, "/trust-list") == 0) {
        const struct span list = stage_trust_list(true);
        http_response_bytes(response, 200, "application/jwt", list);
    } else if (strncmp(path, "/status/", strlen("/status/")) == 0) {
        serve_status(path, response);
    } else {
        (void)http_routes_call(&table, 1, &request, response);
    }
    if (stage_another_issuer && strcmp(path, "/provision") == 0 && response->status == 200) {
        json_t *offer = json_loadb((const char *)response->body, response->n, 0, NULL);
        (void)json_object_set_new(offer, "credential_issuer", json_string("https://other.example"));
        http_response_release(response);
        *response = (struct http_response){0};
        http_response_json(response, 200, offer);
    }
}

static enum jumin_error ask(void *context, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *detail)
{
    struct http_response response = {.status = 0};
    const size_t n = strlen(STAGE_ISSUER);
    (void)context;
    if (!stage_online || stage_requests >= stage_answers || strncmp(request->url, STAGE_ISSUER, n) != 0) {
        return detail_set(detail, JUMIN_ERROR_LINK, "no connection");
    }
    stage_requests++;
    (void)snprintf(stage_last_path, sizeof stage_last_path, "%s", request->url + n);
    serve(request, request->url + n, &response);
    answer->status = response.status;
    answer->n = response.n;
    answer->body = calloc(response.n + 1, 1);
    assert_non_null(answer->body);
    if (response.n > 0) {
        memcpy(answer->body, response.body, response.n);
    }
    if (response.type != NULL) {
        assert_true(http_client_answer_add(answer, span_of("Content-Type", 12),
                                           span_of(response.type, strlen(response.type))));
    }
    for (size_t i = 0; i < response.header_count; i++) {
        const char *name = response.headers[i].name, *value = response.headers[i].value;
        assert_true(
            http_client_answer_add(answer, span_of(name, strlen(name)), span_of(value, strlen(value))));
    }
    http_response_release(&response);
    return JUMIN_OK;
}

// --- The issuer ----------------------------------------------------------------------------------------------

static bool ready(void *context)
{
    (void)context;
    return stage_ready;
}

static struct issuer_signer issuer_signer_of(struct stage_holder *holder, struct span *chain)
{
    struct issuer_signer made = {.chain = chain, .chain_count = 1, .not_before = STAGE_NOW - STAGE_DAY};
    *chain = holder->der;
    assert_true(signer_of_key(&holder->key.key, &made.signer));
    return made;
}

static void make_issuer(void)
{
    struct detail detail = {{0}};
    const struct issuer_options options = {
        .base_url = STAGE_ISSUER,
        .stations = &server,
        .station_count = 1,
        .mdoc = issuer_signer_of(&mdoc, &chains[0]),
        .sd_jwt = issuer_signer_of(&sd_jwt, &chains[1]),
        .ready = ready,
        .batch = 5,
    };
    assert_int_equal(issuer_new(&issuer, &options, &detail), JUMIN_OK);
}

void stage_publish_status(void)
{
    stage_publish_status_by(&status_holder);
}

void stage_publish_status_by(const struct stage_holder *by)
{
    union {
        const struct crypto_ec_key *read;
        struct crypto_ec_key *any;
    } key = {.read = &by->key.key};
    const struct crypto_random random = crypto_system_random();
    const struct status_policy policy = status_policy_default(STAGE_ISSUER);
    struct status_signer signer = {.chain = &by->der, .count = 1};
    struct detail detail = {{0}};
    size_t published = 0;
    assert_true(signer_of_key(key.any, &signer.signer));
    if (status_store_publish(stage, &policy, &signer, &random, station_clock, &published, &detail) !=
        JUMIN_OK) {
        fail_msg("%s", detail.text);
    }
}

const char *stage_offer(const char **tx_code)
{
    static char uri[512];
    static struct jumin_offer offer;
    struct records_offer made;
    offer = issuer_offer(stage_number, &made);
    assert_true(jumin_offer_uri(STAGE_ISSUER, offer.reference, uri, sizeof uri));
    *tx_code = offer.tx_code;
    return uri;
}

void stage_assert(enum jumin_error error, enum jumin_error wanted, const char *part)
{
    if (error != wanted || strstr(jumin_wallet_detail(wallet), part) == NULL) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_wallet_detail(wallet));
    }
}

void stage_provision(void)
{
    const char *tx_code = NULL;
    if (wallet->trust_text_length == 0) {
        stage_trust(); // without a list no resident's credential is taken
    }
    const char *uri = stage_offer(&tx_code);
    stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_OK, "");
}

static int64_t list_issued;
const char *stage_vouched_type;

struct span stage_trust_list(bool issuers)
{
    static uint8_t text[16384];
    struct signer by;
    struct detail detail = {{0}};
    struct writer jws = writer_of(text, sizeof text);
    const struct trust_list_root roots[] = {{.kind = TRUST_LIST_VENUES, .certificate = venues.der},
                                            {.kind = TRUST_LIST_ISSUERS,
                                             .certificate = root.der,
                                             .types = stage_vouched_type != NULL ? &stage_vouched_type : NULL,
                                             .type_count = stage_vouched_type != NULL},
                                            {.kind = TRUST_LIST_ISSUERS, .certificate = other_root.der}};
    const struct x5chain chain = stage_chain(&list_signer);
    assert_true(signer_of_key(&list_signer.key.key, &by));
    assert_int_equal(trust_list_sign(list_issued, list_issued + WEEK, roots,
                                     issuers ? 2U + stage_two_issuers : 1U, &by, &chain, &jws, &detail),
                     JUMIN_OK);
    return writer_span(&jws);
}

struct span stage_list_root(void)
{
    return root.der;
}

static void trust(bool issuers)
{
    const struct span list = stage_trust_list(issuers);
    stage_assert(jumin_wallet_trust(wallet, list.p, list.n, root.der.p, root.der.n, station_clock), JUMIN_OK,
                 "");
}

void stage_trust(void)
{
    trust(true);
}

void stage_trust_without_issuers(void)
{
    trust(false);
}

void stage_list_is_issued(int64_t at)
{
    list_issued = at;
}

struct jumin_wallet_credential stage_credential(size_t index)
{
    struct jumin_wallet_credential credential;
    assert_int_equal(jumin_wallet_credential(wallet, index, station_clock, &credential), JUMIN_OK);
    return credential;
}

// --- The stage -----------------------------------------------------------------------------------------------

static void connect_wallet(void)
{
    const struct http_client client = {ask, NULL};
    wallet_use_client(wallet, &client);
}

void stage_reopen(void)
{
    jumin_wallet_free(wallet);
    assert_int_equal(jumin_wallet_open(&wallet, wallet_path, "open", NULL), JUMIN_OK);
    connect_wallet();
}

static void make_certificates(void)
{
    static bool made;
    if (made) {
        return;
    }
    made = true;
    stage_root(&root, "Mobile IACA", NULL);
    stage_root(&venues, "Venue Root", NULL);
    stage_issue(&mdoc, &root, CERTIFICATE_MDOC_SIGNER, CRYPTO_P256, NULL);
    stage_issue(&sd_jwt, &root, CERTIFICATE_SD_JWT_ISSUER, CRYPTO_P256, NULL);
    stage_issue(&status_holder, &root, CERTIFICATE_STATUS_SIGNER, CRYPTO_P256, NULL);
    stage_issue(&list_signer, &root, CERTIFICATE_TRUST_LIST_SIGNER, CRYPTO_P256, NULL);
    stage_root(&other_root, "Another IACA", NULL);
    stage_issue(&stage_other_status, &other_root, CERTIFICATE_STATUS_SIGNER, CRYPTO_P256, NULL);
    stage_issue(&stage_venue, &venues, CERTIFICATE_READER, CRYPTO_P256, NULL);
}

int wallet_stage_open(void **state)
{
    make_certificates();
    if (issuer_stage_open(state) != 0) {
        return -1;
    }
    station_clock = STAGE_NOW;
    list_issued = STAGE_NOW;
    stage_vouched_type = NULL;
    stage_ready = true;
    stage_online = true;
    stage_requests = 0;
    stage_answers = 1000;
    stage_flush_fails_at = 0;
    stage_binding = NULL;
    stage_another_issuer = false;
    station_photo = stage_photo ? issuer_photo() : station_photo;
    stage_publish_status();
    make_issuer();
    station_make_handed_over(1, stage_number);
    (void)snprintf(wallet_path, 128, "/tmp/jumin-wallet-XXXXXX");
    assert_non_null(mkdtemp(wallet_path));
    (void)snprintf(wallet_path + strlen(wallet_path), 16, "/wallet");
    assert_int_equal(jumin_wallet_create(&wallet, wallet_path, "open", NULL), JUMIN_OK);
    connect_wallet();
    return 0;
}

int wallet_stage_close(void **state)
{
    char path[160];
    jumin_wallet_free(wallet);
    wallet = NULL;
    (void)unlink(wallet_path);
    (void)snprintf(path, sizeof path, "%s.lock", wallet_path);
    (void)unlink(path);
    *strrchr(wallet_path, '/') = '\0';
    (void)rmdir(wallet_path);
    issuer_free(issuer);
    issuer = NULL;
    return issuer_stage_close(state);
}

// --- What is in the file ---------------------------------------------------------------------------------------

struct jumin_wallet *stage_open_copy(const struct jumin_wallet_keys *keys)
{
    enum { FILE_BYTES = 1 << 20 };
    static uint8_t bytes[FILE_BYTES];
    const struct jumin_wallet_options options = {.keys = keys};
    struct jumin_wallet *copy = NULL;
    char path[160];
    size_t n = 0;
    (void)snprintf(path, sizeof path, "%s.copy", wallet_path);
    assert_int_equal(disk_read(wallet_path, bytes, sizeof bytes, &n), JUMIN_OK);
    FILE *file = fopen(path, "wb"); // which need not be on the disk
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(jumin_wallet_open(&copy, path, "open", &options), JUMIN_OK);
    (void)unlink(path);
    (void)strcat(path, ".lock");
    (void)unlink(path);
    return copy;
}

// Tokens are worth keeping though the disk is full, and keys that a request has used are spare in the file.
static json_t *content_of(const struct jumin_wallet *which)
{
    json_t *json = wallet_to_json(which);
    json_t *credential = NULL;
    size_t i = 0;
    (void)json_object_del(json, "spares");
    json_array_foreach(json_object_get(json, "credentials"), i, credential)
    {
        (void)json_object_del(credential, "grant");
        (void)json_object_del(credential, "notification");
    }
    return json;
}

void stage_assert_memory_is_as_the_file(void)
{
    struct jumin_wallet_keys keys = wallet->keys;
    keys.remove = NULL;
    struct jumin_wallet *copy = stage_open_copy(&keys);
    json_t *in_memory = content_of(wallet), *in_file = content_of(copy);
    assert_true(json_equal(in_memory, in_file));
    json_decref(in_memory);
    json_decref(in_file);
    jumin_wallet_free(copy);
}
