// A card in memory and what a test does with it: commands in hexadecimal, the host's side of SCP03, and the
// state after PACE without PACE.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_APDU_CARD_FIXTURE_H
#define JUMIN_TESTS_APDU_CARD_FIXTURE_H

#include "card/core/card.h"
#include "card/core/life_cycle.h"
#include "tests/tear/flash_simulator.h"
#include "tests/unit/unit.h"

struct card_fixture {
    struct card card;
    struct flash_simulator flash;
    struct card_port port;
    uint64_t random;         // state of the card's random source
    struct span next_random; // delivered first, when not empty
    size_t random_calls;     // that succeed before the source fails
    uint32_t delay;          // milliseconds that the card asked for
    struct scp03_keys keys;  // what the host takes for the card's
    struct scp03_session channel;
    struct sm_session session;
    uint8_t response[CARD_RESPONSE_MAX]; // the last one
    uint8_t plain[CARD_RESPONSE_MAX];
    struct span data; // of the last response, plain when it was protected
    uint16_t status;
    bool was_protected; // the last response to fixture_protect came under secure messaging
};

enum { FIXTURE_PAGES = 24, FIXTURE_KEY_VERSION = 0xFF };

// The transport keys of the fixture, `length` bytes each.
struct scp03_keys fixture_keys(size_t length);
// A factory's data that differs with `serial` wherever cards differ.
struct card_factory fixture_factory(uint8_t serial, size_t key_length);

// A new card, manufactured and powered on.
void fixture_start(struct card_fixture *fixture);
void fixture_start_as(struct card_fixture *fixture, const struct card_factory *factory);
void fixture_stop(struct card_fixture *fixture);
// The field goes and comes back. The host forgets its sessions, too.
void fixture_power_cycle(struct card_fixture *fixture);

// Sends bytes as they are. Returns the status word.
uint16_t fixture_transmit(struct card_fixture *fixture, struct span command);
uint16_t fixture_send(struct card_fixture *fixture, const char *command);

// SCP03 up to EXTERNAL AUTHENTICATE. Returns the status word of the step that failed, or SW_OK.
uint16_t fixture_try_open(struct card_fixture *fixture, enum scp03_mode mode, uint8_t level);
// Selects the ISD and opens a channel at full level.
void fixture_open(struct card_fixture *fixture);
// Wraps a plain command, sends it, unwraps the answer.
uint16_t fixture_secure(struct card_fixture *fixture, const char *command);
uint16_t fixture_secure_bytes(struct card_fixture *fixture, struct span command);
// Selects the ISD, opens a channel and moves the life cycle on, step by step.
void fixture_advance(struct card_fixture *fixture, enum card_life_cycle state);

// The state that PACE with the CAN leaves.
void fixture_begin_session(struct card_fixture *fixture);
// Protects a plain command, sends it, opens the answer; a plain answer is taken as it is.
uint16_t fixture_protect(struct card_fixture *fixture, const char *command);

void fixture_assert(struct card_fixture *fixture, uint16_t status, const char *answer, const char *file,
                    int line);

// The command's answer: data and status word.
#define ASSERT_ANSWER(fixture, command, answer)                                                              \
    fixture_assert(fixture, fixture_send(fixture, command), answer, __FILE__, __LINE__)
#define ASSERT_SECURE(fixture, command, answer)                                                              \
    fixture_assert(fixture, fixture_secure(fixture, command), answer, __FILE__, __LINE__)
#define ASSERT_PROTECTED(fixture, command, answer)                                                           \
    fixture_assert(fixture, fixture_protect(fixture, command), answer, __FILE__, __LINE__)

#endif
