// An order that is kept and resumed: all that the card has, nothing of what is printed once, and no byte that
// is not as it was saved.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/perso/order.h"
#include <stdlib.h>

static const char mrz[] =
    "IDKORM000000014<<<<<<<<<<<<<<<0103141F3611010KOR<<<<<<<<<<<4HONG<<GIL<SUN<<<<<<<<<<<<<<<<<";

static void put_file(struct order_bytes *file, size_t n, uint8_t first)
{
    static uint8_t bytes[70000];
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (uint8_t)(first + i);
    }
    struct writer w = writer_of(bytes, sizeof bytes);
    (void)writer_reserve(&w, n);
    assert_int_equal(order_keep(file, &w), JUMIN_OK);
}

static struct jumin_order *new_order(void)
{
    struct jumin_order *order = NULL;
    assert_int_equal(jumin_order_new(&order), JUMIN_OK);
    return order;
}

// Every file has another length and content.
static struct jumin_order *full_order(void)
{
    struct jumin_order *order = new_order();
    struct order_bytes *const single[] = {&order->com, &order->sod, &order->card_access,
                                          &order->card_security, &order->chip_security};
    assert_int_equal(jumin_order_set_can(order, "271828"), JUMIN_OK);
    assert_int_equal(jumin_order_set_pin(order, "314159"), JUMIN_OK);
    assert_int_equal(jumin_order_set_puk(order, "1618033988"), JUMIN_OK);
    assert_int_equal(jumin_order_set_transport_pin(order, true), JUMIN_OK);
    assert_int_equal(sizeof mrz, TD1_LENGTH + 1);
    memcpy(order->mrz, mrz, sizeof mrz);
    memcpy(order->person.issue_date, "20261102", 9);
    memcpy(order->person.expiry_date, "20361101", 9);
    for (unsigned i = 0; i < SCP03_DIVERSIFICATION; i++) {
        order->diversification[i] = (uint8_t)(0x40 + i);
    }
    for (unsigned i = 1; i < ORDER_FILES; i++) {
        put_file(&order->groups[i], i == 2 ? 30000 : i * 3, (uint8_t)i);
    }
    for (unsigned i = 0; i < 5; i++) {
        put_file(single[i], 100 + i, (uint8_t)(0x80 + i));
    }
    for (unsigned i = 1; i <= EID_GROUPS; i++) {
        put_file(&order->eid_groups[i], 200 + i, (uint8_t)(0xC0 + i));
    }
    return order;
}

static struct span saved_bytes(const struct jumin_order *order)
{
    static uint8_t bytes[ORDER_SAVED_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_true(order_save(order, &w));
    return writer_span(&w);
}

static void expect_same_file(const struct order_bytes *file, const struct order_bytes *wanted)
{
    assert_int_equal(file->n, wanted->n);
    assert_memory_equal(file->p, wanted->p, wanted->n);
}

static void test_everything_but_the_secrets_comes_back(void **state)
{
    (void)state;
    struct jumin_order *order = full_order(), *resumed = new_order();
    assert_int_equal(order_resume(resumed, saved_bytes(order)), JUMIN_OK);
    assert_true(jumin_order_is_on_card(resumed));
    assert_string_equal(jumin_order_can(resumed), "271828");
    assert_string_equal(jumin_order_mrz(resumed), mrz);
    assert_string_equal(jumin_order_pin(resumed), "");
    assert_string_equal(jumin_order_puk(resumed), "");
    assert_true(jumin_order_has_transport_pin(resumed));
    assert_string_equal(resumed->person.issue_date, "20261102");
    assert_string_equal(resumed->person.expiry_date, "20361101");
    assert_memory_equal(resumed->diversification, order->diversification, SCP03_DIVERSIFICATION);
    for (size_t i = 1; i < ORDER_FILES; i++) {
        expect_same_file(&resumed->groups[i], &order->groups[i]);
    }
    for (size_t i = 1; i <= EID_GROUPS; i++) {
        expect_same_file(&resumed->eid_groups[i], &order->eid_groups[i]);
    }
    expect_same_file(&resumed->com, &order->com);
    expect_same_file(&resumed->sod, &order->sod);
    expect_same_file(&resumed->card_access, &order->card_access);
    expect_same_file(&resumed->card_security, &order->card_security);
    expect_same_file(&resumed->chip_security, &order->chip_security);
    jumin_order_free(order);
    jumin_order_free(resumed);
}

static void test_pin_and_puk_are_in_no_byte(void **state)
{
    (void)state;
    struct jumin_order *order = full_order();
    const struct span saved = saved_bytes(order);
    assert_null(memmem(saved.p, saved.n, "314159", 6));
    assert_null(memmem(saved.p, saved.n, "1618033988", 10));
    jumin_order_free(order);
}

static void expect_refused(const uint8_t *bytes, size_t n)
{
    struct jumin_order *order = full_order(); // whose files go, too
    assert_int_equal(order_resume(order, span_of(bytes, n)), JUMIN_ERROR_MALFORMED);
    assert_false(jumin_order_is_on_card(order));
    assert_null(order->groups[2].p);
    assert_null(order->chip_security.p);
    jumin_order_free(order);
}

static void test_what_was_cut_or_grew_is_refused(void **state)
{
    (void)state;
    struct jumin_order *order = full_order();
    const struct span saved = saved_bytes(order);
    uint8_t *longer = malloc(saved.n + 1);
    assert_non_null(longer);
    memcpy(longer, saved.p, saved.n);
    longer[saved.n] = 0;
    expect_refused(longer, saved.n + 1);
    for (size_t n = 0; n < saved.n; n += n < 400 ? 1 : 997) {
        expect_refused(longer, n);
    }
    expect_refused(longer, saved.n - 1);
    free(longer);
    jumin_order_free(order);
}

// Places of the head: version, flags, lengths, digits.
static void test_head_that_is_not_ours_is_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
    } changes[] = {{0, 0},  {0, 2},    {1, 2},  {1, 0xFF}, {3, 9},
                   {15, 7}, {16, 'x'}, {26, 0}, {36, '/'}, {44, 'a'}};
    struct jumin_order *order = full_order();
    const struct span saved = saved_bytes(order);
    uint8_t *changed = malloc(saved.n);
    assert_non_null(changed);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        memcpy(changed, saved.p, saved.n);
        changed[changes[i].at] = changes[i].value;
        expect_refused(changed, saved.n);
    }
    free(changed);
    jumin_order_free(order);
}

static void test_order_that_is_too_long_is_not_saved(void **state)
{
    (void)state;
    static uint8_t bytes[ORDER_SAVED_MAX];
    struct jumin_order *order = full_order();
    put_file(&order->groups[2], 65536, 2);
    struct writer w = writer_of(bytes, sizeof bytes);
    assert_false(order_save(order, &w));
    put_file(&order->groups[2], 65535, 2);
    put_file(&order->groups[3], 65535, 3);
    w = writer_of(bytes, sizeof bytes);
    assert_false(order_save(order, &w));
    jumin_order_free(order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_but_the_secrets_comes_back),
        cmocka_unit_test(test_pin_and_puk_are_in_no_byte),
        cmocka_unit_test(test_what_was_cut_or_grew_is_refused),
        cmocka_unit_test(test_head_that_is_not_ours_is_refused),
        cmocka_unit_test(test_order_that_is_too_long_is_not_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
