// Activation of a type B card, up to ATTRIB (ISO 14443-3 §7).
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/picc_internal.h"

enum {
    APF = 0x05, // REQB and WUPB
    REQUEST_LENGTH = 3,
    PARAM_WUPB = 0x08,
    ATTRIB = 0x1D,
    ATTRIB_LENGTH = 1 + PICC_PUPI + 4, // and what a higher layer adds
    ATTRIB_PROTOCOL_ISO_DEP = 0x01,
    HLTB = 0x50,
    HLTB_LENGTH = 1 + PICC_PUPI,

    ATQB = 0x50,
    AFI_ALL = 0x00,
    AFI_MRTD = 0xE1,       // 9303-10 §3: machine readable travel documents
    ADC_CRC_OF_AID = 0x04, // the application data are AFI, CRC_B of an AID, numbers of applications
    FO_NAD = 0x02,
    FO_CID = 0x01,
};

void picc_atqb(const struct picc *picc, uint8_t atqb[PICC_ATQB])
{
    struct writer w = writer_of(atqb, PICC_ATQB);
    const struct iso_dep_ats *own = &picc->parameters;
    static const uint8_t application_data[] = {AFI_MRTD, 0xF3, 0x5E, 0x11}; // CRC_B(A0000002471001)
    writer_put_u8(&w, ATQB);
    writer_put(&w, span_of(picc->uid, PICC_PUPI));
    writer_put(&w, span_of(application_data, sizeof application_data));
    writer_put_u8(&w, own->rates);
    writer_put_u8(&w, (uint8_t)(own->fsci << 4 | ATTRIB_PROTOCOL_ISO_DEP));
    writer_put_u8(
        &w, (uint8_t)(own->fwi << 4 | ADC_CRC_OF_AID | (own->nad ? FO_NAD : 0) | (own->cid ? FO_CID : 0)));
}

// A family with sub-family 0 means all of the family (§7.7.3).
static bool meant(uint8_t afi)
{
    return afi == AFI_ALL || afi == AFI_MRTD || afi == (AFI_MRTD & 0xF0);
}

bool picc_b_wake(struct picc *picc, uint8_t afi)
{
    if (!meant(afi)) {
        return false;
    }
    picc->state = PICC_ACTIVE;
    return true;
}

static bool for_this_card(const struct picc *picc, const struct rf_frame *frame)
{
    return memcmp(frame->bytes + 1, picc->uid, PICC_PUPI) == 0;
}

// Of several time slots it takes the first one.
static void request(struct picc *picc, const struct rf_frame *frame)
{
    uint8_t atqb[PICC_ATQB];
    const bool wakes = (frame->bytes[2] & PARAM_WUPB) != 0;
    if ((picc->state == PICC_HALT && !wakes) || !picc_b_wake(picc, frame->bytes[1])) {
        return;
    }
    picc_atqb(picc, atqb);
    picc_say(picc, span_of(atqb, sizeof atqb), true);
}

static void attrib(struct picc *picc, const struct rf_frame *frame)
{
    const uint8_t *parameters = frame->bytes + 1 + PICC_PUPI;
    const unsigned fsdi = parameters[1] & 0x0F, cid = parameters[3] & 0x0F;
    const unsigned dri = parameters[1] >> 4 & 3, dsi = parameters[1] >> 6 & 3;
    const bool possible = (parameters[2] & ATTRIB_PROTOCOL_ISO_DEP) != 0 &&
                          iso_dep_ats_takes(&picc->parameters, dsi, dri) && cid < 15;
    if (possible) {
        picc_open(picc, fsdi, cid, dri, dsi);
    }
}

static void halt(struct picc *picc)
{
    static const uint8_t answer = 0x00;
    picc->state = PICC_HALT;
    picc_say(picc, span_of(&answer, sizeof answer), true);
}

void picc_b_hear(struct picc *picc, const struct rf_frame *frame)
{
    if (!frame->crc || frame->last_bits != 0) {
        return;
    }
    if (frame->n == REQUEST_LENGTH && frame->bytes[0] == APF) {
        request(picc, frame);
    } else if (picc->state != PICC_ACTIVE || frame->n < HLTB_LENGTH || !for_this_card(picc, frame)) {
        return;
    } else if (frame->n == HLTB_LENGTH && frame->bytes[0] == HLTB) {
        halt(picc);
    } else if (frame->n >= ATTRIB_LENGTH && frame->bytes[0] == ATTRIB) {
        attrib(picc, frame);
    }
}
