// Blocks of ISO-DEP, taken apart and put together (ISO 14443-4 §7.1).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_NFC_ISO_DEP_BLOCK_H
#define JUMIN_HOST_NFC_ISO_DEP_BLOCK_H

#include "host/nfc/iso_dep.h"

// Protocol control bytes without block number, chaining, CID and NAD (ISO 14443-4 §7.1.1.1).
enum iso_dep_pcb {
    PCB_NONE = 0,
    PCB_I = 0x02,
    PCB_R_ACK = 0xA2,
    PCB_R_NAK = 0xB2,
    PCB_S_DESELECT = 0xC2,
    PCB_S_WTX = 0xF2,

    PCB_NUMBER = 0x01,
    PCB_NAD = 0x04,
    PCB_CID = 0x08,
    PCB_CHAINING = 0x10,
};

struct iso_dep_block {
    enum iso_dep_pcb kind;
    uint8_t number;
    bool chaining;
    bool cid_present;
    uint8_t cid;
    struct span inf;
};

// False: no block that this version of the protocol knows, or one longer than `dep` takes.
bool iso_dep_block_parse(const struct iso_dep *dep, struct span bytes, struct iso_dep_block *block);
// Whether everything of `out` is in the last I-block or before it.
bool iso_dep_all_sent(const struct iso_dep *dep);

// Each writes one block and remembers it as the last; all return ISO_DEP_SEND.
enum iso_dep_step iso_dep_put_i(struct iso_dep *dep, struct writer *block);
enum iso_dep_step iso_dep_put_r(struct iso_dep *dep, enum iso_dep_pcb kind, struct writer *block);
enum iso_dep_step iso_dep_put_s(struct iso_dep *dep, enum iso_dep_pcb kind, struct writer *block);

#endif
