// An NFC transport over the fake libnfc, for the tests of each.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TESTS_NFC_NFC_STAGE_H
#define JUMIN_TESTS_NFC_NFC_STAGE_H

#include "tests/unit/unit.h"

#include <jumin/nfc.h>

#include "tests/nfc/fake_libnfc.h"

#define NFC_TEST(test) cmocka_unit_test_setup_teardown(test, nfc_stage_open, nfc_stage_close)

extern struct jumin_nfc *nfc;
extern struct jumin_transport *transport; // NULL until open_with
extern uint8_t response[FAKE_APDU_MAX];   // of the last transmit
extern size_t response_length;

// A device that is there. At the end nothing of libnfc may be left open.
int nfc_stage_open(void **state);
int nfc_stage_close(void **state);

void open_with(enum jumin_nfc_mode mode, unsigned rate, int timeout_ms);
void connect_short(void);
void connect_extended(void);
// A command of `n` bytes: it must arrive, and the fake's response come back.
enum jumin_error transmit(size_t n);

#endif
