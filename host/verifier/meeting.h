// A verifier's side of one session in person (ISO 18013-5 §8.3, §9.1), without the radio: engagement in,
// request out, response in, verification out.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_VERIFIER_MEETING_H
#define JUMIN_HOST_VERIFIER_MEETING_H

#include "host/mobile/device_engagement.h"
#include "host/mobile/session_encryption.h"
#include "host/verifier/verifier.h"

// The caller's, all zero before meeting_begin; holds secrets until meeting_end.
struct meeting {
    struct jumin_verifier *verifier;
    enum jumin_purpose purpose;
    int64_t now;
    struct crypto_ec_key key; // EReaderKey
    struct signer reader;     // by `key`
    struct session session;
    uint8_t transcript_bytes[MDOC_TRANSCRIPT_MAX];
    struct span transcript;
};

// Writes SessionEstablishment with the request for the purpose, signed by the venue. `engagement` is
// DeviceEngagement as it came; `select` the Handover Select message, empty for engagement by QR. Errors as
// jumin_verifier_meet; the verifier's detail says why. meeting_end in every case.
enum jumin_error meeting_begin(struct meeting *meeting, struct jumin_verifier *verifier,
                               struct span engagement, struct span select, enum jumin_purpose purpose,
                               int64_t now, struct writer *establishment);
// Reads SessionData with the response and checks it.
enum jumin_error meeting_answer(struct meeting *meeting, struct span message,
                                struct jumin_verification **verification);
// Wipes it.
void meeting_end(struct meeting *meeting);

#endif
