// The holder's side of one session in person (ISO 18013-5 §8.3, §9.1), without the radio: what the verifier
// asks comes out, and what is shown goes back.
// SPDX-License-Identifier: Apache-2.0
//
//     proximity_new(&proximity, &nfc); // a fresh key, and the engagement for tag or QR
//         …the radio brings SessionEstablishment…
//     proximity_receive(proximity, message, handover, &answer); // the request, which the holder looks at
//     proximity_send(proximity, response, &answer);
//         …SessionData goes back by radio…
//     proximity_free(proximity);
#ifndef JUMIN_HOST_WALLET_PROXIMITY_H
#define JUMIN_HOST_WALLET_PROXIMITY_H

#include "host/mobile/device_engagement.h"
#include "host/mobile/device_request.h"
#include "host/mobile/device_response.h"

// A session's key and its engagement; for one session.
struct proximity;

// Who decides: looks at the request, asks the holder, and writes a DeviceResponse. Any error: nothing is
// shown, and the verifier is told just that. `reader_key`: EReaderKey, for answers by MAC. The holder's
// sentence for an error goes into `detail`.
struct proximity_holder {
    enum jumin_error (*respond)(void *context, const struct device_request *request, struct span transcript,
                                struct span reader_key, struct writer *response, struct detail *detail);
    void *context;
};

enum { PROXIMITY_RESPONSE_MAX = 65000 }; // bytes of a DeviceResponse, so that its message fits NFC

// `nfc`: the limits that the engagement names (for a QR code); both 0: none, as in an NFC handover.
enum jumin_error proximity_new(struct proximity **proximity, const struct engagement_nfc *nfc);
// Wipes it. NULL is allowed.
void proximity_free(struct proximity *proximity);
// A sentence on the last failure.
const char *proximity_detail(const struct proximity *proximity);
// DeviceEngagement, owned by `proximity`.
struct span proximity_engagement(const struct proximity *proximity);

// From SessionEstablishment, and later SessionData with another request, to the request in it, which waits
// for proximity_send. `handover`: the Handover Select message that the reader was given; empty: engagement by
// QR. Every failure writes the answer that the standard wants (Table 20; a DeviceResponse that shows
// nothing); `answer` stays empty where there is none to be sent, and with a request. JUMIN_OK there is a
// request JUMIN_ERROR_CANCELLED  the verifier has ended the session JUMIN_ERROR_MALFORMED  no such message,
// or no request in it (or NOT_SUPPORTED: one of another version) JUMIN_ERROR_CRYPTO     it does not decrypt;
// the session is over
enum jumin_error proximity_receive(struct proximity *proximity, struct span message, struct span handover,
                                   struct writer *answer);
// The request that waits, the session's transcript, and EReaderKey for an answer by MAC. NULL: none waits.
const struct device_request *proximity_request(const struct proximity *proximity);
struct span proximity_transcript(const struct proximity *proximity);
struct span proximity_reader_key(const struct proximity *proximity);
// Writes the SessionData that answers it: a DeviceResponse; empty: one that shows nothing.
// JUMIN_ERROR_ARGUMENT: no request waits; JUMIN_ERROR_TOO_LONG: the answer does not fit.
enum jumin_error proximity_send(struct proximity *proximity, struct span response, struct writer *answer);

// Both in one, for a holder that answers at once. Errors as of proximity_receive, and the holder's.
enum jumin_error proximity_answer(struct proximity *proximity, struct span message, struct span handover,
                                  const struct proximity_holder *holder, struct writer *answer);

#endif
