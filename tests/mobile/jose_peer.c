// A program that signs, encrypts and issues with a key that everybody knows, and answers what others made,
// for check_jose.py: jose_peer sign|verify|encrypt|decrypt|issue|accept [ENC JWK], on standard input and
// output.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/jwe.h"
#include "host/mobile/sd_jwt_vc.h"
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 1 << 20, NOW = 1800000000 };

static uint8_t in_bytes[TEXT_MAX], out_bytes[TEXT_MAX];
static struct crypto_ec_key key;
static struct signer signer;
static struct detail detail;

static bool make_key(void)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t secret[32] = {0};
    secret[31] = 7;
    return crypto_ec_load_secret(&key, CRYPTO_P256, span_of(secret, sizeof secret), &random) &&
           signer_of_key(&key, &signer);
}

static enum jumin_error print_claims(const json_t *claims, struct writer *out)
{
    const size_t n = json_dumpb(claims, (char *)out->p, out->capacity, JSON_COMPACT);
    out->n = n;
    return n > 0 && n <= out->capacity ? JUMIN_OK : JUMIN_ERROR_ARGUMENT;
}

static enum jumin_error sign(struct span in, char **arguments, struct writer *out)
{
    const struct jws_header header = {.type = "a+jwt", .with_key = true};
    (void)arguments;
    return jws_sign(&signer, &header, in, out);
}

static enum jumin_error verify(struct span in, char **arguments, struct writer *out)
{
    struct jws jws;
    (void)arguments;
    enum jumin_error error = jws_read_own_key(in, "a+jwt", &jws, &detail);
    if (error == JUMIN_OK) {
        error = print_claims(jws.claims, out);
        jws_release(&jws);
    }
    return error;
}

static enum jumin_error encrypt(struct span in, char **arguments, struct writer *out)
{
    const struct crypto_random random = crypto_system_random();
    struct jwe_recipient recipient = {.key_id = "k1", .apu = span_of("Alice", 5), .apv = span_of("Bob", 3)};
    json_t *jwk = json_loads(arguments[1], JSON_REJECT_DUPLICATES, NULL);
    enum jumin_error error = jwk_read(jwk, recipient.point, &detail);
    json_decref(jwk);
    if (error == JUMIN_OK && !jwe_encryption_of(arguments[0], &recipient.encryption)) {
        error = JUMIN_ERROR_ARGUMENT;
    }
    return error == JUMIN_OK ? jwe_encrypt(&recipient, &random, in, out) : error;
}

static enum jumin_error decrypt(struct span in, char **arguments, struct writer *out)
{
    (void)arguments;
    return jwe_decrypt(in, &signer, NULL, out, NULL, &detail);
}

// The claims of `in`, shown as a whole and bound by the same key.
static enum jumin_error issue(struct span in, char **arguments, struct writer *out)
{
    static const uint8_t certificate[] = {0x30, 0x03, 0x02, 0x01, 0x05};
    const struct crypto_random random = crypto_system_random();
    const struct span chain = span_of(certificate, sizeof certificate);
    const struct sd_jwt_binding binding = {.audience = "verifier", .nonce = "n-1", .now = NOW};
    json_t *claims = json_loadb((const char *)in.p, in.n, JSON_REJECT_DUPLICATES, NULL);
    struct sd_jwt_vc_order order = {.signer = &signer,
                                    .chain = &chain,
                                    .chain_count = 1,
                                    .vct = "urn:kr:jumin:resident:1",
                                    .issued_at = NOW,
                                    .not_before = NOW,
                                    .expires = NOW + 1000,
                                    .status_uri = "https://issuer.example/1",
                                    .status_index = 3,
                                    .claims = claims,
                                    .decoys = 2};
    (void)arguments;
    memcpy(order.holder, signer.point, SIGNER_POINT);
    const enum jumin_error error = sd_jwt_vc_issue(&order, &random, out);
    json_decref(claims);
    return error == JUMIN_OK ? sd_jwt_bind(&signer, &binding, 0, out) : error;
}

static enum jumin_error accept(struct span in, char **arguments, struct writer *out)
{
    const struct sd_jwt_binding expected = {
        .audience = "verifier", .nonce = "n-1", .now = NOW, .window = 60, .leeway = 5};
    struct sd_jwt_vc vc;
    (void)arguments;
    enum jumin_error error = sd_jwt_vc_read(in, &vc, &detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = sd_jwt_vc_check(&vc, signer.point, NOW, 5, &detail);
    if (error == JUMIN_OK) {
        error = sd_jwt_check_binding(&vc.sd, &expected, &detail);
    }
    if (error == JUMIN_OK) {
        error = print_claims(vc.sd.claims, out);
    }
    sd_jwt_vc_release(&vc);
    return error;
}

static const struct {
    const char *name;
    int arguments;
    enum jumin_error (*run)(struct span in, char **arguments, struct writer *out);
} commands[] = {
    {"sign", 0, sign},       {"verify", 0, verify}, {"encrypt", 2, encrypt},
    {"decrypt", 0, decrypt}, {"issue", 0, issue},   {"accept", 0, accept},
};

int main(int argc, char **argv)
{
    struct writer out = writer_of(out_bytes, sizeof out_bytes);
    enum jumin_error error = JUMIN_ERROR_ARGUMENT;
    const struct span in = span_of(in_bytes, fread(in_bytes, 1, sizeof in_bytes, stdin));
    if (!make_key()) {
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (argc == commands[i].arguments + 2 && strcmp(argv[1], commands[i].name) == 0) {
            error = commands[i].run(in, argv + 2, &out);
        }
    }
    crypto_ec_release(&key);
    if (error != JUMIN_OK) {
        (void)fprintf(stderr, "%s: %s\n", jumin_error_name(error), detail.text);
        return EXIT_FAILURE;
    }
    return fwrite(out.p, 1, out.n, stdout) == out.n ? EXIT_SUCCESS : EXIT_FAILURE;
}
