// Requests for presentations and answers to them, behind a signature that is always right and an encryption
// that is none (--wrap=jws_verify, --wrap=x5chain_check, --wrap=jwe_decrypt): the first byte says what the
// others are (l: a link, q: claims of a request, a: content of an answer).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/base64url.h"
#include "host/mobile/vp_response.h"

#include <string.h>

enum { TEXT_MAX = 65536, NOW = 1800000000 };

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the name that the linker makes
enum jumin_error __wrap_jws_verify(const struct jws *jws, const uint8_t point[SIGNER_POINT],
                                   struct detail *detail);
enum jumin_error __wrap_x5chain_check(const struct x5chain *chain, const struct x5chain_rules *rules,
                                      struct x5chain_signer *signer, struct detail *detail);
enum jumin_error __wrap_jwe_decrypt(struct span text, const struct signer *key, const char *key_id,
                                    struct writer *plain, enum jwe_encryption *encryption,
                                    struct detail *detail);

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
    *signer = (struct x5chain_signer){.curve = CRYPTO_P256, .point_length = SIGNER_POINT};
    return JUMIN_OK;
}

enum jumin_error __wrap_jwe_decrypt(struct span text, const struct signer *key, const char *key_id,
                                    struct writer *plain, enum jwe_encryption *encryption,
                                    struct detail *detail)
{
    (void)key;
    (void)key_id;
    (void)encryption;
    return base64url_decode(text, plain)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_MALFORMED, "The content is not in base64url.");
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static void read_link(struct span bytes)
{
    static char text[TEXT_MAX];
    struct vp_link link;
    struct detail detail = {.text = ""};
    if (bytes.n == 0 || bytes.n >= sizeof text) {
        return;
    }
    memcpy(text, bytes.p, bytes.n);
    text[bytes.n] = '\0';
    if (vp_link_read(text, &link, &detail) == JUMIN_OK) {
        require(link.client_id[0] != '\0' && (link.request != NULL) == (link.request_uri[0] == '\0'));
        vp_link_release(&link);
    } else {
        require(link.request == NULL && detail.text[0] != '\0');
    }
}

// What is chosen is an answer, and a claim that matches is there.
static void require_sense(const struct dcql_query *query)
{
    static const char claims_text[] = "{\"vct\":\"v\",\"a\":{\"b\":[1,{\"c\":true}]},\"d\":\"e\"}";
    struct sd_jwt_vc vc = {.sd = {.claims = json_loads(claims_text, 0, NULL)}};
    const struct dcql_held held = {.sd_jwt = &vc};
    uint32_t chosen = 0, claims = 0;
    for (uint32_t available = 0; available < UINT32_C(1) << query->count; available++) {
        if (dcql_choose(query, available, &chosen)) {
            require((chosen & ~available) == 0 && dcql_is_answer(query, chosen));
        } else {
            require(chosen == 0);
        }
    }
    for (size_t i = 0; i < query->count; i++) {
        if (dcql_match(&query->credentials[i], &held, &claims, NULL)) {
            for (size_t k = 0; k < query->credentials[i].claim_count; k++) {
                require((claims >> k & 1) == 0 ||
                        dcql_claim_matches(&query->credentials[i].claims[k], &held));
            }
        } else {
            require(claims == 0);
        }
    }
    json_decref(vc.sd.claims);
}

static void read_request(struct span claims)
{
    static const char header[] = "{\"alg\":\"ES256\",\"typ\":\"oauth-authz-req+jwt\",\"x5c\":[\"MAA=\"]}";
    static const uint8_t signature[SIGNER_SIGNATURE] = {1};
    static uint8_t text[TEXT_MAX];
    static struct vp_request request;
    const struct vp_request_rules rules = {.now = NOW};
    struct writer token = writer_of(text, sizeof text);
    struct detail detail = {.text = ""};
    base64url_put(&token, span_of(header, sizeof header - 1));
    writer_put_u8(&token, '.');
    base64url_put(&token, claims);
    writer_put_u8(&token, '.');
    base64url_put(&token, span_of(signature, sizeof signature));
    if (token.overflow) {
        return;
    }
    if (vp_request_read(writer_span(&token), &rules, &request, &detail) == JUMIN_OK) {
        require(strncmp(request.client_id, "x509_hash:", 10) == 0 && request.nonce[0] != '\0');
        require(request.response_uri != NULL && request.expires > NOW - VP_LEEWAY && request.query.count > 0);
        require_sense(&request.query);
        vp_request_release(&request);
    } else {
        require(request.jws.claims == NULL && request.query.json == NULL && detail.text[0] != '\0');
    }
}

static void read_answer(struct span content)
{
    static const char asked[] = "{\"credentials\":[{\"id\":\"m\",\"format\":\"mso_mdoc\",\"multiple\":true,"
                                "\"meta\":{\"doctype_value\":\"d\"}},"
                                "{\"id\":\"s\",\"format\":\"dc+sd-jwt\",\"meta\":{\"vct_values\":[\"v\"]}}],"
                                "\"credential_sets\":[{\"options\":[[\"m\"],[\"s\"]]}]}";
    static uint8_t text[TEXT_MAX];
    static struct dcql_query query;
    struct writer form = writer_of(text, sizeof text);
    struct vp_response response;
    struct detail detail = {.text = ""};
    json_t *json = json_loads(asked, 0, NULL);
    require(dcql_read(json, &query, &detail) == JUMIN_OK);
    json_decref(json);
    const struct vp_response_rules rules = {.state = "s1", .query = &query};
    writer_put(&form, span_of("response=", 9));
    base64url_put(&form, content);
    if (!form.overflow && vp_response_open(writer_span(&form), &rules, &response, &detail) == JUMIN_OK) {
        require((response.count > 0) == (response.error[0] == '\0'));
        for (size_t i = 0; i < response.count; i++) {
            require(response.presentations[i].query == response.presentations[0].query);
        }
        vp_response_release(&response);
    }
    dcql_release(&query);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct span rest = span_from(span_of(bytes, n), 1);
    if (n > 0 && bytes[0] == 'l') {
        read_link(rest);
    } else if (n > 0 && bytes[0] == 'q') {
        read_request(rest);
    } else if (n > 0 && bytes[0] == 'a') {
        read_answer(rest);
    }
    return 0;
}
