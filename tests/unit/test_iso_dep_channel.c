// ISO-DEP, both roles against each other: every frame size and length, and over a channel that loses and
// repeats blocks. Each command arrives once, each response is that command's, or the PCD says that it gave
// up.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "host/nfc/iso_dep.h"

enum { APDU_MAX = 70000, STEPS_MAX = 100000, STALE = 1 };

// xorshift32: the same numbers for the same seed, everywhere.
static uint32_t random_state;
static uint32_t random_below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % n;
}

struct end {
    struct iso_dep dep;
    uint8_t apdu[APDU_MAX]; // that arrives
    uint8_t answer[APDU_MAX];
};

static struct end pcd, picc;
static struct {
    unsigned loss, repetition; // of 1000 blocks
    unsigned waits;            // S(WTX) for each command at most
    size_t response_length;
    unsigned waits_left;
    uint32_t seed;                          // of the response
    unsigned commands_got;                  // since the exchange began
    struct span expected;                   // command
    uint8_t late[STALE][ISO_DEP_BLOCK_MAX]; // a repeated block that comes instead of the next
    size_t late_length;
} world;

static void fill(uint8_t *bytes, size_t n, uint32_t seed)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(seed >> 24);
    }
}

// --- Card --------------------------------------------------------------------------------------------------

// The card has a command, or time: it asks for more or answers.
static enum iso_dep_step compute(struct writer *block)
{
    if (world.waits_left > 0) {
        world.waits_left--;
        return iso_dep_picc_wait(&picc.dep, 1 + random_below(ISO_DEP_WTXM_MAX), block);
    }
    fill(picc.answer, world.response_length, world.seed);
    return iso_dep_picc_respond(&picc.dep, span_of(picc.answer, world.response_length), block);
}

// One block reaches the card; its answer, if any, is in `block`.
static bool card_answers(struct span sent, struct writer *block)
{
    enum iso_dep_step step = iso_dep_picc_receive(&picc.dep, sent, block);
    if (step == ISO_DEP_COMPLETE) {
        struct span command;
        assert_true(iso_dep_received(&picc.dep, &command));
        assert_true(span_equal(command, world.expected));
        world.commands_got++;
        world.waits_left = world.waits > 0 ? random_below(world.waits + 1) : 0;
    }
    if (step == ISO_DEP_COMPLETE || step == ISO_DEP_GRANTED) {
        step = compute(block);
    }
    assert_int_not_equal(step, ISO_DEP_DESELECTED);
    return step == ISO_DEP_SEND;
}

// --- Channel -----------------------------------------------------------------------------------------------

static bool happens(unsigned of_1000)
{
    return of_1000 > 0 && random_below(1000) < of_1000;
}

// What the PCD hears after it has sent `sent`. False: nothing, or nothing whole.
static bool pass(struct span sent, uint8_t heard[ISO_DEP_BLOCK_MAX], size_t *n)
{
    struct writer answer = writer_of(heard, ISO_DEP_BLOCK_MAX);
    bool answered = false;
    if (!happens(world.loss)) {
        answered = card_answers(sent, &answer);
        if (happens(world.repetition)) {
            uint8_t again_bytes[ISO_DEP_BLOCK_MAX];
            struct writer again = writer_of(again_bytes, sizeof again_bytes);
            if (card_answers(sent, &again)) {
                memcpy(world.late[0], again.p, again.n);
                world.late_length = again.n;
                *n = answer.n;
                return answered && !happens(world.loss);
            }
        }
    }
    *n = answer.n;
    if (world.late_length > 0) { // what came late drowns what came in time
        *n = world.late_length;
        memcpy(heard, world.late[0], *n);
        world.late_length = 0;
        return true;
    }
    if (answered && happens(world.repetition)) {
        memcpy(world.late[0], heard, *n);
        world.late_length = *n;
    }
    return answered && !happens(world.loss);
}

static enum iso_dep_step exchange(struct span command)
{
    uint8_t block_bytes[ISO_DEP_BLOCK_MAX], heard[ISO_DEP_BLOCK_MAX];
    struct writer block = writer_of(block_bytes, sizeof block_bytes);
    world.expected = command;
    world.commands_got = 0;
    enum iso_dep_step step = iso_dep_pcd_command(&pcd.dep, command, pcd.answer, sizeof pcd.answer, &block);
    for (unsigned i = 0; step == ISO_DEP_SEND; i++) {
        size_t n = 0;
        assert_true(i < STEPS_MAX);
        assert_false(block.overflow);
        const bool heard_it = pass(writer_span(&block), heard, &n);
        block = writer_of(block_bytes, sizeof block_bytes);
        step = heard_it ? iso_dep_pcd_receive(&pcd.dep, span_of(heard, n), &block)
                        : iso_dep_pcd_nothing(&pcd.dep, &block);
    }
    return step;
}

static void activate(const struct iso_dep_link *link)
{
    iso_dep_pcd_start(&pcd.dep, link);
    iso_dep_picc_start(&picc.dep, link, picc.apdu, sizeof picc.apdu);
    world.late_length = 0;
}

// One command with a response; true when it succeeded.
static bool run(size_t command_length, size_t response_length)
{
    static uint8_t wanted[APDU_MAX];
    world.seed = random_below(UINT32_MAX);
    world.response_length = response_length;
    fill(pcd.apdu, command_length, world.seed ^ UINT32_MAX);
    const enum iso_dep_step step = exchange(span_of(pcd.apdu, command_length));
    if (step == ISO_DEP_LOST) {
        assert_true(world.commands_got <= 1);
        return false;
    }
    assert_int_equal(step, ISO_DEP_COMPLETE);
    assert_int_equal(world.commands_got, 1);
    struct span response;
    assert_true(iso_dep_received(&pcd.dep, &response));
    fill(wanted, response_length, world.seed);
    assert_true(span_equal(response, span_of(wanted, response_length)));
    return true;
}

static void clear_channel(void)
{
    memset(&world, 0, sizeof world);
    random_state = 20241201;
}

// --- Tests -------------------------------------------------------------------------------------------------

static void test_every_length_passes_at_every_frame_size(void **state)
{
    (void)state;
    clear_channel();
    for (unsigned fsdi = 0; fsdi <= 8; fsdi++) {
        for (unsigned fsci = 0; fsci <= 8; fsci++) {
            for (unsigned cid = 0; cid < 2; cid++) {
                const struct iso_dep_link link = {iso_dep_frame_size(fsdi), iso_dep_frame_size(fsci), 4,
                                                  cid * 3, cid != 0};
                activate(&link);
                for (size_t n = 1; n <= 600; n += n < 270 ? 1 : 47) {
                    assert_true(run(n, 601 - n));
                }
            }
        }
    }
}

static void test_the_longest_apdus_pass_at_every_frame_size(void **state)
{
    (void)state;
    clear_channel();
    for (unsigned code = 0; code <= 8; code++) {
        const unsigned size = iso_dep_frame_size(code);
        const struct iso_dep_link link = {size, size, 4, 0, false};
        activate(&link);
        assert_true(run(65544, 65538)); // ISO 7816-3: header, Lc, 65,535 bytes, Le; 65,536 bytes and status
    }
}

static void test_waiting_time_is_granted_in_the_midst_of_everything(void **state)
{
    (void)state;
    clear_channel();
    world.waits = 7;
    const struct iso_dep_link link = {64, 32, 8, 0, false};
    activate(&link);
    for (size_t n = 1; n <= 300; n++) {
        assert_true(run(n, 3 * n));
    }
}

// Exchanges until `count` have succeeded or failed; how many failed.
static unsigned run_disturbed(const struct iso_dep_link *link, unsigned count)
{
    unsigned lost = 0;
    activate(link);
    for (unsigned i = 0; i < count; i++) {
        if (!run(1 + random_below(400), 1 + random_below(700))) {
            lost++;
            activate(link);
        }
    }
    return lost;
}

static void test_lost_blocks_lose_and_double_nothing(void **state)
{
    (void)state;
    unsigned lost = 0;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        clear_channel();
        random_state = seed;
        world.waits = seed % 4;
        world.loss = 10 * (seed % 20);
        const struct iso_dep_link link = {iso_dep_frame_size(seed % 9), iso_dep_frame_size(seed / 9 % 9), 4,
                                          0, seed % 2 == 0};
        const unsigned failed = run_disturbed(&link, 40);
        lost += failed;
        assert_true(world.loss > 0 || failed == 0);
    }
    assert_true(lost > 0 && lost < 60 * 40 / 2); // the channel was bad, and the protocol good for something
}

static void test_repeated_blocks_lose_and_double_nothing(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        clear_channel();
        random_state = seed;
        world.waits = seed % 3;
        world.repetition = 10 * (1 + seed % 15);
        world.loss = seed % 2 == 0 ? 0 : 5 * (seed % 20);
        const struct iso_dep_link link = {iso_dep_frame_size(seed % 9), iso_dep_frame_size(seed / 9 % 9), 4,
                                          0, seed % 2 == 0};
        (void)run_disturbed(&link, 40);
    }
}

static void test_a_channel_without_a_card_ends_soon(void **state)
{
    (void)state;
    clear_channel();
    world.loss = 1000;
    const struct iso_dep_link link = {256, 256, 4, 0, false};
    activate(&link);
    assert_false(run(10, 10));
    assert_int_equal(world.commands_got, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_length_passes_at_every_frame_size),
        cmocka_unit_test(test_the_longest_apdus_pass_at_every_frame_size),
        cmocka_unit_test(test_waiting_time_is_granted_in_the_midst_of_everything),
        cmocka_unit_test(test_lost_blocks_lose_and_double_nothing),
        cmocka_unit_test(test_repeated_blocks_lose_and_double_nothing),
        cmocka_unit_test(test_a_channel_without_a_card_ends_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
