// An NFC device and the card in front of it, without libnfc's types.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_NFC_DEVICE_H
#define JUMIN_HOST_NFC_DEVICE_H

#include <jumin/nfc.h>
#include <stdatomic.h>

#include "host/detail.h"
#include "host/nfc/iso_dep.h"

enum {
    // libnfc copies what it sends into 264 bytes, of which the command takes two, without looking
    // (libnfc 1.8.0).
    NFC_SEND_MAX = 262,
    NFC_RECEIVE_MAX = 264,
};

struct jumin_nfc {
    char *connection;
    void *handle; // libnfc's device; NULL: not open
    bool field;   // the field is on
    bool selected;
    bool unsure;         // an answer may still come: the device is opened anew before it is used again
    bool chip_activates; // as the device is set up now
    unsigned wait_ms;    // how long the chip waits for an answer to a raw frame
    atomic_bool cancelled;
    struct detail detail;
};

// All need a device only in name: they open it when it is not open. A failure of the device closes it.
enum jumin_error nfc_device_open(struct jumin_nfc *nfc);
void nfc_device_close(struct jumin_nfc *nfc);
// Field off, so that the card forgets.
void nfc_device_field_off(struct jumin_nfc *nfc);
// Takes the field off and on and selects what lies there. `chip_activates`: the chip speaks ISO 14443-4 with
// it, else it is left before RATS. `rate` in kbit/s, 0: the highest; 106 when the chip does not activate.
// JUMIN_ERROR_NO_CARD: nothing lies there.
enum jumin_error nfc_device_select(struct jumin_nfc *nfc, bool chip_activates, unsigned rate,
                                   struct jumin_nfc_card *card);
// Whether the card that the chip has activated is still there.
bool nfc_device_card_present(struct jumin_nfc *nfc);

// One exchange through the chip. `raw`: a frame as it is, else an APDU in the chip's own ISO 14443-4.
// JUMIN_ERROR_CARD_REMOVED: no answer over the air, or none that is whole.
enum jumin_error nfc_device_exchange(struct jumin_nfc *nfc, bool raw, struct span command, int timeout_ms,
                                     uint8_t answer[NFC_RECEIVE_MAX], size_t *length);
// The chip waits at least that long for the answer to a raw frame, from now on; what is less than it waits by
// itself counts as that.
enum jumin_error nfc_device_set_wait(struct jumin_nfc *nfc, unsigned milliseconds);

#endif
