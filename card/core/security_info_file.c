// SecurityInfos of a stored file, one at a time (9303-11 §9.2).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/security_info_file.h"

enum {
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    HEADER_MAX = 4, // a tag byte and a length of up to 65535
    LENGTH_1 = 0x81,
    LENGTH_2 = 0x82,
};

// Reads tag and length at the current offset; the object must lie within the file. Moves behind the header.
static bool enter(struct security_info_file *file, uint8_t tag, size_t *length)
{
    uint8_t header[HEADER_MAX] = {0};
    const size_t left = file->end - file->offset;
    const size_t n = left < sizeof header ? left : sizeof header;
    if (n < 2 || store_read(file->store, file->object, file->offset, header, n) != STORE_OK ||
        header[0] != tag) {
        return false;
    }
    size_t header_length = 2;
    if (header[1] < 0x80) {
        *length = header[1];
    } else if (header[1] == LENGTH_1) {
        header_length = 3;
        *length = header[2];
    } else if (header[1] == LENGTH_2) {
        header_length = 4;
        *length = (size_t)header[2] << 8 | header[3];
    } else {
        return false;
    }
    if (header_length > n || *length > left - header_length) {
        return false;
    }
    file->offset += header_length;
    return true;
}

bool security_info_file_open(struct security_info_file *file, struct store *store, uint16_t object,
                             uint8_t tag)
{
    file->store = store;
    file->object = object;
    file->offset = 0;
    if (store_length(store, object, &file->end) != STORE_OK) {
        return false;
    }
    size_t length = 0;
    if (tag != 0 && (!enter(file, tag, &length) || file->offset + length != file->end)) {
        return false;
    }
    return enter(file, TAG_SET, &length) && file->offset + length == file->end;
}

enum tlv_result security_info_file_next(struct security_info_file *file, struct security_info *info)
{
    if (file->offset == file->end) {
        return TLV_END;
    }
    const size_t start = file->offset;
    size_t length = 0;
    if (!enter(file, TAG_SEQUENCE, &length)) {
        return TLV_MALFORMED;
    }
    const size_t whole = file->offset + length - start;
    if (whole > sizeof file->bytes) {
        file->offset = start + whole;
        *info = (struct security_info){.kind = SECURITY_INFO_UNKNOWN};
        return TLV_OBJECT;
    }
    if (store_read(file->store, file->object, start, file->bytes, whole) != STORE_OK) {
        return TLV_MALFORMED;
    }
    file->offset = start + whole;
    struct span content = span_of(file->bytes, whole);
    return security_infos_next(&content, info);
}
