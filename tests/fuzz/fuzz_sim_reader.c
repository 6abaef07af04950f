// What readers send to a simulated card, over our driver's socket and over vpcd's: requests lie inside what
// was received, and answers fit their buffer. The first byte of an input says which, and how it comes in
// pieces.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/core/limits.h"
#include "tools/jumin/sim_reader.h"

static void answer(struct sim_reader *reader, const struct sim_request *request)
{
    static const uint8_t response[CARD_RESPONSE_MAX], uid[4], historical[3];
    const struct iso_dep_ats ats = {.fsci = 8, .historical = span_of(historical, sizeof historical)};
    switch (request->type) {
    case SIM_SELECT:
        sim_reader_selected(reader, request, span_of(uid, sizeof uid), &ats);
        break;
    case SIM_COMMAND:
        require(request->command.p + request->command.n <= reader->inbox.bytes + reader->inbox.n);
        sim_reader_extend(reader, request->sequence);
        sim_reader_answer(reader, request->sequence,
                          span_of(response, request->command.n % 2 == 0 ? sizeof response : 2));
        break;
    case SIM_FIELD_OFF:
        reader->outbox_length = 0; // as if all had been sent by now
        break;
    case SIM_REFUSED:
        break;
    }
    require(reader->outbox_length <= sizeof reader->outbox);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct sim_reader reader;
    if (n == 0) {
        return 0;
    }
    memset(&reader, 0, sizeof reader);
    reader.socket = -1;
    reader.vpcd = (bytes[0] & 1) != 0;
    const size_t most = (size_t)(bytes[0] >> 1) + 1;
    struct span input = span_of(bytes + 1, n - 1);
    enum sim_next next = SIM_NOTHING;
    while (next == SIM_NOTHING && input.n > 0) {
        struct sim_request request;
        size_t room = 0;
        uint8_t *to = link_room(&reader.inbox, &room);
        require(room > 0);
        const struct span piece = span_first(input, room < most ? room : most);
        memcpy(to, piece.p, piece.n);
        link_filled(&reader.inbox, piece.n);
        input = span_from(input, piece.n);
        while ((next = sim_reader_next(&reader, &request)) == SIM_REQUEST) {
            answer(&reader, &request);
        }
    }
    return 0;
}
