// The record of ceremonies shows every change to it, and work that is not on it.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/ceremony_stage.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

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
    ceremony_begin(NOW);
    ceremony_rotate(NOW + DAY);
    assert_int_equal(ceremony_signers(signers), 2);
    ceremony_issue_list(signers[1].serial, NOW + 2 * DAY);
}

static void test_record_says_who_did_what(void **state)
{
    (void)state;
    struct seen seen = {0};
    char head[JUMIN_RECORD_HASH];
    a_life();
    struct jumin_pki *pki = ceremony_pki();
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
        const size_t n = ceremony_read(files[i], bytes, sizeof bytes);
        for (size_t at_byte = 0; at_byte < n; at_byte++) {
            bytes[at_byte] ^= 1;
            ceremony_write(files[i], bytes, n);
            assert_int_not_equal(ceremony_verified(head), JUMIN_OK);
            bytes[at_byte] ^= 1;
        }
        ceremony_write(files[i], bytes, n - 1);
        assert_int_not_equal(ceremony_verified(head), JUMIN_OK);
        ceremony_write(files[i], bytes, n);
        assert_int_equal(ceremony_verified(head), JUMIN_OK);
    }
}

static void assert_record_says(const char *words)
{
    char head[JUMIN_RECORD_HASH];
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_ceremony_verify(pki, NULL, NULL, head), JUMIN_ERROR_SIGNATURE);
    if (strstr(jumin_pki_detail(pki), words) == NULL) {
        fail_msg("says: %s", jumin_pki_detail(pki));
    }
    assert_string_equal(head, "");
    jumin_pki_free(pki);
}

static void move(const char *from, const char *to)
{
    assert_int_equal(rename(ceremony_path(from), ceremony_path(to)), 0);
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
    struct jumin_pki *pki = ceremony_opened("first");
    const struct jumin_ceremony ceremony = ceremony_at(now);
    assert_int_equal(jumin_ceremony_activate(pki, &ceremony), JUMIN_OK);
    jumin_pki_free(pki);
}

// As one gets them who goes back to a copy of the folder.
static void test_entry_of_another_history_is_found(void **state)
{
    (void)state;
    ceremony_begin(NOW);
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
    ceremony_begin(NOW);
    activate(NOW + DAY);
    struct jumin_pki *pki = ceremony_opened("first");
    const struct jumin_ceremony early = ceremony_at(NOW + DAY - 1);
    assert_int_equal(jumin_ceremony_activate(pki, &early), JUMIN_ERROR_NOT_VALID_NOW);
    jumin_pki_free(pki);
    activate(NOW + DAY);
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
}

static void test_work_past_the_record_is_found(void **state)
{
    (void)state;
    static uint8_t before[65536], after[65536];
    a_life();
    const size_t n = ceremony_read("csca.crl", before, sizeof before);
    const size_t key = ceremony_read("csca.key", after, sizeof after);
    ceremony_write("csca.key", after, key - 1);
    assert_record_says("csca.key is not as entry 0003");
    ceremony_write("csca.key", after, key);
    ceremony_issue_list(NULL, NOW + 3 * DAY);
    ceremony_write("csca.crl", before, n);
    assert_record_says("csca.crl is not as entry 0004");
}

// A CSCA's key that lies elsewhere is no change.
static void test_record_stands_without_the_csca_key(void **state)
{
    (void)state;
    char head[JUMIN_RECORD_HASH];
    a_life();
    move("csca.key", "../vault.key");
    assert_int_equal(ceremony_verified(head), JUMIN_OK);
}

static void test_record_of_another_authority_is_not_gone_on_with(void **state)
{
    (void)state;
    const struct jumin_pki_options options = {.now = NOW};
    const struct jumin_ceremony ceremony = ceremony_at(NOW);
    const struct jumin_deal deal = ceremony_deal("second");
    ceremony_begin(NOW);
    move("csca.crt", "old.crt");
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_ceremony_begin(pki, "station", &options, &ceremony, &deal), JUMIN_ERROR_INPUT);
    assert_non_null(strstr(jumin_pki_detail(pki), "0001.json"));
    jumin_pki_free(pki);
    assert_false(access(ceremony_path("../second1"), F_OK) == 0);
}

static void test_record_of_another_authority_is_found(void **state)
{
    (void)state;
    a_life();
    move("ceremonies", "../ceremonies");
    const struct jumin_pki_options options = {.now = NOW};
    move("csca.crt", "old.crt");
    struct jumin_pki *pki = ceremony_pki();
    assert_int_equal(jumin_pki_init(pki, "station", &options), JUMIN_OK);
    jumin_pki_free(pki);
    move("../ceremonies", "ceremonies");
    assert_record_says("0001: its signature is wrong");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_record_says_who_did_what),
        IN_TEMPORARY_FOLDER(test_every_changed_byte_of_the_record_is_found),
        IN_TEMPORARY_FOLDER(test_entries_taken_out_are_missed),
        IN_TEMPORARY_FOLDER(test_entry_of_another_history_is_found),
        IN_TEMPORARY_FOLDER(test_no_entry_is_older_than_the_one_before),
        IN_TEMPORARY_FOLDER(test_work_past_the_record_is_found),
        IN_TEMPORARY_FOLDER(test_record_stands_without_the_csca_key),
        IN_TEMPORARY_FOLDER(test_record_of_another_authority_is_not_gone_on_with),
        IN_TEMPORARY_FOLDER(test_record_of_another_authority_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
