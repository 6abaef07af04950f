// Claims of a trust list behind a signature that is always right (--wrap=jws_verify, --wrap=x5chain_check):
// what they say is whole, or nothing of it is taken.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/base64url.h"
#include "host/mobile/jws.h"
#include "host/mobile/trust_list.h"

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
enum jumin_error __wrap_jws_verify(const struct jws *jws, const uint8_t point[SIGNER_POINT],
                                   struct detail *detail);
enum jumin_error __wrap_x5chain_check(const struct x5chain *chain, const struct x5chain_rules *rules,
                                      struct x5chain_signer *signer, struct detail *detail);

enum jumin_error __wrap_jws_verify(const struct jws *jws, const uint8_t point[SIGNER_POINT],
                                   struct detail *detail)
{
    (void)jws;
    (void)point;
    (void)detail;
    return JUMIN_OK;
}

enum jumin_error __wrap_x5chain_check(const struct x5chain *chain, const struct x5chain_rules *rules,
                                      struct x5chain_signer *signer, struct detail *detail)
{
    (void)chain;
    (void)rules;
    (void)detail;
    *signer = (struct x5chain_signer){.curve = CRYPTO_P256};
    return JUMIN_OK;
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char header[] = "{\"alg\":\"ES256\",\"typ\":\"jumin-trust-list+jwt\",\"x5c\":[\"MAA=\"]}";
    static const uint8_t signature[SIGNER_SIGNATURE] = {1};
    static uint8_t text[32768];
    struct writer token = writer_of(text, sizeof text);
    const struct trust_list_rules rules = {.now = 1800000000, .known = 1};
    struct trust_list list;
    struct detail detail = {.text = ""};
    base64url_put(&token, span_of(header, sizeof header - 1));
    writer_put_u8(&token, '.');
    base64url_put(&token, span_of(bytes, n));
    writer_put_u8(&token, '.');
    base64url_put(&token, span_of(signature, sizeof signature));
    if (token.overflow) {
        return 0;
    }
    if (trust_list_read(writer_span(&token), &rules, &list, &detail) == JUMIN_OK) {
        require(list.issued < list.expires && trust_list_age(&list, rules.now) >= 0);
        for (unsigned i = 0; i < TRUST_LIST_KINDS; i++) {
            require(list.roots[i] != NULL);
        }
    } else {
        require(detail.text[0] != '\0' && list.roots[0] == NULL);
    }
    trust_list_release(&list);
    return 0;
}
