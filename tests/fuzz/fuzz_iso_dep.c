// Blocks of ISO-DEP from a hostile other side, to either role: what is sent always fits the frames agreed on,
// and no more arrives than was sent (ISO 14443-4).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/nfc/iso_dep.h"

enum { APDU_MAX = 600, FSC_MASK = 0x0F, HAS_CID = 0x10, IS_PICC = 0x20 };

// The first two bytes choose role, frame sizes, CID; then each block follows its length. 0: an event of its
// own.
struct script {
    struct span rest;
    bool picc;
    struct iso_dep_link link;
};

static bool start(struct script *script, struct span bytes)
{
    struct span head;
    if (!span_take(&bytes, 2, &head)) {
        return false;
    }
    script->rest = bytes;
    script->picc = (head.p[0] & IS_PICC) != 0;
    script->link = (struct iso_dep_link){
        .fsd = iso_dep_frame_size(head.p[1] >> 4),
        .fsc = iso_dep_frame_size(head.p[0] & FSC_MASK),
        .fwi = head.p[1] & 0x0F,
        .cid = (head.p[0] & HAS_CID) != 0 ? 3 : 0,
        .cid_present = (head.p[0] & HAS_CID) != 0,
    };
    return true;
}

// The next event: a block, or an empty one for none.
static bool next(struct script *script, struct span *block)
{
    struct span length;
    return span_take(&script->rest, 1, &length) &&
           span_take(&script->rest, length.p[0] < script->rest.n ? length.p[0] : script->rest.n, block);
}

static void check_step(enum iso_dep_step step, const struct writer *block, unsigned frame)
{
    const bool sends = step == ISO_DEP_SEND || step == ISO_DEP_DESELECTED;
    require(!block->overflow && block->n + ISO_DEP_CRC <= frame);
    require(sends ? block->n > 0 || step == ISO_DEP_DESELECTED : block->n == 0);
}

static void play_pcd(struct script *script)
{
    static struct iso_dep dep;
    static uint8_t response[APDU_MAX];
    static const uint8_t command[APDU_MAX] = {0x00, 0xB0};
    uint8_t bytes[ISO_DEP_BLOCK_MAX];
    struct span received;
    size_t sent = 0; // by the card
    iso_dep_pcd_start(&dep, &script->link);
    struct writer block = writer_of(bytes, sizeof bytes);
    enum iso_dep_step step = iso_dep_pcd_command(&dep, span_of(command, script->link.fwi * 40U), response,
                                                 sizeof response, &block);
    check_step(step, &block, script->link.fsc);
    while (step == ISO_DEP_SEND && next(script, &received)) {
        block = writer_of(bytes, sizeof bytes);
        step =
            received.n == 0 ? iso_dep_pcd_nothing(&dep, &block) : iso_dep_pcd_receive(&dep, received, &block);
        check_step(step, &block, script->link.fsc);
        require(iso_dep_pcd_wait(&dep) <= iso_dep_fwt(14));
        sent += received.n;
    }
    struct span apdu;
    require(iso_dep_received(&dep, &apdu) || step == ISO_DEP_TOO_LONG);
    require(apdu.n <= sent);
}

// What the card does with a command, by whatever number comes.
static enum iso_dep_step compute(struct iso_dep *dep, size_t number, struct writer *block)
{
    static const uint8_t response[APDU_MAX] = {0x90, 0x00};
    if (number % 2 == 0) {
        return iso_dep_picc_wait(dep, (unsigned)(1 + number % ISO_DEP_WTXM_MAX), block);
    }
    return iso_dep_picc_respond(dep, span_of(response, number % APDU_MAX), block);
}

static void play_picc(struct script *script)
{
    static struct iso_dep dep;
    static uint8_t command[APDU_MAX];
    uint8_t bytes[ISO_DEP_BLOCK_MAX];
    struct span received;
    iso_dep_picc_start(&dep, &script->link, command, sizeof command);
    bool busy = false;
    while (next(script, &received)) {
        struct writer block = writer_of(bytes, sizeof bytes);
        enum iso_dep_step step = ISO_DEP_SILENT;
        if (received.n > 0) {
            step = iso_dep_picc_receive(&dep, received, &block);
            require(step != ISO_DEP_COMPLETE || !busy);
        } else if (busy) {
            step = compute(&dep, script->rest.n, &block);
        }
        busy = step == ISO_DEP_COMPLETE || dep.busy;
        check_step(step, &block, script->link.fsd);
    }
}

static void read_activation(struct span bytes)
{
    struct iso_dep_ats ats;
    uint8_t a = 0, b = 0;
    if (iso_dep_ats_parse(bytes, &ats)) {
        require(ats.historical.n < bytes.n && ats.fsci < 16 && ats.fwi < 16 && ats.sfgi < 16);
        require(iso_dep_ats_takes(&ats, 0, 0));
    }
    require(!iso_dep_rats_parse(bytes, &a, &b) || b <= 14);
    require(!iso_dep_pps_parse(bytes, 0, &a, &b) || (a <= 3 && b <= 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct script script;
    read_activation(span_of(bytes, n));
    if (!start(&script, span_of(bytes, n))) {
        return 0;
    }
    if (script.picc) {
        play_picc(&script);
    } else {
        play_pcd(&script);
    }
    return 0;
}
