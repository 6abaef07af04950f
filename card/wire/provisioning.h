// The provisioning application's commands, which bind one phone to the card. Ours.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_PROVISIONING_H
#define JUMIN_CARD_WIRE_PROVISIONING_H

#include "card/wire/span.h"

// BIND DEVICE: 80 10 00 00, data: thumbprint; answers thumbprint || counter. The same thumbprint again
// changes nothing; another one takes its place and raises the counter, in one transaction. READ BINDING: 80
// 12 00 00 answers the same, or 6A88 when no phone is bound. UNBIND DEVICE: 80 14 00 00 ends the binding; the
// counter stays. All need PACE with the PIN, Terminal Authentication with RIGHT_PROVISION_PHONE, Chip
// Authentication version 2, and protection.
enum {
    PROVISIONING_CLA = 0x80,
    INS_BIND_DEVICE = 0x10,
    INS_READ_BINDING = 0x12,
    INS_UNBIND_DEVICE = 0x14,
    BINDING_THUMBPRINT = 32, // SHA-256 thumbprint of the device key's JWK (RFC 7638)
    BINDING_COUNTER = 4,     // big-endian, from 1
};

#endif
