// Card profiles: those that ship, and that each wrong field of others is named.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/eid.h"
#include "host/perso/photo.h"
#include "host/perso/profile.h"
#include <stdio.h>

static const char good[] =
    "{\"name\":\"own\",\"description\":\"A profile of one's own\","
    "\"passwords\":{\"mrz\":true,\"puk\":false,\"pin\":{\"digits\":4,\"tries\":5,\"transport\":true}},"
    "\"algorithms\":{\"pace\":[\"ECDH-GM\",\"ECDH-CAM\"],\"secure_messaging\":[\"AES-256\",\"ARIA-128\"]},"
    "\"keys\":{\"active_authentication\":true,\"chip\":true,\"restricted_identification\":\"SHA-384\"},"
    "\"terminals\":{\"inspection\":[\"all\"],\"authentication\":[\"store\",\"provision-phone\"]},"
    "\"emrtd\":{\"data_groups\":[1,2]},\"eid\":{\"data_groups\":[4,17]},\"provisioning\":true,"
    "\"portrait\":{\"formats\":[\"JPEG 2000\"],\"bytes\":12000}}";

static enum jumin_error parse(const char *json, struct profile *profile, char *detail)
{
    return profile_parse(span_of(json, strlen(json)), profile, detail);
}

static void test_every_field_is_taken(void **state)
{
    (void)state;
    struct profile profile;
    char detail[PROFILE_DETAIL_MAX] = "";
    assert_int_equal(parse(good, &profile, detail), JUMIN_OK);
    assert_string_equal(profile.name, "own");
    assert_string_equal(profile.description, "A profile of one's own");
    assert_true(profile.mrz);
    assert_false(profile.puk);
    assert_int_equal(profile.pin_digits, 4);
    assert_int_equal(profile.pin_tries, 5);
    assert_true(profile.transport_pin);
    assert_int_equal(profile.mapping_count, 2);
    assert_int_equal(profile.mappings[1], PACE_ECDH_CAM);
    assert_int_equal(profile.suite_count, 2);
    assert_int_equal(profile.suites[0], SUITE_AES_CBC_CMAC_256);
    assert_int_equal(profile.suites[1], SUITE_ARIA_CBC_CMAC_128);
    assert_true(profile.active_authentication);
    assert_true(profile.chip_key);
    assert_true(profile.restricted_identification);
    assert_int_equal(profile.identification_hash, CRYPTO_SHA384);
    assert_int_equal(profile.trust_points, 1 << TERMINAL_INSPECTION | 1 << TERMINAL_AUTHENTICATION);
    assert_true(profile.terminal_rights[TERMINAL_INSPECTION] == rights_of_type(TERMINAL_INSPECTION));
    assert_true(profile.terminal_rights[TERMINAL_AUTHENTICATION] ==
                (right_of(RIGHT_CAN_ALLOWED) | right_of(RIGHT_AGE_VERIFICATION) |
                 right_to_read(EID_GIVEN_NAMES) | right_to_read(EID_FAMILY_NAMES) |
                 right_to_read(EID_DATE_OF_BIRTH) | right_of(RIGHT_PROVISION_PHONE)));
    assert_true(profile.terminal_rights[TERMINAL_SIGNATURE] == 0);
    assert_int_equal(profile.emrtd_groups, 1 << 1 | 1 << 2);
    assert_int_equal(profile.eid_groups, 1 << 4 | 1 << 17);
    assert_true(profile.provisioning);
    assert_int_equal(profile.portrait_formats, PHOTO_JPEG2000);
    assert_int_equal(profile.portrait_bytes, 12000);
}

// The first is what a station writes unless told otherwise.
static void test_profiles_that_ship_say_what_they_are_for(void **state)
{
    (void)state;
    static const char *const names[] = {"resident", "resident-kr", "key-only", "interop"};
    struct profile profiles[4];
    char detail[PROFILE_DETAIL_MAX] = "";
    assert_int_equal(profile_texts_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(profile_texts[i].name, names[i]);
        assert_int_equal(strlen(profile_texts[i].text), profile_texts[i].n);
        assert_int_equal(parse(profile_texts[i].text, &profiles[i], detail), JUMIN_OK);
        assert_string_equal(profiles[i].name, names[i]);
        assert_true(profiles[i].provisioning);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(profiles[i].portrait_formats, i == 3 ? PHOTO_JPEG | PHOTO_JPEG2000 : PHOTO_JPEG);
        assert_int_equal(profiles[i].portrait_bytes, 20000);
    }
    assert_true(profile_has_group(profiles[0].eid_groups, EID_OPTIONAL_DATA));
    assert_true(profile_has_group(profiles[0].eid_groups, EID_PLACE_OF_RESIDENCE));
    assert_int_equal(profiles[1].eid_groups, profiles[0].eid_groups);
    assert_int_equal(profiles[1].suite_count, profiles[0].suite_count + 2);
    assert_int_equal(profiles[2].emrtd_groups | profiles[2].eid_groups, 0);
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        const rights granted = profiles[0].terminal_rights[TERMINAL_AUTHENTICATION];
        // Everything that is on a resident card is for someone.
        assert_true(!profile_has_group(profiles[0].eid_groups, group) ||
                    (granted & right_to_read(group)) != 0);
        assert_int_equal(profiles[2].terminal_rights[TERMINAL_AUTHENTICATION] & right_to_read(group), 0);
    }
    assert_false(profiles[2].mrz); // it is made of document number and dates
    assert_int_equal(profiles[3].eid_groups & profiles[0].eid_groups, profiles[0].eid_groups);
}

// `good` with the first `from` replaced by `to`.
static const char *changed(const char *from, const char *to)
{
    static char text[2048];
    const char *at = strstr(good, from);
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    return text;
}

static void expect_refused(const char *json, const char *named)
{
    struct profile profile;
    static const struct profile empty;
    char detail[PROFILE_DETAIL_MAX] = "";
    assert_int_equal(parse(json, &profile, detail), JUMIN_ERROR_INPUT);
    if (strstr(detail, named) == NULL) {
        fail_msg("\"%s\" does not name %s", detail, named);
    }
    assert_memory_equal(&profile, &empty, sizeof profile);
}

static void test_wrong_fields_are_named(void **state)
{
    (void)state;
    expect_refused(changed("\"own\"", "\"Own\""), "name");
    expect_refused(changed("\"own\"", "\"\""), "name");
    expect_refused(changed("\"own\"", "\"a-name-that-is-far-too-long-for-it\""), "name");
    expect_refused(changed("\"provisioning\"", "\"provision\""), "provision");
    expect_refused(changed("\"mrz\":true", "\"mrz\":1"), "passwords.mrz");
    expect_refused(changed("\"puk\":false", "\"pukk\":false"), "pukk");
    expect_refused(changed("\"digits\":4", "\"digits\":3"), "passwords.pin.digits");
    expect_refused(changed("\"digits\":4", "\"digits\":9"), "passwords.pin.digits");
    expect_refused(changed("\"digits\":4", "\"digits\":4.0"), "passwords.pin.digits");
    expect_refused(changed("\"tries\":5", "\"tries\":1"), "passwords.pin.tries");
    expect_refused(changed("\"tries\":5", "\"tries\":16"), "passwords.pin.tries");
    expect_refused(changed("\"transport\":true", "\"transport\":\"yes\""), "passwords.pin.transport");
    expect_refused(changed("\"ECDH-GM\",", ""), "algorithms.pace");
    expect_refused(changed("\"ECDH-GM\"", "\"DH-GM\""), "algorithms.pace");
    expect_refused(changed("\"ECDH-GM\"", "\"ECDH-CAM\""), "algorithms.pace");
    expect_refused(changed("\"AES-256\"", "\"3DES\""), "algorithms.secure_messaging");
    expect_refused(changed("[\"AES-256\",\"ARIA-128\"]", "[]"), "algorithms.secure_messaging");
    expect_refused(changed("\"SHA-384\"", "\"SHA-3\""), "keys.restricted_identification");
    expect_refused(changed("\"inspection\"", "\"police\""), "police");
    expect_refused(changed("\"inspection\":[\"all\"],\"authentication\"", "\"inspection\""), "terminals");
    expect_refused(changed("[\"all\"]", "[]"), "terminals.inspection");
    expect_refused(changed("[\"all\"]", "\"all\""), "terminals.inspection");
    expect_refused(changed("[\"all\"]", "[1]"), "terminals.inspection");
    expect_refused(changed("[\"all\"]", "[\"store\"]"), "terminals.inspection"); // of another type
    expect_refused(changed("\"provision-phone\"", "\"provision-phones\""), "terminals.authentication");
    expect_refused(changed("\"data_groups\":[1,2]", "\"data_groups\":[2]"), "emrtd.data_groups");
    expect_refused(changed("\"data_groups\":[1,2]", "\"data_groups\":[1,3]"), "emrtd.data_groups");
    expect_refused(changed("\"data_groups\":[1,2]", "\"data_groups\":[1,1]"), "emrtd.data_groups");
    expect_refused(changed("\"data_groups\":[4,17]", "\"data_groups\":[]"), "eid.data_groups");
    expect_refused(changed("\"data_groups\":[4,17]", "\"data_groups\":[16]"), "eid.data_groups");
    expect_refused(changed("\"data_groups\":[4,17]", "\"data_groups\":[33]"), "eid.data_groups");
    expect_refused(changed("\"data_groups\":[4,17]", "\"data_groups\":[4.5]"), "eid.data_groups");
    expect_refused(changed("\"emrtd\":{\"data_groups\":[1,2]},", ""), "portrait");
    expect_refused(changed("\"eid\":{\"data_groups\":[4,17]},", ""), "keys.restricted_identification");
    expect_refused(changed("\"provisioning\":true", "\"provisioning\":\"yes\""), "provisioning");
    expect_refused(changed("\"bytes\":12000", "\"bytes\":999"), "portrait.bytes");
    expect_refused(changed("\"bytes\":12000", "\"bytes\":30001"), "portrait.bytes");
    expect_refused(changed("\"bytes\":12000", "\"bytes\":12000.0"), "portrait.bytes");
    expect_refused(changed("\"bytes\":12000", "\"byte\":12000"), "byte");
    expect_refused(changed("[\"JPEG 2000\"]", "[\"PNG\"]"), "portrait.formats");
    expect_refused(changed("[\"JPEG 2000\"]", "[]"), "portrait.formats");
    expect_refused(changed("[\"JPEG 2000\"]", "[\"JPEG\",\"JPEG\"]"), "portrait.formats");
    expect_refused(changed("{\"data_groups\":[1,2]}", "{\"data_groups\":[1,11]}"), "portrait");
}

static void test_missing_fields_are_named(void **state)
{
    (void)state;
    expect_refused(changed("\"name\":\"own\",", ""), "name");
    expect_refused(changed("\"mrz\":true,", ""), "passwords.mrz");
    expect_refused(changed(",\"pin\":{\"digits\":4,\"tries\":5,\"transport\":true}", ""), "passwords.pin");
    expect_refused(changed("\"tries\":5,", ""), "passwords.pin.tries");
    expect_refused(changed("\"pace\":[\"ECDH-GM\",\"ECDH-CAM\"],", ""), "algorithms.pace");
    expect_refused(changed("\"chip\":true,", ""), "keys.chip");
    expect_refused(changed("\"formats\":[\"JPEG 2000\"],", ""), "portrait.formats");
    expect_refused(changed(",\"bytes\":12000", ""), "portrait.bytes");
    expect_refused("{}", "name");
    expect_refused("[]", "line 1");
    expect_refused("{\n\"name\":\"a\",\n\"name\":\"b\"}", "line 3");
}

static void test_what_need_not_be_there(void **state)
{
    (void)state;
    struct profile profile;
    char detail[PROFILE_DETAIL_MAX] = "";
    assert_int_equal(
        parse("{\"name\":\"bare\",\"description\":\"Nothing\",\"passwords\":{\"mrz\":false,\"puk\":"
              "false,\"pin\":{\"digits\":6,\"tries\":3,\"transport\":false}},\"algorithms\":{\"pace\":["
              "\"ECDH-IM\"],\"secure_messaging\":[\"AES-128\"]},\"keys\":{\"active_authentication\":"
              "false,\"chip\":false}}",
              &profile, detail),
        JUMIN_OK);
    assert_int_equal(profile.trust_points, 0);
    assert_false(profile.restricted_identification);
    assert_false(profile.provisioning);
}

static void test_every_truncation_is_refused(void **state)
{
    (void)state;
    struct profile profile;
    char detail[PROFILE_DETAIL_MAX];
    for (size_t n = 0; n < strlen(good); n++) {
        assert_int_equal(profile_parse(span_of(good, n), &profile, detail), JUMIN_ERROR_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_is_taken),
        cmocka_unit_test(test_profiles_that_ship_say_what_they_are_for),
        cmocka_unit_test(test_wrong_fields_are_named),
        cmocka_unit_test(test_missing_fields_are_named),
        cmocka_unit_test(test_what_need_not_be_there),
        cmocka_unit_test(test_every_truncation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
