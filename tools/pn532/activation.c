// Finding the card and selecting it, and letting it go.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/command.h"

void set_modulation(struct chip *chip, uint8_t framing, unsigned dri, unsigned dsi)
{
    const uint8_t mode = MODE_CRC | framing;
    registers_write(&chip->registers, REGISTER_TX_MODE, (uint8_t)(mode | dri << MODE_SPEED_SHIFT));
    registers_write(&chip->registers, REGISTER_RX_MODE, (uint8_t)(mode | dsi << MODE_SPEED_SHIFT));
}

// RATS, or ATTRIB for the card that answered.
static void put_activation(const struct chip *chip, struct rf_frame *frame)
{
    struct writer w = writer_of(frame->bytes, sizeof frame->bytes);
    if (chip->target.type == PICC_TYPE_A) {
        (void)iso_dep_put_rats(&w, CHIP_FSDI, 0);
    } else {
        uint8_t atqb[PICC_ATQB];
        picc_atqb(&chip->picc, atqb);
        writer_put_u8(&w, 0x1D);
        writer_put(&w, span_of(atqb + 1, PICC_PUPI));
        writer_put_u8(&w, 0x00);       // Param 1: times as the standard has them
        writer_put_u8(&w, CHIP_FSDI);  // Param 2: 106 kbit/s both ways
        writer_put_u8(&w, 0x01);       // Param 3: ISO-DEP
        writer_put_u8(&w, CHIP_CID_B); // Param 4
    }
    frame->n = w.n;
    frame->last_bits = 0;
    frame->crc = true;
}

static void open_exchange(struct chip *chip)
{
    const struct iso_dep_ats *card = &chip->picc.parameters;
    const bool type_b = chip->target.type == PICC_TYPE_B;
    const struct iso_dep_link link = {.fsd = iso_dep_frame_size(CHIP_FSDI),
                                      .fsc = iso_dep_frame_size(card->fsci),
                                      .fwi = card->fwi,
                                      .cid = type_b ? CHIP_CID_B : 0,
                                      .cid_present = type_b && card->cid};
    exchange_open(&chip->exchange, chip->target.type, &link);
    chip->target.dep = true;
}

static enum activation activated(struct chip *chip, enum picc_reply replied)
{
    chip->activating = replied == PICC_BUSY;
    switch (replied) {
    case PICC_BUSY:
        return ACTIVATION_WAITS;
    case PICC_ANSWERS:
        open_exchange(chip);
        return ACTIVATION_DONE;
    default:
        chip->target.selected = false;
        return ACTIVATION_NONE;
    }
}

enum activation activate_protocol(struct chip *chip)
{
    struct rf_frame frame, reply;
    if (chip->activating) {
        return activated(chip, picc_listen(&chip->picc, &reply));
    }
    put_activation(chip, &frame);
    return activated(chip, picc_hear(&chip->picc, chip->target.type, 0, 0, &frame, &reply));
}

enum activation activate(struct chip *chip, enum picc_type type, uint8_t afi, bool protocol)
{
    if (chip->activating) {
        return activate_protocol(chip);
    }
    set_modulation(chip, type == PICC_TYPE_A ? MODE_FRAMING_A : MODE_FRAMING_B, 0, 0);
    if (chip->picc.power == PICC_STARTING) {
        return ACTIVATION_WAITS;
    }
    if (!picc_wake(&chip->picc, type, afi)) {
        return ACTIVATION_NONE;
    }
    chip->target = (struct target){.known = true, .selected = true, .type = type};
    exchange_abandon(&chip->exchange);
    return protocol ? activate_protocol(chip) : ACTIVATION_DONE;
}

bool settle(struct chip *chip)
{
    chip->fifo.listens = false;
    return chip->exchange.state != EXCHANGE_RUNNING &&
           !(chip->activating && activate_protocol(chip) == ACTIVATION_WAITS);
}

bool deselect(struct chip *chip)
{
    static const uint8_t hlta[] = {0x50, 0x00};
    if (!settle(chip)) {
        return false;
    }
    if (!chip->target.known || !chip->target.selected) {
        return true;
    }
    chip->target.selected = false;
    if (chip->target.dep) {
        exchange_deselect(&chip->exchange);
        exchange_run(&chip->exchange, &chip->picc, chip->now);
        return chip->exchange.state != EXCHANGE_RUNNING;
    }
    struct rf_frame frame = {.n = sizeof hlta, .crc = true}, reply;
    memcpy(frame.bytes, hlta, sizeof hlta);
    (void)picc_hear(&chip->picc, PICC_TYPE_A, 0, 0, &frame, &reply);
    return true;
}

void put_target(const struct chip *chip, struct writer *answer)
{
    const struct picc *card = &chip->picc;
    writer_put_u8(answer, TARGET_NUMBER);
    if (chip->target.type == PICC_TYPE_B) {
        uint8_t atqb[PICC_ATQB];
        picc_atqb(card, atqb);
        writer_put(answer, span_of(atqb, sizeof atqb));
        writer_put_u8(answer, 1);          // length of the answer to ATTRIB
        writer_put_u8(answer, CHIP_CID_B); // MBLI 0, CID
        return;
    }
    writer_put_u16(answer, picc_sens_res(card));
    writer_put_u8(answer, picc_sel_res());
    writer_put_u8(answer, (uint8_t)card->uid_length);
    writer_put(answer, span_of(card->uid, card->uid_length));
    if (chip->target.dep) {
        writer_put(answer, span_of(card->ats, card->ats_length));
    }
}
