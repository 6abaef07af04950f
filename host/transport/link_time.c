// The time of APDUs over the air: frames, pauses and acknowledgements of ISO 14443 type A.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/link_model.h>

enum {
    CARRIER_KHZ = 13560,
    FRAME_DELAY =
        1172,          // periods of the carrier from frame to frame (ISO 14443-3 §6.2.1.1: n = 9, last bit 0)
    ETU_106 = 128,     // periods of the carrier for a bit at 106 kbit/s
    BITS_OF_BYTE = 9,  // with parity
    BITS_OF_FRAME = 2, // start and end
    PCB_AND_CRC = 3,
    ACKNOWLEDGEMENT = 3, // R(ACK), CRC included
    FRAME_SIZE_MIN = 16,
    FRAME_SIZE_MAX = 256,
};

static bool frame_size_valid(unsigned size)
{
    return size >= FRAME_SIZE_MIN && size <= FRAME_SIZE_MAX;
}

// Periods of the carrier for one bit; 0 for a rate that does not exist.
static uint64_t bit_time(unsigned rate)
{
    switch (rate) {
    case 106:
        return ETU_106;
    case 212:
        return ETU_106 / 2;
    case 424:
        return ETU_106 / 4;
    case 848:
        return ETU_106 / 8;
    default:
        return 0;
    }
}

bool jumin_link_model_valid(const struct jumin_link_model *model)
{
    return model != NULL && bit_time(model->rate) != 0 && frame_size_valid(model->fsd) &&
           frame_size_valid(model->fsc);
}

// One direction of an exchange: frames with data, and an acknowledgement between each two of them.
static void add_apdu(size_t apdu, unsigned frame_size, uint64_t *bits, uint64_t *frames)
{
    const uint64_t inf = frame_size - PCB_AND_CRC;
    const uint64_t blocks = apdu == 0 ? 1 : (apdu + inf - 1) / inf;
    *bits += (apdu + blocks * PCB_AND_CRC) * BITS_OF_BYTE + blocks * BITS_OF_FRAME;
    *bits += (blocks - 1) * (ACKNOWLEDGEMENT * BITS_OF_BYTE + BITS_OF_FRAME);
    *frames += 2 * blocks - 1;
}

uint64_t jumin_link_model_time(const struct jumin_link_model *model, size_t command, size_t response)
{
    uint64_t bits = 0, frames = 0;
    if (!jumin_link_model_valid(model)) {
        return 0;
    }
    add_apdu(command, model->fsc, &bits, &frames);
    add_apdu(response, model->fsd, &bits, &frames);
    const uint64_t periods = bits * bit_time(model->rate) + frames * FRAME_DELAY;
    return (periods * 1000000 + CARRIER_KHZ / 2) / CARRIER_KHZ;
}
