// The specimen order and the issuer that tests use.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_SPECIMEN_H
#define JUMIN_TESTS_E2E_SPECIMEN_H

#include <jumin/perso.h>
#include <jumin/verify.h>

#define SPECIMEN_CAN "271828"
#define SPECIMEN_PIN "314159"

// When the tests take place: 2026-11-02.
enum { SPECIMEN_NOW = 1793577600 };

// CSCA, document signer and generation key on `curve`, in memory.
struct jumin_pki *specimen_pki(enum jumin_curve curve);
// Person and portrait of tools/jumin/specimen, with the passwords above or without any.
struct jumin_order *specimen_order(void);
struct jumin_order *specimen_order_without_passwords(void);
// A trust store with the CA and the revocation list of `pki`.
struct jumin_trust *specimen_trust(const struct jumin_pki *pki);
// Taps the card with the CAN and expects a genuine document whose chip is no copy.
void specimen_expect_genuine(struct jumin_transport *transport, const struct jumin_pki *pki);

#endif
