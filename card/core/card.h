// The card as a function: power on, transmit, reset.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_CORE_CARD_H
#define JUMIN_CARD_CORE_CARD_H

#include "card/core/chip_authentication.h"
#include "card/core/limits.h"
#include "card/core/objects.h"
#include "card/core/pace.h"
#include "card/core/restricted_identification.h"
#include "card/core/terminal_authentication.h"
#include "card/port/port.h"
#include "card/vm/applet.h"

// A command chain being gathered (ISO 7816-4 §5.3.3).
struct card_chain {
    uint8_t data[CARD_COMMAND_DATA_MAX];
    size_t n;
    const struct command_row *row; // NULL: none
    uint8_t p1, p2;
    bool protected, scp03; // how its commands come
};

// The rest of a response that did not fit its Le, for GET RESPONSE (ISO 7816-4 §5.3.4).
struct card_remainder {
    size_t offset, n; // in card->response; n = 0: none
    uint16_t status;  // of the command, for the last part
};

// State of STORE DATA between its blocks (GPC v2.3.1 §11.11).
struct card_personalization {
    const struct applet *target; // NULL: none
    struct dgi_reader reader;
    uint8_t next_block;
    uint8_t secret[CARD_SECRET_MAX]; // a DGI under the DEK is gathered before it is decrypted
    size_t secret_length;
};

// Caller-owned. Its content is private to card/.
struct card {
    struct card_port port;
    struct store store;
    struct security_status security;
    const struct applet *selected;
    const struct file_row *file; // current EF; NULL: none
    struct pace_state pace;
    struct chip_authentication_state chip_authentication;
    struct terminal_authentication_state terminal_authentication;
    struct restricted_identification_state restricted_identification;
    struct card_personalization personalization;
    struct card_chain chain;
    struct card_remainder remainder;
    uint8_t status_next; // GET STATUS: where the next occurrence begins; 0: nothing was left over
    uint8_t command[CARD_COMMAND_DATA_MAX]; // plain data of a protected command
    uint8_t response[CARD_RESPONSE_MAX];
    bool on;
};

// The factory's work: what makes a blank chip a card that a station can address.
struct card_factory {
    uint8_t production[CARD_PRODUCTION]; // card production life cycle data (tag 9F7F), with the serial number
    uint8_t diversification[SCP03_DIVERSIFICATION]; // of this card
    uint8_t batch[SCP03_DIVERSIFICATION];           // of its production batch
    struct scp03_keys transport_keys;
    uint8_t key_version; // of the transport keys, 01 to 7F or FF
};

// Formats the flash and writes the factory's data. The card is OP_READY; MF and NDEF are installed, as they
// are the same on every card until the MF is personalized. STORE_MISUSE: a key length or version out of
// range.
enum store_status card_manufacture(const struct card_port *port, const struct card_factory *factory);

// Starts the card: opens the store, ends an erasure that was cut off, selects the MF (the ISD when the card
// is locked or terminated, GPC v2.3.1 §5.1.1). Anything but STORE_OK: the card stays mute.
enum store_status card_power_on(struct card *card, const struct card_port *port);
// Answers one command APDU. Returns the response's length, 2 to CARD_RESPONSE_MAX; 0 only when the card is
// not on or `capacity` is below CARD_RESPONSE_MAX. Bytes that are no APDU, or longer than CARD_COMMAND_MAX,
// are answered with 6700.
size_t card_transmit(struct card *card, const uint8_t *command, size_t n, uint8_t *response, size_t capacity);
// The field went or the reader reset the card: all that a session achieved is wiped.
void card_reset(struct card *card);

// Historical bytes of the ATS, the same on every card (ISO 7816-4 §12.1.1).
extern const struct span card_historical_bytes;

#endif
