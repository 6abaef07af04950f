// A folder of the running test's own under /tmp.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/temporary_folder.h"

#include "tests/unit/unit.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/jumin-test-XXXXXX";

int temporary_folder_make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/jumin-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_one(const char *name, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(name);
}

int temporary_folder_remove(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int temporary_folder_remove_empty(void **state)
{
    (void)state;
    return rmdir(folder);
}

const char *temporary_path(const char *format, ...)
{
    static char paths[4][512];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    int n = snprintf(path, sizeof paths[0], "%s/", folder);
    va_list arguments;
    va_start(arguments, format);
    n += vsnprintf(path + n, sizeof paths[0] - (size_t)n, format, arguments);
    va_end(arguments);
    assert_in_range(n, 0, sizeof paths[0] - 1);
    return path;
}
