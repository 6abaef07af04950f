// Ceremonies: custodians open the CSCA's key together, its work is on a record that shows every change, and a
// program that ends in the middle leaves the one state or the other.
//
// Linked with --wrap=crypto_pbkdf2: one iteration stands for the many that protect real keys; and with
// --wrap=rename, by which the test ends the program at each step; and with --wrap=secret_split, by which a
// share is spoiled.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/unit.h"

#include "card/wire/oid.h"
#include "host/file.h"
#include "host/pki/pem.h"
#include "host/pki/pki.h"
#include "host/pki/share.h"
#include "host/pki/signers.h"
#include <dirent.h>
#include <ftw.h>
#include <jansson.h>
#include <jumin/ceremony.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOW = 1793577600, DAY = 86400, SHARES = 5, THRESHOLD = 3 }; // 2026-11-02

// --- What stands in for the real thing ---------------------------------------------------------------------

static size_t spoiled_share; // 0: none
static unsigned renames;     // so far
static unsigned end_at;      // the program ends before this rename; 0: never
static bool end_after_it;    // or just after it

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
bool __real_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);
bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n);
bool __real_secret_split(struct span secret, size_t threshold, size_t count,
                         const struct crypto_random *random, uint8_t *shares);
bool __wrap_secret_split(struct span secret, size_t threshold, size_t count,
                         const struct crypto_random *random, uint8_t *shares);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

bool __wrap_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n)
{
    assert_true(iterations >= 600000);
    return __real_crypto_pbkdf2(hash, passphrase, salt, 1, key, n);
}

bool __wrap_secret_split(struct span secret, size_t threshold, size_t count,
                         const struct crypto_random *random, uint8_t *shares)
{
    const bool ok = __real_secret_split(secret, threshold, count, random, shares);
    if (spoiled_share > 0) {
        shares[spoiled_share * secret.n - 1] ^= 1;
    }
    return ok;
}

enum { ENDED = 99 };

int __wrap_rename(const char *from, const char *to)
{
    const bool here = ++renames == end_at;
    if (here && !end_after_it) {
        _exit(ENDED);
    }
    const int result = __real_rename(from, to);
    if (here) {
        _exit(ENDED);
    }
    return result;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// --- The folder ----------------------------------------------------------------------------------------------

static char folder[] = "/tmp/jumin-test-ceremony-XXXXXX";
static char path[sizeof folder + 272];

static const char *path_of(const char *name)
{
    (void)snprintf(path, sizeof path, "%s/pki/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/jumin-test-ceremony-XXXXXX");
    end_at = 0;
    return mkdtemp(folder) == NULL;
}

static int remove_one(const char *name, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(name);
}

static int remove_folder(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static size_t read_file(const char *name, uint8_t *bytes, size_t capacity)
{
    size_t n = 0;
    assert_int_equal(disk_read(path_of(name), bytes, capacity, &n), JUMIN_OK);
    return n;
}

static void write_file(const char *name, const void *bytes, size_t n)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

// --- The people ------------------------------------------------------------------------------------------------

static const char *const custodians[SHARES] = {"Kim", "Lee", "Park", "Choi", "Jung"};
static const char *const witnesses[] = {"Kang"};

static struct jumin_ceremony at(int64_t now)
{
    return (struct jumin_ceremony){"jumin test", now, witnesses, 1};
}

// Shares lie in the folder as SETn, since a program that ends keeps nothing.
static bool give(void *context, const struct jumin_share *share, const char *text)
{
    char name[32];
    (void)snprintf(name, sizeof name, "../%s%u", (const char *)context, share->number);
    write_file(name, text, strlen(text));
    return true;
}

static struct jumin_deal deal_to(const char *set)
{
    return (struct jumin_deal){.threshold = THRESHOLD,
                               .count = SHARES,
                               .custodians = custodians,
                               .give = give,
                               .context = (void *)(uintptr_t)set};
}

static size_t share_text(const char *set, unsigned number, char text[JUMIN_SHARE_TEXT])
{
    char name[32];
    (void)snprintf(name, sizeof name, "../%s%u", set, number);
    return read_file(name, (uint8_t *)text, JUMIN_SHARE_TEXT);
}

static struct jumin_quorum *quorum_of(const char *set, const unsigned *numbers, size_t count)
{
    struct jumin_quorum *quorum = NULL;
    assert_int_equal(jumin_quorum_new(&quorum), JUMIN_OK);
    for (size_t i = 0; i < count; i++) {
        char text[JUMIN_SHARE_TEXT];
        const size_t n = share_text(set, numbers[i], text);
        assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_OK);
    }
    return quorum;
}

static struct jumin_pki *new_pki(void)
{
    struct jumin_pki *pki = NULL;
    assert_int_equal(jumin_pki_new(&pki, path_of("")), JUMIN_OK);
    return pki;
}

static enum jumin_error try_open(struct jumin_pki *pki, const char *set)
{
    static const unsigned numbers[] = {5, 2, 4};
    struct jumin_quorum *quorum = quorum_of(set, numbers, 3);
    const enum jumin_error error = jumin_pki_load_authority_by_quorum(pki, quorum);
    jumin_quorum_free(quorum);
    return error;
}

static void begin(int64_t now)
{
    const struct jumin_pki_options options = {.now = now, .organization = "행정 specimen", .state = "KOR"};
    const struct jumin_ceremony ceremony = at(now);
    const struct jumin_deal deal = deal_to("first");
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
}

// Station and quorum.
static struct jumin_pki *opened(const char *set)
{
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(try_open(pki, set), JUMIN_OK);
    return pki;
}

static enum jumin_error verified(char head[JUMIN_RECORD_HASH])
{
    struct jumin_pki *pki = new_pki();
    const enum jumin_error error = jumin_ceremony_verify(pki, NULL, NULL, head);
    jumin_pki_free(pki);
    return error;
}

static void assert_record_says(const char *words)
{
    char head[JUMIN_RECORD_HASH];
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_ceremony_verify(pki, NULL, NULL, head), JUMIN_ERROR_SIGNATURE);
    if (strstr(jumin_pki_detail(pki), words) == NULL) {
        fail_msg("says: %s", jumin_pki_detail(pki));
    }
    assert_string_equal(head, "");
    jumin_pki_free(pki);
}

static void rotate(int64_t now)
{
    struct jumin_pki *pki = opened("first");
    const struct jumin_ceremony ceremony = at(now);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &ceremony), JUMIN_OK);
    jumin_pki_free(pki);
}

static void issue_list(const char *serial, int64_t now)
{
    struct jumin_pki *pki = opened("first");
    const struct jumin_ceremony ceremony = at(now);
    const struct jumin_revocation revocation = {serial, "key-compromise"};
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &revocation, serial == NULL ? 0 : 1), JUMIN_OK);
    jumin_pki_free(pki);
}

static size_t list_signers(struct jumin_signer *signers)
{
    size_t count = 0;
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_signers(pki, signers, 8, &count), JUMIN_OK);
    jumin_pki_free(pki);
    return count;
}

// --- Custody -----------------------------------------------------------------------------------------------

static void test_every_quorum_opens_the_key_and_the_station_does_not(void **state)
{
    (void)state;
    begin(NOW);
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
        struct jumin_pki *pki = new_pki();
        struct jumin_quorum *quorum = quorum_of("first", numbers, count);
        assert_int_equal(jumin_quorum_missing(quorum), 0);
        assert_int_equal(jumin_pki_load_authority_by_quorum(pki, quorum), JUMIN_OK);
        jumin_quorum_free(quorum);
        jumin_pki_free(pki);
    }
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(jumin_pki_load_authority(pki, "station"), JUMIN_ERROR_INPUT);
    jumin_pki_free(pki);
}

static void test_too_few_shares_open_nothing(void **state)
{
    (void)state;
    static const unsigned two[] = {1, 2};
    begin(NOW);
    struct jumin_pki *pki = new_pki();
    struct jumin_quorum *quorum = quorum_of("first", two, 0);
    assert_int_equal(jumin_quorum_missing(quorum), 1);
    assert_int_equal(jumin_pki_load_authority_by_quorum(pki, quorum), JUMIN_ERROR_INPUT);
    jumin_quorum_free(quorum);
    quorum = quorum_of("first", two, 2);
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
    begin(NOW);
    struct jumin_quorum *quorum = quorum_of("first", two, 2);
    size_t n = share_text("first", 2, text);
    assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_ERROR_CONFLICT);
    assert_string_equal(jumin_quorum_detail(quorum), "share 2 was given already");
    n = share_text("first", 3, text);
    text[n - 3] = (char)(text[n - 3] == 'A' ? 'Q' : 'A');
    assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_quorum_detail(quorum), "mistyped"));
    assert_int_equal(jumin_quorum_missing(quorum), 1);

    // Of the next sharing
    const struct jumin_ceremony ceremony = at(NOW);
    const struct jumin_deal deal = deal_to("second");
    struct jumin_pki *pki = opened("first");
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    n = share_text("second", 3, text);
    assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_ERROR_CONFLICT);
    assert_non_null(strstr(jumin_quorum_detail(quorum), "is of sharing"));
    n = share_text("second", 2, text); // another one, although the number is the same
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
    begin(NOW);
    const size_t n = share_text("first", 2, text);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(share_parse(span_of(text, n), &forged[i], &why), JUMIN_OK);
    }
    forged[0].count = SHARES + 1;
    forged[1].threshold = THRESHOLD - 1;
    forged[2].n--;
    struct jumin_quorum *quorum = quorum_of("first", one, 1);
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
    begin(NOW);
    const struct jumin_ceremony ceremony = at(NOW + DAY);
    const struct jumin_deal deal = deal_to("second");
    struct jumin_pki *pki = opened("first");
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    pki = new_pki();
    assert_int_equal(try_open(pki, "first"), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_pki_detail(pki), "is over"));
    assert_int_equal(try_open(pki, "second"), JUMIN_OK);
    jumin_pki_free(pki);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(verified(head), JUMIN_OK);
}

// Else whoever dealt them would throw away what alone opens the key.
static void test_new_shares_count_although_their_entry_cannot_be_named(void **state)
{
    (void)state;
    begin(NOW);
    const struct jumin_ceremony ceremony = at(NOW + DAY);
    const struct jumin_deal deal = deal_to("second");
    struct jumin_pki *pki = opened("first");
    assert_int_equal(mkdir(path_of("ceremonies/0002.cms"), 0700), 0);
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(verified(head), JUMIN_ERROR_FILE);
    assert_int_equal(rmdir(path_of("ceremonies/0002.cms")), 0);
    assert_int_equal(verified(head), JUMIN_OK);
    assert_int_equal(access(path_of("ceremonies/0002.json"), F_OK), 0);
    jumin_pki_free(opened("second"));
}

static bool refuse_third(void *context, const struct jumin_share *share, const char *text)
{
    return share->number < 3 && give(context, share, text);
}

static void test_share_that_is_not_handed_over_changes_nothing(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = at(NOW);
    struct jumin_deal deal = deal_to("first");
    deal.give = refuse_third;
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_ERROR_CANCELLED);
    jumin_pki_free(pki);
    DIR *files = opendir(path_of(""));
    const struct dirent *entry = NULL;
    while ((entry = readdir(files)) != NULL) {
        assert_true(entry->d_name[0] == '.');
    }
    (void)closedir(files);

    begin(NOW);
    deal.context = (void *)(uintptr_t)"second";
    pki = opened("first");
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_ERROR_CANCELLED);
    jumin_pki_free(pki);
    jumin_pki_free(opened("first"));
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(verified(head), JUMIN_OK);
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
    const struct jumin_ceremony ceremony = at(NOW);
    struct jumin_deal deal = deal_to("first");
    deal.passphrase = own_passphrase;
    deal.threshold = deal.count = 2;
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    char text[JUMIN_SHARE_TEXT];
    struct jumin_share share;
    struct jumin_quorum *quorum = quorum_of("first", NULL, 0);
    size_t n = share_text("first", 1, text);
    assert_int_equal(jumin_share_parse(text, n, &share), JUMIN_OK);
    assert_true(share.sealed);
    assert_int_equal(jumin_quorum_add(quorum, text, n, NULL), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_quorum_add(quorum, text, n, "custodian 2"), JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_quorum_detail(quorum), "share 1: wrong passphrase");
    assert_int_equal(jumin_quorum_add(quorum, text, n, "custodian 1"), JUMIN_OK);
    n = share_text("first", 2, text);
    assert_int_equal(jumin_quorum_add(quorum, text, n, "custodian 2"), JUMIN_OK);
    pki = new_pki();
    assert_int_equal(jumin_pki_load_authority_by_quorum(pki, quorum), JUMIN_OK);
    jumin_pki_free(pki);
    jumin_quorum_free(quorum);
}

static void test_every_share_is_tried_before_any_is_handed_over(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = at(NOW);
    const struct jumin_deal deal = deal_to("first");
    struct jumin_pki *pki = new_pki();
    for (spoiled_share = 1; spoiled_share <= SHARES; spoiled_share++) {
        assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal),
                         JUMIN_ERROR_CRYPTO);
        assert_int_not_equal(access(path_of("../first1"), F_OK), 0);
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
    const struct jumin_ceremony ceremony = at(NOW);
    struct jumin_deal deals[6];
    for (size_t i = 0; i < 6; i++) {
        deals[i] = deal_to("first");
    }
    deals[0].threshold = 1;
    deals[1].threshold = SHARES + 1;
    deals[2].count = JUMIN_SHARES_MAX + 1;
    deals[3].custodians = wrong_names;
    deals[4].custodians = no_text;
    deals[5].give = NULL;
    struct jumin_pki *pki = new_pki();
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deals[i]),
                         JUMIN_ERROR_ARGUMENT);
    }
    jumin_pki_free(pki);
    assert_int_not_equal(access(path_of("csca.crt"), F_OK), 0);
}

static void test_folder_under_one_passphrase_comes_into_custody(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = at(NOW);
    const struct jumin_deal deal = deal_to("first");
    char head[JUMIN_RECORD_HASH];
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_init(pki, "station", &options), JUMIN_OK);
    jumin_pki_free(pki);
    pki = new_pki();
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_ERROR_ARGUMENT);
    const struct jumin_ceremony early = at(NOW - 1);
    assert_int_equal(jumin_pki_load_authority(pki, "station"), JUMIN_OK);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &early, NULL, 0), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(jumin_ceremony_reshare(pki, &ceremony, &deal), JUMIN_OK);
    jumin_pki_free(pki);
    pki = opened("first");
    assert_int_equal(jumin_pki_load_authority(pki, "station"), JUMIN_ERROR_INPUT);
    jumin_pki_free(pki);
    assert_int_equal(verified(head), JUMIN_OK);
}

// --- Document signers --------------------------------------------------------------------------------------------

static void test_rotation_gives_another_signer_and_keeps_the_certificate_before(void **state)
{
    (void)state;
    struct jumin_signer signers[8];
    uint8_t before[PKI_KEY_FILE_MAX], after[PKI_KEY_FILE_MAX];
    begin(NOW);
    const size_t n = read_file("ds.key", before, sizeof before);
    assert_int_equal(list_signers(signers), 1);
    char first[JUMIN_SERIAL];
    (void)snprintf(first, sizeof first, "%s", signers[0].serial);
    char link_name[sizeof path];
    (void)snprintf(link_name, sizeof link_name, "%s", path_of("kept.key"));
    assert_int_equal(link(path_of("ds.key"), link_name), 0);

    rotate(NOW + 80 * DAY);
    assert_int_equal(list_signers(signers), 2);
    assert_true(signers[0].current);
    assert_false(signers[1].current);
    assert_string_equal(signers[1].serial, first);
    assert_string_not_equal(signers[0].serial, first);
    // 9303-12 §5: three months of use, and then as long as a document is valid
    assert_int_equal(signers[0].not_before, NOW + 80 * DAY);
    assert_int_equal(signers[0].signs_until, NOW + 170 * DAY);
    assert_int_equal(signers[0].not_after, signers[0].signs_until + 3660LL * DAY);
    assert_int_equal(signers[1].signs_until, NOW + 90 * DAY);

    // The key before is destroyed, where it stood.
    assert_int_equal(read_file("kept.key", after, sizeof after), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(after[i], 0);
    }
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    jumin_pki_free(pki);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(verified(head), JUMIN_OK);
}

static void test_new_signer_is_certified_like_the_one_before(void **state)
{
    (void)state;
    begin(NOW);
    rotate(NOW + DAY);
    struct jumin_pki *pki = new_pki();
    struct x509_certificate csca, signer;
    struct issuer_texts texts;
    const char *why = "";
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_true(x509_parse(span_of(pki->csca.p, pki->csca.n), &csca, &why));
    assert_true(x509_parse(span_of(pki->signer.p, pki->signer.n), &signer, &why));
    assert_true(x509_names_issuer(&signer, &csca));
    assert_true(x509_signed_by(&signer, &csca));
    assert_true(issuer_texts_of(&csca, &texts));
    assert_string_equal(texts.organization, "행정 specimen");
    assert_string_equal(texts.location, "KOR");
    assert_string_equal(texts.revocation_list, "https://pki.jumin.example/csca.crl");
    jumin_pki_free(pki);
}

static void test_signer_signs_in_its_months_only(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    const struct span content = span_of("content", 7);
    begin(NOW);
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    struct writer der = writer_of(bytes, sizeof bytes);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, content, NOW + 90 * DAY, &der), JUMIN_OK);
    der = writer_of(bytes, sizeof bytes);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, content, NOW + 90 * DAY + 1, &der),
                     JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(der.n, 0);
    jumin_pki_free(pki);
}

static void test_batch_signature_is_each_signers_own(void **state)
{
    (void)state;
    uint8_t bytes[3][4096];
    struct writer der[3];
    const struct span content = span_of("content", 7);
    begin(NOW);
    for (int i = 0; i < 3; i++) {
        if (i == 2) {
            rotate(NOW + DAY);
        }
        struct jumin_pki *pki = new_pki();
        assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
        der[i] = writer_of(bytes[i], sizeof bytes[i]);
        assert_int_equal(pki_sign_for_batch(pki, OID_SECURITY_OBJECT, content, NOW + DAY + i, &der[i]),
                         JUMIN_OK);
        jumin_pki_free(pki);
    }
    assert_true(span_equal(writer_span(&der[0]), writer_span(&der[1])));
    assert_false(span_equal(writer_span(&der[1]), writer_span(&der[2])));
}

static void test_csca_certifies_in_its_years_only(void **state)
{
    (void)state;
    begin(NOW);
    struct jumin_pki *pki = opened("first");
    const struct jumin_ceremony late = at(NOW + 3LL * 365 * DAY + 1), early = at(NOW - 1);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &late), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &early), JUMIN_ERROR_NOT_VALID_NOW);
    jumin_pki_free(pki);
    rotate(NOW + 3LL * 365 * DAY);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(verified(head), JUMIN_OK);
}

static void test_rotation_needs_both_keys(void **state)
{
    (void)state;
    begin(NOW);
    const struct jumin_ceremony ceremony = at(NOW);
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &ceremony), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, NULL, 0), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_ceremony_activate(pki, &ceremony), JUMIN_ERROR_ARGUMENT);
    jumin_pki_free(pki);
    pki = new_pki();
    assert_int_equal(try_open(pki, "first"), JUMIN_OK);
    assert_int_equal(jumin_ceremony_rotate_signer(pki, "station", &ceremony), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_ceremony_activate(pki, &ceremony), JUMIN_OK);
    jumin_pki_free(pki);
}

// --- Revocation --------------------------------------------------------------------------------------------------

static void test_lists_count_up_and_keep_what_is_revoked(void **state)
{
    (void)state;
    struct jumin_signer signers[8];
    struct jumin_crl list;
    begin(NOW);
    rotate(NOW + DAY);
    rotate(NOW + 2 * DAY);
    assert_int_equal(list_signers(signers), 3);
    const struct jumin_signer oldest = signers[2], middle = signers[1];
    issue_list(oldest.serial, NOW + 3 * DAY);
    issue_list(NULL, NOW + 4 * DAY);
    issue_list(middle.serial, NOW + 5 * DAY);
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_crl(pki, &list), JUMIN_OK);
    assert_int_equal(list.number, 4);
    assert_int_equal(list.entries, 2);
    assert_int_equal(list.this_update, NOW + 5 * DAY);
    assert_int_equal(list.next_update, NOW + 95 * DAY);
    // Each since when it was revoked
    struct x509_crl crl;
    const char *why = "";
    struct span entries, serial;
    int64_t since = 0;
    assert_true(x509_crl_parse(span_of(pki->revocation_list.p, pki->revocation_list.n), &crl, &why));
    entries = crl.entries;
    assert_true(x509_crl_next_entry(&entries, &serial, &since));
    assert_int_equal(since, NOW + 3 * DAY);
    assert_true(x509_crl_next_entry(&entries, &serial, &since));
    assert_int_equal(since, NOW + 5 * DAY);
    jumin_pki_free(pki);
    assert_int_equal(list_signers(signers), 3);
    assert_false(signers[0].revoked);
    assert_true(signers[1].revoked);
    assert_true(signers[2].revoked);
    char head[JUMIN_RECORD_HASH];
    assert_int_equal(verified(head), JUMIN_OK);
}

static void test_wrong_revocations_are_refused(void **state)
{
    (void)state;
    struct jumin_signer signers[8];
    begin(NOW);
    rotate(NOW + DAY / 2);
    (void)list_signers(signers);
    issue_list(signers[0].serial, NOW + DAY);
    struct jumin_pki *pki = opened("first");
    const struct jumin_ceremony ceremony = at(NOW + DAY), before = at(NOW);
    const struct jumin_revocation again = {signers[0].serial, "superseded"}, unknown = {"4F00", "superseded"},
                                  no_reason = {signers[0].serial, "certificateHold"};
    const struct jumin_revocation twice[] = {{signers[1].serial, "superseded"},
                                             {signers[1].serial, "superseded"}};
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, twice, 2), JUMIN_ERROR_CONFLICT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &again, 1), JUMIN_ERROR_CONFLICT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &unknown, 1), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &no_reason, 1), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &before, NULL, 0), JUMIN_ERROR_NOT_VALID_NOW);
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, NULL, 0), JUMIN_OK);
    jumin_pki_free(pki);
}

// Whoever may write the folder must not lead the list astray.
static void test_more_signers_than_a_list_has_room_for_are_refused(void **state)
{
    (void)state;
    uint8_t certificate[8192];
    begin(NOW);
    const size_t n = read_file("ds.crt", certificate, sizeof certificate);
    rotate(NOW + DAY);
    for (unsigned i = 0; i < SIGNERS_MAX; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "signers/copy%u.crt", i);
        write_file(name, certificate, n);
    }
    struct jumin_pki *pki = opened("first");
    const struct jumin_ceremony ceremony = at(NOW + 2 * DAY);
    const struct jumin_revocation revocation = {"00", "superseded"};
    assert_int_equal(jumin_ceremony_issue_crl(pki, &ceremony, &revocation, 1), JUMIN_ERROR_INPUT);
    assert_string_equal(jumin_pki_detail(pki), "the folder signers has more than 400 certificates");
    jumin_pki_free(pki);
}

static void test_revoked_signer_signs_nothing(void **state)
{
    (void)state;
    uint8_t bytes[4096];
    struct jumin_signer signers[8];
    begin(NOW);
    (void)list_signers(signers);
    issue_list(signers[0].serial, NOW + DAY);
    struct jumin_pki *pki = new_pki();
    struct writer der = writer_of(bytes, sizeof bytes);
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, span_of("content", 7), NOW + DAY, &der),
                     JUMIN_ERROR_REVOKED);
    jumin_pki_free(pki);
}

// --- The record --------------------------------------------------------------------------------------------------

struct seen {
    unsigned count;
    char operations[8][32], custodian[64], reason[32];
};

static void note(void *context, const char *record, const char *hash)
{
    struct seen *seen = context;
    json_t *entry = json_loads(record, 0, NULL);
    assert_int_equal(strlen(hash), JUMIN_RECORD_HASH - 1);
    assert_string_equal(json_string_value(json_object_get(entry, "program")), "jumin test");
    (void)snprintf(seen->operations[seen->count++], 32, "%s",
                   json_string_value(json_object_get(entry, "operation")));
    json_t *quorum = json_object_get(json_object_get(entry, "quorum"), "custodians");
    if (quorum != NULL) {
        assert_int_equal(json_array_size(quorum), THRESHOLD);
        (void)snprintf(seen->custodian, sizeof seen->custodian, "%s",
                       json_string_value(json_object_get(json_array_get(quorum, 0), "name")));
    }
    json_t *revoked = json_object_get(json_object_get(entry, "revocation_list"), "revoked");
    if (revoked != NULL) {
        (void)snprintf(seen->reason, sizeof seen->reason, "%s",
                       json_string_value(json_object_get(json_array_get(revoked, 0), "reason")));
    }
    json_decref(entry);
}

static void a_life(void)
{
    struct jumin_signer signers[8];
    begin(NOW);
    rotate(NOW + DAY);
    assert_int_equal(list_signers(signers), 2);
    issue_list(signers[1].serial, NOW + 2 * DAY);
}

static void test_record_says_who_did_what(void **state)
{
    (void)state;
    struct seen seen = {0};
    char head[JUMIN_RECORD_HASH];
    a_life();
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_ceremony_verify(pki, note, &seen, head), JUMIN_OK);
    jumin_pki_free(pki);
    assert_int_equal(seen.count, 3);
    assert_string_equal(seen.operations[0], "begin");
    assert_string_equal(seen.operations[1], "rotate");
    assert_string_equal(seen.operations[2], "revocation-list");
    assert_string_equal(seen.custodian, "Jung"); // share 5 came first
    assert_string_equal(seen.reason, "key-compromise");
}

static void test_every_changed_byte_of_the_record_is_found(void **state)
{
    (void)state;
    static const char *const files[] = {"ceremonies/0001.json", "ceremonies/0002.json", "ceremonies/0002.cms",
                                        "ceremonies/0003.json"};
    static uint8_t bytes[65536];
    char head[JUMIN_RECORD_HASH];
    a_life();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const size_t n = read_file(files[i], bytes, sizeof bytes);
        for (size_t at_byte = 0; at_byte < n; at_byte++) {
            bytes[at_byte] ^= 1;
            write_file(files[i], bytes, n);
            assert_int_not_equal(verified(head), JUMIN_OK);
            bytes[at_byte] ^= 1;
        }
        write_file(files[i], bytes, n - 1);
        assert_int_not_equal(verified(head), JUMIN_OK);
        write_file(files[i], bytes, n);
        assert_int_equal(verified(head), JUMIN_OK);
    }
}

static void move(const char *from, const char *to)
{
    char old[sizeof path];
    (void)snprintf(old, sizeof old, "%s", path_of(from));
    assert_int_equal(rename(old, path_of(to)), 0);
}

static void test_entries_taken_out_are_missed(void **state)
{
    (void)state;
    a_life();
    move("ceremonies/0002.cms", "away.cms");
    assert_record_says("0002: its signature is missing");
    move("ceremonies/0002.json", "away.json");
    assert_record_says("0002: it is missing");
    // The one behind takes its place
    move("ceremonies/0003.json", "ceremonies/0002.json");
    move("ceremonies/0003.cms", "ceremonies/0002.cms");
    assert_record_says("0002: it does not follow the one before");
    // Cut off at the end, which the folder does not fit
    move("ceremonies/0002.json", "cut.json");
    move("ceremonies/0002.cms", "cut.cms");
    assert_record_says("ds.crt is not as entry 0001");
    // All of it
    move("ceremonies", "cut");
    assert_record_says("there is no record");
}

static void activate(int64_t now)
{
    struct jumin_pki *pki = opened("first");
    const struct jumin_ceremony ceremony = at(now);
    assert_int_equal(jumin_ceremony_activate(pki, &ceremony), JUMIN_OK);
    jumin_pki_free(pki);
}

// As one gets them who goes back to a copy of the folder.
static void test_entry_of_another_history_is_found(void **state)
{
    (void)state;
    begin(NOW);
    activate(NOW + DAY);
    move("ceremonies/0002.json", "other.json");
    move("ceremonies/0002.cms", "other.cms");
    activate(NOW + 2 * DAY);
    activate(NOW + 3 * DAY);
    move("other.json", "ceremonies/0002.json");
    move("other.cms", "ceremonies/0002.cms");
    assert_record_says("0003: it does not follow the one before");
}

static void test_no_entry_is_older_than_the_one_before(void **state)
{
    (void)state;
    char head[JUMIN_RECORD_HASH];
    begin(NOW);
    activate(NOW + DAY);
    struct jumin_pki *pki = opened("first");
    const struct jumin_ceremony early = at(NOW + DAY - 1);
    assert_int_equal(jumin_ceremony_activate(pki, &early), JUMIN_ERROR_NOT_VALID_NOW);
    jumin_pki_free(pki);
    activate(NOW + DAY);
    assert_int_equal(verified(head), JUMIN_OK);
}

static void test_work_past_the_record_is_found(void **state)
{
    (void)state;
    static uint8_t before[65536], after[65536];
    a_life();
    const size_t n = read_file("csca.crl", before, sizeof before);
    const size_t key = read_file("csca.key", after, sizeof after);
    write_file("csca.key", after, key - 1);
    assert_record_says("csca.key is not as entry 0003");
    write_file("csca.key", after, key);
    issue_list(NULL, NOW + 3 * DAY);
    write_file("csca.crl", before, n);
    assert_record_says("csca.crl is not as entry 0004");
}

// A CSCA's key that lies elsewhere is no change.
static void test_record_stands_without_the_csca_key(void **state)
{
    (void)state;
    char head[JUMIN_RECORD_HASH];
    a_life();
    move("csca.key", "../vault.key");
    assert_int_equal(verified(head), JUMIN_OK);
}

static void test_record_of_another_authority_is_not_gone_on_with(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = at(NOW);
    const struct jumin_deal deal = deal_to("second");
    begin(NOW);
    move("csca.crt", "old.crt");
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_pki_detail(pki), "0001.json"));
    jumin_pki_free(pki);
    assert_false(access(path_of("../second1"), F_OK) == 0);
}

static void test_record_of_another_authority_is_found(void **state)
{
    (void)state;
    a_life();
    move("ceremonies", "../ceremonies");
    const struct jumin_pki_options options = {.now = NOW};
    move("csca.crt", "old.crt");
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_init(pki, "station", &options), JUMIN_OK);
    jumin_pki_free(pki);
    move("../ceremonies", "ceremonies");
    assert_record_says("0001: its signature is wrong");
}

// --- In the middle -----------------------------------------------------------------------------------------------

enum operation { ROTATE, REVOKE, RESHARE, ACTIVATE, OPERATIONS };

static enum jumin_error operate(enum operation operation, struct jumin_pki *pki)
{
    const struct jumin_ceremony ceremony = at(NOW + 2 * DAY);
    const struct jumin_deal deal = deal_to("second");
    struct jumin_signer signers[8];
    size_t count = 0;
    if (operation == REVOKE) {
        assert_int_equal(jumin_pki_signers(pki, signers, 8, &count), JUMIN_OK);
        const struct jumin_revocation revocation = {signers[count - 1].serial, "superseded"};
        return jumin_ceremony_issue_crl(pki, &ceremony, &revocation, signers[count - 1].revoked ? 0 : 1);
    }
    return operation == ROTATE    ? jumin_ceremony_rotate_signer(pki, "station", &ceremony)
           : operation == RESHARE ? jumin_ceremony_reshare(pki, &ceremony, &deal)
                                  : jumin_ceremony_activate(pki, &ceremony);
}

// In a process of its own, which ends at a rename; true when it did, false when all was done before.
static bool ends_at(enum operation operation, unsigned step, bool after)
{
    int status = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct jumin_pki *pki = opened("first");
        renames = 0;
        end_at = step;
        end_after_it = after;
        _exit(operate(operation, pki) == JUMIN_OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == ENDED);
    return WEXITSTATUS(status) == ENDED;
}

static bool opens(const char *set)
{
    struct jumin_pki *pki = new_pki();
    const enum jumin_error error = try_open(pki, set);
    jumin_pki_free(pki);
    return error == JUMIN_OK;
}

static bool has_second_shares(void)
{
    return access(path_of("../second5"), F_OK) == 0;
}

static void assert_copy_is_the_signer_in_force(struct jumin_pki *pki)
{
    uint8_t copy[8192], text[8192];
    struct writer pem = writer_of(text, sizeof text);
    pem_put(&pem, "CERTIFICATE", span_of(pki->signer.p, pki->signer.n));
    assert_true(span_equal(writer_span(&pem), span_of(copy, read_file("ds.crt", copy, sizeof copy))));
}

// The station works, the record is whole, one set of shares opens the key, and the ceremony can be held
// again.
static void assert_one_state_or_the_other(enum operation operation)
{
    char head[JUMIN_RECORD_HASH], old_head[JUMIN_RECORD_HASH];
    uint8_t bytes[4096];
    struct writer der = writer_of(bytes, sizeof bytes);
    struct jumin_pki *pki = new_pki();
    assert_int_equal(jumin_pki_load(pki, "station"), JUMIN_OK);
    assert_int_equal(pki_sign(pki, OID_SECURITY_OBJECT, span_of("content", 7), NOW + 2 * DAY, &der),
                     JUMIN_OK);
    jumin_pki_free(pki);
    const bool second = has_second_shares() && opens("second");
    assert_int_equal(opens("first"), !second);
    pki = new_pki();
    assert_int_equal(jumin_ceremony_verify(pki, NULL, NULL, old_head), JUMIN_OK);
    assert_copy_is_the_signer_in_force(pki);
    jumin_pki_free(pki);
    pki = opened(second ? "second" : "first");
    assert_int_equal(operate(operation, pki), JUMIN_OK);
    jumin_pki_free(pki);
    assert_int_equal(verified(head), JUMIN_OK);
    assert_string_not_equal(head, old_head);
}

static void test_program_that_ends_at_any_step_leaves_one_state_or_the_other(void **state)
{
    for (int operation = 0; operation < OPERATIONS; operation++) {
        bool ended = true;
        unsigned step = 0;
        while (ended) {
            step++;
            for (int after = 0; after < 2; after++) {
                begin(NOW);
                rotate(NOW + DAY);
                ended = ends_at((enum operation)operation, step, after == 1);
                assert_one_state_or_the_other((enum operation)operation);
                assert_int_equal(remove_folder(state), 0);
                assert_int_equal(make_folder(state), 0);
            }
        }
        assert_true(step >= 4); // text and signature ahead, and under their names
    }
}

static void test_begin_that_ends_in_the_middle_is_begun_again(void **state)
{
    bool ended = true;
    for (unsigned step = 1; ended; step++) {
        int status = 0;
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            renames = 0;
            end_at = step;
            end_after_it = true;
            begin(NOW);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        ended = WEXITSTATUS(status) == ENDED;
        char head[JUMIN_RECORD_HASH];
        if (access(path_of("csca.crt"), F_OK) != 0) {
            begin(NOW + 1);
        }
        assert_int_equal(verified(head), JUMIN_OK);
        jumin_pki_free(opened("first"));
        assert_int_equal(remove_folder(state), 0);
        assert_int_equal(make_folder(state), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_quorum_opens_the_key_and_the_station_does_not),
        TEST(test_too_few_shares_open_nothing),
        TEST(test_wrong_shares_are_named_and_leave_the_quorum),
        TEST(test_share_with_other_numbers_is_refused),
        TEST(test_resharing_ends_earlier_shares),
        TEST(test_new_shares_count_although_their_entry_cannot_be_named),
        TEST(test_share_that_is_not_handed_over_changes_nothing),
        TEST(test_share_under_a_passphrase_needs_it),
        TEST(test_every_share_is_tried_before_any_is_handed_over),
        TEST(test_wrong_deals_are_refused),
        TEST(test_folder_under_one_passphrase_comes_into_custody),
        TEST(test_rotation_gives_another_signer_and_keeps_the_certificate_before),
        TEST(test_new_signer_is_certified_like_the_one_before),
        TEST(test_signer_signs_in_its_months_only),
        TEST(test_batch_signature_is_each_signers_own),
        TEST(test_csca_certifies_in_its_years_only),
        TEST(test_rotation_needs_both_keys),
        TEST(test_lists_count_up_and_keep_what_is_revoked),
        TEST(test_wrong_revocations_are_refused),
        TEST(test_more_signers_than_a_list_has_room_for_are_refused),
        TEST(test_revoked_signer_signs_nothing),
        TEST(test_record_says_who_did_what),
        TEST(test_every_changed_byte_of_the_record_is_found),
        TEST(test_entries_taken_out_are_missed),
        TEST(test_entry_of_another_history_is_found),
        TEST(test_no_entry_is_older_than_the_one_before),
        TEST(test_work_past_the_record_is_found),
        TEST(test_record_stands_without_the_csca_key),
        TEST(test_record_of_another_authority_is_not_gone_on_with),
        TEST(test_record_of_another_authority_is_found),
        TEST(test_program_that_ends_at_any_step_leaves_one_state_or_the_other),
        TEST(test_begin_that_ends_in_the_middle_is_begun_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
