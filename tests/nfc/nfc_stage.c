// An NFC transport over the fake libnfc.
// SPDX-License-Identifier: Apache-2.0
#include "tests/nfc/nfc_stage.h"

struct jumin_nfc *nfc;
struct jumin_transport *transport;

int nfc_stage_open(void **state)
{
    (void)state;
    fake_reset();
    nfc = NULL;
    transport = NULL;
    return jumin_nfc_new(&nfc, "pn532_fake:there") == JUMIN_OK ? 0 : -1;
}

int nfc_stage_close(void **state)
{
    (void)state;
    jumin_transport_free(transport);
    jumin_nfc_free(nfc);
    return fake.open || fake.contexts > 0 ? -1 : 0;
}

void open_with(enum jumin_nfc_mode mode, unsigned rate, int timeout_ms)
{
    const struct jumin_nfc_options options = {.mode = mode, .rate = rate, .timeout_ms = timeout_ms};
    assert_int_equal(jumin_nfc_open(nfc, &options, &transport), JUMIN_OK);
}

void connect_short(void)
{
    open_with(JUMIN_NFC_SHORT, 0, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
}

void connect_extended(void)
{
    open_with(JUMIN_NFC_EXTENDED, 0, 0);
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
}

uint8_t response[FAKE_APDU_MAX];
size_t response_length;

enum jumin_error transmit(size_t n)
{
    static uint8_t command[FAKE_APDU_MAX] = {0x00, 0xA4};
    for (size_t i = 2; i < n; i++) {
        command[i] = (uint8_t)(i * 7);
    }
    const enum jumin_error error =
        jumin_transport_transmit(transport, command, n, response, sizeof response, &response_length);
    if (error == JUMIN_OK) {
        assert_int_equal(fake.command_length, n);
        assert_memory_equal(fake.command, command, n);
        assert_int_equal(response_length, fake.response_length);
        assert_memory_equal(response, fake.response, response_length);
    }
    return error;
}
