// The card in the field: power, sessions, blocks.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/picc_internal.h"

static const struct span nothing = {NULL, 0};

// --- Power -------------------------------------------------------------------------------------------------

// What a card forgets when its power goes.
static void forget(struct picc *picc)
{
    picc->state = PICC_IDLE;
    picc->halted = picc->opening = picc->computing = picc->extending = picc->replied = false;
    picc->dri = picc->dsi = 0;
}

void picc_start(struct picc *picc, enum picc_type type, const struct picc_port *port)
{
    memset(picc, 0, sizeof *picc);
    picc->type = type;
    picc->port = *port;
}

static void power(struct picc *picc)
{
    const bool on = picc->field && picc->inserted;
    forget(picc);
    picc->power = on ? PICC_STARTING : PICC_ABSENT;
    if (picc->inserted) {
        picc->port.send(picc->port.context, on ? LINK_POWER_ON : LINK_POWER_OFF, nothing);
    }
}

void picc_field(struct picc *picc, bool on)
{
    if (on != picc->field) {
        picc->field = on;
        power(picc);
    }
}

void picc_inserted(struct picc *picc)
{
    picc->inserted = true;
    if (picc->field) {
        power(picc);
    }
}

void picc_removed(struct picc *picc)
{
    picc->inserted = false;
    power(picc);
}

// --- Answers -----------------------------------------------------------------------------------------------

void picc_say(struct picc *picc, struct span bytes, bool crc)
{
    picc->reply = (struct rf_frame){.n = bytes.n, .crc = crc};
    memcpy(picc->reply.bytes, bytes.p, bytes.n);
    picc->replied = true;
}

static bool is_busy(const struct picc *picc)
{
    return picc->opening || (picc->computing && !picc->extending);
}

enum picc_reply picc_listen(struct picc *picc, struct rf_frame *reply)
{
    if (picc->replied) {
        picc->replied = false;
        *reply = picc->reply;
        return PICC_ANSWERS;
    }
    return is_busy(picc) ? PICC_BUSY : PICC_SILENT;
}

// --- Sessions ----------------------------------------------------------------------------------------------

static void answer_activation(struct picc *picc)
{
    const uint8_t mbli_and_cid = (uint8_t)picc->cid; // ISO 14443-3 §7.11: no statement on buffers
    if (picc->type == PICC_TYPE_A) {
        picc_say(picc, span_of(picc->ats, picc->ats_length), true);
    } else {
        picc_say(picc, span_of(&mbli_and_cid, sizeof mbli_and_cid), true);
    }
}

static void opened(struct picc *picc)
{
    const struct iso_dep_link link = {.fsd = iso_dep_frame_size(picc->fsdi),
                                      .fsc = iso_dep_frame_size(picc->parameters.fsci),
                                      .fwi = picc->parameters.fwi,
                                      .cid = picc->cid,
                                      .cid_present = picc->parameters.cid};
    iso_dep_picc_start(&picc->dep, &link, picc->command, sizeof picc->command);
    picc->opening = picc->halted = false;
    picc->used = picc->first = true;
    picc->state = PICC_PROTOCOL;
    answer_activation(picc);
}

void picc_open(struct picc *picc, unsigned fsdi, unsigned cid, unsigned dri, unsigned dsi)
{
    picc->fsdi = fsdi;
    picc->cid = cid;
    picc->dri = dri;
    picc->dsi = dsi;
    if (!picc->used) {
        opened(picc);
        return;
    }
    // What an earlier session achieved must not be found by this one.
    picc->opening = true;
    picc->port.send(picc->port.context, LINK_RESET, nothing);
}

static void close_session(struct picc *picc)
{
    picc->state = PICC_HALT;
    picc->dri = picc->dsi = 0;
}

// --- Blocks ------------------------------------------------------------------------------------------------

static void respond(struct picc *picc)
{
    struct rf_frame frame;
    struct writer w = writer_of(frame.bytes, sizeof frame.bytes);
    picc->computing = picc->extending = picc->extends = false;
    if (iso_dep_picc_respond(&picc->dep, span_of(picc->response, picc->response_length), &w) ==
        ISO_DEP_SEND) {
        picc_say(picc, writer_span(&w), true);
    }
}

static void run_command(struct picc *picc)
{
    static const uint8_t wrong_length[] = {0x67, 0x00};
    struct span command;
    picc->computing = true;
    picc->extending = picc->extends = false;
    if (iso_dep_received(&picc->dep, &command)) {
        picc->port.send(picc->port.context, LINK_COMMAND, command);
        return;
    }
    memcpy(picc->response, wrong_length, sizeof wrong_length);
    picc->response_length = sizeof wrong_length;
    respond(picc);
}

// More time was granted; what was computed meanwhile need not wait.
static void go_on(struct picc *picc)
{
    picc->extending = false;
    if (picc->extends) {
        respond(picc);
    }
}

// ISO 14443-4 §5.3: directly after the ATS. The new bit rates begin behind the answer.
static bool hear_pps(struct picc *picc, struct span block)
{
    uint8_t dsi = 0, dri = 0;
    if (picc->type != PICC_TYPE_A || !picc->first || !iso_dep_pps_parse(block, picc->cid, &dsi, &dri)) {
        return false;
    }
    if (iso_dep_ats_takes(&picc->parameters, dsi, dri)) {
        picc->first = false;
        picc->dsi = dsi;
        picc->dri = dri;
        picc_say(picc, span_first(block, 1), true);
    }
    return true;
}

static void hear_block(struct picc *picc, struct span block)
{
    struct rf_frame frame;
    struct writer w = writer_of(frame.bytes, sizeof frame.bytes);
    if (hear_pps(picc, block)) {
        return;
    }
    const enum iso_dep_step step = iso_dep_picc_receive(&picc->dep, block, &w);
    picc->first = picc->first && step == ISO_DEP_SILENT;
    switch (step) {
    case ISO_DEP_SEND:
        picc_say(picc, writer_span(&w), true);
        break;
    case ISO_DEP_COMPLETE:
        run_command(picc);
        break;
    case ISO_DEP_GRANTED:
        go_on(picc);
        break;
    case ISO_DEP_DESELECTED:
        picc_say(picc, writer_span(&w), true);
        close_session(picc);
        break;
    default:
        break;
    }
}

enum picc_reply picc_hear(struct picc *picc, enum picc_type type, unsigned dri, unsigned dsi,
                          const struct rf_frame *frame, struct rf_frame *reply)
{
    const bool heard =
        picc->power == PICC_POWERED && type == picc->type && dri == picc->dri && dsi == picc->dsi;
    picc->replied = false; // it was sent into the empty field
    if (!heard) {
        return PICC_SILENT;
    }
    if (is_busy(picc)) {
        return PICC_BUSY; // a card that computes does not hear
    }
    if (picc->state != PICC_PROTOCOL) {
        (picc->type == PICC_TYPE_A ? picc_a_hear : picc_b_hear)(picc, frame);
    } else if (frame->crc && frame->last_bits == 0) {
        hear_block(picc, span_of(frame->bytes, frame->n));
    }
    return picc_listen(picc, reply);
}

bool picc_wake(struct picc *picc, enum picc_type type, uint8_t afi)
{
    if (picc->power != PICC_POWERED || picc->type != type || picc->state == PICC_PROTOCOL || picc->opening) {
        return false;
    }
    if (type == PICC_TYPE_B) {
        return picc_b_wake(picc, afi);
    }
    picc->halted = picc->state == PICC_HALT;
    picc->state = PICC_ACTIVE;
    return true;
}

// --- Messages of the card ----------------------------------------------------------------------------------

static bool selected(struct picc *picc, struct span payload)
{
    struct ats ats;
    struct iso_dep_ats parameters;
    if (!ats_parse(payload, &ats) || ats.uid.n < 4 || ats.uid.n % 3 != 1) {
        return false;
    }
    const struct span bytes = span_from(payload, 1 + ats.uid.n);
    struct writer w = writer_of(picc->ats, sizeof picc->ats);
    if (bytes.n > sizeof picc->ats || !iso_dep_ats_parse(bytes, &parameters)) {
        return false;
    }
    writer_put(&w, bytes);
    picc->ats_length = w.n;
    (void)iso_dep_ats_parse(span_of(picc->ats, picc->ats_length), &picc->parameters);
    if (picc->opening) {
        opened(picc);
    } else if (picc->power == PICC_STARTING) {
        // ISO 14443-3 §6.5.4: a random UID is made when the card leaves the state power-off, and not again.
        memcpy(picc->uid, ats.uid.p, ats.uid.n);
        picc->uid_length = ats.uid.n;
        picc->power = PICC_POWERED;
        picc->used = false;
    }
    return true;
}

static bool responded(struct picc *picc, struct span response)
{
    enum { STATUS_WORD = 2 };
    if (response.n < STATUS_WORD || response.n > sizeof picc->response) {
        return false;
    }
    if (!picc->computing) {
        return true; // too late for anybody
    }
    memcpy(picc->response, response.p, response.n);
    picc->response_length = response.n;
    picc->extends = picc->extending;
    if (!picc->extending) {
        respond(picc);
    }
    return true;
}

static bool asked_for_time(struct picc *picc, struct span payload)
{
    struct rf_frame frame;
    struct writer w = writer_of(frame.bytes, sizeof frame.bytes);
    if (payload.n != 1 || payload.p[0] == 0 || payload.p[0] > LINK_WTXM_MAX) {
        return false;
    }
    if (picc->computing && !picc->extending &&
        iso_dep_picc_wait(&picc->dep, payload.p[0], &w) == ISO_DEP_SEND) {
        picc->extending = true;
        picc_say(picc, writer_span(&w), true);
    }
    return true;
}

bool picc_message(struct picc *picc, enum link_type type, struct span payload)
{
    switch (type) {
    case LINK_SELECTED:
        return selected(picc, payload);
    case LINK_RESPONSE:
        return responded(picc, payload);
    case LINK_WAITING_TIME:
        return asked_for_time(picc, payload);
    default:
        return false;
    }
}
