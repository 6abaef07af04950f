// The chip: commands from a host in, answers out, and a card in its field. It does no input or output and
// knows no clock; whoever moves bytes tells it the time.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_CHIP_H
#define JUMIN_TOOLS_PN532_CHIP_H

#include "tools/pn532/exchange.h"
#include "tools/pn532/frame.h"
#include "tools/pn532/registers.h"

// Status bytes (UM0701-02 §7.1).
enum chip_status {
    STATUS_OK = 0x00,
    STATUS_TIMEOUT = 0x01,     // the target did not answer
    STATUS_CRC = 0x02,         // … or with a wrong CRC
    STATUS_RF_PROTOCOL = 0x0B, // the target does not speak the protocol
    STATUS_PARAMETER = 0x10,   // out of range
    STATUS_NOT_ALLOWED = 0x26, // not possible in this configuration
    STATUS_CONTEXT = 0x27,     // not acceptable now: an unknown target, the wrong mode
    STATUS_MORE = 0x40,        // more data of the target follow
};

enum {
    CHIP_FSDI = 5, // what the chip announces in RATS: frames of 64 bytes
    CHIP_CID_B = 1,
    CHIP_RETRIES_INFINITE = 0xFF,
    PARAMETERS_AUTO_RATS = 0x10, // of SetParameters
    TARGET_NUMBER = 1,           // there is one card, so there is one target
    CHIP_NEVER = -1,             // no deadline
};

// A card that was found. It keeps its number after it is deselected, and also when it goes away.
struct target {
    bool known;
    bool selected;
    bool dep; // ISO-DEP is the protocol
    enum picc_type type;
};

// Bytes of a frame that a host sends or receives register by register.
struct fifo {
    uint8_t bytes[64];
    size_t n;
    bool listens; // to a frame that is not there yet
};

struct chip {
    struct frame_parser parser;
    struct registers registers;
    struct fifo fifo;
    struct picc picc;
    struct target target;
    struct exchange exchange; // with this target, by ISO-DEP
    bool activating;          // RATS or ATTRIB is not answered yet

    uint8_t parameters;                   // SetParameters
    uint8_t retries_atr, retries_passive; // MaxRetries
    uint8_t thru_timeout;                 // code of the time that InCommunicateThru waits
    uint8_t gpio3, gpio7;
    uint8_t last_error;

    int64_t now; // milliseconds
    // The command under way.
    bool pending;
    uint8_t command[FRAME_DATA_MAX];
    size_t command_length;
    unsigned phase;
    int64_t deadline;

    uint8_t answer[FRAME_DATA_MAX]; // the last one, for a host that did not understand it
    size_t answer_length;
    uint8_t out[FRAME_ACK_LENGTH + FRAME_MAX]; // what the host is to get
    size_t out_length;
};

void chip_start(struct chip *chip, enum picc_type type, const struct picc_port *port, int64_t now);
// As after power-up: the host's line was closed, another host may come.
void chip_reset(struct chip *chip, int64_t now);

// Bytes came from the host. chip_out then says what it is to get; chip_sent, how much of that it got.
void chip_receive(struct chip *chip, struct span bytes, int64_t now);
struct span chip_out(const struct chip *chip);
void chip_sent(struct chip *chip, size_t n);

// The card came, went, answered (false: not as it must).
void chip_card_came(struct chip *chip, int64_t now);
void chip_card_left(struct chip *chip, int64_t now);
bool chip_card_message(struct chip *chip, enum link_type type, struct span payload, int64_t now);

// When chip_time is to be called at the latest; CHIP_NEVER: it need not.
int64_t chip_deadline(const struct chip *chip);
void chip_time(struct chip *chip, int64_t now);

#endif
