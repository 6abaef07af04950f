// A folder of the running test's own under /tmp.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_TEMPORARY_FOLDER_H
#define JUMIN_TESTS_UNIT_TEMPORARY_FOLDER_H

#define IN_TEMPORARY_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, temporary_folder_make, temporary_folder_remove)

// Setup and teardown of cmocka: an empty one; with all that is in it.
int temporary_folder_make(void **state);
int temporary_folder_remove(void **state);
// A teardown, too: fails where anything is in it.
int temporary_folder_remove_empty(void **state);
// A path in it, written as by printf; "" is the folder itself. One of four static buffers.
__attribute__((format(printf, 1, 2))) const char *temporary_path(const char *format, ...);

#endif
