// One end of ISO-DEP, and the block that it sends.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/iso_dep_stage.h"

struct iso_dep dep;
uint8_t gathered[APDU_MAX];
static uint8_t block_bytes[ISO_DEP_BLOCK_MAX];
struct writer block;

struct span hex_apdu(const char *text)
{
    static uint8_t bytes[APDU_MAX];
    return unhex(text, bytes, sizeof bytes);
}

const struct iso_dep_link small = {.fsd = 16, .fsc = 16, .fwi = 4};

void expect(enum iso_dep_step is, enum iso_dep_step should_be, const char *wanted)
{
    assert_int_equal(is, should_be);
    assert_false(block.overflow);
    assert_span_hex(writer_span(&block), wanted == NULL ? "" : wanted);
}

void new_block(void)
{
    block = writer_of(block_bytes, sizeof block_bytes);
}

void expect_apdu(const char *text)
{
    struct span apdu;
    assert_true(iso_dep_received(&dep, &apdu));
    assert_span_hex(apdu, text);
}
