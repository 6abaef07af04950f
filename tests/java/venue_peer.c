// A venue for a wallet in another process: makes a wallet that is filled, and asks it by commands.
// SPDX-License-Identifier: Apache-2.0
//
// Usage: venue_peer PURPOSE…
//
// Frames, each behind its length in four bytes, go out and come in. First out: the wallet's path, its
// passphrase and the time, a line each. Then for each purpose: an empty frame (field off and on), commands,
// of which each waits for the frame with its response, and a line "verdict: …".
#include "tests/mobile/verifier_stage.h"
#include "tests/mobile/wallet_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/file.h"

static void put_frame(const void *bytes, size_t n)
{
    const uint8_t length[] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    if (fwrite(length, 1, sizeof length, stdout) != sizeof length || fwrite(bytes, 1, n, stdout) != n ||
        fflush(stdout) != 0) {
        exit(EXIT_FAILURE);
    }
}

static size_t get_frame(uint8_t *bytes, size_t capacity)
{
    uint8_t length[4];
    if (fread(length, 1, sizeof length, stdin) != sizeof length) {
        exit(EXIT_SUCCESS);
    }
    const size_t n = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
    if (n > capacity || fread(bytes, 1, n, stdin) != n) {
        exit(EXIT_FAILURE);
    }
    return n;
}

// --- The reader ------------------------------------------------------------------------------------------------

static enum jumin_error connect_phone(void *context)
{
    (void)context;
    put_frame("", 0);
    return JUMIN_OK;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    (void)context;
    put_frame(command, n);
    *length = get_frame(response, capacity);
    return *length >= 2 ? JUMIN_OK : JUMIN_ERROR_CARD_REMOVED;
}

static void disconnect(void *context)
{
    (void)context;
}

static void limits(void *context, struct jumin_limits *link)
{
    (void)context;
    *link = (struct jumin_limits){.command_max = 261, .response_max = 258};
}

static void ask(struct jumin_verifier *verifier, struct jumin_transport *transport, const char *purpose)
{
    struct jumin_meeting order = {.now = station_clock};
    struct jumin_verification *verification = NULL;
    char line[512];
    assert_int_equal(jumin_purpose_parse(purpose, &order.purpose), JUMIN_OK);
    verifier->purposes |= order.purpose; // whatever its certificate names
    assert_int_equal(jumin_transport_connect(transport), JUMIN_OK);
    const enum jumin_error error = jumin_verifier_meet(verifier, transport, &order, &verification);
    const struct jumin_verification_check *found =
        error == JUMIN_OK ? jumin_verification_find(verification, JUMIN_VERIFICATION_HOLDER) : NULL;
    const int n =
        snprintf(line, sizeof line, "verdict: %s", found != NULL ? found->detail : jumin_error_name(error));
    put_frame(line, (size_t)n);
    jumin_verification_free(verification);
}

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
bool __real_crypto_pbkdf2(enum crypto_hash hash, struct span passphrase, struct span salt,
                          uint32_t iterations, uint8_t *key, size_t n); // what one_iteration stands before

// The other process has the real PBKDF2.
static void seal_wallet(void)
{
    assert_true(__real_crypto_pbkdf2(CRYPTO_SHA256, span_of("open", 4),
                                     span_of(wallet->salt, sizeof wallet->salt), wallet->iterations,
                                     wallet->store_key, sizeof wallet->store_key));
    assert_int_equal(wallet_save(wallet), JUMIN_OK);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// The wallet for the other process: a copy, since this one is in use.
static void put_wallet(void)
{
    static uint8_t bytes[1 << 20];
    char path[160], text[256];
    size_t n = 0;
    (void)snprintf(path, sizeof path, "%s-lent", wallet_path);
    assert_int_equal(disk_read(wallet_path, bytes, sizeof bytes, &n), JUMIN_OK);
    FILE *copy = fopen(path, "wbe");
    assert_non_null(copy);
    assert_int_equal(fwrite(bytes, 1, n, copy), n);
    assert_int_equal(fclose(copy), 0);
    const int length = snprintf(text, sizeof text, "%s\nopen\n%lld", path, (long long)station_clock);
    put_frame(text, (size_t)length);
}

static void remove_copy(void)
{
    char path[176];
    (void)snprintf(path, sizeof path, "%s-lent", wallet_path);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s-lent.lock", wallet_path);
    (void)unlink(path);
}

int main(int argc, char **argv)
{
    static const struct jumin_transport_functions functions = {connect_phone, transmit, disconnect,
                                                               limits,        NULL,     NULL};
    const struct jumin_verifier_options options = verifier_stage_options();
    struct verifier_stage venue = {0};
    struct jumin_transport *transport = NULL;
    void *state = NULL;
    uint8_t key[4096];
    assert_int_equal(wallet_stage_open(&state), 0);
    stage_trust();
    stage_provision();
    venue.venue = stage_venue;
    const struct span file = verifier_stage_key_file(&venue, key, sizeof key);
    assert_int_equal(jumin_verifier_new(&venue.verifier, &options), JUMIN_OK);
    jumin_verifier_trust_issuers(venue.verifier, wallet->trust.roots[TRUST_LIST_ISSUERS]);
    assert_int_equal(jumin_verifier_use_key(venue.verifier, (const char *)file.p, file.n, "venue"), JUMIN_OK);
    assert_int_equal(jumin_transport_new(&transport, &functions, NULL), JUMIN_OK);
    seal_wallet();
    put_wallet();
    for (int i = 1; i < argc; i++) {
        ask(venue.verifier, transport, argv[i]);
    }
    uint8_t end = 0;
    (void)get_frame(&end, 0); // until the other process has put its copy away
    remove_copy();
    jumin_transport_free(transport);
    jumin_verifier_free(venue.verifier);
    return wallet_stage_close(&state);
}
