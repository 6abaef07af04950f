// Extended Access Control for the tests' terminal: a chain of certificates, and the steps of Terminal and
// Chip Authentication, each by itself so that a test can put a fault in its place (TR-03110-2 §3.3, §3.4).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_EAC_H
#define JUMIN_TESTS_APDU_EAC_H

#include "card/wire/terminal_authentication.h"
#include "tests/apdu/certificates.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"

// Dates of the certificates; the CVCA's first one is the card's date at first.
enum { EAC_BEFORE = 251231, EAC_START = 260101, EAC_CVCA_END = 281231, EAC_END = 271231 };

// CVCA, DV and terminal of one type. A test may change the plans before it sends them.
struct eac_chain {
    enum terminal_type type;
    struct test_holder cvca, dv, terminal;
    struct cv_certificate cvca_plan, dv_plan, terminal_plan;
    struct span auxiliary_data; // the whole object 67, for MSE:Set AT; empty: none
};

// A domestic DV; everybody has all rights of the type. The names tell the type: KRCVCAAT00001, KRDVAT00001,
// KRTERMAT00001.
void eac_chain_make(struct eac_chain *chain, enum terminal_type type);
void eac_chain_make_on(struct eac_chain *chain, enum terminal_type type, enum crypto_curve curve,
                       enum crypto_hash hash);
void eac_chain_release(struct eac_chain *chain);

// The suite of Chip Authentication version 2 from now on, on card and terminal; AES-128 at first.
void eac_use_suite(enum secure_messaging_suite used);
// An eMRTD with the CVCAs of these chains as trust points, both keys of Chip Authentication version 2 on
// P-256, and DG3 and DG4.
void eac_personalize(struct card_fixture *fixture, struct eac_chain *chains, size_t count,
                     struct document *document);

// PACE with the CHAT of the chain's type, asking for `asked`.
uint16_t eac_pace(struct terminal *terminal, enum terminal_type type, rights asked,
                  enum pace_password password);
// PACE with the PIN, or for an inspection system the CAN, asking for all rights of the type.
uint16_t eac_pace_all(struct terminal *terminal, enum terminal_type type);

// MSE:Set DST, PSO:VERIFY CERTIFICATE.
uint16_t eac_set_dst(struct terminal *terminal, struct span reference);
uint16_t eac_verify(struct terminal *terminal, struct span certificate);
// Both, for a certificate by the plan.
uint16_t eac_import(struct terminal *terminal, struct test_holder *issuer, const struct cv_certificate *plan);
// DV and terminal certificate. Stops at the first refusal.
uint16_t eac_send_chain(struct terminal *terminal, struct eac_chain *chain);

// MSE:Set AT of version 2, with a fresh ephemeral key on P-256; of version 1.
uint16_t eac_set_template(struct terminal *terminal, const struct eac_chain *chain);
uint16_t eac_set_template_1(struct terminal *terminal, const struct eac_chain *chain);
// GET CHALLENGE; the challenge stays in `challenge`.
uint16_t eac_get_challenge(struct terminal *terminal, uint8_t challenge[TA_CHALLENGE]);
// Signs what the terminal knows and sends it.
uint16_t eac_external_authenticate(struct terminal *terminal, struct eac_chain *chain,
                                   const uint8_t challenge[TA_CHALLENGE]);
// All of it: chain, MSE:Set AT, GET CHALLENGE, EXTERNAL AUTHENTICATE.
uint16_t eac_terminal_authentication(struct terminal *terminal, struct eac_chain *chain);

// MSE:Set AT of Chip Authentication version 2; the key's name is left out when negative.
uint16_t eac_set_chip_authentication(struct terminal *terminal, int key_id);
// GENERAL AUTHENTICATE with the terminal's ephemeral key; with SW_OK checks the token and takes over the
// session.
uint16_t eac_agree(struct terminal *terminal, const uint8_t *chip_point);
// Both with the key of EF.CardSecurity.
uint16_t eac_chip_authentication(struct terminal *terminal, const struct document *document);
// Chip Authentication version 1, in the eMRTD application.
uint16_t eac_chip_authentication_1(struct terminal *terminal, const struct document *document);

#endif
