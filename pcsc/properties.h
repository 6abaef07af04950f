// What a reader says of its features (PC/SC-10 §2.2 and §2.6.14).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PCSC_PROPERTIES_H
#define JUMIN_PCSC_PROPERTIES_H

#include <jumin/transport.h>

#include "card/wire/span.h"

// The control code of a feature in the answer to GET_FEATURE_REQUEST; false when the reader does not have it.
bool properties_control_code(struct span features, uint8_t feature, uint32_t *code);
// The limits that follow from the answer to GET_TLV_PROPERTIES: extended length up to dwMaxAPDUDataSize,
// short length when the reader says that it knows no other, full extended length when it says nothing of it.
struct jumin_limits properties_limits(struct span properties);
// Short length only.
struct jumin_limits properties_short_limits(void);

#endif
