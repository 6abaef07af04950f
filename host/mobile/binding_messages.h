// The messages between phone and issuer when a phone is bound to a card, as CBOR.
// SPDX-License-Identifier: Apache-2.0
//
// Each is an array: its number, the session (but in the first), and its fields in the order of the structs
// below. Bytes are borrowed: when read, from the message; when written, from the caller.
#ifndef JUMIN_HOST_MOBILE_BINDING_MESSAGES_H
#define JUMIN_HOST_MOBILE_BINDING_MESSAGES_H

#include "card/wire/terminal_authentication.h"

enum {
    BINDING_SESSION = 16,
    BINDING_AUTHORITIES_MAX = 2,
    BINDING_COMMANDS_MAX = 512,
    BINDING_MESSAGE_MAX = 262144,
};

enum binding_message {
    BINDING_BEGIN = 1,     // phone: here is my device key
    BINDING_ASK = 2,       // issuer: what to ask the card for
    BINDING_CARD = 3,      // phone: the card after PACE
    BINDING_TERMINAL = 4,  // issuer: what proves the terminal
    BINDING_CHIP = 5,      // phone: the card's answer to Chip Authentication
    BINDING_COMMANDS = 6,  // issuer: protected commands
    BINDING_RESPONSES = 7, // phone: what the card answered
    BINDING_BOUND = 8,     // issuer: done
};

struct binding_begin {
    struct span key; // uncompressed point of P-256
    struct span attestation;
};

struct binding_ask {
    struct span chat;       // 7F4C, whole
    struct span extensions; // content of 65; empty: none
};

struct binding_card {
    struct span identifier;                           // ID_PICC
    struct span authorities[BINDING_AUTHORITIES_MAX]; // CAR; empty: none
    struct span card_access, card_security;
    struct span challenge; // r_PICC
    uint32_t command_max;  // bytes of the longest command and response, protection included
    uint32_t response_max;
    bool extended;
};

struct binding_terminal {
    struct span authority;      // CAR: the trust point that the chain begins at
    struct span chain;          // CV certificates, one after the other
    struct span holder;         // CHR
    struct span mechanism;      // OID of Terminal Authentication
    struct span public_key;     // PK_PCD, uncompressed
    struct span auxiliary_data; // 67, whole; empty: none
    struct span signature;
    struct span chip_mechanism; // OID of Chip Authentication
    struct span chip_key_id;    // DO84; empty: none
};

struct binding_chip {
    struct span nonce, token; // r_PICC, T_PICC
};

// Commands or responses: `cursor` is what binding_next_apdu walks.
struct binding_apdus {
    size_t count;
    struct span cursor;
};

struct binding_bound {
    uint32_t counter;
};

// Readers: false when it is not that message, of that session, or has anything more. `session` empty: any
// (the first time the phone sees it), or none (BINDING_BEGIN).
bool binding_read_begin(struct span message, struct binding_begin *begin);
bool binding_read_ask(struct span message, struct span *session, struct binding_ask *ask);
bool binding_read_card(struct span message, struct span session, struct binding_card *card);
bool binding_read_terminal(struct span message, struct span session, struct binding_terminal *terminal);
bool binding_read_chip(struct span message, struct span session, struct binding_chip *chip);
bool binding_read_apdus(struct span message, enum binding_message kind, struct span session,
                        struct binding_apdus *apdus);
bool binding_read_bound(struct span message, struct span session, struct binding_bound *bound);
// The next of them; false behind the last.
bool binding_next_apdu(struct binding_apdus *apdus, struct span *apdu);

// Writers.
void binding_put_begin(struct writer *w, const struct binding_begin *begin);
void binding_put_ask(struct writer *w, struct span session, const struct binding_ask *ask);
void binding_put_card(struct writer *w, struct span session, const struct binding_card *card);
void binding_put_terminal(struct writer *w, struct span session, const struct binding_terminal *terminal);
void binding_put_chip(struct writer *w, struct span session, const struct binding_chip *chip);
// The caller puts `count` byte strings (cbor_put_bytes) behind it.
void binding_put_apdus(struct writer *w, enum binding_message kind, struct span session, size_t count);
void binding_put_bound(struct writer *w, struct span session, const struct binding_bound *bound);

#endif
