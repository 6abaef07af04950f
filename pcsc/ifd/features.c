// The reader's features: PC/SC-10 §2, its amendment 1 and TR-03119 for PACE, PC/SC-3 §3.2.2.1.3.
// SPDX-License-Identifier: Apache-2.0
#include "pcsc/ifd/features.h"

#include <ifdhandler.h>
#include <reader.h>

#include "card/wire/apdu.h"

enum {
    MAX_APDU_DATA_SIZE = 0x10000, // extended length; as dwMaxAPDUDataSize counts it
    FEATURE_CODE_BASE = 0x330000,
};

// EXECUTE_PACE (amendment 1 of PC/SC-10, TR-03119).
enum pace_function {
    PACE_GET_CAPABILITIES = 1,
};
static const uint32_t pace_no_error = 0;
static const uint32_t pace_inconsistent_lengths = 0xD0000001;
static const uint32_t pace_unexpected_data = 0xD0000002;

static uint32_t feature_code(uint8_t feature)
{
    return (uint32_t)SCARD_CTL_CODE(FEATURE_CODE_BASE + feature);
}

static void put_u32_little_endian(struct writer *w, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        writer_put_u8(w, (uint8_t)(value >> (8 * i)));
    }
}

// Tag, length, control code in big-endian (PC/SC-10 §2.2).
static void put_feature(struct writer *w, uint8_t feature)
{
    const uint32_t code = feature_code(feature);
    writer_put_u8(w, feature);
    writer_put_u8(w, sizeof code);
    writer_put_u16(w, (uint16_t)(code >> 16));
    writer_put_u16(w, (uint16_t)code);
}

static void get_tlv_properties(struct writer *out)
{
    writer_put_u8(out, PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize);
    writer_put_u8(out, 4);
    put_u32_little_endian(out, MAX_APDU_DATA_SIZE);
}

static void put_pace_result(struct writer *out, uint32_t error, struct span data)
{
    put_u32_little_endian(out, error);
    writer_put_u8(out, (uint8_t)data.n);
    writer_put_u8(out, (uint8_t)(data.n >> 8));
    writer_put(out, data);
}

// Input: function, length of the data (2 bytes, little-endian), data.
static void execute_pace(struct span in, struct writer *out)
{
    static const uint8_t no_capabilities[] = {0x00};
    const struct span nothing = {NULL, 0};
    if (in.n < 3 || (size_t)(in.p[1] | in.p[2] << 8) != in.n - 3) {
        put_pace_result(out, pace_inconsistent_lengths, nothing);
    } else if (in.p[0] == PACE_GET_CAPABILITIES && in.n == 3) {
        put_pace_result(out, pace_no_error, span_of(no_capabilities, sizeof no_capabilities));
    } else {
        put_pace_result(out, pace_unexpected_data, nothing);
    }
}

enum features_result features_control(uint32_t control_code, struct span in, struct writer *out)
{
    if (control_code == CM_IOCTL_GET_FEATURE_REQUEST) {
        put_feature(out, FEATURE_EXECUTE_PACE);
        put_feature(out, FEATURE_GET_TLV_PROPERTIES);
    } else if (control_code == feature_code(FEATURE_GET_TLV_PROPERTIES)) {
        get_tlv_properties(out);
    } else if (control_code == feature_code(FEATURE_EXECUTE_PACE)) {
        execute_pace(in, out);
    } else {
        return FEATURES_UNKNOWN;
    }
    return out->overflow ? FEATURES_NO_SPACE : FEATURES_OK;
}

bool features_reader_command(struct span command, struct span uid, struct span historical,
                             struct writer *response)
{
    enum { CLA_READER = 0xFF, INS_GET_DATA = 0xCA, P1_UID = 0x00, P1_HISTORICAL = 0x01, HEADER = 4 };
    if (command.n < HEADER || command.p[0] != CLA_READER) {
        return false;
    }
    const bool get_data = command.p[1] == INS_GET_DATA && command.p[3] == 0x00 && command.n == HEADER + 1;
    if (!get_data || command.p[2] > P1_HISTORICAL) {
        writer_put_u16(response, SW_FUNCTION_NOT_SUPPORTED);
        return true;
    }
    const struct span data = command.p[2] == P1_UID ? uid : historical;
    const size_t expected = command.p[HEADER];
    if (expected != 0 && expected < data.n) {
        writer_put_u16(response, (uint16_t)(SW_WRONG_LE | data.n));
        return true;
    }
    writer_put(response, data);
    writer_put_u16(response, expected > data.n ? SW_END_OF_FILE : SW_OK);
    return true;
}
