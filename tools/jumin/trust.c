// Whom to believe: the option --trust, and the home's own CA.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/trust.h"

#include "tools/jumin/home.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool trust_add(const struct cli_arguments *arguments, struct jumin_trust *trust)
{
    char home[HOME_PATH_MAX];
    struct stat kind;
    const char *path = cli_value(arguments, "trust");
    if (path == NULL) {
        if (!home_path(arguments, "pki", home)) {
            return false;
        }
        // Without a CA of one's own the checks say that they were not done.
        if (access(home, F_OK) != 0) {
            return true;
        }
        path = home;
    }
    if (stat(path, &kind) != 0) {
        (void)cli_fail(arguments, "%s: %s", path, strerror(errno));
        return false;
    }
    const enum jumin_error error =
        S_ISDIR(kind.st_mode) ? jumin_trust_add_directory(trust, path) : jumin_trust_add_file(trust, path);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_trust_detail(trust));
    }
    if (jumin_trust_skipped(trust) > 0) {
        (void)fprintf(stderr, "jumin: %zu of the certificates and lists were passed over; the first: %s\n",
                      jumin_trust_skipped(trust), jumin_trust_skipped_reason(trust, 0));
    }
    return error == JUMIN_OK;
}
