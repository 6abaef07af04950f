// The wallet against the issuer's handlers: from the QR to copies, each shown once, locked and unlocked.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/wallet_stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void test_an_offer_becomes_both_formats_in_batches(void **state)
{
    (void)state;
    stage_trust();
    stage_provision();
    assert_int_equal(jumin_wallet_count(wallet), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct jumin_wallet_credential credential = stage_credential(i);
        assert_int_equal(credential.format, i == 0 ? JUMIN_WALLET_MDOC : JUMIN_WALLET_SD_JWT);
        assert_int_equal(credential.state, JUMIN_WALLET_USABLE);
        assert_int_equal(credential.copies, 5);
        assert_int_equal(credential.unused, 5);
        assert_true(credential.trusted);
        assert_true(credential.single_use);
        assert_string_equal(credential.name, "Resident card");
        assert_string_equal(credential.issuer, STAGE_ISSUER);
        assert_true(credential.expires > STAGE_NOW + 100 * (int64_t)STAGE_DAY);
    }
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM notification WHERE event = 'credential_accepted'"),
                     2);
    assert_string_equal(stage_last_path, "/notification");
}

static void test_what_is_in_it_is_there_after_it_was_opened_again(void **state)
{
    char *before = NULL, *after = NULL;
    (void)state;
    stage_trust();
    stage_provision();
    const struct jumin_wallet_credential first = stage_credential(1);
    assert_int_equal(jumin_wallet_claims(wallet, first.id, &before), JUMIN_OK);
    assert_non_null(strstr(before, "\"adult_in_2027\": true"));
    stage_reopen();
    assert_int_equal(jumin_wallet_count(wallet), 2);
    const struct jumin_wallet_credential second = stage_credential(1);
    assert_memory_equal(&first, &second, sizeof first);
    assert_int_equal(jumin_wallet_claims(wallet, first.id, &after), JUMIN_OK);
    assert_string_equal(before, after);
    free(before);
    free(after);
    assert_int_equal(wallet->trust.expires, STAGE_NOW + 7 * STAGE_DAY);
    assert_int_equal(jumin_wallet_events(wallet), 2);
    struct jumin_wallet_event event;
    assert_int_equal(jumin_wallet_event(wallet, 1, &event), JUMIN_OK);
    assert_string_equal(event.kind, "received");
    assert_string_equal(event.who, STAGE_ISSUER);
    assert_int_equal(event.time, STAGE_NOW);
    assert_int_equal(jumin_wallet_event(wallet, 2, &event), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_wallet_claims(wallet, first.id, &after), JUMIN_OK);
    free(after);
}

static void test_another_passphrase_and_a_changed_file_open_nothing(void **state)
{
    struct jumin_wallet *other = NULL;
    struct stat about;
    (void)state;
    assert_int_equal(jumin_wallet_open(&other, wallet_path, "open", NULL), JUMIN_ERROR_CONFLICT);
    jumin_wallet_free(wallet);
    wallet = NULL;
    assert_int_equal(jumin_wallet_open(&other, wallet_path, "opem", NULL), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_wallet_open(&other, wallet_path, "", NULL), JUMIN_ERROR_INPUT);
    assert_int_equal(jumin_wallet_create(&other, wallet_path, "open", NULL), JUMIN_ERROR_FILE);
    assert_int_equal(errno, EEXIST);
    assert_int_equal(stat(wallet_path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    // Every byte counts: one of the salt, of the nonce, of what is sealed, of the tag; and the length.
    static const long places[] = {0, 8, 13, 29, 41, 60, -1};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        FILE *file = fopen(wallet_path, "r+b");
        assert_non_null(file);
        assert_int_equal(fseek(file, places[i], places[i] < 0 ? SEEK_END : SEEK_SET), 0);
        const int byte = fgetc(file);
        assert_int_equal(fseek(file, -1, SEEK_CUR), 0);
        assert_true(fputc(byte ^ 1, file) != EOF);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(jumin_wallet_open(&other, wallet_path, "open", NULL), JUMIN_ERROR_INPUT);
        file = fopen(wallet_path, "r+b");
        assert_non_null(file);
        assert_int_equal(fseek(file, places[i], places[i] < 0 ? SEEK_END : SEEK_SET), 0);
        assert_true(fputc(byte, file) != EOF);
        assert_int_equal(fclose(file), 0);
    }
    assert_int_equal(jumin_wallet_open(&wallet, wallet_path, "open", NULL), JUMIN_OK);
}

static void test_the_file_has_nothing_readable(void **state)
{
    static uint8_t bytes[1 << 20];
    (void)state;
    stage_provision();
    FILE *file = fopen(wallet_path, "rb");
    assert_non_null(file);
    const size_t n = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    assert_true(n > 1000);
    assert_null(memmem(bytes, n, "resident", 8));
    assert_null(memmem(bytes, n, "access", 6));
    assert_null(memmem(bytes, n, "issuer.example", 14));
}

static void test_looking_at_an_offer_uses_up_nothing(void **state)
{
    struct jumin_wallet_offer offer;
    const char *tx_code = NULL;
    (void)state;
    stage_trust();
    const char *uri = stage_offer(&tx_code);
    stage_assert(jumin_wallet_look_at_offer(wallet, uri, station_clock, &offer), JUMIN_OK, "");
    assert_string_equal(offer.issuer, STAGE_ISSUER);
    assert_string_equal(offer.name, "jumin");
    assert_true(offer.tx_code && offer.tx_code_numeric);
    assert_int_equal(offer.tx_code_length, 6);
    assert_int_equal(offer.credentials, 2);
    // Without the receipt's code the offer's is not used up either.
    stage_assert(jumin_wallet_add(wallet, uri, NULL, station_clock), JUMIN_ERROR_INPUT,
                 "The code on the receipt");
    stage_assert(jumin_wallet_add(wallet, uri, "000000", station_clock), JUMIN_ERROR_ACCESS_DENIED,
                 "invalid_grant");
    assert_int_equal(jumin_wallet_count(wallet), 0);
    stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_OK, "");
    stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_ERROR_ACCESS_DENIED,
                 "invalid_offer");
    assert_int_equal(jumin_wallet_count(wallet), 2);
}

static void test_what_is_no_offer_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "nonsense",
        "openid-credential-offer://",
        "openid-credential-offer://?credential_offer=%7B%7D",
        "openid-credential-offer://?credential_offer=x&credential_offer=y",
        "openid-credential-offer://?credential_offer=%zz",
        "{\"credential_issuer\":\"https://issuer.example\"}",
        "{\"credential_issuer\":\"https://issuer.example\",\"credential_configuration_ids\":[1]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        stage_assert(jumin_wallet_add(wallet, texts[i], NULL, station_clock), JUMIN_ERROR_INPUT,
                     "this is no credential offer");
    }
    stage_assert(jumin_wallet_add(wallet,
                                  "{\"credential_issuer\":\"https://issuer.example\","
                                  "\"credential_configuration_ids\":[\"a\"],\"grants\":{}}",
                                  NULL, station_clock),
                 JUMIN_ERROR_NOT_SUPPORTED, "no pre-authorized code");
    assert_int_equal(stage_requests, 0);
}

static void test_an_offer_by_value_is_taken(void **state)
{
    struct records_offer made;
    char text[1024], uri[2048];
    (void)state;
    stage_trust();
    const struct jumin_offer offer = issuer_offer(stage_number, &made);
    (void)snprintf(text, sizeof text,
                   "{\"credential_issuer\":\"" STAGE_ISSUER "/\",\"credential_configuration_ids\":["
                   "\"kr.jumin.resident.1.mdoc\",\"unknown\"],\"grants\":{\"urn:ietf:params:oauth:grant-type:"
                   "pre-authorized_code\":{\"pre-authorized_code\":\"%s\",\"tx_code\":{}}}}",
                   made.code);
    struct writer w = writer_of(uri, sizeof uri - 1);
    writer_put(&w, span_of("openid-credential-offer://?", 27));
    http_form_put(&w, "credential_offer", text);
    uri[w.n] = '\0';
    memmove(uri + 27, uri + 27 + (uri[27] == '&'), strlen(uri + 27));
    stage_assert(jumin_wallet_add(wallet, uri, offer.tx_code, station_clock), JUMIN_OK, "");
    assert_int_equal(jumin_wallet_count(wallet), 1);
    assert_int_equal(stage_credential(0).format, JUMIN_WALLET_MDOC);
}

// --- The network fails ---------------------------------------------------------------------------------------------

static void test_wherever_the_network_fails_the_code_is_not_lost_once_it_is_used(void **state)
{
    (void)state;
    stage_trust();
    // offer, metadata, server metadata, token, nonce, credential, notification, nonce, credential,
    // notification
    enum { REDEEMED = 4, ALL = 10 };
    for (unsigned n = 0; n < ALL; n++) {
        const char *tx_code = NULL;
        stage_answers = 100000;
        const char *uri = stage_offer(&tx_code);
        stage_answers = stage_requests + n;
        const enum jumin_error error = jumin_wallet_add(wallet, uri, tx_code, station_clock);
        stage_answers = 100000;
        if (n < REDEEMED) {
            stage_assert(error, JUMIN_ERROR_LINK, "no connection");
            assert_int_equal(jumin_wallet_count(wallet), 0);
            stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_OK, "");
        } else {
            assert_int_equal(error, n == ALL - 1 ? JUMIN_OK : JUMIN_ERROR_LINK); // notes may be lost
            stage_reopen();
            assert_int_equal(jumin_wallet_count(wallet), 2);
            stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
        }
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(stage_credential(i).state, JUMIN_WALLET_USABLE);
            assert_int_equal(stage_credential(i).unused, 5);
        }
        while (jumin_wallet_count(wallet) > 0) {
            const struct jumin_wallet_credential credential = stage_credential(0);
            stage_assert(jumin_wallet_remove(wallet, credential.id, station_clock), JUMIN_OK, "");
        }
        station_clock += 60;
        stage_publish_status();
    }
}

static void test_without_network_it_says_so(void **state)
{
    (void)state;
    stage_online = false;
    stage_assert(jumin_wallet_add(
                     wallet, "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example",
                     NULL, station_clock),
                 JUMIN_ERROR_LINK, "no connection");
    wallet->client.ask = NULL;
    stage_assert(jumin_wallet_add(
                     wallet, "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example",
                     NULL, station_clock),
                 JUMIN_ERROR_LINK, "the wallet has no network");
}

// --- Copies --------------------------------------------------------------------------------------------------------

static void test_each_copy_is_taken_once_and_then_others_are_fetched(void **state)
{
    const struct wallet_copy *copy = NULL;
    uint8_t points[5][SIGNER_POINT];
    (void)state;
    stage_trust();
    stage_provision();
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(wallet_take_copy(wallet, &wallet->credentials[0], station_clock, &copy), JUMIN_OK);
        memcpy(points[i], copy->key.point, SIGNER_POINT);
        for (size_t k = 0; k < i; k++) {
            assert_memory_not_equal(points[k], points[i], SIGNER_POINT);
        }
        stage_reopen(); // it stays used
    }
    stage_assert(wallet_take_copy(wallet, &wallet->credentials[0], station_clock, &copy),
                 JUMIN_ERROR_NO_SUCH_FILE, "all copies of the credential were shown");
    assert_int_equal(stage_credential(0).state, JUMIN_WALLET_EMPTY);
    assert_int_equal(stage_credential(1).unused, 5);
    // Ten minutes later the access token is not valid any more.
    station_clock += 1200;
    stage_publish_status();
    const unsigned before = stage_requests;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_true(stage_requests > before);
    assert_int_equal(stage_credential(0).state, JUMIN_WALLET_USABLE);
    assert_int_equal(stage_credential(0).unused, 5);
    assert_int_equal(stage_credential(0).copies, 5);
    for (size_t k = 0; k < 5; k++) {
        for (size_t i = 0; i < 5; i++) {
            assert_memory_not_equal(points[k], wallet->credentials[0].copies[i].key.point, SIGNER_POINT);
        }
    }
}

static void test_a_copys_key_signs_and_agrees(void **state)
{
    const struct wallet_copy *copy = NULL;
    struct wallet_signer context;
    uint8_t digest[SIGNER_DIGEST] = {1}, signature[SIGNER_SIGNATURE], shared[SIGNER_SHARED];
    struct crypto_ec_key key = {0};
    (void)state;
    stage_provision();
    assert_int_equal(wallet_take_copy(wallet, &wallet->credentials[0], station_clock, &copy), JUMIN_OK);
    const struct signer signer = wallet_signer_of(&context, wallet, &copy->key);
    assert_true(signer.sign(signer.context, digest, signature));
    assert_true(crypto_ec_load_public(&key, CRYPTO_P256, span_of(signer.point, SIGNER_POINT)));
    assert_true(
        crypto_ecdsa_verify(&key, span_of(digest, sizeof digest), span_of(signature, sizeof signature)));
    assert_true(signer.agree(signer.context, span_of(wallet->device.point, SIGNER_POINT), shared));
    crypto_ec_release(&key);
}

static void test_without_batches_the_one_copy_serves_again(void **state)
{
    const struct wallet_copy *copy = NULL;
    (void)state;
    stage_provision();
    wallet->credentials[0].single_use = false;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(wallet_take_copy(wallet, &wallet->credentials[0], station_clock, &copy), JUMIN_OK);
        assert_ptr_equal(copy, &wallet->credentials[0].copies[0]);
        assert_int_equal(stage_credential(0).unused, 5);
    }
}

static void test_what_is_deferred_comes_later(void **state)
{
    (void)state;
    stage_trust();
    stage_ready = false;
    stage_provision();
    assert_int_equal(jumin_wallet_count(wallet), 2);
    assert_int_equal(stage_credential(0).state, JUMIN_WALLET_PENDING);
    const unsigned before = stage_requests;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_requests, before); // not before the interval has passed
    station_clock += 5;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_requests, before + 2);
    assert_int_equal(stage_credential(1).state, JUMIN_WALLET_PENDING);
    stage_reopen();
    stage_ready = true;
    station_clock += 5;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(stage_credential(i).state, JUMIN_WALLET_USABLE);
        assert_int_equal(stage_credential(i).unused, 5);
    }
}

// --- Whom it trusts --------------------------------------------------------------------------------------------

static void test_a_residents_credential_must_be_by_an_issuer_of_the_list(void **state)
{
    (void)state;
    stage_trust();
    // Another root stands for issuers.
    struct jumin_trust **roots = &wallet->trust.roots[TRUST_LIST_ISSUERS];
    jumin_trust_free(*roots);
    assert_int_equal(jumin_trust_new(roots), JUMIN_OK);
    struct stage_holder stranger;
    stage_root(&stranger, "Stranger", *roots);
    const char *tx_code = NULL;
    const char *uri = stage_offer(&tx_code);
    stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_ERROR_SIGNER_UNKNOWN,
                 "the issuer is not trusted");
    assert_int_equal(stage_credential(0).copies, 0);
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM notification WHERE event = 'credential_failure'"),
                     2);
    stage_release(&stranger);
    // The code is not lost: by a list that has the issuer it is fetched.
    stage_trust();
    station_clock += 60;
    stage_publish_status();
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_credential(0).unused, 5);
    assert_true(stage_credential(0).trusted);
}

static void test_without_a_list_a_residents_offer_is_not_used_up(void **state)
{
    const char *tx_code = NULL;
    (void)state;
    const char *uri = stage_offer(&tx_code);
    stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_ERROR_SIGNER_UNKNOWN,
                 "the wallet has no trust list");
    stage_trust();
    stage_assert(jumin_wallet_add(wallet, uri, tx_code, wallet->trust.expires), JUMIN_ERROR_SIGNER_UNKNOWN,
                 "the wallet's trust list has expired");
    assert_int_equal(jumin_wallet_count(wallet), 0);
    stage_assert(jumin_wallet_add(wallet, uri, tx_code, station_clock), JUMIN_OK, "");
    assert_true(stage_credential(0).trusted);
    assert_true(stage_credential(1).trusted);
}

static void test_another_list_is_asked_for_those_that_are_kept(void **state)
{
    const struct wallet_copy *copy = NULL;
    (void)state;
    stage_provision();
    stage_trust_without_issuers();
    stage_reopen();
    for (size_t i = 0; i < 2; i++) {
        assert_false(stage_credential(i).trusted);
        stage_assert(wallet_take_copy(wallet, &wallet->credentials[i], station_clock, &copy),
                     JUMIN_ERROR_SIGNER_UNKNOWN, "issuer is not in the trust list");
    }
    stage_trust();
    assert_true(stage_credential(0).trusted);
    assert_int_equal(wallet_take_copy(wallet, &wallet->credentials[1], station_clock, &copy), JUMIN_OK);
}

static void test_an_older_list_is_refused(void **state)
{
    (void)state;
    stage_trust();
    stage_trust();
    wallet->trust.issued = STAGE_NOW + 1;
    const size_t n = wallet->trust_text_length;
    uint8_t *text = malloc(n);
    assert_non_null(text);
    memcpy(text, wallet->trust_text, n);
    stage_assert(jumin_wallet_trust(wallet, text, n, NULL, 0, STAGE_NOW), JUMIN_ERROR_CONFLICT, "");
    free(text);
}

// --- Locked ------------------------------------------------------------------------------------------------------

static void test_a_locked_wallet_shows_nothing_until_it_is_unlocked(void **state)
{
    const struct wallet_copy *copy = NULL;
    (void)state;
    stage_trust();
    stage_provision();
    const int64_t credential = stage_integer("SELECT MAX(credential) FROM status_batch");
    struct detail detail = {{0}};
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(status_store_set(stage, credential, STATUS_SUSPENDED, &detail), JUMIN_OK);
    assert_int_equal(database_commit(stage), JUMIN_OK);
    station_clock += 60;
    stage_publish_status();
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(stage_credential(i).state, JUMIN_WALLET_LOCKED);
        assert_int_equal(stage_credential(i).status_checked, station_clock);
        stage_assert(wallet_take_copy(wallet, &wallet->credentials[i], station_clock, &copy),
                     JUMIN_ERROR_REVOKED, "the credential is locked: it shows nothing");
    }
    stage_reopen();
    assert_int_equal(stage_credential(1).state, JUMIN_WALLET_LOCKED);
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(status_store_set(stage, credential, STATUS_VALID, &detail), JUMIN_OK);
    assert_int_equal(database_commit(stage), JUMIN_OK);
    station_clock += 60;
    stage_publish_status();
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_credential(0).state, JUMIN_WALLET_USABLE);
    assert_int_equal(stage_credential(1).state, JUMIN_WALLET_USABLE);
    struct jumin_wallet_event event;
    assert_int_equal(jumin_wallet_event(wallet, jumin_wallet_events(wallet) - 1, &event), JUMIN_OK);
    assert_string_equal(event.kind, "unlocked");
}

// Trusted for its own credentials, not for these.
static void test_another_issuers_status_list_changes_nothing(void **state)
{
    (void)state;
    stage_two_issuers = true;
    stage_trust();
    stage_two_issuers = false;
    stage_provision();
    const int64_t credential = stage_integer("SELECT MAX(credential) FROM status_batch");
    struct detail detail = {{0}};
    assert_int_equal(database_begin(stage), JUMIN_OK);
    assert_int_equal(status_store_set(stage, credential, STATUS_SUSPENDED, &detail), JUMIN_OK);
    assert_int_equal(database_commit(stage), JUMIN_OK);
    station_clock += 60;
    stage_publish_status_by(&stage_other_status);
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_ERROR_CERTIFICATE,
                 "signed by another issuer");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(stage_credential(i).state, JUMIN_WALLET_USABLE);
    }
}

static void test_a_credential_that_has_expired_is_not_shown(void **state)
{
    const struct wallet_copy *copy = NULL;
    (void)state;
    stage_provision();
    stage_assert(wallet_take_copy(wallet, &wallet->credentials[0], wallet->credentials[0].expires, &copy),
                 JUMIN_ERROR_NOT_VALID_NOW, "has expired");
}

static void test_copies_are_fetched_anew_in_the_last_tenth_of_their_life(void **state)
{
    (void)state;
    stage_provision();
    struct wallet_credential *kept = &wallet->credentials[0];
    kept->issued = STAGE_NOW - 8 * STAGE_DAY;
    kept->expires = STAGE_NOW + 2 * STAGE_DAY;
    station_clock = STAGE_NOW + STAGE_DAY - 1;
    stage_publish_status();
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_int_equal(kept->expires, STAGE_NOW + 2 * STAGE_DAY);
    station_clock++;
    stage_assert(jumin_wallet_refresh(wallet, NULL, false, station_clock), JUMIN_OK, "");
    assert_true(kept->expires > STAGE_NOW + 2 * STAGE_DAY);
}

static void test_another_offer_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    stage_provision();
    const struct jumin_wallet_credential before = stage_credential(0);
    stage_provision();
    assert_int_equal(jumin_wallet_count(wallet), 2);
    assert_string_not_equal(stage_credential(0).id, before.id);
}

static void test_what_is_removed_is_gone_and_the_issuer_is_told(void **state)
{
    (void)state;
    stage_provision();
    const struct jumin_wallet_credential credential = stage_credential(0);
    stage_assert(jumin_wallet_remove(wallet, "none", station_clock), JUMIN_ERROR_NO_SUCH_FILE,
                 "no such credential");
    stage_assert(jumin_wallet_remove(wallet, credential.id, station_clock), JUMIN_OK, "");
    assert_int_equal(stage_integer("SELECT COUNT(*) FROM notification WHERE event = 'credential_deleted'"),
                     1);
    stage_reopen();
    assert_int_equal(jumin_wallet_count(wallet), 1);
    assert_int_equal(stage_credential(0).format, JUMIN_WALLET_SD_JWT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WALLET_TEST(test_an_offer_becomes_both_formats_in_batches),
        WALLET_TEST(test_what_is_in_it_is_there_after_it_was_opened_again),
        WALLET_TEST(test_another_passphrase_and_a_changed_file_open_nothing),
        WALLET_TEST(test_the_file_has_nothing_readable),
        WALLET_TEST(test_looking_at_an_offer_uses_up_nothing),
        WALLET_TEST(test_what_is_no_offer_is_refused),
        WALLET_TEST(test_an_offer_by_value_is_taken),
        WALLET_TEST(test_wherever_the_network_fails_the_code_is_not_lost_once_it_is_used),
        WALLET_TEST(test_without_network_it_says_so),
        WALLET_TEST(test_each_copy_is_taken_once_and_then_others_are_fetched),
        WALLET_TEST(test_a_copys_key_signs_and_agrees),
        WALLET_TEST(test_without_batches_the_one_copy_serves_again),
        WALLET_TEST(test_what_is_deferred_comes_later),
        WALLET_TEST(test_a_residents_credential_must_be_by_an_issuer_of_the_list),
        WALLET_TEST(test_without_a_list_a_residents_offer_is_not_used_up),
        WALLET_TEST(test_another_list_is_asked_for_those_that_are_kept),
        WALLET_TEST(test_an_older_list_is_refused),
        WALLET_TEST(test_a_locked_wallet_shows_nothing_until_it_is_unlocked),
        WALLET_TEST(test_another_issuers_status_list_changes_nothing),
        WALLET_TEST(test_a_credential_that_has_expired_is_not_shown),
        WALLET_TEST(test_copies_are_fetched_anew_in_the_last_tenth_of_their_life),
        WALLET_TEST(test_another_offer_takes_the_place_of_the_one_before),
        WALLET_TEST(test_what_is_removed_is_gone_and_the_issuer_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
