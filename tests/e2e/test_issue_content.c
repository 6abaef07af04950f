// What is on a card of a profile and what is not, and what a profile wants before a card is touched.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/issue_stage.h"

#include "host/perso/order.h"
#include "tests/apdu/eac.h"

// --- What is not on a card ---------------------------------------------------------------------------------

static bool contains(const struct order_bytes *file, const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i + n <= file->n; i++) {
        if (memcmp(file->p + i, text, n) == 0) {
            return true;
        }
    }
    return false;
}

static void test_key_only_card_holds_nothing_of_the_person(void **state)
{
    (void)state;
    const struct person *person = &station.order->person;
    const struct flash_simulator *flash = &station.link.flash;
    const char *const texts[] = {person->surname_hangul, person->given_names_hangul,  person->surname,
                                 person->birth_date,     person->registration_number, person->document_number,
                                 person->address.city,   person->municipality_code};
    set_profile("key-only");
    expect_issued();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(texts[i][0] != '\0');
        assert_false(flash_simulator_contains(flash, span_of(texts[i], strlen(texts[i]))));
    }
    assert_false(flash_simulator_contains(flash, span_of(station.order->photo.image + 100, 32)));
    struct jumin_reader *reader = NULL;
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_reader_new(&reader, station.transport), JUMIN_OK);
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, SPECIMEN_CAN), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_NOT_SUPPORTED);
    jumin_reader_free(reader);
    next_card(2); // what was looked for is found on another card
    expect_issued();
    person = &station.order->person;
    const char *number = person->registration_number;
    assert_true(flash_simulator_contains(flash, span_of(number, strlen(number))));
}

static void test_key_only_card_needs_no_person(void **state)
{
    (void)state;
    jumin_order_free(station.order);
    assert_int_equal(jumin_order_new(&station.order), JUMIN_OK);
    set_profile("key-only");
    expect_issued();
    assert_string_equal(jumin_order_mrz(station.order), "");
    assert_int_equal(strlen(jumin_order_puk(station.order)), 10);
}

// Number and address are behind the terminal's rights alone.
static void test_travel_document_has_neither_number_nor_address(void **state)
{
    (void)state;
    expect_issued();
    const struct person *person = &station.order->person;
    for (unsigned group = 1; group < ORDER_FILES; group++) {
        const struct order_bytes *file = &station.order->groups[group];
        const char *const texts[] = {person->registration_number, person->address.city,
                                     person->address.street, person->municipality_code};
        for (size_t i = 0; i < 4 && file->n > 0; i++) {
            assert_false(contains(file, texts[i]));
        }
    }
}

// --- What is missing is named before the card is touched ---------------------------------------------------

static void test_what_the_profile_needs_is_named(void **state)
{
    (void)state;
    station.order->person.registration_number[0] = '\0';
    expect_refused(JUMIN_ERROR_INPUT, "registration_number");
    set_changed_profile("resident", "11, 12, 15", "11, 15");
    expect_issued();
    next_card(2);
    station.order->person.address.city[0] = '\0';
    expect_refused(JUMIN_ERROR_INPUT, "address");
    next_card(3);
    assert_int_equal(jumin_order_set_pin(station.order, "31415"), JUMIN_OK);
    expect_refused(JUMIN_ERROR_ARGUMENT, "at least 6 digits");
    jumin_order_free(station.order);
    assert_int_equal(jumin_order_new(&station.order), JUMIN_OK);
    expect_refused(JUMIN_ERROR_ARGUMENT, "needs a person");
}

static void test_photo_is_needed_where_the_profile_has_it(void **state)
{
    (void)state;
    photo_free(&station.order->photo);
    expect_refused(JUMIN_ERROR_ARGUMENT, "needs a photo");
    set_changed_profile("resident", "[1, 2, 11, 12]", "[1, 11, 12]");
    expect_issued();
}

// The reader's view of the DG2 that was written.
static struct jumin_portrait written_portrait(void)
{
    static struct jumin_document *document;
    struct jumin_portrait portrait;
    const struct order_bytes *group = &station.order->groups[2];
    jumin_document_free(document);
    assert_int_equal(jumin_document_new(&document), JUMIN_OK);
    assert_int_equal(jumin_document_set_file(document, JUMIN_FILE_DG2, group->p, group->n), JUMIN_OK);
    assert_int_equal(jumin_document_portrait(document, &portrait), JUMIN_OK);
    // ISO 19794-5 §5.7.2: the type of the image, 12 bytes before it and one on
    assert_int_equal(*(portrait.image - 11), portrait.type == JUMIN_IMAGE_JPEG2000 ? 1 : 0);
    return portrait;
}

static void test_portrait_is_in_the_format_that_the_profile_wants(void **state)
{
    (void)state;
    struct jumin_portrait ordered, written;
    expect_issued();
    written = written_portrait();
    assert_int_equal(written.type, JUMIN_IMAGE_JPEG);
    const size_t jpeg = written.n;
    next_card(2);
    set_profile("interop"); // after the photo
    assert_int_equal(jumin_order_portrait(station.order, &ordered), JUMIN_OK);
    expect_issued();
    written = written_portrait();
    assert_int_equal(written.type, JUMIN_IMAGE_JPEG2000);
    assert_true(written.n < jpeg);
    assert_int_equal(written.n, ordered.n);
    assert_memory_equal(written.image, ordered.image, ordered.n);
    assert_int_equal(written.width, ordered.width);
}

static void test_order_stays_as_it_was_when_its_photo_does_not_fit(void **state)
{
    (void)state;
    struct jumin_portrait before, after;
    struct jumin_photo_hint hint;
    assert_int_equal(jumin_order_portrait(station.order, &before), JUMIN_OK);
    assert_int_equal(jumin_order_photo_hint(station.order, JUMIN_PHOTO_RESOLUTION, &hint), JUMIN_OK);
    assert_int_equal(hint.value, 479);
    assert_int_equal(jumin_order_photo_hint(station.order, JUMIN_PHOTO_CHECKS, &hint), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_order_set_photo_budget(station.order, 1000), JUMIN_ERROR_TOO_LONG);
    assert_int_equal(jumin_order_portrait(station.order, &after), JUMIN_OK);
    assert_ptr_equal(before.image, after.image);
    // One that fits codes it anew, whatever the profile says.
    assert_int_equal(jumin_order_set_photo_budget(station.order, 6000), JUMIN_OK);
    assert_int_equal(jumin_order_portrait(station.order, &after), JUMIN_OK);
    assert_in_range(after.n, 1000, 6000);
    set_profile("interop");
    assert_int_equal(jumin_order_portrait(station.order, &after), JUMIN_OK);
    assert_in_range(after.n, 1000, 6000);
    jumin_order_free(station.order);
    station.order = specimen_order();
    set_profile("interop");
    set_changed_profile("interop", "\"bytes\": 20000", "\"bytes\": 7000");
    assert_int_equal(jumin_order_portrait(station.order, &after), JUMIN_OK);
    assert_in_range(after.n, 6000, 7000);
}

static void test_every_trust_point_of_the_profile_is_needed(void **state)
{
    (void)state;
    jumin_perso_free(station.perso);
    assert_int_equal(jumin_perso_new(&station.perso, station.transport, station.pki, card_link_transport_key,
                                     card_link_issuer_key),
                     JUMIN_OK);
    expect_refused(JUMIN_ERROR_ARGUMENT, "inspection systems");
    uint8_t buffer[TEST_CERTIFICATE_MAX];
    const struct span certificate = specimen_cvca_certificate(TERMINAL_INSPECTION, buffer);
    assert_int_equal(jumin_perso_add_trust_point(station.perso, certificate.p, certificate.n), JUMIN_OK);
    expect_refused(JUMIN_ERROR_ARGUMENT, "authentication terminals");
}

static void test_trust_point_is_a_self_signed_certificate_of_an_authority(void **state)
{
    (void)state;
    uint8_t content[TEST_CERTIFICATE_MAX], bytes[TEST_CERTIFICATE_MAX];
    struct eac_chain chain;
    struct writer w = writer_of(bytes, sizeof bytes);
    eac_chain_make(&chain, TERMINAL_AUTHENTICATION);
    tlv_put(&w, CVC_CERTIFICATE, certificate_good(&chain.dv_plan, &chain.cvca, content));
    assert_int_equal(jumin_perso_add_trust_point(station.perso, w.p, w.n), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_perso_add_trust_point(station.perso, w.p, w.n - 1), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_perso_add_trust_point(station.perso, NULL, 0), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_perso_add_trust_point(NULL, w.p, w.n), JUMIN_ERROR_ARGUMENT);
    eac_chain_release(&chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISSUE_TEST(test_key_only_card_holds_nothing_of_the_person),
        ISSUE_TEST(test_key_only_card_needs_no_person),
        ISSUE_TEST(test_travel_document_has_neither_number_nor_address),
        ISSUE_TEST(test_what_the_profile_needs_is_named),
        ISSUE_TEST(test_portrait_is_in_the_format_that_the_profile_wants),
        ISSUE_TEST(test_order_stays_as_it_was_when_its_photo_does_not_fit),
        ISSUE_TEST(test_photo_is_needed_where_the_profile_has_it),
        ISSUE_TEST(test_every_trust_point_of_the_profile_is_needed),
        ISSUE_TEST(test_trust_point_is_a_self_signed_certificate_of_an_authority),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
