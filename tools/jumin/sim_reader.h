// The connection to its reader of a simulated card, or of a wallet that is one: our reader driver, or
// vsmartcard's.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SIM_READER_H
#define JUMIN_TOOLS_SIM_READER_H

#include <sys/socket.h>

#include "host/nfc/iso_dep.h"
#include "pcsc/ifd/protocol.h"

enum { SIM_READER_MAX = 128 };

enum sim_request_type {
    SIM_FIELD_OFF,
    SIM_SELECT, // field on, or off and on
    SIM_COMMAND,
    SIM_REFUSED, // the reader has a card already
};

struct sim_request {
    enum sim_request_type type;
    uint8_t sequence;
    struct span command;
};

enum sim_next {
    SIM_REQUEST, // `*request` is the next one
    SIM_NOTHING, // wait for more
    SIM_LOST,    // the reader is gone, or speaks another language
};

struct sim_reader {
    char name[SIM_READER_MAX]; // as it was given
    struct sockaddr_storage address;
    socklen_t address_length;
    bool vpcd;
    int socket; // -1: not connected
    bool connecting;
    struct span historical; // historical bytes of the card
    struct link_inbox inbox;
    uint8_t outbox[2 * (LINK_HEADER + APDU_RESPONSE_MAX)];
    size_t outbox_length;
};

// "sim:PATH" is a socket of our driver, "vpcd:[HOST:]PORT" a port of vsmartcard-vpcd. False: neither. The
// historical bytes of the card's ATR must outlive it.
bool sim_reader_init(struct sim_reader *reader, const char *name, struct span historical);
// Starts to connect. False: there is nobody now, errno says why.
bool sim_reader_connect(struct sim_reader *reader);
void sim_reader_close(struct sim_reader *reader);
// What to poll its socket for.
short sim_reader_events(const struct sim_reader *reader);
// The socket is ready: sends what waits to be sent, receives. False: the reader is gone.
bool sim_reader_ready(struct sim_reader *reader, short events);
enum sim_next sim_reader_next(struct sim_reader *reader, struct sim_request *request);

// The answer to SIM_SELECT; `ats` has the same historical bytes. vpcd gets the ATR when it asks for it.
void sim_reader_selected(struct sim_reader *reader, const struct sim_request *request, struct span uid,
                         const struct iso_dep_ats *ats);
// vpcd carries 65535 bytes at most; with more, and with one that reads nothing, the connection ends.
void sim_reader_answer(struct sim_reader *reader, uint8_t sequence, struct span response);
// Asks for the waiting time once more before the answer; vpcd waits as long as it takes.
void sim_reader_extend(struct sim_reader *reader, uint8_t sequence);

#endif
