// The card's side of ISO-DEP (ISO 14443-4 §7.5).
// SPDX-License-Identifier: Apache-2.0
#include "host/nfc/iso_dep_block.h"

void iso_dep_picc_start(struct iso_dep *dep, const struct iso_dep_link *link, uint8_t *command,
                        size_t capacity)
{
    *dep = (struct iso_dep){
        .number = 1, // rule C
        .fwi = (uint8_t)link->fwi,
        .cid = (uint8_t)link->cid,
        .cid_supported = link->cid_present,
        .out_max = (uint16_t)link->fsd,
        .in_max = (uint16_t)link->fsc,
        .in = writer_of(command, capacity),
    };
}

// Rule 11. While a command is computed nothing was sent that could be sent again.
static enum iso_dep_step repeat_last(struct iso_dep *dep, struct writer *block)
{
    switch (dep->last) {
    case PCB_I:
        return iso_dep_put_i(dep, block);
    case PCB_R_ACK:
        return iso_dep_put_r(dep, PCB_R_ACK, block);
    case PCB_S_WTX:
        dep->wtx_asked = true;
        return iso_dep_put_s(dep, PCB_S_WTX, block);
    default:
        return ISO_DEP_SILENT;
    }
}

static enum iso_dep_step receive_wtx(struct iso_dep *dep, const struct iso_dep_block *received)
{
    if (!dep->wtx_asked || received->inf.p[0] != dep->wtxm) {
        return ISO_DEP_SILENT;
    }
    dep->wtx_asked = false;
    return ISO_DEP_GRANTED;
}

static enum iso_dep_step receive_ack(struct iso_dep *dep, struct writer *block)
{
    if (dep->busy || dep->last != PCB_I || iso_dep_all_sent(dep)) {
        return ISO_DEP_SILENT;
    }
    dep->number ^= 1; // rules E and 13
    dep->out_sent += dep->out_under_way;
    return iso_dep_put_i(dep, block);
}

static enum iso_dep_step receive_nak(struct iso_dep *dep, struct writer *block)
{
    if (dep->busy) {
        return ISO_DEP_SILENT;
    }
    const uint8_t last = dep->last;
    (void)iso_dep_put_r(dep, PCB_R_ACK, block); // rule 12
    dep->last = last;
    return ISO_DEP_SEND;
}

// Whether this I-block came before: from a PCD that repeats where it should have asked by R(NAK). It is not
// taken for a second command.
static bool seen_before(const struct iso_dep *dep, const struct iso_dep_block *received, struct span bytes)
{
    return received->number == dep->number && span_equal(bytes, span_of(dep->seen, dep->seen_length));
}

static enum iso_dep_step receive_i(struct iso_dep *dep, const struct iso_dep_block *received,
                                   struct span bytes, struct writer *block)
{
    if (seen_before(dep, received, bytes)) {
        return repeat_last(dep, block);
    }
    if (dep->busy) {
        return ISO_DEP_SILENT;
    }
    dep->number ^= 1; // rule D
    dep->seen_length = (uint16_t)bytes.n;
    memcpy(dep->seen, bytes.p, bytes.n);
    if (!dep->receiving) {
        dep->in = writer_of(dep->in.p, dep->in.capacity);
    }
    writer_put(&dep->in, received->inf);
    dep->receiving = received->chaining;
    if (received->chaining) {
        return iso_dep_put_r(dep, PCB_R_ACK, block); // rule 2
    }
    dep->out = span_of(NULL, 0);
    dep->out_sent = 0;
    if (dep->in.n == 0 && !dep->in.overflow) {
        return iso_dep_put_i(dep, block);
    }
    dep->last = PCB_NONE;
    dep->busy = true;
    return ISO_DEP_COMPLETE;
}

static enum iso_dep_step receive_deselect(struct iso_dep *dep, struct writer *block)
{
    dep->halted = true;
    (void)iso_dep_put_s(dep, PCB_S_DESELECT, block);
    return ISO_DEP_DESELECTED;
}

// Whether the block is for this card (ISO 14443-4 §7.1.1.2).
static bool addressed(const struct iso_dep *dep, const struct iso_dep_block *block)
{
    if (block->cid_present) {
        return dep->cid_supported && block->cid == dep->cid;
    }
    return !dep->cid_supported || dep->cid == 0;
}

enum iso_dep_step iso_dep_picc_receive(struct iso_dep *dep, struct span received, struct writer *block)
{
    struct iso_dep_block in;
    if (dep->halted || !iso_dep_block_parse(dep, received, &in) || !addressed(dep, &in)) {
        return ISO_DEP_SILENT;
    }
    dep->cid_present = in.cid_present;
    switch (in.kind) {
    case PCB_I:
        return receive_i(dep, &in, received, block);
    case PCB_R_ACK:
        return in.number == dep->number ? repeat_last(dep, block) : receive_ack(dep, block);
    case PCB_R_NAK:
        return in.number == dep->number ? repeat_last(dep, block) : receive_nak(dep, block);
    case PCB_S_WTX:
        return receive_wtx(dep, &in);
    default:
        return receive_deselect(dep, block);
    }
}

enum iso_dep_step iso_dep_picc_respond(struct iso_dep *dep, struct span response, struct writer *block)
{
    if (!dep->busy || dep->wtx_asked) {
        return ISO_DEP_SILENT;
    }
    dep->busy = false;
    dep->out = response;
    dep->out_sent = 0;
    return iso_dep_put_i(dep, block);
}

enum iso_dep_step iso_dep_picc_wait(struct iso_dep *dep, unsigned wtxm, struct writer *block)
{
    if (!dep->busy || dep->wtx_asked || wtxm == 0 || wtxm > ISO_DEP_WTXM_MAX) {
        return ISO_DEP_SILENT;
    }
    dep->wtxm = (uint8_t)wtxm;
    dep->wtx_asked = true;
    return iso_dep_put_s(dep, PCB_S_WTX, block);
}
