// The card's commands: one row each, from which dispatch, manual and fuzz dictionary are made.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_COMMAND_H
#define JUMIN_CARD_CORE_COMMAND_H

#include "card/core/security.h"

struct card;

// Which application must be selected, as a set.
enum application_set {
    IN_MF = 1 << 0,
    IN_ISD = 1 << 1,
    IN_EMRTD = 1 << 2,
    IN_NDEF = 1 << 3,
    IN_EID = 1 << 4,
    IN_PROVISIONING = 1 << 5,
    IN_ANY = 0xFF,
};

// Cases of ISO 7816-3 §12.1.2 that a command may come in, as a set.
enum case_set {
    CASE_1 = 1 << 0,
    CASE_2 = 1 << 1,
    CASE_3 = 1 << 2,
    CASE_4 = 1 << 3,
    CASE_ANY = CASE_1 | CASE_2 | CASE_3 | CASE_4,
};

// Life cycle states of the card in which a command is taken (GPC v2.3.1 §5.1), as a set.
enum state_set {
    STATE_OPERATIONAL = 1 << 0, // OP_READY, INITIALIZED, SECURED
    STATE_LOCKED = 1 << 1,      // CARD_LOCKED
    STATE_TERMINATED = 1 << 2,
    STATE_ANY = STATE_OPERATIONAL | STATE_LOCKED | STATE_TERMINATED,
};

enum chaining_rule {
    CHAINING_REFUSED,  // 6884
    CHAINING_GATHERED, // the data fields are joined; the handler sees the last command with all data
    CHAINING_STEPS,    // each command is handled by itself (GENERAL AUTHENTICATE, TR-03110-3 §B.1)
};

enum messaging_rule {
    MESSAGING_OPTIONAL, // plain, or under secure messaging
    MESSAGING_PLAIN,    // plain or under SCP03: never under the session of PACE (6882)
};

// Writes response data and returns the status word. A pure function of card and command; the dispatcher has
// already checked everything that the row says. `command` is plain: of the class byte's bits only b8 is left,
// and the chaining bit where the rule is CHAINING_STEPS. On an error status (64xx and above) the data written
// is dropped.
typedef uint16_t command_handler(struct card *card, const struct apdu_command *command,
                                 struct writer *response);

struct command_row {
    const char *name;      // as its standard writes it
    uint8_t cla, cla_mask; // 00 or 80: channel, chaining and secure messaging bits are taken off
    uint8_t ins;
    uint16_t p1p2, p1p2_mask; // bits of P1 and P2 that are fixed; others are refused with 6A86
    uint8_t cases;            // enum case_set
    enum chaining_rule chaining;
    enum messaging_rule messaging;
    uint8_t applications; // enum application_set
    uint8_t states;       // enum state_set
    uint16_t condition;   // enum security_condition
    command_handler *handler;
    const char *clause;
};

// An Le field of zeros: all there is, as far as it fits, so a shorter answer is none too short. Under secure
// messaging a short one may stand in an extended command, so 256 means the same in both (ISO 7816-4 §5.1.3).
static inline bool command_asks_for_all(const struct apdu_command *command)
{
    return command->ne == APDU_SHORT_LE_MAX || command->ne == APDU_EXTENDED_LE_MAX;
}

extern const struct command_row command_table[];
extern const size_t command_count;

#endif
