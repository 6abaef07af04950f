// SD-JWTs from a wallet: what opens has nothing hidden in it any more, and shows the same when it is
// presented again as a whole (RFC 9901).
// SPDX-License-Identifier: Apache-2.0
//
// The program is linked with --wrap=crypto_ecdsa_verify: every signature is good, so that what lies behind it
// is reached.
#include "tests/fuzz/fuzz.h"

#include "host/mobile/sd_jwt_vc.h"

enum { TEXT_MAX = 1 << 20 };

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the name that the linker makes
bool __wrap_crypto_ecdsa_verify(const struct crypto_ec_key *key, struct span digest, struct span signature);

bool __wrap_crypto_ecdsa_verify(const struct crypto_ec_key *key, struct span digest, struct span signature)
{
    (void)key;
    return digest.n == SIGNER_DIGEST && signature.n == SIGNER_SIGNATURE;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

// G of P-256 (SEC 2 §2.4.2).
static const uint8_t point[SIGNER_POINT] = {
    0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
    0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F,
    0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE,
    0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5};

static void require_nothing_hidden(const json_t *value)
{
    const json_t *item = NULL;
    size_t i = 0;
    require(json_object_get(value, "_sd") == NULL && json_object_get(value, "...") == NULL);
    json_array_foreach(value, i, item)
    {
        require_nothing_hidden(item);
    }
    union {
        const json_t *read;
        json_t *any;
    } object = {.read = value};
    for (void *at = json_object_iter(object.any); at != NULL; at = json_object_iter_next(object.any, at)) {
        require_nothing_hidden(json_object_iter_value(at));
    }
}

static void require_same_again(const struct sd_jwt *sd, const char *type)
{
    static uint8_t text[TEXT_MAX];
    bool selected[SD_JWT_DISCLOSURES_MAX] = {false};
    struct writer w = writer_of(text, sizeof text);
    struct detail detail;
    struct sd_jwt again;
    for (size_t i = 0; i < sd->count; i++) {
        require(sd_jwt_claim(sd->claims, sd->disclosures[i].path) != NULL);
        require(sd_jwt_select(sd, sd->disclosures[i].path, selected) && selected[i]);
    }
    require(sd_jwt_present(sd, selected, &w) == JUMIN_OK);
    require(span_equal(writer_span(&w), sd->presented));
    require(sd_jwt_read(writer_span(&w), type, &again, &detail) == JUMIN_OK);
    require(sd_jwt_open(&again, point, &detail) == JUMIN_OK && json_equal(again.claims, sd->claims));
    sd_jwt_release(&again);
}

static void read_as(struct span text, const char *type)
{
    const struct sd_jwt_binding expected = {"https://verifier.example.org", "1234567890", 1702316015, 60, 5};
    struct detail detail = {0};
    struct sd_jwt sd;
    if (sd_jwt_read(text, type, &sd, &detail) != JUMIN_OK) {
        require(sd.disclosures == NULL && sd.claims == NULL);
        return;
    }
    if (sd_jwt_open(&sd, point, &detail) == JUMIN_OK) {
        require_nothing_hidden(sd.claims);
        require_same_again(&sd, type);
        require(sd_jwt_check_binding(&sd, &expected, &detail) != JUMIN_OK || sd.key_binding.n > 0);
    } else {
        require(sd.claims == NULL && detail.text[0] != '\0');
    }
    sd_jwt_release(&sd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct span text = span_of(bytes, n);
    struct detail detail;
    struct sd_jwt_vc vc;
    read_as(text, "example+sd-jwt");
    read_as(text, SD_JWT_VC_TYPE);
    if (sd_jwt_vc_read(text, &vc, &detail) == JUMIN_OK) {
        if (sd_jwt_vc_check(&vc, point, 1700000000, 5, &detail) == JUMIN_OK) {
            require(vc.vct != NULL && vc.holder[0] == 0x04);
            require(json_equal(json_object_get(vc.sd.claims, "exp"),
                               json_object_get(vc.sd.issued.claims, "exp")) ||
                    json_object_get(vc.sd.claims, "exp") == NULL);
        }
        sd_jwt_vc_release(&vc);
    }
    return 0;
}
