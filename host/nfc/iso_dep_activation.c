// Activation of ISO-DEP: RATS, ATS and PPS, and the codes in them (ISO 14443-4 §5).
// SPDX-License-Identifier: Apache-2.0
#include "host/nfc/iso_dep.h"

enum {
    RATS = 0xE0,
    PPSS = 0xD0,
    PPS0 = 0x11,      // PPS1 follows
    PPS1_NONE = 0x01, // none does
    CID_MAX = 14,
    FSDI_MAX = 8,
    DIVISOR_MAX = 3,
    HISTORICAL_MAX = 15,
    FWI_DEFAULT = 4,
    FSCI_DEFAULT = 2,
    T0_TA = 0x10,
    T0_TB = 0x20,
    T0_TC = 0x40,
    TA_RFU = 0x08,
    TA_SAME_ONLY = 0x80,
    TC_NAD = 0x01,
    TC_CID = 0x02,
};

unsigned iso_dep_frame_size(unsigned code)
{
    static const uint16_t sizes[FSDI_MAX + 1] = {16, 24, 32, 40, 48, 64, 96, 128, ISO_DEP_FRAME_MAX};
    return sizes[code < FSDI_MAX ? code : FSDI_MAX];
}

uint32_t iso_dep_fwt(unsigned fwi)
{
    return (uint32_t)(256 * 16) << (fwi <= 14 ? fwi : FWI_DEFAULT);
}

// --- RATS and PPS ------------------------------------------------------------------------------------------

bool iso_dep_put_rats(struct writer *block, unsigned fsdi, unsigned cid)
{
    if (fsdi > FSDI_MAX || cid > CID_MAX) {
        return false;
    }
    writer_put_u8(block, RATS);
    writer_put_u8(block, (uint8_t)(fsdi << 4 | cid));
    return true;
}

bool iso_dep_rats_parse(struct span block, uint8_t *fsdi, uint8_t *cid)
{
    if (block.n != 2 || block.p[0] != RATS || (block.p[1] & 0x0F) > CID_MAX) {
        return false;
    }
    *fsdi = block.p[1] >> 4;
    *cid = block.p[1] & 0x0F;
    return true;
}

bool iso_dep_put_pps(struct writer *block, unsigned cid, unsigned dsi, unsigned dri)
{
    if (cid > CID_MAX || dsi > DIVISOR_MAX || dri > DIVISOR_MAX) {
        return false;
    }
    writer_put_u8(block, (uint8_t)(PPSS | cid));
    writer_put_u8(block, PPS0);
    writer_put_u8(block, (uint8_t)(dsi << 2 | dri));
    return true;
}

bool iso_dep_pps_parse(struct span block, unsigned cid, uint8_t *dsi, uint8_t *dri)
{
    if (block.n < 2 || block.p[0] != (PPSS | cid)) {
        return false;
    }
    *dsi = *dri = 0;
    if (block.n == 2) {
        return block.p[1] == PPS1_NONE;
    }
    if (block.n != 3 || block.p[1] != PPS0 || (block.p[2] & 0xF0) != 0) {
        return false;
    }
    *dsi = block.p[2] >> 2;
    *dri = block.p[2] & 3;
    return true;
}

// --- ATS ---------------------------------------------------------------------------------------------------

void iso_dep_put_ats(struct writer *block, const struct iso_dep_ats *ats)
{
    const struct span historical = span_first(ats->historical, HISTORICAL_MAX);
    writer_put_u8(block, (uint8_t)(5 + historical.n));
    writer_put_u8(block, (uint8_t)(T0_TA | T0_TB | T0_TC | ats->fsci));
    writer_put_u8(block, ats->rates);
    writer_put_u8(block, (uint8_t)(ats->fwi << 4 | ats->sfgi));
    writer_put_u8(block, (uint8_t)((ats->cid ? TC_CID : 0) | (ats->nad ? TC_NAD : 0)));
    writer_put(block, historical);
}

// The interface byte that `flag` of T0 announces, or its default.
static bool take_byte(struct span *rest, unsigned t0, unsigned flag, uint8_t absent, uint8_t *value)
{
    struct span taken;
    *value = absent;
    if ((t0 & flag) == 0) {
        return true;
    }
    if (!span_take(rest, 1, &taken)) {
        return false;
    }
    *value = taken.p[0];
    return true;
}

bool iso_dep_ats_parse(struct span block, struct iso_dep_ats *ats)
{
    if (block.n == 0 || block.p[0] != block.n) {
        return false;
    }
    struct span rest = span_from(block, 1);
    struct span t0;
    const uint8_t format = span_take(&rest, 1, &t0) ? t0.p[0] : FSCI_DEFAULT;
    uint8_t ta = 0, tb = 0, tc = 0;
    if (!take_byte(&rest, format, T0_TA, 0, &ta) || !take_byte(&rest, format, T0_TB, FWI_DEFAULT << 4, &tb) ||
        !take_byte(&rest, format, T0_TC, TC_CID, &tc)) {
        return false;
    }
    *ats = (struct iso_dep_ats){
        .fsci = format & 0x0F,
        .fwi = tb >> 4,
        .sfgi = tb & 0x0F,
        .rates = (ta & TA_RFU) != 0 ? 0 : ta, // only 106 kbit/s then (§5.2.4)
        .cid = (tc & TC_CID) != 0,
        .nad = (tc & TC_NAD) != 0,
        .historical = rest,
    };
    return true;
}

bool iso_dep_ats_takes(const struct iso_dep_ats *ats, unsigned dsi, unsigned dri)
{
    if (dsi > DIVISOR_MAX || dri > DIVISOR_MAX || (dsi != dri && (ats->rates & TA_SAME_ONLY) != 0)) {
        return false;
    }
    const bool to_card = dri == 0 || (ats->rates >> (dri - 1) & 1) != 0;
    const bool from_card = dsi == 0 || (ats->rates >> (dsi + 3) & 1) != 0;
    return to_card && from_card;
}
