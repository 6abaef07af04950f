// DCQL: queries taken apart, and which credentials answer them (OpenID4VP 1.0 §6, §7).
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/vp_stage.h"

#include "host/mobile/base64url.h"
#include "host/pki/x509.h"
#include <stdio.h>

#define MDOC_QUERY(rest)                                                                                     \
    "{'id':'m','format':'mso_mdoc','meta':{'doctype_value':'kr.jumin.resident.1'}" rest "}"
#define SD_QUERY(rest)                                                                                       \
    "{'id':'s','format':'dc+sd-jwt','meta':{'vct_values':['urn:kr:jumin:resident:1']}" rest "}"
#define ONE(credential) "{'credentials':[" credential "]}"

static struct dcql_query query;
static struct detail detail;

static enum jumin_error read(const char *text)
{
    json_t *json = vp_json(text);
    detail_clear(&detail);
    dcql_release(&query);
    const enum jumin_error error = dcql_read(json, &query, &detail);
    json_decref(json);
    return error;
}

static int release_query(void **state)
{
    (void)state;
    dcql_release(&query);
    return 0;
}

static bool matches(const char *text, const struct dcql_held *held, uint32_t *claims)
{
    assert_int_equal(read(text), JUMIN_OK);
    return dcql_match(&query.credentials[0], held, claims, &detail);
}

// --- Taken apart ---------------------------------------------------------------------------------------------

static void test_whole_query_is_taken_apart(void **state)
{
    (void)state;
    assert_int_equal(
        read(
            "{'credentials':["
            "{'id':'a-1_','format':'mso_mdoc','multiple':true,'require_cryptographic_holder_binding':false,"
            "'meta':{'doctype_value':'d'},'later':1,'claims':[{'id':'x','path':['n','e'],'intent_to_retain':"
            "true,"
            "'values':['v',1,true]},{'id':'y','path':['n','f']}],'claim_sets':[['y'],['x','y']]},"
            "{'id':'b','format':'dc+sd-jwt','meta':{'vct_values':['v','w']},'claims':[{'path':['a',null,0]}],"
            "'trusted_authorities':[{'type':'aki','values':['s9tIpPmhxdiuNkHMEWNpYim8S8Y']}]},"
            "{'id':'c','format':'ldp_vc','meta':{}}],"
            "'credential_sets':[{'options':[['a-1_'],['b','c']]},{'options':[['c']],'required':false}]}"),
        JUMIN_OK);
    assert_int_equal(query.count, 3);
    const struct dcql_credential *first = &query.credentials[0];
    assert_string_equal(first->id, "a-1_");
    assert_string_equal(first->doc_type, "d");
    assert_true(first->multiple);
    assert_false(first->binding);
    assert_int_equal(first->claim_count, 2);
    assert_true(first->claims[0].retain);
    assert_false(first->claims[1].retain);
    assert_int_equal(json_array_size(first->claims[0].values), 3);
    assert_int_equal(first->claim_set_count, 2);
    assert_int_equal(first->claim_sets[0], 2);
    assert_int_equal(first->claim_sets[1], 3);
    assert_int_equal(query.credentials[1].format, DCQL_SD_JWT);
    assert_false(query.credentials[1].multiple);
    assert_true(query.credentials[1].binding);
    assert_int_equal(query.credentials[2].format, DCQL_OTHER);
    assert_int_equal(query.set_count, 2);
    assert_int_equal(query.sets[0].options[0], 1);
    assert_int_equal(query.sets[0].options[1], 6);
    assert_true(query.sets[0].required);
    assert_false(query.sets[1].required);
    assert_ptr_equal(dcql_find(&query, "b"), &query.credentials[1]);
    assert_null(dcql_find(&query, "d"));
}

static void test_query_that_is_none_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[]", "credentials are missing"},
        {"{}", "credentials are missing"},
        {"{'credentials':[]}", "credentials are missing"},
        {"{'credentials':{}}", "credentials are missing"},
        {ONE("1"), "without an id"},
        {ONE("{'format':'mso_mdoc','meta':{'doctype_value':'d'}}"), "without an id"},
        {ONE("{'id':'','format':'mso_mdoc','meta':{'doctype_value':'d'}}"), "without an id"},
        {ONE("{'id':'a.b','format':'mso_mdoc','meta':{'doctype_value':'d'}}"), "without an id"},
        {ONE("{'id':1,'format':'mso_mdoc','meta':{'doctype_value':'d'}}"), "without an id"},
        {ONE(MDOC_QUERY("") "," MDOC_QUERY("")), "an id twice"},
        {ONE("{'id':'a','meta':{}}"), "without a format"},
        {ONE("{'id':'a','format':2,'meta':{}}"), "without a format"},
        {ONE("{'id':'a','format':'mso_mdoc'}"), "meta is missing"},
        {ONE("{'id':'a','format':'ldp_vc'}"), "meta is missing"},
        {ONE("{'id':'a','format':'mso_mdoc','meta':[]}"), "meta is missing"},
        {ONE("{'id':'a','format':'mso_mdoc','meta':{'doctype_value':1}}"), "doctype_value"},
        {ONE("{'id':'a','format':'mso_mdoc','meta':{'vct_values':['x']}}"), "doctype_value"},
        {ONE("{'id':'a','format':'dc+sd-jwt','meta':{'vct_values':[]}}"), "vct_values"},
        {ONE("{'id':'a','format':'dc+sd-jwt','meta':{'vct_values':'x'}}"), "vct_values"},
        {ONE("{'id':'a','format':'dc+sd-jwt','meta':{'vct_values':['x',1]}}"), "vct_values"},
        {ONE(MDOC_QUERY(",'multiple':1")), "booleans"},
        {ONE(MDOC_QUERY(",'require_cryptographic_holder_binding':'no'")), "booleans"},
        {ONE(MDOC_QUERY(",'trusted_authorities':[]")), "trusted_authorities"},
        {ONE(MDOC_QUERY(",'trusted_authorities':[{'type':'aki'}]")), "trusted_authorities"},
        {ONE(MDOC_QUERY(",'trusted_authorities':[{'values':['x']}]")), "trusted_authorities"},
        {ONE(MDOC_QUERY(",'trusted_authorities':[{'type':'aki','values':[]}]")), "trusted_authorities"},
        {ONE(MDOC_QUERY(",'claims':[]")), "claims are no list"},
        {ONE(MDOC_QUERY(",'claims':{}")), "claims are no list"},
        {ONE(MDOC_QUERY(",'claims':['x']")), "claim is no object"},
        {ONE(MDOC_QUERY(",'claims':[{'id':'a b','path':['n','e']}]")), "an id that is none"},
        {ONE(MDOC_QUERY(",'claims':[{'id':'a','path':['n','e']},{'id':'a','path':['n','f']}]")),
         "an id twice"},
        {ONE(MDOC_QUERY(",'claims':[{'id':'a'}]")), "no path"},
        {ONE(MDOC_QUERY(",'claims':[{'path':[]}]")), "no path"},
        {ONE(MDOC_QUERY(",'claims':[{'path':['e']}]")), "no path"},
        {ONE(MDOC_QUERY(",'claims':[{'path':['n','e','x']}]")), "no path"},
        {ONE(MDOC_QUERY(",'claims':[{'path':['n',0]}]")), "no path"},
        {ONE(MDOC_QUERY(",'claims':[{'path':['n',null]}]")), "no path"},
        {ONE(SD_QUERY(",'claims':[{'path':['a',-1]}]")), "no path"},
        {ONE(SD_QUERY(",'claims':[{'path':['a',1.5]}]")), "no path"},
        {ONE(SD_QUERY(",'claims':[{'path':['a',true]}]")), "no path"},
        {ONE(SD_QUERY(",'claims':[{'path':['a',['b']]}]")), "no path"},
        {ONE(SD_QUERY(",'claims':[{'path':'a'}]")), "no path"},
        {ONE(SD_QUERY(",'claims':[{'path':['a'],'values':[]}]")), "values"},
        {ONE(SD_QUERY(",'claims':[{'path':['a'],'values':'x'}]")), "values"},
        {ONE(SD_QUERY(",'claims':[{'path':['a'],'values':[null]}]")), "values"},
        {ONE(SD_QUERY(",'claims':[{'path':['a'],'values':[1.5]}]")), "values"},
        {ONE(MDOC_QUERY(",'claims':[{'path':['n','e'],'intent_to_retain':0}]")), "intent_to_retain"},
        {ONE(MDOC_QUERY(",'claim_sets':[['a']]")), "there are no claims"},
        {ONE(MDOC_QUERY(",'claims':[{'id':'a','path':['n','e']}],'claim_sets':[]")), "claim_sets"},
        {ONE(MDOC_QUERY(",'claims':[{'id':'a','path':['n','e']}],'claim_sets':[[]]")), "no list of ids"},
        {ONE(MDOC_QUERY(",'claims':[{'id':'a','path':['n','e']}],'claim_sets':[['b']]")), "not there"},
        {ONE(MDOC_QUERY(",'claims':[{'path':['n','e']}],'claim_sets':[['a']]")), "not there"},
        {"{'credentials':[" MDOC_QUERY("") "],'credential_sets':[]}", "credential_sets are no list"},
        {"{'credentials':[" MDOC_QUERY("") "],'credential_sets':[{}]}", "without options"},
        {"{'credentials':[" MDOC_QUERY("") "],'credential_sets':[{'options':[]}]}", "without options"},
        {"{'credentials':[" MDOC_QUERY("") "],'credential_sets':[{'options':[['m']],'required':1}]}",
         "without options"},
        {"{'credentials':[" MDOC_QUERY("") "],'credential_sets':[{'options':[[]]}]}", "names no credentials"},
        {"{'credentials':[" MDOC_QUERY("") "],'credential_sets':[{'options':[['x']]}]}",
         "names no credentials"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_refused(read(cases[i].text), JUMIN_ERROR_MALFORMED, &detail, cases[i].words);
        assert_null(query.json);
    }
}

// `text` with `part` repeated in place of its %, each with a number.
static enum jumin_error read_many(const char *before, const char *part, size_t count, const char *after)
{
    char text[8192];
    int n = snprintf(text, sizeof text, "%s", before);
    for (size_t i = 0; i < count; i++) {
        n += snprintf(text + n, sizeof text - (size_t)n, i == 0 ? "" : ",");
        for (const char *p = part; *p != '\0'; p++) {
            n += *p == '%' ? snprintf(text + n, sizeof text - (size_t)n, "%zu", i)
                           : snprintf(text + n, sizeof text - (size_t)n, "%c", *p);
        }
    }
    (void)snprintf(text + n, sizeof text - (size_t)n, "%s", after);
    return read(text);
}

static void assert_malformed_behind(const char *before, const char *part, size_t most, const char *after)
{
    assert_int_equal(read_many(before, part, most, after), JUMIN_OK);
    assert_int_equal(read_many(before, part, most + 1, after), JUMIN_ERROR_MALFORMED);
}

static void test_names_paths_and_values_have_limits(void **state)
{
    (void)state;
    char id[DCQL_ID_MAX + 2], text[256];
    assert_malformed_behind("{'credentials':[{'id':'m','format':'x','meta':{},'claims':[{'path':[", "'a'", 16,
                            "]}]}]}");
    assert_malformed_behind(
        "{'credentials':[{'id':'m','format':'x','meta':{},'claims':[{'path':['a'],'values':[", "%", 64,
        "]}]}]}");
    for (size_t n = DCQL_ID_MAX; n <= DCQL_ID_MAX + 1; n++) {
        memset(id, 'a', n);
        id[n] = '\0';
        (void)snprintf(text, sizeof text, ONE("{'id':'%s','format':'x','meta':{}}"), id);
        assert_int_equal(read(text), n == DCQL_ID_MAX ? JUMIN_OK : JUMIN_ERROR_MALFORMED);
    }
}

static void test_query_has_limits(void **state)
{
    (void)state;
    static const struct {
        const char *before, *part, *after;
        size_t most;
        const char *words;
    } cases[] = {
        {"{'credentials':[", "{'id':'m%','format':'x','meta':{}}", "]}", DCQL_CREDENTIALS_MAX, "credentials"},
        {"{'credentials':[{'id':'m','format':'x','meta':{},'claims':[", "{'path':['a']}", "]}]}",
         DCQL_CLAIMS_MAX, "claims"},
        {"{'credentials':[{'id':'m','format':'x','meta':{},'claims':[{'id':'a','path':['a']}],'claim_sets':[",
         "['a']", "]}]}", DCQL_CLAIM_SETS_MAX, "claim_sets"},
        {"{'credentials':[{'id':'m','format':'x','meta':{}}],'credential_sets':[", "{'options':[['m']]}",
         "]}", DCQL_SETS_MAX, "credential_sets"},
        {"{'credentials':[{'id':'m','format':'x','meta':{}}],'credential_sets':[{'options':[", "['m']",
         "]}]}", DCQL_OPTIONS_MAX, "options"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(read_many(cases[i].before, cases[i].part, cases[i].most, cases[i].after), JUMIN_OK);
        assert_refused(read_many(cases[i].before, cases[i].part, cases[i].most + 1, cases[i].after),
                       JUMIN_ERROR_NOT_SUPPORTED, &detail, cases[i].words);
    }
}

// --- Paths (§7.1, §7.3) --------------------------------------------------------------------------------------

static void assert_selects(const char *path, const char *expected)
{
    json_t *claims =
        vp_json("{'name':'Arthur','address':{'street':'42 Market'},'degrees':[{'type':'B','u':'X'},"
                "{'type':'M'}],'nationalities':['British','Betelgeusian'],'mixed':[1,{'type':'a'}]}");
    json_t *steps = vp_json(path);
    json_t *selected = dcql_select(claims, steps);
    if (expected == NULL) {
        assert_null(selected);
    } else {
        json_t *wanted = vp_json(expected);
        assert_true(json_equal(selected, wanted));
        json_decref(wanted);
    }
    json_decref(selected);
    json_decref(steps);
    json_decref(claims);
}

static void test_path_selects_by_name_index_and_all(void **state)
{
    (void)state;
    assert_selects("['name']", "['Arthur']");
    assert_selects("['address']", "[{'street':'42 Market'}]");
    assert_selects("['address','street']", "['42 Market']");
    assert_selects("['degrees',null,'type']", "['B','M']");
    assert_selects("['degrees',null,'u']", "['X']"); // the one without it is left out
    assert_selects("['nationalities',1]", "['Betelgeusian']");
    assert_selects("['nationalities',null]", "['British','Betelgeusian']");
}

static void test_path_that_does_not_fit_selects_nothing(void **state)
{
    (void)state;
    assert_selects("[]", NULL);
    assert_selects("['none']", NULL);
    assert_selects("['nationalities',2]", NULL);
    assert_selects("['name',0]", NULL);
    assert_selects("['name',null]", NULL);
    assert_selects("['name','x']", NULL);
    assert_selects("['address',null]", NULL);
    assert_selects("['degrees','type']", NULL);
    assert_selects("['mixed',null,'type']", NULL); // one of them is no object: an error, not one less
}

// --- Credentials ---------------------------------------------------------------------------------------------

static void test_mdoc_answers_by_type_and_elements(void **state)
{
    (void)state;
    uint32_t claims = 9;
    assert_true(matches(ONE(MDOC_QUERY("")), &stage.held_mdoc, &claims));
    assert_int_equal(claims, 0);
    assert_true(matches(ONE(MDOC_QUERY(",'claims':[{'path':['org.iso.23220.1','birth_date']},"
                                       "{'path':['kr.jumin.resident.1','adult_in_2027']}]")),
                        &stage.held_mdoc, &claims));
    assert_int_equal(claims, 3);
    assert_false(matches(ONE("{'id':'m','format':'mso_mdoc','meta':{'doctype_value':'kr.jumin.resident.2'}}"),
                         &stage.held_mdoc, &claims));
    assert_int_equal(claims, 0);
    assert_false(matches(ONE(SD_QUERY("")), &stage.held_mdoc, &claims));
    assert_false(matches(ONE("{'id':'m','format':'ldp_vc','meta':{}}"), &stage.held_mdoc, &claims));
    assert_false(matches(ONE(MDOC_QUERY(",'claims':[{'path':['org.iso.23220.1','birth_date']},"
                                        "{'path':['org.iso.23220.1','adult_in_2027']}]")),
                         &stage.held_mdoc, &claims));
    assert_string_equal(detail.text, "It has no adult_in_2027, or not with the value asked for.");
    assert_int_equal(claims, 0);
}

static void test_mdoc_answers_by_values(void **state)
{
    (void)state;
    static const struct {
        const char *path, *values;
        bool matches;
    } cases[] = {
        {"'kr.jumin.resident.1','adult_in_2027'", "[true]", true},
        {"'kr.jumin.resident.1','adult_in_2027'", "[false]", false},
        {"'kr.jumin.resident.1','adult_in_2027'", "['true',1]", false},
        {"'org.iso.23220.1','birth_date'", "['1990-01-03','1990-01-02']", true}, // tag 1004
        {"'org.iso.23220.1','birth_date'", "['1990-01-03']", false},
        {"'org.iso.23220.1','sex'", "[1,2]", true},
        {"'org.iso.23220.1','sex'", "[1]", false},
        {"'org.iso.23220.1','sex'", "['2',true]", false},
        {"'org.iso.23220.1','family_name_unicode'", "['김']", true},
        {"'org.iso.23220.1','portrait'", "['\xC3\xBF']", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        uint32_t claims;
        (void)snprintf(text, sizeof text, ONE(MDOC_QUERY(",'claims':[{'path':[%s],'values':%s}]")),
                       cases[i].path, cases[i].values);
        assert_int_equal(matches(text, &stage.held_mdoc, &claims), cases[i].matches);
    }
}

static void test_sd_jwt_answers_by_type_and_claims(void **state)
{
    (void)state;
    static const struct {
        const char *claims;
        bool matches;
    } cases[] = {
        {"[{'path':['birth_date']},{'path':['address','region']}]", true},
        {"[{'path':['address','lines',1],'values':['b']}]", true},
        {"[{'path':['address','lines',null],'values':['b']}]", true},
        {"[{'path':['address','lines',null],'values':['c']}]", false},
        {"[{'path':['children',null,'age'],'values':[3]}]", true},
        {"[{'path':['children',null,'age'],'values':['3']}]", false},
        {"[{'path':['adult_in_2027'],'values':[true]}]", true},
        {"[{'path':['adult_in_2027'],'values':[1]}]", false},
        {"[{'path':['adult_in_2028']}]", false},
        {"[{'path':['birth_date']},{'path':['address','none']}]", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        uint32_t claims;
        (void)snprintf(text, sizeof text, ONE(SD_QUERY(",'claims':%s")), cases[i].claims);
        assert_int_equal(matches(text, &stage.held_sd_jwt, &claims), cases[i].matches);
    }
    uint32_t claims;
    assert_true(
        matches(ONE("{'id':'s','format':'dc+sd-jwt','meta':{'vct_values':['x','urn:kr:jumin:resident:1']}}"),
                &stage.held_sd_jwt, &claims));
    assert_false(matches(ONE("{'id':'s','format':'dc+sd-jwt','meta':{'vct_values':['x']}}"),
                         &stage.held_sd_jwt, &claims));
    assert_false(matches(ONE(MDOC_QUERY("")), &stage.held_sd_jwt, &claims));
}

static void test_first_claim_set_that_can_be_shown_is_shown(void **state)
{
    (void)state;
    uint32_t claims;
    assert_true(
        matches(ONE(SD_QUERY(
                    ",'claims':[{'id':'a','path':['none']},{'id':'b','path':['birth_date']},{'id':'c','path':"
                    "['sex']}],'claim_sets':[['a','b'],['c'],['b']]")),
                &stage.held_sd_jwt, &claims));
    assert_int_equal(claims, 4);
    assert_false(
        matches(ONE(SD_QUERY(",'claims':[{'id':'a','path':['none']},{'id':'b','path':['birth_date']}],"
                             "'claim_sets':[['a','b'],['a']]")),
                &stage.held_sd_jwt, &claims));
    assert_int_equal(claims, 0);
}

static void test_authority_is_that_of_the_chain(void **state)
{
    (void)state;
    struct x509_certificate parsed;
    const char *why;
    char key[64] = "", text[512];
    uint32_t claims;
    struct writer w = writer_of(key, sizeof key - 1);
    assert_true(x509_parse(stage.mdoc_signer.der, &parsed, &why));
    base64url_put(&w, parsed.authority_key_identifier);
    static const struct {
        const char *type;
        bool right, matches;
    } cases[] = {{"aki", true, true}, {"aki", false, false}, {"etsi_tl", true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(text, sizeof text,
                       ONE(MDOC_QUERY(",'trusted_authorities':[{'type':'openid_federation','values':['x']},"
                                      "{'type':'%s','values':['s9tIpPmhxdiuNkHMEWNpYim8S8Y','%s']}]")),
                       cases[i].type, cases[i].right ? key : "s9tIpPmhxdiuNkHMEWNpYim8S8Z");
        assert_int_equal(matches(text, &stage.held_mdoc, &claims), cases[i].matches);
    }
    (void)snprintf(text, sizeof text,
                   ONE(SD_QUERY(",'trusted_authorities':[{'type':'aki','values':['%s']}]")), key);
    assert_true(matches(text, &stage.held_sd_jwt, &claims));
}

// --- Sets ----------------------------------------------------------------------------------------------------

#define THREE                                                                                                \
    "'credentials':[{'id':'a','format':'x','meta':{}},{'id':'b','format':'x','meta':{}},{'id':'c','format':" \
    "'x','"                                                                                                  \
    "meta':{}}]"

static void test_without_sets_all_credentials_are_chosen(void **state)
{
    (void)state;
    uint32_t chosen = 9;
    assert_int_equal(read("{" THREE "}"), JUMIN_OK);
    assert_true(dcql_choose(&query, 7, &chosen));
    assert_int_equal(chosen, 7);
    assert_false(dcql_choose(&query, 5, &chosen));
    assert_int_equal(chosen, 0);
    assert_true(dcql_is_answer(&query, 7));
    assert_false(dcql_is_answer(&query, 3));
    assert_false(dcql_is_answer(&query, 0));
}

static void test_first_option_there_is_is_chosen(void **state)
{
    (void)state;
    uint32_t chosen;
    assert_int_equal(read("{" THREE ",'credential_sets':[{'options':[['a','b'],['c']]}]}"), JUMIN_OK);
    assert_true(dcql_choose(&query, 7, &chosen));
    assert_int_equal(chosen, 3);
    assert_true(dcql_choose(&query, 5, &chosen));
    assert_int_equal(chosen, 4);
    assert_false(dcql_choose(&query, 1, &chosen));
    assert_int_equal(chosen, 0);
    assert_true(dcql_is_answer(&query, 3));
    assert_true(dcql_is_answer(&query, 4));
    assert_false(dcql_is_answer(&query, 7)); // two options at once: too much
    assert_false(dcql_is_answer(&query, 1));
    assert_false(dcql_is_answer(&query, 0));
}

static void test_sets_that_are_not_required_may_be_answered_and_are_not_chosen(void **state)
{
    (void)state;
    uint32_t chosen;
    assert_int_equal(
        read("{" THREE
             ",'credential_sets':[{'options':[['a']]},{'options':[['b'],['c']],'required':false}]}"),
        JUMIN_OK);
    assert_true(dcql_choose(&query, 7, &chosen));
    assert_int_equal(chosen, 1);
    assert_true(dcql_is_answer(&query, 1));
    assert_true(dcql_is_answer(&query, 3));
    assert_true(dcql_is_answer(&query, 5));
    assert_false(dcql_is_answer(&query, 7));
    assert_false(dcql_is_answer(&query, 2));
    assert_int_equal(read("{" THREE ",'credential_sets':[{'options':[['b'],['c']],'required':false}]}"),
                     JUMIN_OK);
    assert_true(dcql_choose(&query, 4, &chosen)); // an answer shows something
    assert_int_equal(chosen, 4);
    assert_false(dcql_choose(&query, 1, &chosen));
    assert_false(dcql_is_answer(&query, 0));
}

// --- Purposes ------------------------------------------------------------------------------------------------

static void test_purpose_asks_for_the_least_in_either_format(void **state)
{
    (void)state;
    json_t *json = dcql_for_purpose(JUMIN_PURPOSE_ADULT, 2027, 0);
    json_t *expected = vp_json(
        "{'credentials':[{'id':'mdoc','format':'mso_mdoc','meta':{'doctype_value':'kr.jumin.resident.1'},'"
        "claims':"
        "[{'id':'adult_in_2027','path':['kr.jumin.resident.1','adult_in_2027'],'intent_to_retain':false}]},"
        "{'id':'sd-jwt','format':'dc+sd-jwt','meta':{'vct_values':['urn:kr:jumin:resident:1']},'claims':["
        "{'id':'adult_in_2027','path':['adult_in_2027']}]}],"
        "'credential_sets':[{'options':[['mdoc'],['sd-jwt']]}]}");
    assert_true(json_equal(json, expected));
    json_decref(expected);
    json_decref(json);
    json = dcql_for_purpose(JUMIN_PURPOSE_AGE, 2027, 0);
    assert_int_equal(dcql_read(json, &query, &detail), JUMIN_OK);
    assert_int_equal(query.credentials[0].claim_count, 3);
    assert_int_equal(query.credentials[1].claim_count, 3);
    assert_int_equal(query.credentials[0].claim_set_count, 0);
    json_decref(json);
    assert_null(dcql_for_purpose(JUMIN_PURPOSE_AGE | JUMIN_PURPOSE_ADULT, 2027, 0));
    assert_null(dcql_for_purpose(JUMIN_PURPOSE_ADULT, 0, 0));
}

static void test_purpose_is_met_without_what_a_credential_may_lack(void **state)
{
    (void)state;
    uint32_t claims;
    json_t *json = dcql_for_purpose(JUMIN_PURPOSE_ADDRESS, 2027, 0);
    dcql_release(&query);
    assert_int_equal(dcql_read(json, &query, &detail), JUMIN_OK);
    json_decref(json);
    const struct dcql_credential *mdoc = &query.credentials[0];
    assert_int_equal(mdoc->claim_count, 4);
    assert_int_equal(mdoc->claim_set_count, 2);
    assert_int_equal(mdoc->claim_sets[0], 15);
    // The stage's resident has no address_code.
    assert_true(dcql_match(mdoc, &stage.held_mdoc, &claims, &detail));
    assert_int_equal(claims, mdoc->claim_sets[1]);
    assert_int_equal(claims, 7);
    assert_false(
        dcql_match(&query.credentials[1], &stage.held_sd_jwt, &claims, &detail)); // nor an address there
}

// Who was issued a phone's credential without a card has no document number, and is asked for the rest.
static void test_identity_is_asked_for_without_a_card_or_a_portrait(void **state)
{
    (void)state;
    json_t *json = dcql_for_purpose(JUMIN_PURPOSE_IDENTITY, 2027, 0);
    dcql_release(&query);
    assert_int_equal(dcql_read(json, &query, &detail), JUMIN_OK);
    json_decref(json);
    for (size_t c = 0; c < 2; c++) {
        const struct dcql_credential *asked = &query.credentials[c];
        const uint32_t all = (UINT32_C(1) << asked->claim_count) - 1;
        uint32_t number = 0, portrait = 0;
        for (size_t i = 0; i < asked->claim_count; i++) {
            number |= strcmp(asked->claims[i].id, "document_number") == 0 ? UINT32_C(1) << i : 0;
            portrait |= strcmp(asked->claims[i].id, "portrait") == 0 ? UINT32_C(1) << i : 0;
        }
        assert_int_equal(asked->claim_set_count, 5);
        assert_int_equal(asked->claim_sets[0], all);
        assert_int_equal(asked->claim_sets[1], all & ~number);
        assert_int_equal(asked->claim_sets[2], all & ~portrait);
        assert_int_equal(asked->claim_sets[3], all & ~number & ~portrait);
        assert_int_equal(asked->claim_sets[4], 7); // names and birth date
    }
}

static void test_purpose_asks_for_the_formats_that_are_wanted(void **state)
{
    (void)state;
    dcql_release(&query);
    json_t *json = dcql_for_purpose(JUMIN_PURPOSE_ADULT, 2027, 1U << DCQL_SD_JWT);
    json_t *expected = vp_json("{'credentials':[{'id':'sd-jwt','format':'dc+sd-jwt','meta':{'vct_values':["
                               "'urn:kr:jumin:resident:1']},'claims':[{'id':'adult_in_2027','path':["
                               "'adult_in_2027']}]}],'credential_sets':[{'options':[['sd-jwt']]}]}");
    assert_true(json_equal(json, expected));
    json_decref(expected);
    json_decref(json);
    json = dcql_for_purpose(JUMIN_PURPOSE_ADULT, 2027, 1U << DCQL_MDOC);
    assert_int_equal(dcql_read(json, &query, &detail), JUMIN_OK);
    json_decref(json);
    assert_int_equal(query.count, 1);
    assert_int_equal(query.credentials[0].format, DCQL_MDOC);
    assert_null(dcql_for_purpose(JUMIN_PURPOSE_ADULT, 2027, 1U << DCQL_OTHER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_whole_query_is_taken_apart, release_query),
        cmocka_unit_test(test_query_that_is_none_is_refused),
        cmocka_unit_test_teardown(test_query_has_limits, release_query),
        cmocka_unit_test_teardown(test_names_paths_and_values_have_limits, release_query),
        cmocka_unit_test(test_path_selects_by_name_index_and_all),
        cmocka_unit_test(test_path_that_does_not_fit_selects_nothing),
        cmocka_unit_test_teardown(test_mdoc_answers_by_type_and_elements, release_query),
        cmocka_unit_test_teardown(test_mdoc_answers_by_values, release_query),
        cmocka_unit_test_teardown(test_sd_jwt_answers_by_type_and_claims, release_query),
        cmocka_unit_test_teardown(test_first_claim_set_that_can_be_shown_is_shown, release_query),
        cmocka_unit_test_teardown(test_authority_is_that_of_the_chain, release_query),
        cmocka_unit_test_teardown(test_without_sets_all_credentials_are_chosen, release_query),
        cmocka_unit_test_teardown(test_first_option_there_is_is_chosen, release_query),
        cmocka_unit_test_teardown(test_sets_that_are_not_required_may_be_answered_and_are_not_chosen,
                                  release_query),
        cmocka_unit_test_teardown(test_purpose_asks_for_the_least_in_either_format, release_query),
        cmocka_unit_test_teardown(test_purpose_is_met_without_what_a_credential_may_lack, release_query),
        cmocka_unit_test_teardown(test_identity_is_asked_for_without_a_card_or_a_portrait, release_query),
        cmocka_unit_test_teardown(test_purpose_asks_for_the_formats_that_are_wanted, release_query),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
