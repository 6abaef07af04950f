// Keys in a phone's store, and the wallet's file: at no moment has the file a copy without its key, nor the
// store a key that the file does not know; and what could not be saved did not happen.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/wallet_stage.h"

#include "host/file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEYS = 400 };

static struct {
    bool alive, spare; // spare: as the file says
    uint8_t secret[JUMIN_WALLET_KEY_HANDLE], point[JUMIN_DEVICE_KEY];
    size_t n;
} store[KEYS];
static size_t made, removed;
static unsigned make_fails_at; // so many keys are made; then the store is full
static const char *appears;    // a file, when a key is made
static bool file_is_behind;    // keys that were just made cannot be in it
static struct http_client network;
static unsigned disk_fails_at; // with the request of that number the disk is full
static char *good_path;
static char nowhere[] = "/nowhere/wallet";

// --- The store -------------------------------------------------------------------------------------------------

static enum jumin_error make(void *context, uint8_t handle[JUMIN_WALLET_KEY_HANDLE], size_t *n,
                             uint8_t key[JUMIN_DEVICE_KEY])
{
    assert_true(made < KEYS);
    if (made >= make_fails_at) {
        return JUMIN_ERROR_CRYPTO;
    }
    assert_int_equal(wallet_file_keys.make(context, store[made].secret, &store[made].n, store[made].point),
                     JUMIN_OK);
    memcpy(key, store[made].point, JUMIN_DEVICE_KEY);
    store[made].alive = true;
    handle[0] = (uint8_t)(made >> 8);
    handle[1] = (uint8_t)made;
    *n = 2;
    made++;
    if (appears != NULL) {
        assert_int_equal(disk_write(appears, 0600, span_of("x", 1)), JUMIN_OK);
        appears = NULL;
    }
    return JUMIN_OK;
}

static size_t index_of(const uint8_t *handle, size_t n)
{
    assert_int_equal(n, 2);
    const size_t index = (size_t)(handle[0] << 8 | handle[1]);
    assert_true(index < made);
    return index;
}

static bool sign(void *context, const uint8_t *handle, size_t n, const uint8_t digest[32],
                 uint8_t signature[64])
{
    const size_t index = index_of(handle, n);
    return store[index].alive &&
           wallet_file_keys.sign(context, store[index].secret, store[index].n, digest, signature);
}

static void check(void);

static void remove_key(void *context, const uint8_t *handle, size_t n)
{
    (void)context;
    check(); // as if the power failed before
    removed++;
    store[index_of(handle, n)].alive = false;
    check();
}

static void mark_spare(void *context, const uint8_t *handle, size_t n)
{
    (void)context;
    store[index_of(handle, n)].spare = true;
}

static const struct jumin_wallet_keys keys = {.make = make, .sign = sign, .remove = remove_key};

// --- The file --------------------------------------------------------------------------------------------------

// What a program would find that is started now.
static struct jumin_wallet *open_copy(void)
{
    static const struct jumin_wallet_keys looking = {.make = make, .sign = sign, .remove = mark_spare};
    for (size_t i = 0; i < KEYS; i++) {
        store[i].spare = false;
    }
    return stage_open_copy(&looking);
}

static void need(const struct wallet_key *key, bool needed[KEYS])
{
    const size_t index = index_of(key->handle, key->n);
    assert_true(store[index].alive);
    needed[index] = true;
}

static void check(void)
{
    bool needed[KEYS] = {false};
    struct jumin_wallet *copy = open_copy();
    need(&copy->device, needed);
    for (size_t i = 0; i < copy->count; i++) {
        const struct wallet_credential *credential = &copy->credentials[i];
        for (size_t k = 0; k < credential->copy_count; k++) {
            need(&credential->copies[k].key, needed);
        }
        for (size_t k = 0; k < credential->deferred.count; k++) {
            need(&credential->deferred.keys[k], needed);
        }
    }
    for (size_t i = 0; i < made; i++) {
        if (store[i].alive && !needed[i] && !store[i].spare && !file_is_behind) {
            fail_msg("nobody knows key %zu", i);
        }
        assert_false(needed[i] && store[i].spare);
    }
    jumin_wallet_free(copy);
}

// Not a key more than the wallet needs.
static void assert_no_key_is_left(void)
{
    size_t alive = 0, wanted = 1;
    for (size_t i = 0; i < made; i++) {
        alive += store[i].alive;
    }
    for (size_t i = 0; i < wallet->count; i++) {
        wanted += wallet->credentials[i].copy_count + wallet->credentials[i].deferred.count;
    }
    assert_int_equal(alive, wanted);
}

// --- The stage -------------------------------------------------------------------------------------------------

static enum jumin_error ask(void *context, const struct http_client_request *request,
                            struct http_client_answer *answer, struct detail *detail)
{
    (void)context;
    check();
    const enum jumin_error error = network.ask(network.context, request, answer, detail);
    if (stage_requests >= disk_fails_at && wallet->path != nowhere) {
        good_path = wallet->path;
        wallet->path = nowhere;
    }
    return error;
}

static void connect_wallet(void)
{
    const struct http_client client = {ask, NULL};
    wallet_use_client(wallet, &client);
}

// With the next writing all is as it should be.
static void repair_disk(void)
{
    disk_fails_at = UINT32_MAX;
    if (wallet->path == nowhere) {
        wallet->path = good_path;
    }
}

static void assert_saved_without_keys_left(void)
{
    assert_int_equal(wallet_save(wallet), JUMIN_OK);
    assert_no_key_is_left();
}

static void reopen(void)
{
    const struct jumin_wallet_options options = {.keys = &keys};
    jumin_wallet_free(wallet);
    assert_int_equal(jumin_wallet_open(&wallet, wallet_path, "open", &options), JUMIN_OK);
    connect_wallet();
}

static int open_with_store(void **state)
{
    const struct jumin_wallet_options options = {.keys = &keys};
    assert_int_equal(wallet_stage_open(state), 0);
    memset(store, 0, sizeof store);
    made = removed = 0;
    file_is_behind = false;
    make_fails_at = disk_fails_at = UINT32_MAX;
    network = wallet->client;
    jumin_wallet_free(wallet);
    assert_int_equal(unlink(wallet_path), 0);
    assert_int_equal(jumin_wallet_create(&wallet, wallet_path, "open", &options), JUMIN_OK);
    connect_wallet();
    stage_trust();
    return 0;
}

static int close_store(void **state)
{
    if (wallet != NULL) {
        repair_disk();
    }
    return wallet_stage_close(state);
}

static void show(size_t index, size_t count)
{
    const struct wallet_copy *copy = NULL;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(wallet_take_copy(wallet, &wallet->credentials[index], station_clock, &copy),
                         JUMIN_OK);
    }
}

static void later(void)
{
    station_clock += 60;
    stage_publish_status();
}

// --- Keys --------------------------------------------------------------------------------------------------------

static void test_keys_come_and_go_with_what_needs_them(void **state)
{
    (void)state;
    stage_provision();
    assert_int_equal(made, 11);
    assert_int_equal(removed, 0);
    assert_no_key_is_left();
    show(0, 5);
    later();
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(made, 16);
    assert_int_equal(removed, 5);
    assert_no_key_is_left();
    stage_assert(jumin_wallet_remove(wallet, stage_credential(0).id, station_clock), JUMIN_OK, "");
    assert_int_equal(removed, 10);
    assert_no_key_is_left();
    reopen(); // which may remove once more what the file still calls spare
    assert_no_key_is_left();
    show(0, 1);
}

static void test_keys_of_what_is_deferred_wait_for_it(void **state)
{
    (void)state;
    stage_ready = false;
    stage_provision();
    assert_int_equal(made, 11);
    assert_no_key_is_left();
    station_clock += 5;
    reopen();
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(removed, 0);
    stage_ready = true;
    station_clock += 5;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_credential(1).unused, 5);
    assert_int_equal(made, 11);
    assert_int_equal(removed, 0);
    assert_no_key_is_left();
}

static void test_a_request_that_fails_leaves_no_key(void **state)
{
    (void)state;
    stage_provision();
    show(0, 5);
    for (unsigned n = 0; n < 4; n++) {
        later();
        stage_answers = stage_requests + n; // list, nonce, credential, list of the other
        const enum jumin_error error = jumin_wallet_refresh(wallet, NULL, false, station_clock);
        assert_int_equal(error, JUMIN_ERROR_LINK);
        assert_no_key_is_left();
        reopen();
        assert_no_key_is_left();
    }
}

static void test_a_store_that_is_full_leaves_no_key(void **state)
{
    (void)state;
    stage_provision();
    later();
    make_fails_at = (unsigned)made + 3;
    file_is_behind = true;
    stage_assert(jumin_wallet_refresh(wallet, stage_credential(0).id, true, station_clock),
                 JUMIN_ERROR_CRYPTO, "no key could be made");
    assert_int_equal(made, 14);
    assert_int_equal(stage_credential(0).unused, 5);
    assert_no_key_is_left();
}

static void test_a_request_that_never_ended_leaves_no_key(void **state)
{
    struct wallet_key key[2];
    (void)state;
    // As when the power fails while the issuer is asked.
    assert_int_equal(wallet_make_keys(wallet, key, 2), JUMIN_OK);
    check();
    assert_int_equal(removed, 0);
    reopen();
    assert_int_equal(removed, 2);
    assert_no_key_is_left();
}

static void test_a_wallet_that_cannot_be_made_leaves_no_key(void **state)
{
    const struct jumin_wallet_options options = {.keys = &keys};
    struct jumin_wallet *other = NULL;
    char path[160];
    (void)state;
    (void)snprintf(path, sizeof path, "%s.other", wallet_path);
    file_is_behind = true;
    appears = path; // by another program, meanwhile
    assert_int_equal(jumin_wallet_create(&other, path, "open", &options), JUMIN_ERROR_FILE);
    assert_int_equal(errno, EEXIST);
    assert_int_equal(made, 2);
    assert_int_equal(removed, 1);
    // Where it is there already no key is made.
    assert_int_equal(jumin_wallet_create(&other, path, "open", &options), JUMIN_ERROR_FILE);
    assert_int_equal(errno, EEXIST);
    assert_int_equal(made, 2);
    (void)unlink(path);
    (void)strcat(path, ".lock");
    (void)unlink(path);
}

// --- A full disk -------------------------------------------------------------------------------------------------

static void test_wherever_the_disk_is_full_memory_is_as_the_file(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 10; n++) {
        const char *tx_code = NULL;
        const char *uri = stage_offer(&tx_code);
        disk_fails_at = stage_requests + n;
        file_is_behind = true;
        const enum jumin_error error = jumin_wallet_add(wallet, uri, tx_code, station_clock);
        file_is_behind = false;
        repair_disk();
        // offer, metadata, server metadata, token, nonce, credential, note, nonce, credential, note
        assert_int_equal(error, n < 10 ? JUMIN_ERROR_FILE : JUMIN_OK);
        stage_assert_memory_is_as_the_file();
        assert_int_equal(jumin_wallet_count(wallet), n <= 4 ? 0 : 2);
        assert_saved_without_keys_left();
        check();
        if (n < 4) { // the code is not used up
            stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_OK, "");
        }
        assert_saved_without_keys_left();
        while (jumin_wallet_count(wallet) > 0) {
            stage_assert(jumin_wallet_remove(wallet, stage_credential(0).id, station_clock), JUMIN_OK, "");
        }
        later();
    }
}

static void test_with_a_full_disk_nothing_is_removed_taken_or_remembered(void **state)
{
    const struct wallet_copy *copy = NULL;
    (void)state;
    stage_provision();
    good_path = wallet->path;
    const char *id = wallet->credentials[0].id;
    wallet->path = nowhere;
    stage_assert(jumin_wallet_remove(wallet, id, station_clock), JUMIN_ERROR_FILE,
                 "the wallet's file could not be written");
    assert_int_equal(wallet_take_copy(wallet, &wallet->credentials[0], station_clock, &copy),
                     JUMIN_ERROR_FILE);
    assert_int_equal(wallet_remember(wallet, station_clock, "shown", "who", "", "", ""), JUMIN_ERROR_FILE);
    const struct span list = stage_trust_list(false);
    assert_int_equal(jumin_wallet_trust(wallet, list.p, list.n, NULL, 0, station_clock), JUMIN_ERROR_FILE);
    later();
    file_is_behind = true;
    assert_int_equal(jumin_wallet_refresh(wallet, NULL, true, station_clock), JUMIN_ERROR_FILE);
    repair_disk();
    stage_assert_memory_is_as_the_file();
    assert_saved_without_keys_left();
    assert_true(stage_credential(0).trusted);
    assert_int_equal(stage_credential(0).unused, 5);
}

static void test_with_a_full_disk_the_copies_before_stay_with_their_keys(void **state)
{
    (void)state;
    stage_provision();
    later();
    disk_fails_at = stage_requests + 3; // list, nonce, credential
    assert_int_equal(jumin_wallet_refresh(wallet, stage_credential(0).id, true, station_clock),
                     JUMIN_ERROR_FILE);
    repair_disk();
    stage_assert_memory_is_as_the_file();
    assert_saved_without_keys_left();
    check();
    assert_int_equal(stage_credential(0).unused, 5);
    show(0, 1);
}

// It has failed, and is there all the same: whichever the disk has after a power cut, its keys are there.
static void test_a_writing_that_may_have_failed_removes_no_key(void **state)
{
    (void)state;
    stage_provision();
    later();
    stage_flush_fails_at = 6; // of the status, of the new keys, and the folder's when the copies are written
    assert_int_equal(jumin_wallet_refresh(wallet, stage_credential(0).id, true, station_clock),
                     JUMIN_ERROR_FILE);
    check();
    stage_assert_memory_is_as_the_file();
    assert_no_key_is_left();
    assert_int_equal(removed, 5);
}

static void test_with_a_full_disk_what_is_deferred_stays_so(void **state)
{
    (void)state;
    stage_ready = false;
    stage_provision();
    station_clock += 5;
    for (unsigned n = 0; n < 2; n++) { // still deferred; ready
        stage_ready = n == 1;
        disk_fails_at = stage_requests + 1;
        assert_int_equal(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_ERROR_FILE);
        repair_disk();
        stage_assert_memory_is_as_the_file();
        assert_saved_without_keys_left();
        assert_int_equal(stage_credential(0).state, JUMIN_WALLET_PENDING);
        assert_int_equal(wallet->credentials[0].deferred.count, 5);
    }
}

// The history is as long as it may be; what was not saved is not forgotten either.
static void test_the_oldest_events_are_forgotten_when_others_were_saved(void **state)
{
    struct jumin_wallet_event event;
    (void)state;
    for (size_t i = 0; i < WALLET_EVENTS_MAX; i++) {
        char who[16];
        (void)snprintf(who, sizeof who, "%zu", i);
        assert_true(wallet_remember_only(wallet, station_clock, "shown", who, "", "", ""));
    }
    good_path = wallet->path;
    wallet->path = nowhere;
    assert_int_equal(wallet_remember(wallet, station_clock, "shown", "last", "", "", ""), JUMIN_ERROR_FILE);
    repair_disk();
    assert_int_equal(jumin_wallet_event(wallet, 0, &event), JUMIN_OK);
    assert_string_equal(event.who, "0");
    assert_int_equal(wallet_remember(wallet, station_clock, "shown", "last", "", "", ""), JUMIN_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(jumin_wallet_events(wallet), WALLET_EVENTS_MAX);
        assert_int_equal(jumin_wallet_event(wallet, 0, &event), JUMIN_OK);
        assert_string_equal(event.who, "1");
        assert_int_equal(jumin_wallet_event(wallet, WALLET_EVENTS_MAX - 1, &event), JUMIN_OK);
        assert_string_equal(event.who, "last");
        reopen();
    }
}

// --- The one before ------------------------------------------------------------------------------------------

static void test_a_credential_stays_until_its_successor_has_come(void **state)
{
    (void)state;
    enum { REDEEMED = 4, FIRST = 6, SECOND = 9 }; // the answers after which each is there
    for (unsigned n = REDEEMED; n <= SECOND; n++) {
        const char *tx_code = NULL;
        stage_provision();
        char before[2][JUMIN_WALLET_ID];
        for (size_t i = 0; i < 2; i++) {
            memcpy(before[i], stage_credential(i).id, JUMIN_WALLET_ID);
        }
        const char *uri = stage_offer(&tx_code);
        stage_answers = stage_requests + n;
        assert_int_equal(jumin_wallet_add(wallet, uri, tx_code, station_clock),
                         n < SECOND ? JUMIN_ERROR_LINK : JUMIN_OK);
        stage_answers = UINT32_MAX;
        reopen();
        assert_int_equal(wallet_find(wallet, before[0]) != NULL, n < FIRST);
        assert_int_equal(wallet_find(wallet, before[1]) != NULL, n < SECOND);
        for (size_t i = 0; i < wallet->count; i++) {
            const bool old = strcmp(wallet->credentials[i].id, before[0]) == 0 ||
                             strcmp(wallet->credentials[i].id, before[1]) == 0;
            assert_true(!old || stage_credential(i).unused == 5);
        }
        later();
        stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
        assert_int_equal(jumin_wallet_count(wallet), 2);
        assert_null(wallet_find(wallet, before[0]));
        assert_null(wallet_find(wallet, before[1]));
        assert_no_key_is_left();
        while (jumin_wallet_count(wallet) > 0) {
            stage_assert(jumin_wallet_remove(wallet, stage_credential(0).id, station_clock), JUMIN_OK, "");
        }
        later();
    }
}

static void test_what_the_issuer_has_ended_says_so_until_then(void **state)
{
    const char *tx_code = NULL;
    struct detail detail;
    (void)state;
    stage_provision();
    const int64_t credential = stage_integer("SELECT MAX(credential) FROM status_batch");
    const char *uri = stage_offer(&tx_code);
    stage_answers = stage_requests + 4;
    assert_int_equal(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_ERROR_LINK);
    assert_int_equal(stage_credential(1).state, JUMIN_WALLET_USABLE);
    assert_int_equal(stage_credential(3).state, JUMIN_WALLET_PENDING);
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(status_store_set(stage, credential, STATUS_INVALID, &detail), JUMIN_OK);
    assert_int_equal(database_commit(stage), JUMIN_OK);
    later();
    stage_answers = stage_requests + 2; // both lists; then the network fails again
    assert_int_equal(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_ERROR_LINK);
    assert_int_equal(stage_credential(0).state, JUMIN_WALLET_LOCKED);
    assert_int_equal(stage_credential(1).state, JUMIN_WALLET_REVOKED);
}

int main(void)
{
#define KEYS_TEST(test) cmocka_unit_test_setup_teardown(test, open_with_store, close_store)
    const struct CMUnitTest tests[] = {
        KEYS_TEST(test_keys_come_and_go_with_what_needs_them),
        KEYS_TEST(test_keys_of_what_is_deferred_wait_for_it),
        KEYS_TEST(test_a_request_that_fails_leaves_no_key),
        KEYS_TEST(test_a_store_that_is_full_leaves_no_key),
        KEYS_TEST(test_a_request_that_never_ended_leaves_no_key),
        KEYS_TEST(test_a_wallet_that_cannot_be_made_leaves_no_key),
        KEYS_TEST(test_wherever_the_disk_is_full_memory_is_as_the_file),
        KEYS_TEST(test_with_a_full_disk_nothing_is_removed_taken_or_remembered),
        KEYS_TEST(test_with_a_full_disk_the_copies_before_stay_with_their_keys),
        KEYS_TEST(test_a_writing_that_may_have_failed_removes_no_key),
        KEYS_TEST(test_with_a_full_disk_what_is_deferred_stays_so),
        KEYS_TEST(test_the_oldest_events_are_forgotten_when_others_were_saved),
        KEYS_TEST(test_a_credential_stays_until_its_successor_has_come),
        KEYS_TEST(test_what_the_issuer_has_ended_says_so_until_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
