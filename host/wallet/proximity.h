// The holder's side of one session in person (ISO 18013-5 §8.3, §9.1), without the radio: what the verifier
// asks is taken apart and checked, the holder is asked, and what was approved is shown.
// SPDX-License-Identifier: Apache-2.0
//
//     proximity_new(&proximity, &nfc);                   // a fresh key, and the engagement for tag or QR
//     code …the radio brings SessionEstablishment… proximity_answer(proximity, message, handover, &holder,
//     &answer); …SessionData goes back by radio… proximity_free(proximity);
#ifndef JUMIN_HOST_WALLET_PROXIMITY_H
#define JUMIN_HOST_WALLET_PROXIMITY_H

#include "host/mobile/device_engagement.h"
#include "host/mobile/device_response.h"
#include "host/mobile/x5chain.h"

// A session's key and its engagement; for one session.
struct proximity;

enum { PROXIMITY_ELEMENTS_MAX = 64, PROXIMITY_DOCUMENTS_MAX = 4 };

// A copy of a credential that the wallet has chosen for this session, with its key. Borrowed.
struct proximity_copy {
    struct span issuer_signed; // IssuerSigned, as it was issued
    struct signer device;
};

// One element that is asked for.
struct proximity_element {
    struct mdoc_element_name name; // with the verifier's intent to retain
    bool there;                    // the credential has it
    bool covered;                  // one of the verifier's purposes covers it
};

// What one document request would disclose. Borrowed while the holder is asked.
struct proximity_disclosure {
    char verifier[X5CHAIN_NAME_MAX], organization[X5CHAIN_NAME_MAX]; // of a certificate that is trusted
    unsigned purposes;                                               // of that certificate
    struct span doc_type;
    struct proximity_element elements[PROXIMITY_ELEMENTS_MAX];
    size_t count;
    // JUMIN_OK: it may be shown if the holder wants. Otherwise it is not, whatever the holder says:
    // NOT_AUTHORIZED     the request is not signed, or asks for more than the verifier's purposes cover
    // SIGNER_UNKNOWN, CERTIFICATE, REVOKED, NOT_VALID_NOW, SIGNATURE  of reader authentication
    // NOT_SUPPORTED      no credential of that docType is here, or it has none of the elements
    enum jumin_error refused;
    struct detail why; // a sentence on it
};

struct proximity_holder {
    int64_t now;
    const struct jumin_trust *venues; // roots of verifiers
    bool revocation_required;
    const struct proximity_copy *copies; // of different docTypes
    size_t copy_count;
    enum device_auth_method method;
    // Asks the holder; called for refused requests, too, so that they can be shown and remembered. True: show
    // it, which counts for requests that are not refused only. The wallet marks the copy as used on true.
    bool (*approve)(void *context, const struct proximity_disclosure *disclosure);
    void *context;
};

// `nfc`: the limits that the engagement names (for a QR code); both 0: none, as in an NFC handover.
enum jumin_error proximity_new(struct proximity **proximity, const struct engagement_nfc *nfc);
// Wipes it. NULL is allowed.
void proximity_free(struct proximity *proximity);
// A sentence on the last failure.
const char *proximity_detail(const struct proximity *proximity);
// DeviceEngagement, owned by `proximity`.
struct span proximity_engagement(const struct proximity *proximity);

// From SessionEstablishment (and later SessionData with another request) to the SessionData that answers it.
// `handover`: the Handover Select message that the reader was given; empty: engagement by QR. `answer` is
// left empty after a termination, which is not answered. Every failure writes an answer with the status that
// the standard wants, as far as there is one. JUMIN_OK: something was shown; ACCESS_DENIED: the holder
// declined, or the request was refused: the answer shows nothing; MALFORMED, CRYPTO; CANCELLED: the verifier
// has ended the session.
enum jumin_error proximity_answer(struct proximity *proximity, struct span message, struct span handover,
                                  const struct proximity_holder *holder, struct writer *answer);

#endif
