// How page headers and records are coded in flash, and their check value (CRC-32 of ISO 3309).
// SPDX-License-Identifier: Apache-2.0
#include "card/nvm/store_internal.h"

enum {
    MAGIC = 0x4A4D5331, // "JMS1": the format's name and version
    CHECK_AT = 8,       // of the check value in a record
};

// Four bits at a time: a small table, and quick enough to check half a megabyte at power-on.
static uint32_t crc_update(uint32_t crc, const uint8_t *p, size_t n)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        crc = (crc >> 4) ^ table[crc & 0x0F];
        crc = (crc >> 4) ^ table[crc & 0x0F];
    }
    return crc;
}

static void put16(uint8_t *out, uint16_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static uint16_t get16(const uint8_t *in)
{
    return (uint16_t)(in[0] << 8 | in[1]);
}

void store_put32(uint8_t *out, uint32_t value)
{
    put16(out, (uint16_t)(value >> 16));
    put16(out + 2, (uint16_t)value);
}

uint32_t store_get32(const uint8_t *in)
{
    return (uint32_t)get16(in) << 16 | get16(in + 2);
}

static uint32_t page_check(const uint8_t *header)
{
    return ~crc_update(UINT32_MAX, header, STORE_PAGE_HEADER - 4);
}

void store_page_encode(struct store_page *page, uint8_t out[STORE_PAGE_HEADER])
{
    store_put32(out, MAGIC);
    store_put32(out + 4, page->number);
    store_put32(out + 8, page->previous);
    store_put32(out + 12, page->oldest);
    store_put32(out + 16, page->link);
    store_put32(out + 20, page->erases);
    put16(out + 24, page->previous_end);
    put16(out + 26, page->pages);
    page->check = page_check(out);
    store_put32(out + 28, page->check);
}

bool store_page_decode(struct store_page *page, const uint8_t in[STORE_PAGE_HEADER])
{
    page->number = store_get32(in + 4);
    page->previous = store_get32(in + 8);
    page->oldest = store_get32(in + 12);
    page->link = store_get32(in + 16);
    page->erases = store_get32(in + 20);
    page->previous_end = get16(in + 24);
    page->pages = get16(in + 26);
    page->check = store_get32(in + 28);
    return store_get32(in) == MAGIC && page->check == page_check(in);
}

// The page's number is part of it, so that a record counts only in the page and the round it was written in.
static uint32_t record_check(uint32_t page_number, const uint8_t *record, size_t length)
{
    uint8_t number[4];
    store_put32(number, page_number);
    uint32_t crc = crc_update(UINT32_MAX, number, sizeof number);
    crc = crc_update(crc, record, CHECK_AT);
    return ~crc_update(crc, record + STORE_RECORD_HEADER, length);
}

void store_record_encode(struct store_record *record, uint32_t page_number, uint8_t *out)
{
    out[0] = record->kind;
    out[1] = record->fragment;
    put16(out + 2, record->id);
    put16(out + 4, record->length);
    put16(out + 6, record->transaction);
    record->check = record_check(page_number, out, record->length);
    store_put32(out + CHECK_AT, record->check);
    const size_t used = STORE_RECORD_HEADER + (size_t)record->length;
    memset(out + used, 0xFF, store_record_size(record->length) - used);
}

static bool is_our_kind(uint8_t kind, uint16_t length)
{
    switch (kind & STORE_KIND_MASK) {
    case STORE_DATA:
        return (kind & STORE_SUPERSEDED) == 0 && (kind & 0x10) == 0 && length <= STORE_FRAGMENT;
    case STORE_DELETE:
        return (kind & ~STORE_COMMITS) == STORE_DELETE && length == 0;
    case STORE_COMMIT:
        return kind == STORE_COMMIT && length == 0;
    case STORE_COPY:
        return (kind & ~STORE_SUPERSEDED) == STORE_COPY && length <= STORE_FRAGMENT;
    case STORE_ADVANCE:
        return kind == STORE_ADVANCE && length == 4;
    default:
        return false;
    }
}

bool store_record_decode(struct store_record *record, const uint8_t in[STORE_RECORD_HEADER])
{
    record->kind = in[0];
    record->fragment = in[1];
    record->id = get16(in + 2);
    record->length = get16(in + 4);
    record->transaction = get16(in + 6);
    record->check = store_get32(in + CHECK_AT);
    return is_our_kind(record->kind, record->length) && record->fragment < STORE_OBJECT_FRAGMENTS;
}

bool store_record_intact(const struct store_record *record, uint32_t page_number, const uint8_t *in)
{
    return record->check == record_check(page_number, in, record->length);
}
