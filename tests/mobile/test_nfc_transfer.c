// Phone and verifier over NFC in one process: engagement, and messages of every length over every link.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "host/mobile/session_encryption.h"
#include "host/mobile/session_transcript.h"
#include "host/verifier/nfc_reader.h"
#include "tests/mobile/nfc_pair.h"

static const uint8_t engagement[] = {0xA0, 0x01, 0x02};
static const struct jumin_limits short_link = {261, 258, false};
static const struct jumin_limits long_link = {65544, 65538, true};
static const struct jumin_limits middle_link = {1024, 600, true};

struct scene {
    struct nfc_pair pair;
    struct nfc_reader *reader;
    struct handover_select select;
    uint8_t message[NFC_MESSAGE_MAX + 1], reply[NFC_MESSAGE_MAX + 1];
};

static void open_scene(struct scene *scene, uint32_t command_max, uint32_t response_max,
                       const struct jumin_limits *link)
{
    const struct jumin_wallet_nfc_options options = {engagement, sizeof engagement, command_max,
                                                     response_max};
    nfc_pair_start(&scene->pair, &options, link);
    assert_int_equal(nfc_reader_new(&scene->reader, scene->pair.transport), JUMIN_OK);
}

static void close_scene(struct scene *scene)
{
    nfc_reader_free(scene->reader);
    nfc_pair_stop(&scene->pair);
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct scene));
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof scene->message; i++) {
        scene->message[i] = (uint8_t)(i * 7 + i / 256);
        scene->reply[i] = (uint8_t)(i * 11 + i / 256);
    }
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static struct span handover_of(const struct nfc_pair *pair)
{
    struct span handover;
    jumin_wallet_nfc_handover(pair->phone, &handover.p, &handover.n);
    return handover;
}

static void engage(struct scene *scene)
{
    assert_int_equal(nfc_reader_engage(scene->reader, &scene->select), JUMIN_OK);
    assert_int_equal(nfc_reader_select(scene->reader), JUMIN_OK);
}

static void exchange(struct scene *scene, size_t n, size_t reply)
{
    struct span answer;
    scene->pair.answer = span_of(scene->reply, reply);
    assert_int_equal(nfc_reader_exchange(scene->reader, span_of(scene->message, n), &answer), JUMIN_OK);
    assert_int_equal(scene->pair.request_length, n);
    assert_memory_equal(scene->pair.request, scene->message, n);
    assert_true(span_equal(answer, scene->pair.answer));
}

static void test_the_engagement_arrives_as_it_was_given(void **state)
{
    struct scene *scene = *state;
    open_scene(scene, 65535, 65536, &long_link);
    assert_int_equal(nfc_reader_engage(scene->reader, &scene->select), JUMIN_OK);
    assert_true(span_equal(scene->select.engagement, span_of(engagement, sizeof engagement)));
    assert_true(span_equal(scene->select.message, handover_of(&scene->pair)));
    assert_int_equal(scene->select.nfc.command_max, 65535);
    assert_int_equal(scene->select.nfc.response_max, 65536);
    close_scene(scene);
}

static void test_the_longest_engagement_is_read_over_the_shortest_link(void **state)
{
    struct scene *scene = *state;
    static const uint8_t longest[ENGAGEMENT_MAX] = {1, 2, 3};
    const struct jumin_limits link = {261, 50, false};
    const struct jumin_wallet_nfc_options options = {longest, sizeof longest, 255, 256};
    nfc_pair_start(&scene->pair, &options, &link);
    assert_int_equal(nfc_reader_new(&scene->reader, scene->pair.transport), JUMIN_OK);
    assert_int_equal(nfc_reader_engage(scene->reader, &scene->select), JUMIN_OK);
    assert_true(span_equal(scene->select.engagement, span_of(longest, sizeof longest)));
    close_scene(scene);
}

static void test_messages_of_every_length_arrive_over_every_link(void **state)
{
    struct scene *scene = *state;
    static const size_t lengths[] = {1,
                                     100,
                                     127,
                                     128,
                                     251,
                                     252,
                                     253,
                                     254,
                                     255,
                                     256,
                                     257,
                                     300,
                                     508,
                                     509,
                                     510,
                                     1009,
                                     4096,
                                     20000,
                                     NFC_MESSAGE_MAX};
    const struct jumin_limits *links[] = {&short_link, &middle_link, &long_link};
    static const uint32_t phones[][2] = {{255, 256}, {300, 500}, {4096, 4096}, {65535, 65536}};
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 4; k++) {
            open_scene(scene, phones[k][0], phones[k][1], links[i]);
            engage(scene);
            for (size_t m = 0; m < sizeof lengths / sizeof lengths[0]; m++) {
                exchange(scene, lengths[m], lengths[m]);
                exchange(scene, 5, lengths[m]);
                exchange(scene, lengths[m], 5);
            }
            close_scene(scene);
        }
    }
}

static void test_extended_length_takes_one_command(void **state)
{
    struct scene *scene = *state;
    open_scene(scene, 65535, 65536, &long_link);
    engage(scene);
    const unsigned before = scene->pair.commands;
    exchange(scene, 60000, 60000);
    assert_int_equal(scene->pair.commands, before + 1);
    close_scene(scene);
}

static void test_commands_keep_to_what_the_phone_takes(void **state)
{
    struct scene *scene = *state;
    open_scene(scene, 255, 256, &long_link); // extended length is none of its
    engage(scene);
    exchange(scene, 100, 100);
    assert_false(scene->pair.last.extended);
    assert_int_equal(scene->pair.last.ne, 256);
    close_scene(scene);
    open_scene(scene, 300, 500, &long_link);
    engage(scene);
    exchange(scene, 100, 100);
    assert_true(scene->pair.last.extended);
    assert_int_equal(scene->pair.last.ne, 500);
    close_scene(scene);
}

static void test_an_engagement_by_qr_code_leaves_no_tag(void **state)
{
    struct scene *scene = *state;
    const struct jumin_wallet_nfc_options options = {NULL, 0, 4096, 4096};
    const struct engagement_nfc limits = {4096, 4096};
    nfc_pair_start(&scene->pair, &options, &long_link);
    assert_int_equal(nfc_reader_new(&scene->reader, scene->pair.transport), JUMIN_OK);
    assert_int_equal(handover_of(&scene->pair).n, 0);
    assert_int_equal(nfc_reader_engage(scene->reader, &scene->select), JUMIN_ERROR_NOT_SUPPORTED);
    assert_string_equal(nfc_reader_detail(scene->reader), "NFC engagement: no Type 4 Tag lies there");
    nfc_reader_set_limits(scene->reader, &limits);
    assert_int_equal(nfc_reader_select(scene->reader), JUMIN_OK);
    exchange(scene, 3000, 5000);
    close_scene(scene);
}

static void test_a_termination_has_no_answer(void **state)
{
    struct scene *scene = *state;
    open_scene(scene, 255, 256, &short_link);
    engage(scene);
    exchange(scene, 10, 0);
    close_scene(scene);
}

static void test_messages_that_are_too_long_are_refused(void **state)
{
    struct scene *scene = *state;
    struct span answer;
    open_scene(scene, 255, 256, &short_link);
    engage(scene);
    assert_int_equal(
        nfc_reader_exchange(scene->reader, span_of(scene->message, NFC_MESSAGE_MAX + 1), &answer),
        JUMIN_ERROR_TOO_LONG);
    assert_int_equal(nfc_reader_exchange(scene->reader, span_of(NULL, 0), &answer), JUMIN_ERROR_TOO_LONG);
    scene->pair.answer = span_of(scene->reply, NFC_MESSAGE_MAX + 1);
    assert_int_equal(nfc_reader_exchange(scene->reader, span_of(scene->message, 10), &answer),
                     JUMIN_ERROR_STATUS);
    exchange(scene, 10, 10);
    close_scene(scene);
}

static void test_without_the_application_there_is_no_exchange(void **state)
{
    struct scene *scene = *state;
    struct span answer;
    open_scene(scene, 255, 256, &short_link);
    assert_int_equal(nfc_reader_exchange(scene->reader, span_of(scene->message, 10), &answer),
                     JUMIN_ERROR_NOT_SUPPORTED);
    close_scene(scene);
}

// --- With everything that a session has --------------------------------------------------------------------

static void make_key(struct crypto_ec_key *key, uint8_t point[EPHEMERAL_POINT])
{
    const struct crypto_random random = crypto_system_random();
    assert_true(crypto_ec_generate(key, CRYPTO_P256, &random));
    assert_true(crypto_ec_public(key, point));
}

// The salt of the transcript, as either side makes it of what it has sent and received.
static void start_session(struct session *session, enum session_role role, const struct crypto_ec_key *own,
                          const uint8_t other[EPHEMERAL_POINT], struct span device, struct span reader_key,
                          struct span handover)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t buffer[4096], salt[SESSION_SALT];
    struct writer transcript = writer_of(buffer, sizeof buffer);
    session_transcript_put_nfc(&transcript, device, reader_key, handover, span_of(NULL, 0));
    assert_false(transcript.overflow);
    assert_true(session_transcript_salt(writer_span(&transcript), salt));
    assert_true(session_start(session, role, own, span_of(other, EPHEMERAL_POINT), salt, &random));
}

static void test_a_whole_session_over_nfc(void **state)
{
    struct scene *scene = *state;
    struct crypto_ec_key device_key, reader_key;
    uint8_t device_point[EPHEMERAL_POINT], reader_point[EPHEMERAL_POINT], bytes[512], plain[64], key[128];
    struct session reader, device;
    struct device_engagement read;
    struct session_establishment establishment;
    struct session_data data;
    struct span answer;
    struct detail detail;

    // The phone's engagement reaches the reader.
    make_key(&device_key, device_point);
    make_key(&reader_key, reader_point);
    struct writer engagement_bytes = writer_of(bytes, sizeof bytes);
    engagement_put(&engagement_bytes, device_point, &(struct engagement_nfc){0, 0});
    const struct jumin_wallet_nfc_options options = {bytes, engagement_bytes.n, 0, 0};
    nfc_pair_start(&scene->pair, &options, &short_link);
    assert_int_equal(nfc_reader_new(&scene->reader, scene->pair.transport), JUMIN_OK);
    engage(scene);
    assert_int_equal(engagement_read(scene->select.engagement, &read, &detail), JUMIN_OK);
    assert_memory_equal(read.point, device_point, EPHEMERAL_POINT);

    // The reader's request, which the phone opens, and ends the session.
    struct writer key_bytes = writer_of(key, sizeof key);
    ephemeral_key_put(&key_bytes, reader_point);
    start_session(&reader, SESSION_READER, &reader_key, read.point, read.whole, writer_span(&key_bytes),
                  scene->select.message);
    struct writer request = writer_of(scene->message, sizeof scene->message);
    session_put_establishment(&request, &reader, reader_point, span_of("request", 7));
    assert_true(session_read_establishment(writer_span(&request), &establishment));
    start_session(&device, SESSION_DEVICE, &device_key, establishment.point,
                  span_of(bytes, engagement_bytes.n), establishment.key_bytes, handover_of(&scene->pair));
    assert_int_equal(session_open(&device, establishment.data, plain, &detail), JUMIN_OK);
    assert_memory_equal(plain, "request", 7);
    struct writer response = writer_of(scene->reply, sizeof scene->reply);
    session_put_data(&response, &device, span_of("response", 8), SESSION_TERMINATION);
    scene->pair.answer = writer_span(&response);
    assert_int_equal(nfc_reader_exchange(scene->reader, writer_span(&request), &answer), JUMIN_OK);
    assert_int_equal(scene->pair.request_length, request.n);
    assert_memory_equal(scene->pair.request, request.p, request.n);
    assert_true(session_read_data(answer, &data));
    assert_int_equal(data.status, SESSION_TERMINATION);
    assert_int_equal(session_open(&reader, data.data, plain, &detail), JUMIN_OK);
    assert_memory_equal(plain, "response", 8);

    session_end(&reader);
    crypto_ec_release(&device_key);
    crypto_ec_release(&reader_key);
    close_scene(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_the_engagement_arrives_as_it_was_given),
        TEST(test_the_longest_engagement_is_read_over_the_shortest_link),
        TEST(test_messages_of_every_length_arrive_over_every_link),
        TEST(test_extended_length_takes_one_command),
        TEST(test_commands_keep_to_what_the_phone_takes),
        TEST(test_an_engagement_by_qr_code_leaves_no_tag),
        TEST(test_a_termination_has_no_answer),
        TEST(test_messages_that_are_too_long_are_refused),
        TEST(test_without_the_application_there_is_no_exchange),
        TEST(test_a_whole_session_over_nfc),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
