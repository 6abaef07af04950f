// Link certificates move the trust points, the right certificates move the date, and nothing else does
// (TR-03110-3 §2.4, §2.5; TR-03105-3.3, units EAC2_ISO7816_J, M and N).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "tests/apdu/eac_card.h"
#include "tests/unit/unit.h"

static struct terminal *const terminal = &eac_card.terminal;
static struct eac_chain *chain; // of authentication terminals

static int start(void **state)
{
    eac_card_start(state);
    chain = eac_card_chain(TERMINAL_AUTHENTICATION);
    eac_card_session(TERMINAL_AUTHENTICATION);
    return 0;
}

static cvc_date today(void)
{
    return current_date(&eac_card.fixture.card.store);
}

// --- The date ----------------------------------------------------------------------------------------------

static void test_date_begins_with_the_newest_trust_point(void **state)
{
    (void)state;
    assert_int_equal(today(), EAC_START);
}

static void test_domestic_dv_moves_the_date(void **state)
{
    (void)state;
    chain->dv_plan.effective = 260301;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    assert_int_equal(today(), 260301);
}

// Its certificate is the CVCA's word, too.
static void test_foreign_dv_moves_the_date(void **state)
{
    (void)state;
    chain->dv_plan.effective = 260301;
    chain->dv_plan.authorization.role = ROLE_DV_FOREIGN;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    assert_int_equal(today(), 260301);
}

static void test_terminal_of_a_domestic_dv_moves_the_date(void **state)
{
    (void)state;
    chain->terminal_plan.effective = 260401;
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(today(), 260401);
}

static void test_terminal_of_a_foreign_dv_does_not_move_the_date(void **state)
{
    (void)state;
    chain->dv_plan.authorization.role = ROLE_DV_FOREIGN;
    chain->terminal_plan.effective = 260401;
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(today(), EAC_START);
}

static struct cv_certificate link_plan(struct test_holder *from, struct test_holder *to, cvc_date effective)
{
    return certificate_plan(from, to, TERMINAL_AUTHENTICATION, ROLE_CVCA,
                            rights_of_type(TERMINAL_AUTHENTICATION), effective, effective + 30000);
}

static void test_link_certificate_moves_the_date(void **state)
{
    struct test_holder second;
    (void)state;
    test_holder_make(&second, "KRCVCAAT00002", CRYPTO_P256, CRYPTO_SHA256);
    const struct cv_certificate link = link_plan(&chain->cvca, &second, 260501);
    assert_int_equal(eac_import(terminal, &chain->cvca, &link), SW_OK);
    assert_int_equal(today(), 260501);
    test_holder_release(&second);
}

static void test_date_never_goes_back(void **state)
{
    (void)state;
    chain->dv_plan.effective = 260301;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    chain->dv_plan.effective = 260201;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    chain->terminal_plan.effective = 260101;
    assert_int_equal(eac_import(terminal, &chain->dv, &chain->terminal_plan), SW_OK);
    struct test_holder second;
    test_holder_make(&second, "KRCVCAAT00002", CRYPTO_P256, CRYPTO_SHA256);
    const struct cv_certificate link = link_plan(&chain->cvca, &second, 260201);
    assert_int_equal(eac_import(terminal, &chain->cvca, &link), SW_OK);
    assert_int_equal(today(), 260301);
    test_holder_release(&second);
}

static void test_date_outlives_the_session_and_holds_for_all_types(void **state)
{
    struct eac_chain *inspection = eac_card_chain(TERMINAL_INSPECTION);
    (void)state;
    chain->dv_plan.effective = 270601;
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    inspection->dv_plan.expiration = 270531;
    eac_card_session(TERMINAL_INSPECTION);
    assert_int_equal(today(), 270601);
    eac_card_assert_refused(eac_import(terminal, &inspection->cvca, &inspection->dv_plan));
    inspection->dv_plan.expiration = 270601;
    assert_int_equal(eac_import(terminal, &inspection->cvca, &inspection->dv_plan), SW_OK);
}

static void test_dv_that_has_expired_meanwhile_certifies_nobody(void **state)
{
    struct cv_certificate later = chain->terminal_plan;
    (void)state;
    chain->dv_plan.expiration = 260301;
    later.effective = 260302;
    later.holder = span_of("KRTERMAT00002", 13);
    assert_int_equal(eac_import(terminal, &chain->cvca, &chain->dv_plan), SW_OK);
    assert_int_equal(eac_set_dst(terminal, chain->dv_plan.holder), SW_OK);
    assert_int_equal(trust_points_update(&eac_card.fixture.card.store, NULL, 260302), STORE_OK);
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    eac_card_assert_refused(eac_verify(terminal, certificate_good(&later, &chain->dv, bytes)));
}

static void test_old_date_costs_the_flash_nothing(void **state)
{
    (void)state;
    const uint64_t words = eac_card.fixture.flash.words_programmed;
    assert_int_equal(eac_send_chain(terminal, chain), SW_OK);
    assert_int_equal(eac_card.fixture.flash.words_programmed, words);
}

// --- Link certificates -------------------------------------------------------------------------------------

// The names that PACE answers now.
static void assert_trust_points(const char *newer, const char *older)
{
    const char *const names[] = {newer, older};
    eac_card_session(TERMINAL_AUTHENTICATION);
    for (size_t i = 0; i < 2; i++) {
        assert_true(span_equal(span_of(terminal->trust_points[i], terminal->trust_point_lengths[i]),
                               span_of(names[i], strlen(names[i]))));
    }
}

// Three generations of the CVCA, each linked by the one before it.
struct generations {
    struct test_holder second, third;
    struct cv_certificate to_second, to_third;
};

static void make_generations(struct generations *made)
{
    test_holder_make(&made->second, "KRCVCAAT00002", CRYPTO_P256, CRYPTO_SHA256);
    test_holder_make(&made->third, "KRCVCAAT00003", CRYPTO_P256, CRYPTO_SHA256);
    made->to_second = link_plan(&chain->cvca, &made->second, EAC_START);
    made->to_third = link_plan(&made->second, &made->third, EAC_START);
}

static void release_generations(struct generations *made)
{
    test_holder_release(&made->second);
    test_holder_release(&made->third);
}

// The chain under another CVCA.
static uint16_t open_under(struct test_holder *cvca)
{
    struct cv_certificate dv = chain->dv_plan;
    dv.authority = span_of(cvca->reference, strlen(cvca->reference));
    eac_card_session(TERMINAL_AUTHENTICATION);
    const uint16_t status = eac_import(terminal, cvca, &dv);
    return status == SW_OK ? eac_import(terminal, &chain->dv, &chain->terminal_plan) : status;
}

static void test_link_makes_the_cvca_the_older_trust_point(void **state)
{
    struct generations made;
    (void)state;
    make_generations(&made);
    assert_trust_points("KRCVCAAT00001", "");
    assert_int_equal(eac_import(terminal, &chain->cvca, &made.to_second), SW_OK);
    assert_trust_points("KRCVCAAT00002", "KRCVCAAT00001");
    assert_int_equal(open_under(&chain->cvca), SW_OK);
    assert_int_equal(open_under(&made.second), SW_OK);
    assert_int_equal(open_under(&made.third), SW_REFERENCED_DATA_NOT_FOUND);
    release_generations(&made);
}

static void test_second_link_drops_the_oldest(void **state)
{
    struct generations made;
    (void)state;
    make_generations(&made);
    assert_int_equal(eac_import(terminal, &chain->cvca, &made.to_second), SW_OK);
    assert_int_equal(eac_import(terminal, &made.second, &made.to_third), SW_OK); // in the same session
    assert_trust_points("KRCVCAAT00003", "KRCVCAAT00002");
    assert_int_equal(open_under(&chain->cvca), SW_REFERENCED_DATA_NOT_FOUND);
    assert_int_equal(open_under(&made.second), SW_OK);
    assert_int_equal(open_under(&made.third), SW_OK);
    release_generations(&made);
}

static void test_link_gives_no_rights_and_no_key_to_a_terminal(void **state)
{
    struct generations made;
    (void)state;
    make_generations(&made);
    assert_int_equal(eac_import(terminal, &chain->cvca, &made.to_second), SW_OK);
    chain->terminal_plan.holder = made.to_second.holder;
    assert_int_equal(eac_set_template(terminal, chain), SW_REFERENCED_DATA_NOT_FOUND);
    release_generations(&made);
}

// TR-03110-3 §2.4: the key with the most recent effective date links.
static void test_older_trust_point_links_no_more(void **state)
{
    struct generations made;
    struct test_holder fork;
    (void)state;
    make_generations(&made);
    test_holder_make(&fork, "KRCVCAAT00009", CRYPTO_P256, CRYPTO_SHA256);
    const struct cv_certificate to_fork = link_plan(&chain->cvca, &fork, EAC_START);
    assert_int_equal(eac_import(terminal, &chain->cvca, &made.to_second), SW_OK);
    const struct eac_trust before = eac_card_trust();
    eac_card_assert_refused(eac_import(terminal, &chain->cvca, &to_fork));
    eac_card_assert_refused(eac_import(terminal, &chain->cvca, &made.to_second)); // nor once more
    eac_card_assert_trust(&before);
    assert_trust_points("KRCVCAAT00002", "KRCVCAAT00001");
    test_holder_release(&fork);
    release_generations(&made);
}

static void test_expired_older_trust_point_is_removed(void **state)
{
    struct generations made;
    (void)state;
    make_generations(&made);
    made.to_second.effective = EAC_CVCA_END; // 2028-12-31: the last day of the first
    assert_int_equal(eac_import(terminal, &chain->cvca, &made.to_second), SW_OK);
    assert_trust_points("KRCVCAAT00002", "KRCVCAAT00001");
    made.to_third.effective = 290101; // a DV's date would do as well
    struct cv_certificate dv = chain->dv_plan;
    dv.authority = made.to_second.holder;
    dv.effective = 290101;
    dv.expiration = 291231;
    assert_int_equal(eac_import(terminal, &made.second, &dv), SW_OK);
    assert_trust_points("KRCVCAAT00002", "");
    release_generations(&made);
}

// It certifies no DV any more, but still links (9303-11 §7.1.4.3.4).
static void test_expired_newest_trust_point_only_links(void **state)
{
    struct generations made;
    (void)state;
    make_generations(&made);
    assert_int_equal(trust_points_update(&eac_card.fixture.card.store, NULL, 300101), STORE_OK);
    struct cv_certificate dv = chain->dv_plan;
    dv.expiration = 311231;
    assert_trust_points("KRCVCAAT00001", "");
    eac_card_assert_refused(eac_import(terminal, &chain->cvca, &dv));
    assert_int_equal(eac_import(terminal, &chain->cvca, &made.to_second), SW_OK); // expired in itself
    made.to_third.expiration = 351231;
    assert_int_equal(eac_import(terminal, &made.second, &made.to_third), SW_OK);
    dv.authority = made.to_third.holder;
    assert_int_equal(eac_import(terminal, &made.third, &dv), SW_OK);
    release_generations(&made);
}

static void test_link_may_change_curve_and_hash(void **state)
{
    static const struct {
        enum crypto_curve curve;
        enum crypto_hash hash;
    } kinds[] = {{CRYPTO_P384, CRYPTO_SHA384},
                 {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256},
                 {CRYPTO_BRAINPOOL_P384R1, CRYPTO_SHA512},
                 {CRYPTO_BRAINPOOL_P512R1, CRYPTO_SHA512},
                 {CRYPTO_P521, CRYPTO_SHA512}};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct eac_chain next;
        struct test_holder fresh;
        char name[] = "KRCVCAAT00002";
        name[12] = (char)('2' + (int)i);
        test_holder_make(&fresh, name, kinds[i].curve, kinds[i].hash);
        const struct cv_certificate link = link_plan(&chain->cvca, &fresh, EAC_START);
        eac_card_session(TERMINAL_AUTHENTICATION);
        assert_int_equal(eac_import(terminal, &chain->cvca, &link), SW_OK);
        eac_chain_make_on(&next, TERMINAL_AUTHENTICATION, kinds[i].curve, kinds[i].hash);
        test_holder_release(&next.cvca);
        next.cvca = fresh;
        next.dv_plan.authority = link.holder;
        eac_card_assert_opens(&next);
        // It issues the next link.
        test_holder_release(&chain->cvca);
        chain->cvca = next.cvca;
        test_holder_release(&next.dv);
        test_holder_release(&next.terminal);
    }
}

// M_5 and N_1: in the session that brought it, with the algorithm that it brought, for DVs alone.
static void test_new_trust_point_serves_at_once(void **state)
{
    struct test_holder cvca, dv, holder;
    (void)state;
    test_holder_make(&cvca, "KRCVCAAT00002", CRYPTO_BRAINPOOL_P384R1, CRYPTO_SHA384);
    test_holder_make(&dv, "KRDVAT00002", CRYPTO_BRAINPOOL_P384R1, CRYPTO_SHA384);
    test_holder_make(&holder, "KRTERMAT00002", CRYPTO_BRAINPOOL_P384R1, CRYPTO_SHA384);
    const rights all = rights_of_type(TERMINAL_AUTHENTICATION);
    const struct cv_certificate link = link_plan(&chain->cvca, &cvca, EAC_START);
    const struct cv_certificate direct =
        certificate_plan(&cvca, &holder, TERMINAL_AUTHENTICATION, ROLE_TERMINAL, all, EAC_START, EAC_END);
    const struct cv_certificate to_dv =
        certificate_plan(&cvca, &dv, TERMINAL_AUTHENTICATION, ROLE_DV_DOMESTIC, all, EAC_START, EAC_END);
    const struct cv_certificate to_terminal =
        certificate_plan(&dv, &holder, TERMINAL_AUTHENTICATION, ROLE_TERMINAL, all, EAC_START, EAC_END);
    eac_card_session(TERMINAL_AUTHENTICATION);
    assert_int_equal(eac_import(terminal, &chain->cvca, &link), SW_OK);
    eac_card_assert_refused(eac_import(terminal, &cvca, &direct));
    assert_int_equal(eac_import(terminal, &cvca, &to_dv), SW_OK);
    assert_int_equal(eac_import(terminal, &dv, &to_terminal), SW_OK);
    test_holder_release(&cvca);
    test_holder_release(&dv);
    test_holder_release(&holder);
}

static void test_link_without_domain_parameters_keeps_the_curve(void **state)
{
    struct generations made;
    (void)state;
    make_generations(&made);
    made.to_second.has_parameters = false;
    assert_int_equal(eac_import(terminal, &chain->cvca, &made.to_second), SW_OK);
    assert_int_equal(open_under(&made.second), SW_OK);
    release_generations(&made);
}

static void test_link_of_one_type_leaves_the_others_alone(void **state)
{
    struct generations made;
    (void)state;
    make_generations(&made);
    assert_int_equal(eac_import(terminal, &chain->cvca, &made.to_second), SW_OK);
    for (int type = TERMINAL_INSPECTION; type <= TERMINAL_SIGNATURE; type++) {
        if (type != TERMINAL_AUTHENTICATION) {
            const struct span name = eac_card_chain((enum terminal_type)type)->cvca_plan.holder;
            eac_card_session((enum terminal_type)type);
            assert_true(
                span_equal(span_of(terminal->trust_points[0], terminal->trust_point_lengths[0]), name));
            assert_int_equal(terminal->trust_point_lengths[1], 0);
            eac_card_assert_opens(eac_card_chain((enum terminal_type)type));
        }
    }
    release_generations(&made);
}

// --- EF.CVCA -----------------------------------------------------------------------------------------------

static void assert_ef_cvca(const char *content)
{
    assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal_read(terminal, 0x1C, 0, LE_ALL), SW_OK);
    assert_span_hex(terminal->data, content);
    assert_int_equal(terminal_select_file(terminal, FID_CVCA), SW_OK);
    assert_int_equal(terminal_select(terminal, AID_MF), SW_OK);
}

static void test_ef_cvca_names_the_trust_points_of_inspection_systems(void **state)
{
    struct eac_chain *inspection = eac_card_chain(TERMINAL_INSPECTION);
    struct test_holder second;
    (void)state;
    eac_card_session(TERMINAL_INSPECTION);
    assert_ef_cvca("420D4B524356434149533030303031 000000000000000000000000000000000000000000");
    test_holder_make(&second, "KRCVCAIS00002", CRYPTO_P256, CRYPTO_SHA256);
    const struct cv_certificate link =
        certificate_plan(&inspection->cvca, &second, TERMINAL_INSPECTION, ROLE_CVCA,
                         rights_of_type(TERMINAL_INSPECTION), EAC_CVCA_END, 321231);
    assert_int_equal(eac_import(terminal, &inspection->cvca, &link), SW_OK);
    assert_ef_cvca("420D4B524356434149533030303032 420D4B524356434149533030303031 000000000000");
    eac_card_session(TERMINAL_INSPECTION);
    struct cv_certificate dv = inspection->dv_plan;
    dv.authority = link.holder;
    dv.effective = 290101;
    dv.expiration = 291231;
    assert_int_equal(eac_import(terminal, &second, &dv), SW_OK); // the older one has expired
    assert_ef_cvca("420D4B524356434149533030303032 000000000000000000000000000000000000000000");
    test_holder_release(&second);
}

static void test_ef_cvca_is_read_after_pace_alone(void **state)
{
    (void)state;
    fixture_power_cycle(&eac_card.fixture);
    terminal_start(terminal, &eac_card.fixture);
    assert_int_equal(terminal_select(terminal, AID_EMRTD), SW_OK);
    assert_int_equal(terminal_read(terminal, 0x1C, 0, 1), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(terminal_select_file(terminal, FID_CVCA), SW_SECURITY_STATUS_NOT_SATISFIED);
    assert_int_equal(terminal_select(terminal, AID_MF), SW_OK);
    assert_int_equal(terminal_pace_can(terminal), SW_OK);
    assert_ef_cvca("420D4B524356434149533030303031 000000000000000000000000000000000000000000");
}

// --- How certificates come ---------------------------------------------------------------------------------

static void test_certificate_comes_in_a_chain_of_short_commands(void **state)
{
    uint8_t bytes[TEST_CERTIFICATE_MAX];
    struct span certificate = certificate_good(&chain->dv_plan, &chain->cvca, bytes);
    struct span piece;
    (void)state;
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_OK);
    while (span_take(&certificate, 100, &piece)) {
        assert_int_equal(terminal_send(terminal, CLA_CHAINING, 0x2A, 0x00, 0xBE, piece, 0), SW_OK);
    }
    assert_int_equal(eac_verify(terminal, certificate), SW_OK);
    assert_int_equal(eac_import(terminal, &chain->dv, &chain->terminal_plan), SW_OK);
    // Without its end it is nothing.
    certificate = certificate_good(&chain->dv_plan, &chain->cvca, bytes);
    assert_int_equal(eac_set_dst(terminal, chain->cvca_plan.holder), SW_OK);
    assert_int_equal(terminal_send(terminal, CLA_CHAINING, 0x2A, 0x00, 0xBE, span_first(certificate, 100), 0),
                     SW_OK);
    assert_int_equal(terminal_read(terminal, 0x1D, 0, 1), SW_OK);
    eac_card_assert_refused(eac_verify(terminal, span_from(certificate, 100)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_date_begins_with_the_newest_trust_point, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_domestic_dv_moves_the_date, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_foreign_dv_moves_the_date, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_terminal_of_a_domestic_dv_moves_the_date, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_terminal_of_a_foreign_dv_does_not_move_the_date, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_link_certificate_moves_the_date, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_date_never_goes_back, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_date_outlives_the_session_and_holds_for_all_types, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_dv_that_has_expired_meanwhile_certifies_nobody, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_old_date_costs_the_flash_nothing, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_link_makes_the_cvca_the_older_trust_point, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_second_link_drops_the_oldest, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_link_gives_no_rights_and_no_key_to_a_terminal, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_older_trust_point_links_no_more, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_expired_older_trust_point_is_removed, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_expired_newest_trust_point_only_links, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_link_may_change_curve_and_hash, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_new_trust_point_serves_at_once, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_link_without_domain_parameters_keeps_the_curve, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_link_of_one_type_leaves_the_others_alone, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_ef_cvca_names_the_trust_points_of_inspection_systems, start,
                                        eac_card_stop),
        cmocka_unit_test_setup_teardown(test_ef_cvca_is_read_after_pace_alone, start, eac_card_stop),
        cmocka_unit_test_setup_teardown(test_certificate_comes_in_a_chain_of_short_commands, start,
                                        eac_card_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
