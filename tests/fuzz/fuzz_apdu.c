// APDUs from outside: a command that parses is one of the seven cases and coded again alike; a response has
// its status word (ISO 7816-3 §12.1.3).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/wire/apdu.h"

static void check_command(struct span input)
{
    static uint8_t buffer[APDU_COMMAND_MAX];
    struct apdu_command command;
    if (!apdu_parse(input, &command)) {
        return;
    }
    require(command.data.n <= APDU_EXTENDED_LC_MAX && command.ne <= APDU_EXTENDED_LE_MAX);
    require(apdu_case_of(&command) <= APDU_CASE_4E);
    struct writer w = writer_of(buffer, sizeof buffer);
    apdu_put(&w, &command);
    require(!w.overflow && span_equal(writer_span(&w), input));
    require(apdu_instruction_name(command.cla, command.ins) != NULL);
}

static void check_response(struct span input)
{
    struct span data;
    uint16_t status;
    require(apdu_response_parse(input, &data, &status) == (input.n >= 2));
    if (input.n >= 2) {
        require(data.n == input.n - 2 && status_word_text(status) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    check_command(span_of(bytes, n));
    check_response(span_of(bytes, n));
    return 0;
}
