// The terminal's side of ISO-DEP (ISO 14443-4 §7.5).
// SPDX-License-Identifier: Apache-2.0
#include "host/nfc/iso_dep_block.h"

enum { FWI_DESELECT = 4 }; // ISO 14443-4 §8.1

void iso_dep_pcd_start(struct iso_dep *dep, const struct iso_dep_link *link)
{
    *dep = (struct iso_dep){
        .number = 0, // rule A
        .fwi = (uint8_t)link->fwi,
        .cid = (uint8_t)link->cid,
        .cid_present = link->cid_present,
        .out_max = (uint16_t)link->fsc,
        .in_max = (uint16_t)link->fsd,
    };
}

enum iso_dep_step iso_dep_pcd_command(struct iso_dep *dep, struct span command, uint8_t *response,
                                      size_t capacity, struct writer *block)
{
    dep->out = command;
    dep->out_sent = 0;
    dep->in = writer_of(response, capacity);
    dep->tries = 0;
    dep->wtxm = 0;
    dep->receiving = false;
    dep->busy = true;
    return iso_dep_put_i(dep, block);
}

static enum iso_dep_step end(struct iso_dep *dep, enum iso_dep_step step)
{
    dep->busy = false;
    dep->last = PCB_NONE;
    return step;
}

// Counts what brings the exchange no further. True when it is enough.
static bool tried_enough(struct iso_dep *dep)
{
    dep->tries++;
    return dep->tries >= ISO_DEP_TRIES;
}

enum iso_dep_step iso_dep_pcd_nothing(struct iso_dep *dep, struct writer *block)
{
    dep->wtxm = 0;
    if (dep->last == PCB_NONE || tried_enough(dep)) {
        return end(dep, ISO_DEP_LOST);
    }
    if (dep->last == PCB_S_DESELECT) {
        return iso_dep_put_s(dep, PCB_S_DESELECT, block); // rule 8
    }
    return iso_dep_put_r(dep, dep->receiving ? PCB_R_ACK : PCB_R_NAK, block); // rules 4 and 5
}

static enum iso_dep_step receive_wtx(struct iso_dep *dep, const struct iso_dep_block *received,
                                     struct writer *block)
{
    const uint8_t wtxm = received->inf.p[0] & 0x3F; // the rest says how well the card is powered
    if (wtxm == 0 || wtxm > ISO_DEP_WTXM_MAX) {
        return iso_dep_pcd_nothing(dep, block);
    }
    dep->tries = 0;
    dep->wtxm = wtxm;
    return iso_dep_put_s(dep, PCB_S_WTX, block);
}

static enum iso_dep_step receive_ack(struct iso_dep *dep, const struct iso_dep_block *received,
                                     struct writer *block)
{
    if (dep->receiving) {
        return iso_dep_pcd_nothing(dep, block);
    }
    if (received->number != dep->number) { // rule 6
        return tried_enough(dep) ? end(dep, ISO_DEP_LOST) : iso_dep_put_i(dep, block);
    }
    if (iso_dep_all_sent(dep)) {
        return iso_dep_pcd_nothing(dep, block);
    }
    dep->tries = 0; // rules B and 7
    dep->number ^= 1;
    dep->out_sent += dep->out_under_way;
    return iso_dep_put_i(dep, block);
}

static enum iso_dep_step receive_i(struct iso_dep *dep, const struct iso_dep_block *received,
                                   struct writer *block)
{
    if (received->number != dep->number || !iso_dep_all_sent(dep)) {
        return iso_dep_pcd_nothing(dep, block);
    }
    dep->number ^= 1; // rule B
    writer_put(&dep->in, received->inf);
    if (dep->in.overflow) {
        return end(dep, ISO_DEP_TOO_LONG);
    }
    if (!received->chaining) {
        return end(dep, ISO_DEP_COMPLETE);
    }
    if (received->inf.n > 0) {
        dep->tries = 0;
    } else if (tried_enough(dep)) { // a chain of empty blocks is no answer
        return end(dep, ISO_DEP_LOST);
    }
    dep->receiving = true;
    return iso_dep_put_r(dep, PCB_R_ACK, block); // rule 2
}

enum iso_dep_step iso_dep_pcd_receive(struct iso_dep *dep, struct span received, struct writer *block)
{
    struct iso_dep_block in;
    dep->wtxm = 0;
    const bool valid = iso_dep_block_parse(dep, received, &in) && in.cid_present == dep->cid_present &&
                       (!in.cid_present || in.cid == dep->cid);
    if (!valid || dep->last == PCB_NONE) {
        return iso_dep_pcd_nothing(dep, block);
    }
    if (dep->last == PCB_S_DESELECT) {
        return in.kind == PCB_S_DESELECT ? end(dep, ISO_DEP_DESELECTED) : iso_dep_pcd_nothing(dep, block);
    }
    if (!dep->busy) { // the card repeats its last block where it does not acknowledge
        return in.kind == PCB_R_ACK || in.kind == PCB_I ? end(dep, ISO_DEP_PRESENT)
                                                        : iso_dep_pcd_nothing(dep, block);
    }
    switch (in.kind) {
    case PCB_I:
        return receive_i(dep, &in, block);
    case PCB_R_ACK:
        return receive_ack(dep, &in, block);
    case PCB_S_WTX:
        return receive_wtx(dep, &in, block);
    default:
        return iso_dep_pcd_nothing(dep, block);
    }
}

enum iso_dep_step iso_dep_pcd_presence(struct iso_dep *dep, struct writer *block)
{
    dep->tries = 0;
    dep->busy = dep->receiving = false;
    return iso_dep_put_r(dep, PCB_R_NAK, block);
}

enum iso_dep_step iso_dep_pcd_deselect(struct iso_dep *dep, struct writer *block)
{
    dep->tries = 0;
    dep->busy = dep->receiving = false;
    return iso_dep_put_s(dep, PCB_S_DESELECT, block);
}

uint32_t iso_dep_pcd_wait(const struct iso_dep *dep)
{
    if (dep->last == PCB_S_DESELECT) {
        return iso_dep_fwt(FWI_DESELECT);
    }
    const uint32_t fwt = iso_dep_fwt(dep->fwi);
    const uint32_t longest = iso_dep_fwt(14);
    return dep->wtxm == 0 ? fwt : fwt > longest / dep->wtxm ? longest : fwt * dep->wtxm; // §7.3
}
