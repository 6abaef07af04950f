// DG2: the biometric templates of the face (9303-10 §4.7.2, ISO 7816-11), and the image in their records.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "card/wire/tlv.h"
#include "host/reader/lds.h"

enum {
    TAG_GROUP_TEMPLATE = 0x7F61,
    TAG_TEMPLATE = 0x7F60,
    TAG_COUNT = 0x02,
    TAG_HEADER = 0xA1,
    TAG_FORMAT_TYPE = 0x88,
    TAG_DATA = 0x5F2E,
    TAG_DATA_CONSTRUCTED = 0x7F2E,
    FORMAT_39794_5 = 0x002A, // CBEFF format type; 19794-5 is 0008
    TAG_FACE_39794 = 0x65,   // FaceImageDataBlock, [APPLICATION 5]
};

// --- ISO 19794-5:2005 --------------------------------------------------------------------------------------

enum {
    FACIAL_HEADER = 14,      // "FAC", "010", length of the record, number of faces
    FACIAL_INFORMATION = 20, // length of this face's data first, then number of feature points
    FEATURE_POINT = 8,
    IMAGE_INFORMATION = 12,
};

static uint32_t number(struct span bytes, size_t offset, size_t n)
{
    uint32_t value = 0;
    for (size_t i = 0; i < n; i++) {
        value = value << 8 | bytes.p[offset + i];
    }
    return value;
}

// What the image's first bytes say, which is believed over the header's type.
static bool image_type(struct span image, enum jumin_image_type *type)
{
    static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF};
    static const uint8_t jp2[] = {0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20};
    static const uint8_t codestream[] = {0xFF, 0x4F, 0xFF, 0x51};
    const struct span starts[] = {span_of(jpeg, sizeof jpeg), span_of(jp2, sizeof jp2),
                                  span_of(codestream, sizeof codestream)};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (span_equal(span_first(image, starts[i].n), starts[i])) {
            *type = i == 0 ? JUMIN_IMAGE_JPEG : JUMIN_IMAGE_JPEG2000;
            return true;
        }
    }
    return false;
}

bool face_19794_parse(struct span block, struct jumin_portrait *portrait, const char **why)
{
    static const uint8_t magic[] = {'F', 'A', 'C', 0, '0', '1', '0', 0};
    *why = "DG2: the record is not of ISO 19794-5:2005";
    if (block.n < FACIAL_HEADER + FACIAL_INFORMATION ||
        !span_equal(span_first(block, sizeof magic), span_of(magic, sizeof magic))) {
        return false;
    }
    *why = "DG2: the lengths in the record do not fit together";
    const uint32_t record_length = number(block, 8, 4), faces = number(block, 12, 2);
    if (record_length != block.n || faces == 0) {
        return false;
    }
    const struct span rest = span_from(block, FACIAL_HEADER);
    const uint32_t face_length = number(rest, 0, 4);
    const size_t image_at =
        FACIAL_INFORMATION + FEATURE_POINT * (size_t)number(rest, 4, 2) + IMAGE_INFORMATION;
    if (face_length > rest.n || image_at >= face_length || (faces == 1 && face_length != rest.n)) {
        return false;
    }
    const struct span face = span_first(rest, face_length);
    const struct span image = span_from(face, image_at);
    *why = "DG2: the image is neither JPEG nor JPEG 2000";
    if (!image_type(image, &portrait->type)) {
        return false;
    }
    portrait->image = image.p;
    portrait->n = image.n;
    portrait->width = number(face, image_at - IMAGE_INFORMATION + 2, 2);
    portrait->height = number(face, image_at - IMAGE_INFORMATION + 4, 2);
    return true;
}

// --- ISO 39794-5:2019 --------------------------------------------------------------------------------------

// The content of `tag` among the objects of `content`.
static bool enter(struct span *content, uint32_t tag)
{
    struct tlv object;
    if (!tlv_find(*content, tag, &object)) {
        return false;
    }
    *content = object.value;
    return true;
}

// An unsigned INTEGER of at most 4 bytes in `tag`; 0 when it is not there.
static uint32_t small_integer(struct span content, uint32_t tag)
{
    struct tlv object;
    return tlv_find(content, tag, &object) && object.value.n > 0 && object.value.n <= 4
               ? number(object.value, 0, object.value.n)
               : 0;
}

bool face_39794_parse(struct span block, struct jumin_portrait *portrait, const char **why)
{
    // representationBlocks [1], the first of them, imageRepresentation [1], base [0],
    // imageRepresentation2DBlock [0]
    static const uint32_t path[] = {TAG_FACE_39794, 0xA1, 0x30, 0xA1, 0xA0, 0xA0};
    *why = "DG2: the record is not of ISO 39794-5";
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        if (!enter(&block, path[i])) {
            return false;
        }
    }
    struct tlv image;
    *why = "DG2: the record holds no image that is JPEG or JPEG 2000";
    if (!tlv_find(block, 0x80, &image) || !image_type(image.value, &portrait->type)) {
        return false;
    }
    portrait->image = image.value.p;
    portrait->n = image.value.n;
    struct span size = block;
    if (enter(&size, 0xA1) && enter(&size, 0xA7)) { // imageInformation2DBlock [1], imageSizeBlock [7]
        portrait->width = small_integer(size, 0x80);
        portrait->height = small_integer(size, 0x81);
    }
    return true;
}

// --- Templates ---------------------------------------------------------------------------------------------

// Biometric header template: the format's type, 0 when it does not say.
static uint32_t format_type(struct span header)
{
    struct tlv type;
    return tlv_find(header, TAG_FORMAT_TYPE, &type) && type.value.n == 2 ? number(type.value, 0, 2) : 0;
}

bool lds_dg2_parse(struct span file, struct jumin_portrait *portrait, const char **why)
{
    struct tlv outer, group, count, template, header, data;
    memset(portrait, 0, sizeof *portrait);
    *why = "DG2 is not one template 75 with one 7F61";
    if (!tlv_expect(&file, LDS_DG2, &outer) || file.n != 0 ||
        !tlv_expect(&outer.value, TAG_GROUP_TEMPLATE, &group) || outer.value.n != 0) {
        return false;
    }
    struct span content = group.value;
    *why = "DG2 holds no face";
    if (!tlv_expect(&content, TAG_COUNT, &count) || count.value.n != 1 || count.value.p[0] == 0 ||
        !tlv_expect(&content, TAG_TEMPLATE, &template)) {
        return false;
    }
    *why = "DG2: the face's template is not a header A1 and a record 5F2E or 7F2E";
    content = template.value;
    if (!tlv_expect(&content, TAG_HEADER, &header) ||
        (!tlv_expect(&content, TAG_DATA, &data) && !tlv_expect(&content, TAG_DATA_CONSTRUCTED, &data))) {
        return false;
    }
    struct jumin_portrait found = {0};
    const bool newer = format_type(header.value) == FORMAT_39794_5;
    if (!(newer ? face_39794_parse(data.value, &found, why) : face_19794_parse(data.value, &found, why))) {
        return false;
    }
    *portrait = found;
    return true;
}
