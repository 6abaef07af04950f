// Command and response APDUs (ISO 7816-3 §12.1.3, ISO 7816-4 §5.1): all seven cases, short and extended.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_APDU_H
#define JUMIN_CARD_WIRE_APDU_H

#include "card/wire/span.h"
#include "card/wire/status_word.h"

enum {
    APDU_SHORT_LC_MAX = 255,
    APDU_SHORT_LE_MAX = 256,
    APDU_EXTENDED_LC_MAX = 65535,
    APDU_EXTENDED_LE_MAX = 65536,
    APDU_COMMAND_MAX = 4 + 3 + APDU_EXTENDED_LC_MAX + 2,
    APDU_RESPONSE_MAX = APDU_EXTENDED_LE_MAX + 2,
};

// Bits of the class byte (ISO 7816-4 §5.1.1, tables 2 and 3).
enum apdu_class {
    CLA_CHAINING = 0x10,
    CLA_SM_HEADER_AUTHENTICATED = 0x0C, // secure messaging with the header in the MAC
    CLA_SM_PROPRIETARY = 0x04,          // GlobalPlatform secure messaging
    CLA_SM_MASK = 0x0C,                 // both bits that say secure messaging
    CLA_GLOBALPLATFORM = 0x80,
};

enum apdu_case {
    APDU_CASE_1,  // no data, no response data
    APDU_CASE_2S, // response data, short Le
    APDU_CASE_2E,
    APDU_CASE_3S, // command data, short Lc
    APDU_CASE_3E,
    APDU_CASE_4S, // both
    APDU_CASE_4E,
};

struct apdu_command {
    uint8_t cla, ins, p1, p2;
    struct span data; // empty without a command data field
    uint32_t ne;      // expected response bytes, 1 to 65536; 0 without an Le field
    bool extended;    // Lc and Le are coded in extended form (both or none)
};

// False for bytes that are none of the seven cases. The data is borrowed from `bytes`.
bool apdu_parse(struct span bytes, struct apdu_command *command);
enum apdu_case apdu_case_of(const struct apdu_command *command);
// Codes the command; extended when it says so or when data or ne need it.
void apdu_put(struct writer *w, const struct apdu_command *command);

// Splits a response into data and status word. False below 2 bytes.
bool apdu_response_parse(struct span bytes, struct span *data, uint16_t *status);

// Names for logs: "SELECT", "wrong length". Never NULL.
const char *apdu_instruction_name(uint8_t cla, uint8_t ins);
const char *status_word_text(uint16_t status);

#endif
