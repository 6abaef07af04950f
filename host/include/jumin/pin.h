// The holder's PIN: asking for its state, changing, resuming and unblocking it (TR-03110-2 §2.4).
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_reader_new(&reader, transport);
//     jumin_pin_status(reader, &status);
//     jumin_reader_set_password(reader, JUMIN_PASSWORD_PIN, "12345");
//     jumin_pin_change(reader, "271828");
//
// Each of these connects to the card anew and runs PACE as it needs; what an interrupted jumin_reader_read
// has kept is forgotten. An office terminal does the same, and more, in its session: see PIN management in
// <jumin/eid.h>.
#ifndef JUMIN_PIN_H
#define JUMIN_PIN_H

#include <jumin/reader.h>

enum jumin_pin_state {
    JUMIN_PIN_USABLE,
    JUMIN_PIN_SUSPENDED,   // one try left: the PIN together with the CAN (jumin_pin_resume)
    JUMIN_PIN_BLOCKED,     // no try left: the PUK (jumin_pin_unblock), or an office
    JUMIN_PIN_DEACTIVATED, // by an office, which activates it again
    JUMIN_PIN_ABSENT,      // the card has no PIN
};
// "usable", "suspended", "blocked", "deactivated", "absent".
JUMIN_EXPORT const char *jumin_pin_state_name(enum jumin_pin_state state);

enum jumin_pin_kind {
    JUMIN_PIN_UNKNOWN,   // the card tells only whom it knows: a reader with the CAN or the MRZ
    JUMIN_PIN_HOLDERS,   // the holder has chosen it
    JUMIN_PIN_TRANSPORT, // it came with the card and opens nothing until the holder changes it
};
// "unknown", "holders", "transport".
JUMIN_EXPORT const char *jumin_pin_kind_name(enum jumin_pin_kind kind);

enum { JUMIN_PIN_ALL_TRIES = -1, JUMIN_PIN_TRIES_UNKNOWN = -2 };

struct jumin_pin_status {
    enum jumin_pin_state state;
    int tries_left; // or JUMIN_PIN_ALL_TRIES: as many as at first, a number that cards do not tell;
                    // JUMIN_PIN_TRIES_UNKNOWN while it is deactivated or absent
    enum jumin_pin_kind kind;
};

// Spends no try of the PIN. With the CAN or the MRZ as the reader's password PACE runs with it, for the kind;
// with no password, the PIN or the PUK the card is asked without PACE.
JUMIN_EXPORT enum jumin_error jumin_pin_status(struct jumin_reader *reader, struct jumin_pin_status *status);

// The reader's password is the PIN that is now in force, a transport PIN too; the new one takes its place in
// the reader. JUMIN_ERROR_NEW_PASSWORD: too few digits for this card, or the transport PIN again.
JUMIN_EXPORT enum jumin_error jumin_pin_change(struct jumin_reader *reader, const char *new_pin);
// Proves CAN and PIN in one session, after which the PIN has all its tries again. The reader has the PIN as
// its password and the CAN beside it (jumin_reader_set_can_for_pin). Harmless when nothing was suspended.
JUMIN_EXPORT enum jumin_error jumin_pin_resume(struct jumin_reader *reader);
// The reader's password is the PUK. The PIN stays as it was and has all its tries again.
// JUMIN_ERROR_PASSWORD_BLOCKED: the PUK was used as often as the card allows; an office must set a new PIN.
JUMIN_EXPORT enum jumin_error jumin_pin_unblock(struct jumin_reader *reader);

#endif
