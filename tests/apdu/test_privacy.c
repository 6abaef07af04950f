// Nothing that a SECURED card says in plain tells it from another one of its batch: two cards with other
// numbers, other keys and other people on them answer everything alike, but for random bytes.
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/document.h"

static struct card_fixture one, other;

static void replace(struct card_fixture *fixture, uint16_t object, uint8_t mark, size_t n)
{
    uint8_t bytes[400];
    memset(bytes, mark, sizeof bytes);
    assert_int_equal(store_write(&fixture->card.store, object, span_of(bytes, n)), STORE_OK);
}

static void rotate_keys(struct card_fixture *fixture, uint8_t serial)
{
    uint8_t bytes[128];
    struct writer w = writer_of(bytes, sizeof bytes);
    struct scp03_keys keys = {.length = 16};
    memset(keys.enc, serial, 16);
    memset(keys.mac, serial + 1, 16);
    memset(keys.dek, serial + 2, 16);
    const uint8_t *const all[] = {keys.enc, keys.mac, keys.dek};
    const uint8_t header[] = {0x80, 0xD8, 0x00, 0x81, 1 + 3 * 23, 0x01};
    writer_put(&w, span_of(header, sizeof header));
    for (size_t i = 0; i < 3; i++) {
        const uint8_t head[] = {0x88, 0x11, 0x10};
        uint8_t encrypted[16], check_value[3];
        assert_true(scp03_encrypt_key_data(&fixture->keys, span_of(all[i], 16), encrypted));
        assert_true(scp03_check_value(span_of(all[i], 16), check_value));
        writer_put(&w, span_of(head, sizeof head));
        writer_put(&w, span_of(encrypted, sizeof encrypted));
        writer_put_u8(&w, 3);
        writer_put(&w, span_of(check_value, 3));
    }
    assert_int_equal(fixture_secure_bytes(fixture, writer_span(&w)), SW_OK);
}

// A card for somebody: from the factory to SECURED, with a past of `channels` more sessions than others had.
static void make_card(struct card_fixture *fixture, uint8_t serial, size_t channels)
{
    const struct card_factory factory = fixture_factory(serial, 16);
    struct document document;
    fixture_start_as(fixture, &factory);
    document_personalize(fixture, &document_usual, &document);
    replace(fixture, OBJECT_EMRTD_FILES + 1, serial, 93);
    replace(fixture, OBJECT_EMRTD_FILES + 2, serial, 200 + (size_t)serial);
    replace(fixture, OBJECT_PASSWORD + PACE_PASSWORD_CAN, (uint8_t)('0' + serial), 6);
    replace(fixture, OBJECT_PASSWORD + PACE_PASSWORD_PIN, (uint8_t)('3' + serial), 6);
    for (size_t i = 0; i < channels; i++) {
        fixture_open(fixture);
    }
    fixture_open(fixture);
    rotate_keys(fixture, serial);
    assert_int_equal(fixture_secure(fixture, "80F08007"), SW_OK);
    assert_int_equal(fixture_secure(fixture, "80F0800F"), SW_OK);
    fixture_power_cycle(fixture);
}

static int start(void **state)
{
    (void)state;
    make_card(&one, 1, 0);
    make_card(&other, 2, 5);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&one);
    fixture_stop(&other);
    return 0;
}

// Both cards get the command. They answer alike, but for `random` bytes from `offset` on.
static void assert_alike_but(struct span command, size_t offset, size_t random)
{
    const uint16_t status = fixture_transmit(&one, command);
    assert_int_equal(fixture_transmit(&other, command), status);
    assert_int_equal(one.data.n, other.data.n);
    if (random > 0) {
        assert_int_equal(status, SW_OK);
        assert_true(one.data.n >= offset + random);
        assert_memory_not_equal(one.data.p + offset, other.data.p + offset, random);
        memset(one.response + offset, 0, random);
        memset(other.response + offset, 0, random);
    }
    assert_true(span_equal(one.data, other.data));
}

static void assert_alike(const char *command)
{
    uint8_t bytes[128];
    assert_alike_but(unhex(command, bytes, sizeof bytes), 0, 0);
}

static void assert_alike_header(uint8_t cla, uint8_t ins, unsigned p1p2)
{
    const uint8_t command[] = {cla, ins, (uint8_t)(p1p2 >> 8), (uint8_t)p1p2, 0x00};
    assert_alike_but(span_of(command, sizeof command), 0, 0);
}

static const char *const SELECTIONS[] = {
    "00A40000023F0000",
    "00A4040000",
    "00A4040007A000000247100100",
    "00A4040007D276000085010100",
};

enum { SELECTION_COUNT = sizeof SELECTIONS / sizeof SELECTIONS[0] };

static void test_selection_is_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < SELECTION_COUNT; i++) {
        assert_alike(SELECTIONS[i]);
        for (unsigned identifier = 0; identifier < 0x10000; identifier += identifier < 0x300 ? 1 : 0x101) {
            const uint8_t select[] = {
                0x00, 0xA4, 0x02, 0x00, 0x02, (uint8_t)(identifier >> 8), (uint8_t)identifier, 0x00};
            assert_alike_but(span_of(select, sizeof select), 0, 0);
        }
    }
    assert_alike("00A4040005A00000000000");
    assert_alike("00A4040205A00000024700");
}

static void test_files_are_alike_in_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < SELECTION_COUNT; i++) {
        assert_alike(SELECTIONS[i]);
        for (unsigned p1p2 = 0; p1p2 < 0x10000; p1p2 += 0x20) {
            assert_alike_header(0x00, 0xB0, p1p2);
        }
        for (unsigned identifier = 0; identifier < 0x10000; identifier += identifier < 0x300 ? 1 : 0x101) {
            const uint8_t read[] = {
                0x00, 0xB1, (uint8_t)(identifier >> 8), (uint8_t)identifier, 0x03, 0x54, 0x01, 0x00, 0x00};
            assert_alike_but(span_of(read, sizeof read), 0, 0);
        }
    }
}

static void test_data_objects_are_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < SELECTION_COUNT; i++) {
        assert_alike(SELECTIONS[i]);
        for (unsigned tag = 0; tag < 0x10000; tag++) {
            assert_alike_header(0x80, 0xCA, tag);
        }
        assert_alike("00CB3FFF085C0666E0CF9F7F4500");
    }
}

static void test_every_instruction_is_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < SELECTION_COUNT; i++) {
        for (unsigned ins = 0; ins < 0x100; ins++) {
            if (ins == 0x84) { // random, below
                continue;
            }
            assert_alike(SELECTIONS[i]);
            assert_alike_header(0x00, (uint8_t)ins, 0);
            assert_alike_header(0x80, (uint8_t)ins, 0);
            assert_alike_header(0x84, (uint8_t)ins, 0);
            assert_alike_header(0x0C, (uint8_t)ins, 0);
        }
    }
}

static void test_protocols_are_alike_but_for_random_bytes(void **state)
{
    uint8_t bytes[128];
    (void)state;
    assert_alike(SELECTIONS[0]);
    assert_alike_but(unhex("0084000008", bytes, sizeof bytes), 0, 8);
    for (unsigned password = 0; password < 6; password++) {
        const char *const set_at = "0022C1A40F 800A04007F00070202040202 830100";
        const struct span command = unhex(set_at, bytes, sizeof bytes);
        bytes[command.n - 1] = (uint8_t)password;
        assert_alike_but(command, 0, 0);
        const bool offered = one.status == SW_OK;
        uint8_t step[16];
        const struct span general_authenticate = unhex("10860000027C0000", step, sizeof step);
        assert_alike_but(general_authenticate, offered ? 4 : 0, offered ? 16 : 0);
    }
    assert_alike(SELECTIONS[1]);
    // Challenge and cryptogram; what stands before them is the batch's.
    assert_alike_but(unhex("8050000008 0001020304050607 00", bytes, sizeof bytes), 13, 16);
    assert_alike_but(unhex("8050000010 000102030405060708090A0B0C0D0E0F 00", bytes, sizeof bytes), 13, 32);
    assert_alike("8482330010 00000000000000000000000000000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selection_is_alike),
        cmocka_unit_test(test_files_are_alike_in_every_form),
        cmocka_unit_test(test_data_objects_are_alike),
        cmocka_unit_test(test_every_instruction_is_alike),
        cmocka_unit_test(test_protocols_are_alike_but_for_random_bytes),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
