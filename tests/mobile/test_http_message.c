// Header fields, forms, routes, responses and rates: what the HTTP server is made of, without a socket.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/forwarded.h"
#include "host/http/metrics.h"
#include "host/http/rate.h"
#include "host/http/routes.h"

#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>

// --- Header fields -------------------------------------------------------------------------------------------

static void test_a_header_is_found_whatever_its_case(void **state)
{
    const struct http_header headers[] = {{"Content-Type", "a"}, {"DPoP", "b"}, {"dpop", "c"}};
    (void)state;
    assert_string_equal(http_header_find(headers, 3, "content-type"), "a");
    assert_string_equal(http_header_find(headers, 3, "DPOP"), "b");
    assert_int_equal(http_header_count(headers, 3, "dPoP"), 2);
    assert_int_equal(http_header_count(headers, 3, "DPo"), 0);
    assert_null(http_header_find(headers, 3, "DPoPx"));
}

static void test_a_media_type_has_parameters_or_none(void **state)
{
    (void)state;
    assert_true(http_media_type_is("application/json", "application/json"));
    assert_true(http_media_type_is(" Application/JSON ; charset=utf-8", "application/json"));
    assert_false(http_media_type_is("application/jsonx", "application/json"));
    assert_false(http_media_type_is("application/json+x", "application/json"));
    assert_false(http_media_type_is("application", "application/json"));
    assert_false(http_media_type_is(NULL, "application/json"));
}

// --- Whom a proxy names --------------------------------------------------------------------------------------

static void assert_forwarded(const char *value, const char *expected)
{
    char address[INET6_ADDRSTRLEN] = "";
    assert_int_equal(forwarded_address(value, address), expected[0] != '\0');
    assert_string_equal(address, expected);
}

static void test_a_proxy_names_an_address_with_or_without_a_port(void **state)
{
    (void)state;
    assert_forwarded("203.0.113.7", "203.0.113.7");
    assert_forwarded("203.0.113.7:51034", "203.0.113.7");
    assert_forwarded("2001:db8::1", "2001:db8::1");
    assert_forwarded("[2001:db8::1]", "2001:db8::1");
    assert_forwarded("[2001:db8::1]:443", "2001:db8::1");
    assert_forwarded("2001:DB8:0::0:1", "2001:db8::1"); // one name for one address
    assert_forwarded("10.0.0.1, 203.0.113.7:65535 ", "203.0.113.7");
    assert_forwarded("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535",
                     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static void test_what_is_no_address_and_port_names_nobody(void **state)
{
    static const char *const wrong[] = {
        "",
        "unknown",
        "203.0.113.7, ",
        "203.0.113.7:",
        "203.0.113.7:65536",
        "203.0.113.7:000080",
        "203.0.113.7:+80",
        "203.0.113.7:80x",
        "203.0.113.7 80",
        "[203.0.113.7]",
        "[203.0.113.7]:80",
        "[2001:db8::1",
        "2001:db8::1]",
        "[2001:db8::1]443",
        "[2001:db8::1]:",
        "[2001:db8::1]:65536",
        "[[2001:db8::1]]",
        "[]:443",
        ":443",
        "203.0.113.7:80:80",
        "[2001:db8::1%eth0]:443",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001]:443",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_forwarded(wrong[i], "");
    }
}

// --- Forms ---------------------------------------------------------------------------------------------------

static enum http_form value_of(const char *form, const char *name, char value[8])
{
    memset(value, 'z', 8);
    return http_form_value(span_of(form, strlen(form)), name, value, 8);
}

static void test_a_form_s_value_is_decoded(void **state)
{
    char value[8];
    (void)state;
    assert_int_equal(value_of("a=1&b%2Dc=x+y%2b%C3%A9&d", "b-c", value), HTTP_FORM_ONE);
    assert_string_equal(value, "x y+\xc3\xa9");
    assert_int_equal(value_of("a=1&b=2", "a", value), HTTP_FORM_ONE);
    assert_string_equal(value, "1");
    assert_int_equal(value_of("a=1&b=x=y", "b", value), HTTP_FORM_ONE);
    assert_string_equal(value, "x=y");
    assert_int_equal(value_of("a=1&&d", "d", value), HTTP_FORM_ONE);
    assert_string_equal(value, "");
    assert_int_equal(value_of("a=1234567", "a", value), HTTP_FORM_ONE);
    assert_string_equal(value, "1234567");
}

static void test_a_form_without_the_field_has_none(void **state)
{
    char value[8];
    (void)state;
    assert_int_equal(value_of("", "a", value), HTTP_FORM_NONE);
    assert_int_equal(value_of("ab=1&b=2", "a", value), HTTP_FORM_NONE);
    assert_int_equal(value_of("b=a", "a", value), HTTP_FORM_NONE);
    assert_int_equal(value_of("%=1", "a", value), HTTP_FORM_NONE);
    assert_string_equal(value, "");
}

static void test_a_form_s_field_that_is_twice_or_none_is_refused(void **state)
{
    static const char *const refused[] = {"a=1&a=1", "a=1&%61=2", "a=12345678", "a=%",
                                          "a=%4",    "a=%4g",     "a=%00",      "a=x%00y"};
    char value[8];
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(value_of(refused[i], "a", value), HTTP_FORM_REFUSED);
        assert_string_equal(value, "");
    }
}

static void test_a_form_that_is_written_is_read_as_it_was(void **state)
{
    char bytes[64], value[32];
    struct writer form = writer_of(bytes, sizeof bytes);
    (void)state;
    http_form_put(&form, "grant type", "urn:x&y=%+");
    http_form_put(&form, "b", "~._-9Zz");
    assert_span_hex(writer_span(&form), "6772616e74253230747970653d75726e2533417825323679253344253235253242"
                                        "26623d7e2e5f2d395a7a");
    assert_int_equal(http_form_value(writer_span(&form), "grant type", value, sizeof value), HTTP_FORM_ONE);
    assert_string_equal(value, "urn:x&y=%+");
}

// --- Routes --------------------------------------------------------------------------------------------------

static void put_parts(void *context, const struct http_request *request, struct http_response *response)
{
    const char *const *name = context;
    http_response_text(response, 200, request->parts[1]);
    http_response_header(response, "X-First", request->parts[0]);
    http_response_header(response, "X-Context", *name);
}

static const char *first = "first", *second = "second"; // contexts
static const struct http_route first_routes[] = {
    {.name = "one", .method = "GET", .path = "/a/{}", .handle = put_parts},
    {.name = "two", .method = "POST", .path = "/a/{}", .body_max = 3, .handle = put_parts},
};
static const struct http_route second_routes[] = {
    {.name = "three", .method = "PUT", .path = "/a/{}/x.{}", .handle = put_parts},
};
static const struct http_routes tables[] = {{.routes = first_routes, .count = 2, .context = &first},
                                            {.routes = second_routes, .count = 1, .context = &second}};

static const char *call(const char *method, const char *path, size_t body, struct http_response *response)
{
    struct http_request request = {.method = method, .path = path, .body = {(const uint8_t *)"xxxx", body}};
    *response = (struct http_response){0};
    return http_routes_call(tables, 2, &request, response);
}

static void test_a_route_gets_the_parts_of_its_path(void **state)
{
    struct http_response response;
    (void)state;
    assert_string_equal(call("PUT", "/a/b-1/x.c_~", 0, &response), "three");
    assert_int_equal(response.status, 200);
    assert_memory_equal(response.body, "c_~", 3);
    assert_string_equal(response.headers[0].value, "b-1");
    assert_string_equal(response.headers[1].value, "second");
    http_response_release(&response);
    assert_string_equal(call("HEAD", "/a/b", 0, &response), "one");
    http_response_release(&response);
    assert_string_equal(call("POST", "/a/b", 3, &response), "two");
    assert_int_equal(response.status, 200);
    http_response_release(&response);
    assert_string_equal(call("POST", "/a/b", 4, &response), "two");
    assert_int_equal(response.status, 413);
    http_response_release(&response);
}

static void test_other_paths_and_methods_are_refused(void **state)
{
    static const char *const nowhere[] = {"",     "/",      "/a",     "/a/",     "/a/b/", "/a/b/c",
                                          "/b/b", "/a/%41", "/a/b c", "/a/b/x.", "xa/b"};
    struct http_response response;
    char path[HTTP_PART_MAX + 8] = "/a/";
    (void)state;
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        assert_null(call("GET", nowhere[i], 0, &response));
        assert_int_equal(response.status, 404);
        http_response_release(&response);
    }
    assert_null(call("PUT", "/a/b", 0, &response));
    assert_int_equal(response.status, 405);
    assert_string_equal(response.headers[0].value, "GET, HEAD, POST");
    http_response_release(&response);
    memset(path + 3, 'x', HTTP_PART_MAX - 1);
    assert_string_equal(call("GET", path, 0, &response), "one");
    http_response_release(&response);
    path[HTTP_PART_MAX + 2] = 'x';
    assert_null(call("GET", path, 0, &response));
    http_response_release(&response);
}

// --- Responses -----------------------------------------------------------------------------------------------

static void test_an_error_is_json_that_nobody_stores(void **state)
{
    struct http_response response = {0};
    (void)state;
    http_response_error(&response, 400, "invalid_grant", "used");
    assert_int_equal(response.status, 400);
    assert_string_equal(response.type, "application/json");
    assert_int_equal(response.n, strlen("{\"error\":\"invalid_grant\",\"error_description\":\"used\"}"));
    assert_memory_equal(response.body, "{\"error\":\"invalid_grant\",\"error_description\":\"used\"}",
                        response.n);
    assert_string_equal(response.headers[0].name, "Cache-Control");
    assert_string_equal(response.headers[0].value, "no-store");
    http_response_error(&response, 401, "invalid_token", NULL);
    assert_memory_equal(response.body, "{\"error\":\"invalid_token\"}", response.n);
    assert_int_equal(response.header_count, 1); // replaced
    http_response_release(&response);
    assert_null(response.body);
}

static void test_a_header_that_would_be_two_is_a_mistake(void **state)
{
    static char longest[HTTP_VALUE_MAX + 1];
    static const char *const refused[] = {"a\r\nb: c", "a\nb", longest};
    struct http_response response = {0};
    (void)state;
    memset(longest, 'x', HTTP_VALUE_MAX);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        http_response_text(&response, 200, "body");
        http_response_header(&response, "X", refused[i]);
        assert_int_equal(response.status, 500);
        assert_null(response.body);
    }
    static const char *const many[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I"};
    for (size_t i = 0; i <= HTTP_RESPONSE_HEADERS; i++) {
        http_response_empty(&response, 200);
        http_response_header(&response, many[i], "1");
        assert_int_equal(response.status, i < HTTP_RESPONSE_HEADERS ? 200 : 500);
    }
    http_response_release(&response);
}

static void let_go(void *kept)
{
    ++*(int *)kept;
}

static void test_a_shared_body_is_let_go_once(void **state)
{
    struct http_response response = {0};
    int times = 0;
    (void)state;
    http_response_share(&response, 200, "a/b", span_of("abc", 3), &times, let_go);
    http_response_empty(&response, 204);
    assert_int_equal(times, 1);
    assert_null(response.body);
    http_response_release(&response);
    assert_int_equal(times, 1);
}

static void test_a_response_without_json_is_a_mistake(void **state)
{
    struct http_response response = {0};
    (void)state;
    http_response_json(&response, 200, NULL);
    assert_int_equal(response.status, 500);
    http_response_release(&response);
}

// --- Rates ---------------------------------------------------------------------------------------------------

static void test_a_bucket_gives_its_burst_and_then_its_rate(void **state)
{
    struct rate_table *table = rate_table_new(7);
    const struct http_rate rate = {3, 2}; // a token in 30 seconds
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, 1000), 0);
    }
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, 1000), 30);
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, 11000), 20);
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, 30999), 1);
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, 31000), 0);
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, 31000), 30);
    // After however long, no more than the burst.
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, INT64_MAX / 2), 0);
    }
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, INT64_MAX / 2), 30);
    rate_table_free(table);
}

static void test_buckets_are_by_address_and_by_route(void **state)
{
    struct rate_table *table = rate_table_new(7);
    const struct http_rate rate = {1, 1}, none = {0, 0};
    (void)state;
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, 0), 0);
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 1, 0), 0);
    assert_int_equal(rate_take(table, &rate, "10.0.0.2", 0, 0), 0);
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, 0), 60);
    assert_int_equal(rate_take(table, &rate, "::ffff:10.0.0.1", 0, 0), 60); // the same one
    assert_int_equal(rate_take(table, &none, "10.0.0.1", 0, 0), 0);
    // Of IPv6 the first half is one customer's.
    assert_int_equal(rate_take(table, &rate, "2001:db8:1:2::1", 0, 0), 0);
    assert_int_equal(rate_take(table, &rate, "2001:db8:1:2:ffff::2", 0, 0), 60);
    assert_int_equal(rate_take(table, &rate, "2001:db8:1:3::1", 0, 0), 0);
    // What is no address is one.
    assert_int_equal(rate_take(table, &rate, "unix:", 0, 0), 0);
    assert_int_equal(rate_take(table, &rate, "", 0, 0), 60);
    rate_table_free(table);
}

static void test_a_flood_of_addresses_ends_no_limit_of_who_keeps_asking(void **state)
{
    struct rate_table *table = rate_table_new(7);
    const struct http_rate rate = {1, 1};
    size_t free_again = 0;
    char address[32];
    (void)state;
    assert_int_equal(rate_take(table, &rate, "10.0.0.1", 0, 0), 0);
    for (int64_t i = 0; i < 100000; i++) { // three times what the table has places for, in 50 ms
        (void)snprintf(address, sizeof address, "11.%d.%d.%d", (int)(i >> 16), (int)(i >> 8 & 255),
                       (int)(i & 255));
        (void)rate_take(table, &rate, address, 0, i / 2000);
        free_again += i % 1000 == 0 && rate_take(table, &rate, "10.0.0.1", 0, i / 2000) == 0 ? 1 : 0;
    }
    assert_int_equal(free_again, 0);
    rate_table_free(table);
}

// --- Metrics -------------------------------------------------------------------------------------------------

static void test_metrics_are_written_as_prometheus_reads_them(void **state)
{
    static char bytes[8192];
    struct writer text = writer_of(bytes, sizeof bytes - 1);
    struct metrics *metrics = metrics_new(tables, 2);
    (void)state;
    metrics_count(metrics, 0, 200, 10, 1);
    metrics_count(metrics, 0, 404, 5, 30);
    metrics_count(metrics, 2, 503, 0, 99999);
    metrics_count(metrics, 3, 404, 7, 2);
    metrics_count(metrics, 1, 0, 0, 2); // cut off: no answer
    metrics_refused(metrics, METRICS_BUSY);
    metrics_write(metrics, &(struct metrics_gauges){4, 3, 2, 1796256000}, &text);
    metrics_free(metrics);
    assert_false(text.overflow);
    static const char *const lines[] = {
        "jumin_http_requests_total{route=\"one\",status=\"2xx\"} 1\n",
        "jumin_http_requests_total{route=\"one\",status=\"4xx\"} 1\n",
        "jumin_http_requests_total{route=\"three\",status=\"5xx\"} 1\n",
        "jumin_http_requests_total{route=\"none\",status=\"4xx\"} 1\n",
        "jumin_http_response_bytes_total{route=\"one\"} 15\n",
        "jumin_http_request_seconds_bucket{route=\"one\",le=\"0.001\"} 1\n",
        "jumin_http_request_seconds_bucket{route=\"one\",le=\"0.025\"} 1\n",
        "jumin_http_request_seconds_bucket{route=\"one\",le=\"0.100\"} 2\n",
        "jumin_http_request_seconds_bucket{route=\"one\",le=\"+Inf\"} 2\n",
        "jumin_http_request_seconds_sum{route=\"one\"} 0.031\n",
        "jumin_http_request_seconds_count{route=\"one\"} 2\n",
        "jumin_http_request_seconds_bucket{route=\"three\",le=\"10.000\"} 0\n",
        "jumin_http_request_seconds_sum{route=\"three\"} 99.999\n",
        "jumin_http_request_seconds_count{route=\"two\"} 1\n",
        "jumin_http_refused_total{limit=\"busy\"} 1\n",
        "jumin_http_refused_total{limit=\"slow\"} 0\n",
        "jumin_http_connections 4\n",
        "jumin_http_requests_active 3\n",
        "jumin_http_requests_waiting 2\n",
        "process_start_time_seconds 1796256000\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (strstr(bytes, lines[i]) == NULL) {
            fail_msg("missing: %s", lines[i]);
        }
    }
    assert_null(strstr(bytes, "route=\"two\",status"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_proxy_names_an_address_with_or_without_a_port),
        cmocka_unit_test(test_what_is_no_address_and_port_names_nobody),
        cmocka_unit_test(test_a_header_is_found_whatever_its_case),
        cmocka_unit_test(test_a_media_type_has_parameters_or_none),
        cmocka_unit_test(test_a_form_s_value_is_decoded),
        cmocka_unit_test(test_a_form_without_the_field_has_none),
        cmocka_unit_test(test_a_form_s_field_that_is_twice_or_none_is_refused),
        cmocka_unit_test(test_a_form_that_is_written_is_read_as_it_was),
        cmocka_unit_test(test_a_route_gets_the_parts_of_its_path),
        cmocka_unit_test(test_other_paths_and_methods_are_refused),
        cmocka_unit_test(test_an_error_is_json_that_nobody_stores),
        cmocka_unit_test(test_a_header_that_would_be_two_is_a_mistake),
        cmocka_unit_test(test_a_shared_body_is_let_go_once),
        cmocka_unit_test(test_a_response_without_json_is_a_mistake),
        cmocka_unit_test(test_a_bucket_gives_its_burst_and_then_its_rate),
        cmocka_unit_test(test_buckets_are_by_address_and_by_route),
        cmocka_unit_test(test_a_flood_of_addresses_ends_no_limit_of_who_keeps_asking),
        cmocka_unit_test(test_metrics_are_written_as_prometheus_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
