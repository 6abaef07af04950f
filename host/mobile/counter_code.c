// A counter's code: its text, and what its signature is tied to.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/counter_code.h"

#include "card/crypto/crypto.h"
#include "host/mobile/base45.h"
#include <stdlib.h>
#define ZLIB_CONST // it does not write to its input
#include <zlib.h>

enum { PREFIX = sizeof COUNTER_CODE_PREFIX - 1, TIMES_MAX = 32, WINDOW_BITS = 15, MEMORY_LEVEL = 9 };

void counter_code_put_transcript(struct writer *w, int64_t issued, int64_t expires)
{
    cbor_put_array(w, 3);
    cbor_put_null(w);
    cbor_put_null(w);
    cbor_put_array(w, 4);
    cbor_put_string(w, "JuminCounterHandover");
    cbor_put_string(w, COUNTER_CODE_AUDIENCE);
    cbor_put_integer(w, issued);
    cbor_put_integer(w, expires);
}

// --- Making ------------------------------------------------------------------------------------------------------

static bool deflate_parts(const struct span *parts, size_t count, struct writer *out)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return false;
    }
    bool good = deflateSetDictionary(&stream, counter_words, (uInt)counter_words_length) == Z_OK;
    stream.next_out = out->p;
    stream.avail_out = (uInt)out->capacity;
    for (size_t i = 0; i < count && good; i++) {
        const int flush = i + 1 == count ? Z_FINISH : Z_NO_FLUSH;
        stream.next_in = parts[i].p;
        stream.avail_in = (uInt)parts[i].n;
        good = deflate(&stream, flush) == (flush == Z_FINISH ? Z_STREAM_END : Z_OK);
    }
    out->n = (size_t)stream.total_out;
    (void)deflateEnd(&stream);
    return good;
}

bool counter_code_put(struct writer *text, const struct counter_code *code)
{
    uint8_t times[TIMES_MAX], *bytes = malloc(COUNTER_CODE_BYTES_MAX);
    struct writer head = writer_of(times, sizeof times), packed = writer_of(bytes, COUNTER_CODE_BYTES_MAX);
    if (bytes == NULL) {
        return false;
    }
    cbor_put_array(&head, 2);
    cbor_put_integer(&head, code->issued);
    cbor_put_integer(&head, code->expires);
    const struct span parts[] = {writer_span(&head), code->response};
    const bool good = head.n + code->response.n <= COUNTER_CODE_BYTES_MAX && deflate_parts(parts, 2, &packed);
    if (good) {
        writer_put(text, span_of(COUNTER_CODE_PREFIX, PREFIX));
        base45_put(text, writer_span(&packed));
    }
    crypto_wipe(bytes, COUNTER_CODE_BYTES_MAX);
    free(bytes);
    return good && !text->overflow;
}

// --- Reading -----------------------------------------------------------------------------------------------------

// The stream that fills `packed`, into COUNTER_CODE_BYTES_MAX bytes at most. What does not begin with our
// dictionary is none.
static bool inflate_all(struct span packed, uint8_t *bytes, size_t *n)
{
    z_stream stream = {0};
    if (inflateInit(&stream) != Z_OK) {
        return false;
    }
    stream.next_in = packed.p;
    stream.avail_in = (uInt)packed.n;
    stream.next_out = bytes;
    stream.avail_out = COUNTER_CODE_BYTES_MAX;
    int result = inflate(&stream, Z_FINISH);
    if (result == Z_NEED_DICT &&
        inflateSetDictionary(&stream, counter_words, (uInt)counter_words_length) == Z_OK) {
        result = inflate(&stream, Z_FINISH);
    } else {
        result = Z_DATA_ERROR;
    }
    const bool whole = result == Z_STREAM_END && stream.avail_in == 0;
    *n = (size_t)stream.total_out;
    (void)inflateEnd(&stream);
    return whole;
}

static bool take_times(struct span *rest, struct counter_code *code)
{
    struct cbor_item array, issued, expires;
    if (!cbor_expect(rest, CBOR_ARRAY, &array) || array.number != 2 ||
        !cbor_expect(rest, CBOR_UNSIGNED, &issued) || !cbor_expect(rest, CBOR_UNSIGNED, &expires) ||
        issued.number >= expires.number || expires.number > INT64_MAX ||
        expires.number - issued.number > COUNTER_CODE_SECONDS) {
        return false;
    }
    code->issued = (int64_t)issued.number;
    code->expires = (int64_t)expires.number;
    return true;
}

enum jumin_error counter_code_read(struct span text, uint8_t *bytes, struct counter_code *code,
                                   struct detail *detail)
{
    uint8_t packed[COUNTER_CODE_TEXT_MAX];
    struct writer w = writer_of(packed, sizeof packed);
    size_t n = 0;
    if (text.n <= PREFIX || text.n > COUNTER_CODE_TEXT_MAX ||
        memcmp(text.p, COUNTER_CODE_PREFIX, PREFIX) != 0) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "it is no code for counters");
    }
    if (!base45_decode(span_from(text, PREFIX), &w) || !inflate_all(writer_span(&w), bytes, &n)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the code was cut, or changed");
    }
    code->response = span_of(bytes, n);
    return take_times(&code->response, code)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_MALFORMED, "the code has no times, or lives for too long");
}
