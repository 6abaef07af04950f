// What a session has achieved, and the one function that compares it with what an object requires.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_SECURITY_H
#define JUMIN_CARD_CORE_SECURITY_H

#include "card/wire/chat.h"
#include "card/wire/pace.h"
#include "card/wire/scp03.h"

// Conditions of a command or file; all bits must be met.
enum security_condition {
    SECURITY_ALWAYS = 0,
    // PACE has succeeded, with a password other than the PUK and a transport PIN, and its session lives.
    SECURITY_PACE = 1 << 0,
    SECURITY_PROTECTED = 1 << 1, // this command came under secure messaging
    SECURITY_CHIP_AUTHENTICATED = 1 << 2,
    SECURITY_SCP03 = 1 << 3,        // this command came under an authenticated SCP03 channel
    SECURITY_SCP03_OPENED = 1 << 4, // … under one that INITIALIZE UPDATE has opened, authenticated or not
    SECURITY_TERMINAL_AUTHENTICATED = 1 << 5, // Terminal Authentication has succeeded in this session
    // PACE named no terminal type, as any reader of travel documents does, or that of an inspection system: a
    // terminal of another type is kept to what its certificate says (TR-03110-2 §2.3). One that may provision
    // a phone counts, too.
    SECURITY_INSPECTION = 1 << 6,
    // An authentication terminal has used the PIN, or the CAN with the right to it (TR-03110-2 §2.3.2.1);
    // terminals of the other types are kept to their passwords by PACE.
    SECURITY_PASSWORD_FITS = 1 << 7,
};

// What was proved under one session of secure messaging. It ends with the session, or moves to the next one.
struct achieved {
    enum pace_password password; // PACE succeeded with it; PACE_PASSWORD_NONE before
    bool transport_pin;          // … which is a PIN that its holder has not chosen yet: it opens nothing
    // What PACE's CHAT and extensions ask for; TERMINAL_NONE without a CHAT. Rights come from Terminal
    // Authentication only.
    struct authorization asked;
    uint8_t identifier[CRYPTO_FIELD_MAX]; // ID_PICC: the chip's key of PACE, compressed
    size_t identifier_length;
    // The terminal's ephemeral key, compressed: Chip Authentication version 1 was done with it, or Terminal
    // Authentication version 2 has proved it and Chip Authentication must bring it.
    uint8_t terminal_key[CRYPTO_FIELD_MAX];
    size_t terminal_key_length;
    bool chip_authenticated;
    bool terminal_authenticated;
    rights effective; // "and" of the certificate chain and of `asked`; 0 before Terminal Authentication
};

// Everything in here is lost at reset.
struct security_status {
    struct sm_session sm; // after PACE or Chip Authentication
    struct achieved achieved;
    struct sm_session next;        // begun by this command; replaces `sm` when its answer has been made …
    struct achieved next_achieved; // … and this what was achieved
    struct scp03_session scp03;
    struct scp03_keys scp03_keys; // DEK of the set that the channel was opened with; its other keys are zero
    uint8_t scp03_host_cryptogram[SCP03_CHALLENGE_MAX]; // what EXTERNAL AUTHENTICATE must bring
    bool scp03_authenticated;                           // EXTERNAL AUTHENTICATE has succeeded
    bool command_protected;                             // the command being handled came under `sm`
    bool command_scp03;                                 // … under `scp03`, with the right MAC
};

bool security_satisfied(const struct security_status *status, unsigned condition);
// The condition, and any one of `needed`; of no rights when that is 0. Inspection systems hold "privileged
// terminal" without a bit for it.
bool security_allows(const struct security_status *status, unsigned condition, rights needed);
// After the answer to a command has been protected with the session that the command came under (if any): a
// session that the command has begun takes over, and true is returned. Harmless when there is none (9303-11
// §4.4.1, §6.2).
bool security_take_over(struct security_status *status);
// The answer is an error: the session that the command has begun is dropped, and all is as before.
void security_drop_next(struct security_status *status);
// Ends secure messaging, also a session in `next`, and takes back all that was achieved under it. The only
// place where that happens.
void security_end_session(struct security_status *status);
// Ends the secure channel of the security domain.
void security_end_scp03(struct security_status *status);

#endif
