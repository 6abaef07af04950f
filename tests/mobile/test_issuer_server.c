// The issuer's server as a whole, asked over HTTP: what its address has in it, and what its health says.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_http_stage.h"
#include "tests/unit/temporary_folder.h"

#include "host/http/client_curl.h"

#include <ftw.h>
#include <jumin/mobile_pki.h>
#include <jumin/server.h>
#include <stdio.h>
#include <stdlib.h>

enum { STATIONS = 3 };

static struct jumin_server *served;
static struct jumin_mobile_pki *pki;
static struct jumin_station *stations[STATIONS];
static struct jumin_policy *policies[STATIONS];
static struct client_curl *curl;
static json_t *got;

static void serve(const char *base_url)
{
    char detail[JUMIN_SERVER_DETAIL] = "";
    static struct jumin_server_issuing issuing; // outlives the server
    issuing = (struct jumin_server_issuing){.base_url = base_url,
                                            .stations = stations,
                                            .station_count = STATIONS,
                                            .pki = pki,
                                            .passphrase = PASSPHRASE};
    const struct jumin_server_options options = {.issuing = &issuing, .unlimited = true};
    if (jumin_server_start(&served, &options, detail) != JUMIN_OK) {
        fail_msg("%s", detail);
    }
}

static int open_server(void **state)
{
    const struct client_curl_options options = {.allow_http = true};
    const struct jumin_mobile_pki_options made = {.now = STAGE_NOW};
    if (issuer_stage_open(state) != 0) { // in a temporary folder
        return -1;
    }
    station_clock = STAGE_NOW;
    curl = client_curl_new(&options);
    assert_int_equal(jumin_mobile_pki_new(&pki, temporary_path("mobile")), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_init(pki, PASSPHRASE, &made), JUMIN_OK);
    for (size_t i = 0; i < STATIONS; i++) {
        assert_int_equal(jumin_policy_new(&policies[i]), JUMIN_OK);
        assert_int_equal(station_connect(&stations[i], 0, 0), JUMIN_OK);
        stations[i]->policy = policies[i];
    }
    return 0;
}

static int remove_one(const char *name, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(name);
}

static int close_server(void **state)
{
    jumin_server_free(served);
    served = NULL;
    json_decref(got);
    got = NULL;
    for (size_t i = 0; i < STATIONS; i++) {
        jumin_station_close(stations[i]);
        jumin_policy_free(policies[i]);
    }
    jumin_mobile_pki_free(pki);
    client_curl_free(curl);
    assert_int_equal(nftw(temporary_path("mobile"), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    return issuer_stage_close(state);
}

// Status of a GET; the answer, where it is JSON, is `got`.
static int get(const char *path)
{
    char url[256];
    struct detail detail = {{0}};
    struct http_client_answer at = {.status = 0};
    const struct http_client client = client_curl_client(curl);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)jumin_server_port(served), path);
    const struct http_client_request request = {.method = "GET", .url = url};
    if (http_client_ask(&client, &request, &at, &detail) != JUMIN_OK) {
        fail_msg("%s", detail.text);
    }
    const int status = at.status;
    json_decref(got);
    got = json_loadb((const char *)at.body, at.n, 0, NULL);
    http_client_answer_release(&at);
    return status;
}

static const char *member(const char *name)
{
    const char *text = json_string_value(json_object_get(got, name));
    return text != NULL ? text : "";
}

// Of a server that begins at that time, with its lists up to date.
static int health_at(int64_t now)
{
    jumin_server_free(served);
    served = NULL;
    station_clock = now;
    serve("http://issuer.example");
    return get("/health");
}

enum { SIGNER_DAYS = 457 };

static void test_health_warns_before_a_signers_certificate_ends(void **state)
{
    const int64_t end = STAGE_NOW + SIGNER_DAYS * (int64_t)STAGE_DAY;
    (void)state;
    assert_int_equal(health_at(STAGE_NOW), 200);
    assert_null(json_object_get(got, "warning"));
    assert_int_equal(health_at(end - 30 * (int64_t)STAGE_DAY), 200);
    assert_null(json_object_get(got, "warning"));
    assert_int_equal(health_at(end - 30 * (int64_t)STAGE_DAY + 1), 200);
    assert_string_equal(member("warning"),
                        "the certificate of mdoc ends in 29 days, and with it what it signs now");
    assert_int_equal(health_at(end - STAGE_DAY), 200);
    assert_int_equal(health_at(end - STAGE_DAY + 1), 503);
    assert_string_equal(member("reason"),
                        "the certificate of mdoc ends within a day: nothing is issued with it");
}

static void test_health_is_bad_when_a_signers_certificate_has_expired(void **state)
{
    (void)state;
    serve("http://issuer.example");
    assert_int_equal(get("/health"), 200);
    station_clock = STAGE_NOW + SIGNER_DAYS * (int64_t)STAGE_DAY + 1;
    assert_int_equal(get("/health"), 503);
    assert_non_null(strstr(member("reason"), "certificate of"));
    assert_non_null(strstr(member("reason"), "has expired"));
}

// OpenID4VCI 1.0 §12.2.2, RFC 8414 §3.1: between host and path.
static void test_an_address_with_a_path_has_its_well_known_places_before_it(void **state)
{
    (void)state;
    serve("http://issuer.example/resident/kr");
    assert_int_equal(get("/.well-known/openid-credential-issuer/resident/kr"), 200);
    assert_string_equal(member("credential_issuer"), "http://issuer.example/resident/kr");
    assert_string_equal(member("credential_endpoint"), "http://issuer.example/resident/kr/credential");
    assert_int_equal(get("/.well-known/oauth-authorization-server/resident/kr"), 200);
    assert_string_equal(member("issuer"), "http://issuer.example/resident/kr");
    assert_int_equal(get("/resident/kr/offer/none"), 404);
    assert_string_equal(member("error"), "invalid_offer");
    assert_int_equal(get("/resident/kr/status/1"), 200);
    assert_int_equal(get("/resident/kr/token"), 405);
    // Where a proxy takes the path off, and for clients that append.
    assert_int_equal(get("/.well-known/openid-credential-issuer"), 200);
    assert_int_equal(get("/resident/kr/.well-known/openid-credential-issuer"), 200);
    assert_int_equal(get("/.well-known/openid-credential-issuer/resident"), 404);
    assert_int_equal(get("/.well-known/openid-credential-issuerx/resident/kr"), 404);
    assert_int_equal(get("/resident/krx/offer/none"), 404);
    assert_string_equal(member("error"), "");
}

static void test_an_address_without_a_path_has_none(void **state)
{
    (void)state;
    serve("http://issuer.example");
    assert_int_equal(get("/.well-known/openid-credential-issuer"), 200);
    assert_int_equal(get("/.well-known/openid-credential-issuer/"), 404);
    assert_int_equal(get("/resident/offer/none"), 404);
    assert_string_equal(member("error"), "");
}

#define SERVER_TEST(test) cmocka_unit_test_setup_teardown(test, open_server, close_server)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_TEST(test_health_warns_before_a_signers_certificate_ends),
        SERVER_TEST(test_health_is_bad_when_a_signers_certificate_has_expired),
        SERVER_TEST(test_an_address_with_a_path_has_its_well_known_places_before_it),
        SERVER_TEST(test_an_address_without_a_path_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
