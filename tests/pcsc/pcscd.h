// A PC/SC service of one's own: in namespaces that no other program sees, with simulated readers.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_PCSC_PCSCD_H
#define JUMIN_TESTS_PCSC_PCSCD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PCSCD_READERS_MAX = 8, PCSCD_PATH_MAX = 108 };

struct pcscd {
    pid_t pid;          // 0: not running
    unsigned readers;   // of our driver, named "jumin 0", "jumin 1" …
    uint16_t vpcd_port; // of vsmartcard's driver ("Virtual PCD"); 0: none
};

// Moves the calling process, which has one thread only, into mount and network namespaces of its own, where
// /run/pcscd is empty and only a loopback network exists. An ordinary user becomes root there, but not
// outside. False when the system allows no such thing: `*reason` says why.
bool pcscd_isolate(const char **reason);
// Becomes an ordinary user and starts the program anew with the same arguments. Returns only when that fails.
void pcscd_become_ordinary(char **argv);

// Starts a service and waits until it answers. It dies with the calling process. Needs pcscd_isolate.
bool pcscd_start(struct pcscd *pcscd, unsigned readers, uint16_t vpcd_port);
// Starts it again after pcscd_stop or pcscd_kill.
bool pcscd_restart(struct pcscd *pcscd);
void pcscd_stop(struct pcscd *pcscd); // ends it in order
void pcscd_kill(struct pcscd *pcscd); // as a crash would

// The path of the socket that a card connects to.
void pcscd_socket(unsigned reader, char path[PCSCD_PATH_MAX]);

#endif
