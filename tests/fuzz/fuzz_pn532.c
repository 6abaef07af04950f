// The simulated NFC chip between a host and a card that both do as they like: commands in frames, bytes that
// are none, cards that come, go and answer anything, and time. Two bytes of an event say what it is and how
// many bytes belong to it; a card that is asked answers, unless the last event took that right away.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "tools/pn532/chip.h"

enum {
    EVENTS_MAX = 64,
    SENDS_MAX = 16,
    TIME_UNIT_MS = 40,
    ACK_START = 3,
};

enum event {
    EVENT_COMMAND, // in a frame whose checksums are right
    EVENT_BYTES,
    EVENT_CARD_COMES,
    EVENT_CARD_LEAVES,
    EVENT_CARD_MESSAGE, // type, payload
    EVENT_CARD_SPEAKS,  // it answers by itself from now on, with this response
    EVENT_CARD_IS_MUTE,
    EVENT_TIME,
    EVENT_KINDS,
};

struct world {
    struct chip chip;
    int64_t now;
    bool mute, present;
    bool selection_due, response_due;
    struct span response;
};

static struct world world;

// --- The card ----------------------------------------------------------------------------------------------

static void send_to_card(void *context, enum link_type type, struct span payload)
{
    struct world *w = context;
    require(w->present && payload.n <= APDU_COMMAND_MAX);
    require(type == LINK_POWER_ON || type == LINK_POWER_OFF || type == LINK_RESET || type == LINK_COMMAND);
    w->selection_due = !w->mute && (type == LINK_POWER_ON || type == LINK_RESET);
    w->response_due = !w->mute && type == LINK_COMMAND;
}

static void card_answers(void)
{
    static const uint8_t selection[] = {0x04, 0x08, 0x01, 0x02, 0x03, 0x06, 0x78, 0x77, 0x80, 0x02, 0x80};
    for (int i = 0; i < SENDS_MAX && (world.selection_due || world.response_due); i++) {
        if (world.selection_due) {
            world.selection_due = false;
            require(chip_card_message(&world.chip, LINK_SELECTED, span_of(selection, sizeof selection),
                                      world.now));
        } else {
            world.response_due = false;
            require(chip_card_message(&world.chip, LINK_RESPONSE, world.response, world.now));
        }
    }
}

// --- The host ----------------------------------------------------------------------------------------------

static void send_command(struct span data)
{
    uint8_t bytes[FRAME_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    frame_put_answer(&w, data); // the same frame, but for its direction
    const size_t identifier = w.n - data.n - 3;
    bytes[identifier]--;
    bytes[w.n - 2]++;
    chip_receive(&world.chip, writer_span(&w), world.now);
}

// Frames come whole: one that the host cannot read would be the chip's fault.
static void take_out(void)
{
    static const uint8_t start[] = {0x00, 0x00, 0xFF};
    struct span out = chip_out(&world.chip);
    while (out.n > 0) {
        require(out.n >= FRAME_ACK_LENGTH && memcmp(out.p, start, sizeof start) == 0);
        size_t n = (size_t)out.p[ACK_START] + 7;
        if (out.p[3] == 0x00) {
            n = FRAME_ACK_LENGTH;
        } else if (out.p[3] == 0xFF && out.p[4] == 0xFF) {
            n = ((size_t)out.p[5] << 8 | out.p[6]) + 10;
        }
        require(out.n >= n && out.p[n - 1] == 0x00);
        out = span_from(out, n);
    }
    chip_sent(&world.chip, chip_out(&world.chip).n);
}

// --- Events ------------------------------------------------------------------------------------------------

static void leave(void)
{
    world.present = world.selection_due = world.response_due = false;
    chip_card_left(&world.chip, world.now);
}

static void run_event(enum event event, struct span bytes)
{
    switch (event) {
    case EVENT_COMMAND:
        send_command(bytes);
        break;
    case EVENT_BYTES:
        chip_receive(&world.chip, bytes, world.now);
        break;
    case EVENT_CARD_COMES:
        if (!world.present) {
            world.present = true;
            chip_card_came(&world.chip, world.now);
        }
        break;
    case EVENT_CARD_LEAVES:
        leave();
        break;
    case EVENT_CARD_MESSAGE:
        // What it must not say ends with it, as over a socket.
        if (world.present && bytes.n > 0 &&
            !chip_card_message(&world.chip, (enum link_type)bytes.p[0], span_from(bytes, 1), world.now)) {
            leave();
        }
        break;
    case EVENT_CARD_SPEAKS:
        world.mute = false;
        world.response = bytes.n < 2 ? world.response : bytes;
        break;
    case EVENT_CARD_IS_MUTE:
        world.mute = true;
        break;
    default:
        world.now += TIME_UNIT_MS * (int64_t)(1 + bytes.n);
        chip_time(&world.chip, world.now);
        break;
    }
    card_answers();
    take_out();
    const int64_t deadline = chip_deadline(&world.chip);
    require(deadline == CHIP_NEVER || deadline >= world.now || event != EVENT_TIME);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct span input = span_of(bytes, n), head, part;
    const struct picc_port port = {send_to_card, &world};
    world.now = 0;
    world.mute = world.present = world.selection_due = world.response_due = false;
    world.response = span_of("\x90\x00", 2);
    chip_start(&world.chip, n % 2 == 0 ? PICC_TYPE_A : PICC_TYPE_B, &port, 0);
    for (int i = 0; i < EVENTS_MAX && span_take(&input, 2, &head); i++) {
        const size_t wanted = head.p[1] < input.n ? head.p[1] : input.n;
        require(span_take(&input, wanted, &part));
        run_event((enum event)(head.p[0] % EVENT_KINDS), part);
    }
    chip_reset(&world.chip, world.now);
    require(chip_out(&world.chip).n == 0 && chip_deadline(&world.chip) == CHIP_NEVER);
    return 0;
}
