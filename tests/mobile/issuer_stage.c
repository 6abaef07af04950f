// The station's stage with a handle of the issuer's server beside it, phones, and status lists.
// SPDX-License-Identifier: Apache-2.0
#include "tests/mobile/issuer_stage.h"

#include <stdio.h>

struct jumin_station *server;

int issuer_stage_open(void **state)
{
    if (station_stage_open(state) != 0) {
        return -1;
    }
    assert_int_equal(station_connect(&server, 0, 0), JUMIN_OK);
    records_serve(server);
    return 0;
}

int issuer_stage_close(void **state)
{
    jumin_station_close(server);
    server = NULL;
    return station_stage_close(state);
}

struct span issuer_photo(void)
{
    static uint8_t bytes[1 << 18];
    FILE *file = fopen(SPECIMEN_FOLDER "/portrait.jpg", "rb");
    assert_non_null(file);
    const size_t n = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    return span_of(bytes, n);
}

void issuer_publish(void)
{
    static const uint8_t certificate[] = {0x30, 0x00};
    static const struct span chain = {certificate, sizeof certificate};
    const struct crypto_random random = crypto_system_random();
    const struct status_policy policy = status_policy_default("https://issuer.example");
    struct crypto_ec_key key = {0};
    struct status_signer signer = {.chain = &chain, .count = 1};
    struct detail detail = {{0}};
    size_t published = 0;
    assert_true(crypto_ec_generate(&key, CRYPTO_P256, &random));
    assert_true(signer_of_key(&key, &signer.signer));
    const enum jumin_error error =
        status_store_publish(stage, &policy, &signer, &random, station_clock, &published, &detail);
    crypto_ec_release(&key);
    if (error != JUMIN_OK) {
        fail_msg("%s", detail.text);
    }
}

struct records_proof proof_by(uint8_t phone)
{
    static char ids[8][16];
    static unsigned count;
    struct records_proof proof = {.thumbprint = {phone}};
    char *id = ids[count % 8];
    (void)snprintf(id, sizeof ids[0], "jti-%u", count++);
    proof.jti = span_of(id, strlen(id));
    return proof;
}

struct jumin_offer issuer_offer(const char *number, struct records_offer *made)
{
    struct jumin_offer offer;
    const struct jumin_offer_form form = {.number = number, .proof = JUMIN_PROOF_COUNTER};
    station_login(station, "intake");
    enum jumin_error error = jumin_station_offer(station, &form, NULL, &offer);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_station_detail(station));
    }
    assert_int_equal(records_offer(server, offer.reference, made), JUMIN_OK);
    return offer;
}

void issuer_redeem(const char *number, uint8_t phone, struct records_tokens *tokens)
{
    struct records_offer made;
    struct records_refusal refusal;
    const struct jumin_offer offer = issuer_offer(number, &made);
    const struct records_proof proof = proof_by(phone);
    const enum jumin_error error = records_redeem(server, made.code, offer.tx_code, &proof, tokens, &refusal);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_station_detail(server));
    }
}

enum jumin_credential_state issuer_state(const char *number)
{
    struct jumin_credential credential;
    assert_int_equal(jumin_station_credential(station, number, &credential), JUMIN_OK);
    return credential.state;
}

int64_t issuer_copies(enum status status)
{
    char sql[96];
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM status_batch WHERE status = %d", status);
    return stage_integer(sql);
}
