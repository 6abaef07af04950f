// Listening for simulated cards.
// SPDX-License-Identifier: Apache-2.0
#include "pcsc/ifd/listener.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pcsc/ifd/protocol.h"

enum { BACKLOG = 4 };

// True when `path` is free now: nothing there, or a socket that nobody listens on any more was removed.
static bool make_way(const struct sockaddr_un *address)
{
    struct stat file;
    if (lstat(address->sun_path, &file) != 0) {
        return errno == ENOENT;
    }
    if (!S_ISSOCK(file.st_mode)) {
        errno = EADDRINUSE;
        return false;
    }
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) {
        return false;
    }
    const bool dead =
        connect(probe, (const struct sockaddr *)address, sizeof *address) != 0 && errno == ECONNREFUSED;
    close(probe);
    if (!dead) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(address->sun_path) == 0;
}

// Binds and listens. fchmod before bind gives the file its mode at the moment it appears.
static bool listen_there(struct listener *listener)
{
    struct stat file;
    const struct sockaddr *address = (const struct sockaddr *)&listener->address;
    if (fchmod(listener->socket, S_IRUSR | S_IWUSR) != 0 ||
        bind(listener->socket, address, sizeof listener->address) != 0 ||
        lstat(listener->address.sun_path, &file) != 0 || listen(listener->socket, BACKLOG) != 0) {
        return false;
    }
    listener->device = file.st_dev;
    listener->inode = file.st_ino;
    return true;
}

bool listener_open(struct listener *listener, const char *path)
{
    *listener = (struct listener){.address.sun_family = AF_UNIX, .socket = -1};
    if (path[0] == '\0' || strlen(path) >= sizeof listener->address.sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(listener->address.sun_path, path, strlen(path));
    if (!make_way(&listener->address)) {
        return false;
    }
    listener->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->socket >= 0 && listen_there(listener)) {
        return true;
    }
    const int reason = errno;
    if (listener->socket >= 0) {
        close(listener->socket);
        listener->socket = -1;
    }
    errno = reason;
    return false;
}

void listener_close(struct listener *listener)
{
    struct stat file;
    if (lstat(listener->address.sun_path, &file) == 0 && file.st_dev == listener->device &&
        file.st_ino == listener->inode) {
        unlink(listener->address.sun_path);
    }
    close(listener->socket);
    listener->socket = -1;
}

// The file's mode lets nobody else in; a card of another user could still come through a directory that was
// opened up since, so its credentials count too.
static bool same_user(int connection)
{
    struct ucred peer;
    socklen_t n = sizeof peer;
    return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

int listener_accept(const struct listener *listener)
{
    const int connection = accept4(listener->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0 || same_user(connection)) {
        return connection;
    }
    listener_refuse(connection);
    return -1;
}

void listener_refuse(int connection)
{
    uint8_t header[LINK_HEADER];
    link_header(header, LINK_REFUSED, 0, 0);
    (void)!send(connection, header, sizeof header, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(connection);
}
