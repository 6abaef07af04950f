// ISO-DEP, the half-duplex block protocol between a terminal (PCD) and a contactless card (PICC), for both
// roles (ISO 14443-4).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_NFC_ISO_DEP_H
#define JUMIN_HOST_NFC_ISO_DEP_H

#include "card/wire/span.h"

// Blocks stand here without their CRC, which whoever moves them checks and strips. The functions do no input
// or output and take no memory: each takes one event and says what to do next.

enum {
    ISO_DEP_CRC = 2,
    ISO_DEP_FRAME_MAX = 256, // FSD and FSC, CRC included, code 8
    ISO_DEP_BLOCK_MAX = ISO_DEP_FRAME_MAX - ISO_DEP_CRC,
    ISO_DEP_ATS_MAX = 20,
    ISO_DEP_WTXM_MAX = 59, // ISO 14443-4 §7.3
    ISO_DEP_TRIES = 4,     // of the PCD for one block, before it gives up
};

// Frame size of a code FSDI or FSCI, CRC included; what this version of the protocol does not know counts as
// 8, which is 256 (ISO 14443-4 §5.1).
unsigned iso_dep_frame_size(unsigned code);
// Frame waiting time in periods of the carrier (13.56 MHz) of a code FWI; 15 counts as 4 (ISO 14443-4 §5.2.5,
// §7.2).
uint32_t iso_dep_fwt(unsigned fwi);

// --- Activation --------------------------------------------------------------------------------------------

// What an answer to select says (ISO 14443-4 §5.2); absent bytes stand here by their defaults.
struct iso_dep_ats {
    uint8_t fsci, fwi, sfgi;
    uint8_t rates; // TA(1): bits 1-3 PCD to PICC, 5-7 PICC to PCD, for 212, 424, 848; bit 8: both alike only
    bool cid, nad;
    struct span historical;
};

// RATS for this FSDI and CID; PPS to these divisors (0: 106 to 3: 848 kbit/s). False: out of range.
bool iso_dep_put_rats(struct writer *block, unsigned fsdi, unsigned cid);
bool iso_dep_put_pps(struct writer *block, unsigned cid, unsigned dsi, unsigned dri);
bool iso_dep_rats_parse(struct span block, uint8_t *fsdi, uint8_t *cid);
bool iso_dep_pps_parse(struct span block, unsigned cid, uint8_t *dsi, uint8_t *dri);
// The ATS begins with its length byte TL; TA(1), TB(1) and TC(1) are all written.
void iso_dep_put_ats(struct writer *block, const struct iso_dep_ats *ats);
bool iso_dep_ats_parse(struct span block, struct iso_dep_ats *ats);
// Whether the card takes these divisors (TA(1)).
bool iso_dep_ats_takes(const struct iso_dep_ats *ats, unsigned dsi, unsigned dri);

// --- Blocks ------------------------------------------------------------------------------------------------

enum iso_dep_step {
    ISO_DEP_SEND,       // send the block, then wait for the next event
    ISO_DEP_COMPLETE,   // PCD: the response is there. PICC: a command is there, answer with iso_dep_picc_*
    ISO_DEP_SILENT,     // PICC: send nothing, wait for the next event
    ISO_DEP_GRANTED,    // PICC: more time was granted, go on computing
    ISO_DEP_DESELECTED, // PICC: send the block, then halt. PCD: the card confirmed it
    ISO_DEP_PRESENT,    // PCD: the card is still there
    ISO_DEP_LOST,       // PCD: no valid answer after all tries; activate the card anew
    ISO_DEP_TOO_LONG,   // PCD: the response does not fit; activate the card anew
};

// The state of one link, owned by the caller. What stands in it is for the functions below.
struct iso_dep {
    uint8_t number; // current block number (ISO 14443-4 §7.5.3)
    uint8_t fwi, cid;
    bool cid_supported;   // PICC: has one
    bool cid_present;     // PCD: sends it. PICC: the last block had it
    uint16_t out_max;     // bytes of a frame that the other side takes, CRC included
    uint16_t in_max;      // … and that this one takes
    uint8_t last;         // PCB of the last block sent, without number and CID; 0: none
    uint8_t tries;        // PCD: of the block under way
    uint8_t wtxm;         // of the waiting time extension under way; 0: none
    bool wtx_asked;       // PICC: … which the PCD has not granted yet
    bool busy;            // PCD: a command is under way. PICC: one is being computed
    bool receiving;       // the other side is in the midst of a chain
    bool halted;          // PICC: deselected
    struct span out;      // APDU to be sent; borrowed
    size_t out_sent;      // bytes of it that the other side has
    size_t out_under_way; // … and that stand in the last I-block
    struct writer in;     // APDU received; over the caller's buffer
    uint16_t seen_length; // PICC: the last I-block, to know it when it comes twice; 0: none
    uint8_t seen[ISO_DEP_BLOCK_MAX];
};

struct iso_dep_link {
    unsigned fsd, fsc; // frame sizes in bytes that PCD and PICC take, 16 to 256
    unsigned fwi;
    unsigned cid;
    bool cid_present; // PCD: send the CID. PICC: supports a CID
};

// --- PCD ---------------------------------------------------------------------------------------------------

// After activation; also to forget everything.
void iso_dep_pcd_start(struct iso_dep *dep, const struct iso_dep_link *link);
// Sends a command; both it and the `capacity` bytes at `response` stay the caller's until the exchange ends.
enum iso_dep_step iso_dep_pcd_command(struct iso_dep *dep, struct span command, uint8_t *response,
                                      size_t capacity, struct writer *block);
// A block came; one with a wrong CRC, and none in the waiting time, are iso_dep_pcd_nothing.
enum iso_dep_step iso_dep_pcd_receive(struct iso_dep *dep, struct span received, struct writer *block);
enum iso_dep_step iso_dep_pcd_nothing(struct iso_dep *dep, struct writer *block);
// Between commands: asks whether the card is there (R(NAK)), and lets it halt (S(DESELECT), ISO 14443-4 §8).
enum iso_dep_step iso_dep_pcd_presence(struct iso_dep *dep, struct writer *block);
enum iso_dep_step iso_dep_pcd_deselect(struct iso_dep *dep, struct writer *block);
// How long to wait for the answer to the last block, in periods of the carrier; WTX counts for one block.
uint32_t iso_dep_pcd_wait(const struct iso_dep *dep);

// --- PICC --------------------------------------------------------------------------------------------------

// After activation. Commands are gathered in the `capacity` bytes at `command`.
void iso_dep_picc_start(struct iso_dep *dep, const struct iso_dep_link *link, uint8_t *command,
                        size_t capacity);
// A block came; one with a wrong CRC is not reported. Empty I-blocks are answered here (ISO 14443-4 §7.5.4,
// rule 10).
enum iso_dep_step iso_dep_picc_receive(struct iso_dep *dep, struct span received, struct writer *block);
// After ISO_DEP_COMPLETE: the response, which stays the caller's until the next command.
enum iso_dep_step iso_dep_picc_respond(struct iso_dep *dep, struct span response, struct writer *block);
// After ISO_DEP_COMPLETE or ISO_DEP_GRANTED: asks for `wtxm` (1 to 59) times the frame waiting time.
enum iso_dep_step iso_dep_picc_wait(struct iso_dep *dep, unsigned wtxm, struct writer *block);

// The APDU received, after ISO_DEP_COMPLETE. False: longer than the buffer (PICC only).
bool iso_dep_received(const struct iso_dep *dep, struct span *apdu);

#endif
