// A verifier in front of tags and phones that are not what they should be: each says why it is refused.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include <stdio.h>

#include "host/verifier/nfc_reader.h"

#define SELECT_TAG "> 00A4040007D276000085010100\n"
#define SELECT_DOCUMENT "> 00A4040007A000000248040000\n"
#define SELECT_CC "> 00A4000C02E103\n"
#define SELECT_NDEF "> 00A4000C02E104\n"
#define READ_CC "> 00B000000F\n"
#define CC "000F207FFF7FFF0406E1047FFF00FF"
#define READ_LENGTH "> 00B0000002\n"
#define OK "< 9000\n"
#define TO_NDEF SELECT_TAG OK SELECT_CC OK READ_CC "< " CC "9000\n" SELECT_NDEF OK READ_LENGTH

// Handover Select of an engagement A0 with a carrier of NFC, 95 bytes; and one without.
#define HS                                                                                                   \
    "9102114873"                                                                                             \
    "15d1020b616301036e666301046d646f63"                                                                     \
    "1c1e020469736f2e6f72673a31383031333a646576696365656e676167656d656e746d646f63a0a0"                       \
    "5c11090369736f2e6f72673a31383031333a6e66636e66630103"                                                   \
    "01012c03020100"
#define HS_WITHOUT_NFC                                                                                       \
    "9102014873"                                                                                             \
    "15"                                                                                                     \
    "5c1e020469736f2e6f72673a31383031333a646576696365656e676167656d656e746d646f63a0a0"

struct scene {
    FILE *log;
    struct jumin_transport *transport;
    struct nfc_reader *reader;
};

static void open_scene(struct scene *scene, const char *script)
{
    static char text[4096];
    (void)snprintf(text, sizeof text, "^\n%s", script);
    scene->log = fmemopen(text, strlen(text), "r");
    assert_non_null(scene->log);
    assert_int_equal(jumin_trace_replay(&scene->transport, scene->log), JUMIN_OK);
    assert_int_equal(jumin_transport_connect(scene->transport), JUMIN_OK);
    assert_int_equal(nfc_reader_new(&scene->reader, scene->transport), JUMIN_OK);
}

static void close_scene(struct scene *scene)
{
    nfc_reader_free(scene->reader);
    jumin_transport_free(scene->transport);
    (void)fclose(scene->log);
}

static void assert_engage(const char *script, enum jumin_error expected, const char *detail)
{
    struct scene scene;
    struct handover_select select;
    open_scene(&scene, script);
    assert_int_equal(nfc_reader_engage(scene.reader, &select), expected);
    if (strstr(nfc_reader_detail(scene.reader), detail) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", nfc_reader_detail(scene.reader), detail);
    }
    close_scene(&scene);
}

static void test_a_phone_is_engaged(void **state)
{
    (void)state;
    assert_engage(TO_NDEF "< 005F9000\n> 00B000025F\n< " HS "9000\n", JUMIN_OK, "");
}

static void test_a_message_comes_in_as_many_reads_as_the_tag_wants(void **state)
{
    (void)state;
    struct scene scene;
    struct handover_select select;
    open_scene(&scene, SELECT_TAG OK SELECT_CC OK READ_CC
               "< 000F20001E7FFF0406E1047FFF00FF9000\n" SELECT_NDEF OK READ_LENGTH "< 005F9000\n"
               "> 00B000021E\n< 910211487315d1020b616301036e666301046d646f631c1e020469736f2e9000\n"
               "> 00B000201E\n< 6f72673a31383031333a646576696365656e676167656d656e746d646f639000\n"
               "> 00B0003E1E\n< a0a05c11090369736f2e6f72673a31383031333a6e66636e66630103019000\n"
               "> 00B0005B06\n< 012c9000\n" // fewer than wanted
               "> 00B0005D04\n< 030201009000\n");
    assert_int_equal(nfc_reader_engage(scene.reader, &select), JUMIN_OK);
    assert_int_equal(select.nfc.command_max, 300);
    close_scene(&scene);
}

static void test_tags_of_another_purpose_are_named(void **state)
{
    (void)state;
    assert_engage(SELECT_TAG "< 6A82\n", JUMIN_ERROR_NOT_SUPPORTED, "no Type 4 Tag");
    assert_engage(SELECT_TAG OK SELECT_CC OK READ_CC "< 000F207FFF7FFF0406E1047FFF80FF9000\n",
                  JUMIN_ERROR_NOT_SUPPORTED, "does not let its message be read");
    assert_engage(TO_NDEF "< 00009000\n", JUMIN_ERROR_NOT_SUPPORTED, "empty");
    assert_engage(TO_NDEF "< 00099000\n> 00B0000209\n< d10105550461626364"
                          "9000\n",
                  JUMIN_ERROR_NOT_SUPPORTED, "another purpose");
    assert_engage(TO_NDEF "< 00069000\n> 00B0000206\n< d102015470009000\n", JUMIN_ERROR_NOT_SUPPORTED,
                  "negotiate");
    assert_engage(TO_NDEF "< 002E9000\n> 00B000022E\n< " HS_WITHOUT_NFC "9000\n", JUMIN_ERROR_NOT_SUPPORTED,
                  "does not offer its document over NFC");
}

static void test_malformed_capability_containers_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "000E207FFF7FFF0406E1047FFF00FF", "000F107FFF7FFF0406E1047FFF00FF", "000F407FFF7FFF0406E1047FFF00FF",
        "000F207FFF7FFF0506E1047FFF00FF", "000F207FFF7FFF0405E1047FFF00FF", "000F2000007FFF0406E1047FFF00FF",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char script[400];
        (void)snprintf(script, sizeof script, SELECT_TAG OK SELECT_CC OK READ_CC "< %s9000\n", wrong[i]);
        assert_engage(script, JUMIN_ERROR_MALFORMED, "capability container");
    }
}

static void test_later_mapping_versions_are_read(void **state)
{
    (void)state;
    assert_engage(SELECT_TAG OK SELECT_CC OK READ_CC
                  "< 0017307FFF7FFF0406E1047FFF00FF9000\n" SELECT_NDEF OK READ_LENGTH
                  "< 005F9000\n> 00B000025F\n< " HS "9000\n",
                  JUMIN_OK, "");
}

static void test_the_file_is_the_one_that_the_tag_names(void **state)
{
    (void)state;
    assert_engage(SELECT_TAG OK SELECT_CC OK READ_CC "< 000F207FFF7FFF0406E10500610000"
                                                     "9000\n> 00A4000C02E105\n" OK READ_LENGTH
                                                     "< 005F9000\n> 00B000025F\n< " HS "9000\n",
                  JUMIN_OK, "");
}

static void test_lengths_that_lie_are_refused(void **state)
{
    (void)state;
    assert_engage(TO_NDEF "< 08019000\n", JUMIN_ERROR_MALFORMED, "longer than");
    assert_engage(SELECT_TAG OK SELECT_CC OK READ_CC
                  "< 000F207FFF7FFF0406E104006000FF9000\n" SELECT_NDEF OK READ_LENGTH "< 005F9000\n",
                  JUMIN_ERROR_MALFORMED, "longer than");
    assert_engage(TO_NDEF "< 00009000\n", JUMIN_ERROR_NOT_SUPPORTED, "");
    assert_engage(TO_NDEF "< 0000009000\n", JUMIN_ERROR_MALFORMED, "another number of bytes");
    assert_engage(TO_NDEF "< 9000\n", JUMIN_ERROR_MALFORMED, "another number of bytes");
}

static void test_a_refused_read_is_told_with_its_status(void **state)
{
    (void)state;
    assert_engage(SELECT_TAG OK SELECT_CC "< 6A82\n", JUMIN_ERROR_NO_SUCH_FILE, "6A82");
    assert_engage(TO_NDEF "< 6982\n", JUMIN_ERROR_ACCESS_DENIED, "6982");
}

// --- Data transfer -----------------------------------------------------------------------------------------

static void assert_exchange(const char *script, enum jumin_error expected, const char *detail)
{
    static const uint8_t message[] = {0xA1, 0xA2};
    struct scene scene;
    struct span answer;
    open_scene(&scene, script);
    assert_int_equal(nfc_reader_select(scene.reader), JUMIN_OK);
    assert_int_equal(nfc_reader_exchange(scene.reader, span_of(message, sizeof message), &answer), expected);
    if (expected == JUMIN_OK) {
        assert_span_hex(answer, detail);
    } else {
        assert_non_null(strstr(nfc_reader_detail(scene.reader), detail));
        assert_int_equal(answer.n, 0);
    }
    close_scene(&scene);
}

#define ENVELOPE SELECT_DOCUMENT OK "> 00C30000045302A1A200\n"

static void test_answers_come_whole_or_in_parts(void **state)
{
    (void)state;
    assert_exchange(ENVELOPE "< 5302B1B29000\n", JUMIN_OK, "B1B2");
    assert_exchange(ENVELOPE "< 536104\n> 00C0000004\n< 03B1B2B39000\n", JUMIN_OK, "B1B2B3");
    assert_exchange(ENVELOPE "< 6100\n> 00C0000000\n< 5302B1B29000\n", JUMIN_OK, "B1B2");
    assert_exchange(ENVELOPE "< 9000\n", JUMIN_OK, "");
}

static void test_answers_that_are_no_object_53_are_refused(void **state)
{
    (void)state;
    assert_exchange(ENVELOPE "< 5402B1B29000\n", JUMIN_ERROR_MALFORMED, "data object 53");
    assert_exchange(ENVELOPE "< 5303B1B29000\n", JUMIN_ERROR_MALFORMED, "data object 53");
    assert_exchange(ENVELOPE "< 5301B1B29000\n", JUMIN_ERROR_MALFORMED, "data object 53");
}

static void test_a_refusal_is_told_with_its_status(void **state)
{
    (void)state;
    assert_exchange(ENVELOPE "< 6F00\n", JUMIN_ERROR_STATUS, "6F00");
    assert_exchange(ENVELOPE "< 5302B1B26985\n", JUMIN_ERROR_STATUS, "6985");
}

static void test_a_card_without_the_application_is_told(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, SELECT_DOCUMENT "< 6A82\n");
    assert_int_equal(nfc_reader_select(scene.reader), JUMIN_ERROR_NOT_SUPPORTED);
    assert_non_null(strstr(nfc_reader_detail(scene.reader), "no application for mobile documents"));
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_phone_is_engaged),
        cmocka_unit_test(test_a_message_comes_in_as_many_reads_as_the_tag_wants),
        cmocka_unit_test(test_tags_of_another_purpose_are_named),
        cmocka_unit_test(test_malformed_capability_containers_are_refused),
        cmocka_unit_test(test_later_mapping_versions_are_read),
        cmocka_unit_test(test_the_file_is_the_one_that_the_tag_names),
        cmocka_unit_test(test_lengths_that_lie_are_refused),
        cmocka_unit_test(test_a_refused_read_is_told_with_its_status),
        cmocka_unit_test(test_answers_come_whole_or_in_parts),
        cmocka_unit_test(test_answers_that_are_no_object_53_are_refused),
        cmocka_unit_test(test_a_refusal_is_told_with_its_status),
        cmocka_unit_test(test_a_card_without_the_application_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
