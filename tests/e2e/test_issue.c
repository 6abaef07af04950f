// Issuing and tapping a card in one process: every variant, and a tag that leaves at every APDU.
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/document_internal.h"
#include "host/reader/suite.h"
#include "tests/e2e/card_link.h"
#include "tests/e2e/specimen.h"
#include "tests/unit/unit.h"
#include <jumin/pin.h>

#include <stdio.h>

static void expect_issued(struct jumin_perso *perso, struct jumin_order *order)
{
    const enum jumin_error error = jumin_perso_issue(perso, order, SPECIMEN_NOW);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_perso_detail(perso));
    }
}

struct station {
    struct card_link link;
    struct jumin_transport *transport;
    struct jumin_pki *pki;
    struct jumin_order *order;
    struct jumin_perso *perso;
};

static void station_start(struct station *station, enum jumin_curve curve)
{
    card_link_start(&station->link, 1);
    station->transport = card_link_open(&station->link);
    station->pki = specimen_pki(curve);
    station->order = specimen_order();
    station->perso = specimen_perso(station->transport, station->pki);
}

static void station_stop(struct station *station)
{
    jumin_perso_free(station->perso);
    jumin_order_free(station->order);
    jumin_pki_free(station->pki);
    jumin_transport_free(station->transport);
    card_link_stop(&station->link);
}

// Another blank card takes the place of the one before.
static void station_next_card(struct station *station, uint8_t serial)
{
    const struct jumin_limits limits = station->link.limits;
    jumin_transport_disconnect(station->transport);
    card_link_stop(&station->link);
    card_link_start(&station->link, serial);
    station->link.limits = limits;
}

static void test_issued_card_is_genuine(void **state)
{
    (void)state;
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    expect_issued(station.perso, station.order);
    specimen_expect_genuine(station.transport, station.pki);
    station_stop(&station);
}

static void test_card_is_issued_over_short_apdus(void **state)
{
    (void)state;
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    card_link_short_apdus_only(&station.link);
    expect_issued(station.perso, station.order);
    specimen_expect_genuine(station.transport, station.pki);
    station_stop(&station);
}

static void test_issued_card_is_refused_and_stays(void **state)
{
    (void)state;
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    expect_issued(station.perso, station.order);
    assert_int_equal(jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW),
                     JUMIN_ERROR_ALREADY_PERSONALIZED);
    specimen_expect_genuine(station.transport, station.pki);
    station_stop(&station);
}

// That a card carries an order is known to the order, not to the handle that has written it.
static void test_another_handle_reads_a_locked_card_back(void **state)
{
    (void)state;
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    card_link_count_from_here(&station.link, 0, false);
    expect_issued(station.perso, station.order);
    const unsigned commands = station.link.commands;
    station_next_card(&station, 2);
    card_link_count_from_here(&station.link, commands, false);
    assert_int_equal(jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW), JUMIN_ERROR_CARD_REMOVED);
    assert_true(jumin_order_is_on_card(station.order));
    jumin_perso_free(station.perso);
    station.perso = specimen_perso(station.transport, station.pki);
    expect_issued(station.perso, station.order);
    assert_false(jumin_order_is_on_card(station.order));
    specimen_expect_genuine(station.transport, station.pki);
    station_stop(&station);
}

// The usual profile with `from` replaced by `to`.
static void set_profile(struct jumin_order *order, const char *from, const char *to)
{
    char text[4096];
    const char *usual = jumin_profile_text("resident");
    const char *at = strstr(usual, from);
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - usual), usual, to, at + strlen(from));
    assert_int_equal(jumin_order_set_profile(order, text, strlen(text)), JUMIN_OK);
}

static void test_pin_has_four_to_eight_digits(void **state)
{
    (void)state;
    static const char *const pins[] = {"1234", "12345678"};
    for (size_t i = 0; i < 2; i++) {
        struct station station;
        struct jumin_document *document = NULL;
        station_start(&station, JUMIN_CURVE_P256);
        assert_int_equal(jumin_order_set_pin(station.order, "123"), JUMIN_ERROR_ARGUMENT);
        assert_int_equal(jumin_order_set_pin(station.order, "123456789"), JUMIN_ERROR_ARGUMENT);
        assert_int_equal(jumin_order_set_pin(station.order, pins[i]), JUMIN_OK);
        set_profile(station.order, "\"digits\": 6", "\"digits\": 4");
        expect_issued(station.perso, station.order);
        struct jumin_reader *reader = NULL;
        assert_int_equal(jumin_reader_new(&reader, station.transport), JUMIN_OK);
        assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_PIN, pins[i]), JUMIN_OK);
        assert_int_equal(jumin_reader_read(reader, &document), JUMIN_OK);
        jumin_document_free(document);
        jumin_reader_free(reader);
        station_stop(&station);
    }
}

static struct jumin_reader *reader_with(struct station *station, enum jumin_password password,
                                        const char *digits)
{
    struct jumin_reader *reader = NULL;
    assert_int_equal(jumin_reader_new(&reader, station->transport), JUMIN_OK);
    assert_int_equal(jumin_reader_set_password(reader, password, digits), JUMIN_OK);
    return reader;
}

static void assert_kind_of_pin(struct station *station, enum jumin_pin_kind kind)
{
    struct jumin_reader *reader = reader_with(station, JUMIN_PASSWORD_CAN, SPECIMEN_CAN);
    struct jumin_pin_status status;
    assert_int_equal(jumin_pin_status(reader, &status), JUMIN_OK);
    assert_int_equal(status.state, JUMIN_PIN_USABLE);
    assert_int_equal(status.tries_left, JUMIN_PIN_ALL_TRIES);
    assert_int_equal(status.kind, kind);
    jumin_reader_free(reader);
}

static void test_transport_pin_is_random_short_and_changed_at_first_use(void **state)
{
    (void)state;
    struct station station;
    struct jumin_document *document = NULL;
    station_start(&station, JUMIN_CURVE_P256);
    jumin_order_free(station.order);
    station.order = specimen_order_without_passwords();
    assert_int_equal(jumin_order_set_can(station.order, SPECIMEN_CAN), JUMIN_OK);
    assert_int_equal(jumin_order_set_transport_pin(station.order, true), JUMIN_OK);
    expect_issued(station.perso, station.order);
    const char *pin = jumin_order_pin(station.order);
    assert_int_equal(strlen(pin), 5);
    assert_true(jumin_order_has_transport_pin(station.order));
    assert_kind_of_pin(&station, JUMIN_PIN_TRANSPORT);
    struct jumin_reader *reader = reader_with(&station, JUMIN_PASSWORD_PIN, pin);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_TRANSPORT_PIN);
    assert_int_equal(jumin_pin_change(reader, "31415"), JUMIN_ERROR_NEW_PASSWORD);
    assert_int_equal(jumin_pin_change(reader, "314159"), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_OK);
    assert_kind_of_pin(&station, JUMIN_PIN_HOLDERS);
    jumin_document_free(document);
    jumin_reader_free(reader);
    station_stop(&station);
}

static void test_puk_of_the_order_unblocks_the_pin(void **state)
{
    (void)state;
    struct station station;
    struct jumin_document *document = NULL;
    station_start(&station, JUMIN_CURVE_P256);
    assert_int_equal(jumin_order_set_puk(station.order, "123456789"), JUMIN_ERROR_ARGUMENT);
    expect_issued(station.perso, station.order);
    assert_int_equal(strlen(jumin_order_puk(station.order)), 10);
    struct jumin_reader *reader = reader_with(&station, JUMIN_PASSWORD_PIN, "000000");
    assert_int_equal(jumin_reader_set_can_for_pin(reader, SPECIMEN_CAN), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_WRONG_PASSWORD);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_PASSWORD_BLOCKED);
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_PUK, jumin_order_puk(station.order)),
                     JUMIN_OK);
    assert_int_equal(jumin_pin_unblock(reader), JUMIN_OK);
    assert_kind_of_pin(&station, JUMIN_PIN_HOLDERS);
    jumin_reader_free(reader);
    station_stop(&station);
}

// The profile says how short.
static void test_new_pin_is_as_short_as_the_profile_allows(void **state)
{
    (void)state;
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    assert_int_equal(jumin_order_set_pin(station.order, "1234"), JUMIN_OK);
    assert_int_equal(jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW), JUMIN_ERROR_ARGUMENT);
    set_profile(station.order, "\"digits\": 6", "\"digits\": 4");
    expect_issued(station.perso, station.order);
    struct jumin_reader *reader = reader_with(&station, JUMIN_PASSWORD_PIN, "1234");
    assert_int_equal(jumin_pin_change(reader, "314"), JUMIN_ERROR_NEW_PASSWORD);
    assert_int_equal(jumin_pin_change(reader, "3141"), JUMIN_OK);
    jumin_reader_free(reader);
    station_stop(&station);
}

static void test_card_of_another_factory_is_refused(void **state)
{
    (void)state;
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    jumin_perso_free(station.perso);
    station.perso =
        specimen_perso_with(station.transport, station.pki, card_link_issuer_key, card_link_issuer_key);
    assert_int_equal(jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW), JUMIN_ERROR_KEYS_REFUSED);
    station_stop(&station);
}

static bool cancel_before_install(void *context, enum jumin_perso_step step, size_t done, size_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return step != JUMIN_PERSO_INSTALL;
}

// After the rotation only the issuer's keys open the card: the transport keys are not even tried.
static void test_transport_keys_are_not_used_once_rotated(void **state)
{
    (void)state;
    struct station station;
    struct jumin_perso *other = NULL;
    station_start(&station, JUMIN_CURVE_P256);
    assert_int_equal(jumin_perso_set_progress(station.perso, cancel_before_install, NULL), JUMIN_OK);
    assert_int_equal(jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW), JUMIN_ERROR_CANCELLED);
    other =
        specimen_perso_with(station.transport, station.pki, card_link_transport_key, card_link_transport_key);
    assert_int_equal(jumin_perso_issue(other, station.order, SPECIMEN_NOW), JUMIN_ERROR_KEYS_REFUSED);
    jumin_perso_free(other);
    assert_int_equal(jumin_perso_set_progress(station.perso, NULL, NULL), JUMIN_OK);
    expect_issued(station.perso, station.order);
    specimen_expect_genuine(station.transport, station.pki);
    station_stop(&station);
}

static unsigned count_commands(struct station *station)
{
    card_link_count_from_here(&station->link, 0, false);
    expect_issued(station->perso, station->order);
    return station->link.commands;
}

static void lose_at_every_command(bool lose_answer_only)
{
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    const unsigned commands = count_commands(&station);
    for (unsigned lose_at = 1; lose_at <= commands; lose_at++) {
        station_next_card(&station, (uint8_t)(lose_at % 250 + 2));
        card_link_count_from_here(&station.link, lose_at, lose_answer_only);
        const enum jumin_error error = jumin_perso_issue(station.perso, station.order, SPECIMEN_NOW);
        if (error != JUMIN_ERROR_CARD_REMOVED && error != JUMIN_OK) {
            fail_msg("lost at command %u of %u: %s: %s", lose_at, commands, jumin_error_name(error),
                     jumin_perso_detail(station.perso));
        }
        if (error == JUMIN_ERROR_CARD_REMOVED) {
            expect_issued(station.perso, station.order);
        }
        specimen_expect_genuine(station.transport, station.pki);
    }
    station_stop(&station);
}

static void test_tag_lost_before_every_command_of_a_personalization(void **state)
{
    (void)state;
    lose_at_every_command(false);
}

static void test_tag_lost_after_every_command_of_a_personalization(void **state)
{
    (void)state;
    lose_at_every_command(true);
}

static struct jumin_reader *new_reader(struct station *station)
{
    struct jumin_reader *reader = NULL;
    assert_int_equal(jumin_reader_new(&reader, station->transport), JUMIN_OK);
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, SPECIMEN_CAN), JUMIN_OK);
    return reader;
}

// Files that were complete are not read again: the second call costs less than a whole read.
static void test_tag_lost_at_every_command_of_a_read(void **state)
{
    (void)state;
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    expect_issued(station.perso, station.order);
    struct jumin_reader *reader = new_reader(&station);
    struct jumin_document *document = NULL;
    card_link_count_from_here(&station.link, 0, false);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_OK);
    jumin_document_free(document);
    jumin_reader_free(reader);
    const unsigned commands = station.link.commands;
    unsigned most = 0;
    for (unsigned lose_at = 1; lose_at <= commands; lose_at++) {
        reader = new_reader(&station);
        card_link_count_from_here(&station.link, lose_at, (lose_at & 1) != 0);
        enum jumin_error error = jumin_reader_read(reader, &document);
        assert_int_equal(error, JUMIN_ERROR_CARD_REMOVED);
        card_link_count_from_here(&station.link, 0, false);
        error = jumin_reader_read(reader, &document);
        if (error != JUMIN_OK) {
            fail_msg("lost at command %u of %u: %s: %s", lose_at, commands, jumin_error_name(error),
                     jumin_reader_detail(reader));
        }
        most = station.link.commands > most ? station.link.commands : most;
        if (lose_at > commands - 3) {
            assert_true(station.link.commands < commands / 2 + 5);
        }
        jumin_document_free(document);
        jumin_reader_free(reader);
    }
    assert_true(most <= commands);
    station_stop(&station);
}

static void tap(struct station *station, const struct jumin_pace_protocol *protocol, bool extended)
{
    struct jumin_reader *reader = new_reader(station);
    struct jumin_document *document = NULL;
    struct jumin_report *report = NULL;
    struct jumin_trust *trust = specimen_trust(station->pki);
    struct jumin_pace_protocol done;
    assert_int_equal(jumin_reader_set_pace(reader, protocol), JUMIN_OK);
    assert_int_equal(
        jumin_reader_set_extended_length(reader, extended ? JUMIN_EXTENDED_AUTO : JUMIN_EXTENDED_OFF),
        JUMIN_OK);
    const enum jumin_error error = jumin_reader_read(reader, &document);
    if (error != JUMIN_OK) {
        fail_msg("mapping %d, %u bits, %s: %s: %s", (int)protocol->mapping, protocol->key_bits,
                 extended ? "extended" : "short", jumin_error_name(error), jumin_reader_detail(reader));
    }
    assert_int_equal(jumin_document_pace(document, &done), JUMIN_OK);
    assert_int_equal(done.mapping, protocol->mapping);
    assert_int_equal(done.key_bits, protocol->key_bits);
    if (protocol->cipher != JUMIN_CIPHER_ANY) {
        assert_int_equal(done.cipher, protocol->cipher);
        assert_int_equal(suite_cipher_of(document->evidence.chip_suite), protocol->cipher);
    }
    assert_int_equal(jumin_document_verify(document, trust, SPECIMEN_NOW, &report), JUMIN_OK);
    assert_int_equal(jumin_report_verdict(report), JUMIN_PASSED);
    assert_int_equal(jumin_report_chip(report), JUMIN_PASSED);
    jumin_report_free(report);
    jumin_trust_free(trust);
    jumin_document_free(document);
    jumin_reader_free(reader);
}

static void tap_every_variant(enum jumin_curve curve)
{
    static const enum jumin_pace_mapping mappings[] = {JUMIN_PACE_GM, JUMIN_PACE_IM, JUMIN_PACE_CAM};
    static const unsigned bits[] = {128, 256};
    struct station station;
    station_start(&station, curve);
    expect_issued(station.perso, station.order);
    for (size_t i = 0; i < 12; i++) {
        const struct jumin_pace_protocol protocol = {.mapping = mappings[i % 3], .key_bits = bits[i / 3 % 2]};
        tap(&station, &protocol, i / 6 == 0);
    }
    station_stop(&station);
}

static void test_every_variant_on_p256(void **state)
{
    (void)state;
    tap_every_variant(JUMIN_CURVE_P256);
}

static void test_every_variant_on_p384(void **state)
{
    (void)state;
    tap_every_variant(JUMIN_CURVE_P384);
}

static void test_every_variant_on_brainpool_p256r1(void **state)
{
    (void)state;
    tap_every_variant(JUMIN_CURVE_BRAINPOOL_P256R1);
}

static void test_every_variant_on_brainpool_p384r1(void **state)
{
    (void)state;
    tap_every_variant(JUMIN_CURVE_BRAINPOOL_P384R1);
}

// Both ciphers from one card, through PACE and Chip Authentication; AES for those who ask for none.
static void test_korean_profile_is_tapped_by_aria_and_by_aes(void **state)
{
    (void)state;
    static const enum jumin_pace_mapping mappings[] = {JUMIN_PACE_GM, JUMIN_PACE_IM, JUMIN_PACE_CAM};
    static const enum jumin_cipher ciphers[] = {JUMIN_CIPHER_ARIA, JUMIN_CIPHER_AES};
    const char *profile = jumin_profile_text("resident-kr");
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    assert_int_equal(jumin_order_set_profile(station.order, profile, strlen(profile)), JUMIN_OK);
    expect_issued(station.perso, station.order);
    for (size_t i = 0; i < 12; i++) {
        const struct jumin_pace_protocol protocol = {
            .mapping = mappings[i % 3], .key_bits = i / 3 % 2 == 0 ? 128 : 256, .cipher = ciphers[i / 6]};
        tap(&station, &protocol, i % 2 == 0);
    }
    const struct jumin_pace_protocol any = {.mapping = JUMIN_PACE_CAM, .key_bits = 256};
    tap(&station, &any, true);
    specimen_expect_genuine(station.transport, station.pki);
    station_stop(&station);
}

static void expect_budget(struct station *station, unsigned budget)
{
    struct jumin_reader *reader = new_reader(station);
    struct jumin_document *document = NULL;
    struct jumin_reader_cost cost;
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_OK);
    jumin_reader_cost(reader, &cost);
    print_message("%u APDUs, %zu bytes sent, %zu bytes received\n", cost.commands, cost.sent, cost.received);
    assert_true(cost.commands <= budget);
    jumin_document_free(document);
    jumin_reader_free(reader);
}

// DG1, DG2 of some 20 KB, DG11, DG12, DG14, DG15 and SOD, with PA, CA and AA.
static void test_a_tap_stays_within_its_apdus(void **state)
{
    (void)state;
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    expect_issued(station.perso, station.order);
    expect_budget(&station, 42);
    card_link_short_apdus_only(&station.link);
    expect_budget(&station, 124);
    station_stop(&station);
}

static void test_wrong_can_is_named(void **state)
{
    (void)state;
    struct station station;
    station_start(&station, JUMIN_CURVE_P256);
    expect_issued(station.perso, station.order);
    struct jumin_reader *reader = new_reader(&station);
    struct jumin_document *document = NULL;
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, "000000"), JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_ERROR_WRONG_PASSWORD);
    assert_null(document);
    assert_int_equal(jumin_reader_set_password(reader, JUMIN_PASSWORD_MRZ, jumin_order_mrz(station.order)),
                     JUMIN_OK);
    assert_int_equal(jumin_reader_read(reader, &document), JUMIN_OK);
    jumin_document_free(document);
    jumin_reader_free(reader);
    station_stop(&station);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_issued_card_is_genuine),
        cmocka_unit_test(test_card_is_issued_over_short_apdus),
        cmocka_unit_test(test_issued_card_is_refused_and_stays),
        cmocka_unit_test(test_another_handle_reads_a_locked_card_back),
        cmocka_unit_test(test_pin_has_four_to_eight_digits),
        cmocka_unit_test(test_transport_pin_is_random_short_and_changed_at_first_use),
        cmocka_unit_test(test_puk_of_the_order_unblocks_the_pin),
        cmocka_unit_test(test_new_pin_is_as_short_as_the_profile_allows),
        cmocka_unit_test(test_card_of_another_factory_is_refused),
        cmocka_unit_test(test_transport_keys_are_not_used_once_rotated),
        cmocka_unit_test(test_wrong_can_is_named),
        cmocka_unit_test(test_a_tap_stays_within_its_apdus),
        cmocka_unit_test(test_every_variant_on_p256),
        cmocka_unit_test(test_korean_profile_is_tapped_by_aria_and_by_aes),
        cmocka_unit_test(test_every_variant_on_p384),
        cmocka_unit_test(test_every_variant_on_brainpool_p256r1),
        cmocka_unit_test(test_every_variant_on_brainpool_p384r1),
        cmocka_unit_test(test_tag_lost_at_every_command_of_a_read),
        cmocka_unit_test(test_tag_lost_before_every_command_of_a_personalization),
        cmocka_unit_test(test_tag_lost_after_every_command_of_a_personalization),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
