// The specimen order and the issuer that tests use.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_SPECIMEN_H
#define JUMIN_TESTS_E2E_SPECIMEN_H

#include "tests/apdu/certificates.h"
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
// The authority that certifies terminals of a type in the tests; release it at the end. Its self-signed
// certificate, whole.
enum { SPECIMEN_CVCA_START = 260101, SPECIMEN_CVCA_END = 281231 };
void specimen_cvca(struct test_holder *cvca, enum terminal_type type);
struct span specimen_cvca_certificate(enum terminal_type type, uint8_t buffer[TEST_CERTIFICATE_MAX]);
// A station that writes cards which trust those authorities; with the keys of factory and issuer, or others.
struct jumin_perso *specimen_perso(struct jumin_transport *transport, const struct jumin_pki *pki);
struct jumin_perso *specimen_perso_with(struct jumin_transport *transport, const struct jumin_pki *pki,
                                        const struct jumin_master_key *transport_key,
                                        const struct jumin_master_key *issuer_key);
// A trust store with the CA and the revocation list of `pki`.
struct jumin_trust *specimen_trust(const struct jumin_pki *pki);
// Issues card number `serial` with that PKI, and reads it with the CAN.
struct jumin_document *specimen_document(const struct jumin_pki *pki, uint8_t serial);
// Taps the card with the CAN and expects a genuine document whose chip is no copy.
void specimen_expect_genuine(struct jumin_transport *transport, const struct jumin_pki *pki);

#endif
