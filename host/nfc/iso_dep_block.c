// Blocks of ISO-DEP, taken apart and put together (ISO 14443-4 §7.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/nfc/iso_dep_block.h"

enum { CID_MASK = 0x0F, CID_RFU = 0x30, WTXM_MASK = 0x3F };

static bool pcb_parse(uint8_t pcb, struct iso_dep_block *block)
{
    static const struct {
        uint8_t mask;
        enum iso_dep_pcb kind;
    } kinds[] = {
        {0xE2, PCB_I}, {0xF6, PCB_R_ACK}, {0xF6, PCB_R_NAK}, {0xF7, PCB_S_DESELECT}, {0xF7, PCB_S_WTX},
    };
    *block = (struct iso_dep_block){.kind = PCB_NONE};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((pcb & kinds[i].mask) == kinds[i].kind) {
            block->kind = kinds[i].kind;
        }
    }
    block->number = pcb & PCB_NUMBER;
    block->chaining = block->kind == PCB_I && (pcb & PCB_CHAINING) != 0;
    block->cid_present = (pcb & PCB_CID) != 0;
    // Neither side here has a node address.
    return block->kind != PCB_NONE && !(block->kind == PCB_I && (pcb & PCB_NAD) != 0);
}

bool iso_dep_block_parse(const struct iso_dep *dep, struct span bytes, struct iso_dep_block *block)
{
    struct span head;
    if (bytes.n + ISO_DEP_CRC > dep->in_max || !span_take(&bytes, 1, &head) || !pcb_parse(head.p[0], block)) {
        return false;
    }
    if (block->cid_present) {
        if (!span_take(&bytes, 1, &head) || (head.p[0] & CID_RFU) != 0) {
            return false;
        }
        block->cid = head.p[0] & CID_MASK; // the rest says how well the card is powered
    }
    block->inf = bytes;
    if (block->kind == PCB_S_WTX) {
        return block->inf.n == 1;
    }
    return block->kind == PCB_I || block->inf.n == 0;
}

bool iso_dep_all_sent(const struct iso_dep *dep)
{
    return dep->out_sent + dep->out_under_way == dep->out.n;
}

static void put_head(struct iso_dep *dep, unsigned pcb, enum iso_dep_pcb kind, struct writer *block)
{
    dep->last = (uint8_t)kind;
    writer_put_u8(block, (uint8_t)(pcb | (dep->cid_present ? PCB_CID : 0)));
    if (dep->cid_present) {
        writer_put_u8(block, dep->cid);
    }
}

enum iso_dep_step iso_dep_put_i(struct iso_dep *dep, struct writer *block)
{
    const size_t inf_max = dep->out_max - 1U - ISO_DEP_CRC - (dep->cid_present ? 1U : 0U);
    const struct span inf = span_first(span_from(dep->out, dep->out_sent), inf_max);
    dep->out_under_way = inf.n;
    const unsigned chaining = iso_dep_all_sent(dep) ? 0 : PCB_CHAINING;
    put_head(dep, PCB_I | chaining | dep->number, PCB_I, block);
    writer_put(block, inf);
    return ISO_DEP_SEND;
}

enum iso_dep_step iso_dep_put_r(struct iso_dep *dep, enum iso_dep_pcb kind, struct writer *block)
{
    put_head(dep, (unsigned)kind | dep->number, kind, block);
    return ISO_DEP_SEND;
}

enum iso_dep_step iso_dep_put_s(struct iso_dep *dep, enum iso_dep_pcb kind, struct writer *block)
{
    put_head(dep, kind, kind, block);
    if (kind == PCB_S_WTX) {
        writer_put_u8(block, dep->wtxm & WTXM_MASK);
    }
    return ISO_DEP_SEND;
}

bool iso_dep_received(const struct iso_dep *dep, struct span *apdu)
{
    *apdu = writer_span(&dep->in);
    return !dep->in.overflow;
}
