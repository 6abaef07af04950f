// PEM: textual encodings of keys, certificates and CRLs (RFC 7468).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/pem.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char begin_mark[] = "-----BEGIN ";
static const char end_mark[] = "-----END ";
static const char dashes[] = "-----";

enum { LINE = 64, LINE_BYTES = LINE / 4 * 3 };

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

// The offset of `mark` in `text`; text.n when it is not there.
static size_t find(struct span text, struct span mark)
{
    for (size_t i = 0; i + mark.n <= text.n; i++) {
        if (memcmp(text.p + i, mark.p, mark.n) == 0) {
            return i;
        }
    }
    return text.n;
}

// Everything before `mark` goes to `before`, everything behind it stays in `text`.
static bool cut(struct span *text, struct span mark, struct span *before)
{
    const size_t at = find(*text, mark);
    if (at == text->n) {
        return false;
    }
    *before = span_first(*text, at);
    *text = span_from(*text, at + mark.n);
    return true;
}

static int sextet(uint8_t character)
{
    const char *at = character == 0 ? NULL : strchr(alphabet, character);
    return at == NULL ? -1 : (int)(at - alphabet);
}

bool base64_decode(struct span text, struct writer *out)
{
    uint32_t bits = 0;
    size_t count = 0, padding = 0;
    for (size_t i = 0; i < text.n; i++) {
        const uint8_t c = text.p[i];
        if (c == '\n' || c == '\r' || c == ' ' || c == '\t') {
            continue;
        }
        const int value = c == '=' ? 0 : sextet(c);
        padding += c == '=' ? 1 : 0;
        if (value < 0 || (c != '=' && padding > 0)) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        if (++count % 4 == 0) {
            const uint8_t quantum[3] = {(uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits};
            writer_put(out, span_of(quantum, padding <= 2 ? 3 - padding : 0));
        }
    }
    return count % 4 == 0 && padding <= 2 && !out->overflow;
}

bool pem_next(struct span *text, struct span *label, struct writer *der)
{
    struct span skipped, body, end_label;
    if (!cut(text, text_of(begin_mark), &skipped) || !cut(text, text_of(dashes), label) ||
        !cut(text, text_of(end_mark), &body) || !cut(text, text_of(dashes), &end_label)) {
        return false;
    }
    return span_equal(*label, end_label) && base64_decode(body, der);
}

struct span pem_before(struct span text, const char *label)
{
    struct span rest = text, before, found;
    while (cut(&rest, text_of(begin_mark), &before) && cut(&rest, text_of(dashes), &found)) {
        if (span_equal(found, text_of(label))) {
            return span_first(text, (size_t)(found.p - text.p) - strlen(begin_mark));
        }
    }
    return text;
}

static void put_mark(struct writer *w, const char *mark, const char *label)
{
    writer_put(w, text_of(mark));
    writer_put(w, text_of(label));
    writer_put(w, text_of(dashes));
    writer_put_u8(w, '\n');
}

void base64_put(struct writer *w, struct span bytes)
{
    for (size_t i = 0; i < bytes.n; i += 3) {
        const struct span part = span_first(span_from(bytes, i), 3);
        const uint32_t bits = (uint32_t)part.p[0] << 16 | (part.n > 1 ? (uint32_t)part.p[1] << 8 : 0) |
                              (part.n > 2 ? part.p[2] : 0);
        const uint8_t quantum[4] = {
            (uint8_t)alphabet[bits >> 18 & 63],
            (uint8_t)alphabet[bits >> 12 & 63],
            (uint8_t)(part.n > 1 ? alphabet[bits >> 6 & 63] : '='),
            (uint8_t)(part.n > 2 ? alphabet[bits & 63] : '='),
        };
        writer_put(w, span_of(quantum, sizeof quantum));
    }
}

void pem_put(struct writer *w, const char *label, struct span der)
{
    put_mark(w, begin_mark, label);
    for (size_t i = 0; i < der.n; i += LINE_BYTES) {
        base64_put(w, span_first(span_from(der, i), LINE_BYTES));
        writer_put_u8(w, '\n');
    }
    put_mark(w, end_mark, label);
}

size_t pem_length(const char *label, size_t n)
{
    const size_t marks = sizeof begin_mark - 1 + sizeof end_mark - 1 + 2 * (strlen(label) + sizeof dashes);
    const size_t characters = (n + 2) / 3 * 4;
    return marks + characters + (characters + LINE - 1) / LINE;
}
