// SessionTranscript (ISO 18013-5 §9.1.5.1; OpenID4VP 1.0 App. B.2.6): what ties an answer to its session.
// SPDX-License-Identifier: Apache-2.0
//
// Each appends the array of three, not wrapped. `engagement`: DeviceEngagement as the QR code or the tag had
// it; `reader_key`: EReaderKeyBytes as they came, with their tag 24. Both are put in as they are.
#ifndef JUMIN_HOST_MOBILE_SESSION_TRANSCRIPT_H
#define JUMIN_HOST_MOBILE_SESSION_TRANSCRIPT_H

#include "host/mobile/mdoc.h"

void session_transcript_put_qr(struct writer *w, struct span engagement, struct span reader_key);
// The handover messages in NDEF; `request` empty: static handover.
void session_transcript_put_nfc(struct writer *w, struct span engagement, struct span reader_key,
                                struct span select, struct span request);
// `thumbprint`: of the verifier's encryption key (RFC 7638, 32 bytes); empty: the response is not encrypted.
// False: no hash.
bool session_transcript_put_openid4vp(struct writer *w, struct span client_id, struct span nonce,
                                      struct span thumbprint, struct span response_uri);
// SessionTranscriptBytes, #6.24(bstr), and their SHA-256: the salt of all session keys.
bool session_transcript_salt(struct span transcript, uint8_t salt[SIGNER_DIGEST]);

#endif
