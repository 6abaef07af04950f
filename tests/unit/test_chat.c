// CHAT and extensions: every bit where the standard counts it, reserved bits dropped, malformed ones refused
// (TR-03110-3 §C.3, §C.4, TR-03110-4 §2.2.3).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/chat.h"

static struct authorization parse(const char *hex)
{
    uint8_t bytes[64];
    struct authorization authorization;
    assert_true(chat_parse(unhex(hex, bytes, sizeof bytes), &authorization));
    return authorization;
}

static bool refused(const char *hex)
{
    uint8_t bytes[64];
    struct authorization authorization;
    return !chat_parse(unhex(hex, bytes, sizeof bytes), &authorization);
}

static void assert_put(const struct authorization *authorization, const char *hex)
{
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    chat_put(&w, authorization);
    assert_false(w.overflow);
    assert_span_hex(writer_span(&w), hex);
}

static void test_bits_of_authentication_terminals_are_as_counted(void **state)
{
    (void)state;
    struct authorization found = parse("060904007F000703010202 5305 0000000001");
    assert_int_equal(found.type, TERMINAL_AUTHENTICATION);
    assert_int_equal(found.role, ROLE_TERMINAL);
    assert_int_equal(found.rights, right_of(RIGHT_AGE_VERIFICATION));
    found = parse("060904007F000703010202 5305 4000008130");
    assert_int_equal(found.role, ROLE_DV_FOREIGN);
    assert_int_equal(found.rights, right_of(RIGHT_CAN_ALLOWED) | right_of(RIGHT_PIN_MANAGEMENT) |
                                       right_to_read(1) | right_to_read(8));
    found = parse("060904007F000703010202 5305 A100000000");
    assert_int_equal(found.role, ROLE_DV_DOMESTIC);
    assert_int_equal(found.rights, right_to_write(17) | right_to_write(22));
    found = parse("060904007F000703010202 5305 E020000000");
    assert_int_equal(found.role, ROLE_CVCA);
    assert_int_equal(found.rights, right_to_write(17) | right_to_read(22));
}

// TR-03105-3.3: the rights of all 21 data groups.
static void test_all_rights_asked_for_in_conformance_tests(void **state)
{
    (void)state;
    assert_int_equal(parse("060904007F000703010202 5305 3E1FFFFFF7").rights,
                     (rights_of_type(TERMINAL_AUTHENTICATION) & ~right_to_read(22) & ~right_to_write(22) &
                      ~right_of(RIGHT_PRIVILEGED_TERMINAL) & ~right_of(RIGHT_PROVISION_PHONE)));
    assert_int_equal(parse("060904007F000703010201 5301 23").rights, rights_of_type(TERMINAL_INSPECTION));
    assert_int_equal(parse("060904007F000703010203 5301 03").rights, rights_of_type(TERMINAL_SIGNATURE));
}

static void test_reserved_bits_are_dropped(void **state)
{
    (void)state;
    assert_int_equal(parse("060904007F000703010202 5305 00C0000000").rights, 0);
    assert_int_equal(parse("060904007F000703010201 5301 1C").rights, 0);
    assert_int_equal(parse("060904007F000703010203 5301 3C").rights, 0);
}

static void test_every_right_survives_writing(void **state)
{
    (void)state;
    for (int type = TERMINAL_INSPECTION; type <= TERMINAL_SIGNATURE; type++) {
        for (unsigned bit = 0; bit < RIGHT_PROVISION_PHONE; bit++) {
            const struct authorization wanted = {(enum terminal_type)type, ROLE_DV_FOREIGN,
                                                 right_of((enum right_bit)bit)};
            uint8_t bytes[64];
            struct writer w = writer_of(bytes, sizeof bytes);
            struct tlv chat;
            struct authorization found;
            chat_put(&w, &wanted);
            struct span cursor = writer_span(&w);
            assert_true(tlv_expect(&cursor, TAG_CHAT, &chat));
            assert_true(chat_parse(chat.value, &found));
            assert_int_equal(found.type, type);
            assert_int_equal(found.role, ROLE_DV_FOREIGN);
            assert_int_equal(found.rights, wanted.rights & rights_of_type(wanted.type));
        }
    }
}

static void test_written_chat_has_its_published_form(void **state)
{
    (void)state;
    assert_put(&(struct authorization){TERMINAL_INSPECTION, ROLE_CVCA, UINT64_MAX},
               "7F4C0E060904007F0007030102015301E3");
    assert_put(&(struct authorization){TERMINAL_AUTHENTICATION, ROLE_TERMINAL,
                                       right_of(RIGHT_CAN_ALLOWED) | right_to_read(1)},
               "7F4C12060904007F00070301020253050000000110");
}

static void test_no_terminal_type_is_not_written(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct writer w = writer_of(bytes, sizeof bytes);
    chat_put(&w, &(struct authorization){0});
    assert_true(w.overflow);
}

static void test_malformed_chat_is_refused(void **state)
{
    (void)state;
    assert_true(refused(""));
    assert_true(refused("060904007F000703010202"));
    assert_true(refused("5305 0000000001"));
    assert_true(refused("5305 0000000001 060904007F000703010202"));
    assert_true(refused("060904007F000703010202 5304 00000001"));
    assert_true(refused("060904007F000703010202 5306 000000000001"));
    assert_true(refused("060904007F000703010202 5301 01"));
    assert_true(refused("060904007F000703010201 5305 0000000001"));
    assert_true(refused("060904007F000703010203 5300"));
    assert_true(refused("060904007F000703010200 5301 01"));
    assert_true(refused("060904007F000703010204 5301 01"));
    assert_true(refused("060804007F0007030102 5301 01"));
    assert_true(refused("060A04007F00070301020201 5305 0000000001"));
    assert_true(refused("060904007F000703010202 5305 0000000001 5300"));
    assert_true(refused("060904007F000703010202 5305 00000001"));
}

static void test_rights_to_groups_that_do_not_exist_are_none(void **state)
{
    (void)state;
    assert_int_equal(right_to_read(0), 0);
    assert_int_equal(right_to_read(23), 0);
    assert_int_equal(right_to_read(255), 0);
    assert_int_equal(right_to_write(16), 0);
    assert_int_equal(right_to_write(23), 0);
    assert_int_equal(right_to_read(1), right_of(RIGHT_READ_DG1));
    assert_int_equal(right_to_read(22), right_of(RIGHT_READ_DG22));
    assert_int_equal(right_to_write(17), right_of(RIGHT_WRITE_DG17));
    assert_int_equal(right_to_write(22), right_of(RIGHT_WRITE_DG22));
    assert_int_equal(rights_of_type(TERMINAL_NONE), 0);
}

// --- Extensions ------------------------------------------------------------------------------------------

#define PROVISIONING "06156981FABC8FD7D3A6A2ACCF8E86DBE8AB8EA1B51301"

static bool parse_extensions(const char *hex, struct extensions *extensions)
{
    static uint8_t bytes[256];
    return extensions_parse(unhex(hex, bytes, sizeof bytes), extensions);
}

static void test_extensions_are_read(void **state)
{
    (void)state;
    struct extensions found;
    assert_true(parse_extensions("", &found));
    assert_int_equal(found.rights, 0);
    assert_true(parse_extensions("731A" PROVISIONING "530101"
                                 "7310060904007F0007030103018003AABBCC"
                                 "7310060904007F0007030103028103112233",
                                 &found));
    assert_int_equal(found.rights, right_of(RIGHT_PROVISION_PHONE));
    assert_span_hex(found.description, "AABBCC");
    assert_int_equal(found.sectors.first.n, 0);
    assert_span_hex(found.sectors.second, "112233");
}

static void test_provisioning_extension_without_its_bit_grants_nothing(void **state)
{
    (void)state;
    struct extensions found;
    assert_true(parse_extensions("731A" PROVISIONING "5301FE", &found));
    assert_int_equal(found.rights, 0);
}

static void test_one_of_ours_twice_is_refused(void **state)
{
    (void)state;
    struct extensions found;
    assert_false(parse_extensions("731A" PROVISIONING "530100"
                                  "731A" PROVISIONING "530101",
                                  &found));
    assert_int_equal(found.rights, 0);
    assert_false(parse_extensions("7310060904007F0007030103018003AABBCC"
                                  "7310060904007F0007030103018003AABBCC",
                                  &found));
    assert_int_equal(found.description.n, 0);
    // Another's may.
    assert_true(parse_extensions("730406022A03 730406022A03", &found));
}

static void test_sectors_without_a_hash_are_refused(void **state)
{
    (void)state;
    struct extensions found;
    assert_false(parse_extensions("730B060904007F000703010302", &found));
    assert_false(parse_extensions("730B060904007F000703010301", &found));
}

static void test_what_is_written_as_extensions_is_read(void **state)
{
    (void)state;
    static const uint8_t hash[64] = {1, 2, 3};
    uint8_t bytes[512];
    struct writer w = writer_of(bytes, sizeof bytes);
    const struct extensions wanted = {.rights = UINT64_MAX, .sectors.first = {hash, 64}};
    struct extensions found;
    struct tlv all;
    extensions_put(&w, &wanted);
    struct span cursor = writer_span(&w);
    assert_true(tlv_expect(&cursor, TAG_CERTIFICATE_EXTENSIONS, &all));
    assert_true(extensions_parse(all.value, &found));
    assert_int_equal(found.rights, right_of(RIGHT_PROVISION_PHONE));
    assert_true(span_equal(found.sectors.first, wanted.sectors.first));
    assert_int_equal(found.sectors.second.n, 0);
    assert_int_equal(found.description.n, 0);
}

static void test_nothing_is_written_where_there_is_nothing_to_say(void **state)
{
    (void)state;
    uint8_t bytes[16];
    struct writer w = writer_of(bytes, sizeof bytes);
    extensions_put(&w, &(struct extensions){.rights = right_of(RIGHT_AGE_VERIFICATION)});
    authorization_extension_put(&w, right_of(RIGHT_AGE_VERIFICATION));
    assert_int_equal(w.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits_of_authentication_terminals_are_as_counted),
        cmocka_unit_test(test_all_rights_asked_for_in_conformance_tests),
        cmocka_unit_test(test_reserved_bits_are_dropped),
        cmocka_unit_test(test_every_right_survives_writing),
        cmocka_unit_test(test_written_chat_has_its_published_form),
        cmocka_unit_test(test_no_terminal_type_is_not_written),
        cmocka_unit_test(test_malformed_chat_is_refused),
        cmocka_unit_test(test_rights_to_groups_that_do_not_exist_are_none),
        cmocka_unit_test(test_extensions_are_read),
        cmocka_unit_test(test_provisioning_extension_without_its_bit_grants_nothing),
        cmocka_unit_test(test_one_of_ours_twice_is_refused),
        cmocka_unit_test(test_sectors_without_a_hash_are_refused),
        cmocka_unit_test(test_what_is_written_as_extensions_is_read),
        cmocka_unit_test(test_nothing_is_written_where_there_is_nothing_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
