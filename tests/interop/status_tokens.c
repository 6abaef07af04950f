// Status List Tokens for programs of others, and theirs for libjumin: status_tokens make FOLDER | open
// FOLDER.
// SPDX-License-Identifier: Apache-2.0
//
// make: ours.jwt, ours.cwt and the public key (key, 65 bytes) with statuses 3 invalid and 5 suspended of 64.
// open: theirs.jwt, theirs.cwt, which the key in `key` has signed; prints the first 8 statuses of each.
#include "host/file.h"
#include "host/mobile/status_token.h"

#include <stdio.h>
#include <stdlib.h>

enum { NOW = 1800000000, PATH_BYTES = 4096 };
static const char uri[] = "https://issuer.example/status/7";

static void write_file(const char *folder, const char *name, struct span content)
{
    char path[PATH_BYTES];
    if (!disk_join(path, sizeof path, folder, name) || disk_write(path, 0644, content) != JUMIN_OK) {
        exit(EXIT_FAILURE);
    }
}

static struct span read_file(const char *folder, const char *name)
{
    static uint8_t bytes[1 << 16];
    char path[PATH_BYTES];
    size_t n = 0;
    if (!disk_join(path, sizeof path, folder, name) || disk_read(path, bytes, sizeof bytes, &n) != JUMIN_OK) {
        exit(EXIT_FAILURE);
    }
    return span_of(bytes, n);
}

static void make(const char *folder)
{
    static const uint8_t certificate[] = {0x30, 0x03, 0x02, 0x01, 0x01};
    const struct span chain = {certificate, sizeof certificate};
    const struct crypto_random random = crypto_system_random();
    struct crypto_ec_key key = {0};
    struct status_signer signer = {.chain = &chain, .count = 1};
    if (!crypto_ec_generate(&key, CRYPTO_P256, &random) || !signer_of_key(&key, &signer.signer)) {
        exit(EXIT_FAILURE);
    }
    for (unsigned format = STATUS_JWT; format <= STATUS_CWT; format++) {
        struct status_claims claims = {.issued_at = NOW,
                                       .expires_at = NOW + 86400,
                                       .time_to_live = 30,
                                       .bits = format == STATUS_CWT ? 1 : 2};
        uint8_t packed[16] = {0}, *token = NULL;
        size_t n = 0;
        memcpy(claims.uri, uri, sizeof uri);
        (void)status_list_set(packed, sizeof packed, claims.bits, 3, STATUS_INVALID);
        (void)status_list_set(packed, sizeof packed, claims.bits, 5,
                              claims.bits == 1 ? STATUS_INVALID : STATUS_SUSPENDED);
        if (status_token_make((enum status_format)format, &claims, span_of(packed, (size_t)8 * claims.bits),
                              &signer, &token, &n) != JUMIN_OK) {
            exit(EXIT_FAILURE);
        }
        write_file(folder, format == STATUS_JWT ? "ours.jwt" : "ours.cwt", span_of(token, n));
        free(token);
    }
    write_file(folder, "key", span_of(signer.signer.point, SIGNER_POINT));
    crypto_ec_release(&key);
}

static uint8_t trusted[SIGNER_POINT];

static enum jumin_error trust(void *context, const struct span *chain, size_t count, int64_t now,
                              uint8_t point[SIGNER_POINT], struct detail *detail)
{
    (void)context;
    (void)chain;
    (void)count;
    (void)now;
    (void)detail;
    memcpy(point, trusted, SIGNER_POINT);
    return JUMIN_OK;
}

static void open_token(const char *folder, enum status_format format)
{
    const struct status_trust anybody = {trust, NULL};
    struct status_token token;
    struct detail detail = {0};
    const struct span bytes = read_file(folder, format == STATUS_JWT ? "theirs.jwt" : "theirs.cwt");
    if (status_token_open(format, bytes, uri, NOW, &anybody, &token, &detail) != JUMIN_OK) {
        (void)printf("refused: %s\n", detail.text);
        return;
    }
    for (uint64_t i = 0; i < 8; i++) {
        unsigned status = 0;
        (void)printf("%s", status_token_status(&token, i, &status, &detail) == JUMIN_OK ? "" : "?");
        (void)printf("%u", status);
    }
    (void)printf(" %lld %lld %lld\n", (long long)token.claims.issued_at, (long long)token.claims.expires_at,
                 (long long)token.claims.time_to_live);
    status_token_release(&token);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "make") == 0) {
        make(argv[2]);
        return EXIT_SUCCESS;
    }
    if (argc == 3 && strcmp(argv[1], "open") == 0) {
        const struct span key = read_file(argv[2], "key");
        if (key.n != SIGNER_POINT) {
            return EXIT_FAILURE;
        }
        memcpy(trusted, key.p, SIGNER_POINT);
        open_token(argv[2], STATUS_JWT);
        open_token(argv[2], STATUS_CWT);
        return EXIT_SUCCESS;
    }
    return 2;
}
