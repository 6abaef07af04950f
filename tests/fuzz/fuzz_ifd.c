// The reader driver's parsers: frames of the socket in any pieces, answers to select, control codes, and what
// a reader says of itself.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "pcsc/ifd/ats.h"
#include "pcsc/ifd/features.h"
#include "pcsc/ifd/protocol.h"
#include "pcsc/properties.h"

enum { ATR_CHECKED_FROM = 1, PIECES_MAX = 64 };

// The messages of a stream are the same however it is cut.
static size_t messages_in_pieces(struct span stream, size_t piece, uint8_t *last_type)
{
    static struct link_inbox inbox;
    size_t count = 0;
    inbox.n = inbox.used = 0;
    while (stream.n > 0) {
        size_t room = 0;
        uint8_t *to = link_room(&inbox, &room);
        const struct span part = span_first(stream, piece < room ? piece : room);
        require(part.n > 0);
        memcpy(to, part.p, part.n);
        link_filled(&inbox, part.n);
        stream = span_from(stream, part.n);
        struct link_message message;
        enum link_next next = link_next(&inbox, &message);
        for (; next == LINK_MESSAGE; next = link_next(&inbox, &message)) {
            require(message.payload.n <= LINK_PAYLOAD_MAX);
            *last_type = message.type;
            count++;
        }
        if (next == LINK_BROKEN) {
            break;
        }
    }
    return count;
}

static void try_frames(struct span bytes)
{
    uint8_t last_whole = 0, last_pieces = 0;
    const size_t whole = messages_in_pieces(bytes, SIZE_MAX, &last_whole);
    require(messages_in_pieces(bytes, 1 + bytes.n % PIECES_MAX, &last_pieces) == whole);
    require(last_whole == last_pieces);
}

static void try_ats(struct span bytes)
{
    struct ats ats;
    uint8_t atr[ATS_ATR_MAX];
    if (!ats_parse(bytes, &ats)) {
        return;
    }
    require(ats.uid.n <= ATS_UID_MAX && ats.historical.n <= ATS_HISTORICAL_MAX);
    require(ats.waiting_time_ms > 0 && ats.waiting_time_ms <= ATS_WAITING_TIME_MAX_MS);
    const size_t n = ats_to_atr(ats.historical, atr);
    uint8_t check = 0;
    for (size_t i = ATR_CHECKED_FROM; i < n; i++) {
        check ^= atr[i];
    }
    require(check == 0); // TCK
}

static void try_features(struct span bytes)
{
    static const uint32_t codes[] = {0x42000D48, 0x42330012, 0x42330020};
    static const uint8_t uid[] = {0x08, 1, 2, 3};
    uint8_t out[64];
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct writer w = writer_of(out, bytes.n % sizeof out);
        const enum features_result result = features_control(codes[i], bytes, &w);
        require((result == FEATURES_NO_SPACE) == w.overflow && result != FEATURES_UNKNOWN);
    }
    struct writer w = writer_of(out, sizeof out);
    if (features_reader_command(bytes, span_of(uid, sizeof uid), span_of(NULL, 0), &w)) {
        require(!w.overflow && w.n >= 2);
    }
}

static void try_properties(struct span bytes)
{
    uint32_t code = 0;
    (void)properties_control_code(bytes, 0x12, &code);
    const struct jumin_limits limits = properties_limits(bytes);
    require(limits.command_max >= 261 && limits.command_max <= APDU_COMMAND_MAX);
    require(limits.response_max >= 258 && limits.response_max <= APDU_RESPONSE_MAX);
    require(limits.extended == (limits.response_max > 258));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    try_frames(span_of(bytes, n));
    try_ats(span_of(bytes, n));
    try_features(span_of(bytes, n));
    try_properties(span_of(bytes, n));
    return 0;
}
