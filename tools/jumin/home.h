// Where jumin keeps what it made: keys, certificates, cards; and how it learns the passphrase.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_HOME_H
#define JUMIN_TOOLS_HOME_H

#include "tools/jumin/secret.h"

enum { HOME_PATH_MAX = 4096, PASSPHRASE_MAX = SECRET_MAX };

// The options that every command with a home takes.
#define HOME_OPTION                                                                                          \
    {"home", "FOLDER", "where keys and certificates are; JUMIN_HOME or ~/.local/share/jumin unless given"}
#define PASSPHRASE_OPTION                                                                                    \
    {"passphrase-file", "FILE",                                                                              \
     "holds the passphrase of the keys; else JUMIN_PASSPHRASE, else it is asked for"}

// The path of `name` in the home folder, which is made (mode 0700) where it is missing. False: said so on
// stderr.
bool home_path(const struct cli_arguments *arguments, const char *name, char path[HOME_PATH_MAX]);
// From --passphrase-file, JUMIN_PASSPHRASE or the terminal (twice when `confirm`). The caller wipes it with
// passphrase_wipe. False: said so on stderr.
bool passphrase_get(const struct cli_arguments *arguments, bool confirm, char passphrase[PASSPHRASE_MAX]);
// The first line of a file. False: said so on stderr.
bool passphrase_read(const struct cli_arguments *arguments, const char *path,
                     char passphrase[PASSPHRASE_MAX]);
void passphrase_wipe(char passphrase[PASSPHRASE_MAX]);

#endif
