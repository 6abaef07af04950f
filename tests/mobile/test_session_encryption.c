// Session encryption: ISO 18013-5 Annex D in both directions and both roles, and what must not be taken.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

#include "host/mobile/session_encryption.h"
#include "tests/mobile/annex_d_session.h"

enum { MESSAGE_MAX = 4096 };

struct sides {
    struct session reader, device;
    struct crypto_ec_key reader_key, device_key;
    uint8_t reader_point[EPHEMERAL_POINT], device_point[EPHEMERAL_POINT];
    uint8_t salt[SESSION_SALT];
    struct crypto_random random;
    struct detail detail;
    uint8_t plain[MESSAGE_MAX], message_bytes[MESSAGE_MAX], wanted_bytes[MESSAGE_MAX];
    struct writer message;
};

static void load(struct crypto_ec_key *key, const char *secret, uint8_t point[EPHEMERAL_POINT],
                 const struct crypto_random *random)
{
    struct bytes bytes;
    assert_true(crypto_ec_load_secret(key, CRYPTO_P256, hex(&bytes, secret), random));
    assert_true(crypto_ec_public(key, point));
}

static void start(struct sides *sides)
{
    assert_true(session_start(&sides->reader, SESSION_READER, &sides->reader_key,
                              span_of(sides->device_point, EPHEMERAL_POINT), sides->salt, &sides->random));
    assert_true(session_start(&sides->device, SESSION_DEVICE, &sides->device_key,
                              span_of(sides->reader_point, EPHEMERAL_POINT), sides->salt, &sides->random));
    sides->message = writer_of(sides->message_bytes, sizeof sides->message_bytes);
}

static int set_up(void **state)
{
    static struct sides sides;
    struct bytes transcript;
    memset(&sides, 0, sizeof sides);
    sides.random = crypto_system_random();
    load(&sides.reader_key, ANNEX_D_READER_D, sides.reader_point, &sides.random);
    load(&sides.device_key, ANNEX_D_DEVICE_D, sides.device_point, &sides.random);
    (void)hex(&transcript, ANNEX_D_TRANSCRIPT_BYTES);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &transcript.s, 1, sides.salt));
    start(&sides);
    *state = &sides;
    return 0;
}

static int tear_down(void **state)
{
    struct sides *sides = *state;
    session_end(&sides->reader);
    session_end(&sides->device);
    crypto_ec_release(&sides->reader_key);
    crypto_ec_release(&sides->device_key);
    return 0;
}

static struct span wanted(struct sides *sides, const char *text)
{
    return unhex(text, sides->wanted_bytes, sizeof sides->wanted_bytes);
}

static void assert_digest(struct span bytes, const char *expected)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &bytes, 1, digest));
    assert_span_hex(span_of(digest, 32), expected);
}

static struct span text(const char *characters)
{
    return span_of(characters, strlen(characters));
}

// A message of one side, and its sealed data.
static struct span send(struct sides *sides, struct session *from, const char *plain)
{
    struct session_data data;
    sides->message.n = 0;
    session_put_data(&sides->message, from, text(plain), SESSION_NO_STATUS);
    assert_false(sides->message.overflow);
    assert_true(session_read_data(writer_span(&sides->message), &data));
    return data.data;
}

static void assert_opens(struct sides *sides, struct session *to, struct span sealed, const char *plain)
{
    assert_int_equal(session_open(to, sealed, sides->plain, &sides->detail), JUMIN_OK);
    assert_true(span_equal(span_of(sides->plain, sealed.n - SESSION_TAG), span_of(plain, strlen(plain))));
}

static void assert_refused(struct sides *sides, struct session *to, struct span sealed)
{
    static const struct session over;
    memset(sides->plain, 0xFF, sizeof sides->plain);
    assert_int_equal(session_open(to, sealed, sides->plain, &sides->detail), JUMIN_ERROR_CRYPTO);
    assert_memory_equal(to, &over, sizeof over);
    if (sealed.n > SESSION_TAG) {
        assert_wiped(sides->plain, sealed.n - SESSION_TAG);
    }
}

// --- Annex D -----------------------------------------------------------------------------------------------

static void test_the_phone_reads_the_establishment_of_annex_d(void **state)
{
    struct sides *sides = *state;
    struct session_establishment establishment;
    assert_true(session_read_establishment(wanted(sides, ANNEX_D_ESTABLISHMENT), &establishment));
    assert_span_hex(span_of(establishment.point, EPHEMERAL_POINT), "04" ANNEX_D_READER_X ANNEX_D_READER_Y);
    assert_int_equal(establishment.key_bytes.n, EPHEMERAL_KEY_BYTES);
    assert_int_equal(session_open(&sides->device, establishment.data, sides->plain, &sides->detail),
                     JUMIN_OK);
    assert_digest(span_of(sides->plain, establishment.data.n - SESSION_TAG), ANNEX_D_REQUEST_DIGEST);
}

static void test_the_reader_makes_the_establishment_of_annex_d(void **state)
{
    struct sides *sides = *state;
    struct session_establishment establishment;
    const struct span published = wanted(sides, ANNEX_D_ESTABLISHMENT);
    assert_true(session_read_establishment(published, &establishment));
    assert_int_equal(session_open(&sides->device, establishment.data, sides->plain, &sides->detail),
                     JUMIN_OK);
    session_put_establishment(&sides->message, &sides->reader, sides->reader_point,
                              span_of(sides->plain, establishment.data.n - SESSION_TAG));
    assert_true(span_equal(writer_span(&sides->message), published));
    assert_in_range(published.n, establishment.data.n, establishment.data.n + SESSION_ESTABLISHMENT_OVERHEAD);
}

static void test_the_reader_reads_the_answer_of_annex_d_and_the_phone_makes_it(void **state)
{
    struct sides *sides = *state;
    struct session_data data;
    const struct span published = wanted(sides, ANNEX_D_DATA);
    assert_true(session_read_data(published, &data));
    assert_true(data.has_data);
    assert_int_equal(data.status, SESSION_NO_STATUS);
    assert_int_equal(session_open(&sides->reader, data.data, sides->plain, &sides->detail), JUMIN_OK);
    const struct span plain = span_of(sides->plain, data.data.n - SESSION_TAG);
    assert_digest(plain, ANNEX_D_RESPONSE_DIGEST);
    session_put_data(&sides->message, &sides->device, plain, SESSION_NO_STATUS);
    assert_true(span_equal(writer_span(&sides->message), published));
}

static void test_the_termination_is_that_of_annex_d(void **state)
{
    struct sides *sides = *state;
    struct session_data data;
    session_put_status(&sides->message, SESSION_TERMINATION);
    assert_span_hex(writer_span(&sides->message), ANNEX_D_TERMINATION);
    assert_true(session_read_data(writer_span(&sides->message), &data));
    assert_false(data.has_data);
    assert_int_equal(data.status, SESSION_TERMINATION);
}

static void test_every_status_has_the_number_of_table_20(void **state)
{
    struct sides *sides = *state;
    session_put_status(&sides->message, SESSION_ENCRYPTION_ERROR);
    session_put_status(&sides->message, SESSION_CBOR_ERROR);
    assert_span_hex(writer_span(&sides->message), "a1667374617475730a a1667374617475730b");
}

// --- Counters and directions --------------------------------------------------------------------------------

static void test_messages_go_to_and_fro(void **state)
{
    struct sides *sides = *state;
    static const char *const texts[] = {"one", "two", "three"};
    for (size_t i = 0; i < 3; i++) {
        assert_opens(sides, &sides->device, send(sides, &sides->reader, texts[i]), texts[i]);
        assert_opens(sides, &sides->reader, send(sides, &sides->device, texts[2 - i]), texts[2 - i]);
    }
    assert_opens(sides, &sides->reader, send(sides, &sides->device, ""), "");
}

static void test_a_message_left_out_is_noticed(void **state)
{
    struct sides *sides = *state;
    (void)send(sides, &sides->reader, "one");
    assert_refused(sides, &sides->device, send(sides, &sides->reader, "two"));
}

static void test_a_message_that_comes_again_is_refused(void **state)
{
    struct sides *sides = *state;
    const struct span sealed = send(sides, &sides->reader, "one");
    assert_opens(sides, &sides->device, sealed, "one");
    assert_refused(sides, &sides->device, sealed);
}

static void test_a_message_sent_back_is_refused(void **state)
{
    struct sides *sides = *state;
    assert_refused(sides, &sides->reader, send(sides, &sides->reader, "one"));
    assert_refused(sides, &sides->device, send(sides, &sides->device, "one"));
}

static void test_every_changed_bit_ends_the_session(void **state)
{
    struct sides *sides = *state;
    const struct span sealed = send(sides, &sides->reader, "one");
    for (size_t i = 0; i < sealed.n; i++) {
        uint8_t changed[64];
        memcpy(changed, sealed.p, sealed.n);
        changed[i] ^= 1;
        struct session device = sides->device;
        assert_refused(sides, &device, span_of(changed, sealed.n));
        assert_int_equal(session_open(&device, sealed, sides->plain, &sides->detail), JUMIN_ERROR_ARGUMENT);
    }
    for (size_t n = 0; n < sealed.n; n++) {
        struct session device = sides->device;
        assert_refused(sides, &device, span_of(sealed.p, n));
    }
}

static void test_counters_do_not_begin_anew(void **state)
{
    struct sides *sides = *state;
    sides->reader.sent = sides->device.received = UINT32_MAX - 1;
    const struct span last = send(sides, &sides->reader, "last");
    assert_opens(sides, &sides->device, last, "last");
    assert_refused(sides, &sides->device, last);
    sides->message.n = 0;
    session_put_data(&sides->message, &sides->reader, text("more"), SESSION_NO_STATUS);
    assert_true(sides->message.overflow);
}

static void test_a_sender_whose_counter_begins_anew_is_refused(void **state)
{
    struct sides *sides = *state;
    static const uint8_t nonce[CRYPTO_GCM_NONCE]; // of the reader, with the counter 0
    uint8_t sealed[4 + SESSION_TAG];
    assert_true(crypto_gcm_seal(span_of(sides->reader.reader_key, SESSION_KEY), nonce, span_of(NULL, 0),
                                text("more"), sealed));
    sides->device.received = UINT32_MAX;
    assert_refused(sides, &sides->device, span_of(sealed, sizeof sealed));
}

static void test_a_status_with_data_ends_the_session_of_the_sender(void **state)
{
    struct sides *sides = *state;
    struct session_data data;
    session_put_data(&sides->message, &sides->device, text("bye"), SESSION_TERMINATION);
    assert_true(session_read_data(writer_span(&sides->message), &data));
    assert_int_equal(data.status, SESSION_TERMINATION);
    assert_opens(sides, &sides->reader, data.data, "bye");
    session_put_data(&sides->message, &sides->device, text("more"), SESSION_NO_STATUS);
    assert_true(sides->message.overflow);
}

// --- Keys --------------------------------------------------------------------------------------------------

static void test_another_transcript_gives_other_keys(void **state)
{
    struct sides *sides = *state;
    sides->salt[31] ^= 1;
    assert_true(session_start(&sides->device, SESSION_DEVICE, &sides->device_key,
                              span_of(sides->reader_point, EPHEMERAL_POINT), sides->salt, &sides->random));
    assert_refused(sides, &sides->device, send(sides, &sides->reader, "one"));
}

static void test_a_point_off_the_curve_starts_no_session(void **state)
{
    struct sides *sides = *state;
    static const struct session over;
    sides->reader_point[64] ^= 1;
    assert_false(session_start(&sides->device, SESSION_DEVICE, &sides->device_key,
                               span_of(sides->reader_point, EPHEMERAL_POINT), sides->salt, &sides->random));
    assert_memory_equal(&sides->device, &over, sizeof over);
}

static void test_a_key_of_another_curve_starts_no_session(void **state)
{
    struct sides *sides = *state;
    struct crypto_ec_key other;
    uint8_t point[CRYPTO_POINT_MAX];
    assert_true(crypto_ec_generate(&other, CRYPTO_BRAINPOOL_P256R1, &sides->random));
    assert_true(crypto_ec_public(&other, point));
    assert_false(session_start(&sides->device, SESSION_DEVICE, &other, span_of(point, EPHEMERAL_POINT),
                               sides->salt, &sides->random));
    crypto_ec_release(&other);
}

static void test_a_message_that_does_not_fit_uses_no_counter(void **state)
{
    struct sides *sides = *state;
    for (size_t room = 0; room < 26; room++) {
        struct writer small = writer_of(sides->message_bytes, room);
        session_put_data(&small, &sides->reader, text("one"), SESSION_NO_STATUS);
        assert_true(small.overflow);
    }
    assert_int_equal(sides->reader.sent, 0);
}

// --- Messages of others ------------------------------------------------------------------------------------

#define NAME_DATA "6464617461"
#define NAME_STATUS "66737461747573"
#define NAME_KEY "6a655265616465724b6579"
#define COSE_KEY_X "215820" ANNEX_D_READER_X
#define COSE_KEY_Y "225820" ANNEX_D_READER_Y
#define KEY "d818584b a401022001" COSE_KEY_X COSE_KEY_Y

static bool reads_establishment(const char *text_of_it)
{
    struct bytes bytes;
    struct session_establishment establishment;
    return session_read_establishment(hex(&bytes, text_of_it), &establishment);
}

static bool reads_data(const char *text_of_it)
{
    struct bytes bytes;
    struct session_data data;
    return session_read_data(hex(&bytes, text_of_it), &data);
}

static void test_members_come_in_any_order_and_unknown_ones_are_passed_over(void **state)
{
    (void)state;
    assert_true(reads_establishment("a2" NAME_KEY KEY NAME_DATA "4100"));
    assert_true(reads_establishment("a2" NAME_DATA "4100" NAME_KEY KEY));
    assert_true(reads_establishment("a3" NAME_DATA "4100" NAME_KEY KEY "6161"
                                    "820102"));
    assert_true(reads_data("a2" NAME_STATUS "14" NAME_DATA "4100"));
    assert_true(reads_data("a2"
                           "6161"
                           "a10102" NAME_DATA "4100"));
}

static void test_malformed_establishments_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "80",
        "a1" NAME_DATA "4100",
        "a1" NAME_KEY KEY,
        "a2" NAME_KEY KEY NAME_DATA "6100",
        "a2" NAME_KEY KEY NAME_DATA "4100 00",
        "a2" NAME_KEY KEY NAME_DATA "41",
        "a3" NAME_KEY KEY NAME_DATA "4100" NAME_DATA "4100",
        "a3" NAME_KEY KEY NAME_KEY KEY NAME_DATA "4100",
        "a2" NAME_KEY "584b a401022001" COSE_KEY_X COSE_KEY_Y NAME_DATA "4100", // no tag
        "a2" NAME_KEY "d817584b a401022001" COSE_KEY_X COSE_KEY_Y NAME_DATA "4100",
        "a3" NAME_KEY KEY NAME_DATA "4100 4101 02", // bytes as a name
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(reads_establishment(wrong[i]));
    }
}

static void test_malformed_session_data_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "a0",
        "a1"
        "6161"
        "01",
        "a1" NAME_DATA "01",
        "a1" NAME_STATUS "00",
        "a1" NAME_STATUS "20",
        "a2" NAME_DATA "4100" NAME_STATUS "00",
        "a2" NAME_DATA "4100 4101 02",
        "a1" NAME_STATUS "4114",
        "a2" NAME_DATA "4100" NAME_DATA "4100",
        "a2" NAME_STATUS "14" NAME_STATUS "14",
        "a1" NAME_DATA "4100 00",
        "bf" NAME_DATA "4100 ff", // of indefinite length
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(reads_data(wrong[i]));
    }
}

static bool reads_key(const char *text_of_it)
{
    struct bytes bytes;
    struct span cursor = hex(&bytes, text_of_it), whole;
    uint8_t point[EPHEMERAL_POINT];
    return ephemeral_key_take(&cursor, &whole, point) && cursor.n == 0;
}

static void test_keys_have_other_members_and_another_order_too(void **state)
{
    (void)state;
    assert_true(reads_key(KEY));
    assert_true(reads_key("d818584b a4" COSE_KEY_Y "0102" COSE_KEY_X "2001"));
    assert_true(reads_key("d818584e a5 0102 2001" COSE_KEY_X COSE_KEY_Y "02 4101"));
    assert_true(reads_key("d818584d a5 0102 2001" COSE_KEY_X COSE_KEY_Y "03 26"));
}

static void test_malformed_keys_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "d818584b a401012001" COSE_KEY_X COSE_KEY_Y,            // another key type
        "d818584b a401022002" COSE_KEY_X COSE_KEY_Y,            // another curve
        "d8185828 a301022001" COSE_KEY_X,                       // no y
        "d8185828 a301022001" COSE_KEY_Y,                       // no x
        "d8185849 a32001" COSE_KEY_X COSE_KEY_Y,                // no type
        "d8185849 a30102" COSE_KEY_X COSE_KEY_Y,                // no curve
        "d818582a a401022001" COSE_KEY_X "22f5",                // compressed
        "d818586e a501022001" COSE_KEY_X COSE_KEY_X COSE_KEY_Y, // twice
        "d818584d a5010201022001" COSE_KEY_X COSE_KEY_Y,
        "d818584c a401022001" COSE_KEY_X COSE_KEY_Y "00", // left over
        "d818584b a401022001" COSE_KEY_X "22581f"
        "00" ANNEX_D_READER_Y,
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(reads_key(wrong[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_the_phone_reads_the_establishment_of_annex_d),
        TEST(test_the_reader_makes_the_establishment_of_annex_d),
        TEST(test_the_reader_reads_the_answer_of_annex_d_and_the_phone_makes_it),
        TEST(test_the_termination_is_that_of_annex_d),
        TEST(test_every_status_has_the_number_of_table_20),
        TEST(test_messages_go_to_and_fro),
        TEST(test_a_message_left_out_is_noticed),
        TEST(test_a_message_that_comes_again_is_refused),
        TEST(test_a_message_sent_back_is_refused),
        TEST(test_every_changed_bit_ends_the_session),
        TEST(test_counters_do_not_begin_anew),
        TEST(test_a_sender_whose_counter_begins_anew_is_refused),
        TEST(test_a_status_with_data_ends_the_session_of_the_sender),
        TEST(test_another_transcript_gives_other_keys),
        TEST(test_a_point_off_the_curve_starts_no_session),
        TEST(test_a_key_of_another_curve_starts_no_session),
        TEST(test_a_message_that_does_not_fit_uses_no_counter),
#undef TEST
        cmocka_unit_test(test_members_come_in_any_order_and_unknown_ones_are_passed_over),
        cmocka_unit_test(test_malformed_establishments_are_refused),
        cmocka_unit_test(test_malformed_session_data_are_refused),
        cmocka_unit_test(test_keys_have_other_members_and_another_order_too),
        cmocka_unit_test(test_malformed_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
