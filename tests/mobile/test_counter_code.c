// The code for counters without a radio: made by a wallet, taken once by a verifier, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/remote_stage.h"

#include "host/mobile/base45.h"
#include "host/mobile/counter_code.h"
#include "host/verifier/verifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char code[JUMIN_WALLET_COUNTER_CODE];
static int64_t expires, now;
static struct jumin_verification *verification;
static enum jumin_error says;        // of the holder
static int64_t thinks;               // seconds that the holder takes
static char seen_why[128], seen[64]; // what the holder was told

// --- Steps ---------------------------------------------------------------------------------------------------

static enum jumin_error decide(void *context, const struct jumin_wallet_disclosure *what)
{
    struct jumin_wallet_venue venue;
    struct jumin_wallet_element element;
    (void)context;
    jumin_wallet_disclosure_venue(what, &venue);
    assert_false(venue.known);
    (void)snprintf(seen_why, sizeof seen_why, "%s", venue.why);
    assert_int_equal(jumin_wallet_disclosure_count(what), 1);
    assert_int_equal(jumin_wallet_disclosure_purposes(what), JUMIN_PURPOSE_ADULT);
    assert_int_equal(jumin_wallet_disclosure_element(what, 0, &element), JUMIN_OK);
    (void)snprintf(seen, sizeof seen, "%s=%s", element.name, element.value != NULL ? element.value : "");
    now += thinks;
    return says;
}

static enum jumin_error make(void)
{
    const struct jumin_wallet_holder holder = {decide, NULL};
    return jumin_wallet_counter_code(wallet, &holder, &now, code, &expires);
}

static const struct jumin_verification_check *check(enum jumin_verification_kind kind)
{
    const struct jumin_verification_check *found = jumin_verification_find(verification, kind);
    assert_non_null(found);
    return found;
}

static enum jumin_finding take_text(struct jumin_verifier *by, const char *text, int64_t at)
{
    jumin_verification_free(verification);
    verification = NULL;
    assert_int_equal(jumin_verifier_check_counter_code(by, text, strlen(text), at, &verification), JUMIN_OK);
    return jumin_verification_result(verification);
}

static void assert_taken(int64_t at)
{
    if (take_text(verifier, code, at) != JUMIN_FINDING_PASSED &&
        jumin_verification_result(verification) !=
            JUMIN_FINDING_WARNED) { // the stage has no list of its root
        fail_msg("%s", check(JUMIN_VERIFICATION_HOLDER)->detail);
    }
    assert_int_equal(jumin_verification_learned_count(verification), 1);
    assert_string_equal(jumin_verification_learned(verification, 0)->name, "adult_in_2027");
    assert_true(jumin_verification_learned(verification, 0)->truth);
}

static void assert_not_taken(int64_t at, enum jumin_verification_kind kind, enum jumin_error error,
                             const char *part)
{
    assert_int_equal(take_text(verifier, code, at), JUMIN_FINDING_FAILED);
    assert_int_equal(check(kind)->finding, JUMIN_FINDING_FAILED);
    assert_int_equal(check(kind)->error, error);
    assert_non_null(strstr(check(kind)->detail, part));
    assert_int_equal(jumin_verification_learned_count(verification), 0);
}

static int open_stage(void **state)
{
    now = STAGE_NOW;
    says = JUMIN_OK;
    thinks = 0;
    return remote_stage_open(state);
}

static int close_stage(void **state)
{
    jumin_verification_free(verification);
    verification = NULL;
    return remote_stage_close(state);
}

// --- Made and taken ------------------------------------------------------------------------------------------

static void test_code_says_that_the_holder_is_an_adult(void **state)
{
    (void)state;
    struct jumin_wallet_event event;
    add_credential(JUMIN_WALLET_MDOC);
    assert_int_equal(make(), JUMIN_OK);
    assert_string_equal(seen, "adult_in_2027=true");
    assert_non_null(strstr(seen_why, "within 60 seconds"));
    assert_int_equal(expires, STAGE_NOW + 60);
    assert_memory_equal(code, "JMC1:", 5);
    assert_true(strlen(code) < 2500);
    assert_int_equal(strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), strlen(code));
    assert_taken(STAGE_NOW);
    assert_true(wallet->credentials[0].copies[0].used);
    assert_int_equal(jumin_wallet_event(wallet, 0, &event), JUMIN_OK);
    assert_string_equal(event.kind, "shown");
    assert_string_equal(event.who, "any counter");
    assert_string_equal(event.purpose, "adult");
    assert_string_equal(event.elements, "adult_in_2027");
}

static void test_code_lives_for_a_minute(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    assert_int_equal(make(), JUMIN_OK);
    assert_not_taken(STAGE_NOW + 61, JUMIN_VERIFICATION_HOLDER, JUMIN_ERROR_NOT_VALID_NOW, "61 seconds old");
    assert_not_taken(STAGE_NOW + 60, JUMIN_VERIFICATION_HOLDER, JUMIN_ERROR_NOT_VALID_NOW, "over");
    assert_taken(STAGE_NOW + 59); // what was refused is not used up
}

static void test_code_from_the_future_is_refused(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    assert_int_equal(make(), JUMIN_OK);
    assert_not_taken(STAGE_NOW - 11, JUMIN_VERIFICATION_HOLDER, JUMIN_ERROR_NOT_VALID_NOW, "future");
    assert_taken(STAGE_NOW - 10); // clocks differ
}

static void test_minute_begins_when_the_holder_has_decided(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    thinks = 45;
    assert_int_equal(make(), JUMIN_OK);
    assert_int_equal(expires, STAGE_NOW + 45 + 60);
    assert_taken(STAGE_NOW + 104);
}

static void test_code_is_taken_once(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    assert_int_equal(make(), JUMIN_OK);
    assert_taken(STAGE_NOW);
    assert_not_taken(STAGE_NOW + 1, JUMIN_VERIFICATION_HOLDER, JUMIN_ERROR_CONFLICT, "shown here before");
    assert_not_taken(STAGE_NOW + 59, JUMIN_VERIFICATION_HOLDER, JUMIN_ERROR_CONFLICT, "shown here before");
    now++;
    assert_int_equal(make(), JUMIN_OK); // another one
    assert_taken(STAGE_NOW + 2);
    assert_int_equal(verifier->counters.count, 2);
    now += 60;
    assert_int_equal(make(), JUMIN_OK);
    assert_taken(now);
    assert_int_equal(verifier->counters.count, 1); // what is over is forgotten
}

// For each signature (r, s) there is another one, (r, n - s).
static void test_code_with_the_other_signature_is_the_same(void **state)
{
    (void)state;
    static const uint8_t order[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                                    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                                    0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
    static uint8_t bytes[COUNTER_CODE_BYTES_MAX];
    static const char behind[] = "\x66status";
    struct counter_code read;
    add_credential(JUMIN_WALLET_MDOC);
    assert_int_equal(make(), JUMIN_OK);
    assert_taken(STAGE_NOW);
    assert_int_equal(counter_code_read(text_span(code), bytes, &read, &detail), JUMIN_OK);
    uint8_t *end = bytes + (read.response.p - bytes) + read.response.n - sizeof behind;
    assert_memory_equal(end, behind, sizeof behind - 1);
    unsigned borrow = 0;
    for (size_t i = 1; i <= sizeof order; i++) {
        const unsigned taken = end[-(ptrdiff_t)i] + borrow, from = order[sizeof order - i];
        borrow = from < taken ? 1 : 0;
        end[-(ptrdiff_t)i] = (uint8_t)(from + 256 * borrow - taken);
    }
    struct writer w = writer_of(code, sizeof code - 1);
    assert_true(counter_code_put(&w, &read));
    code[w.n] = '\0';
    assert_not_taken(STAGE_NOW + 1, JUMIN_VERIFICATION_HOLDER, JUMIN_ERROR_CONFLICT, "shown here before");
}

// --- What was made by hand -----------------------------------------------------------------------------------

struct by_hand {
    const char *elements[3]; // national namespace; "birth_date" in the common one
    struct span name_spaces; // that the device adds
    int64_t issued, expires;
    const char *word; // in place of our handover's; NULL: ours
};

static void make_by_hand(const struct by_hand *what)
{
    static uint8_t bytes[COUNTER_CODE_BYTES_MAX];
    uint8_t session[128];
    struct mdoc_element_name names[3];
    size_t count = 0;
    struct writer transcript = writer_of(session, sizeof session), response = writer_of(bytes, sizeof bytes),
                  text = writer_of(code, sizeof code - 1);
    for (; count < 3 && what->elements[count] != NULL; count++) {
        const bool common = strcmp(what->elements[count], "birth_date") == 0;
        names[count] = (struct mdoc_element_name){
            text_span(common ? RESIDENT_COMMON_NAMESPACE : RESIDENT_NATIONAL_NAMESPACE),
            text_span(what->elements[count]), false};
    }
    const struct device_presentation shown = {.credential = &stage.mdoc,
                                              .elements = names,
                                              .element_count = count,
                                              .name_spaces = what->name_spaces,
                                              .device = &stage.holder.signer};
    const struct counter_code times = {what->issued, what->expires, {NULL, 0}};
    if (what->word == NULL) {
        counter_code_put_transcript(&transcript, times.issued, times.expires);
    } else {
        cbor_put_array(&transcript, 3);
        cbor_put_null(&transcript);
        cbor_put_null(&transcript);
        cbor_put_string(&transcript, what->word);
    }
    assert_int_equal(device_response_make(writer_span(&transcript), DEVICE_RESPONSE_OK, &shown, 1, &response),
                     JUMIN_OK);
    const struct counter_code whole = {what->issued, what->expires, writer_span(&response)};
    assert_true(counter_code_put(&text, &whole));
    code[text.n] = '\0';
}

static void test_code_that_says_more_or_something_else_is_refused(void **state)
{
    (void)state;
    static const uint8_t added[] = {0xA1, 0x61, 'x', 0xA1, 0x61, 'y', 0xF5}; // {"x": {"y": true}}
    const struct by_hand cases[] = {
        {.elements = {"adult_in_2027", "birth_date"}},
        {.elements = {"birth_date"}},
        {.elements = {"registration_number"}},
        {.elements = {"adult_in_2027", "registration_number"}},
        {.elements = {NULL}},
        {.elements = {"adult_in_2027"}, .name_spaces = {added, sizeof added}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct by_hand one = cases[i];
        one.issued = STAGE_NOW;
        one.expires = STAGE_NOW + 60;
        make_by_hand(&one);
        assert_not_taken(STAGE_NOW, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED, "something else");
    }
    const struct by_hand good = {{"adult_in_2027"}, {NULL, 0}, STAGE_NOW, STAGE_NOW + 60, NULL};
    make_by_hand(&good);
    assert_taken(STAGE_NOW);
}

static void test_code_has_times_that_a_code_has(void **state)
{
    (void)state;
    static const int64_t lives[] = {61, 3600, 0, -1};
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        const struct by_hand one = {{"adult_in_2027"}, {NULL, 0}, STAGE_NOW, STAGE_NOW + lives[i], NULL};
        make_by_hand(&one);
        assert_not_taken(STAGE_NOW, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED, "lives for too long");
    }
    const struct by_hand negative = {{"adult_in_2027"}, {NULL, 0}, -30, 30, NULL};
    make_by_hand(&negative);
    assert_not_taken(0, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED, "no times");
}

// Who has got a presentation elsewhere makes no code of it, nor changes its times.
static void test_answer_of_another_session_is_no_code(void **state)
{
    (void)state;
    static uint8_t bytes[COUNTER_CODE_BYTES_MAX];
    struct counter_code read;
    const struct by_hand other = {{"adult_in_2027"}, {NULL, 0}, STAGE_NOW, STAGE_NOW + 60, "another"};
    make_by_hand(&other);
    assert_not_taken(STAGE_NOW, JUMIN_VERIFICATION_HOLDER, JUMIN_ERROR_CLONED, "");
    const struct by_hand good = {{"adult_in_2027"}, {NULL, 0}, STAGE_NOW, STAGE_NOW + 60, NULL};
    make_by_hand(&good);
    assert_int_equal(counter_code_read(text_span(code), bytes, &read, &detail), JUMIN_OK);
    read.issued += 30;
    read.expires += 30;
    struct writer w = writer_of(code, sizeof code - 1);
    assert_true(counter_code_put(&w, &read));
    code[w.n] = '\0';
    assert_not_taken(STAGE_NOW + 61, JUMIN_VERIFICATION_HOLDER, JUMIN_ERROR_CLONED, "");
    const struct by_hand brief = {{"adult_in_2027"}, {NULL, 0}, STAGE_NOW, STAGE_NOW + 10, NULL};
    make_by_hand(&brief);
    assert_int_equal(counter_code_read(text_span(code), bytes, &read, &detail), JUMIN_OK);
    read.expires += 50;
    w = writer_of(code, sizeof code - 1);
    assert_true(counter_code_put(&w, &read));
    code[w.n] = '\0';
    assert_not_taken(STAGE_NOW + 20, JUMIN_VERIFICATION_HOLDER, JUMIN_ERROR_CLONED, "");
}

// Two phones make theirs in the same second.
static void test_code_of_another_holder_is_another(void **state)
{
    (void)state;
    static const uint8_t yes[] = {0xF5};
    static uint8_t bytes[4096];
    const struct crypto_random random = crypto_system_random();
    const struct mdoc_element adult = {text_span("adult_in_2027"), span_of(yes, sizeof yes)};
    const struct mdoc_namespace national = {text_span(RESIDENT_NATIONAL_NAMESPACE), &adult, 1};
    const struct by_hand code_of = {{"adult_in_2027"}, {NULL, 0}, STAGE_NOW, STAGE_NOW + 60, NULL};
    const struct issuer_signed mine = stage.mdoc;
    const struct jose_party me = stage.holder;
    struct issuer_signed_order order = {.doc_type = text_span(RESIDENT_DOC_TYPE),
                                        .namespaces = &national,
                                        .namespace_count = 1,
                                        .validity = {.signed_at = STAGE_NOW - 10,
                                                     .valid_from = STAGE_NOW - 10,
                                                     .valid_until = STAGE_NOW + STAGE_DAY},
                                        .chain = &stage.mdoc_signer.der,
                                        .chain_count = 1,
                                        .algorithm = COSE_ES256};
    struct signer signer;
    struct writer w = writer_of(bytes, sizeof bytes);
    make_by_hand(&code_of);
    assert_taken(STAGE_NOW);
    memcpy(order.device_key, stage.other.signer.point, SIGNER_POINT);
    assert_true(signer_of_key(&stage.mdoc_signer.key.key, &signer));
    assert_int_equal(issuer_signed_make(&order, &signer, &random, &w), JUMIN_OK);
    assert_int_equal(issuer_signed_parse(writer_span(&w), &stage.mdoc, &detail), JUMIN_OK);
    stage.holder = stage.other;
    make_by_hand(&code_of);
    stage.mdoc = mine;
    stage.holder = me;
    assert_taken(STAGE_NOW);
}

static void test_code_that_was_changed_is_refused(void **state)
{
    (void)state;
    add_credential(JUMIN_WALLET_MDOC);
    assert_int_equal(make(), JUMIN_OK);
    const size_t n = strlen(code);
    for (size_t i = 0; i < n; i += 31) {
        const char was = code[i];
        uint8_t before[COUNTER_CODE_BYTES_MAX], after[COUNTER_CODE_BYTES_MAX];
        struct counter_code made, changed;
        assert_int_equal(counter_code_read(text_span(code), before, &made, &detail), JUMIN_OK);
        code[i] = was == '7' ? '8' : '7';
        // Rarely a change means another way of packing the same, which is the same code.
        if (counter_code_read(text_span(code), after, &changed, &detail) != JUMIN_OK ||
            changed.issued != made.issued || changed.expires != made.expires ||
            !span_equal(changed.response, made.response)) {
            assert_int_equal(take_text(verifier, code, STAGE_NOW), JUMIN_FINDING_FAILED);
        }
        code[i] = was;
    }
    static uint8_t packed[COUNTER_CODE_TEXT_MAX];
    struct writer bytes = writer_of(packed, sizeof packed), text = writer_of(code + 5, sizeof code - 6);
    assert_true(base45_decode(text_span(code + 5), &bytes));
    code[n - 2] = '\0';
    assert_not_taken(STAGE_NOW, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED, "cut, or changed");
    writer_put_u8(&bytes, 0); // something behind it
    base45_put(&text, writer_span(&bytes));
    code[5 + text.n] = '\0';
    assert_not_taken(STAGE_NOW, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED, "cut, or changed");
    static const char *const none[] = {"",       "JMC1:",    "jmc1:BB8", "JMC1:BB8", "openid4vp://?x=y",
                                       "JMC1:0", "JMC1:::::"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        (void)snprintf(code, sizeof code, "%s", none[i]);
        assert_not_taken(STAGE_NOW, JUMIN_VERIFICATION_FORMAT, JUMIN_ERROR_MALFORMED, "code");
    }
}

// A few letters must not become more than a code has.
static void test_code_does_not_swell(void **state)
{
    (void)state;
    static uint8_t zeros[COUNTER_CODE_BYTES_MAX], bytes[COUNTER_CODE_BYTES_MAX];
    struct counter_code big = {STAGE_NOW, STAGE_NOW + 60, {zeros, sizeof zeros - 16}}, read;
    struct writer w = writer_of(code, sizeof code - 1);
    assert_true(counter_code_put(&w, &big));
    assert_true(w.n < 200);
    assert_int_equal(counter_code_read(writer_span(&w), bytes, &read, &detail), JUMIN_OK);
    assert_int_equal(read.response.n, big.response.n);
    big.response.n = sizeof zeros;
    w = writer_of(code, sizeof code - 1);
    assert_false(counter_code_put(&w, &big)); // nor does a wallet make what nobody reads
}

static void test_words_of_the_format_never_change(void **state)
{
    (void)state;
    // SHA-256, as of the first version
    static const char digest_text[] = "bb77670096d3f641cd0244f1d851c7c0f61a3aa3c9665a6ffa59aec7c5bbc61c";
    uint8_t digest[CRYPTO_HASH_MAX];
    char text[65] = "";
    const struct span words = span_of(counter_words, counter_words_length);
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &words, 1, digest));
    for (size_t i = 0; i < 32; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(text, digest_text);
}

// --- What the wallet refuses ---------------------------------------------------------------------------------

static void assert_refused_by_wallet(const char *part)
{
    struct jumin_wallet_event event;
    const size_t before = jumin_wallet_events(wallet);
    assert_int_equal(make(), JUMIN_ERROR_NOT_AUTHORIZED);
    assert_non_null(strstr(jumin_wallet_detail(wallet), part));
    assert_string_equal(code, "");
    assert_int_equal(expires, 0);
    assert_int_equal(jumin_wallet_events(wallet), before + 1);
    assert_int_equal(jumin_wallet_event(wallet, before, &event), JUMIN_OK);
    assert_string_equal(event.kind, "refused");
    assert_non_null(strstr(event.reason, part));
}

static void test_wallet_that_cannot_show_makes_no_code(void **state)
{
    (void)state;
    assert_refused_by_wallet("no such credential");
    add_credential(JUMIN_WALLET_SD_JWT);
    assert_refused_by_wallet("no such credential");
    add_credential(JUMIN_WALLET_MDOC);
    wallet->credentials[1].status = JUMIN_WALLET_LOCKED;
    assert_refused_by_wallet("locked");
    wallet->credentials[1].status = JUMIN_WALLET_USABLE;
    wallet->credentials[1].expires = STAGE_NOW;
    assert_refused_by_wallet("expired");
    wallet->credentials[1].expires = STAGE_NOW + 400 * (int64_t)STAGE_DAY;
    now += 380 * (int64_t)STAGE_DAY; // the stage's credential speaks of one year alone
    assert_refused_by_wallet("an adult in 2028: refresh it");
    assert_false(wallet->credentials[1].copies[0].used);
}

static void test_holder_says_no_to_a_code(void **state)
{
    (void)state;
    struct jumin_wallet_event event;
    add_credential(JUMIN_WALLET_MDOC);
    says = JUMIN_ERROR_CANCELLED;
    assert_int_equal(make(), JUMIN_ERROR_CANCELLED);
    assert_string_equal(code, "");
    assert_false(wallet->credentials[0].copies[0].used);
    assert_int_equal(jumin_wallet_event(wallet, 0, &event), JUMIN_OK);
    assert_string_equal(event.reason, "the holder said no");
    assert_int_equal(jumin_wallet_counter_code(wallet, NULL, &now, code, &expires), JUMIN_ERROR_CANCELLED);
}

// --- What a verifier remembers -------------------------------------------------------------------------------

static void test_counters_with_one_folder_take_a_code_once(void **state)
{
    (void)state;
    const struct jumin_verifier_options rules = {
        .cache = temporary_path("%s", ""), .statuses = {3600, 86400}, .trust = {3600, 86400}};
    struct jumin_verifier *tills[2];
    add_credential(JUMIN_WALLET_MDOC);
    assert_int_equal(make(), JUMIN_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(jumin_verifier_new(&tills[i], &rules), JUMIN_OK);
        jumin_verifier_trust_issuers(tills[i], stage.issuers);
    }
    assert_int_not_equal(take_text(tills[0], code, STAGE_NOW), JUMIN_FINDING_FAILED);
    assert_int_equal(take_text(tills[1], code, STAGE_NOW + 1), JUMIN_FINDING_FAILED);
    assert_int_equal(check(JUMIN_VERIFICATION_HOLDER)->error, JUMIN_ERROR_CONFLICT);
    jumin_verifier_free(tills[1]); // and one that is started anew
    assert_int_equal(jumin_verifier_new(&tills[1], &rules), JUMIN_OK);
    jumin_verifier_trust_issuers(tills[1], stage.issuers);
    assert_int_equal(take_text(tills[1], code, STAGE_NOW + 2), JUMIN_FINDING_FAILED);
    // A file that cannot be read is no reason to take everything.
    now++;
    assert_int_equal(make(), JUMIN_OK);
    assert_int_equal(unlink(temporary_path("counter-codes")), 0);
    assert_int_equal(mkdir(temporary_path("counter-codes"), 0700), 0);
    assert_int_equal(take_text(tills[0], code, STAGE_NOW + 2), JUMIN_FINDING_FAILED);
    assert_int_equal(check(JUMIN_VERIFICATION_HOLDER)->error, JUMIN_ERROR_FILE);
    jumin_verifier_free(tills[0]);
    jumin_verifier_free(tills[1]);
}

static void test_memory_has_room_for_so_many_codes_a_minute(void **state)
{
    (void)state;
    for (int in_file = 0; in_file < 2; in_file++) {
        struct counter_memory memory;
        uint8_t id[COUNTER_ID] = {0};
        assert_true(counter_memory_init(&memory, in_file != 0 ? temporary_path("%s", "") : NULL));
        // Most of them at once, the last ones through the file.
        assert_int_equal(counter_memory_take(&memory, id, 160, 100, &detail), JUMIN_OK);
        for (unsigned i = 1; i < (in_file != 0 ? 200 : COUNTER_SEEN_MAX); i++) {
            id[0] = (uint8_t)i;
            id[1] = (uint8_t)(i >> 8);
            assert_int_equal(counter_memory_take(&memory, id, 160, 100, &detail), JUMIN_OK);
            assert_int_equal(counter_memory_take(&memory, id, 160, 159, &detail), JUMIN_ERROR_CONFLICT);
        }
        id[2] = 1;
        assert_int_equal(counter_memory_take(&memory, id, 160, 100, &detail),
                         in_file != 0 ? JUMIN_OK : JUMIN_ERROR_RULES);
        assert_int_equal(counter_memory_take(&memory, id, 220, 160, &detail), JUMIN_OK);
        assert_int_equal(memory.count, 1);
        struct stat about;
        assert_true(in_file == 0 || stat(temporary_path("counter-codes"), &about) == 0);
        assert_true(in_file == 0 || about.st_size == COUNTER_ID + 8);
        counter_memory_release(&memory);
    }
}

// --- Base45 (RFC 9285 §4.3, §4.4, §6) ----------------------------------------------------------------------------

static void test_base45_is_that_of_the_standard(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"AB", "BB8"},
                                           {"Hello!!", "%69 VD92EX0"},
                                           {"base-45", "UJCLQE7W581"},
                                           {"ietf!", "QED8WEX0"},
                                           {"", ""}};
    static const char *const wrong[] = {"B", "BB8B", "bb8", "GGW", ":::", "::", "V5", "BB\x01"};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char text[32], bytes[32];
        struct writer t = writer_of(text, sizeof text), b = writer_of(bytes, sizeof bytes);
        base45_put(&t, text_span(pairs[i][0]));
        assert_int_equal(t.n, strlen(pairs[i][1]));
        assert_memory_equal(text, pairs[i][1], t.n);
        assert_true(base45_decode(text_span(pairs[i][1]), &b));
        assert_int_equal(b.n, strlen(pairs[i][0]));
        assert_memory_equal(bytes, pairs[i][0], b.n);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char bytes[32];
        struct writer b = writer_of(bytes, sizeof bytes);
        assert_false(base45_decode(text_span(wrong[i]), &b));
    }
    char bytes[2];
    struct writer most = writer_of(bytes, sizeof bytes), small = writer_of(bytes, 1);
    assert_true(base45_decode(text_span("FGW"), &most)); // 0xFFFF
    assert_memory_equal(bytes, "\xFF\xFF", 2);
    assert_false(base45_decode(text_span("FGW"), &small));
}

#define COUNTER_TEST(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        COUNTER_TEST(test_code_says_that_the_holder_is_an_adult),
        COUNTER_TEST(test_code_lives_for_a_minute),
        COUNTER_TEST(test_code_from_the_future_is_refused),
        COUNTER_TEST(test_minute_begins_when_the_holder_has_decided),
        COUNTER_TEST(test_code_is_taken_once),
        COUNTER_TEST(test_code_with_the_other_signature_is_the_same),
        COUNTER_TEST(test_code_that_says_more_or_something_else_is_refused),
        COUNTER_TEST(test_code_has_times_that_a_code_has),
        COUNTER_TEST(test_answer_of_another_session_is_no_code),
        COUNTER_TEST(test_code_of_another_holder_is_another),
        COUNTER_TEST(test_code_that_was_changed_is_refused),
        COUNTER_TEST(test_code_does_not_swell),
        COUNTER_TEST(test_wallet_that_cannot_show_makes_no_code),
        COUNTER_TEST(test_holder_says_no_to_a_code),
        COUNTER_TEST(test_counters_with_one_folder_take_a_code_once),
        COUNTER_TEST(test_memory_has_room_for_so_many_codes_a_minute),
        cmocka_unit_test(test_words_of_the_format_never_change),
        cmocka_unit_test(test_base45_is_that_of_the_standard),
    };
    return cmocka_run_group_tests(tests, vp_stage_open, vp_stage_close);
}
