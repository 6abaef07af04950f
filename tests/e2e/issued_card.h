// A card as a person would hold it: the card of tests/apdu with a whole, signed document, and the way to it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_E2E_ISSUED_CARD_H
#define JUMIN_TESTS_E2E_ISSUED_CARD_H

#include "host/pki/certificate.h"
#include "tests/apdu/document.h"
#include "tests/unit/crypto_random.h"
#include <jumin/reader.h>

enum {
    ISSUED_GROUPS = 17, // by number of the group; 0 is EF.SOD
    ISSUED_FILE_MAX = 32768,
    ISSUED_NOW = 1780272000, // 2026-06-01
    // Key ids of Restricted Identification, announced with Chip Authentication version 2
    ISSUED_PSEUDONYM_KEY = 7,
    ISSUED_BLOCKING_KEY = 8,
};

struct issued_card;

struct issuer {
    struct signing_key csca_key, signer_key;
    uint8_t csca[CERTIFICATE_MAX], signer[CERTIFICATE_MAX];
    size_t csca_length, signer_length;
};

// What stands between reader and card. Answers in the card's place, writing the whole response, or returns
// false.
typedef bool issued_card_lie(struct issued_card *card, const struct apdu_command *command,
                             struct writer *response);

struct issued_card {
    struct card_fixture fixture;
    struct document document;
    struct counting_random random_state;
    struct crypto_random random;
    struct issuer issuer;
    struct jumin_trust *trust;
    uint8_t files[ISSUED_GROUPS][ISSUED_FILE_MAX];
    size_t lengths[ISSUED_GROUPS];

    // The link
    struct jumin_transport *transport;
    struct jumin_limits limits;
    struct issued_card *stand_in; // the card that lies there now; NULL: this one
    unsigned commands;            // since issued_card_start or the test set it
    unsigned remove_before;       // the card leaves before the command of this number, once; 0: never
    struct span raw;              // the command as it came, for a lie that passes it on
    issued_card_lie *lie;         // may be NULL
    unsigned lies;                // a count for it
    char log[128][16];            // the headers of the commands, in hexadecimal
};

// Issues the document; the portrait has `image` bytes. `serial` tells two cards apart.
void issued_card_start(struct issued_card *card, const struct document_profile *profile, size_t image,
                       uint8_t serial);
void issued_card_stop(struct issued_card *card);

// A reader for this card, with the CAN.
struct jumin_reader *issued_card_reader(struct issued_card *card);
// EF.CardSecurity or EF.ChipSecurity with these infos, signed by the card's issuer as `content_type`, which
// should be OID_SECURITY_OBJECT.
void issued_card_sign_infos(struct issued_card *card, struct span content_type, struct span infos,
                            struct writer *file);
// Puts the signer of the card's files on a revocation list that the card's trust store has.
void issued_card_revoke_signer(struct issued_card *card);
// What the card itself would answer to the command that a lie was asked about.
struct span issued_card_honest(struct issued_card *card);
// An answer in the card's place, protected with its keys; the SSC of its session goes on.
void issued_card_answer(struct issued_card *card, const struct apdu_command *command, struct span data,
                        uint16_t status, struct writer *response);

// The check of the report; fails the test when it is not there.
const struct jumin_check *report_find(const struct jumin_report *report, enum jumin_check_kind kind,
                                      unsigned group);
// Verifies, and fails the test with the detail of any check that failed.
void assert_genuine(struct issued_card *card, struct jumin_document *document);

#endif
