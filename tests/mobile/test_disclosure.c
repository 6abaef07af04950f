// What a request would disclose, in person and remotely: what is allowed is shown once and remembered, and
// each refusal has its reason.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/wallet_stage.h"

#include "host/mobile/mdoc_chain.h"
#include "host/mobile/resident_claims.h"
#include "host/mobile/sd_jwt_vc.h"

#include <stdio.h>
#include <stdlib.h>

static const uint8_t transcript_bytes[] = {0x83, 0xF6, 0xF6, 0x61, 'x'},
                     other_bytes[] = {0x83, 0xF6, 0xF6, 0x61, 'y'};
static const struct span transcript = {transcript_bytes, sizeof transcript_bytes},
                         other_transcript = {other_bytes, sizeof other_bytes};
static struct disclosure_plan plan;
static struct detail detail;
static uint8_t request_bytes[16384], response_bytes[65536];

static int open_with_credentials(void **state)
{
    assert_int_equal(wallet_stage_open(state), 0);
    stage_trust();
    stage_provision();
    return 0;
}

static int close_plan(void **state)
{
    disclosure_release(&plan);
    return wallet_stage_close(state);
}

#define PLAN_TEST(test) cmocka_unit_test_setup_teardown(test, open_with_credentials, close_plan)

// --- In person -------------------------------------------------------------------------------------------------

static void ask_for(const char *doc_type, const struct mdoc_element_name *elements, size_t count,
                    bool is_signed, struct span session)
{
    struct signer signer;
    struct device_request request;
    struct writer w = writer_of(request_bytes, sizeof request_bytes);
    disclosure_release(&plan);
    assert_true(signer_of_key(&stage_venue.key.key, &signer));
    const struct device_request_reader reader = {&signer, &stage_venue.der, 1};
    const struct document_request_order order = {span_of(doc_type, strlen(doc_type)), elements, count};
    assert_int_equal(device_request_make(transcript, &order, 1, is_signed ? &reader : NULL, &w), JUMIN_OK);
    assert_int_equal(device_request_parse(writer_span(&w), &request, &detail), JUMIN_OK);
    assert_int_equal(disclosure_of_device_request(wallet, &request, session, station_clock, &plan, &detail),
                     JUMIN_OK);
}

static void ask_purpose(enum jumin_purpose purpose, unsigned year)
{
    struct resident_purpose_elements asked;
    assert_true(resident_purpose_ask(purpose, year, &asked));
    ask_for(RESIDENT_DOC_TYPE, asked.elements, asked.count, true, transcript);
}

static void ask_element(const char *name_space, const char *name)
{
    const struct mdoc_element_name element = {span_of(name_space, strlen(name_space)),
                                              span_of(name, strlen(name)), false};
    ask_for(RESIDENT_DOC_TYPE, &element, 1, true, transcript);
}

static void assert_refused(const char *why)
{
    if (!plan.refused || strstr(plan.why, why) == NULL) {
        fail_msg("%d %s", plan.refused, plan.why);
    }
    assert_int_equal(disclosure_take(wallet, &plan, station_clock, &detail), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_int_equal(stage_credential(0).unused, 5);
    assert_int_equal(stage_credential(1).unused, 5);
}

static enum jumin_error trust_mdoc(void *context, const struct span *chain, size_t count, int64_t now,
                                   struct mdoc_signer *signer, struct detail *why)
{
    static struct mdoc_chain trusted;
    (void)context;
    mdoc_chain_release(&trusted);
    trusted =
        (struct mdoc_chain){.role = X5CHAIN_MDOC_SIGNER, .roots = wallet->trust.roots[TRUST_LIST_ISSUERS]};
    const struct mdoc_chain_check check = mdoc_chain_check_of(&trusted);
    return check.check(check.context, chain, count, now, signer, why);
}

static void assert_response(struct span response, size_t elements)
{
    static struct device_response parsed;
    const struct mdoc_rules rules = {.now = station_clock, .issuer = {trust_mdoc, NULL}};
    struct issuer_signed_walk walk;
    struct issuer_signed_item item;
    assert_int_equal(device_response_parse(response, &parsed, &detail), JUMIN_OK);
    assert_int_equal(parsed.count, 1);
    if (device_document_verify(&parsed.documents[0], &rules, transcript, NULL, &detail) != JUMIN_OK) {
        fail_msg("%s", detail.text);
    }
    issuer_signed_begin(&parsed.documents[0].issuer_signed, &walk);
    while (issuer_signed_next(&walk, &item)) {
        elements--;
    }
    assert_int_equal(elements, 0);
}

static void test_a_store_that_asks_for_adult_gets_one_boolean(void **state)
{
    struct writer w = writer_of(response_bytes, sizeof response_bytes);
    struct jumin_wallet_event event;
    (void)state;
    ask_purpose(JUMIN_PURPOSE_ADULT, 2027);
    assert_false(plan.refused);
    assert_true(plan.venue.authenticated);
    assert_string_equal(plan.venue.name, "Signer");
    assert_int_equal(plan.purposes, JUMIN_PURPOSE_ADULT);
    assert_int_equal(plan.count, 1);
    assert_int_equal(plan.documents[0].count, 1);
    assert_string_equal(plan.documents[0].elements[0].name, "adult_in_2027");
    assert_string_equal(plan.documents[0].elements[0].value, "true");
    // Nothing is taken before the holder agrees.
    assert_int_equal(stage_credential(0).unused, 5);
    assert_int_equal(disclosure_device_response(&plan, NULL, transcript, span_of(NULL, 0), &w),
                     JUMIN_ERROR_ARGUMENT);
    assert_int_equal(disclosure_take(wallet, &plan, station_clock, &detail), JUMIN_OK);
    assert_int_equal(stage_credential(0).unused, 4);
    assert_int_equal(disclosure_device_response(&plan, NULL, transcript, span_of(NULL, 0), &w), JUMIN_OK);
    assert_response(writer_span(&w), 1);
    assert_int_equal(disclosure_take(wallet, &plan, station_clock, &detail), JUMIN_ERROR_NOT_AUTHORIZED);
    stage_reopen();
    assert_int_equal(jumin_wallet_event(wallet, jumin_wallet_events(wallet) - 1, &event), JUMIN_OK);
    assert_string_equal(event.kind, "shown");
    assert_string_equal(event.who, "Signer");
    assert_string_equal(event.purpose, "adult");
    assert_string_equal(event.elements, "adult_in_2027");
    assert_int_equal(stage_credential(0).unused, 4);
}

static void test_a_copy_that_says_something_else_than_the_plan_is_not_shown(void **state)
{
    (void)state;
    ask_purpose(JUMIN_PURPOSE_ADULT, 2027);
    free(plan.documents[0].elements[0].value);
    plan.documents[0].elements[0].value = strdup("false");
    assert_int_equal(disclosure_take(wallet, &plan, station_clock, &detail), JUMIN_ERROR_CONFLICT);
    assert_int_equal(plan.taken, false);
}

static void test_a_key_that_only_signs_answers_a_reader_with_a_key_of_its_own(void **state)
{
    struct writer w = writer_of(response_bytes, sizeof response_bytes);
    struct signer reader;
    (void)state;
    wallet->keys.agree = NULL; // as of a key store that has signatures alone
    assert_true(signer_of_key(&stage_venue.key.key, &reader));
    ask_purpose(JUMIN_PURPOSE_ADULT, 2027);
    assert_int_equal(disclosure_take(wallet, &plan, station_clock, &detail), JUMIN_OK);
    assert_int_equal(
        disclosure_device_response(&plan, NULL, transcript, span_of(reader.point, SIGNER_POINT), &w),
        JUMIN_OK);
    assert_response(writer_span(&w), 1);
}

static void test_what_strangers_say_is_remembered_short_and_printable(void **state)
{
    struct jumin_wallet_event event;
    char names[2000];
    (void)state;
    memset(names, 'n', sizeof names - 1);
    names[0] = '\x1b';
    names[sizeof names - 1] = '\0';
    assert_int_equal(
        wallet_remember(wallet, station_clock, "refused", "\xC1\xA1 Shop", "", names, "one\nline"), JUMIN_OK);
    stage_reopen();
    assert_int_equal(jumin_wallet_event(wallet, jumin_wallet_events(wallet) - 1, &event), JUMIN_OK);
    assert_string_equal(event.who, "?? Shop");
    assert_string_equal(event.reason, "one line");
    assert_int_equal(strlen(event.elements), 511);
    assert_int_equal(event.elements[0], ' ');
}

static void test_a_store_that_asks_for_more_is_refused_with_the_reason(void **state)
{
    struct jumin_wallet_event event;
    (void)state;
    ask_purpose(JUMIN_PURPOSE_IDENTITY, 0);
    assert_int_equal(plan.purposes, JUMIN_PURPOSE_IDENTITY);
    assert_refused("Signer may not ask for identity");
    assert_int_equal(disclosure_refuse(wallet, &plan, station_clock, NULL), JUMIN_OK);
    assert_int_equal(jumin_wallet_event(wallet, jumin_wallet_events(wallet) - 1, &event), JUMIN_OK);
    assert_string_equal(event.kind, "refused");
    assert_string_equal(event.purpose, "identity");
    assert_non_null(strstr(event.reason, "may not ask"));
    ask_purpose(JUMIN_PURPOSE_AGE, 0);
    assert_refused("Signer may not ask for age");
    ask_element(RESIDENT_COMMON_NAMESPACE, "birth_date");
    assert_refused("may not ask for age");
}

static void test_only_the_present_year_is_answered(void **state)
{
    (void)state;
    ask_purpose(JUMIN_PURPOSE_ADULT, 2028);
    assert_refused(
        "adult_in_2028: only 2027 may be asked for, the year in Korea by this phone's clock: have it "
        "asked again");
    ask_purpose(JUMIN_PURPOSE_ADULT, 2026);
    assert_refused("adult_in_2026: only 2027 may be asked for");
}

static const struct disclosure_element *ask_year(unsigned year, enum jumin_wallet_format format, int64_t at)
{
    const bool mdoc = format == JUMIN_WALLET_MDOC;
    const struct x5chain none = {.count = 0};
    char name[16];
    (void)snprintf(name, sizeof name, "adult_in_%04u", year % 10000);
    json_t *query =
        mdoc ? json_pack("{s:[{s:s, s:s, s:{s:s}, s:[{s:[s, s]}]}]}", "credentials", "id", "a", "format",
                         "mso_mdoc", "meta", "doctype_value", RESIDENT_DOC_TYPE, "claims", "path",
                         RESIDENT_NATIONAL_NAMESPACE, name)
             : json_pack("{s:[{s:s, s:s, s:{s:[s]}, s:[{s:[s]}]}]}", "credentials", "id", "a", "format",
                         "dc+sd-jwt", "meta", "vct_values", RESIDENT_VCT, "claims", "path", name);
    disclosure_release(&plan);
    assert_int_equal(disclosure_of_dcql(wallet, query, &none, at, &plan, &detail), JUMIN_OK);
    json_decref(query);
    return &plan.documents[0].elements[0];
}

// 2028 begins in Korea in the last hours of 2027 in UTC, at 15:00:00. Nothing new is fetched: a credential
// speaks of all the years in which it is valid.
static void test_a_wallet_offline_answers_for_the_new_year_from_its_first_second(void **state)
{
    enum { NEW_YEAR = 1830265200 };
    static const enum jumin_wallet_format formats[] = {JUMIN_WALLET_MDOC, JUMIN_WALLET_SD_JWT};
    (void)state;
    stage_online = false;
    wallet->trust.expires = NEW_YEAR + STAGE_DAY;
    for (size_t i = 0; i < 2; i++) {
        for (unsigned year = 2027; year <= 2028; year++) {
            assert_int_equal(ask_year(year, formats[i], NEW_YEAR - 1)->refused, year != 2027);
            const struct disclosure_element *element = ask_year(year, formats[i], NEW_YEAR);
            assert_int_equal(element->refused, year != 2028);
            assert_string_equal(element->value, "true");
        }
    }
}

// Copies that speak of other years than this one.
static void make_years_past(void)
{
    static const char name[] = "adult_in_2027";
    for (size_t i = 0; i < wallet->count; i++) {
        for (size_t k = 0; k < wallet->credentials[i].copy_count; k++) {
            struct wallet_copy *copy = &wallet->credentials[i].copies[k];
            uint8_t *found = memmem(copy->bytes, copy->n, name, sizeof name - 1);
            if (found != NULL) {
                found[sizeof name - 3] = '1';
            }
        }
    }
}

static void test_a_credential_without_the_present_year_says_what_helps(void **state)
{
    struct jumin_wallet_event event;
    (void)state;
    make_years_past();
    ask_purpose(JUMIN_PURPOSE_ADULT, 2027);
    assert_refused("adult_in_2027: the credential does not speak of this year: refresh it");
    assert_int_equal(disclosure_refuse(wallet, &plan, station_clock, NULL), JUMIN_OK);
    assert_int_equal(jumin_wallet_event(wallet, jumin_wallet_events(wallet) - 1, &event), JUMIN_OK);
    assert_non_null(strstr(event.reason, "refresh it"));
    (void)ask_year(2027, JUMIN_WALLET_MDOC, station_clock);
    assert_refused("adult_in_2027: the credential does not speak of this year: refresh it");
    // Another year is none of its affair.
    (void)ask_year(2026, JUMIN_WALLET_MDOC, station_clock);
    assert_refused("adult_in_2026: only 2027 may be asked for");
    // Whom a locked credential is of is not advised to refresh it.
    for (size_t i = 0; i < wallet->count; i++) {
        wallet->credentials[i].status = JUMIN_WALLET_LOCKED;
    }
    stage_online = false;
    ask_purpose(JUMIN_PURPOSE_ADULT, 2027);
    assert_refused("locked");
}

static void test_what_no_purpose_covers_is_refused(void **state)
{
    (void)state;
    ask_element(RESIDENT_NATIONAL_NAMESPACE, "card_issue_number");
    assert_refused("card_issue_number: no purpose covers it");
    ask_element("org.example", "birth_date");
    assert_refused("its namespace is not known");
}

static void test_who_is_not_known_gets_nothing(void **state)
{
    struct resident_purpose_elements asked;
    (void)state;
    assert_true(resident_purpose_ask(JUMIN_PURPOSE_ADULT, 2027, &asked));
    ask_for(RESIDENT_DOC_TYPE, asked.elements, asked.count, false, transcript);
    assert_false(plan.venue.authenticated);
    assert_refused("who asks is not known: the request is not signed");
    ask_for(RESIDENT_DOC_TYPE, asked.elements, asked.count, true, other_transcript);
    assert_refused("who asks is not known");
    wallet->trust.expires = station_clock;
    ask_for(RESIDENT_DOC_TYPE, asked.elements, asked.count, true, transcript);
    assert_refused("trust list has expired");
    trust_list_release(&wallet->trust);
    ask_for(RESIDENT_DOC_TYPE, asked.elements, asked.count, true, transcript);
    assert_refused("no trust list");
}

static void test_what_is_not_in_the_wallet_is_said(void **state)
{
    struct resident_purpose_elements asked;
    (void)state;
    assert_true(resident_purpose_ask(JUMIN_PURPOSE_ADULT, 2027, &asked));
    ask_for("org.iso.18013.5.1.mDL", asked.elements, asked.count, true, transcript);
    assert_refused("the wallet has no such credential");
    stage_online = false;
    wallet->credentials[0].status = JUMIN_WALLET_LOCKED;
    ask_for(RESIDENT_DOC_TYPE, asked.elements, asked.count, true, transcript);
    assert_refused("the credential is locked: it shows nothing");
}

// --- Remote ------------------------------------------------------------------------------------------------------

static enum jumin_error ask_dcql(const char *text)
{
    const struct x5chain chain = stage_chain(&stage_venue);
    char json[2048];
    size_t n = 0;
    for (; text[n] != '\0'; n++) {
        json[n] = text[n] == '\'' ? '"' : text[n];
    }
    json_t *query = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(query);
    disclosure_release(&plan);
    const enum jumin_error error = disclosure_of_dcql(wallet, query, &chain, station_clock, &plan, &detail);
    json_decref(query);
    return error;
}

#define SD "'format':'dc+sd-jwt','meta':{'vct_values':['urn:other','urn:kr:jumin:resident:1']}"
#define MDOC "'format':'mso_mdoc','meta':{'doctype_value':'kr.jumin.resident.1'}"
#define ADULT_SD "{'id':'sd'," SD ",'claims':[{'path':['adult_in_2027']}]}"
#define ADULT_MDOC "{'id':'mdoc'," MDOC ",'claims':[{'path':['kr.jumin.resident.1','adult_in_2027']}]}"

static void assert_sd_jwt(struct span text, const struct sd_jwt_binding *binding)
{
    struct sd_jwt_vc vc;
    struct x5chain_signer signer;
    assert_int_equal(sd_jwt_vc_read(text, &vc, &detail), JUMIN_OK);
    const struct x5chain chain = {{vc.sd.issued.chain[0]}, 1};
    const struct x5chain_rules rules = {.role = X5CHAIN_SD_JWT_ISSUER,
                                        .roots = wallet->trust.roots[TRUST_LIST_ISSUERS],
                                        .now = station_clock};
    assert_int_equal(x5chain_check(&chain, &rules, &signer, &detail), JUMIN_OK);
    assert_int_equal(sd_jwt_vc_check(&vc, signer.point, station_clock, 0, &detail), JUMIN_OK);
    assert_int_equal(sd_jwt_check_binding(&vc.sd, binding, &detail), JUMIN_OK);
    assert_true(json_is_true(json_object_get(vc.sd.claims, "adult_in_2027")));
    assert_null(json_object_get(vc.sd.claims, "birth_date"));
    assert_int_equal(vc.sd.count, 1);
    sd_jwt_vc_release(&vc);
}

static void test_a_remote_store_gets_one_boolean_in_either_format(void **state)
{
    const struct sd_jwt_binding binding = {
        .audience = "x509_hash:abc", .nonce = "n", .now = station_clock, .window = 60};
    struct writer w = writer_of(response_bytes, sizeof response_bytes);
    (void)state;
    assert_int_equal(ask_dcql("{'credentials':[" ADULT_SD "]}"), JUMIN_OK);
    if (plan.refused) {
        fail_msg("%s", plan.why);
    }
    assert_string_equal(plan.documents[0].query, "sd");
    assert_string_equal(plan.documents[0].elements[0].value, "true");
    assert_int_equal(plan.purposes, JUMIN_PURPOSE_ADULT);
    assert_int_equal(disclosure_take(wallet, &plan, station_clock, &detail), JUMIN_OK);
    assert_int_equal(disclosure_sd_jwt(&plan, &plan.documents[0], &binding, &w, &detail), JUMIN_OK);
    assert_sd_jwt(writer_span(&w), &binding);
    assert_int_equal(stage_credential(1).unused, 4);
    assert_int_equal(ask_dcql("{'credentials':[" ADULT_MDOC "]}"), JUMIN_OK);
    assert_int_equal(disclosure_take(wallet, &plan, station_clock, &detail), JUMIN_OK);
    w = writer_of(response_bytes, sizeof response_bytes);
    assert_int_equal(disclosure_device_response(&plan, &plan.documents[0], transcript, span_of(NULL, 0), &w),
                     JUMIN_OK);
    assert_response(writer_span(&w), 1);
    json_t *json = disclosure_json(&plan);
    assert_string_equal(json_string_value(json_array_get(json_object_get(json, "purposes"), 0)), "adult");
    json_decref(json);
}

static void test_of_several_options_the_first_that_can_be_met_is_taken(void **state)
{
    (void)state;
#define OTHER "{'id':'other','format':'mso_mdoc','meta':{'doctype_value':'org.other'}}"
    assert_int_equal(ask_dcql("{'credentials':[" OTHER "," ADULT_SD "," ADULT_MDOC
                              "],'credential_sets':[{'options':[['other'],"
                              "['sd'],['mdoc']]}]}"),
                     JUMIN_OK);
    assert_false(plan.refused);
    assert_int_equal(plan.count, 1);
    assert_string_equal(plan.documents[0].query, "sd");
    // What is not required is left out.
    assert_int_equal(ask_dcql("{'credentials':[" OTHER "," ADULT_SD
                              "],'credential_sets':[{'options':[['sd']]},"
                              "{'options':[['other']],'required':false}]}"),
                     JUMIN_OK);
    assert_false(plan.refused);
    assert_int_equal(plan.count, 1);
    assert_int_equal(
        ask_dcql("{'credentials':[" OTHER "," ADULT_SD "],'credential_sets':[{'options':[['other']]}]}"),
        JUMIN_OK);
    assert_refused("no such credential");
    assert_int_equal(ask_dcql("{'credentials':[" OTHER "," ADULT_SD "]}"), JUMIN_OK);
    assert_refused("no such credential");
    // And of sets of claims.
    assert_int_equal(ask_dcql("{'credentials':[{'id':'sd'," SD
                              ",'claims':[{'id':'a','path':['nothing']},{'id':'b',"
                              "'path':['adult_in_2027']}],'claim_sets':[['a'],['b']]}]}"),
                     JUMIN_OK);
    assert_false(plan.refused);
    assert_string_equal(plan.documents[0].elements[0].name, "adult_in_2027");
}

static void test_remote_requests_for_more_are_refused_too(void **state)
{
    (void)state;
    assert_int_equal(
        ask_dcql("{'credentials':[{'id':'sd'," SD ",'claims':[{'path':['registration_number']}]}]}"),
        JUMIN_OK);
    assert_refused("Signer may not ask for identity");
    assert_int_equal(ask_dcql("{'credentials':[{'id':'sd'," SD ",'claims':[{'path':['adult_in_2026']}]}]}"),
                     JUMIN_OK);
    assert_refused("adult_in_2026");
    assert_int_equal(ask_dcql("{'credentials':[{'id':'sd'," SD "}]}"), JUMIN_OK);
    assert_refused("nothing is asked for");
    assert_int_equal(ask_dcql("{'credentials':[{'id':'sd'," SD
                              ",'claims':[{'path':['adult_in_2027'],'values':[false]}]}]}"),
                     JUMIN_OK);
    assert_refused("it has another value");
    assert_int_equal(ask_dcql("{'credentials':[{'id':'sd'," SD
                              ",'claims':[{'path':['adult_in_2027'],'values':[false,true]}]}]}"),
                     JUMIN_OK);
    assert_false(plan.refused);
    assert_int_equal(ask_dcql("{'credentials':[{'id':'x','format':'jwt_vc_json','meta':{}}]}"), JUMIN_OK);
    assert_refused("of that format");
}

static void test_what_is_no_query_is_refused(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{'credentials':[]}",
        "{'credentials':[{'format':'mso_mdoc'}]}",
        "{'credentials':[{'id':'a b'," MDOC "}]}",
        "{'credentials':[{'id':'a','format':'mso_mdoc'}]}",
        "{'credentials':[{'id':'a','format':'dc+sd-jwt','meta':{'vct_values':[]}}]}",
        "{'credentials':[" ADULT_SD "," ADULT_SD "]}",
        "{'credentials':[{'id':'a'," MDOC ",'claims':[{'path':['birth_date']}]}]}",
        "{'credentials':[{'id':'a'," SD ",'claims':[{'path':[]}]}]}",
        "{'credentials':[{'id':'a'," SD ",'claims':[{'path':[-1]}]}]}",
        "{'credentials':[{'id':'a'," SD ",'claims':[{'id':'b','path':['x']}],'claim_sets':[['c']]}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (ask_dcql(texts[i]) != JUMIN_ERROR_MALFORMED || plan.count != 0) {
            fail_msg("%s", texts[i]);
        }
    }
}

static void test_an_unsigned_remote_request_gets_nothing(void **state)
{
    (void)state;
    json_t *query =
        json_loads("{\"credentials\":[{\"id\":\"a\",\"format\":\"mso_mdoc\",\"meta\":{\"doctype_value\":"
                   "\"kr.jumin.resident.1\"},\"claims\":[{\"path\":[\"kr.jumin.resident.1\","
                   "\"adult_in_2027\"]}]}]}",
                   0, NULL);
    assert_int_equal(disclosure_of_dcql(wallet, query, NULL, station_clock, &plan, &detail), JUMIN_OK);
    json_decref(query);
    assert_refused("the request is not signed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAN_TEST(test_a_store_that_asks_for_adult_gets_one_boolean),
        PLAN_TEST(test_a_copy_that_says_something_else_than_the_plan_is_not_shown),
        PLAN_TEST(test_a_key_that_only_signs_answers_a_reader_with_a_key_of_its_own),
        PLAN_TEST(test_what_strangers_say_is_remembered_short_and_printable),
        PLAN_TEST(test_a_store_that_asks_for_more_is_refused_with_the_reason),
        PLAN_TEST(test_only_the_present_year_is_answered),
        PLAN_TEST(test_a_wallet_offline_answers_for_the_new_year_from_its_first_second),
        PLAN_TEST(test_a_credential_without_the_present_year_says_what_helps),
        PLAN_TEST(test_what_no_purpose_covers_is_refused),
        PLAN_TEST(test_who_is_not_known_gets_nothing),
        PLAN_TEST(test_what_is_not_in_the_wallet_is_said),
        PLAN_TEST(test_a_remote_store_gets_one_boolean_in_either_format),
        PLAN_TEST(test_of_several_options_the_first_that_can_be_met_is_taken),
        PLAN_TEST(test_remote_requests_for_more_are_refused_too),
        PLAN_TEST(test_what_is_no_query_is_refused),
        PLAN_TEST(test_an_unsigned_remote_request_gets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
