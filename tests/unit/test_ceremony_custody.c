// Custodians open the CSCA's key together, and nobody alone does.
//
// Linked with --wrap=secret_split, by which a share is spoiled.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/ceremony_stage.h"

#include "host/pki/share.h"
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t spoiled_share; // 0: none

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
bool __real_secret_split(struct span secret, size_t threshold, size_t count,
                         const struct crypto_random *random, uint8_t *shares);
bool __wrap_secret_split(struct span secret, size_t threshold, size_t count,
                         const struct crypto_random *random, uint8_t *shares);

bool __wrap_secret_split(struct span secret, size_t threshold, size_t count,
                         const struct crypto_random *random, uint8_t *shares)
{
    const bool ok = __real_secret_split(secret, threshold, count, random, shares);
    if (spoiled_share > 0) {
        shares[spoiled_share * secret.n - 1] ^= 1;
    }
    return ok;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static void test_every_quorum_opens_the_key_and_the_station_does_not(void **state)
{
    (void)state;
    ceremony_begin(NOW);
    for (unsigned which = 0; which < 1U << SHARES; which++) {
        if (__builtin_popcount(which) != THRESHOLD) {
            continue;
        }
        unsigned numbers[THRESHOLD];
        size_t count = 0;
        for (unsigned i = 0; i < SHARES; i++) {
            if ((which >> i & 1) != 0) {
                numbers[count++] = i + 1;
            }
        }
        struct jumin_pki *pki = ceremony_pki();
        struct jumin_quorum *quorum = ceremony_quorum("first", numbers, count);
        assert_int_equal(jumin_quorum_missing(quorum), 0);
        assert_int_equal(jumin_pki_load_authority_by_quorum(pki, quorum), JUMIN_OK);
        jumin_quorum_free(quorum);
        jumin_pki_free(pki);
    }
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(jumin_pki_load_authority(pki, "station"), JUMIN_ERROR_INPUT);
    jumin_pki_free(pki);
}

static void test_too_few_shares_open_nothing(void **state)
{
    (void)state;
    static const unsigned two[] = {1, 2};
    ceremony_begin(NOW);
    struct jumin_pki *pki = ceremony_pki();
    struct jumin_quorum *quorum = ceremony_quorum("first", two, 0);
    assert_int_equal(jumin_quorum_missing(quorum), 1);
    assert_int_equal(jumin_pki_load_authority_by_quorum(pki, quorum), JUMIN_ERROR_INPUT);
    jumin_quorum_free(quorum);
    quorum = ceremony_quorum("first", two, 2);
    assert_int_equal(jumin_quorum_missing(quorum), 1);
    assert_int_equal(jumin_pki_load_authority_by_quorum(pki, quorum), JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_pki_detail(pki), "1 more share is needed");
    jumin_quorum_free(quorum);
    jumin_pki_free(pki);
}

static void test_wrong_shares_are_named_and_leave_the_quorum(void **state)
{
    (void)state;
    static const unsigned two[] = {1, 2};
    char text[JUMIN_SHARE_TEXT];
    ceremony_begin(NOW);
    struct jumin_quorum *quorum = ceremony_quorum("first", two, 2);
    size_t n = ceremony_share("first", 2, text);
    assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_ERROR_CONFLICT);
    assert_string_equal(jumin_quorum_detail(quorum), "share 2 was given already");
    n = ceremony_share("first", 3, text);
    text[n - 3] = (char)(text[n - 3] == 'A' ? 'Q' : 'A');
    assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_quorum_detail(quorum), "mistyped"));
    assert_int_equal(jumin_quorum_missing(quorum), 1);

    // Of the next sharing
    const struct jumin_ceremony ceremony = ceremony_at(NOW);
    const struct jumin_deal deal = ceremony_deal("second");
    struct jumin_pki *pki = ceremony_opened("first");
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    n = ceremony_share("second", 3, text);
    assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_ERROR_CONFLICT);
    assert_non_null(strstr(jumin_quorum_detail(quorum), "is of sharing"));
    n = ceremony_share("second", 2, text); // another one, although the number is the same
    assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_ERROR_CONFLICT);
    assert_non_null(strstr(jumin_quorum_detail(quorum), "is of sharing"));
    assert_int_equal(jumin_quorum_missing(quorum), 1);
    jumin_quorum_free(quorum);
}

// Only who forges shares makes such a one: its check is right.
static void test_share_with_other_numbers_is_refused(void **state)
{
    (void)state;
    static const unsigned one[] = {1};
    char text[JUMIN_SHARE_TEXT];
    const char *why = "";
    struct share forged[3];
    ceremony_begin(NOW);
    const size_t n = ceremony_share("first", 2, text);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(share_parse(span_of(text, n), &forged[i], &why), JUMIN_OK);
    }
    forged[0].count = SHARES + 1;
    forged[1].threshold = THRESHOLD - 1;
    forged[2].n--;
    struct jumin_quorum *quorum = ceremony_quorum("first", one, 1);
    for (size_t i = 0; i < 3; i++) {
        struct writer w = writer_of(text, sizeof text);
        share_put(&w, &forged[i]);
        assert_int_equal(jumin_quorum_add(quorum, text, w.n, NULL), JUMIN_ERROR_CONFLICT);
    }
    assert_int_equal(jumin_quorum_missing(quorum), THRESHOLD - 1);
    jumin_quorum_free(quorum);
}

static void test_resharing_ends_earlier_shares(void **state)
{
    (void)state;
    ceremony_begin(NOW);
    const struct jumin_ceremony ceremony = ceremony_at(NOW + DAY);
    const struct jumin_deal deal = ceremony_deal("second");
    struct jumin_pki *pki = ceremony_opened("first");
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    pki = ceremony_pki();
    assert_int_equal(ceremony_try(pki, "first"), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_pki_detail(pki), "is over"));
    assert_int_equal(ceremony_try(pki, "second"), JUMIN_OK);
    jumin_pki_free(pki);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
}

// Else whoever dealt them would throw away what alone opens the key.
static void test_new_shares_count_although_their_entry_cannot_be_named(void **state)
{
    (void)state;
    ceremony_begin(NOW);
    const struct jumin_ceremony ceremony = ceremony_at(NOW + DAY);
    const struct jumin_deal deal = ceremony_deal("second");
    struct jumin_pki *pki = ceremony_opened("first");
    assert_int_equal(mkdir(ceremony_path("ceremonies/0002.cms"), 0700), 0);
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(ceremony_verified(head), JUMIN_ERROR_FILE);
    assert_int_equal(rmdir(ceremony_path("ceremonies/0002.cms")), 0);
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
    assert_int_equal(access(ceremony_path("ceremonies/0002.json"), F_OK), 0);
    jumin_pki_free(ceremony_opened("second"));
}

static bool refuse_third(void *context, const struct jumin_share *share, const char *text)
{
    return share->number < 3 && ceremony_give(context, share, text);
}

static void test_share_that_is_not_handed_over_changes_nothing(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = ceremony_at(NOW);
    struct jumin_deal deal = ceremony_deal("first");
    deal.give = refuse_third;
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_ERROR_CANCELLED);
    jumin_pki_free(pki);
    DIR *files = opendir(ceremony_path(""));
    const struct dirent *entry = NULL;
    while ((entry = readdir(files)) != NULL) {
        assert_true(entry->d_name[0] == '.');
    }
    (void)closedir(files);

    ceremony_begin(NOW);
    deal.context = (void *)(uintptr_t)"second";
    pki = ceremony_opened("first");
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_ERROR_CANCELLED);
    jumin_pki_free(pki);
    jumin_pki_free(ceremony_opened("first"));
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
}

static bool own_passphrase(void *context, const struct jumin_share *share,
                           char passphrase[JUMIN_SHARE_PASSPHRASE])
{
    (void)context;
    (void)snprintf(passphrase, JUMIN_SHARE_PASSPHRASE, "custodian %u", share->number);
    return true;
}

static void test_share_under_a_passphrase_needs_it(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = ceremony_at(NOW);
    struct jumin_deal deal = ceremony_deal("first");
    deal.passphrase = own_passphrase;
    deal.threshold = deal.count = 2;
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    char text[JUMIN_SHARE_TEXT];
    struct jumin_share share;
    struct jumin_quorum *quorum = ceremony_quorum("first", NULL, 0);
    size_t n = ceremony_share("first", 1, text);
    assert_int_equal(jumin_share_parse(text, n, &share), JUMIN_OK);
    assert_true(share.sealed);
    assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_quorum_add(quorum, text, n, "custodian 2"), JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_quorum_detail(quorum), "share 1: wrong passphrase");
    assert_int_equal(jumin_quorum_add(quorum, text, n, "custodian 1"), JUMIN_OK);
    n = ceremony_share("first", 2, text);
    assert_int_equal(jumin_quorum_add(quorum, text, n, "custodian 2"), JUMIN_OK);
    pki = ceremony_pki();
    assert_int_equal(jumin_pki_load_authority_by_quorum(pki, quorum), JUMIN_OK);
    jumin_pki_free(pki);
    jumin_quorum_free(quorum);
}

static void test_every_share_is_tried_before_any_is_handed_over(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = ceremony_at(NOW);
    const struct jumin_deal deal = ceremony_deal("first");
    struct jumin_pki *pki = ceremony_pki();
    for (spoiled_share = 1; spoiled_share <= SHARES; spoiled_share++) {
        assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal),
                         JUMIN_ERROR_CRYPTO);
        assert_int_not_equal(access(ceremony_path("../first1"), F_OK), 0);
    }
    spoiled_share = 0;
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
}

static void test_wrong_deals_are_refused(void **state)
{
    (void)state;
    static const char *const wrong_names[SHARES] = {"Kim", "Lee", "Pa\nrk", "Choi", "Jung"};
    static const char *const no_text[SHARES] = {"Kim", "Lee", "\xFF", "Choi", "Jung"};
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = ceremony_at(NOW);
    struct jumin_deal deals[6];
    for (size_t i = 0; i < 6; i++) {
        deals[i] = ceremony_deal("first");
    }
    deals[0].threshold = 1;
    deals[1].threshold = SHARES + 1;
    deals[2].count = JUMIN_SHARES_MAX + 1;
    deals[3].custodians = wrong_names;
    deals[4].custodians = no_text;
    deals[5].give = NULL;
    struct jumin_pki *pki = ceremony_pki();
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deals[i]),
                         JUMIN_ERROR_ARGUMENT);
    }
    jumin_pki_free(pki);
    assert_int_not_equal(access(ceremony_path("csca.crt"), F_OK), 0);
}

static void test_folder_under_one_passphrase_comes_into_custody(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = ceremony_at(NOW);
    const struct jumin_deal deal = ceremony_deal("first");
    char head[JUMIN_RECORD_HASH];
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_init(pki, "station", &options), JUMIN_OK);
    jumin_pki_free(pki);
    pki = ceremony_pki();
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_ERROR_ARGUMENT);
    const struct jumin_ceremony early = ceremony_at(NOW - 1);
    assert_int_equal(jumin_pki_load_authority(pki, "station"), JUMIN_OK);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &early, NULL, 0), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    pki = ceremony_opened("first");
    assert_int_equal(jumin_pki_load_authority(pki, "station"), JUMIN_ERROR_INPUT);
    jumin_pki_free(pki);
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_every_quorum_opens_the_key_and_the_station_does_not),
        IN_TEMPORARY_FOLDER(test_too_few_shares_open_nothing),
        IN_TEMPORARY_FOLDER(test_wrong_shares_are_named_and_leave_the_quorum),
        IN_TEMPORARY_FOLDER(test_share_with_other_numbers_is_refused),
        IN_TEMPORARY_FOLDER(test_resharing_ends_earlier_shares),
        IN_TEMPORARY_FOLDER(test_new_shares_count_although_their_entry_cannot_be_named),
        IN_TEMPORARY_FOLDER(test_share_that_is_not_handed_over_changes_nothing),
        IN_TEMPORARY_FOLDER(test_share_under_a_passphrase_needs_it),
        IN_TEMPORARY_FOLDER(test_every_share_is_tried_before_any_is_handed_over),
        IN_TEMPORARY_FOLDER(test_wrong_deals_are_refused),
        IN_TEMPORARY_FOLDER(test_folder_under_one_passphrase_comes_into_custody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
