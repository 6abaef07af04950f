// The chip's serial line: a pseudo-terminal under a name that stays.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_PTY_H
#define JUMIN_TOOLS_PN532_PTY_H

#include "card/wire/span.h"

enum {
    PTY_PATH_MAX = 4096,
    PTY_NAME_MAX = 128,
    PTY_LOOK_MS = 20, // nothing tells that a host opens the line: it is looked for
};

struct pty {
    int master;
    bool host; // somebody has it open
    char name[PTY_NAME_MAX];
    char link[PTY_PATH_MAX];
};

// Makes the line, and `link` a symbolic link to it; one that an earlier run left is replaced. False: errno
// says why, and nothing is left.
bool pty_open(struct pty *pty, const char *link);
void pty_close(struct pty *pty);

// Whether a host has the line open now. After it was closed, the line is as new for the next host.
bool pty_look(struct pty *pty);
// Reads up to `capacity` bytes: 0 when there are none now, -1 when the host has closed the line.
int pty_read(struct pty *pty, uint8_t *bytes, size_t capacity);
// How many bytes the line took.
size_t pty_write(const struct pty *pty, struct span bytes);

#endif
