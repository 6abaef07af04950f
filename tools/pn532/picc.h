// The card as the field sees it: it is activated as type A or type B (ISO 14443-3) and then speaks ISO-DEP
// (ISO 14443-4), over a simulated card that knows APDUs only.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_PN532_PICC_H
#define JUMIN_TOOLS_PN532_PICC_H

#include "host/nfc/iso_dep.h"
#include "pcsc/ifd/ats.h"
#include "pcsc/ifd/protocol.h"

enum {
    RF_FRAME_MAX = 264,
    PICC_PUPI = 4,
    PICC_ATQB = 12,
};

// A frame on the air.
struct rf_frame {
    uint8_t bytes[RF_FRAME_MAX];
    size_t n;
    unsigned last_bits; // bits of the last byte; 0: all
    bool crc;           // its CRC was there and right, and does not stand in `bytes`
};

enum picc_type { PICC_TYPE_A, PICC_TYPE_B };

enum picc_power {
    PICC_ABSENT, // no card in the field, or no field
    PICC_STARTING,
    PICC_POWERED,
};

enum picc_state {
    PICC_IDLE,
    PICC_READY,    // type A: in anticollision
    PICC_ACTIVE,   // type A: selected
    PICC_PROTOCOL, // ISO-DEP
    PICC_HALT,
};

enum picc_reply {
    PICC_SILENT,
    PICC_ANSWERS,
    PICC_BUSY, // it answers later; ask with picc_listen after each event
};

// Where the simulated card's requests go: LINK_POWER_ON, LINK_POWER_OFF, LINK_RESET, LINK_COMMAND.
struct picc_port {
    void (*send)(void *context, enum link_type type, struct span payload);
    void *context;
};

struct picc {
    enum picc_type type;
    struct picc_port port;
    bool field, inserted;
    enum picc_power power;

    enum picc_state state;
    bool halted; // it was woken up from HALT and falls back to it
    unsigned cascade_level;
    uint8_t uid[ATS_UID_MAX]; // the same as long as the field is on
    size_t uid_length;
    uint8_t ats[ISO_DEP_ATS_MAX];
    size_t ats_length;
    struct iso_dep_ats parameters; // as the ATS says them

    struct iso_dep dep;
    bool used;     // a session was opened since the card was powered or reset
    bool first;    // no block came yet: PPS is possible
    unsigned fsdi; // as RATS or ATTRIB said …
    unsigned cid;
    unsigned dri, dsi; // bit rates from PCD to PICC and back: 106 kbit/s times two to this power

    bool opening;            // the answer to RATS or ATTRIB waits until the card is reset
    bool computing;          // the card has a command
    bool extending, extends; // S(WTX) is out; and the response came meanwhile
    bool replied;            // nobody heard `reply` yet
    struct rf_frame reply;
    uint8_t command[APDU_COMMAND_MAX];
    uint8_t response[APDU_RESPONSE_MAX];
    size_t response_length;
};

void picc_start(struct picc *picc, enum picc_type type, const struct picc_port *port);
void picc_field(struct picc *picc, bool on);
void picc_inserted(struct picc *picc);
void picc_removed(struct picc *picc);
// The card answered: LINK_SELECTED, LINK_RESPONSE, LINK_WAITING_TIME. False: it does not speak as it must.
bool picc_message(struct picc *picc, enum link_type type, struct span payload);

// A frame of type `type`, at these bit rates, reaches the card.
enum picc_reply picc_hear(struct picc *picc, enum picc_type type, unsigned dri, unsigned dsi,
                          const struct rf_frame *frame, struct rf_frame *reply);
enum picc_reply picc_listen(struct picc *picc, struct rf_frame *reply);

// What WUPA or WUPB, anticollision and selection come to, without their frames; type B: up to ATQB, for
// AFI `afi`. False: there is no such card, or it does not listen now.
bool picc_wake(struct picc *picc, enum picc_type type, uint8_t afi);

// SENS_RES, as it is sent: the lower byte first; SEL_RES of the last cascade level (ISO 14443-3 §6.5.2,
// §6.5.3).
uint16_t picc_sens_res(const struct picc *picc);
uint8_t picc_sel_res(void);
void picc_atqb(const struct picc *picc, uint8_t atqb[PICC_ATQB]);

#endif
