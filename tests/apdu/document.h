// An eMRTD on a card of the fixture, personalized without a station: what the protocols need, from one
// profile.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_DOCUMENT_H
#define JUMIN_TESTS_APDU_DOCUMENT_H

#include "tests/apdu/card_fixture.h"

enum { DOCUMENT_KEY_ID = 1, DOCUMENT_CHIP_KEY_ID = 2, DOCUMENT_DG2_LENGTH = 3000 };

#define DOCUMENT_CAN "500540"
#define DOCUMENT_PIN "123456"
#define DOCUMENT_PUK "9876543210"
// 9303-11 App. G.1
#define DOCUMENT_MRZ "T22000129364081251010318"

struct document_profile {
    const struct pace_protocol *protocols;
    size_t protocol_count;
    const enum secure_messaging_suite *chip_authentication; // suites; NULL: no Chip Authentication
    size_t chip_authentication_count;
    enum crypto_curve chip_curve;
    bool active_authentication;
    enum crypto_curve active_curve;
    bool announce_hash; // in DG14
    enum crypto_hash hash;
    uint8_t pin_tries;  // 0: no word about them
    uint8_t pin_digits; // 0: no word about them
    bool transport_pin;
    // Extended Access Control: a CVCA certificate (7F21) for each type, or none, from TERMINAL_INSPECTION on.
    struct span trust_points[TERMINAL_TYPES];
    const enum secure_messaging_suite *chip_authentication_2; // suites of version 2; NULL: none
    size_t chip_authentication_2_count;
    bool chip_key;         // the chip's own, with EF.ChipSecurity
    bool sensitive_groups; // DG3 and DG4
};

// What the station learns, for checking.
struct document {
    uint8_t generation_point[CRYPTO_POINT_MAX]; // on the curve of the CAM protocol, if any
    uint8_t own_chip_point[CRYPTO_POINT_MAX];   // of EF.ChipSecurity, on the same curve
    uint8_t chip_point[CRYPTO_POINT_MAX];
    uint8_t active_point[CRYPTO_POINT_MAX];
};

// What document_usual offers: AES-128 on P-256.
enum { DOCUMENT_GM, DOCUMENT_IM, DOCUMENT_CAM };
extern const struct pace_protocol document_protocols[3];
// GM, IM and CAM with AES-128 on P-256; Chip Authentication with AES-128 and Active Authentication on P-256.
extern const struct document_profile document_usual;

void document_personalize(struct card_fixture *fixture, const struct document_profile *profile,
                          struct document *document);
// Its parts, for tests of what `complete` refuses. Within a transaction of the store.
uint16_t document_put(struct card_fixture *fixture, const struct applet *applet, uint16_t identifier,
                      struct span content, struct writer *response);
void document_put_file(struct card_fixture *fixture, const struct applet *applet, uint16_t identifier,
                       struct span content);
// Enters an application as PERSONALIZED.
struct registry;
void document_enter(struct registry *registry, const struct applet *applet);
struct span document_card_access(const struct document_profile *profile, struct writer *w);
// 20 bytes.
struct span document_mrz_password(void);

#endif
