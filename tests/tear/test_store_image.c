// A card image that lost its end or has a flipped bit opens as old or new state or is refused by name.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "tests/tear/store_life.h"

enum { PAGES = STORE_PAGES_MIN };

// A file that ends early: what lies behind its end cannot be read, and nothing can be changed.
struct short_file {
    const uint8_t *bytes;
    size_t n;
};

static bool read_file(void *context, uint32_t offset, uint8_t *out, size_t n)
{
    const struct short_file *file = context;
    if (offset > file->n || n > file->n - offset) {
        return false;
    }
    memcpy(out, file->bytes + offset, n);
    return true;
}

static bool refuse_program(void *context, uint32_t offset, const uint8_t *data, size_t n)
{
    (void)context;
    (void)offset;
    (void)data;
    (void)n;
    return false;
}

static bool refuse_erase(void *context, uint32_t page)
{
    (void)context;
    (void)page;
    return false;
}

static struct store_flash file_port(struct short_file *file, uint32_t pages)
{
    return (struct store_flash){
        .read = read_file, .program = refuse_program, .erase = refuse_erase, .context = file, .pages = pages};
}

static struct store_life life;
static uint64_t old_state;
static uint64_t new_state;

// A life that has collected, ending with a transaction of several records.
static int set_up(void **state)
{
    (void)state;
    store_life_create(&life, PAGES, 1);
    for (unsigned i = 0; i < 120; i++) {
        const uint16_t id = (uint16_t)(1 + i % 5);
        assert_int_equal(store_write(&life.store, id, store_life_bytes(i, 100 + 7 * (size_t)i)), STORE_OK);
    }
    old_state = store_life_digest(&life);
    assert_int_equal(store_write(&life.store, 7, store_life_bytes(1, 1000)), STORE_OK);
    new_state = store_life_digest(&life);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_life_release(&life);
    return 0;
}

static size_t image_size(void)
{
    return (size_t)PAGES * STORE_PAGE;
}

static enum store_status open_file(struct short_file *file, uint32_t pages, uint64_t *found)
{
    static struct store_life view;
    view.port = file_port(file, pages);
    const enum store_status status = store_life_reopen(&view);
    *found = store_life_digest(&view);
    return status;
}

static void test_image_cut_at_any_byte_is_old_or_new_or_refused(void **state)
{
    (void)state;
    unsigned opened = 0;
    for (size_t n = 0; n <= image_size(); n++) {
        struct short_file file = {life.flash.bytes, n};
        uint64_t found = 0;
        const enum store_status status = open_file(&file, PAGES, &found);
        if (status == STORE_OK) {
            opened++;
            assert_int_equal(found, new_state); // what is missing was not in use
        } else {
            assert_true(status == STORE_FLASH || status == STORE_DAMAGED);
        }
    }
    assert_true(opened > 0);
}

static void test_image_with_pages_missing_or_added_is_refused(void **state)
{
    (void)state;
    uint64_t found = 0;
    static uint8_t longer[2 * PAGES * STORE_PAGE];
    memset(longer, 0xFF, sizeof longer);
    memcpy(longer, life.flash.bytes, image_size());
    for (uint32_t pages = PAGES + 1; pages <= 2 * PAGES; pages++) {
        struct short_file file = {longer, sizeof longer};
        assert_int_equal(open_file(&file, pages, &found), STORE_DAMAGED);
    }
}

static void test_image_with_any_bit_flipped_is_old_or_new_or_refused(void **state)
{
    (void)state;
    struct short_file file = {life.flash.bytes, image_size()};
    unsigned results[2] = {0, 0};
    for (size_t bit = 0; bit < image_size() * 8; bit += 1 + bit % 13) {
        const uint8_t mask = (uint8_t)(1U << bit % 8);
        life.flash.bytes[bit / 8] ^= mask;
        uint64_t found = 0;
        const enum store_status status = open_file(&file, PAGES, &found);
        life.flash.bytes[bit / 8] ^= mask;
        if (status == STORE_OK) {
            assert_true(found == old_state || found == new_state);
            results[found == new_state ? 1 : 0]++;
        } else {
            assert_int_equal(status, STORE_DAMAGED);
        }
    }
    assert_true(results[0] > 0 && results[1] > 0);
}

static void test_image_with_a_page_copied_over_another_is_refused(void **state)
{
    (void)state;
    static uint8_t image[PAGES * STORE_PAGE];
    struct short_file file = {image, sizeof image};
    for (unsigned a = 0; a < PAGES; a++) {
        for (unsigned b = 0; b < PAGES; b++) {
            memcpy(image, life.flash.bytes, sizeof image);
            memcpy(image + (size_t)a * STORE_PAGE, life.flash.bytes + (size_t)b * STORE_PAGE, STORE_PAGE);
            uint64_t found = 0;
            const enum store_status status = open_file(&file, PAGES, &found);
            assert_true(status == STORE_DAMAGED || found == new_state);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image_cut_at_any_byte_is_old_or_new_or_refused),
        cmocka_unit_test(test_image_with_pages_missing_or_added_is_refused),
        cmocka_unit_test(test_image_with_any_bit_flipped_is_old_or_new_or_refused),
        cmocka_unit_test(test_image_with_a_page_copied_over_another_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
