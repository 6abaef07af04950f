// UPDATE BINARY: a data group is replaced as a whole, or not at all (ISO 7816-4 §11.3.5).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/eid.h"
#include "tests/apdu/eid_document.h"
#include "tests/unit/unit.h"

#include <stdio.h>

static struct card_fixture fixture;

static const rights read_address = (rights)1 << ((int)RIGHT_READ_DG1 + (int)EID_PLACE_OF_RESIDENCE - 1);

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    eid_personalize(&fixture, 1u << EID_RESIDENCE_PERMIT_2);
    eid_begin(&fixture, EID_COMPLETE, TERMINAL_AUTHENTICATION, right_of(RIGHT_WRITE_DG17) | read_address);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void assert_unchanged(void)
{
    uint8_t bytes[32];
    struct writer w = writer_of(bytes, sizeof bytes);
    const struct span sample = eid_sample(EID_PLACE_OF_RESIDENCE, &w);
    assert_int_equal(fixture_protect(&fixture, "00B0910000"), SW_OK);
    assert_int_equal(fixture.data.n, sample.n);
    assert_memory_equal(fixture.data.p, sample.p, sample.n);
}

// DG17 with `n` bytes of text, at most 2048 in all.
static struct span address(size_t n, struct writer *w)
{
    const size_t inner = n + tlv_header_length(0x0C, n);
    tlv_put_header(w, 0x71, inner);
    tlv_put_header(w, 0x0C, n);
    uint8_t *text = writer_reserve(w, n);
    assert_non_null(text);
    memset(text, 'a' + (int)(n % 26), n);
    return writer_span(w);
}

// Sends D6 for SFI 11 in commands of at most `part` bytes each, chained.
static uint16_t write_in_parts(struct span content, size_t part)
{
    static char command[2 * 2100];
    uint16_t status = SW_OK;
    for (size_t offset = 0; offset < content.n && status == SW_OK; offset += part) {
        const struct span piece = span_first(span_from(content, offset), part);
        const bool more = offset + part < content.n;
        int n = snprintf(command, sizeof command, "%02XD69100", more ? 0x10 : 0x00);
        n += piece.n < 256 ? snprintf(command + n, sizeof command - (size_t)n, "%02zX", piece.n)
                           : snprintf(command + n, sizeof command - (size_t)n, "00%04zX", piece.n);
        for (size_t i = 0; i < piece.n; i++) {
            n += snprintf(command + n, sizeof command - (size_t)n, "%02X", piece.p[i]);
        }
        status = fixture_protect(&fixture, command);
    }
    return status;
}

static void assert_address_is(struct span content)
{
    assert_int_equal(fixture_protect(&fixture, "00B09100000000"), SW_OK);
    assert_int_equal(fixture.data.n, content.n);
    assert_memory_equal(fixture.data.p, content.p, content.n);
}

static void test_group_grows_and_shrinks_short_extended_and_chained(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 100, 127, 128, 251, 252, 253, 1000, 2040, 3};
    static const size_t parts[] = {2000, 220, 97};
    static const uint8_t nothing[CARD_COMMAND_DATA_MAX];
    static uint8_t bytes[2100];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
            struct writer w = writer_of(bytes, sizeof bytes);
            const struct span content = address(lengths[i], &w);
            assert_int_equal(write_in_parts(content, parts[k]), SW_OK);
            assert_memory_equal(fixture.card.chain.data, nothing, sizeof nothing);
            assert_address_is(content);
        }
    }
}

static void test_current_file_is_replaced_without_naming_it(void **state)
{
    (void)state;
    ASSERT_PROTECTED(&fixture, "00D6000003710100", "6986");
    ASSERT_PROTECTED(&fixture, "00A4020C020111", "9000");
    ASSERT_PROTECTED(&fixture, "00D60000047102AABB", "9000");
    ASSERT_PROTECTED(&fixture, "00B0000000", "7102AABB9000");
    ASSERT_PROTECTED(&fixture, "00D70000095401005304 7102CCDD", "9000");
    ASSERT_PROTECTED(&fixture, "00B0000000", "7102CCDD9000");
}

static void test_odd_form_names_the_file_by_either_identifier(void **state)
{
    (void)state;
    ASSERT_PROTECTED(&fixture, "00D70111085401005303 710101", "9000");
    ASSERT_PROTECTED(&fixture, "00B0910000", "7101019000");
    ASSERT_PROTECTED(&fixture, "00D70011095402000053037101 02", "9000");
    ASSERT_PROTECTED(&fixture, "00B0910000", "7101029000");
}

static void test_what_is_no_whole_group_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *command, *answer;
    } refused[] = {
        {"00D6910001 71", "6A80"},
        {"00D6910003 710201", "6A80"},               // shorter than it says
        {"00D6910004 71010102", "6A80"},             // longer
        {"00D6910004 71810101", "6A80"},             // a length that is not the shortest
        {"00D6910003 720101", "6A80"},               // another group's tag
        {"00D6910003 610101", "6A80"},               //
        {"00D6910004 7F110101", "6A80"},             // a longer tag
        {"00D6910103 710101", "6B00"},               // an offset
        {"00D6910503 710101", "6B00"},               //
        {"00D70011 08 5401015303 710101", "6B00"},   //
        {"00D70011 05 5303710101", "6A80"},          // no offset
        {"00D70011 07 54005303710101", "6A80"},      // an empty one
        {"00D70011 03 540100", "6A80"},              // no data
        {"00D70011 09 5401005303 71010100", "6A80"}, // more than the data
        {"00D70011 08 5401005203 710101", "6A80"},   // another object
        {"00D6B10003 710101", "6A86"},               // bits of P1 that mean nothing
        {"00D69F0003 710101", "6A82"},               // no such file
        {"00D6920003 720101", "6982"},               // no right
        {"00D6910000", "6700"},                      // no data
        {"00D6910003 71010100", "6700"},             // with Le
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        fixture_assert(&fixture, fixture_protect(&fixture, refused[i].command), refused[i].answer, __FILE__,
                       (int)i);
        assert_unchanged();
    }
}

static void test_chain_that_another_command_breaks_changes_nothing(void **state)
{
    (void)state;
    ASSERT_PROTECTED(&fixture, "10D6910002 7102", "9000");
    assert_unchanged();
    ASSERT_PROTECTED(&fixture, "00D6910002 AABB", "6A80"); // not the chain's end any more
    assert_unchanged();
    ASSERT_PROTECTED(&fixture, "10D6910002 7102", "9000");
    ASSERT_PROTECTED(&fixture, "00D6920002 AABB", "6982"); // another file
    assert_unchanged();
    ASSERT_PROTECTED(&fixture, "10D6910002 7102", "9000");
    ASSERT_PROTECTED(&fixture, "00D6910002 AABB", "9000");
    ASSERT_PROTECTED(&fixture, "00B0910000", "7102AABB9000");
}

static void test_plain_update_is_refused_and_ends_the_session(void **state)
{
    (void)state;
    ASSERT_ANSWER(&fixture, "00D6910003710101", "6982");
    assert_int_equal(fixture_protect(&fixture, "00B0910000"), SW_SM_OBJECTS_INCORRECT);
    eid_begin(&fixture, EID_COMPLETE, TERMINAL_AUTHENTICATION, read_address);
    assert_unchanged();
}

static void test_only_in_the_eid_application(void **state)
{
    (void)state;
    ASSERT_PROTECTED(&fixture, "00A4000C023F00", "9000");
    ASSERT_PROTECTED(&fixture, "00D6910003710101", "6D00");
}

static uint16_t with_file(unsigned group, const char *content)
{
    uint8_t bytes[16];
    const struct span data = unhex(content, bytes, sizeof bytes);
    assert_int_equal(store_write(&fixture.card.store, (uint16_t)(OBJECT_EID_FILES + group), data), STORE_OK);
    return eid_applet.complete(&fixture.card);
}

static void test_application_is_complete_only_with_whole_groups(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "71", "7102", "710200", "71020000 00", "7200", "6100", "71810100"};
    static uint8_t bytes[2100];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(with_file(EID_PLACE_OF_RESIDENCE, bad[i]), SW_CONDITIONS_NOT_SATISFIED);
    }
    assert_int_equal(with_file(EID_PLACE_OF_RESIDENCE, "71020500"), SW_OK);
    static const struct {
        size_t text;
        uint16_t status;
    } lengths[] = {{124, SW_OK}, {125, SW_OK}, {126, SW_OK},  {251, SW_OK},
                   {252, SW_OK}, {253, SW_OK}, {2040, SW_OK}, {2041, SW_CONDITIONS_NOT_SATISFIED}};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct writer w = writer_of(bytes, sizeof bytes);
        assert_int_equal(store_write(&fixture.card.store, OBJECT_EID_FILES + EID_PLACE_OF_RESIDENCE,
                                     address(lengths[i].text, &w)),
                         STORE_OK);
        assert_int_equal(eid_applet.complete(&fixture.card), lengths[i].status);
    }
}

static void test_removal_leaves_neither_groups_nor_keys(void **state)
{
    (void)state;
    size_t length = 0;
    assert_int_equal(eid_applet.remove(&fixture.card), SW_OK);
    for (unsigned id = OBJECT_EID_FILES; id <= OBJECT_EID_FILES + 0x1F; id++) {
        assert_int_equal(store_length(&fixture.card.store, (uint16_t)id, &length), STORE_NOT_FOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_group_grows_and_shrinks_short_extended_and_chained, start, stop),
        cmocka_unit_test_setup_teardown(test_current_file_is_replaced_without_naming_it, start, stop),
        cmocka_unit_test_setup_teardown(test_odd_form_names_the_file_by_either_identifier, start, stop),
        cmocka_unit_test_setup_teardown(test_what_is_no_whole_group_changes_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_chain_that_another_command_breaks_changes_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_plain_update_is_refused_and_ends_the_session, start, stop),
        cmocka_unit_test_setup_teardown(test_only_in_the_eid_application, start, stop),
        cmocka_unit_test_setup_teardown(test_application_is_complete_only_with_whole_groups, start, stop),
        cmocka_unit_test_setup_teardown(test_removal_leaves_neither_groups_nor_keys, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
