// A wallet is shown in person (ISO 18013-5): engagement by NFC or by QR code, and the data over NFC, as a
// function from a reader's command to the response. Android's HostApduService calls it, or whatever else is a
// card for a reader.
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_wallet_meet_new(&meet, wallet, &options);
//     for each command of the reader:
//         switch (jumin_wallet_meet_command(meet, command, n, now, response, sizeof response, &length)) {
//         case JUMIN_WALLET_MEET_RESPONSE: …send the response…
//         case JUMIN_WALLET_MEET_QUESTION: …the reader waits while the holder looks at what is asked for…
//             jumin_wallet_meet_decide(meet, yes, now, response, sizeof response, &length);
//             …send the response…
//         }
//     jumin_wallet_meet_reset(meet); // the field went off, or the phone was deselected
//
// What is shown, and every refusal with its reason, is written to the wallet's history before the reader
// hears of it. One thread at a time, together with its wallet.
#ifndef JUMIN_WALLET_MEET_H
#define JUMIN_WALLET_MEET_H

#include <jumin/wallet.h>

struct jumin_wallet_meet;

struct jumin_wallet_meet_options {
    bool qr; // the engagement is a QR code, which is good for one session; otherwise the phone is a tag
    bool
        mac; // answers by MAC, where the key store agrees on keys: a venue cannot prove to others what it saw
    // As in struct jumin_wallet_nfc_options.
    uint32_t command_max, response_max;
    // Is asked while a command runs, so that there are no questions; copied. `decide` NULL: there are.
    struct jumin_wallet_holder holder;
};

enum jumin_wallet_meet_event {
    JUMIN_WALLET_MEET_RESPONSE, // the response is there
    JUMIN_WALLET_MEET_QUESTION, // a verifier asks; jumin_wallet_meet_decide gives the response
};

enum jumin_wallet_meet_state {
    JUMIN_WALLET_MEET_WAITING, // no verifier has asked for anything
    JUMIN_WALLET_MEET_ASKED,   // the holder is to decide
    JUMIN_WALLET_MEET_SENDING, // the reader is fetching what is shown
    JUMIN_WALLET_MEET_SHOWN,   // … and has it
    JUMIN_WALLET_MEET_REFUSED, // nothing is shown; the detail says why
    JUMIN_WALLET_MEET_FAILED,  // the session has failed; the detail says why
};

// `options` may be NULL. JUMIN_ERROR_ARGUMENT: a limit out of range. The wallet must outlive it.
JUMIN_EXPORT enum jumin_error jumin_wallet_meet_new(struct jumin_wallet_meet **meet,
                                                    struct jumin_wallet *wallet,
                                                    const struct jumin_wallet_meet_options *options);
// Wipes it. A question that waits is refused. NULL is allowed.
JUMIN_EXPORT void jumin_wallet_meet_free(struct jumin_wallet_meet *meet);
// What the QR code says ("mdoc:…"), the same for as long as `meet` lives; NULL: engagement by NFC.
JUMIN_EXPORT const char *jumin_wallet_meet_qr(const struct jumin_wallet_meet *meet);

// One command of the reader, and the response: `*length` bytes of at most `capacity`, which is 2 at least.
// Whatever comes gets a status word. `now`: seconds since 1970. A command while a question waits refuses it:
// the reader has not waited.
JUMIN_EXPORT enum jumin_wallet_meet_event jumin_wallet_meet_command(struct jumin_wallet_meet *meet,
                                                                    const uint8_t *command, size_t n,
                                                                    int64_t now, uint8_t *response,
                                                                    size_t capacity, size_t *length);
// What is asked for, until the next command, answer or reset; NULL: nothing is. It may be refused: then the
// holder is to hear of it, and any answer is a no.
JUMIN_EXPORT const struct jumin_wallet_disclosure *
jumin_wallet_meet_disclosure(const struct jumin_wallet_meet *meet);
// The holder's answer, and the response that the reader waits for. JUMIN_ERROR_ARGUMENT: there is no
// question, and no response. Otherwise there is one, and the error says why nothing is shown:
// JUMIN_ERROR_CANCELLED       the holder says no
// JUMIN_ERROR_NOT_AUTHORIZED  the request is refused
// JUMIN_ERROR_NO_SUCH_FILE, …REVOKED, …NOT_VALID_NOW  the credential cannot be shown any more
// JUMIN_ERROR_TOO_LONG        what would be shown is longer than a message
// JUMIN_ERROR_FILE, …CRYPTO   the wallet's file cannot be written, its key store refuses
JUMIN_EXPORT enum jumin_error jumin_wallet_meet_decide(struct jumin_wallet_meet *meet, bool yes, int64_t now,
                                                       uint8_t *response, size_t capacity, size_t *length);
// Field off. A question that waits is refused; a phone that is a tag has another key for whoever comes next.
JUMIN_EXPORT void jumin_wallet_meet_reset(struct jumin_wallet_meet *meet);

JUMIN_EXPORT enum jumin_wallet_meet_state jumin_wallet_meet_state(const struct jumin_wallet_meet *meet);
// Whether the session is over: ended by the verifier, failed, or the field went off after a request.
JUMIN_EXPORT bool jumin_wallet_meet_over(const struct jumin_wallet_meet *meet);
JUMIN_EXPORT const char *jumin_wallet_meet_detail(const struct jumin_wallet_meet *meet);

#endif
