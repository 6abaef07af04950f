// The DGIs that our applications take in STORE DATA, beside the rule that an EF's DGI is its file identifier.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_PERSONALIZATION_H
#define JUMIN_CARD_WIRE_PERSONALIZATION_H

// DGIs from 8000 to 8FFF carry secrets: encrypted under the DEK with padding 80 00… (GPC v2.3.1 §11.11.3.2,
// ISO 9797-1 method 2). The others are plain inside the secure channel.
enum personalization_dgi {
    // Passwords, to the MF; the low byte is the PACE password reference. Content: the characters of
    // CAN, PIN or PUK, or the 20 bytes of mrz_password.
    DGI_PASSWORD_MRZ = 0x8101,
    DGI_PASSWORD_CAN = 0x8102,
    DGI_PASSWORD_PIN = 0x8103,
    DGI_PASSWORD_PUK = 0x8104,
    // The PIN is a transport PIN, to the MF: one byte 01. It opens nothing but its own change.
    DGI_TRANSPORT_PIN = 0x9202,
    // The current date at first, to the MF: the day of the personalization (TR-03110-3 §2.5), six
    // digits YYMMDD, a byte each.
    DGI_CURRENT_DATE = 0x9300,
    // Trust points, to the MF: a whole CVCA certificate (7F21 …) each, at most one a terminal type. The
    // current date is not before the newest of their effective dates.
    DGI_TRUST_POINT_INSPECTION = 0x9301,
    DGI_TRUST_POINT_AUTHENTICATION = 0x9302,
    DGI_TRUST_POINT_SIGNATURE = 0x9303,
    // The most that terminals of a type get on this card, whatever their certificates say, to the MF:
    // `rights` of chat.h in 8 bytes, big-endian. Without it the trust point alone says.
    DGI_RIGHTS_INSPECTION = 0x9311,
    DGI_RIGHTS_AUTHENTICATION = 0x9312,
    DGI_RIGHTS_SIGNATURE = 0x9313,
    // Private key of Chip Authentication and PACE-CAM that a whole production batch shares, to the MF.
    // Content: key id, standardized domain parameter id, secret (curve length).
    DGI_GENERATION_KEY = 0x8201,
    // Key pairs made on the chip, to the eMRTD application. Content: key id, standardized domain
    // parameter id. STORE DATA answers with the same DGI and the public point as content. Not cut
    // between two blocks.
    DGI_GENERATE_CHIP_AUTHENTICATION_KEY = 0x9101,
    DGI_GENERATE_ACTIVE_AUTHENTICATION_KEY = 0x9102,
    // The same for Chip Authentication version 2 of this card alone (EF.ChipSecurity), to the MF.
    DGI_GENERATE_CHIP_KEY = 0x9103,
    // The same for Restricted Identification, to the eID application; the second one is for blocking
    // (TR-03110-2 §3.5).
    DGI_GENERATE_RESTRICTED_IDENTIFICATION_KEY = 0x9104,
    DGI_GENERATE_RESTRICTED_IDENTIFICATION_BLOCKING_KEY = 0x9105,
    // Tries of the PIN, to the MF: one byte, 2 to 15; 3 without it.
    DGI_PIN_TRIES = 0x9201,
    // Fewest digits of a PIN that the holder chooses, to the MF: one byte, 4 to 16; 6 without it. The
    // PIN above may have fewer, as transport PINs do.
    DGI_PIN_DIGITS = 0x9203,
};

enum { DGI_SECRET_FIRST = 0x8000, DGI_SECRET_LAST = 0x8FFF };

#endif
