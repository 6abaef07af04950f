// A Type 4 Tag: a phone that taps the card is led to the app (Type 4 Tag §5, NDEF §3, URI RTD §3).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/ndef.h"

#include "card/wire/lds.h"

// Read only, and the same on all cards: the address is a name reserved for examples (RFC 2606 §3).
enum {
    ADDRESS_LENGTH = sizeof "jumin.example/app" - 1,
    NDEF_LENGTH_FIELD = 2,
    URI_ABBREVIATION_HTTPS = 0x04,            // URI RTD §3.2.2, table 3
    RECORD_FLAGS = 0x80 | 0x40 | 0x10 | 0x01, // message begin, message end, short record, well-known type
    RECORD_HEADER = 4,
    PAYLOAD_LENGTH = 1 + ADDRESS_LENGTH,
    RECORD_LENGTH = RECORD_HEADER + PAYLOAD_LENGTH,
    NDEF_FILE_LENGTH = NDEF_LENGTH_FIELD + RECORD_LENGTH,
    READ_MAX = 255,
    UPDATE_MAX = 255,
};

// Capability container (Type 4 Tag §5.1.1): length, mapping version 2.0, most bytes of one READ BINARY and of
// one UPDATE BINARY; NDEF File Control: file identifier, its size, read by all, written by nobody.
static const uint8_t capability_container[] = {
    0x00,
    0x0F,
    0x20,
    READ_MAX >> 8,
    READ_MAX & 0xFF,
    UPDATE_MAX >> 8,
    UPDATE_MAX & 0xFF,
    0x04,
    0x06,
    FID_NDEF >> 8,
    FID_NDEF & 0xFF,
    NDEF_FILE_LENGTH >> 8,
    NDEF_FILE_LENGTH & 0xFF,
    0x00,
    0xFF,
};

static const uint8_t ndef_file[NDEF_FILE_LENGTH] = {
    RECORD_LENGTH >> 8,
    RECORD_LENGTH & 0xFF,
    RECORD_FLAGS,
    1,
    PAYLOAD_LENGTH,
    'U',
    URI_ABBREVIATION_HTTPS,
    'j',
    'u',
    'm',
    'i',
    'n',
    '.',
    'e',
    'x',
    'a',
    'm',
    'p',
    'l',
    'e',
    '/',
    'a',
    'p',
    'p',
};

static const struct file_row files[] = {
    {.identifier = FID_CAPABILITY_CONTAINER,
     .constant = {capability_container, sizeof capability_container},
     .read = SECURITY_ALWAYS},
    {.identifier = FID_NDEF, .constant = {ndef_file, sizeof ndef_file}, .read = SECURITY_ALWAYS},
};

const struct applet ndef_applet = {
    .name = "NDEF",
    .aid = &AID_NDEF,
    .application = IN_NDEF,
    .files = files,
    .file_count = sizeof files / sizeof files[0],
};
