// The holder's side of one session in person (ISO 18013-5 §8.3, §9.1), without the radio: what the verifier
// asks comes out, and what is shown goes back.
// SPDX-License-Identifier: Apache-2.0
//
//     proximity_new(&proximity, &nfc);                   // a fresh key, and the engagement for tag or QR
//     code …the radio brings SessionEstablishment… proximity_answer(proximity, message, handover, &holder,
//     &answer); …SessionData goes back by radio… proximity_free(proximity);
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

// From SessionEstablishment, and later SessionData with another request, to the SessionData that answers it.
// `handover`: the Handover Select message that the reader was given; empty: engagement by QR. Every failure
// writes the answer that the standard wants (Table 20; a DeviceResponse that shows nothing); `answer` stays
// empty where there is none to be sent.
// JUMIN_OK               the holder's response is in the answer
// JUMIN_ERROR_CANCELLED  the verifier has ended the session
// JUMIN_ERROR_MALFORMED  no such message, or no request in it
// JUMIN_ERROR_CRYPTO     it does not decrypt; the session is over
// and the holder's error
enum jumin_error proximity_answer(struct proximity *proximity, struct span message, struct span handover,
                                  const struct proximity_holder *holder, struct writer *answer);

#endif
