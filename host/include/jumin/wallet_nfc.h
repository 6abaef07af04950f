// A phone as a contactless card: NFC engagement and data transfer of a mobile document (ISO 18013-5 §8.2.2.1,
// §8.3.3.1.2), as a function from command to response. Android's HostApduService calls it, or whatever else
// is a card for a reader.
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_wallet_nfc_new(&nfc, &options);
//     for each command of the reader:
//         switch (jumin_wallet_nfc_command(nfc, command, n, response, sizeof response, &length)) {
//         case JUMIN_WALLET_NFC_RESPONSE: …send the response…
//         case JUMIN_WALLET_NFC_MESSAGE:  …the reader waits while the holder is asked…
//             jumin_wallet_nfc_message(nfc, &message, &message_length);
//             jumin_wallet_nfc_reply(nfc, answer, answer_length, response, sizeof response, &length);
//             …send the response…
//         }
//     jumin_wallet_nfc_reset(nfc); // the field went off, or the phone was deselected
#ifndef JUMIN_WALLET_NFC_H
#define JUMIN_WALLET_NFC_H

#include <jumin/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JUMIN_WALLET_NFC_COMMAND_MIN = 255, // bytes of data in one command, at least
    JUMIN_WALLET_NFC_COMMAND_MAX = 65535,
    JUMIN_WALLET_NFC_RESPONSE_MIN = 256, // … in one response
    JUMIN_WALLET_NFC_RESPONSE_MAX = 65536,
    JUMIN_WALLET_NFC_MESSAGE_MAX = 65532, // bytes of a message, in either direction
};

struct jumin_wallet_nfc;

struct jumin_wallet_nfc_options {
    // DeviceEngagement (CBOR) for the handover, at most 1024 bytes; copied. NULL: there is no engagement over
    // NFC, as when it was shown as a QR code.
    const uint8_t *engagement;
    size_t engagement_length;
    // Most bytes of data that the phone's NFC takes in one command and gives in one response, which the
    // handover tells the reader; 0: 65279, as many phones have it.
    uint32_t command_max, response_max;
};

enum jumin_wallet_nfc_event {
    JUMIN_WALLET_NFC_RESPONSE, // the response is there
    JUMIN_WALLET_NFC_MESSAGE,  // a message is complete; jumin_wallet_nfc_reply gives the response
};

// JUMIN_ERROR_ARGUMENT: a limit out of range, or an engagement that is too long.
JUMIN_EXPORT enum jumin_error jumin_wallet_nfc_new(struct jumin_wallet_nfc **nfc,
                                                   const struct jumin_wallet_nfc_options *options);
// Wipes what was received and sent. NULL is allowed.
JUMIN_EXPORT void jumin_wallet_nfc_free(struct jumin_wallet_nfc *nfc);
// The Handover Select message that readers are given, for the session transcript; owned by `nfc`. Empty
// without engagement.
JUMIN_EXPORT void jumin_wallet_nfc_handover(const struct jumin_wallet_nfc *nfc, const uint8_t **message,
                                            size_t *n);
// One command of the reader, and the response: `*length` bytes of at most `capacity`, which is 2 at least;
// response_max + 2 are never too few. Whatever comes gets a status word. A command while a message waits for
// its reply gives that message up.
JUMIN_EXPORT enum jumin_wallet_nfc_event jumin_wallet_nfc_command(struct jumin_wallet_nfc *nfc,
                                                                  const uint8_t *command, size_t n,
                                                                  uint8_t *response, size_t capacity,
                                                                  size_t *length);
// SessionEstablishment or SessionData, owned by `nfc` until the reply or the next command; `*n` is 0 when no
// message waits.
JUMIN_EXPORT void jumin_wallet_nfc_message(const struct jumin_wallet_nfc *nfc, const uint8_t **message,
                                           size_t *n);
// The response that the reader waits for. `message` is SessionData; none (`n` 0) after a termination, which
// is not answered. JUMIN_ERROR_ARGUMENT: no message waits, and there is no response; JUMIN_ERROR_TOO_LONG:
// more than JUMIN_WALLET_NFC_MESSAGE_MAX bytes, and the response tells the reader that something failed.
JUMIN_EXPORT enum jumin_error jumin_wallet_nfc_reply(struct jumin_wallet_nfc *nfc, const uint8_t *message,
                                                     size_t n, uint8_t *response, size_t capacity,
                                                     size_t *length);
// Whether there is more of an answer than the reader has fetched.
JUMIN_EXPORT bool jumin_wallet_nfc_sending(const struct jumin_wallet_nfc *nfc);
// Field off: no application is selected, messages are forgotten and wiped. The engagement stays.
JUMIN_EXPORT void jumin_wallet_nfc_reset(struct jumin_wallet_nfc *nfc);

#endif
