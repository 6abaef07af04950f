// Making the files of the eMRTD application (9303-10) other than DG2.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/lds_make.h"

#include "card/wire/lds.h"
#include "host/pki/certificate.h"
#include "host/pki/der.h"
#include "host/pki/oids.h"

enum {
    TERMINAL_AUTHENTICATION_VERSION = 1, // 9303-11 §7.1
    INFOS_MAX = 2048,
};

enum lds_element {
    TAG_MRZ = 0x5F1F,
    TAG_LIST = 0x5C,
    TAG_LDS_VERSION = 0x5F01,
    TAG_UNICODE_VERSION = 0x5F36,
    TAG_FULL_NAME = 0x5F0E,
    TAG_OTHER_NAMES = 0xA0,
    TAG_OTHER_NAME = 0x5F0F,
    TAG_FULL_BIRTH_DATE = 0x5F2B,
    TAG_ISSUING_AUTHORITY = 0x5F19,
    TAG_ISSUE_DATE = 0x5F26,
};

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

void put_dg1(struct writer *w, const char mrz[TD1_LENGTH])
{
    const size_t group = tlv_open(w, LDS_DG1);
    tlv_put(w, TAG_MRZ, span_of(mrz, TD1_LENGTH));
    tlv_close(w, group);
}

// Tag list, then the elements in its order (9303-10 §4.7.11).
void put_dg11(struct writer *w, const struct person *person)
{
    const bool hanja = person->name_hanja[0] != '\0';
    const size_t group = tlv_open(w, LDS_DG11);
    const size_t list = tlv_open(w, TAG_LIST);
    writer_put_u16(w, TAG_FULL_NAME);
    if (hanja) {
        writer_put_u16(w, TAG_OTHER_NAME);
    }
    writer_put_u16(w, TAG_FULL_BIRTH_DATE);
    tlv_close(w, list);
    tlv_put(w, TAG_FULL_NAME, text_of(person->name_hangul));
    if (hanja) {
        const size_t names = tlv_open(w, TAG_OTHER_NAMES);
        der_put_number(w, 1);
        tlv_put(w, TAG_OTHER_NAME, text_of(person->name_hanja));
        tlv_close(w, names);
    }
    tlv_put(w, TAG_FULL_BIRTH_DATE, text_of(person->birth_date));
    tlv_close(w, group);
}

void put_dg12(struct writer *w, const struct person *person)
{
    const size_t group = tlv_open(w, LDS_DG12);
    const size_t list = tlv_open(w, TAG_LIST);
    writer_put_u16(w, TAG_ISSUING_AUTHORITY);
    writer_put_u16(w, TAG_ISSUE_DATE);
    tlv_close(w, list);
    tlv_put(w, TAG_ISSUING_AUTHORITY, text_of(person->issuing_authority));
    tlv_put(w, TAG_ISSUE_DATE, text_of(person->issue_date));
    tlv_close(w, group);
}

void put_dg14(struct writer *w, const struct dg14_content *content)
{
    uint8_t bytes[INFOS_MAX];
    struct writer infos = writer_of(bytes, sizeof bytes);
    if (content->terminal_authentication) {
        put_terminal_authentication_info(&infos, TERMINAL_AUTHENTICATION_VERSION);
    }
    for (size_t i = 0; i < content->suite_count; i++) {
        put_chip_authentication_info(&infos, content->suites[i], 1, content->key_id);
    }
    for (size_t i = 0; i < content->pace_count; i++) {
        put_pace_info(&infos, &content->pace[i]);
    }
    if (content->active_authentication) {
        put_active_authentication_info(&infos, certificate_hash(content->curve));
    }
    put_chip_authentication_key_info(&infos, content->curve, content->chip_authentication_point,
                                     content->key_id);
    w->overflow = w->overflow || infos.overflow;
    const size_t group = tlv_open(w, LDS_DG14);
    der_put_set_of(w, writer_span(&infos));
    tlv_close(w, group);
}

void put_dg15(struct writer *w, enum crypto_curve curve, struct span point)
{
    const size_t group = tlv_open(w, LDS_DG15);
    put_subject_public_key(w, curve, point);
    tlv_close(w, group);
}

void put_com(struct writer *w, uint32_t groups)
{
    const size_t com = tlv_open(w, LDS_COM);
    tlv_put(w, TAG_LDS_VERSION, text_of("0107"));
    tlv_put(w, TAG_UNICODE_VERSION, text_of("040000"));
    const size_t list = tlv_open(w, TAG_LIST);
    for (unsigned group = 1; group <= 16; group++) {
        if ((groups >> group & 1) != 0) {
            writer_put_u8(w, lds_tag_of_group(group));
        }
    }
    tlv_close(w, list);
    tlv_close(w, com);
}

void put_security_object(struct writer *w, enum crypto_hash hash, const struct span files[17])
{
    const size_t object = tlv_open(w, DER_SEQUENCE);
    der_put_number(w, 0);
    der_put_algorithm(w, oid_of_hash(hash));
    const size_t hashes = tlv_open(w, DER_SEQUENCE);
    for (unsigned group = 1; group <= 16; group++) {
        uint8_t digest[CRYPTO_HASH_MAX];
        if (files[group].n == 0) {
            continue;
        }
        w->overflow = w->overflow || !crypto_hash_parts(hash, &files[group], 1, digest);
        const size_t entry = tlv_open(w, DER_SEQUENCE);
        der_put_number(w, group);
        tlv_put(w, DER_OCTET_STRING, span_of(digest, crypto_hash_length(hash)));
        tlv_close(w, entry);
    }
    tlv_close(w, hashes);
    tlv_close(w, object);
}
