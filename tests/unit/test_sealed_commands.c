// What an issuer sends to the card where nobody listens: which commands, in which order, and how many.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "card/wire/sm_session.h"
#include "host/issuer/sealed_commands.h"
#include "host/mobile/cbor.h"
#include "tests/unit/unit.h"

#include <stdio.h>

enum { SHORT = 223, EXTENDED = 1024, BUFFER = 65536 };

static const struct sealed_limits no_extended = {261, 258, false}, extended = {65279, 65279, true};
static const uint8_t thumbprint[BINDING_THUMBPRINT] = {7};

static void start(struct sm_session *session)
{
    static const uint8_t key[16] = {1};
    memset(session, 0, sizeof *session);
    assert_true(sm_start(session, SUITE_AES_CBC_CMAC_128, span_of(key, 16), span_of(key, 16)));
}

// The commands of a plan as the card reads them: "00B09B0000:0400 " is header, data's length, and Le.
static void expect_commands(const struct sealed_limits *limits, size_t chip_security, size_t portrait,
                            const char *expected)
{
    static uint8_t bytes[BUFFER];
    char text[512] = "";
    uint8_t buffer[512], ssc[CRYPTO_BLOCK];
    struct writer w = writer_of(bytes, sizeof bytes);
    struct sm_session server, card;
    struct sealed_plan plan;
    struct binding_apdus commands = {0};
    struct span command;
    struct apdu_command outer, plain;
    sealed_plan(&plan, limits, chip_security, portrait);
    start(&server);
    start(&card);
    assert_true(sealed_put_commands(&w, &server, &plan, span_of(thumbprint, sizeof thumbprint)));
    commands = (struct binding_apdus){plan.count, writer_span(&w)};
    for (size_t n = 0; binding_next_apdu(&commands, &command); n = strlen(text)) {
        assert_true(apdu_parse(command, &outer));
        assert_int_equal(sm_open_command(&card, &outer, buffer, &plain), SM_OK);
        (void)snprintf(text + n, sizeof text - n, "%02X%02X%02X%02X:%zu:%u ", plain.cla, plain.ins, plain.p1,
                       plain.p2, plain.data.n, (unsigned)plain.ne);
        sm_next_ssc(&card, ssc); // of the answer
        sm_set_ssc(&card, ssc);
    }
    assert_string_equal(text, expected);
    sm_end(&server);
    sm_end(&card);
}

static void test_binding_alone_is_two_commands(void **state)
{
    (void)state;
    expect_commands(&extended, 0, 0, "00A4040C:8:0 80100000:32:256 ");
}

static void test_chip_security_is_read_in_the_master_file_before_anything_is_selected(void **state)
{
    (void)state;
    expect_commands(&extended, 1, 0, "00B09B00:0:1 00A4040C:8:0 80100000:32:256 ");
    expect_commands(&extended, EXTENDED, 0, "00B09B00:0:1024 00A4040C:8:0 80100000:32:256 ");
    expect_commands(&extended, 2 * EXTENDED + 5, EXTENDED + 6,
                    "00B09B00:0:1024 00B00400:0:1024 00B00800:0:5 00A4040C:7:0 00B08200:0:1024 "
                    "00B00400:0:6 00A4040C:8:0 80100000:32:256 ");
    expect_commands(&no_extended, SHORT + 1, SHORT + 2,
                    "00B09B00:0:223 00B000DF:0:1 00A4040C:7:0 00B08200:0:223 00B000DF:0:2 00A4040C:8:0 "
                    "80100000:32:256 ");
}

static void test_portrait_alone_is_read_in_its_application(void **state)
{
    (void)state;
    expect_commands(&extended, 0, 10, "00A4040C:7:0 00B08200:0:10 00A4040C:8:0 80100000:32:256 ");
}

static size_t count_of(const struct sealed_limits *limits, size_t chip_security, size_t portrait)
{
    struct sealed_plan plan;
    sealed_plan(&plan, limits, chip_security, portrait);
    return plan.count;
}

static void test_as_many_reads_as_the_files_need(void **state)
{
    (void)state;
    assert_int_equal(count_of(&extended, 0, 0), 2);
    assert_int_equal(count_of(&extended, EXTENDED, 0), 3);
    assert_int_equal(count_of(&extended, EXTENDED + 1, 0), 4);
    assert_int_equal(count_of(&extended, 0, EXTENDED), 4);
    assert_int_equal(count_of(&extended, EXTENDED + 1, EXTENDED + 1), 7);
    assert_int_equal(count_of(&no_extended, SHORT, SHORT + 1), 6);
    assert_true(count_of(&no_extended, SEALED_READ_MAX, SEALED_READ_MAX) <= BINDING_COMMANDS_MAX);
}

static void test_long_reads_need_a_link_and_a_card_for_them(void **state)
{
    (void)state;
    const size_t answer = EXTENDED + SM_OVERHEAD + 2;
    const struct sealed_limits enough = {262, answer, true}, short_command = {261, answer, true},
                               short_answer = {262, answer - 1, true}, not_extended = {262, answer, false};
    assert_int_equal(count_of(&enough, EXTENDED, 0), 3);
    assert_int_equal(count_of(&short_command, EXTENDED, 0), 7);
    assert_int_equal(count_of(&short_answer, EXTENDED, 0), 7);
    assert_int_equal(count_of(&not_extended, EXTENDED, 0), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binding_alone_is_two_commands),
        cmocka_unit_test(test_chip_security_is_read_in_the_master_file_before_anything_is_selected),
        cmocka_unit_test(test_portrait_alone_is_read_in_its_application),
        cmocka_unit_test(test_as_many_reads_as_the_files_need),
        cmocka_unit_test(test_long_reads_need_a_link_and_a_card_for_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
