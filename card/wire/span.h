// Bytes that come from outside (span) and bytes that go outside (writer), both bounded.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_SPAN_H
#define JUMIN_CARD_WIRE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Borrowed, read-only bytes. The empty span may have a null pointer.
struct span {
    const uint8_t *p;
    size_t n;
};

static inline struct span span_of(const void *p, size_t n)
{
    return (struct span){(const uint8_t *)p, n};
}

// The part of `s` from `offset` on; empty when `offset` lies behind its end.
static inline struct span span_from(struct span s, size_t offset)
{
    return offset < s.n ? span_of(s.p + offset, s.n - offset) : span_of(NULL, 0);
}

// The first `n` bytes of `s`, or all of it when it is shorter.
static inline struct span span_first(struct span s, size_t n)
{
    return span_of(s.p, n < s.n ? n : s.n);
}

// Moves the first `n` bytes of `*s` to `*taken`. False, and nothing changed, when there are fewer.
static inline bool span_take(struct span *s, size_t n, struct span *taken)
{
    if (n > s->n) {
        return false;
    }
    *taken = span_of(s->p, n);
    *s = span_from(*s, n);
    return true;
}

// Compares public bytes; not for secrets (crypto_equal is).
static inline bool span_equal(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

// Appends to a caller's buffer and remembers overflow: after it, nothing more is written and `overflow`
// stays set, so a row of puts needs one check at its end.
struct writer {
    uint8_t *p;
    size_t capacity;
    size_t n;
    bool overflow;
};

static inline struct writer writer_of(void *p, size_t capacity)
{
    return (struct writer){(uint8_t *)p, capacity, 0, false};
}

// Reserves `n` bytes and returns where they are, or NULL (overflow set) when they do not fit.
static inline uint8_t *writer_reserve(struct writer *w, size_t n)
{
    if (w->overflow || n > w->capacity - w->n) {
        w->overflow = true;
        return NULL;
    }
    uint8_t *reserved = w->p + w->n;
    w->n += n;
    return reserved;
}

static inline void writer_put(struct writer *w, struct span s)
{
    uint8_t *to = writer_reserve(w, s.n);
    if (to != NULL && s.n > 0) {
        memmove(to, s.p, s.n);
    }
}

static inline void writer_put_u8(struct writer *w, uint8_t value)
{
    writer_put(w, span_of(&value, 1));
}

// Big-endian.
static inline void writer_put_u16(struct writer *w, uint16_t value)
{
    const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    writer_put(w, span_of(bytes, sizeof bytes));
}

// What has been written so far, borrowed from the writer's buffer.
static inline struct span writer_span(const struct writer *w)
{
    return span_of(w->p, w->n);
}

#endif
