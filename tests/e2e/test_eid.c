// A terminal in the eID application of a card in this process: every question and every data group, and
// nothing without the right to it (TR-03110-2 §3, TR-03110-4 §2.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/eid_document.h"
#include "tests/e2e/eid_card.h"

struct scene {
    struct eid_card *card;
    struct jumin_terminal *terminal;
    struct jumin_reader *reader;
    struct jumin_eid *eid;
};

static struct scene begin(rights granted, enum jumin_password password)
{
    struct scene scene = {.card = eid_card_new(3)};
    scene.terminal = eid_card_terminal(scene.card, &scene.card->chain, granted);
    scene.reader = eid_card_reader(scene.card, password);
    scene.eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    return scene;
}

static void end(struct scene *scene)
{
    jumin_eid_free(scene->eid);
    jumin_reader_free(scene->reader);
    jumin_terminal_free(scene->terminal);
    eid_card_free(scene->card);
}

static struct jumin_eid_value read_group(struct scene *scene, unsigned group)
{
    struct jumin_eid_value value;
    const enum jumin_error error = jumin_eid_read(scene->eid, group, &value);
    if (error != JUMIN_OK) {
        fail_msg("DG%u: %s: %s", group, jumin_error_name(error), jumin_eid_detail(scene->eid));
    }
    return value;
}

// --- The store ---------------------------------------------------------------------------------------------

static void test_store_learns_that_the_holder_is_adult(void **state)
{
    (void)state;
    struct scene scene = begin(STORE_RIGHTS, JUMIN_PASSWORD_CAN);
    bool yes = false;
    assert_int_equal(jumin_eid_rights(scene.eid), STORE_RIGHTS);
    assert_int_equal(jumin_eid_verify(scene.eid, JUMIN_EID_AGE, &yes), JUMIN_OK);
    assert_true(yes);
    assert_int_equal(jumin_eid_verify(scene.eid, JUMIN_EID_VALIDITY, &yes), JUMIN_OK);
    assert_true(yes);
    end(&scene);
}

static void test_who_is_a_day_too_young_is_not_adult(void **state)
{
    (void)state;
    struct eid_card *card = eid_card_new(3);
    struct jumin_terminal *terminal = eid_card_terminal(card, &card->chain, STORE_RIGHTS);
    struct jumin_reader *reader = eid_card_reader(card, JUMIN_PASSWORD_CAN);
    struct jumin_eid_request request = eid_card_request(card, terminal);
    struct jumin_eid *eid = NULL;
    bool yes = true;
    request.born_until = "20071230";
    assert_int_equal(jumin_eid_open(&eid, reader, &request), JUMIN_OK);
    assert_int_equal(jumin_eid_verify(eid, JUMIN_EID_AGE, &yes), JUMIN_OK);
    assert_false(yes);
    jumin_eid_free(eid);
    jumin_reader_free(reader);
    jumin_terminal_free(terminal);
    eid_card_free(card);
}

// A session at that moment with a card that was valid up to the first of June.
static bool is_valid_at(int64_t moment)
{
    struct eid_card *card = eid_card_new(3);
    struct jumin_terminal *terminal = eid_card_terminal(card, &card->chain, STORE_RIGHTS);
    struct jumin_reader *reader = eid_card_reader(card, JUMIN_PASSWORD_CAN);
    struct jumin_eid_request request = eid_card_request(card, terminal);
    struct jumin_eid *eid = NULL;
    bool yes = false;
    eid_put(&card->issued.fixture, EID_DATE_OF_EXPIRY, 0x12, span_of("20260601", EID_DATE));
    request.time = moment;
    assert_int_equal(jumin_eid_open(&eid, reader, &request), JUMIN_OK);
    assert_int_equal(jumin_eid_verify(eid, JUMIN_EID_VALIDITY, &yes), JUMIN_OK);
    jumin_eid_free(eid);
    jumin_reader_free(reader);
    jumin_terminal_free(terminal);
    eid_card_free(card);
    return yes;
}

static void test_card_is_valid_until_midnight_in_korea(void **state)
{
    (void)state;
    enum { MIDNIGHT = ISSUED_NOW + 15 * 3600 }; // ISSUED_NOW is the beginning of that day in UTC
    assert_true(is_valid_at(MIDNIGHT - 1));
    assert_false(is_valid_at(MIDNIGHT));
}

static void test_session_has_no_rights_that_were_not_asked_for(void **state)
{
    (void)state;
    struct eid_card *card = eid_card_new(3);
    struct jumin_terminal *terminal = eid_card_terminal(card, &card->chain, STORE_RIGHTS);
    struct jumin_reader *reader = eid_card_reader(card, JUMIN_PASSWORD_CAN);
    struct jumin_eid_request request = eid_card_request(card, terminal);
    struct jumin_eid *eid = NULL;
    struct jumin_eid_value value;
    request.rights = right_of(RIGHT_AGE_VERIFICATION);
    assert_int_equal(jumin_eid_open(&eid, reader, &request), JUMIN_OK);
    assert_int_equal(jumin_eid_rights(eid), request.rights | right_of(RIGHT_CAN_ALLOWED));
    card->issued.commands = 0;
    assert_int_equal(jumin_eid_read(eid, EID_GIVEN_NAMES, &value), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(card->issued.commands, 0);
    jumin_eid_free(eid);
    jumin_reader_free(reader);
    jumin_terminal_free(terminal);
    eid_card_free(card);
}

static void test_store_reads_name_and_birth_date_and_nothing_else(void **state)
{
    (void)state;
    struct scene scene = begin(STORE_RIGHTS, JUMIN_PASSWORD_CAN);
    struct jumin_eid_value value;
    bool yes = true;
    assert_string_equal(read_group(&scene, EID_FAMILY_NAMES).text, "홍");
    assert_string_equal(read_group(&scene, EID_GIVEN_NAMES).text, "길동");
    assert_string_equal(read_group(&scene, EID_DATE_OF_BIRTH).text, "20071231");
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        const bool allowed =
            group == EID_GIVEN_NAMES || group == EID_FAMILY_NAMES || group == EID_DATE_OF_BIRTH;
        if (!allowed && jumin_eid_group_name(group) != NULL) {
            assert_int_equal(jumin_eid_read(scene.eid, group, &value), JUMIN_ERROR_NOT_AUTHORIZED);
            assert_string_not_equal(jumin_eid_detail(scene.eid), "");
        }
    }
    assert_int_equal(jumin_eid_verify(scene.eid, JUMIN_EID_MUNICIPALITY, &yes), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_false(yes);
    assert_int_equal(jumin_eid_set_pin(scene.eid, "654321"), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_string_equal(read_group(&scene, EID_FAMILY_NAMES).text, "홍"); // the session goes on
    end(&scene);
}

// The library asks no card for what it knows to be refused; the card refuses it by itself, too.
static void test_card_refuses_what_the_library_is_made_to_ask(void **state)
{
    (void)state;
    struct scene scene = begin(STORE_RIGHTS, JUMIN_PASSWORD_CAN);
    static const char *const commands[] = {
        "00B0910000",                       // READ BINARY of DG17
        "00B08C0000",                       // … of DG12
        "00D6910003710100",                 // UPDATE BINARY of DG17
        "802080000B060904007F000703010403", // VERIFY of the municipality
        "002C020306363534333231",           // RESET RETRY COUNTER
    };
    uint8_t command[64], response[300];
    size_t n = 0;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const struct span bytes = unhex(commands[i], command, sizeof command);
        assert_int_equal(jumin_reader_transmit(scene.reader, bytes.p, bytes.n, response, sizeof response, &n),
                         JUMIN_OK);
        assert_int_equal(n, 2);
        assert_memory_equal(response, "\x69\x82", 2);
    }
    end(&scene);
}

// --- The office --------------------------------------------------------------------------------------------

static void test_office_reads_every_kind_of_group(void **state)
{
    (void)state;
    struct scene scene = begin(rights_of_type(TERMINAL_AUTHENTICATION), JUMIN_PASSWORD_PIN);
    struct jumin_eid_value value = read_group(&scene, EID_PLACE_OF_RESIDENCE);
    assert_int_equal(value.kind, JUMIN_EID_PLACE);
    assert_int_equal(value.count, 1);
    assert_string_equal(value.places[0].street, "한누리대로 1");
    assert_string_equal(value.places[0].city, "세종");
    assert_string_equal(value.places[0].state, "");
    assert_string_equal(value.places[0].country, "KOR");
    assert_string_equal(value.places[0].zipcode, "30100");
    value = read_group(&scene, EID_OPTIONAL_DATA);
    assert_int_equal(value.count, 1);
    assert_string_equal(value.optional[0].identifier, "2.25.166465673534553502314912385932192144019.2");
    assert_string_equal(value.optional[0].text, "0732314000000");
    value = read_group(&scene, EID_MUNICIPALITY);
    assert_int_equal(value.kind, JUMIN_EID_BYTES);
    assert_memory_equal(value.bytes, "3611010100", 10);
    assert_int_equal(value.n, 10);
    assert_string_equal(read_group(&scene, EID_DOCUMENT_TYPE).text, "ID");
    end(&scene);
}

static void test_office_asks_for_the_region(void **state)
{
    (void)state;
    struct scene scene = begin(rights_of_type(TERMINAL_AUTHENTICATION), JUMIN_PASSWORD_PIN);
    bool yes = false;
    assert_int_equal(jumin_eid_verify(scene.eid, JUMIN_EID_MUNICIPALITY, &yes), JUMIN_OK);
    assert_true(yes);
    end(&scene);
}

static void test_new_address_is_written_and_read_back(void **state)
{
    (void)state;
    struct scene scene = begin(rights_of_type(TERMINAL_AUTHENTICATION), JUMIN_PASSWORD_PIN);
    struct jumin_eid_value value = {.count = 1};
    value.places[0] = (struct jumin_eid_place){.street = "시청로 2", .city = "고양", .country = "KOR"};
    (void)read_group(&scene, EID_PLACE_OF_RESIDENCE);
    assert_int_equal(jumin_eid_write(scene.eid, EID_PLACE_OF_RESIDENCE, &value), JUMIN_OK);
    value = read_group(&scene, EID_PLACE_OF_RESIDENCE);
    assert_string_equal(value.places[0].city, "고양");
    assert_string_equal(value.places[0].zipcode, "");
    value = (struct jumin_eid_value){.bytes = (const uint8_t *)"4128100000", .n = 10};
    assert_int_equal(jumin_eid_write(scene.eid, EID_MUNICIPALITY, &value), JUMIN_OK);
    value = (struct jumin_eid_value){.text = "+82-2-000-0000"};
    assert_int_equal(jumin_eid_write(scene.eid, EID_PHONE_NUMBER, &value), JUMIN_OK);
    assert_string_equal(read_group(&scene, EID_PHONE_NUMBER).text, "+82-2-000-0000");
    end(&scene);
}

static void test_long_group_is_written_over_a_short_link(void **state)
{
    (void)state;
    struct scene scene = {.card = eid_card_new(3)};
    scene.card->issued.limits = (struct jumin_limits){261, 258, false};
    scene.terminal =
        eid_card_terminal(scene.card, &scene.card->chain, rights_of_type(TERMINAL_AUTHENTICATION));
    scene.reader = eid_card_reader(scene.card, JUMIN_PASSWORD_PIN);
    scene.eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    char text[1201];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const struct jumin_eid_value value = {.text = text};
    assert_int_equal(jumin_eid_write(scene.eid, EID_RESIDENCE_PERMIT_1, &value), JUMIN_OK);
    assert_string_equal(read_group(&scene, EID_RESIDENCE_PERMIT_1).text, text);
    end(&scene);
}

// A whole file is one object with the group's tag, or the card is not asked.
static void test_file_that_is_no_such_group_is_not_written(void **state)
{
    (void)state;
    struct scene scene =
        begin(right_to_write(EID_MUNICIPALITY) | right_to_read(EID_MUNICIPALITY), JUMIN_PASSWORD_PIN);
    const uint8_t file[] = {0x72, 0x04, 0x04, 0x02, '3', '0', 0x00};
    uint8_t other[sizeof file];
    memcpy(other, file, sizeof file);
    other[0] = 0x71;
    scene.card->issued.commands = 0;
    assert_int_equal(jumin_eid_write_file(scene.eid, EID_MUNICIPALITY, other, 6), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_write_file(scene.eid, EID_MUNICIPALITY, file, 5), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_write_file(scene.eid, EID_MUNICIPALITY, file, 7), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(scene.card->issued.commands, 0);
    assert_int_equal(jumin_eid_write_file(scene.eid, EID_MUNICIPALITY, file, 6), JUMIN_OK);
    const struct jumin_eid_value value = read_group(&scene, EID_MUNICIPALITY);
    assert_int_equal(value.n, 2);
    assert_memory_equal(value.bytes, "30", 2);
    end(&scene);
}

static void test_groups_that_no_terminal_writes_are_refused(void **state)
{
    (void)state;
    struct scene scene = begin(rights_of_type(TERMINAL_AUTHENTICATION), JUMIN_PASSWORD_PIN);
    const struct jumin_eid_value value = {.text = "김"};
    assert_int_equal(jumin_eid_write(scene.eid, EID_FAMILY_NAMES, &value), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(jumin_eid_write(scene.eid, EID_EMAIL_ADDRESS, &value), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_eid_write(scene.eid, EID_RESERVED, &value), JUMIN_ERROR_ARGUMENT);
    end(&scene);
}

static void test_office_sets_the_pin(void **state)
{
    (void)state;
    struct scene scene = begin(rights_of_type(TERMINAL_AUTHENTICATION), JUMIN_PASSWORD_CAN);
    assert_int_equal(jumin_eid_set_pin(scene.eid, "654321"), JUMIN_OK);
    jumin_eid_free(scene.eid);
    assert_int_equal(jumin_reader_set_password(scene.reader, JUMIN_PASSWORD_PIN, "654321"), JUMIN_OK);
    scene.eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    assert_int_equal(jumin_eid_activate_pin(scene.eid, false), JUMIN_OK);
    assert_int_equal(jumin_eid_activate_pin(scene.eid, true), JUMIN_OK);
    assert_int_equal(jumin_eid_set_pin(scene.eid, NULL), JUMIN_OK);
    end(&scene);
}

// --- Restricted Identification -----------------------------------------------------------------------------

static void test_sector_knows_the_holder_again(void **state)
{
    (void)state;
    struct scene scene = begin(rights_of_type(TERMINAL_AUTHENTICATION), JUMIN_PASSWORD_PIN);
    uint8_t first[JUMIN_EID_IDENTIFIER_MAX], second[JUMIN_EID_IDENTIFIER_MAX],
        blocking[JUMIN_EID_IDENTIFIER_MAX];
    size_t n = 0;
    const uint8_t *key = scene.card->sector_key;
    const size_t length = scene.card->sector_key_length;
    assert_int_equal(jumin_eid_identify(scene.eid, JUMIN_EID_PSEUDONYM, key, length, first, &n), JUMIN_OK);
    assert_int_equal(n, 32);
    jumin_eid_free(scene.eid);
    scene.eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    assert_int_equal(jumin_eid_identify(scene.eid, JUMIN_EID_PSEUDONYM, key, length, second, &n), JUMIN_OK);
    assert_memory_equal(first, second, 32);
    assert_int_equal(jumin_eid_identify(scene.eid, JUMIN_EID_BLOCKING, key, length, blocking, &n), JUMIN_OK);
    assert_memory_not_equal(first, blocking, 32);
    end(&scene);
}

static void test_sector_that_is_not_in_the_certificate_gets_nothing(void **state)
{
    (void)state;
    struct scene scene = {.card = eid_card_new(3)};
    scene.card->sector_hash[0] ^= 1;
    scene.terminal =
        eid_card_terminal(scene.card, &scene.card->chain, rights_of_type(TERMINAL_AUTHENTICATION));
    scene.reader = eid_card_reader(scene.card, JUMIN_PASSWORD_PIN);
    scene.eid = eid_card_open(scene.card, scene.reader, scene.terminal);
    uint8_t identifier[JUMIN_EID_IDENTIFIER_MAX];
    size_t n = 1;
    assert_int_equal(jumin_eid_identify(scene.eid, JUMIN_EID_PSEUDONYM, scene.card->sector_key,
                                        scene.card->sector_key_length, identifier, &n),
                     JUMIN_ERROR_TERMINAL_REFUSED);
    assert_int_equal(n, 0);
    end(&scene);
}

// --- Inspection systems --------------------------------------------------------------------------------------

static enum jumin_error inspect(struct eid_card *card, struct eac_chain *chain, rights granted,
                                struct jumin_document **document)
{
    struct jumin_terminal *terminal = eid_card_terminal(card, chain, granted);
    struct jumin_reader *reader = eid_card_reader(card, JUMIN_PASSWORD_CAN);
    assert_int_equal(jumin_reader_set_terminal(reader, terminal), JUMIN_OK);
    const enum jumin_error error = jumin_reader_read(reader, document);
    if (error != JUMIN_OK) {
        assert_string_not_equal(jumin_reader_detail(reader), "");
    }
    jumin_reader_free(reader);
    jumin_terminal_free(terminal);
    return error;
}

static bool has_file(const struct jumin_document *document, enum jumin_file file)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    return jumin_document_file(document, file, &bytes, &n) == JUMIN_OK;
}

static void test_inspection_system_reads_what_its_certificate_names(void **state)
{
    (void)state;
    struct eid_card *card = eid_card_new(3);
    struct jumin_document *document = NULL;
    assert_int_equal(inspect(card, &card->inspection, right_of(RIGHT_INSPECTION_READ_DG3), &document),
                     JUMIN_OK);
    assert_true(has_file(document, JUMIN_FILE_DG3));
    assert_false(has_file(document, JUMIN_FILE_DG4));
    assert_genuine(&card->issued, document);
    jumin_document_free(document);
    assert_int_equal(inspect(card, &card->inspection,
                             right_of(RIGHT_INSPECTION_READ_DG3) | right_of(RIGHT_INSPECTION_READ_DG4),
                             &document),
                     JUMIN_OK);
    assert_true(has_file(document, JUMIN_FILE_DG4));
    jumin_document_free(document);
    eid_card_free(card);
}

static void test_inspection_system_of_strangers_reads_nothing(void **state)
{
    (void)state;
    struct eid_card *card = eid_card_new(3);
    struct jumin_document *document = NULL;
    struct eac_chain strangers;
    eac_chain_make_on(&strangers, TERMINAL_INSPECTION, CRYPTO_P384, CRYPTO_SHA384);
    assert_int_equal(inspect(card, &strangers, right_of(RIGHT_INSPECTION_READ_DG3), &document),
                     JUMIN_ERROR_TERMINAL_REFUSED);
    assert_null(document);
    assert_int_equal(inspect(card, &card->chain, right_of(RIGHT_INSPECTION_READ_DG3), &document),
                     JUMIN_ERROR_SIGNER_UNKNOWN);
    eac_chain_release(&strangers);
    eid_card_free(card);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_learns_that_the_holder_is_adult),
        cmocka_unit_test(test_who_is_a_day_too_young_is_not_adult),
        cmocka_unit_test(test_card_is_valid_until_midnight_in_korea),
        cmocka_unit_test(test_session_has_no_rights_that_were_not_asked_for),
        cmocka_unit_test(test_store_reads_name_and_birth_date_and_nothing_else),
        cmocka_unit_test(test_card_refuses_what_the_library_is_made_to_ask),
        cmocka_unit_test(test_office_reads_every_kind_of_group),
        cmocka_unit_test(test_office_asks_for_the_region),
        cmocka_unit_test(test_new_address_is_written_and_read_back),
        cmocka_unit_test(test_long_group_is_written_over_a_short_link),
        cmocka_unit_test(test_file_that_is_no_such_group_is_not_written),
        cmocka_unit_test(test_groups_that_no_terminal_writes_are_refused),
        cmocka_unit_test(test_office_sets_the_pin),
        cmocka_unit_test(test_sector_knows_the_holder_again),
        cmocka_unit_test(test_sector_that_is_not_in_the_certificate_gets_nothing),
        cmocka_unit_test(test_inspection_system_reads_what_its_certificate_names),
        cmocka_unit_test(test_inspection_system_of_strangers_reads_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
