// Cards in front of an NFC chip that libnfc drives.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_NFC_H
#define JUMIN_NFC_H

#include <jumin/transport.h>

// Not in a library that was built without libnfc. libnfc itself prints failures on standard error; with
// LIBNFC_LOG_LEVEL=0 in the environment it does not.

enum { JUMIN_NFC_CONNECTION_MAX = 1024 }; // bytes of a connection string, its end included

// Connection strings of the devices that libnfc finds by itself; a serial port is none of them, it has to be
// named. `*count` of them, at most `capacity`, are written.
JUMIN_EXPORT enum jumin_error jumin_nfc_list(char (*connections)[JUMIN_NFC_CONNECTION_MAX], size_t capacity,
                                             size_t *count);

struct jumin_nfc;

// The device that libnfc's connection string names: "pn532_uart:/dev/ttyUSB0:115200". It is opened when it is
// first needed, and anew after it was unplugged. One thread at a time, but for jumin_nfc_cancel. Nobody else
// may use the device meanwhile: libnfc does not notice.
JUMIN_EXPORT enum jumin_error jumin_nfc_new(struct jumin_nfc **nfc, const char *connection);
JUMIN_EXPORT void jumin_nfc_free(struct jumin_nfc *nfc);
JUMIN_EXPORT const char *jumin_nfc_detail(const struct jumin_nfc *nfc);
// What the device calls itself; "" as long as it is not open.
JUMIN_EXPORT const char *jumin_nfc_name(const struct jumin_nfc *nfc);

struct jumin_nfc_card {
    char type; // 'A' or 'B' of ISO 14443
    uint8_t uid[10];
    size_t uid_length;
    bool iso_dep;       // speaks ISO 14443-4, so that APDUs reach it
    uint8_t answer[32]; // type A: ATS without its length byte; type B: application data and protocol info
    size_t answer_length;
};

// Waits until a card lies there. JUMIN_ERROR_TIMEOUT after `milliseconds` (0: looks once; negative: for
// ever). `card` may be NULL.
JUMIN_EXPORT enum jumin_error jumin_nfc_wait_card(struct jumin_nfc *nfc, int milliseconds,
                                                  struct jumin_nfc_card *card);
// Waits until no card lies there. Ends what a transport has open.
JUMIN_EXPORT enum jumin_error jumin_nfc_wait_removal(struct jumin_nfc *nfc, int milliseconds);
// Ends a wait in another thread, or the next one when none is running; for any thread, not for a signal
// handler.
JUMIN_EXPORT void jumin_nfc_cancel(struct jumin_nfc *nfc);

enum jumin_nfc_mode {
    JUMIN_NFC_SHORT,    // the chip speaks ISO 14443-4: short length only
    JUMIN_NFC_EXTENDED, // the host does: extended length, type A at 106 kbit/s only
};

struct jumin_nfc_options {
    enum jumin_nfc_mode mode;
    unsigned rate;  // highest to use: 106, 212, 424 or 848 kbit/s; 0: the highest of device and card
    int timeout_ms; // longest wait for the answer to one command; 0: 10,000
};

// A transport to the card that lies there when it connects; one at a time. `options` NULL: all zero. `nfc`
// must outlive it.
JUMIN_EXPORT enum jumin_error jumin_nfc_open(struct jumin_nfc *nfc, const struct jumin_nfc_options *options,
                                             struct jumin_transport **transport);

#endif
