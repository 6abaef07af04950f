// What the benches share: an issued card in this process, and a way out when something fails.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_BENCH_BENCH_CARD_H
#define JUMIN_TESTS_BENCH_BENCH_CARD_H

#include "tests/e2e/card_link.h"
#include <jumin/verify.h>

#define BENCH_CAN "271828"

// Ends the program with a sentence on any other error than JUMIN_OK.
void bench_need(enum jumin_error error, const char *what, const char *detail);
// Issues the blank card behind `transport` for the specimen person, with the keys in `home`.
void bench_issue(struct jumin_transport *transport, const char *home, const char *specimen);
// The newest CVCA of each type that the folder beside that of the keys has.
void bench_add_trust_points(struct jumin_perso *perso, const char *pki);
struct jumin_trust *bench_trust(const char *folder);

#endif
