// Commands of a reader to a phone: a length of two bytes and that many, again and again; a length of FFFF
// turns the field off. Each is answered by a status word within the limits, or is a message that fits.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include <jumin/wallet_nfc.h>

#include "card/wire/span.h"

enum { RESPONSE_MAX = 300, FIELD_OFF = 0xFFFF };

static void command(struct jumin_wallet_nfc *nfc, struct span bytes)
{
    static uint8_t response[RESPONSE_MAX + 2];
    static const uint8_t reply[1000] = {1};
    const uint8_t *message = NULL;
    size_t length = 0, n = 0;
    const enum jumin_wallet_nfc_event event =
        jumin_wallet_nfc_command(nfc, bytes.p, bytes.n, response, sizeof response, &length);
    jumin_wallet_nfc_message(nfc, &message, &n);
    require((event == JUMIN_WALLET_NFC_MESSAGE) == (n > 0) && n <= JUMIN_WALLET_NFC_MESSAGE_MAX);
    require((length == 0) == (event == JUMIN_WALLET_NFC_MESSAGE));
    if (event == JUMIN_WALLET_NFC_MESSAGE && message[0] != 0) { // else it is left to wait
        require(jumin_wallet_nfc_reply(nfc, reply, n % sizeof reply, response, sizeof response, &length) ==
                JUMIN_OK);
        require(length >= 2 && length <= RESPONSE_MAX + 2);
    }
    require(length != 1 && length <= RESPONSE_MAX + 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const uint8_t engagement[40] = {0xA0};
    const struct jumin_wallet_nfc_options options = {engagement, sizeof engagement, 300, RESPONSE_MAX};
    struct jumin_wallet_nfc *nfc = NULL;
    struct span input = span_of(bytes, n), length, one;
    require(jumin_wallet_nfc_new(&nfc, &options) == JUMIN_OK);
    while (span_take(&input, 2, &length)) {
        const size_t wanted = (size_t)length.p[0] << 8 | length.p[1];
        if (wanted == FIELD_OFF) {
            jumin_wallet_nfc_reset(nfc);
        } else if (span_take(&input, wanted, &one)) {
            command(nfc, one);
        }
    }
    jumin_wallet_nfc_free(nfc);
    return 0;
}
