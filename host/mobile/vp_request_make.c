// A venue's request object, made (OpenID4VP 1.0 §5.1, §5.9, §11.1; RFC 9101 §4).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/vp_request.h"

#include "host/mobile/base64url.h"
#include "host/mobile/cose.h"

enum { COSE_HMAC_WITH_P256 = -65537 }; // deviceMac (App. B.2.2)

// --- client_id -----------------------------------------------------------------------------------------------

static bool put_hash(struct span certificate, struct writer *w)
{
    uint8_t digest[SIGNER_DIGEST];
    static const char prefix[] = "x509_hash:";
    if (!crypto_hash_parts(CRYPTO_SHA256, &certificate, 1, digest)) {
        return false;
    }
    writer_put(w, span_of(prefix, sizeof prefix - 1));
    base64url_put(w, span_of(digest, sizeof digest));
    return true;
}

enum jumin_error vp_client_id(enum vp_prefix prefix, struct span certificate, const char *host,
                              char client_id[VP_TEXT_MAX], struct detail *detail)
{
    static const char dns[] = "x509_san_dns:";
    struct writer w = writer_of(client_id, VP_TEXT_MAX);
    if (prefix == VP_X509_HASH && !put_hash(certificate, &w)) {
        return JUMIN_ERROR_CRYPTO;
    }
    if (prefix == VP_X509_SAN_DNS) {
        if (!x5chain_names_host(certificate, host)) {
            return detail_set(detail, JUMIN_ERROR_CERTIFICATE,
                              "The certificate does not name the host that asks.");
        }
        writer_put(&w, span_of(dns, sizeof dns - 1));
        writer_put(&w, span_of(host, strlen(host)));
    }
    writer_put_u8(&w, '\0');
    return w.overflow ? detail_set(detail, JUMIN_ERROR_TOO_LONG, "The host's name is too long.") : JUMIN_OK;
}

// --- Object --------------------------------------------------------------------------------------------------

static json_t *recipient_key(const struct vp_request_order *order)
{
    json_t *key = jwk_make(order->recipient);
    if (key == NULL || json_object_set_new(key, "use", json_string("enc")) != 0 ||
        json_object_set_new(key, "alg", json_string("ECDH-ES")) != 0 ||
        json_object_set_new(key, "kid", json_string(order->key_id)) != 0) {
        json_decref(key);
        return NULL;
    }
    return key;
}

static json_t *client_metadata(const struct vp_request_order *order)
{
    return json_pack("{s:{s:[o]}, s:[s, s], s:{s:{s:[s], s:[s]}, s:{s:[i, i], s:[i, i, i]}}}", "jwks", "keys",
                     recipient_key(order), "encrypted_response_enc_values_supported",
                     jwe_encryption_name(JWE_A128GCM), jwe_encryption_name(JWE_A256GCM),
                     "vp_formats_supported", "dc+sd-jwt", "sd-jwt_alg_values", "ES256", "kb-jwt_alg_values",
                     "ES256", "mso_mdoc", "issuerauth_alg_values", COSE_ES256, COSE_ESP256,
                     "deviceauth_alg_values", COSE_ES256, COSE_ESP256, COSE_HMAC_WITH_P256);
}

static json_t *claims_of(const struct vp_request_order *order)
{
    json_t *claims =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:o, s:o}", "response_type", "vp_token",
                  "response_mode", "direct_post.jwt", "client_id", order->client_id, "iss", order->client_id,
                  "aud", VP_REQUEST_AUDIENCE, "nonce", order->nonce, "state", order->state, "response_uri",
                  order->response_uri, "iat", (json_int_t)order->issued, "exp", (json_int_t)order->expires,
                  "dcql_query", json_deep_copy(order->query), "client_metadata", client_metadata(order));
    if (order->wallet_nonce != NULL && claims != NULL &&
        json_object_set_new(claims, "wallet_nonce", json_string(order->wallet_nonce)) != 0) {
        json_decref(claims);
        return NULL;
    }
    return claims;
}

enum jumin_error vp_request_make(const struct vp_request_order *order, struct writer *out)
{
    const struct jws_header header = {
        .type = VP_REQUEST_TYPE, .chain = order->chain, .chain_count = order->chain_count};
    json_t *nonce = order->wallet_nonce != NULL ? json_string(order->wallet_nonce) : NULL;
    const bool is_text = order->wallet_nonce == NULL || nonce != NULL;
    json_decref(nonce);
    if (!is_text) {
        return JUMIN_ERROR_INPUT;
    }
    json_t *claims = claims_of(order);
    const enum jumin_error error = jws_sign_claims(order->signer, &header, claims, out);
    json_decref(claims);
    return error;
}
