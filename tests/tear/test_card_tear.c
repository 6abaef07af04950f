// A card's whole life with the power cut at every step that it programs or erases: afterwards it is as before
// the command or as after it, never in between; its counters never go back, and the station goes on.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/emrtd.h"
#include "card/apps/mf.h"
#include "card/core/password.h"
#include "card/core/registry.h"
#include "card/wire/personalization.h"
#include "tests/apdu/document.h"
#include "tests/apdu/terminal.h"

#include <stdio.h>

enum { DIGEST = 32, REWRITES = 40, DG2_LENGTH = 1200 };

static struct card_fixture fixture;
static struct terminal terminal;
static struct scp03_keys old_keys, new_keys;

// --- What a card holds -----------------------------------------------------------------------------------

struct observed {
    uint8_t digest[DIGEST]; // of all objects but the two below
    uint32_t counter;       // of the secure channel
    uint8_t tries;          // of the PIN
};

static bool is_counter(uint16_t object)
{
    return object == OBJECT_SCP03_COUNTER || object == OBJECT_TRIES + PACE_PASSWORD_PIN;
}

static void add_objects(struct crypto_hash_state *hash, uint16_t first, uint16_t count)
{
    static uint8_t bytes[STORE_OBJECT_MAX];
    for (uint16_t object = first; object < first + count; object++) {
        size_t n = 0;
        if (!is_counter(object) && store_length(&fixture.card.store, object, &n) == STORE_OK) {
            const uint8_t head[] = {(uint8_t)(object >> 8), (uint8_t)object, (uint8_t)(n >> 8), (uint8_t)n};
            assert_int_equal(store_read(&fixture.card.store, object, 0, bytes, n), STORE_OK);
            assert_true(crypto_hash_update(hash, span_of(head, sizeof head)));
            assert_true(crypto_hash_update(hash, span_of(bytes, n)));
        }
    }
}

static struct observed observe(void)
{
    struct observed seen = {.tries = 0};
    struct crypto_hash_state hash;
    uint8_t counter[SCP03_SEQUENCE_COUNTER] = {0};
    assert_true(crypto_hash_start(&hash, CRYPTO_SHA256));
    add_objects(&hash, 0x0001, 0x20);
    add_objects(&hash, OBJECT_PASSWORD, 0x30);
    add_objects(&hash, OBJECT_GENERATION_KEY, 0x10);
    add_objects(&hash, OBJECT_MF_FILES, 0x300);
    assert_true(crypto_hash_finish(&hash, seen.digest));
    const enum store_status counted =
        store_read(&fixture.card.store, OBJECT_SCP03_COUNTER, 0, counter, sizeof counter);
    assert_int_equal(counted, life_cycle(&fixture.card) == CARD_TERMINATED ? STORE_NOT_FOUND : STORE_OK);
    seen.counter = (uint32_t)(counter[0] << 16 | counter[1] << 8 | counter[2]);
    (void)store_read(&fixture.card.store, OBJECT_TRIES + PACE_PASSWORD_PIN, 0, &seen.tries, 1);
    return seen;
}

static bool same_objects(const struct observed *a, const struct observed *b)
{
    return memcmp(a->digest, b->digest, DIGEST) == 0;
}

// --- The host's side of the life -------------------------------------------------------------------------

// Opens a channel with whichever key set the card has. False: it has neither.
static bool open_with_either(void)
{
    fixture_send(&fixture, "00A4040C");
    fixture.keys = new_keys;
    if (fixture_try_open(&fixture, SCP03_S8, SCP03_LEVEL_FULL) == SW_OK) {
        return true;
    }
    fixture.keys = old_keys;
    return fixture_try_open(&fixture, SCP03_S8, SCP03_LEVEL_FULL) == SW_OK;
}

static uint16_t send_data(uint8_t ins, uint8_t p1, uint8_t p2, const struct writer *data)
{
    static uint8_t bytes[CARD_COMMAND_MAX];
    struct writer w = writer_of(bytes, sizeof bytes);
    const struct apdu_command command = {
        .cla = 0x80, .ins = ins, .p1 = p1, .p2 = p2, .data = writer_span(data), .ne = 256};
    assert_false(data->overflow);
    apdu_put(&w, &command);
    return fixture_secure_bytes(&fixture, writer_span(&w));
}

static bool prepare_isd(void)
{
    return fixture_send(&fixture, "00A4040C") != 0;
}

static bool prepare_channel(void)
{
    assert_true(open_with_either());
    return true;
}

static uint16_t run_initialize_update(void)
{
    return fixture_send(&fixture, "8050000008 0001020304050607 00");
}

static uint16_t run_put_key(void)
{
    const uint8_t *const all[] = {new_keys.enc, new_keys.mac, new_keys.dek};
    uint8_t data[128];
    struct writer w = writer_of(data, sizeof data);
    writer_put_u8(&w, 0x01);
    for (size_t i = 0; i < 3; i++) {
        uint8_t encrypted[16], check_value[SCP03_CHECK_VALUE];
        assert_true(scp03_encrypt_key_data(&fixture.keys, span_of(all[i], 16), encrypted));
        assert_true(scp03_check_value(span_of(all[i], 16), check_value));
        const uint8_t head[] = {0x88, 0x11, 0x10};
        writer_put(&w, span_of(head, sizeof head));
        writer_put(&w, span_of(encrypted, sizeof encrypted));
        writer_put_u8(&w, SCP03_CHECK_VALUE);
        writer_put(&w, span_of(check_value, sizeof check_value));
    }
    return send_data(0xD8, 0x00, 0x81, &w);
}

static uint16_t run_install(void)
{
    return fixture_secure(&fixture,
                          "80E60C001C 07F04A554D494E00 07A0000002471001 07A0000002471001 0100 00 00 00");
}

// False when the application is PERSONALIZED already: the card was cut off after its last step.
static bool prepare_personalization(const char *command)
{
    assert_true(open_with_either());
    const uint16_t status = fixture_secure(&fixture, command);
    assert_true(status == SW_OK || status == SW_CONDITIONS_NOT_SATISFIED);
    return status == SW_OK;
}

static bool prepare_mf(void)
{
    return prepare_personalization("80E620000E 00 00 08F04A554D494E0100 00 00 00 00");
}

static bool prepare_emrtd(void)
{
    return prepare_personalization("80E620000D 00 00 07A0000002471001 00 00 00 00");
}

static void put_secret(struct writer *w, uint16_t identifier, const char *digits)
{
    uint8_t padded[16] = {0}, encrypted[16];
    const size_t n = strlen(digits);
    assert_true(n < sizeof padded);
    for (size_t i = 0; i < n; i++) {
        padded[i] = (uint8_t)digits[i];
    }
    padded[n] = 0x80;
    assert_true(scp03_encrypt_key_data(&fixture.keys, span_of(padded, sizeof padded), encrypted));
    dgi_put(w, identifier, span_of(encrypted, sizeof encrypted));
}

static uint16_t run_mf(void)
{
    const struct document_profile profile = {.protocols = document_protocols, .protocol_count = 1};
    uint8_t data[256], access[64];
    struct writer w = writer_of(data, sizeof data), card_access = writer_of(access, sizeof access);
    dgi_put(&w, 0x011C, document_card_access(&profile, &card_access));
    put_secret(&w, DGI_PASSWORD_CAN, DOCUMENT_CAN);
    put_secret(&w, DGI_PASSWORD_PIN, DOCUMENT_PIN);
    return send_data(0xE2, 0x88, 0, &w);
}

static void put_file(struct writer *w, uint16_t identifier, size_t n)
{
    dgi_put_header(w, identifier, (uint16_t)n);
    uint8_t *content = writer_reserve(w, n);
    assert_non_null(content);
    for (size_t i = 0; i < n; i++) {
        content[i] = (uint8_t)(i * 3 + identifier);
    }
}

static uint16_t run_photo(void)
{
    static uint8_t data[DG2_LENGTH + 8];
    struct writer w = writer_of(data, sizeof data);
    put_file(&w, 0x0102, DG2_LENGTH);
    return send_data(0xE2, 0x08, 0, &w);
}

static uint16_t run_generate_key(void)
{
    static const uint8_t content[] = {0x01, 0x0C};
    uint8_t data[8];
    struct writer w = writer_of(data, sizeof data);
    dgi_put(&w, DGI_GENERATE_ACTIVE_AUTHENTICATION_KEY, span_of(content, sizeof content));
    return send_data(0xE2, 0x09, 0, &w);
}

static uint16_t run_last_block(void)
{
    uint8_t data[600];
    struct writer w = writer_of(data, sizeof data);
    put_file(&w, 0x0101, 93);
    put_file(&w, 0x011E, 24);
    put_file(&w, 0x011D, 300);
    return send_data(0xE2, 0x88, 0, &w);
}

static uint16_t run_initialized(void)
{
    return fixture_secure(&fixture, "80F08007");
}

static uint16_t run_secured(void)
{
    return fixture_secure(&fixture, "80F0800F");
}

static uint16_t run_locked(void)
{
    return fixture_secure(&fixture, "80F0807F");
}

static uint16_t run_terminated(void)
{
    return fixture_secure(&fixture, "80F080FF");
}

static uint16_t run_delete(void)
{
    return fixture_secure(&fixture, "80E4000009 4F07A000000247100100");
}

// PACE up to the step that tells right from wrong.
static bool prepare_pace(const char *pin)
{
    terminal_start(&terminal, &fixture);
    const uint16_t chosen = terminal_set_at(&terminal, &document_protocols[DOCUMENT_GM], PACE_PASSWORD_PIN);
    assert_true(chosen == SW_OK || (chosen & 0xFFF0) == SW_RETRIES_LEFT);
    if (terminal_nonce(&terminal, span_of(pin, 6)) != SW_OK) {
        return false; // the tries are used up
    }
    assert_int_equal(terminal_map(&terminal), SW_OK);
    assert_int_equal(terminal_agree(&terminal), SW_OK);
    return true;
}

static bool prepare_right_pin(void)
{
    return prepare_pace(DOCUMENT_PIN);
}

static bool prepare_wrong_pin(void)
{
    return prepare_pace("654321");
}

static uint16_t run_pace(void)
{
    return terminal_authenticate(&terminal);
}

static bool prepare_session(void)
{
    terminal_start(&terminal, &fixture);
    assert_int_equal(terminal_pace_can(&terminal), SW_OK);
    return true;
}

static uint16_t run_read(void)
{
    const uint8_t aid[] = {0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01};
    assert_int_equal(terminal_select(&terminal, span_of(aid, sizeof aid)), SW_OK);
    return terminal_read(&terminal, 0x02, 0, 223);
}

// --- The life --------------------------------------------------------------------------------------------

struct step {
    const char *name;
    bool (*prepare)(void); // false: there is nothing left to do
    uint16_t (*run)(void); // one command
    uint16_t status;       // of a run that is not cut
};

static const struct step LIFE[] = {
    {"INITIALIZE UPDATE", prepare_isd, run_initialize_update, SW_OK},
    {"PUT KEY", prepare_channel, run_put_key, SW_OK},
    {"INSTALL eMRTD", prepare_channel, run_install, SW_OK},
    {"STORE DATA to the MF, last", prepare_mf, run_mf, SW_OK},
    {"STORE DATA, photo", prepare_emrtd, run_photo, SW_OK},
    {"STORE DATA, photo again", prepare_emrtd, run_photo, SW_OK},
    {"STORE DATA, key made on the chip", prepare_emrtd, run_generate_key, SW_OK},
    {"STORE DATA, last", prepare_emrtd, run_last_block, SW_OK},
    {"SET STATUS INITIALIZED", prepare_channel, run_initialized, SW_OK},
    {"SET STATUS SECURED", prepare_channel, run_secured, SW_OK},
    {"PACE, wrong PIN", prepare_wrong_pin, run_pace, SW_RETRIES_LEFT | 2},
    {"PACE, right PIN", prepare_right_pin, run_pace, SW_OK},
    {"READ BINARY", prepare_session, run_read, SW_OK},
    {"SET STATUS CARD_LOCKED", prepare_channel, run_locked, SW_OK},
    {"SET STATUS SECURED again", prepare_channel, run_secured, SW_OK},
    {"DELETE eMRTD", prepare_channel, run_delete, SW_OK},
    {"SET STATUS TERMINATED", prepare_channel, run_terminated, SW_OK},
};

// A card before a step: what is needed to come back to it.
struct snapshot {
    struct flash_simulator flash;
    uint64_t random;
};

static void take(struct snapshot *snapshot)
{
    flash_simulator_copy(&snapshot->flash, &fixture.flash);
    snapshot->random = fixture.random;
}

static void come_back(const struct snapshot *snapshot)
{
    flash_simulator_copy(&fixture.flash, &snapshot->flash);
    fixture.random = snapshot->random;
    fixture_power_cycle(&fixture);
}

// What coming back costs.
struct recovery {
    uint64_t steps, bytes_read;
};

static void power_on_after_cut(struct recovery *worst)
{
    (void)flash_simulator_power_on(&fixture.flash);
    flash_simulator_count_from_zero(&fixture.flash);
    fixture_power_cycle(&fixture);
    const uint64_t steps = flash_simulator_steps(&fixture.flash), bytes = fixture.flash.bytes_read;
    worst->steps = steps > worst->steps ? steps : worst->steps;
    worst->bytes_read = bytes > worst->bytes_read ? bytes : worst->bytes_read;
}

// The card after a cut, against the card before the command and after a whole one.
static void assert_old_or_new(const struct step *step, const struct observed *before,
                              const struct observed *after)
{
    const struct observed now = observe();
    struct registry registry;
    assert_true(same_objects(&now, before) || same_objects(&now, after));
    assert_true(registry_read(&fixture.card.store, &registry));
    if (same_objects(before, after)) {
        assert_true(now.counter >= before->counter);
    } else { // a new key set comes together with its counter
        assert_int_equal(now.counter, same_objects(&now, after) ? after->counter : before->counter);
    }
    if (step->run == run_put_key && same_objects(&now, after)) { // erased at once, or at power-on
        assert_false(flash_simulator_contains(&fixture.flash, span_of(old_keys.enc, old_keys.length)));
    }
    if (step->run != run_pace) {
        assert_int_equal(now.tries, same_objects(&now, after) ? after->tries : before->tries);
    } else { // a try that was begun may be spent; it comes back with a success only
        assert_true(now.tries <= before->tries || (step->status == SW_OK && now.tries == after->tries));
        assert_true(now.tries + 1 >= before->tries);
    }
    if (life_cycle(&fixture.card) != CARD_TERMINATED) {
        assert_true(open_with_either());
        fixture_power_cycle(&fixture);
    }
}

// Whoever was at work begins the same step again and comes to its end.
static void assert_step_can_be_repeated(const struct step *step, const struct observed *after)
{
    if (life_cycle(&fixture.card) == CARD_TERMINATED || step->run == run_pace) {
        return;
    }
    if (step->prepare()) {
        const uint16_t status = step->run();
        assert_true(status == step->status ||
                    (step->run == run_delete && status == SW_REFERENCED_DATA_NOT_FOUND));
    }
    const struct observed now = observe();
    assert_true(same_objects(&now, after) || step->run == run_generate_key);
}

// Runs a step whole, then with a cut at each of its steps, and leaves the card as the whole one did.
static void live_through(const struct step *step, struct snapshot *start, struct snapshot *end)
{
    take(start);
    come_back(start);
    assert_true(step->prepare());
    const struct observed before = observe();
    flash_simulator_count_from_zero(&fixture.flash);
    assert_int_equal(step->run(), step->status);
    const uint64_t words = fixture.flash.words_programmed, erased = fixture.flash.pages_erased;
    const struct observed after = observe();
    take(end);
    struct recovery worst = {0};
    for (uint64_t k = 0; k < words + erased; k++) {
        for (enum flash_tear tear = FLASH_TEAR_NONE; tear < FLASH_TEARS; tear++) {
            come_back(start);
            assert_true(step->prepare());
            flash_simulator_cut_after(&fixture.flash, k, tear, k);
            (void)step->run();
            power_on_after_cut(&worst);
            assert_old_or_new(step, &before, &after);
            assert_step_can_be_repeated(step, &after);
        }
    }
    come_back(end);
    print_message("%-32s %4llu words programmed, %llu pages erased; power-on after a cut: %llu steps, "
                  "%llu bytes read at most\n",
                  step->name, (unsigned long long)words, (unsigned long long)erased,
                  (unsigned long long)worst.steps, (unsigned long long)worst.bytes_read);
}

// The log goes round the flash before the life begins, so that collecting and erasing are part of it.
static void use_up_fresh_pages(void)
{
    uint8_t bytes[3000] = {0};
    for (size_t i = 0; i < REWRITES; i++) {
        bytes[0] = (uint8_t)i;
        assert_int_equal(store_write(&fixture.card.store, OBJECT_NDEF_FILES, span_of(bytes, sizeof bytes)),
                         STORE_OK);
    }
}

static void test_life_survives_a_cut_at_every_step(void **state)
{
    struct snapshot start, end;
    (void)state;
    fixture_start(&fixture);
    flash_simulator_create(&start.flash, FIXTURE_PAGES, 1);
    flash_simulator_create(&end.flash, FIXTURE_PAGES, 1);
    old_keys = fixture.keys;
    new_keys = (struct scp03_keys){.length = 16};
    memset(new_keys.enc, 0xE0, 16);
    memset(new_keys.mac, 0xA0, 16);
    memset(new_keys.dek, 0xD0, 16);
    use_up_fresh_pages();
    for (size_t i = 0; i < sizeof LIFE / sizeof LIFE[0]; i++) {
        live_through(&LIFE[i], &start, &end);
    }
    flash_simulator_release(&start.flash);
    flash_simulator_release(&end.flash);
    fixture_stop(&fixture);
}

// A chip that was cut off in the factory says so, or is a whole card; the factory begins again.
static void test_factory_survives_a_cut_at_every_step(void **state)
{
    const struct card_factory factory = fixture_factory(1, 32);
    (void)state;
    fixture_start_as(&fixture, &factory);
    flash_simulator_count_from_zero(&fixture.flash);
    assert_int_equal(card_manufacture(&fixture.port, &factory), STORE_OK);
    const uint64_t steps = flash_simulator_steps(&fixture.flash);
    for (uint64_t k = 0; k < steps; k++) {
        for (enum flash_tear tear = FLASH_TEAR_NONE; tear < FLASH_TEARS; tear++) {
            flash_simulator_cut_after(&fixture.flash, k, tear, k);
            assert_int_not_equal(card_manufacture(&fixture.port, &factory), STORE_OK);
            (void)flash_simulator_power_on(&fixture.flash);
            if (card_power_on(&fixture.card, &fixture.port) == STORE_OK) {
                struct registry registry;
                if (registry_read(&fixture.card.store, &registry)) { // all of it is there
                    fixture_open(&fixture);
                } else { // nothing is
                    assert_int_equal(life_cycle(&fixture.card), CARD_TERMINATED);
                }
            }
            assert_int_equal(card_manufacture(&fixture.port, &factory), STORE_OK);
            assert_int_equal(card_power_on(&fixture.card, &fixture.port), STORE_OK);
            fixture_open(&fixture);
        }
    }
    print_message("%-32s %4llu steps\n", "manufacture", (unsigned long long)steps);
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life_survives_a_cut_at_every_step),
        cmocka_unit_test(test_factory_survives_a_cut_at_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
