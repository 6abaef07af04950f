// The way from the reader's steps to the card: one command, one answer, whatever the link demands.
// SPDX-License-Identifier: Apache-2.0
//
// Under an active secure messaging session commands are protected and answers opened. 61xx, 6Cxx and commands
// that are too long for one APDU are dealt with here (ISO 7816-4 §5.3).
#ifndef JUMIN_HOST_READER_CHANNEL_H
#define JUMIN_HOST_READER_CHANNEL_H

#include "card/wire/sm.h"
#include "host/detail.h"
#include <jumin/reader.h>

struct channel {
    struct jumin_transport *transport;
    struct jumin_limits limits; // of the transport, lowered to the card's
    struct jumin_limits link;   // of the transport
    struct detail *detail;
    struct sm_session sm;
    uint16_t last_status; // of the last answer, 0 when there was none
    bool connected;
    unsigned connections; // so far; tells a session from another

    jumin_progress *progress; // may be NULL
    void *progress_context;
    enum jumin_step step;
    const char *name; // of the step or file
    size_t done, total;

    struct jumin_reader_cost cost;
    uint8_t command[APDU_COMMAND_MAX];
    uint8_t response[APDU_RESPONSE_MAX];
    uint8_t gathered[APDU_RESPONSE_MAX]; // an answer whose parts were fetched by GET RESPONSE
    uint8_t plain[APDU_RESPONSE_MAX];    // opened
};

// Says where the reader is, for progress and details.
void channel_enter(struct channel *channel, enum jumin_step step, const char *name);
enum jumin_error channel_connect(struct channel *channel);
// Ends the session and wipes what the last answers have left.
void channel_end(struct channel *channel);
// Most bytes of plain response data that fit one answer now; `extended`: in an extended APDU.
size_t channel_response_data_max(const struct channel *channel, bool extended);
// JUMIN_OK with any status word that the card gave properly; `data` is borrowed until the next call.
// JUMIN_ERROR_SECURE_MESSAGING when the answer is not protected as it should be; the session is over then.
enum jumin_error channel_transmit(struct channel *channel, const struct apdu_command *command,
                                  struct span *data, uint16_t *status);
// As channel_transmit, for commands where only 9000 will do.
enum jumin_error channel_command(struct channel *channel, const struct apdu_command *command,
                                 struct span *data);
// Passes on a command that was protected elsewhere, as it stands, and its answer with the status word; both
// are borrowed until the next call. For a session whose keys are not here.
enum jumin_error channel_forward(struct channel *channel, struct span command, struct span *response);
// A failure whose status word has no closer meaning at this step.
enum jumin_error channel_refused(struct channel *channel, const struct apdu_command *command,
                                 uint16_t status);

#endif
