// What phone and verifier must agree on when they speak over NFC: ISO 18013-5 §8.3.3.1.2, NFC Forum Type 4
// Tag §5.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_NFC_TRANSFER_H
#define JUMIN_HOST_MOBILE_NFC_TRANSFER_H

#include "card/wire/apdu.h"
#include "card/wire/lds.h"
#include "card/wire/tlv.h"
#include "host/mobile/device_engagement.h"

enum {
    NFC_MESSAGE_MAX = 65536 - 4, // bytes of one message, in either direction: its data object fits a response
    NFC_TAG_DATA = 0x53,         // the data object that holds a message

    INS_SELECT = 0xA4,
    INS_READ_BINARY = 0xB0,
    INS_GET_RESPONSE = 0xC0,
    INS_ENVELOPE = 0xC3,
    SELECT_BY_IDENTIFIER = 0x00, // P1
    SELECT_BY_NAME = 0x04,
    SELECT_NO_CONTROL_DATA = 0x0C, // P2

    // Capability container: its length; then mapping version, most bytes of one read and of one update, and
    // the NDEF file control object.
    CAPABILITY_LENGTH = 15,
    CAPABILITY_VERSION = 0x20, // 2.0
    CAPABILITY_NDEF_FILE = 0x04,
    CAPABILITY_NDEF_FILE_LENGTH = 6,
    CAPABILITY_ALWAYS = 0x00, // access
    CAPABILITY_NEVER = 0xFF,
};

// A0000002480400, the application of mobile documents.
static inline struct span nfc_mdoc_application(void)
{
    static const uint8_t name[] = {0xA0, 0x00, 0x00, 0x02, 0x48, 0x04, 0x00};
    return span_of(name, sizeof name);
}

#endif
