// Secrets split among custodians: any quorum gives them, fewer say nothing; and the shares' text.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/pki/secret_sharing.h"
#include "host/pki/share.h"
#include "tests/unit/crypto_random.h"

#include <ctype.h>

enum { SECRET = 26, SHARES = 5, THRESHOLD = 3 };

static const struct span secret = {(const uint8_t *)"ABCDEFGHIJKLMNOPQRSTUVWXY7", SECRET};

// --- The field -------------------------------------------------------------------------------------------------

// A "random" byte that the test chooses.
static bool chosen(void *context, uint8_t *out, size_t n)
{
    memset(out, *(const uint8_t *)context, n);
    return true;
}

// With two of two, share 2 is the secret plus twice the coefficient.
static uint8_t twice(uint8_t coefficient)
{
    const uint8_t zero = 0;
    uint8_t shares[2];
    const struct crypto_random random = {chosen, &coefficient};
    assert_true(secret_split(span_of(&zero, 1), 2, 2, &random, shares));
    assert_int_equal(shares[0], coefficient);
    return shares[1];
}

// The powers of 2 as QR codes have them, whose field it is, too (ISO 18004 Annex A).
static void test_field_is_that_of_the_published_powers(void **state)
{
    (void)state;
    static const struct {
        unsigned exponent;
        uint8_t power;
    } published[] = {{8, 29},   {9, 58},  {24, 143}, {25, 3},   {50, 5},
                     {100, 17}, {198, 7}, {223, 9},  {238, 11}, {254, 142}};
    uint8_t power = 1;
    for (unsigned exponent = 0, i = 0; exponent < 255; exponent++) {
        if (exponent == published[i].exponent) {
            assert_int_equal(power, published[i].power);
            i++;
        }
        power = twice(power);
    }
    assert_int_equal(power, 1);
}

// gfsplit (libgfshare 2.0.0) made these from "jumin" with -n 3 -m 5.
static void test_shares_of_libgfshare_are_put_together(void **state)
{
    (void)state;
    static const uint8_t numbers[] = {42, 109, 145, 182};
    static const uint8_t given[][5] = {{0x58, 0x1D, 0x04, 0x02, 0x1D},
                                       {0x25, 0x6E, 0x1F, 0x20, 0xFA},
                                       {0x95, 0xD3, 0x2D, 0x90, 0xB3},
                                       {0x28, 0x17, 0x81, 0x34, 0xBC}};
    for (size_t skipped = 0; skipped < 4; skipped++) {
        uint8_t chosen_numbers[3], whole[5];
        const uint8_t *shares[3];
        size_t n = 0;
        for (size_t i = 0; i < 4; i++) {
            if (i != skipped) {
                chosen_numbers[n] = numbers[i];
                shares[n++] = given[i];
            }
        }
        assert_true(secret_combine(chosen_numbers, shares, 3, 5, whole));
        assert_memory_equal(whole, "jumin", 5);
    }
}

// --- Splitting -------------------------------------------------------------------------------------------------

static uint8_t shares[SHARES][SECRET];

static void split(void)
{
    const struct crypto_random random = crypto_system_random();
    assert_true(secret_split(secret, THRESHOLD, SHARES, &random, shares[0]));
}

static void combine(unsigned which, uint8_t whole[SECRET])
{
    uint8_t numbers[SHARES];
    const uint8_t *parts[SHARES];
    size_t count = 0;
    for (unsigned i = 0; i < SHARES; i++) {
        if ((which >> i & 1) != 0) {
            numbers[count] = (uint8_t)(i + 1);
            parts[count++] = shares[i];
        }
    }
    assert_true(secret_combine(numbers, parts, count, SECRET, whole));
}

static void test_every_quorum_gives_the_secret_and_no_smaller_set_does(void **state)
{
    (void)state;
    split();
    for (unsigned which = 0; which < 1U << SHARES; which++) {
        uint8_t whole[SECRET];
        const int count = __builtin_popcount(which);
        if (count >= 2) {
            combine(which, whole);
            assert_int_equal(memcmp(whole, secret.p, SECRET) == 0, count >= THRESHOLD);
        }
    }
}

static void test_one_wrong_bit_gives_another_secret(void **state)
{
    (void)state;
    uint8_t whole[SECRET];
    split();
    shares[1][SECRET - 1] ^= 1;
    combine(0x07, whole);
    assert_memory_not_equal(whole, secret.p, SECRET);
}

// Below the threshold every secret is as likely: each has coefficients that give these shares.
static void test_shares_below_the_threshold_fit_any_secret(void **state)
{
    (void)state;
    const uint8_t numbers[] = {1, 2, 3};
    bool seen[256] = {false};
    split();
    for (unsigned third = 0; third < 256; third++) {
        const uint8_t guess = (uint8_t)third;
        const uint8_t *const parts[] = {shares[0], shares[1], &guess};
        uint8_t whole = 0;
        assert_true(secret_combine(numbers, parts, 3, 1, &whole));
        assert_false(seen[whole]);
        seen[whole] = true;
    }
}

static void test_wrong_numbers_are_refused(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    uint8_t whole[SECRET], many[SECRET * 2];
    const uint8_t *const parts[] = {shares[0], shares[1]};
    split();
    assert_false(secret_split(secret, 1, 2, &random, many));
    assert_false(secret_split(secret, 3, 2, &random, many));
    assert_false(secret_split(secret, 2, 256, &random, many));
    assert_false(secret_split(span_of(NULL, 0), 2, 2, &random, many));
    assert_false(secret_combine((const uint8_t[]){1, 1}, parts, 2, SECRET, whole));
    assert_false(secret_combine((const uint8_t[]){0, 1}, parts, 2, SECRET, whole));
    assert_false(secret_combine((const uint8_t[]){1, 0}, parts, 2, SECRET, whole));
    assert_false(secret_combine((const uint8_t[]){1}, parts, 1, SECRET, whole));
}

static bool no_random(void *context, uint8_t *out, size_t n)
{
    unsigned *left = context;
    memset(out, 0x55, n);
    return (*left)-- > 0;
}

static void test_without_random_bytes_nothing_is_left(void **state)
{
    (void)state;
    unsigned left = 3;
    const struct crypto_random random = {no_random, &left};
    memset(shares, 0x55, sizeof shares);
    assert_false(secret_split(secret, THRESHOLD, SHARES, &random, shares[0]));
    static const uint8_t wiped[SHARES][SECRET];
    assert_memory_equal(shares, wiped, sizeof shares);
}

// --- Text ------------------------------------------------------------------------------------------------------

static struct share a_share(void)
{
    struct share share = {.sharing = {1, 2, 3, 4}, .threshold = 3, .count = 5, .number = 2, .n = SECRET};
    memcpy(share.body, secret.p, SECRET);
    return share;
}

static struct span text_of(const struct share *share, char text[SHARE_TEXT_MAX])
{
    struct writer w = writer_of(text, SHARE_TEXT_MAX);
    share_put(&w, share);
    assert_false(w.overflow);
    return writer_span(&w);
}

static void assert_same(const struct share *a, const struct share *b)
{
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->threshold, b->threshold);
    assert_int_equal(a->sealed, b->sealed);
    assert_memory_equal(a->sharing, b->sharing, SHARE_SHARING);
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->body, b->body, a->n);
}

static void test_share_is_read_as_it_was_written(void **state)
{
    (void)state;
    char text[SHARE_TEXT_MAX];
    const char *why = "";
    for (size_t n = 1; n <= SHARE_SECRET_MAX; n++) {
        struct share share = a_share(), read;
        share.n = n;
        assert_int_equal(share_parse(text_of(&share, text), &read, &why), JUMIN_OK);
        assert_same(&share, &read);
    }
}

// Python's base64.b32encode and hashlib.sha256 made this.
static void test_share_has_this_text(void **state)
{
    (void)state;
    char text[SHARE_TEXT_MAX];
    const struct share share = a_share();
    const struct span made = text_of(&share, text);
    static const char wanted[] = "AEAQ CAQD AQBQ KASB\n"
                                 "IJBU IRKG I5EE SSSL\n"
                                 "JRGU 4T2Q KFJF GVCV\n"
                                 "KZLV QWJX F5R6 3MQ\n";
    assert_int_equal(made.n, sizeof wanted - 1);
    assert_memory_equal(made.p, wanted, made.n);
}

static void test_share_is_read_as_people_type(void **state)
{
    (void)state;
    char text[SHARE_TEXT_MAX], typed[SHARE_TEXT_MAX] = "# share 2 of 5, 3 needed\r\n#\n";
    const char *why = "";
    const struct share share = a_share();
    struct share read;
    const struct span made = text_of(&share, text);
    size_t n = strlen(typed);
    for (size_t i = 0; i < made.n; i++) {
        const char c = (char)made.p[i];
        typed[n++] = (char)(c == 'O' ? '0' : c == 'I' ? '1' : c == 'B' ? '8' : c == ' ' ? '-' : tolower(c));
    }
    assert_int_equal(share_parse(span_of(typed, n), &read, &why), JUMIN_OK);
    assert_same(&share, &read);
}

static void test_every_mistyped_character_is_found(void **state)
{
    (void)state;
    char text[SHARE_TEXT_MAX];
    const char *why = "";
    const struct share share = a_share();
    struct share read;
    const struct span made = text_of(&share, text);
    for (size_t i = 0; i < made.n; i++) {
        const char before = text[i];
        if (before == ' ' || before == '\n') {
            continue;
        }
        for (const char *other = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567!9"; *other != '\0'; other++) {
            text[i] = *other;
            if (*other != before) {
                assert_int_equal(share_parse(made, &read, &why), JUMIN_ERROR_INPUT);
                assert_int_equal(read.n, 0);
            }
        }
        text[i] = before;
        if (i + 1 < made.n && text[i + 1] != before && text[i + 1] != ' ' && text[i + 1] != '\n') {
            text[i] = text[i + 1]; // two swapped
            text[i + 1] = before;
            assert_int_equal(share_parse(made, &read, &why), JUMIN_ERROR_INPUT);
            text[i + 1] = text[i];
            text[i] = before;
        }
        assert_int_equal(share_parse(span_of(text, i), &read, &why), JUMIN_ERROR_INPUT);
    }
    assert_int_equal(share_parse(made, &read, &why), JUMIN_OK);
}

// The check says that it was typed right, not that it makes sense.
static void test_share_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    char text[SHARE_TEXT_MAX];
    const char *why = "";
    struct share read, wrong[6];
    for (size_t i = 0; i < 6; i++) {
        wrong[i] = a_share();
    }
    wrong[0].threshold = 1;
    wrong[1].threshold = 6;
    wrong[2].number = 0;
    wrong[3].number = 6;
    wrong[4].n = 0;
    wrong[5].n = SHARE_SECRET_MAX + 1;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(share_parse(text_of(&wrong[i], text), &read, &why), JUMIN_ERROR_INPUT);
    }
    struct share sealed = a_share();
    sealed.sealed = true;
    sealed.n = SHARE_SALT + CRYPTO_GCM_TAG;
    assert_int_equal(share_parse(text_of(&sealed, text), &read, &why), JUMIN_ERROR_INPUT);
}

// --- Seal ------------------------------------------------------------------------------------------------------

static void test_sealed_share_opens_under_its_passphrase_only(void **state)
{
    (void)state;
    const struct crypto_random random = crypto_system_random();
    const struct span right = span_of("right", 5), wrong = span_of("wrong", 5);
    char text[SHARE_TEXT_MAX];
    const char *why = "";
    struct share share = a_share(), read;
    const struct share plain = share;
    assert_int_equal(share_seal(&share, right, &random), JUMIN_OK);
    assert_int_equal(share_seal(&share, right, &random), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(share_parse(text_of(&share, text), &read, &why), JUMIN_OK);
    assert_same(&share, &read);
    assert_int_equal(share_open(&read, wrong), JUMIN_ERROR_INPUT);
    assert_same(&share, &read);
    read.number = 3; // what stands outside is sealed as well
    assert_int_equal(share_open(&read, right), JUMIN_ERROR_INPUT);
    read.number = 2;
    assert_int_equal(share_open(&read, right), JUMIN_OK);
    assert_same(&plain, &read);
    assert_int_equal(share_open(&read, right), JUMIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field_is_that_of_the_published_powers),
        cmocka_unit_test(test_shares_of_libgfshare_are_put_together),
        cmocka_unit_test(test_every_quorum_gives_the_secret_and_no_smaller_set_does),
        cmocka_unit_test(test_one_wrong_bit_gives_another_secret),
        cmocka_unit_test(test_shares_below_the_threshold_fit_any_secret),
        cmocka_unit_test(test_wrong_numbers_are_refused),
        cmocka_unit_test(test_without_random_bytes_nothing_is_left),
        cmocka_unit_test(test_share_is_read_as_it_was_written),
        cmocka_unit_test(test_share_has_this_text),
        cmocka_unit_test(test_share_is_read_as_people_type),
        cmocka_unit_test(test_every_mistyped_character_is_found),
        cmocka_unit_test(test_share_that_makes_no_sense_is_refused),
        cmocka_unit_test(test_sealed_share_opens_under_its_passphrase_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
