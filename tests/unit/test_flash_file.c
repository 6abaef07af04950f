// The simulator's flash: an image file that one simulator at a time has open, and that keeps what was
// written.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card/port/host/flash_file.h"

static char folder[] = "/tmp/jumin-flash-XXXXXX";
static char path[sizeof folder + 8];

static int set_up_folder(void **state)
{
    (void)state;
    (void)snprintf(path, sizeof path, "%s/image", mkdtemp(folder));
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int remove_image(void **state)
{
    (void)state;
    (void)unlink(path);
    return 0;
}

static void test_new_image_is_erased_and_private(void **state)
{
    (void)state;
    struct flash_file flash = {0};
    assert_int_equal(flash_file_create(&flash, path, STORE_PAGES_MIN), FLASH_FILE_OK);
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(file.st_size, STORE_PAGES_MIN * STORE_PAGE);
    const struct store_flash port = flash_file_port(&flash);
    assert_int_equal(port.pages, STORE_PAGES_MIN);
    for (uint32_t at = 0; at < STORE_PAGES_MIN * STORE_PAGE; at++) {
        uint8_t byte = 0;
        assert_true(port.read(port.context, at, &byte, 1));
        assert_int_equal(byte, 0xFF);
    }
    flash_file_close(&flash);
}

static void test_existing_file_is_not_overwritten(void **state)
{
    (void)state;
    struct flash_file flash = {0};
    assert_int_equal(flash_file_create(&flash, path, STORE_PAGES_MIN), FLASH_FILE_OK);
    flash_file_close(&flash);
    assert_int_equal(flash_file_create(&flash, path, STORE_PAGES_MIN), FLASH_FILE_SYSTEM);
    assert_int_equal(errno, EEXIST);
}

static void test_image_is_open_once(void **state)
{
    (void)state;
    struct flash_file first = {0};
    struct flash_file second = {0};
    assert_int_equal(flash_file_create(&first, path, STORE_PAGES_MIN), FLASH_FILE_OK);
    assert_int_equal(flash_file_open(&second, path), FLASH_FILE_IN_USE);
    flash_file_close(&second);
    flash_file_close(&first);
    assert_int_equal(flash_file_open(&second, path), FLASH_FILE_OK);
    flash_file_close(&second);
}

static void test_file_of_another_length_is_refused(void **state)
{
    (void)state;
    static const long lengths[] = {
        0,
        STORE_PAGE,
        (STORE_PAGES_MIN - 1L) * STORE_PAGE,
        (long)STORE_PAGES_MIN * STORE_PAGE - 1,
        (long)STORE_PAGES_MIN * STORE_PAGE + 1,
        (STORE_PAGES_MAX + 1L) * STORE_PAGE,
    };
    struct flash_file flash = {0};
    assert_int_equal(flash_file_create(&flash, path, STORE_PAGES_MIN), FLASH_FILE_OK);
    flash_file_close(&flash);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_int_equal(truncate(path, lengths[i]), 0);
        assert_int_equal(flash_file_open(&flash, path), FLASH_FILE_NO_IMAGE);
    }
}

static void test_missing_file_and_folder_are_refused(void **state)
{
    (void)state;
    struct flash_file flash = {0};
    assert_int_equal(flash_file_open(&flash, path), FLASH_FILE_SYSTEM);
    assert_int_equal(errno, ENOENT);
    assert_int_not_equal(flash_file_open(&flash, folder), FLASH_FILE_OK);
}

static void test_access_outside_the_image_fails(void **state)
{
    (void)state;
    struct flash_file flash = {0};
    uint8_t word[STORE_WORD] = {0};
    assert_int_equal(flash_file_create(&flash, path, STORE_PAGES_MIN), FLASH_FILE_OK);
    const struct store_flash port = flash_file_port(&flash);
    const uint32_t size = STORE_PAGES_MIN * STORE_PAGE;
    assert_false(port.read(port.context, size - 1, word, 2));
    assert_false(port.read(port.context, UINT32_MAX, word, sizeof word));
    assert_false(port.program(port.context, size, word, sizeof word));
    assert_false(port.erase(port.context, STORE_PAGES_MIN));
    assert_false(port.erase(port.context, UINT32_MAX));
    flash_file_close(&flash);
    assert_false(port.read(port.context, 0, word, sizeof word));
}

static void test_store_lives_in_the_file(void **state)
{
    (void)state;
    static struct store store;
    struct flash_file flash = {0};
    assert_int_equal(flash_file_create(&flash, path, STORE_PAGES_MIN), FLASH_FILE_OK);
    struct store_flash port = flash_file_port(&flash);
    assert_int_equal(store_open(&store, &port), STORE_DAMAGED); // blank: no card was made in it
    assert_int_equal(store_format(&port), STORE_OK);
    assert_int_equal(store_open(&store, &port), STORE_OK);
    assert_int_equal(store_write(&store, 1, span_of("kept", 4)), STORE_OK);
    flash_file_close(&flash);

    assert_int_equal(flash_file_open(&flash, path), FLASH_FILE_OK);
    port = flash_file_port(&flash);
    uint8_t bytes[4];
    assert_int_equal(store_open(&store, &port), STORE_OK);
    assert_int_equal(store_read(&store, 1, 0, bytes, sizeof bytes), STORE_OK);
    assert_memory_equal(bytes, "kept", sizeof bytes);
    flash_file_close(&flash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_new_image_is_erased_and_private, remove_image),
        cmocka_unit_test_teardown(test_existing_file_is_not_overwritten, remove_image),
        cmocka_unit_test_teardown(test_image_is_open_once, remove_image),
        cmocka_unit_test_teardown(test_file_of_another_length_is_refused, remove_image),
        cmocka_unit_test_teardown(test_missing_file_and_folder_are_refused, remove_image),
        cmocka_unit_test_teardown(test_access_outside_the_image_fails, remove_image),
        cmocka_unit_test_teardown(test_store_lives_in_the_file, remove_image),
    };
    return cmocka_run_group_tests(tests, set_up_folder, remove_folder);
}
