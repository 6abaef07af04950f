// A wallet lies on a reader of a real pcscd, and `jumin verify` asks it: certificates of a real issuer's
// folder, a status list that was kept, everything else as in a store.
// SPDX-License-Identifier: Apache-2.0
//
// Usage: meeting_in_reader JUMIN; to be run by private_pcscd.
#include "tests/mobile/holder_stage.h"
#include "tests/mobile/nfc_phone.h"
#include "tests/unit/temporary_folder.h"

#include <jumin/mobile_pki.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/file.h"
#include "host/pki/pem.h"

enum { PATIENCE_MS = 20000, FILE_MAX = 65536, ANSWER_MAX = 65536, PATH_BYTES = 4096 };

static const char *jumin;

static struct {
    struct stage_holder mdoc, status; // signers of the issuer's folder
    struct jumin_trust *issuers, *venues;
    struct holder_stage holder;
    unsigned lists; // folders of status lists so far

    // The phone, in a thread of its own.
    pthread_t thread;
    int order[2]; // closed: end
    struct proximity *proximity;
    struct jumin_wallet_nfc *nfc;
    struct wallet_card card;
    uint8_t reply[JUMIN_WALLET_NFC_MESSAGE_MAX];

    char answer[ANSWER_MAX]; // of `jumin verify`
} scene;

// --- The issuer ----------------------------------------------------------------------------------------------------

// A signer's key and certificate.
static void load_signer(const char *name, struct stage_holder *signer)
{
    const struct crypto_random random = crypto_system_random();
    static uint8_t bytes[FILE_MAX];
    struct detail detail;
    struct span label;
    size_t n = 0;
    assert_int_equal(disk_read(temporary_path("%s", name), bytes, sizeof bytes, &n), JUMIN_OK);
    struct span text = span_of(bytes, n);
    assert_int_equal(signing_key_take(&signer->key, pem_before(text, "CERTIFICATE"), span_of("issuer", 6),
                                      NULL, &random, &detail),
                     JUMIN_OK);
    text = span_from(text, pem_before(text, "CERTIFICATE").n);
    struct writer der = writer_of(signer->bytes, sizeof signer->bytes);
    assert_true(pem_next(&text, &label, &der));
    signer->der = writer_span(&der);
}

static void load_roots(struct jumin_trust **trust, const char *certificate, const char *list)
{
    assert_int_equal(jumin_trust_new(trust), JUMIN_OK);
    assert_int_equal(jumin_trust_add_file(*trust, temporary_path("%s", certificate)), JUMIN_OK);
    assert_int_equal(jumin_trust_add_file(*trust, temporary_path("%s", list)), JUMIN_OK);
}

static void make_issuer(void)
{
    const struct jumin_mobile_pki_options options = {.now = STAGE_NOW - 1000};
    const struct jumin_venue venue = {.name = "corner-shop",
                                      .title = "Corner Shop",
                                      .purposes = JUMIN_PURPOSE_ADULT,
                                      .now = STAGE_NOW - 1000};
    struct jumin_mobile_pki *pki = NULL;
    assert_int_equal(mkdir(temporary_path("mobile"), 0700), 0);
    assert_int_equal(jumin_mobile_pki_new(&pki, temporary_path("mobile")), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_init(pki, "issuer", &options), JUMIN_OK);
    assert_int_equal(jumin_mobile_pki_issue_venue(pki, "issuer", &venue), JUMIN_OK);
    const struct jumin_mobile_trust_list list = {.now = STAGE_NOW - 1000, .seconds = STAGE_DAY};
    assert_int_equal(jumin_mobile_pki_trust_list(pki, "issuer", &list), JUMIN_OK);
    jumin_mobile_pki_free(pki);
    load_signer("mobile/mdoc.key", &scene.mdoc);
    load_signer("mobile/status.key", &scene.status);
    load_roots(&scene.issuers, "mobile/iaca.crt", "mobile/iaca.crl");
    load_roots(&scene.venues, "mobile/venue-root.crt", "mobile/venue-root.crl");
}

// The store was online a while ago, and kept what it fetched.
static void fetch_status_list(enum status value)
{
    struct verifier_stage server = {
        .value = value, .list_age = 60, .list_signer = &scene.status, .issuers = scene.issuers};
    struct jumin_verifier_options options = verifier_stage_options();
    scene.lists++; // another folder each time
    options.cache = temporary_path("lists-%u", scene.lists);
    (void)mkdir(options.cache, 0700);
    verifier_stage_renew(&server, &options);
    const struct status_reference reference = {STAGE_STATUS_URI, STAGE_STATUS_INDEX};
    const struct status_rule rule = {3600, 86400};
    struct status_answer answer;
    assert_int_equal(
        status_cache_ask(server.verifier->statuses, STATUS_CWT, &reference, &rule, STAGE_NOW + 120, &answer),
        JUMIN_OK);
    assert_true(answer.fetched);
    jumin_verifier_free(server.verifier);
}

// --- The phone -----------------------------------------------------------------------------------------------------

static void answer_message(void)
{
    const struct proximity_holder holder = holder_stage_of(&scene.holder);
    const uint8_t *message = NULL, *handover = NULL;
    size_t n = 0, handover_length = 0;
    struct writer w = writer_of(scene.reply, sizeof scene.reply);
    jumin_wallet_nfc_message(scene.nfc, &message, &n);
    jumin_wallet_nfc_handover(scene.nfc, &handover, &handover_length);
    (void)proximity_answer(scene.proximity, span_of(message, n), span_of(handover, handover_length), &holder,
                           &w);
    nfc_phone_reply(&scene.card, writer_span(&w));
}

static void *run_phone(void *context)
{
    (void)context;
    for (;;) {
        switch (wallet_card_next(&scene.card, scene.order[0])) {
        case WALLET_CARD_WAITS:
            answer_message();
            break;
        case WALLET_CARD_GONE:
            break;
        default:
            return NULL;
        }
    }
}

static void lay_phone_down(bool by_nfc)
{
    const struct engagement_nfc limits = {by_nfc ? 0 : 65279, by_nfc ? 0 : 65279};
    char name[SIM_READER_MAX];
    const char *socket_path = getenv("JUMIN_READER_0");
    assert_non_null(socket_path);
    (void)snprintf(name, sizeof name, "sim:%s", socket_path);
    assert_int_equal(proximity_new(&scene.proximity, &limits), JUMIN_OK);
    const struct span engagement = proximity_engagement(scene.proximity);
    const struct jumin_wallet_nfc_options options = {by_nfc ? engagement.p : NULL, by_nfc ? engagement.n : 0,
                                                     0, 0};
    assert_int_equal(pipe(scene.order), 0);
    assert_int_equal(jumin_wallet_nfc_new(&scene.nfc, &options), JUMIN_OK);
    const struct wallet_card_phone behind = nfc_phone(scene.nfc);
    assert_true(wallet_card_open(&scene.card, name, &behind));
    assert_int_equal(pthread_create(&scene.thread, NULL, run_phone, NULL), 0);
}

static void take_phone_away(void)
{
    struct jumin_pcsc *pcsc = NULL;
    close(scene.order[1]);
    assert_int_equal(pthread_join(scene.thread, NULL), 0);
    close(scene.order[0]);
    wallet_card_close(&scene.card);
    jumin_wallet_nfc_free(scene.nfc);
    proximity_free(scene.proximity);
    assert_int_equal(jumin_pcsc_new(&pcsc), JUMIN_OK);
    assert_int_equal(jumin_pcsc_wait_removal(pcsc, "jumin 0", PATIENCE_MS), JUMIN_OK);
    jumin_pcsc_free(pcsc);
}

// --- The store -----------------------------------------------------------------------------------------------------

// Runs `jumin verify` with those options behind; its exit code.
static int verify(const char *options)
{
    char command[3 * PATH_BYTES];
    (void)snprintf(
        command, sizeof command,
        "JUMIN_PASSPHRASE=issuer '%s' verify --home '%s' --cache '%s' --venue corner-shop --purpose adult "
        "--offline --now %d --reader 'jumin 0' %s 2>&1",
        jumin, temporary_path("%s", ""), temporary_path("lists-%u", scene.lists), STAGE_NOW + 120, options);
    FILE *output = popen(command, "r"); // NOLINT(cert-env33-c): the test's own words
    assert_non_null(output);
    const size_t n = fread(scene.answer, 1, sizeof scene.answer - 1, output);
    scene.answer[n] = '\0';
    const int status = pclose(output);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void assert_says(const char *words)
{
    if (strstr(scene.answer, words) == NULL) {
        print_message("%s\nwithout: %s\n", scene.answer, words);
    }
    assert_non_null(strstr(scene.answer, words));
}

static int set_up(void **state)
{
    (void)state;
    holder_stage_open(&scene.holder, &scene.mdoc, scene.venues, STAGE_NOW, false, true);
    fetch_status_list(STATUS_VALID);
    lay_phone_down(true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    take_phone_away();
    holder_stage_close(&scene.holder);
    return 0;
}

static void test_adult_is_accepted(void **state)
{
    (void)state;
    const int code = verify("");
    assert_says("accepted\n");
    assert_says("adult_in_2027: yes");
    assert_says("ok        status");
    assert_int_equal(code, 0);
    assert_int_equal(scene.holder.asked, 1);
    assert_string_equal(scene.holder.reader_name, "Corner Shop");
    assert_null(strstr(scene.answer, "김"));
}

static void test_answer_for_programs(void **state)
{
    (void)state;
    assert_int_equal(verify("--json"), 0);
    json_t *json = json_loads(scene.answer, JSON_REJECT_DUPLICATES, NULL);
    assert_string_equal(json_string_value(json_object_get(json, "result")), "passed");
    const json_t *learned = json_object_get(json, "learned");
    assert_int_equal(json_array_size(learned), 1);
    assert_int_equal(json_integer_value(json_object_get(json, "status_age")), 180);
    assert_int_equal(json_integer_value(json_object_get(json, "trust_age")), 1120);
    assert_true(json_is_true(json_object_get(json_array_get(learned, 0), "value")));
    json_decref(json);
}

static void test_locked_phone_is_refused(void **state)
{
    (void)state;
    fetch_status_list(STATUS_SUSPENDED);
    assert_int_equal(verify(""), 1);
    assert_says("refused\n");
    assert_says("revoked or locked");
    assert_says("learned: nothing");
}

static void test_old_list_is_judged_by_the_venues_rule(void **state)
{
    (void)state;
    assert_int_equal(verify("--status-accept 100"), 0);
    assert_says("accepted with a warning\n");
    assert_says(
        "warning   status      neither revoked nor locked; the status list is 3 minutes old, older than the "
        "venue's rule accepts without a warning");
    assert_says("ok        trust-list  the trust list is 18 minutes old, recent enough for the venue's rule");
}

static void test_too_old_list_is_refused_by_the_venues_rule(void **state)
{
    (void)state;
    assert_int_equal(verify("--status-accept 100 --status-warn 150"), 1);
    assert_says("older than the venue's rule accepts");
}

static void test_old_trust_list_is_judged_by_the_venues_rule(void **state)
{
    (void)state;
    assert_int_equal(verify("--trust-accept 100 --json"), 0);
    json_t *json = json_loads(scene.answer, JSON_REJECT_DUPLICATES, NULL);
    assert_string_equal(json_string_value(json_object_get(json, "result")), "warned");
    json_decref(json);
}

static void test_too_old_a_trust_list_is_refused_by_the_venues_rule(void **state)
{
    (void)state;
    assert_int_equal(verify("--trust-accept 100 --trust-warn 1100"), 1);
    assert_says(
        "FAILED    trust-list  the trust list is 18 minutes old, older than the venue's rule accepts");
    assert_says("learned: nothing");
}

static void test_holder_declines(void **state)
{
    (void)state;
    scene.holder.declines = true;
    assert_int_equal(verify(""), 1);
    assert_says("the holder shows nothing");
}

static void test_engagement_by_qr_code(void **state)
{
    (void)state;
    char text[ENGAGEMENT_TEXT_MAX], options[ENGAGEMENT_TEXT_MAX + 32];
    take_phone_away();
    lay_phone_down(false);
    assert_true(engagement_to_text(proximity_engagement(scene.proximity), text));
    (void)snprintf(options, sizeof options, "--engagement '%s'", text);
    const int code = verify(options);
    assert_says("accepted\n");
    assert_int_equal(code, 0);
}

static int open_issuer(void **state)
{
    if (temporary_folder_make(state) != 0) {
        return 1;
    }
    make_issuer();
    return 0;
}

static int close_issuer(void **state)
{
    stage_release(&scene.mdoc);
    stage_release(&scene.status);
    jumin_trust_free(scene.issuers);
    jumin_trust_free(scene.venues);
    return temporary_folder_remove(state);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test(test_adult_is_accepted),
        test(test_answer_for_programs),
        test(test_locked_phone_is_refused),
        test(test_old_list_is_judged_by_the_venues_rule),
        test(test_too_old_list_is_refused_by_the_venues_rule),
        test(test_old_trust_list_is_judged_by_the_venues_rule),
        test(test_too_old_a_trust_list_is_refused_by_the_venues_rule),
        test(test_holder_declines),
        test(test_engagement_by_qr_code),
    };
    if (argc != 2) {
        return 2;
    }
    jumin = argv[1];
    return cmocka_run_group_tests_name("meeting", tests, open_issuer, close_issuer);
}
