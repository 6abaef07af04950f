// Activation of a type A card, up to its selection (ISO 14443-3 §6).
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/picc_internal.h"

enum {
    REQA = 0x26,
    WUPA = 0x52,
    SHORT_FRAME_BITS = 7,
    HLTA = 0x50,

    SEL = 0x93, // of cascade level 1; of the next ones 95 and 97
    NVB_SELECT = 0x70,
    CASCADE_TAG = 0x88,
    LEVEL_BYTES = 5, // four of the UID, or the cascade tag and three; BCC

    SEL_RES_CASCADE = 0x04,
    SEL_RES_ISO_DEP = 0x20,
};

// --- The UID -----------------------------------------------------------------------------------------------

// UIDs have 4, 7 or 10 bytes (§6.5.4).
static unsigned levels(const struct picc *picc)
{
    return (unsigned)picc->uid_length / 3;
}

static void level_bytes(const struct picc *picc, unsigned level, uint8_t bytes[LEVEL_BYTES])
{
    const bool last = level + 1 == levels(picc);
    const uint8_t *uid = picc->uid + 3 * (size_t)level;
    bytes[0] = CASCADE_TAG;
    memcpy(last ? bytes : bytes + 1, uid, last ? 4 : 3);
    bytes[LEVEL_BYTES - 1] = bytes[0] ^ bytes[1] ^ bytes[2] ^ bytes[3];
}

// §6.5.2: the size of the UID in bits 7 and 8, and one bit for the collision that several cards make.
uint16_t picc_sens_res(const struct picc *picc)
{
    return (uint16_t)((levels(picc) - 1) << 6 | 0x04);
}

uint8_t picc_sel_res(void)
{
    return SEL_RES_ISO_DEP;
}

// --- Frames ------------------------------------------------------------------------------------------------

static void fall_back(struct picc *picc)
{
    picc->state = picc->halted ? PICC_HALT : PICC_IDLE;
}

static void wake_up(struct picc *picc, uint8_t command)
{
    const bool listens = picc->state == PICC_IDLE || (picc->state == PICC_HALT && command == WUPA);
    if (!listens || (command != REQA && command != WUPA)) {
        if (picc->state != PICC_HALT) {
            fall_back(picc);
        }
        return;
    }
    const uint16_t sens_res = picc_sens_res(picc);
    const uint8_t bytes[] = {(uint8_t)sens_res, (uint8_t)(sens_res >> 8)};
    picc->halted = picc->state == PICC_HALT;
    picc->state = PICC_READY;
    picc->cascade_level = 0;
    picc_say(picc, span_of(bytes, sizeof bytes), false);
}

static void select_level(struct picc *picc)
{
    const bool last = ++picc->cascade_level == levels(picc);
    const uint8_t sel_res = last ? SEL_RES_ISO_DEP : SEL_RES_CASCADE;
    if (last) {
        picc->state = PICC_ACTIVE;
    }
    picc_say(picc, span_of(&sel_res, sizeof sel_res), true);
}

// SEL, the number of valid bits of the UID that follow (whole bytes here), and these.
static void anticollision(struct picc *picc, const struct rf_frame *frame)
{
    uint8_t own[LEVEL_BYTES];
    const struct span given = span_from(span_of(frame->bytes, frame->n), 2);
    level_bytes(picc, picc->cascade_level, own);
    const bool right = frame->n >= 2 && frame->last_bits == 0 &&
                       frame->bytes[0] == SEL + 2 * picc->cascade_level && frame->bytes[1] == frame->n << 4 &&
                       given.n <= LEVEL_BYTES && span_equal(given, span_of(own, given.n)) &&
                       frame->crc == (frame->bytes[1] == NVB_SELECT);
    if (!right) {
        fall_back(picc);
    } else if (frame->crc) {
        select_level(picc);
    } else {
        picc_say(picc, span_of(own + given.n, LEVEL_BYTES - given.n), false);
    }
}

static void selected(struct picc *picc, const struct rf_frame *frame)
{
    uint8_t fsdi = 0, cid = 0;
    const struct span bytes = span_of(frame->bytes, frame->n);
    if (frame->crc && frame->n == 2 && bytes.p[0] == HLTA && bytes.p[1] == 0x00) {
        picc->state = PICC_HALT;
    } else if (frame->crc && iso_dep_rats_parse(bytes, &fsdi, &cid)) {
        picc_open(picc, fsdi, cid, 0, 0);
    } else {
        fall_back(picc);
    }
}

void picc_a_hear(struct picc *picc, const struct rf_frame *frame)
{
    if (frame->n == 1 && frame->last_bits == SHORT_FRAME_BITS) {
        wake_up(picc, frame->bytes[0]);
    } else if (picc->state == PICC_READY) {
        anticollision(picc, frame);
    } else if (picc->state == PICC_ACTIVE) {
        selected(picc, frame);
    }
}
