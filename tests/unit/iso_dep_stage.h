// One end of ISO-DEP, and the block that it sends.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_UNIT_ISO_DEP_STAGE_H
#define JUMIN_TESTS_UNIT_ISO_DEP_STAGE_H

#include "tests/unit/unit.h"

#include "host/nfc/iso_dep.h"

enum { APDU_MAX = 64 };

extern struct iso_dep dep;
extern uint8_t gathered[APDU_MAX]; // the APDU that arrives
extern struct writer block;        // that is sent

// FSD and FSC of 16: INF of 13 bytes.
extern const struct iso_dep_link small;

struct span hex_apdu(const char *text); // in a static buffer
void new_block(void);
// `wanted`: the block to be sent, or NULL.
void expect(enum iso_dep_step is, enum iso_dep_step should_be, const char *wanted);
void expect_apdu(const char *text);

#endif
