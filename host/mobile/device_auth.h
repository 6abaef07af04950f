// Device authentication (ISO 18013-5 §9.1.3): the holder's key answers for the session, by signature or
// MAC.
// SPDX-License-Identifier: Apache-2.0
//
// `transcript` is a SessionTranscript, not wrapped, at most MDOC_TRANSCRIPT_MAX bytes; `name_spaces` are
// DeviceNameSpacesBytes, with their tag 24.
#ifndef JUMIN_HOST_MOBILE_DEVICE_AUTH_H
#define JUMIN_HOST_MOBILE_DEVICE_AUTH_H

#include "host/mobile/cose.h"
#include "host/mobile/mdoc.h"

enum { DEVICE_AUTHENTICATION_MAX = MDOC_TRANSCRIPT_MAX + 8192 };

// DeviceAuthenticationBytes, the detached payload of both (§9.1.3.4).
void device_authentication_put(struct writer *w, struct span transcript, struct span doc_type,
                               struct span name_spaces);

// EMacKey (§9.1.3.5): `own` agrees with the other's point; both sides come to the same. False: `own` cannot
// agree, or the point is none. The caller wipes the key.
bool device_mac_key(const struct signer *own, struct span other, struct span transcript,
                    uint8_t key[COSE_MAC]);

#endif
