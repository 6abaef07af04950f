// The chip's serial line.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

// Bytes pass as they are, whatever the last host left set. The master has the same settings on Linux.
static bool make_raw(const struct pty *pty)
{
    struct termios settings;
    if (tcgetattr(pty->master, &settings) != 0) {
        return false;
    }
    cfmakeraw(&settings);
    return tcsetattr(pty->master, TCSANOW, &settings) == 0;
}

// --- The name ----------------------------------------------------------------------------------------------

// Only a link is replaced, and in one step, so that a host that looks finds one line or the other.
static bool publish(const struct pty *pty)
{
    struct stat file;
    char beside[PTY_PATH_MAX + 4];
    if (lstat(pty->link, &file) == 0 && !S_ISLNK(file.st_mode)) {
        errno = EEXIST;
        return false;
    }
    (void)snprintf(beside, sizeof beside, "%s.new", pty->link);
    (void)unlink(beside);
    if (symlink(pty->name, beside) != 0) {
        return false;
    }
    if (rename(beside, pty->link) == 0) {
        return true;
    }
    const int reason = errno;
    (void)unlink(beside);
    errno = reason;
    return false;
}

static void withdraw(const struct pty *pty)
{
    char target[PTY_NAME_MAX];
    const ssize_t n = readlink(pty->link, target, sizeof target);
    if (n >= 0 && (size_t)n == strlen(pty->name) && memcmp(target, pty->name, (size_t)n) == 0) {
        (void)unlink(pty->link);
    }
}

// --- Opening -----------------------------------------------------------------------------------------------

static bool open_master(struct pty *pty)
{
    pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    return pty->master >= 0 && grantpt(pty->master) == 0 && unlockpt(pty->master) == 0 &&
           ptsname_r(pty->master, pty->name, sizeof pty->name) == 0 && make_raw(pty);
}

// Until somebody has opened the line once, the master does not say that nobody has it open.
static void open_and_close(const struct pty *pty)
{
    const int host = open(pty->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (host >= 0) {
        close(host);
    }
}

bool pty_open(struct pty *pty, const char *link)
{
    *pty = (struct pty){.master = -1};
    if ((size_t)snprintf(pty->link, sizeof pty->link, "%s", link) >= sizeof pty->link) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (open_master(pty)) {
        open_and_close(pty);
        if (publish(pty)) {
            return true;
        }
    }
    const int reason = errno;
    if (pty->master >= 0) {
        close(pty->master);
    }
    errno = reason;
    return false;
}

void pty_close(struct pty *pty)
{
    withdraw(pty);
    close(pty->master);
}

// --- Hosts -------------------------------------------------------------------------------------------------

bool pty_look(struct pty *pty)
{
    struct pollfd master = {.fd = pty->master};
    const bool host = poll(&master, 1, 0) == 0 || (master.revents & POLLHUP) == 0;
    if (!host) {
        (void)make_raw(pty); // each time: one that came and went in between is not seen
    }
    if (pty->host && !host) {
        (void)tcflush(pty->master, TCIOFLUSH);
    }
    pty->host = host;
    return host;
}

int pty_read(struct pty *pty, uint8_t *bytes, size_t capacity)
{
    const ssize_t n = read(pty->master, bytes, capacity);
    if (n > 0) {
        return (int)n;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

size_t pty_write(const struct pty *pty, struct span bytes)
{
    const ssize_t n = write(pty->master, bytes.p, bytes.n);
    return n > 0 ? (size_t)n : 0;
}
