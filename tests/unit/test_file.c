// Files on the disk, whole or not there, and the master keys that are kept in them.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"

#include "host/file.h"
#include <errno.h>
#include <jumin/perso.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path;

static int make_folder(void **state)
{
    const int made = temporary_folder_make(state);
    path = temporary_path("file");
    return made;
}

// Nothing but the one file may be left, no temporary one.
static int remove_folder(void **state)
{
    (void)unlink(path);
    return temporary_folder_remove_empty(state);
}

static void expect_content(const char *content, unsigned mode)
{
    uint8_t bytes[64];
    size_t n = 0;
    struct stat status;
    assert_int_equal(disk_read(path, bytes, sizeof bytes, &n), JUMIN_OK);
    assert_int_equal(n, strlen(content));
    assert_memory_equal(bytes, content, n);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, mode);
}

static void test_a_written_file_replaces_the_one_before(void **state)
{
    (void)state;
    assert_int_equal(disk_write(path, 0644, span_of("before", 6)), JUMIN_OK);
    assert_int_equal(disk_write(path, 0600, span_of("after", 5)), JUMIN_OK);
    expect_content("after", 0600);
}

// The file, then its folder: neither is passed over.
static unsigned flush_fails_at;
static int flush_error;
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's --wrap names them
int __real_fsync(int fd);
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
    const bool fails = flush_fails_at == 1;
    flush_fails_at -= flush_fails_at > 0 ? 1 : 0;
    if (fails) {
        errno = flush_error;
        return -1;
    }
    return __real_fsync(fd);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static void test_what_is_not_flushed_is_told(void **state)
{
    (void)state;
    assert_int_equal(disk_write(path, 0644, span_of("before", 6)), JUMIN_OK);
    flush_error = EIO;
    flush_fails_at = 1;
    assert_int_equal(disk_write(path, 0644, span_of("after", 5)), JUMIN_ERROR_FILE);
    assert_int_equal(errno, EIO);
    expect_content("before", 0644);
    flush_fails_at = 2;
    assert_int_equal(disk_write(path, 0644, span_of("after", 5)), JUMIN_ERROR_FILE);
    assert_int_equal(errno, EIO);
    expect_content("after", 0644);
    // There are file systems whose folders are not flushed.
    flush_error = EINVAL;
    flush_fails_at = 2;
    assert_int_equal(disk_write(path, 0644, span_of("later", 5)), JUMIN_OK);
}

static void test_a_created_file_leaves_the_one_before(void **state)
{
    (void)state;
    assert_int_equal(disk_create(path, 0600, span_of("first", 5)), JUMIN_OK);
    assert_int_equal(disk_create(path, 0644, span_of("second", 6)), JUMIN_ERROR_FILE);
    assert_int_equal(errno, EEXIST);
    expect_content("first", 0600);
}

static void test_a_file_longer_than_its_limit_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[4];
    size_t n = 0;
    assert_int_equal(disk_write(path, 0644, span_of("12345", 5)), JUMIN_OK);
    assert_int_equal(disk_read(path, bytes, sizeof bytes, &n), JUMIN_ERROR_INPUT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(disk_read(path, bytes, sizeof bytes, &n), JUMIN_ERROR_FILE);
}

static void test_a_master_key_is_made_once(void **state)
{
    (void)state;
    uint8_t made[JUMIN_MASTER_KEY], loaded[JUMIN_MASTER_KEY];
    struct stat status;
    assert_int_equal(jumin_master_key_load(path, false, made), JUMIN_ERROR_FILE);
    assert_int_equal(jumin_master_key_load(path, true, made), JUMIN_OK);
    assert_int_equal(jumin_master_key_load(path, true, loaded), JUMIN_OK);
    assert_memory_equal(made, loaded, JUMIN_MASTER_KEY);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_what_is_no_master_key_is_refused_and_wiped(void **state)
{
    (void)state;
    static const uint8_t wiped[JUMIN_MASTER_KEY];
    static const char *const wrong[] = {"", "00",
                                        "zz02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
                                        "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint8_t key[JUMIN_MASTER_KEY] = {1};
        assert_int_equal(disk_write(path, 0600, span_of(wrong[i], strlen(wrong[i]))), JUMIN_OK);
        assert_int_equal(jumin_master_key_load(path, true, key), JUMIN_ERROR_INPUT);
        assert_memory_equal(key, wiped, sizeof key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_written_file_replaces_the_one_before, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_what_is_not_flushed_is_told, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_a_created_file_leaves_the_one_before, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_a_file_longer_than_its_limit_is_refused, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_a_master_key_is_made_once, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_what_is_no_master_key_is_refused_and_wiped, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
