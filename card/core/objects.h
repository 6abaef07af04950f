// Identifiers of the objects in the card's store.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_OBJECTS_H
#define JUMIN_CARD_CORE_OBJECTS_H

enum {
    OBJECT_LIFE_CYCLE = 0x0001,      // of the card: one byte, GPC v2.3.1 §5.1
    OBJECT_REGISTRY = 0x0002,        // installed applications and their life cycles
    OBJECT_PRODUCTION = 0x0003,      // card production life cycle data, 42 bytes (tag 9F7F)
    OBJECT_DIVERSIFICATION = 0x0004, // per card, 10 bytes (tag CF)
    OBJECT_BATCH = 0x0005,           // the same on a batch, 10 bytes
    OBJECT_SCP03_KEYS = 0x0006,      // the key set in use, with its version
    OBJECT_SCP03_COUNTER = 0x0007,   // sequence counter
    OBJECT_ERASURE = 0x0008,         // whether something stale is still to be erased

    OBJECT_PASSWORD = 0x0100,  // + PACE password reference: the password
    OBJECT_TRIES = 0x0110,     // + PACE password reference: tries left, or failures so far
    OBJECT_PIN_TRIES = 0x0120, // tries that a success restores

    OBJECT_TRANSPORT_PIN = 0x0121,   // present: the PIN must be changed before it opens anything
    OBJECT_PIN_DEACTIVATED = 0x0122, // present: it is
    OBJECT_PIN_RESETS = 0x0123,      // how often the PUK may still unblock the PIN
    OBJECT_PIN_DIGITS = 0x0124,      // fewest digits of a new PIN

    OBJECT_GENERATION_KEY = 0x0200, // Chip Authentication and PACE-CAM, in the MF
    OBJECT_EMRTD_CHIP_AUTHENTICATION_KEY = 0x0201,
    OBJECT_EMRTD_ACTIVE_AUTHENTICATION_KEY = 0x0202,
    OBJECT_CHIP_KEY = 0x0203, // Chip Authentication version 2 of this card alone, for privileged terminals
    OBJECT_RESTRICTED_IDENTIFICATION_KEY = 0x0204, // + 0: of the pseudonym; + 1: for blocking

    OBJECT_TRUST_POINTS = 0x0300, // + 2 * enum terminal_type + 0 or 1: keys of CVCAs, the newer one first
    OBJECT_CURRENT_DATE = 0x0310, // newest date that a certificate proved (TR-03110-3 §2.5)
    OBJECT_CVCA = 0x0311,         // EF.CVCA, made from the trust points of inspection systems
    OBJECT_TRUST_CERTIFICATES = 0x0314, // + enum terminal_type: CVCA certificates until all have come
    OBJECT_TERMINAL_RIGHTS = 0x0318,    // + enum terminal_type: the most that its terminals get on this card
    OBJECT_BINDING = 0x0320,            // thumbprint of the phone's key, and the counter

    OBJECT_MF_FILES = 0x1000,  // + short file identifier
    OBJECT_DIRECTORY = 0x101E, // EF.DIR, made from the registry
    OBJECT_EMRTD_FILES = 0x1100,
    OBJECT_NDEF_FILES = 0x1200,
    OBJECT_EID_FILES = 0x1300,
};

#endif
