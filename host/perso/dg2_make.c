// Making DG2: one face in an ISO 19794-5 record inside the biometric templates of 9303-10 §4.7.2.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/lds_make.h"

#include "card/wire/lds.h"
#include "host/pki/der.h"

enum biometric_tag {
    TAG_GROUP_TEMPLATE = 0x7F61,
    TAG_INFORMATION_TEMPLATE = 0x7F60,
    TAG_HEADER = 0xA1,
    TAG_HEADER_VERSION = 0x80,
    TAG_BIOMETRIC_TYPE = 0x81,
    TAG_FORMAT_OWNER = 0x87,
    TAG_FORMAT_TYPE = 0x88,
    TAG_DATA_BLOCK = 0x5F2E,
};

// ISO 19794-5:2005 §5.4 to §5.7: lengths of the headers, and the few values that are not zero.
enum {
    FACIAL_HEADER = 14,
    FACIAL_INFORMATION = 20,
    IMAGE_INFORMATION = 12,
    IMAGE_FULL_FRONTAL = 0x01,
    IMAGE_JPEG = 0x00,
    IMAGE_JPEG2000 = 0x01,
    COLOUR_RGB24 = 0x01,
};

static void put_u32(struct writer *w, size_t value)
{
    writer_put_u16(w, (uint16_t)(value >> 16));
    writer_put_u16(w, (uint16_t)value);
}

static void put_zeroes(struct writer *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        writer_put_u8(w, 0);
    }
}

static size_t record_length(const struct photo *photo)
{
    return FACIAL_HEADER + FACIAL_INFORMATION + IMAGE_INFORMATION + photo->n;
}

static void put_facial_record(struct writer *w, const struct photo *photo)
{
    static const uint8_t format_and_version[8] = {'F', 'A', 'C', 0, '0', '1', '0', 0};
    // Facial record header
    writer_put(w, span_of(format_and_version, sizeof format_and_version));
    put_u32(w, record_length(photo));
    writer_put_u16(w, 1); // number of facial images
    // Facial information: no feature points; gender, colours, expression and pose unspecified
    put_u32(w, record_length(photo) - FACIAL_HEADER);
    put_zeroes(w, FACIAL_INFORMATION - 4);
    // Image information; source, device and quality unspecified
    writer_put_u8(w, IMAGE_FULL_FRONTAL);
    writer_put_u8(w, photo->type == JUMIN_IMAGE_JPEG2000 ? IMAGE_JPEG2000 : IMAGE_JPEG);
    writer_put_u16(w, (uint16_t)photo->width);
    writer_put_u16(w, (uint16_t)photo->height);
    writer_put_u8(w, COLOUR_RGB24);
    put_zeroes(w, IMAGE_INFORMATION - 7);
    writer_put(w, span_of(photo->image, photo->n));
}

// Biometric header template: CBEFF patron header 1.1, facial features, format of ISO/IEC JTC 1/SC 37.
static void put_header(struct writer *w)
{
    static const uint8_t version[] = {0x01, 0x01}, facial_features[] = {0x02};
    static const uint8_t owner[] = {0x01, 0x01}, type[] = {0x00, 0x08};
    const size_t header = tlv_open(w, TAG_HEADER);
    tlv_put(w, TAG_HEADER_VERSION, span_of(version, sizeof version));
    tlv_put(w, TAG_BIOMETRIC_TYPE, span_of(facial_features, sizeof facial_features));
    tlv_put(w, TAG_FORMAT_OWNER, span_of(owner, sizeof owner));
    tlv_put(w, TAG_FORMAT_TYPE, span_of(type, sizeof type));
    tlv_close(w, header);
}

void put_dg2(struct writer *w, const struct photo *photo)
{
    const size_t group = tlv_open(w, LDS_DG2);
    const size_t templates = tlv_open(w, TAG_GROUP_TEMPLATE);
    der_put_number(w, 1); // instances
    const size_t information = tlv_open(w, TAG_INFORMATION_TEMPLATE);
    put_header(w);
    tlv_put_header(w, TAG_DATA_BLOCK, record_length(photo));
    put_facial_record(w, photo);
    tlv_close(w, information);
    tlv_close(w, templates);
    tlv_close(w, group);
}
