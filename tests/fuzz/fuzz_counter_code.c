// A counter's code from the other side: what is taken lies within the bytes, has times that a code has, and
// is made again of what it says; and whatever a wallet would say comes out as it went in.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/counter_code.h"
#include <string.h>

static uint8_t bytes[COUNTER_CODE_BYTES_MAX], again[COUNTER_CODE_BYTES_MAX];
static char text[COUNTER_CODE_TEXT_MAX];

// Whether what was read comes back from a text that is made of it; a text that is too long is none.
static void make_and_read(const struct counter_code *code)
{
    struct counter_code read;
    struct detail detail = {""};
    struct writer w = writer_of(text, sizeof text);
    if (counter_code_put(&w, code)) {
        require(counter_code_read(writer_span(&w), again, &read, &detail) == JUMIN_OK);
        require(read.issued == code->issued && read.expires == code->expires);
        require(span_equal(read.response, code->response));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
    struct counter_code code;
    struct detail detail = {""};
    if (counter_code_read(span_of(input, n), bytes, &code, &detail) == JUMIN_OK) {
        require(code.response.p >= bytes && code.response.p + code.response.n <= bytes + sizeof bytes);
        require(code.issued >= 0 && code.expires > code.issued &&
                code.expires - code.issued <= COUNTER_CODE_SECONDS);
        make_and_read(&code);
    } else {
        require(detail.text[0] != '\0');
    }
    const struct counter_code whole = {1800000000, 1800000060, {input, n}};
    make_and_read(&whole);
    return 0;
}
