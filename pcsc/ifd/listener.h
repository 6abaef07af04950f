// The unix socket of a simulated reader, which simulated cards connect to.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PCSC_IFD_LISTENER_H
#define JUMIN_PCSC_IFD_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/un.h>

struct listener {
    struct sockaddr_un address;
    dev_t device; // of the socket's file, so that only the own one is removed
    ino_t inode;
    int socket; // to poll for POLLIN; does not block
};

// Listens on `path`. A socket left behind by a reader that died is removed; a live one, or a file of another
// kind, is errno EADDRINUSE. The file has mode 0600 from its first moment on. False: errno says why.
bool listener_open(struct listener *listener, const char *path);
void listener_close(struct listener *listener);

// A card of the own user, or of root, that wants in; its socket does not block. -1: none, or one that was
// refused for its user.
int listener_accept(const struct listener *listener);
// Tells a card that the reader has one already, and closes.
void listener_refuse(int connection);

#endif
