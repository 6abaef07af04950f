// Revised Romanization of names (Ministry of Culture notice 2000-8): the notice's own letters and examples.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/perso/person.h"

static void expect(const char *hangul, const char *romanized)
{
    char text[PERSON_ROMANIZED_MAX];
    assert_true(romanize(hangul, text, sizeof text));
    assert_string_equal(text, romanized);
}

// The notice, part 3 rule 4: 민용하 Min Yongha, 송나리 Song Nari, 한복남 Han Boknam, 홍빛나 Hong Bitna.
static void test_names_of_the_notice(void **state)
{
    (void)state;
    expect("민 용하", "MIN YONGHA");
    expect("송 나리", "SONG NARI");
    expect("한 복남", "HAN BOKNAM");
    expect("홍 빛나", "HONG BITNA");
}

// The notice, part 2: every vowel, every initial, and the seven sounds at the end of a syllable.
static void test_every_letter(void **state)
{
    (void)state;
    expect("아 애 야 얘 어 에 여 예 오 와 왜 외 요 우 워 웨 위 유 으 의 이",
           "A AE YA YAE EO E YEO YE O WA WAE OE YO U WO WE WI YU EU UI I");
    expect("가 까 나 다 따 라 마 바 빠 사 싸 아 자 짜 차 카 타 파 하",
           "GA KKA NA DA TTA RA MA BA PPA SA SSA A JA JJA CHA KA TA PA HA");
    expect("악 안 앋 알 암 압 앙 앗 있 앚 앛 앜 앝 앞 앟 않 앉 앍 앎 앏",
           "AK AN AT AL AM AP ANG AT IT AT AT AK AT AP AT AN AN AK AM AL");
}

static void test_what_is_no_hangul_is_refused(void **state)
{
    (void)state;
    char text[PERSON_ROMANIZED_MAX];
    assert_false(romanize("洪", text, sizeof text));
    assert_false(romanize("Hong", text, sizeof text));
    assert_false(romanize("ㅎ", text, sizeof text));
    assert_false(romanize("\xED\x95", text, sizeof text)); // cut inside a character
}

static void test_a_name_that_is_too_long_is_refused(void **state)
{
    (void)state;
    char text[5];
    assert_true(romanize("홍", text, sizeof text));
    assert_false(romanize("홍길", text, sizeof text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_the_notice),
        cmocka_unit_test(test_every_letter),
        cmocka_unit_test(test_what_is_no_hangul_is_refused),
        cmocka_unit_test(test_a_name_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
