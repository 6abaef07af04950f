// One reader's side of the socket: the field, the card in it, and exchanges with that card.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PCSC_IFD_ANTENNA_H
#define JUMIN_PCSC_IFD_ANTENNA_H

#include <pthread.h>

#include "pcsc/ifd/ats.h"
#include "pcsc/ifd/listener.h"
#include "pcsc/ifd/protocol.h"

enum antenna_result {
    ANTENNA_OK,
    ANTENNA_NO_CARD, // none there, or it left in the middle of the exchange
    ANTENNA_TIMEOUT, // the card is there but did not answer in its waiting time
    ANTENNA_BROKEN,  // what it answered is not the protocol
    ANTENNA_STOPPED, // the reader is being closed
    ANTENNA_SYSTEM,  // the socket cannot be made; errno says why
};

struct antenna {
    struct listener listener;
    int wake, stop; // eventfds: end one antenna_wait; end every exchange from now on

    pthread_mutex_t lock; // guards all below; held during an exchange
    int card;             // -1: no card in the field
    bool selected;
    uint8_t sequence;
    uint32_t waiting_time_ms;
    uint8_t uid[ATS_UID_MAX], historical[ATS_HISTORICAL_MAX];
    size_t uid_length, historical_length;
    struct link_inbox inbox;
    uint8_t outbox[LINK_FRAME_MAX];
};

// Listens on `path` as listener_open does; ANTENNA_SYSTEM when that fails.
enum antenna_result antenna_open(struct antenna *antenna, const char *path);
void antenna_close(struct antenna *antenna);

// Waits until a card comes or goes: ANTENNA_OK; else ANTENNA_TIMEOUT, also after antenna_wake. Only here does
// antenna_present change, so that none of a quick removal and insertion is lost. For one thread per antenna.
enum antenna_result antenna_wait(struct antenna *antenna, int milliseconds);
bool antenna_present(struct antenna *antenna);
// Ends antenna_wait, or the next one when none is running.
void antenna_wake(struct antenna *antenna);

// Field off and on (`reset`: also when it was on), and selects the card; its ATR.
enum antenna_result antenna_select(struct antenna *antenna, bool reset, uint8_t atr[ATS_ATR_MAX],
                                   size_t *atr_length);
void antenna_field_off(struct antenna *antenna);
// One APDU, to the card or, for the commands of PC/SC-3, to the reader itself.
enum antenna_result antenna_transmit(struct antenna *antenna, struct span command, struct writer *response);

#endif
