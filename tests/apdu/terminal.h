// The terminal of the tests: commands plain or protected, and the steps of PACE and Chip Authentication, each
// by itself so that a test can put a fault in its place.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_TERMINAL_H
#define JUMIN_TESTS_APDU_TERMINAL_H

#include "card/wire/cvc.h"
#include "tests/apdu/card_fixture.h"
#include "tests/unit/crypto_random.h"

enum { LE_ALL = 256 };

struct terminal {
    struct card_fixture *fixture;
    struct counting_random random_state;
    struct crypto_random random;
    struct sm_session sm;
    bool answered_plain; // the last answer to a protected command was not protected
    uint8_t buffer[CARD_RESPONSE_MAX];
    struct span data; // of the last answer, in `buffer`

    // A run of PACE; `asked` goes into its CHAT and extensions, unless it names no type.
    struct authorization asked;
    uint8_t trust_points[2][CVC_REFERENCE_MAX]; // what it was told of them: the newer one, the older one
    size_t trust_point_lengths[2];
    struct pace_protocol protocol;
    uint8_t oid[OID_PACE_MAX];
    size_t oid_length;
    uint8_t nonce[PACE_NONCE_MAX];
    uint8_t generator[CRYPTO_POINT_MAX];
    uint8_t chip_mapping_point[CRYPTO_POINT_MAX];
    uint8_t secret[CRYPTO_FIELD_MAX];
    uint8_t own_point[CRYPTO_POINT_MAX];
    uint8_t chip_point[CRYPTO_POINT_MAX];
    uint8_t shared[CRYPTO_FIELD_MAX];
    struct sm_session next;
    uint8_t encrypted_chip_data[PACE_ENCRYPTED_CHIP_DATA_MAX];
    size_t encrypted_chip_data_length; // 0: DO8A was not there
};

void terminal_start(struct terminal *terminal, struct card_fixture *fixture);

// Sends a command, protected when the session is active, and returns the status word.
uint16_t terminal_send(struct terminal *terminal, uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2,
                       struct span data, uint32_t ne);
// The same with the data as hexadecimal text.
uint16_t terminal_send_hex(struct terminal *terminal, uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2,
                           const char *data, uint32_t ne);
// Sends these bytes as they are.
uint16_t terminal_send_plain(struct terminal *terminal, const char *command);
uint16_t terminal_select(struct terminal *terminal, struct span application);
uint16_t terminal_select_file(struct terminal *terminal, uint16_t identifier);
uint16_t terminal_read(struct terminal *terminal, uint8_t short_identifier, uint8_t offset, uint32_t ne);

// Steps of PACE.
uint16_t terminal_set_at(struct terminal *terminal, const struct pace_protocol *protocol,
                         enum pace_password password);
uint16_t terminal_nonce(struct terminal *terminal, struct span password);
uint16_t terminal_map(struct terminal *terminal);
uint16_t terminal_agree(struct terminal *terminal);
uint16_t terminal_authenticate(struct terminal *terminal);
// Sends this token; with SW_OK checks the answer and takes over the session.
uint16_t terminal_send_token(struct terminal *terminal, struct span token);
// All of them; stops at the first refusal.
uint16_t terminal_pace(struct terminal *terminal, const struct pace_protocol *protocol,
                       enum pace_password password, struct span secret);
uint16_t terminal_pace_can(struct terminal *terminal);
// GENERAL AUTHENTICATE with 7C{tag value}.
uint16_t terminal_general_authenticate(struct terminal *terminal, bool last, uint8_t tag, struct span value);

// Chip Authentication: the terminal's own key pair and the session that follows from it.
void terminal_make_ephemeral(struct terminal *terminal, enum crypto_curve curve);
void terminal_take_over(struct terminal *terminal, enum crypto_curve curve, enum secure_messaging_suite suite,
                        const uint8_t *chip_point);

#endif
