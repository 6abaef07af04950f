// What an SD-JWT shows without being asked is told to the holder, and a presentation shows just what was
// told.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/x5chain_stage.h"
#include "tests/unit/temporary_folder.h"

#include "host/mobile/resident_claims.h"
#include "host/mobile/sd_jwt_vc.h"
#include "host/wallet/disclosure.h"
#include "host/wallet/provision.h"

#include <stdlib.h>

#define VCT "https://foreign.example/card"

static struct stage_holder root, issuer;
static struct jumin_wallet *wallet;
static struct disclosure_plan plan;
static struct detail detail;
static uint8_t presented[65536];
static const struct sd_jwt_binding binding = {
    .audience = "x509_hash:abc", .nonce = "n", .now = STAGE_NOW, .window = 60};

static int setup(void **state)
{
    if (root.der.n == 0) {
        stage_root(&root, "Foreign Root", NULL);
        stage_issue(&issuer, &root, CERTIFICATE_SD_JWT_ISSUER, CRYPTO_P256, NULL);
    }
    assert_int_equal(temporary_folder_make(state), 0);
    assert_int_equal(jumin_wallet_create(&wallet, temporary_path("wallet"), "open", NULL), JUMIN_OK);
    struct wallet_credential *made = wallet_new_credential(wallet);
    made->format = JUMIN_WALLET_SD_JWT;
    made->single_use = true;
    (void)snprintf(made->format_name, sizeof made->format_name, "dc+sd-jwt");
    (void)snprintf(made->type, sizeof made->type, VCT);
    made->copies = calloc(4, sizeof *made->copies);
    assert_non_null(made->copies);
    return 0;
}

static int teardown(void **state)
{
    disclosure_release(&plan);
    jumin_wallet_free(wallet);
    return temporary_folder_remove(state);
}

static json_t *json_of(const char *text)
{
    char json[4096];
    size_t n = 0;
    for (; text[n] != '\0'; n++) {
        json[n] = text[n] == '\'' ? '"' : text[n];
    }
    json_t *made = json_loadb(json, n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(made);
    return made;
}

// One more copy of these claims; of `hidden`, paths with dots that end in what is hidden, the inner ones come
// first.
static void add_copy(const char *text, const char *const *hidden)
{
    const struct crypto_random random = crypto_system_random();
    static uint8_t room[8192], bytes[16384];
    struct wallet_credential *credential = &wallet->credentials[0];
    struct wallet_copy *copy = &credential->copies[credential->copy_count++];
    struct sd_jwt_maker maker;
    struct signer signer;
    struct writer out = writer_of(bytes, sizeof bytes);
    const struct jws_header header = {.type = SD_JWT_VC_TYPE, .chain = &issuer.der, .chain_count = 1};
    json_t *claims = json_of(text);
    assert_int_equal(wallet_make_key(wallet, &copy->key), JUMIN_OK);
    json_t *cnf = json_object_get(claims, "cnf");
    cnf = cnf != NULL ? json_incref(cnf) : json_object();
    assert_int_equal(json_object_set_new(cnf, "jwk", jwk_make(copy->key.point)), 0);
    assert_int_equal(json_object_set_new(claims, "cnf", cnf), 0);
    assert_int_equal(json_object_set_new(claims, "vct", json_string(credential->type)), 0);
    assert_int_equal(json_object_set_new(claims, "iat", json_integer(STAGE_NOW)), 0);
    sd_jwt_begin(&maker, &random, room, sizeof room);
    for (; *hidden != NULL; hidden++) {
        const char *step = *hidden;
        json_t *object = claims;
        for (const char *dot = strchr(step, '.'); dot != NULL; step = dot + 1, dot = strchr(step, '.')) {
            char name[32];
            (void)snprintf(name, sizeof name, "%.*s", (int)(dot - step), step);
            object = json_is_array(object) ? json_array_get(object, strtoul(name, NULL, 10))
                                           : json_object_get(object, name);
        }
        if (json_is_array(object)) {
            sd_jwt_hide_item(&maker, object, strtoul(step, NULL, 10));
        } else {
            sd_jwt_hide(&maker, object, step);
        }
    }
    assert_true(signer_of_key(&issuer.key.key, &signer));
    assert_int_equal(sd_jwt_finish(&maker, &signer, &header, claims, &out), JUMIN_OK);
    json_decref(claims);
    copy->bytes = malloc(out.n + 1);
    assert_non_null(copy->bytes);
    memcpy(copy->bytes, out.p, out.n);
    copy->n = out.n;
}

static void ask(const char *claims)
{
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "{'credentials':[{'id':'a','format':'dc+sd-jwt','meta':{'vct_values':['%s']}%s%s}]}",
                   wallet->credentials[0].type, claims[0] != '\0' ? ",'claims':" : "", claims);
    json_t *query = json_of(text);
    disclosure_release(&plan);
    assert_int_equal(disclosure_of_dcql(wallet, query, NULL, STAGE_NOW, &plan, &detail), JUMIN_OK);
    json_decref(query);
}

// What the plan tells: "name=value;name=value;", in its order.
static void assert_told(const char *wanted)
{
    char told[2048] = "";
    const struct disclosure_document *document = &plan.documents[0];
    for (size_t i = 0; i < document->count; i++) {
        const size_t n = strlen(told);
        (void)snprintf(told + n, sizeof told - n, "%s=%s;", document->elements[i].name,
                       document->elements[i].value != NULL ? document->elements[i].value : "");
    }
    assert_false(plan.refused);
    assert_string_equal(told, wanted);
}

// The claims of the presentation, without what every credential has.
static void assert_presented(const char *wanted)
{
    struct writer w = writer_of(presented, sizeof presented);
    struct sd_jwt_vc vc;
    assert_int_equal(disclosure_take(wallet, &plan, STAGE_NOW, &detail), JUMIN_OK);
    if (disclosure_sd_jwt(&plan, &plan.documents[0], &binding, &w, &detail) != JUMIN_OK) {
        fail_msg("%s", detail.text);
    }
    assert_int_equal(sd_jwt_vc_read(writer_span(&w), &vc, &detail), JUMIN_OK);
    struct signer signer;
    assert_true(signer_of_key(&issuer.key.key, &signer));
    assert_int_equal(sd_jwt_vc_check(&vc, signer.point, STAGE_NOW, 0, &detail), JUMIN_OK);
    json_t *claims = json_deep_copy(vc.sd.claims), *right = json_of(wanted);
    (void)json_object_del(claims, "vct");
    (void)json_object_del(claims, "iat");
    (void)json_object_del(json_object_get(claims, "cnf"), "jwk");
    if (json_object_size(json_object_get(claims, "cnf")) == 0) {
        (void)json_object_del(claims, "cnf");
    }
    if (!json_equal(claims, right)) {
        char *text = json_dumps(claims, JSON_COMPACT);
        fail_msg("%s", text);
    }
    json_decref(claims);
    json_decref(right);
    sd_jwt_vc_release(&vc);
}

static void test_what_lies_beside_a_claim_in_its_disclosure_is_told(void **state)
{
    const char *const hidden[] = {"address.region", "address.house.door", "address", "name", NULL};
    (void)state;
    add_copy("{'name':'Kim','address':{'region':'Sejong','street':'Hannuri','house':{'door':7,'floor':2}}}",
             hidden);
    ask("[{'path':['address','region']}]");
    assert_told("address.region=Sejong;address.street=Hannuri;address.house={\"floor\":2};");
    assert_presented("{'address':{'region':'Sejong','street':'Hannuri','house':{'floor':2}}}");
}

static void test_what_is_asked_for_as_a_whole_is_told_once(void **state)
{
    const char *const hidden[] = {"address.region", "address", "name", NULL};
    (void)state;
    add_copy("{'name':'Kim','address':{'region':'Sejong','street':'Hannuri'}}", hidden);
    ask("[{'path':['address']}]");
    assert_told("address={\"street\":\"Hannuri\",\"region\":\"Sejong\"};");
    assert_presented("{'address':{'region':'Sejong','street':'Hannuri'}}");
}

// In an SD-JWT a picture is a text of base64.
static void test_of_a_picture_its_length_is_told(void **state)
{
    const char *const hidden[] = {"picture", NULL};
    char claims[2200];
    (void)state;
    (void)snprintf(claims, sizeof claims, "{'picture':'%02100d'}", 7);
    add_copy(claims, hidden);
    ask("[{'path':['picture']}]");
    assert_told("picture=(2100 characters);");
    assert_presented(claims);
}

static void test_what_its_issuer_has_left_in_the_open_is_told(void **state)
{
    const char *const hidden[] = {"name", "lists.0", "lists.2", "secret.inner", NULL};
    (void)state;
    add_copy(
        "{'name':'Kim','number':'4711','lists':[1,2,3],'secret':{'inner':1},'iss':'https://foreign.example',"
        "'exp':1800086400,'nbf':1800000000,'vct#integrity':'x','cnf':{'kid':'k'},"
        "'status':{'status_list':{'idx':1,'uri':'https://foreign.example/1'}}}",
        hidden);
    ask("[{'path':['name']}]");
    assert_told("name=Kim;number=4711;lists=[2];secret={};cnf.kid=k;");
    disclosure_release(&plan);
    // The same when nothing is asked for that could be left out.
    ask("");
    assert_told("number=4711;lists=[2];secret={};cnf.kid=k;");
    const struct disclosure_element *number = &plan.documents[0].elements[0];
    assert_non_null(strstr(number->why, "not asked for"));
    struct jumin_wallet_event event;
    assert_int_equal(disclosure_take(wallet, &plan, STAGE_NOW, &detail), JUMIN_OK);
    assert_int_equal(jumin_wallet_event(wallet, 0, &event), JUMIN_OK);
    assert_string_equal(event.elements, "number,lists,secret,cnf.kid");
}

static void test_a_claim_that_every_credential_has_is_told_when_it_holds_more(void **state)
{
    const char *const hidden[] = {NULL};
    (void)state;
    add_copy("{'iss':{'about':'Kim'},'status':{'status_list':{'idx':1,'uri':'https://foreign.example/1'},"
             "'note':'Kim'}}",
             hidden);
    ask("");
    assert_told("iss={\"about\":\"Kim\"};status.note=Kim;");
}

static void test_items_beside_those_asked_for_are_told(void **state)
{
    const char *const hidden[] = {"cars.0.plate", "cars.1", "cars.3", NULL};
    (void)state;
    add_copy("{'cars':[{'plate':'a','year':1},{'plate':'b'},{'year':2},{'year':3}]}", hidden);
    ask("[{'path':['cars',null,'plate']}]");
    assert_told("cars.*.plate=[\"a\",\"b\"];cars.0.year=1;cars.2.year=2;");
    assert_presented("{'cars':[{'plate':'a','year':1},{'plate':'b'},{'year':2}]}");
    ask("[{'path':['cars',1,'plate']}]");
    assert_true(plan.refused); // that was the only copy
}

static void test_another_copy_that_shows_something_else_is_not_shown(void **state)
{
    const char *const hidden[] = {"name", NULL};
    struct writer w = writer_of(presented, sizeof presented);
    static const char *const others[] = {"{'name':'Kim','number':'4712'}", "{'name':'Lee','number':'4711'}",
                                         "{'name':'Kim','number':'4711','more':1}", "{'name':'Kim'}"};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct wallet_credential *credential = &wallet->credentials[0];
        wallet_wipe_copies(credential->copies, credential->copy_count);
        credential->copies = calloc(4, sizeof *credential->copies);
        credential->copy_count = 0;
        add_copy("{'name':'Kim','number':'4711'}", hidden);
        add_copy(others[i], hidden);
        ask("[{'path':['name']}]");
        credential->copies[0].used = true; // as by a request that came between
        assert_int_equal(disclosure_take(wallet, &plan, STAGE_NOW, &detail), JUMIN_OK);
        assert_int_equal(disclosure_sd_jwt(&plan, &plan.documents[0], &binding, &w, &detail),
                         JUMIN_ERROR_CONFLICT);
        assert_int_equal(w.n, 0);
    }
}

static void test_another_copy_with_its_digests_in_another_order_is_shown(void **state)
{
    const char *const hidden[] = {"a.x", "b.x", "c.x", "a", "b", "c", NULL};
    const char *text = "{'a':{'x':1,'y':1},'b':{'x':1,'y':2},'c':{'x':1,'y':3}}";
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct writer w = writer_of(presented, sizeof presented);
        struct wallet_credential *credential = &wallet->credentials[0];
        wallet_wipe_copies(credential->copies, credential->copy_count);
        credential->copies = calloc(4, sizeof *credential->copies);
        credential->copy_count = 0;
        add_copy(text, hidden);
        add_copy(text, hidden);
        ask("[{'path':['a','x']},{'path':['b','x']},{'path':['c','x']}]");
        credential->copies[0].used = true;
        assert_int_equal(disclosure_take(wallet, &plan, STAGE_NOW, &detail), JUMIN_OK);
        assert_int_equal(disclosure_sd_jwt(&plan, &plan.documents[0], &binding, &w, &detail), JUMIN_OK);
    }
}

static enum jumin_error agree(const char *first, const char *second, const char *const *hidden)
{
    struct wallet_exchange exchange = {.wallet = wallet, .now = STAGE_NOW};
    struct wallet_credential *credential = &wallet->credentials[0];
    wallet_wipe_copies(credential->copies, credential->copy_count);
    credential->copies = calloc(4, sizeof *credential->copies);
    credential->copy_count = 0;
    add_copy(first, hidden);
    add_copy(second, hidden);
    return receive_copies_agree(&exchange, credential, credential->copies, credential->copy_count);
}

static void test_copies_of_a_batch_say_the_same(void **state)
{
    const char *const hidden[] = {"name", NULL}, *const none[] = {NULL};
    (void)state;
    assert_int_equal(agree("{'name':'Kim','exp':1800000100}", "{'name':'Kim','exp':1800000101}", hidden),
                     JUMIN_OK);
    assert_int_equal(agree("{'name':'Kim','status':{'status_list':{'idx':1,'uri':'https://a'}}}",
                           "{'name':'Kim','status':{'status_list':{'idx':2,'uri':'https://b'}}}", hidden),
                     JUMIN_OK);
    assert_int_equal(agree("{'name':'Kim','jti':'1'}", "{'name':'Kim','jti':'2'}", hidden),
                     JUMIN_ERROR_MALFORMED);
    assert_int_equal(agree("{'name':'Kim'}", "{'name':'Lee'}", hidden), JUMIN_ERROR_MALFORMED);
    // Nor may one hide what the other leaves in the open.
    assert_int_equal(agree("{'name':'Kim'}", "{'name':'Kim'}", hidden), JUMIN_OK);
    add_copy("{'name':'Kim'}", none);
    struct wallet_exchange exchange = {.wallet = wallet, .now = STAGE_NOW};
    assert_int_equal(
        receive_copies_agree(&exchange, &wallet->credentials[0], &wallet->credentials[0].copies[1], 2),
        JUMIN_ERROR_MALFORMED);
}

static void test_a_name_that_cannot_be_told_is_refused(void **state)
{
    const char *const hidden[] = {"name", NULL};
    char text[512];
    (void)state;
    (void)snprintf(text, sizeof text, "{'name':'Kim','%0200d':1}", 0);
    add_copy(text, hidden);
    ask("[{'path':['name']}]");
    assert_true(plan.refused);
    assert_non_null(strstr(plan.why, "whose name is too long"));
}

static void test_a_residents_credential_with_more_in_the_open_is_refused(void **state)
{
    const char *const hidden[] = {"adult_in_2027", NULL};
    (void)state;
    (void)snprintf(wallet->credentials[0].type, JUMIN_WALLET_TEXT, RESIDENT_VCT);
    wallet->credentials[0].trusted = true;
    add_copy("{'adult_in_2027':true,'serial':'4711'}", hidden);
    ask("[{'path':['adult_in_2027']}]");
    assert_true(plan.refused);
    assert_string_equal(plan.why, "serial: no purpose covers it");
}

int main(void)
{
#define BEYOND_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        BEYOND_TEST(test_what_lies_beside_a_claim_in_its_disclosure_is_told),
        BEYOND_TEST(test_what_is_asked_for_as_a_whole_is_told_once),
        BEYOND_TEST(test_of_a_picture_its_length_is_told),
        BEYOND_TEST(test_what_its_issuer_has_left_in_the_open_is_told),
        BEYOND_TEST(test_a_claim_that_every_credential_has_is_told_when_it_holds_more),
        BEYOND_TEST(test_items_beside_those_asked_for_are_told),
        BEYOND_TEST(test_another_copy_that_shows_something_else_is_not_shown),
        BEYOND_TEST(test_another_copy_with_its_digests_in_another_order_is_shown),
        BEYOND_TEST(test_copies_of_a_batch_say_the_same),
        BEYOND_TEST(test_a_name_that_cannot_be_told_is_refused),
        BEYOND_TEST(test_a_residents_credential_with_more_in_the_open_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
