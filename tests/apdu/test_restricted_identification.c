// Restricted Identification: a pseudonym in the sector that the terminal's certificate names, and in no other
// (TR-03110-2 §3.5, TR-03110-3 §B.5; TR-03105-3.3 unit R).
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/eid.h"
#include "card/core/private_key.h"
#include "card/wire/cvc.h"
#include "card/wire/personalization.h"
#include "tests/apdu/document.h"
#include "tests/apdu/eid_document.h"
#include "tests/unit/crypto_random.h"

#include <stdio.h>

static struct card_fixture fixture;
static struct counting_random random_state;
static struct crypto_random host_random;

enum { PSEUDONYM_KEY = 1, BLOCKING_KEY = 2, SECTOR_KEY_MAX = 512, COMMAND_MAX = 1200 };

static const rights identification = (rights)1 << RIGHT_RESTRICTED_IDENTIFICATION;

// A sector: its key pair and the public key as a terminal sends it.
struct sector {
    enum crypto_curve curve;
    struct crypto_ec_key key;
    uint8_t object[SECTOR_KEY_MAX]; // 7F49 …
    size_t length;
    struct span content; // of 7F49
};

static void make_sector_on(struct sector *sector, enum crypto_curve curve, enum crypto_hash hash,
                           bool with_parameters)
{
    uint8_t point[CRYPTO_POINT_MAX], oid[OID_RI_ECDH_LENGTH];
    struct writer w = writer_of(sector->object, sizeof sector->object);
    struct tlv object;
    sector->curve = curve;
    sector->key = (struct crypto_ec_key){0};
    assert_true(crypto_ec_generate(&sector->key, curve, &host_random));
    assert_true(crypto_ec_public(&sector->key, point));
    oid_ri_ecdh(hash, oid);
    cvc_public_key_put(&w, span_of(oid, sizeof oid), curve, span_of(point, crypto_curve_point_length(curve)),
                       with_parameters);
    assert_false(w.overflow);
    struct span whole = writer_span(&w);
    sector->length = whole.n;
    assert_true(tlv_expect(&whole, CVC_PUBLIC_KEY, &object));
    sector->content = object.value;
}

static void make_sector(struct sector *sector)
{
    make_sector_on(sector, CRYPTO_P256, CRYPTO_SHA256, true);
}

static void name_sector(const struct sector *sector, bool second, enum crypto_hash hash)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    const struct span object = span_of(sector->object, sector->length);
    assert_true(crypto_hash_parts(hash, &object, 1, digest));
    eid_name_sector(&fixture, second, span_of(digest, crypto_hash_length(hash)));
}

static void make_key(uint16_t identifier, uint8_t key_id, enum crypto_curve curve)
{
    const uint8_t content[] = {key_id, pace_parameter_of_curve(curve)};
    uint8_t bytes[256];
    struct writer response = writer_of(bytes, sizeof bytes);
    assert_int_equal(
        document_put(&fixture, &eid_applet, identifier, span_of(content, sizeof content), &response), SW_OK);
    assert_int_equal(bytes[0] << 8 | bytes[1], identifier);
    assert_int_equal(response.n, 3 + crypto_curve_point_length(curve));
}

static int start(void **state)
{
    (void)state;
    fixture_start(&fixture);
    host_random = counting_random(&random_state);
    eid_personalize(&fixture, 0);
    make_key(DGI_GENERATE_RESTRICTED_IDENTIFICATION_KEY, PSEUDONYM_KEY, CRYPTO_P256);
    make_key(DGI_GENERATE_RESTRICTED_IDENTIFICATION_BLOCKING_KEY, BLOCKING_KEY, CRYPTO_P256);
    assert_int_equal(eid_applet.complete(&fixture.card), SW_OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void begin(rights effective)
{
    eid_begin(&fixture, EID_COMPLETE, TERMINAL_AUTHENTICATION, effective);
}

static uint16_t set_template(uint8_t key_id)
{
    char command[64];
    (void)snprintf(command, sizeof command, "002241A40F800A04007F000702020502038401%02X", key_id);
    return fixture_protect(&fixture, command);
}

// 7C{A0 first [A2 second]} in commands of at most `part` bytes.
static uint16_t authenticate_in_parts(const struct sector *first, const struct sector *second, size_t part)
{
    static uint8_t bytes[COMMAND_MAX];
    static char command[2 * COMMAND_MAX + 32];
    struct writer w = writer_of(bytes, sizeof bytes);
    const size_t template = tlv_open(&w, 0x7C);
    if (first != NULL) {
        tlv_put(&w, 0xA0, first->content);
    }
    if (second != NULL) {
        tlv_put(&w, 0xA2, second->content);
    }
    tlv_close(&w, template);
    assert_false(w.overflow);
    uint16_t status = SW_OK;
    for (size_t offset = 0; offset < w.n && status == SW_OK; offset += part) {
        const struct span piece = span_first(span_from(writer_span(&w), offset), part);
        const bool more = offset + part < w.n;
        int n = snprintf(command, sizeof command, "%02X860000", more ? 0x10 : 0x00);
        n += snprintf(command + n, sizeof command - (size_t)n, part < 256 ? "%02zX" : "00%04zX", piece.n);
        for (size_t i = 0; i < piece.n; i++) {
            n += snprintf(command + n, sizeof command - (size_t)n, "%02X", piece.p[i]);
        }
        (void)snprintf(command + n, sizeof command - (size_t)n, "%s", more ? "" : part < 256 ? "00" : "0000");
        status = fixture_protect(&fixture, command);
    }
    return status;
}

static uint16_t authenticate(const struct sector *first, const struct sector *second)
{
    return authenticate_in_parts(first, second, COMMAND_MAX);
}

// What the sector's owner computes from the chip's public key: H(x(SK_Sector * PK_ID)).
static void expect_identifier(const struct sector *sector, uint16_t key_object, struct span identifier)
{
    struct private_key key;
    struct crypto_ec_key chip = {0};
    const size_t n = crypto_curve_length(sector->curve);
    uint8_t point[CRYPTO_POINT_MAX], shared[CRYPTO_FIELD_MAX], digest[CRYPTO_HASH_MAX];
    assert_true(private_key_read(&fixture.card, key_object, &key));
    assert_true(crypto_ec_load_secret(&chip, sector->curve, span_of(key.secret, n), &host_random));
    assert_true(crypto_ec_public(&chip, point));
    assert_true(crypto_ecdh(&sector->key, &host_random,
                            span_of(point, crypto_curve_point_length(sector->curve)), shared));
    const struct span part = span_of(shared, n);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &part, 1, digest));
    assert_int_equal(identifier.n, 32);
    assert_memory_equal(identifier.p, digest, 32);
    crypto_ec_release(&chip);
}

static struct span answer(uint8_t tag, struct span *objects)
{
    struct tlv object;
    assert_true(tlv_expect(objects, tag, &object));
    return object.value;
}

static struct span answer_objects(void)
{
    struct span data = fixture.data;
    const struct span objects = answer(0x7C, &data);
    assert_int_equal(data.n, 0);
    return objects;
}

static void test_identifier_is_what_the_owner_of_the_sector_computes(void **state)
{
    (void)state;
    struct sector first, second;
    make_sector(&first);
    make_sector(&second);
    static const size_t parts[] = {COMMAND_MAX, 220, 100};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        begin(identification);
        name_sector(&first, false, CRYPTO_SHA256);
        name_sector(&second, true, CRYPTO_SHA256);
        assert_int_equal(set_template(PSEUDONYM_KEY), SW_OK);
        assert_int_equal(authenticate_in_parts(&first, &second, parts[i]), SW_OK);
        struct span objects = answer_objects();
        expect_identifier(&first, OBJECT_RESTRICTED_IDENTIFICATION_KEY, answer(0x81, &objects));
        expect_identifier(&second, OBJECT_RESTRICTED_IDENTIFICATION_KEY, answer(0x83, &objects));
        assert_int_equal(objects.n, 0);
    }
    crypto_ec_release(&first.key);
    crypto_ec_release(&second.key);
}

static void test_each_key_of_the_certificate_alone(void **state)
{
    (void)state;
    struct sector sector;
    make_sector(&sector);
    static const enum crypto_hash hashes[] = {CRYPTO_SHA1, CRYPTO_SHA224, CRYPTO_SHA256, CRYPTO_SHA384,
                                              CRYPTO_SHA512};
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        begin(identification);
        name_sector(&sector, false, hashes[i]);
        assert_int_equal(set_template(PSEUDONYM_KEY), SW_OK);
        assert_int_equal(authenticate(&sector, NULL), SW_OK);
        begin(identification);
        name_sector(&sector, true, hashes[i]);
        assert_int_equal(set_template(PSEUDONYM_KEY), SW_OK);
        assert_int_equal(authenticate(NULL, &sector), SW_OK);
        struct span objects = answer_objects();
        expect_identifier(&sector, OBJECT_RESTRICTED_IDENTIFICATION_KEY, answer(0x83, &objects));
    }
    crypto_ec_release(&sector.key);
}

static void test_blocking_key_needs_no_right_but_a_sector(void **state)
{
    (void)state;
    struct sector sector;
    make_sector(&sector);
    begin(0);
    name_sector(&sector, false, CRYPTO_SHA256);
    assert_int_equal(set_template(BLOCKING_KEY), SW_OK);
    assert_int_equal(authenticate(&sector, NULL), SW_OK);
    struct span objects = answer_objects();
    expect_identifier(&sector, OBJECT_RESTRICTED_IDENTIFICATION_KEY + 1, answer(0x81, &objects));
    for (unsigned bit = 0; bit < 64; bit++) {
        begin((rights)1 << bit);
        name_sector(&sector, false, CRYPTO_SHA256);
        assert_int_equal(set_template(PSEUDONYM_KEY), SW_OK);
        assert_int_equal(authenticate(&sector, NULL),
                         bit == RIGHT_RESTRICTED_IDENTIFICATION ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED);
    }
    crypto_ec_release(&sector.key);
}

// The CAN stands on the card: whoever may not use it learns nothing by it (TR-03110-2 §2.3.2.1).
static void test_can_identifies_to_those_only_who_may_use_it(void **state)
{
    (void)state;
    struct sector sector;
    make_sector(&sector);
    for (int may = 0; may <= 1; may++) {
        begin(may == 1 ? right_of(RIGHT_CAN_ALLOWED) : 0);
        fixture.card.security.achieved.password = PACE_PASSWORD_CAN;
        name_sector(&sector, false, CRYPTO_SHA256);
        assert_int_equal(set_template(BLOCKING_KEY), may == 1 ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED);
        assert_int_equal(authenticate(&sector, NULL), may == 1 ? SW_OK : SW_SECURITY_STATUS_NOT_SATISFIED);
    }
    crypto_ec_release(&sector.key);
}

static void test_only_an_authentication_terminal_identifies(void **state)
{
    (void)state;
    struct sector sector;
    make_sector(&sector);
    static const enum terminal_type types[] = {TERMINAL_INSPECTION, TERMINAL_SIGNATURE};
    for (size_t i = 0; i < 2; i++) {
        eid_begin(&fixture, EID_COMPLETE, types[i], ~(rights)0);
        name_sector(&sector, false, CRYPTO_SHA256);
        assert_int_equal(set_template(BLOCKING_KEY), SW_OK);
        assert_int_equal(authenticate(&sector, NULL), SW_SECURITY_STATUS_NOT_SATISFIED);
    }
    for (unsigned progress = EID_PACE; progress < EID_COMPLETE; progress++) {
        eid_begin(&fixture, (enum eid_progress)progress, TERMINAL_AUTHENTICATION, ~(rights)0);
        assert_int_equal(set_template(BLOCKING_KEY), SW_SECURITY_STATUS_NOT_SATISFIED);
        assert_int_equal(authenticate(&sector, NULL), SW_SECURITY_STATUS_NOT_SATISFIED);
    }
    crypto_ec_release(&sector.key);
}

static void test_sector_that_the_certificate_does_not_name_is_refused(void **state)
{
    (void)state;
    struct sector named, other;
    make_sector(&named);
    make_sector(&other);
    static const struct {
        bool names_first, names_second, sends_first, sends_second, sends_other;
    } cases[] = {
        {false, false, true, false, false}, {false, true, true, false, false},
        {true, false, false, true, false},  {true, true, true, true, true},
        {true, false, true, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin(identification);
        if (cases[i].names_first) {
            name_sector(&named, false, CRYPTO_SHA256);
        }
        if (cases[i].names_second) {
            name_sector(&named, true, CRYPTO_SHA256);
        }
        assert_int_equal(set_template(PSEUDONYM_KEY), SW_OK);
        assert_int_equal(authenticate(cases[i].sends_first ? &named : NULL, cases[i].sends_other    ? &other
                                                                            : cases[i].sends_second ? &named
                                                                                                    : NULL),
                         SW_AUTHENTICATION_FAILED);
        assert_int_equal(fixture.data.n, 0);
    }
    crypto_ec_release(&named.key);
    crypto_ec_release(&other.key);
}

static void assert_key_refused(const struct sector *sector)
{
    for (int key_id = PSEUDONYM_KEY; key_id <= BLOCKING_KEY; key_id++) {
        begin(identification);
        name_sector(sector, false, CRYPTO_SHA256);
        assert_int_equal(set_template((uint8_t)key_id), SW_OK);
        assert_int_equal(authenticate(sector, NULL), SW_WRONG_DATA);
    }
}

static void test_keys_that_are_not_the_protocols_are_refused(void **state)
{
    (void)state;
    struct sector sector;
    make_sector_on(&sector, CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256, true); // another curve
    assert_key_refused(&sector);
    crypto_ec_release(&sector.key);
    make_sector_on(&sector, CRYPTO_P256, CRYPTO_SHA256, false); // no parameters
    assert_key_refused(&sector);
    crypto_ec_release(&sector.key);
    make_sector_on(&sector, CRYPTO_P256, CRYPTO_SHA512, true); // another hash than was chosen
    assert_key_refused(&sector);
    crypto_ec_release(&sector.key);
    make_sector(&sector);
    sector.object[sector.length - 4] ^= 1; // in y: no point of the curve
    assert_key_refused(&sector);
    crypto_ec_release(&sector.key);
}

static void test_template_is_used_once_and_forgotten_by_other_commands(void **state)
{
    (void)state;
    struct sector sector;
    make_sector(&sector);
    begin(identification);
    name_sector(&sector, false, CRYPTO_SHA256);
    assert_int_equal(authenticate(&sector, NULL), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(set_template(PSEUDONYM_KEY), SW_OK);
    assert_int_equal(authenticate(&sector, NULL), SW_OK);
    assert_int_equal(authenticate(&sector, NULL), SW_CONDITIONS_NOT_SATISFIED);
    assert_int_equal(set_template(PSEUDONYM_KEY), SW_OK);
    ASSERT_PROTECTED(&fixture, "00B0810001", "6982");
    assert_int_equal(authenticate(&sector, NULL), SW_CONDITIONS_NOT_SATISFIED);
    crypto_ec_release(&sector.key);
}

static void test_malformed_commands(void **state)
{
    (void)state;
    static const struct {
        const char *command, *answer;
    } refused[] = {
        {"002241A40F800A04007F00070202050203840103", "6A88"}, // no such key
        {"002241A40C800A04007F00070202050203", "6A80"},       // no key id
        {"002241A403840101", "6A80"},                         // no OID
        {"002241A40F800A04007F00070202050206840101", "6A80"}, // no such hash
        {"002241A40F800A04007F00070202050103840101", "6A80"}, // DH
        {"002241A40F800A04007F00070202030202840101", "6A80"}, // Chip Authentication
        {"002241A40F060A04007F00070202050203840101", "6A80"},
        {"002241A410800A04007F0007020205020384020101", "6A80"},
        {"002241A411800A04007F000702020502038401018300", "6A80"},
    };
    begin(identification);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        fixture_assert(&fixture, fixture_protect(&fixture, refused[i].command), refused[i].answer, __FILE__,
                       (int)i);
        assert_false(fixture.card.restricted_identification.set);
    }
    static const char *const bad[] = {"7C00",     "7D00",       "7C02A000",    "7C02A200",
                                      "7C028000", "7C02A00000", "7C04A000A300"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char command[64];
        assert_int_equal(set_template(PSEUDONYM_KEY), SW_OK);
        (void)snprintf(command, sizeof command, "00860000%02zX%s00", strlen(bad[i]) / 2, bad[i]);
        assert_int_equal(fixture_protect(&fixture, command), SW_WRONG_DATA);
    }
}

static void test_key_pairs_have_ids_of_their_own(void **state)
{
    (void)state;
    make_key(DGI_GENERATE_RESTRICTED_IDENTIFICATION_BLOCKING_KEY, PSEUDONYM_KEY, CRYPTO_P384);
    assert_int_equal(eid_applet.complete(&fixture.card), SW_CONDITIONS_NOT_SATISFIED);
    size_t length = 0;
    assert_int_equal(eid_applet.remove(&fixture.card), SW_OK);
    for (uint16_t i = 0; i < 2; i++) {
        assert_int_equal(
            store_length(&fixture.card.store, (uint16_t)(OBJECT_RESTRICTED_IDENTIFICATION_KEY + i), &length),
            STORE_NOT_FOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_identifier_is_what_the_owner_of_the_sector_computes, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_each_key_of_the_certificate_alone, start, stop),
        cmocka_unit_test_setup_teardown(test_blocking_key_needs_no_right_but_a_sector, start, stop),
        cmocka_unit_test_setup_teardown(test_can_identifies_to_those_only_who_may_use_it, start, stop),
        cmocka_unit_test_setup_teardown(test_only_an_authentication_terminal_identifies, start, stop),
        cmocka_unit_test_setup_teardown(test_sector_that_the_certificate_does_not_name_is_refused, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_keys_that_are_not_the_protocols_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_template_is_used_once_and_forgotten_by_other_commands, start,
                                        stop),
        cmocka_unit_test_setup_teardown(test_malformed_commands, start, stop),
        cmocka_unit_test_setup_teardown(test_key_pairs_have_ids_of_their_own, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
