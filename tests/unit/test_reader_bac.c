// BAC as the terminal plays it (9303-11 §4.3): the worked example of App. D, and documents that are not as
// they should be.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/lds.h"
#include "card/wire/sm_3des.h"
#include "card/wire/tlv.h"
#include "host/reader/reader_internal.h"

#include <stdio.h>

static const char mrz_information[] = "L898902C<369080619406236";
static const char chip_random[] = "4608F91988702212";
static const char terminal_bytes[] = "781723860C06C226 0B795240CB7049B01C19B33E32804F0B"; // RND.IFD, K.IFD
static const char terminal_cryptogram[] =
    "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2 5F1448EEA8AD90A7";
static const char chip_cryptogram[] =
    "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F 2F2D235D074D7449";
// TD3, of the document in App. D.
static const char dg1[] =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C<3UTO6908061F9406236ZE184226B<<<<<14";
static const char pace_gm[] = "31143012060A04007F0007020204020202010202010D";

// A document that knows BAC, of which a test changes one thing.
struct passport {
    const char *card_access; // NULL: 6A82
    uint16_t card_access_status;
    uint16_t challenge_status; // unless 0
    uint16_t mutual_status;    // unless 0
    const char *answer;        // to MUTUAL AUTHENTICATE, in place of the right one
    struct sm_session sm;
    unsigned challenges, mutuals, pace; // commands that came
};

static enum jumin_error nothing_to_do(void *context)
{
    (void)context;
    return JUMIN_OK;
}

static void leave(void *context)
{
    (void)context;
}

static void limits(void *context, struct jumin_limits *out)
{
    (void)context;
    *out = (struct jumin_limits){.command_max = 261, .response_max = 258};
}

static uint16_t give(struct writer *w, const char *text)
{
    uint8_t bytes[256];
    writer_put(w, unhex(text, bytes, sizeof bytes));
    return SW_OK;
}

static uint16_t mutual_authenticate(struct passport *passport, const struct apdu_command *command,
                                    struct writer *w)
{
    uint8_t seed[32], ssc[8];
    passport->mutuals++;
    if (passport->mutual_status != 0) {
        return passport->mutual_status;
    }
    assert_span_hex(command->data, terminal_cryptogram);
    assert_int_equal(command->ne, 40);
    assert_true(sm_agree_3des(&passport->sm, unhex("0036D272F5C350ACAC50C3F572D23600", seed, sizeof seed),
                              unhex("887022120C06C226", ssc, sizeof ssc)));
    return give(w, passport->answer != NULL ? passport->answer : chip_cryptogram);
}

static uint16_t answer_plain(struct passport *passport, const struct apdu_command *command, struct writer *w)
{
    switch (command->ins) {
    case 0xB0:
        assert_int_equal(command->p1, 0x9C); // nothing but EF.CardAccess is asked for in plain
        return passport->card_access != NULL       ? give(w, passport->card_access)
               : passport->card_access_status != 0 ? passport->card_access_status
                                                   : SW_FILE_NOT_FOUND;
    case 0xA4:
        return command->p1 == 0x04 ? SW_OK : SW_FILE_NOT_FOUND;
    case 0x22:
        passport->pace++;
        return SW_FUNCTION_NOT_SUPPORTED;
    case 0x84:
        passport->challenges++;
        return passport->challenge_status != 0 ? passport->challenge_status : give(w, chip_random);
    case 0x82:
        return mutual_authenticate(passport, command, w);
    default:
        return SW_INS_NOT_SUPPORTED;
    }
}

// DG1 and nothing else.
static uint16_t answer_protected(const struct apdu_command *command, struct span *data)
{
    static uint8_t file[128];
    struct writer w = writer_of(file, sizeof file);
    tlv_put_header(&w, LDS_DG1, 3 + 88);
    tlv_put(&w, 0x5F1F, span_of(dg1, 88));
    static bool selected;
    selected = (command->p1 & 0x80) != 0 ? command->p1 == 0x81 : selected;
    if (command->ins != 0xB0 || !selected) {
        return SW_FILE_NOT_FOUND;
    }
    const size_t offset = (command->p1 & 0x80) != 0 ? command->p2 : (size_t)command->p1 << 8 | command->p2;
    *data = span_first(span_from(writer_span(&w), offset), command->ne);
    return SW_OK;
}

static enum jumin_error transmit(void *context, const uint8_t *bytes, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct passport *passport = context;
    struct apdu_command command, plain;
    uint8_t buffer[256];
    struct span data = {NULL, 0};
    struct writer w = writer_of(response, capacity);
    uint16_t status;
    assert_true(apdu_parse(span_of(bytes, n), &command));
    if ((command.cla & CLA_SM_HEADER_AUTHENTICATED) == 0) {
        assert_false(passport->sm.active);
        status = answer_plain(passport, &command, &w);
    } else {
        assert_int_equal(sm_open_command(&passport->sm, &command, buffer, &plain), SM_OK);
        status = answer_protected(&plain, &data);
        assert_true(sm_protect_response(&passport->sm, data, status, false, &w));
    }
    writer_put_u16(&w, status);
    *length = w.n;
    return JUMIN_OK;
}

static const struct jumin_transport_functions functions = {
    .connect = nothing_to_do, .transmit = transmit, .disconnect = leave, .limits = limits};

// The terminal's numbers of App. D.
static bool fill_as_in_the_example(void *context, uint8_t *out, size_t n)
{
    uint8_t bytes[24];
    size_t *at = context;
    const struct span rest = span_from(unhex(terminal_bytes, bytes, sizeof bytes), *at);
    assert_in_range(n, 1, rest.n);
    memcpy(out, rest.p, n);
    *at += n;
    return true;
}

static enum jumin_error read_with(struct passport *passport, enum jumin_bac bac, bool can,
                                  struct jumin_document **document, char detail[256])
{
    struct jumin_transport *transport = NULL;
    struct jumin_reader *reader = NULL;
    size_t at = 0;
    assert_int_equal(jumin_transport_new(&transport, &functions, passport), JUMIN_OK);
    assert_int_equal(jumin_reader_new(&reader, transport), JUMIN_OK);
    reader_set_random(reader, (struct crypto_random){fill_as_in_the_example, &at});
    assert_int_equal(jumin_reader_set_bac(reader, bac), JUMIN_OK);
    assert_int_equal(can ? jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, "123456")
                         : jumin_reader_set_password(reader, JUMIN_PASSWORD_MRZ, mrz_information),
                     JUMIN_OK);
    const enum jumin_error error = jumin_reader_read(reader, document);
    strncpy(detail, jumin_reader_detail(reader), 255);
    detail[255] = '\0';
    jumin_reader_free(reader);
    jumin_transport_free(transport);
    sm_end(&passport->sm);
    return error;
}

static void assert_read_fails(struct passport passport, enum jumin_bac bac, enum jumin_error error)
{
    struct jumin_document *document = NULL;
    char detail[256];
    const enum jumin_error got = read_with(&passport, bac, false, &document, detail);
    if (got != error || detail[0] == '\0') {
        fail_msg("%s, not %s: %s", jumin_error_name(got), jumin_error_name(error), detail);
    }
    assert_null(document);
}

static void assert_is_read(struct passport passport, enum jumin_bac bac)
{
    struct jumin_document *document = NULL;
    struct jumin_mrz mrz;
    char detail[256];
    const enum jumin_error error = read_with(&passport, bac, false, &document, detail);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), detail);
    }
    assert_int_equal(jumin_document_access(document), JUMIN_ACCESS_BAC);
    assert_int_equal(jumin_document_mrz(document, &mrz), JUMIN_OK);
    assert_string_equal(mrz.document_number, "L898902C");
    struct jumin_pace_protocol protocol;
    assert_int_equal(jumin_document_pace(document, &protocol), JUMIN_ERROR_NO_SUCH_FILE);
    assert_int_equal(passport.pace, 0);
    jumin_document_free(document);
}

static void test_document_is_opened_as_in_the_worked_example(void **state)
{
    (void)state;
    assert_is_read((struct passport){0}, JUMIN_BAC_WITHOUT_PACE);
    assert_is_read((struct passport){0}, JUMIN_BAC_ALWAYS);
}

// Documents that came before PACE answer in their own ways.
static void test_any_refusal_of_card_access_is_a_document_without_pace(void **state)
{
    (void)state;
    static const uint16_t statuses[] = {0x6A82, 0x6982, 0x6D00, 0x6986, 0x6B00, 0x6700, 0x6A86, 0x6F00};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        assert_is_read((struct passport){.card_access_status = statuses[i]}, JUMIN_BAC_WITHOUT_PACE);
    }
}

static void test_without_being_asked_no_bac_is_run(void **state)
{
    (void)state;
    struct passport passport = {0};
    struct jumin_document *document = NULL;
    char detail[256];
    assert_int_equal(read_with(&passport, JUMIN_BAC_OFF, false, &document, detail),
                     JUMIN_ERROR_NOT_SUPPORTED);
    assert_non_null(strstr(detail, "BAC"));
    assert_int_equal(passport.challenges, 0);
}

static void test_document_that_offers_pace_is_not_opened_by_bac(void **state)
{
    (void)state;
    struct passport passport = {.card_access = pace_gm};
    struct jumin_document *document = NULL;
    char detail[256];
    assert_int_not_equal(read_with(&passport, JUMIN_BAC_WITHOUT_PACE, false, &document, detail), JUMIN_OK);
    assert_int_equal(passport.pace, 1);
    assert_int_equal(passport.challenges, 0);
}

static void test_bac_in_place_of_pace_is_run_where_it_is_asked_for(void **state)
{
    (void)state;
    assert_is_read((struct passport){.card_access = pace_gm}, JUMIN_BAC_ALWAYS);
}

// Variants of PACE that nobody here knows are PACE all the same.
static void test_unknown_pace_variant_is_no_reason_for_bac(void **state)
{
    (void)state;
    struct passport passport = {.card_access = "3111300F060A04007F00070202047F7F020102"};
    struct jumin_document *document = NULL;
    char detail[256];
    assert_int_equal(read_with(&passport, JUMIN_BAC_WITHOUT_PACE, false, &document, detail),
                     JUMIN_ERROR_NOT_SUPPORTED);
    assert_int_equal(passport.challenges, 0);
}

static void test_malformed_card_access_is_no_reason_for_bac(void **state)
{
    (void)state;
    assert_read_fails((struct passport){.card_access = "30020500"}, JUMIN_BAC_WITHOUT_PACE,
                      JUMIN_ERROR_MALFORMED);
}

static void test_bac_takes_the_mrz_only(void **state)
{
    (void)state;
    struct passport passport = {0};
    struct jumin_document *document = NULL;
    char detail[256];
    assert_int_equal(read_with(&passport, JUMIN_BAC_WITHOUT_PACE, true, &document, detail),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(passport.challenges, 0);
}

static void test_6a88_means_that_only_pace_opens_the_document(void **state)
{
    (void)state;
    assert_read_fails((struct passport){.challenge_status = 0x6A88}, JUMIN_BAC_ALWAYS,
                      JUMIN_ERROR_NOT_SUPPORTED);
    assert_read_fails((struct passport){.mutual_status = 0x6A88}, JUMIN_BAC_ALWAYS,
                      JUMIN_ERROR_NOT_SUPPORTED);
    assert_read_fails((struct passport){.challenge_status = 0x6D00}, JUMIN_BAC_ALWAYS,
                      JUMIN_ERROR_NOT_SUPPORTED);
}

static void test_refused_mutual_authenticate_is_a_wrong_mrz(void **state)
{
    (void)state;
    static const uint16_t statuses[] = {0x6300, 0x6982, 0x6985, 0x6988, 0x6A80, 0x63C2};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        assert_read_fails((struct passport){.mutual_status = statuses[i]}, JUMIN_BAC_ALWAYS,
                          JUMIN_ERROR_WRONG_PASSWORD);
    }
    assert_read_fails((struct passport){.mutual_status = 0x6700}, JUMIN_BAC_ALWAYS, JUMIN_ERROR_STATUS);
}

// A cryptogram as somebody makes it who knows the MRZ.
static const char *cryptogram_of(const char *text, char hex[128])
{
    uint8_t bytes[64], key_bytes[16], message[40];
    struct crypto_cipher_key key;
    const uint8_t zero[8] = {0};
    const struct span plain = unhex(text, bytes, sizeof bytes);
    assert_true(crypto_3des_load(&key, unhex("AB94FDECF2674FDFB9B391F85D7F76F2", key_bytes, 16)));
    assert_true(crypto_cbc_encrypt(&key, zero, plain, message));
    crypto_cipher_release(&key);
    assert_true(crypto_3des_load(&key, unhex("7962D9ECE03D1ACD4C76089DCE131543", key_bytes, 16)));
    const struct span encrypted = span_of(message, plain.n);
    assert_true(crypto_mac(&key, &encrypted, 1, message + plain.n));
    crypto_cipher_release(&key);
    for (size_t i = 0; i < sizeof message; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02X", message[i]);
    }
    return hex;
}

static void test_answer_to_another_challenge_is_refused(void **state)
{
    (void)state;
    char hex[128];
    const char *const plains[] = {
        // RND.IC, RND.IFD, both wrong; and the terminal's own order sent back
        "4608F91988702213 781723860C06C226 0B4F80323EB3191CB04970CB4052790B",
        "4608F91988702212 781723860C06C227 0B4F80323EB3191CB04970CB4052790B",
        "781723860C06C226 4608F91988702212 0B795240CB7049B01C19B33E32804F0B",
    };
    for (size_t i = 0; i < sizeof plains / sizeof *plains; i++) {
        assert_read_fails((struct passport){.answer = cryptogram_of(plains[i], hex)}, JUMIN_BAC_ALWAYS,
                          JUMIN_ERROR_SECURE_MESSAGING);
    }
    assert_is_read((struct passport){.answer = cryptogram_of("4608F91988702212 781723860C06C226"
                                                             "0B4F80323EB3191CB04970CB4052790B",
                                                             hex)},
                   JUMIN_BAC_ALWAYS);
}

static void test_answer_with_another_mac_is_refused(void **state)
{
    (void)state;
    assert_read_fails(
        (struct passport){
            .answer = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F 2F2D235D074D7448"},
        JUMIN_BAC_ALWAYS, JUMIN_ERROR_SECURE_MESSAGING);
    assert_read_fails((struct passport){.answer = "46B9"}, JUMIN_BAC_ALWAYS, JUMIN_ERROR_MALFORMED);
    assert_read_fails((struct passport){.answer = ""}, JUMIN_BAC_ALWAYS, JUMIN_ERROR_MALFORMED);
}

static void test_choice_out_of_range_is_refused(void **state)
{
    (void)state;
    struct jumin_transport *transport = NULL;
    struct jumin_reader *reader = NULL;
    struct passport passport = {0};
    assert_int_equal(jumin_transport_new(&transport, &functions, &passport), JUMIN_OK);
    assert_int_equal(jumin_reader_new(&reader, transport), JUMIN_OK);
    assert_int_equal(jumin_reader_set_bac(NULL, JUMIN_BAC_OFF), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_reader_set_bac(reader, (enum jumin_bac)3), JUMIN_ERROR_ARGUMENT);
    jumin_reader_free(reader);
    jumin_transport_free(transport);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document_is_opened_as_in_the_worked_example),
        cmocka_unit_test(test_any_refusal_of_card_access_is_a_document_without_pace),
        cmocka_unit_test(test_without_being_asked_no_bac_is_run),
        cmocka_unit_test(test_document_that_offers_pace_is_not_opened_by_bac),
        cmocka_unit_test(test_bac_in_place_of_pace_is_run_where_it_is_asked_for),
        cmocka_unit_test(test_unknown_pace_variant_is_no_reason_for_bac),
        cmocka_unit_test(test_malformed_card_access_is_no_reason_for_bac),
        cmocka_unit_test(test_bac_takes_the_mrz_only),
        cmocka_unit_test(test_6a88_means_that_only_pace_opens_the_document),
        cmocka_unit_test(test_refused_mutual_authenticate_is_a_wrong_mrz),
        cmocka_unit_test(test_answer_to_another_challenge_is_refused),
        cmocka_unit_test(test_answer_with_another_mac_is_refused),
        cmocka_unit_test(test_choice_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
