// Device engagement: how a phone says which key it has for this session, and how it can be reached
// (ISO 18013-5 §8.2.1); as CBOR, as text for a QR code, and as the NDEF message of an NFC handover.
// SPDX-License-Identifier: Apache-2.0
//
// What is read is borrowed, and never encoded again: the session transcript takes it as it came.
#ifndef JUMIN_HOST_MOBILE_DEVICE_ENGAGEMENT_H
#define JUMIN_HOST_MOBILE_DEVICE_ENGAGEMENT_H

#include "host/detail.h"
#include "host/mobile/ephemeral_key.h"

enum {
    ENGAGEMENT_MAX = 1024, // bytes of one that is read
    // NFC (§8.2.2.2, §8.3.3.1.2): command data from 255 to 65535 bytes, response data from 256 to 65536.
    ENGAGEMENT_COMMAND_MIN = 255,
    ENGAGEMENT_COMMAND_MAX = 65535,
    ENGAGEMENT_RESPONSE_MIN = 256,
    ENGAGEMENT_RESPONSE_MAX = 65536,
};

// Retrieval over NFC: most bytes of data in one command and in one response.
struct engagement_nfc {
    uint32_t command_max, response_max; // both 0: not offered
};
// Within the standard's ranges.
bool engagement_nfc_good(const struct engagement_nfc *nfc);

struct device_engagement {
    struct span whole;              // DeviceEngagement, without the tag of DeviceEngagementBytes
    struct span key_bytes;          // EDeviceKeyBytes: tag 24 and its byte string
    uint8_t point[EPHEMERAL_POINT]; // on the curve or not: who loads the key looks
    struct engagement_nfc nfc;
};

// Writes DeviceEngagement of version 1.0 with that key of P-256. NFC is named in it when it is offered: in a
// QR code; not in an NFC handover, whose carrier record says it.
void engagement_put(struct writer *w, const uint8_t point[EPHEMERAL_POINT], const struct engagement_nfc *nfc);
// JUMIN_ERROR_MALFORMED; JUMIN_ERROR_NOT_SUPPORTED: a version other than 1, or a cipher suite other than 1
// (ECDH on P-256, HKDF and AES-256-GCM). Members and retrieval methods that are not known are passed over.
enum jumin_error engagement_read(struct span bytes, struct device_engagement *engagement,
                                 struct detail *detail);

// --- QR code (§8.2.2.3) ---------------------------------------------------------------------------------------

enum { ENGAGEMENT_TEXT_MAX = 5 + (ENGAGEMENT_MAX * 4 + 2) / 3 + 1 }; // with a zero byte

// "mdoc:" and base64url of the engagement. False, and `text` empty: it is longer than ENGAGEMENT_MAX.
bool engagement_to_text(struct span engagement, char text[ENGAGEMENT_TEXT_MAX]);
// The bytes that the text holds, into `bytes`; the scheme is read without regard to case. False: it is no
// such text, or too long.
bool engagement_from_text(const char *text, uint8_t bytes[ENGAGEMENT_MAX], struct span *engagement);

// --- NFC handover (§8.2.2.1; NFC Forum Connection Handover 1.5) -----------------------------------------------

enum { HANDOVER_MAX = 2048 }; // bytes of a Handover Select message that is read

// What a Handover Select message offers.
struct handover_select {
    struct span message;    // the NDEF message: Hs of the transcript's handover
    struct span engagement; // DeviceEngagement
    struct engagement_nfc nfc;
};

// The NDEF message of a static handover: Handover Select record, carrier configuration record of NFC, and
// the engagement.
void handover_put(struct writer *w, struct span engagement, const struct engagement_nfc *nfc);
// The NDEF message, without the file's length field. JUMIN_ERROR_MALFORMED; JUMIN_ERROR_NOT_SUPPORTED: no
// Handover Select of version 1, or one without device engagement: a tag of another purpose.
enum jumin_error handover_read(struct span message, struct handover_select *select, struct detail *detail);

#endif
