// A phone as a contactless card: NFC engagement by a Type 4 Tag, and data transfer (ISO 18013-5 §8.2.2.1,
// §8.3.3.1.2). A function from C-APDU to R-APDU: no clock, no thread, no transport.
// SPDX-License-Identifier: Apache-2.0
//
// Android's HostApduService and our reader driver call it alike:
//     nfc_responder_new(&responder, &options);
//     switch (nfc_responder_command(responder, command, &response)) {
//     case NFC_RESPONDER_ANSWER:  …send the response…
//     case NFC_RESPONDER_MESSAGE: …show what nfc_responder_message holds to the holder; the reader waits…
//                                 nfc_responder_reply(responder, session_data, &response); …send it…
//     }
//     nfc_responder_reset(responder); // the field went off, or the phone was deselected
#ifndef JUMIN_HOST_WALLET_NFC_RESPONDER_H
#define JUMIN_HOST_WALLET_NFC_RESPONDER_H

#include "host/mobile/nfc_transfer.h"

struct nfc_responder;

struct nfc_responder_options {
    // DeviceEngagement for the handover, without NFC in it; copied. Empty: no engagement over NFC, as when it
    // was shown as a QR code: the Type 4 Tag application is not there then.
    struct span engagement;
    // What the phone's NFC controller carries, which the handover announces. Commands and responses keep to
    // it, and to what the reader asks for.
    struct engagement_nfc limits;
};

enum nfc_responder_event {
    NFC_RESPONDER_ANSWER,  // the response is written
    NFC_RESPONDER_MESSAGE, // a message is complete; nothing is written: nfc_responder_reply gives the
                           // response
};

// JUMIN_ERROR_ARGUMENT: limits out of the standard's range (engagement_nfc), or an engagement of more than
// ENGAGEMENT_MAX bytes.
enum jumin_error nfc_responder_new(struct nfc_responder **responder,
                                   const struct nfc_responder_options *options);
// Wipes what was received and sent. NULL is allowed.
void nfc_responder_free(struct nfc_responder *responder);

// The Handover Select message that readers are given: Hs of the session transcript. Empty without engagement.
struct span nfc_responder_handover(const struct nfc_responder *responder);

// One command of the reader. `response` has room for limits.response_max + 2 bytes; with less, responses are
// cut where a GET RESPONSE can go on. Whatever comes gets a status word; a command while a message waits for
// its reply gives that message up.
enum nfc_responder_event nfc_responder_command(struct nfc_responder *responder, struct span command,
                                               struct writer *response);
// SessionEstablishment, or SessionData; borrowed until the reply or the next command.
struct span nfc_responder_message(const struct nfc_responder *responder);
// The response that the reader waits for. `message` is SessionData; empty after a termination, which is not
// answered. JUMIN_ERROR_ARGUMENT: no message waits;
// JUMIN_ERROR_TOO_LONG: more than NFC_MESSAGE_MAX bytes; the response is then 6F00.
enum jumin_error nfc_responder_reply(struct nfc_responder *responder, struct span message,
                                     struct writer *response);
// Field off: no application is selected, messages are forgotten and wiped. The engagement stays.
void nfc_responder_reset(struct nfc_responder *responder);

#endif
