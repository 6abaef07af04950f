// Names, file identifiers and tags of the files on the card: 9303-10, TR-03110-3 §A, NFC Forum Type 4 Tag.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_LDS_H
#define JUMIN_CARD_WIRE_LDS_H

#include "card/wire/span.h"

// Application identifiers (ISO 7816-4 §12.2.3), value bytes.
extern const struct span AID_ISD;          // A000000151000000, GlobalPlatform issuer security domain
extern const struct span AID_EMRTD;        // A0000002471001, 9303-10 §3.1
extern const struct span AID_NDEF;         // D2760000850101, NFC Forum Type 4 Tag §5.1
extern const struct span AID_EID;          // E80704007F00070302, TR-03110-4 §2.2
extern const struct span AID_PROVISIONING; // F04A554D494E0101, ours
extern const struct span AID_MF; // F04A554D494E0100, ours: names the MF where GlobalPlatform wants an AID
extern const struct span
    AID_PACKAGE; // F04A554D494E00, ours: the executable load file of the built-in applications

// Elementary files and their short identifiers (9303-10 §3.2, table 32 ff.; TR-03110-3 §A).
enum file_identifier {
    FID_MF = 0x3F00,
    FID_DIR = 0x2F00,           // SFI 1E
    FID_ATR_INFO = 0x2F01,      // SFI 01
    FID_CARD_ACCESS = 0x011C,   // SFI 1C
    FID_CARD_SECURITY = 0x011D, // SFI 1D, in the MF
    FID_CHIP_SECURITY = 0x011B, // SFI 1B, in the MF
    FID_CVCA = 0x011C,          // SFI 1C, in the eMRTD application (EF.CVCA)
    FID_COM = 0x011E,           // SFI 1E, in the eMRTD application
    FID_SOD = 0x011D,           // SFI 1D, in the eMRTD application
    FID_DG1 = 0x0101,           // DGn is 0100 + n, SFI n
    FID_CAPABILITY_CONTAINER = 0xE103,
    FID_NDEF = 0xE104,
};

// Outer tags of the LDS files (9303-10 §4.6, table 36).
enum lds_tag {
    LDS_COM = 0x60,
    LDS_DG1 = 0x61,
    LDS_DG2 = 0x75,
    LDS_DG3 = 0x63,
    LDS_DG4 = 0x76,
    LDS_DG11 = 0x6B,
    LDS_DG12 = 0x6C,
    LDS_DG14 = 0x6E,
    LDS_DG15 = 0x6F,
    LDS_SOD = 0x77,
};

// The outer tag of data group `number` (1 to 16), 0 for others.
uint8_t lds_tag_of_group(unsigned number);
// The data group of an outer tag, 0 when it is none.
unsigned lds_group_of_tag(uint32_t tag);

#endif
