// The machine readable zone of a TD1 card, by the example of 9303-5.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/perso/lds_make.h"

// 9303-5 Appendix B, the specimen of Utopia; its expiry is that of the 7th edition's example.
static const struct person utopian = {
    .document_number = "D23145890",
    .surname = "ERIKSSON",
    .given_names = "ANNA MARIA",
    .birth_date = "19740812",
    .expiry_date = "20120415",
    .sex = 'F',
    .nationality = "UTO",
    .issuing_state = "UTO",
};

static void test_specimen_of_utopia(void **state)
{
    (void)state;
    char mrz[TD1_LENGTH];
    assert_true(mrz_make(&utopian, mrz));
    assert_memory_equal(mrz,
                        "I<UTOD231458907<<<<<<<<<<<<<<<"
                        "7408122F1204159UTO<<<<<<<<<<<6"
                        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
                        TD1_LENGTH);
}

static void test_mrz_information_of_the_specimen(void **state)
{
    (void)state;
    char mrz[TD1_LENGTH];
    uint8_t bytes[24];
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(mrz_make(&utopian, mrz));
    mrz_put_information(&w, mrz);
    assert_false(w.overflow);
    assert_int_equal(w.n, 24);
    assert_memory_equal(bytes, "D23145890774081221204159", 24);
}

static void test_long_names_are_cut_at_the_line(void **state)
{
    (void)state;
    char mrz[TD1_LENGTH];
    struct person person = utopian;
    strcpy(person.surname, "NAMGOONG-HWANGBO-SEONWOO");
    strcpy(person.given_names, "BITNARIBYEOLHANEUL");
    assert_true(mrz_make(&person, mrz));
    assert_memory_equal(mrz + 60, "NAMGOONG<HWANGBO<SEONWOO<<BITN", 30);
}

static void test_fields_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    char mrz[TD1_LENGTH];
    struct person person = utopian;
    person.birth_date[6] = '\0';
    assert_false(mrz_make(&person, mrz));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_specimen_of_utopia),
        cmocka_unit_test(test_mrz_information_of_the_specimen),
        cmocka_unit_test(test_long_names_are_cut_at_the_line),
        cmocka_unit_test(test_fields_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
