// Requests for CV certificates: written, parsed object by object, and verified (TR-03110-3 §C.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/cv_request.h"

enum { TAG_AUTHENTICATION = 0x67 }; // around a request with an outer signature

// --- Parsing -------------------------------------------------------------------------------------------------

static bool take_reference(struct span *content, uint32_t tag, struct span *reference)
{
    struct tlv object;
    if (!tlv_expect(content, tag, &object) || !cvc_reference_valid(object.value)) {
        return false;
    }
    *reference = object.value;
    return true;
}

static bool take_profile(struct span *content)
{
    struct tlv object;
    return tlv_expect(content, CVC_PROFILE, &object) && object.value.n == 1 &&
           object.value.p[0] == CVC_PROFILE_1;
}

// A request gives all domain parameters (TR-03110-3 §D.3).
static bool take_public_key(struct span *content, struct cv_certificate *inner)
{
    struct tlv object;
    return tlv_expect(content, CVC_PUBLIC_KEY, &object) &&
           cvc_public_key_parse(object.value, &inner->key_oid, &inner->point, &inner->has_parameters,
                                &inner->curve) &&
           inner->has_parameters && oid_ta_ecdsa_parse(inner->key_oid, &inner->hash);
}

// Optional, and the last.
static bool take_extensions(struct span content, struct cv_certificate *inner)
{
    struct tlv object;
    struct extensions extensions;
    if (content.n == 0) {
        return true;
    }
    if (!tlv_expect(&content, TAG_CERTIFICATE_EXTENSIONS, &object) || content.n != 0 ||
        !extensions_parse(object.value, &extensions)) {
        return false;
    }
    inner->sectors = extensions.sectors;
    inner->description = extensions.description;
    return true;
}

static bool parse_body(struct span content, struct cv_certificate *inner)
{
    struct span rest;
    struct tlv object;
    if (!take_profile(&content)) {
        return false;
    }
    rest = content; // the authority is recommended only
    if (tlv_expect(&rest, CVC_AUTHORITY, &object) &&
        !take_reference(&content, CVC_AUTHORITY, &inner->authority)) {
        return false;
    }
    return take_public_key(&content, inner) && take_reference(&content, CVC_HOLDER, &inner->holder) &&
           take_extensions(content, inner);
}

// The inner signature is by the key that is to be certified.
static bool parse_inner(struct span content, struct cv_certificate *inner)
{
    struct tlv body, signature;
    if (!tlv_expect(&content, CVC_BODY, &body) || !tlv_expect(&content, CVC_SIGNATURE, &signature) ||
        content.n != 0 || !parse_body(body.value, inner)) {
        return false;
    }
    inner->body = body.whole;
    inner->signature = signature.value;
    return cv_certificate_verify(inner, inner->curve, inner->point, inner->hash);
}

// 7F21, alone or in 67 together with who signed it.
static bool open_file(struct span file, struct cv_request *request, struct span *content)
{
    struct tlv outer, whole, signature;
    if (!tlv_expect(&file, TAG_AUTHENTICATION, &outer)) {
        const bool alone = tlv_expect(&file, CVC_CERTIFICATE, &whole) && file.n == 0;
        *content = alone ? whole.value : span_of(NULL, 0);
        return alone;
    }
    struct span rest = outer.value;
    if (file.n != 0 || !tlv_expect(&rest, CVC_CERTIFICATE, &whole) ||
        !take_reference(&rest, CVC_AUTHORITY, &request->signer)) {
        return false;
    }
    // Request and reference are signed as they stand, one behind the other.
    request->outer_part = span_first(outer.value, outer.value.n - rest.n);
    if (!tlv_expect(&rest, CVC_SIGNATURE, &signature) || rest.n != 0) {
        return false;
    }
    request->outer_signature = signature.value;
    *content = whole.value;
    return true;
}

bool cv_request_parse(struct span file, struct cv_request *request)
{
    struct cv_request found = {0};
    struct span content;
    *request = found;
    if (!open_file(file, &found, &content) || !parse_inner(content, &found.inner)) {
        return false;
    }
    *request = found;
    return true;
}

bool cv_request_signed_by(const struct cv_request *request, enum crypto_curve curve, struct span point,
                          enum crypto_hash hash)
{
    struct crypto_ec_key key = {0};
    uint8_t digest[CRYPTO_HASH_MAX];
    const bool genuine =
        request->signer.n > 0 && crypto_hash_parts(hash, &request->outer_part, 1, digest) &&
        crypto_ec_load_public(&key, curve, point) &&
        crypto_ecdsa_verify(&key, span_of(digest, crypto_hash_length(hash)), request->outer_signature);
    crypto_ec_release(&key);
    return genuine;
}

// --- Writing -------------------------------------------------------------------------------------------------

static bool put_signature(struct writer *w, struct span part, const struct signing_key *key,
                          enum crypto_hash hash)
{
    const struct crypto_random random = crypto_system_random();
    uint8_t digest[CRYPTO_HASH_MAX], signature[CRYPTO_SIGNATURE_MAX];
    if (!crypto_hash_parts(hash, &part, 1, digest) ||
        !signing_key_sign(key, &random, span_of(digest, crypto_hash_length(hash)), signature)) {
        return false;
    }
    tlv_put(w, CVC_SIGNATURE, span_of(signature, 2 * crypto_curve_length(crypto_ec_curve(&key->key))));
    return true;
}

bool cv_request_put(struct writer *w, const struct cv_certificate *plan, const struct signing_key *key)
{
    uint8_t oid[OID_TA_ECDSA_LENGTH], bytes[CV_REQUEST_MAX];
    struct writer body = writer_of(bytes, sizeof bytes);
    oid_ta_ecdsa(plan->hash, oid);
    const size_t object = tlv_open(&body, CVC_BODY);
    tlv_put(&body, CVC_PROFILE, span_of((const uint8_t[]){CVC_PROFILE_1}, 1));
    if (plan->authority.n > 0) {
        tlv_put(&body, CVC_AUTHORITY, plan->authority);
    }
    cvc_public_key_put(&body, span_of(oid, sizeof oid), plan->curve, plan->point, true);
    tlv_put(&body, CVC_HOLDER, plan->holder);
    tlv_close(&body, object);
    const size_t whole = tlv_open(w, CVC_CERTIFICATE);
    writer_put(w, writer_span(&body));
    const bool ok = !body.overflow && put_signature(w, writer_span(&body), key, plan->hash);
    tlv_close(w, whole);
    return ok && !w->overflow;
}

bool cv_request_put_signed(struct writer *w, struct span request, struct span signer,
                           const struct signing_key *key, enum crypto_hash hash)
{
    uint8_t bytes[CV_REQUEST_MAX];
    struct writer part = writer_of(bytes, sizeof bytes);
    writer_put(&part, request);
    tlv_put(&part, CVC_AUTHORITY, signer);
    const size_t whole = tlv_open(w, TAG_AUTHENTICATION);
    writer_put(w, writer_span(&part));
    const bool ok = !part.overflow && put_signature(w, writer_span(&part), key, hash);
    tlv_close(w, whole);
    return ok && !w->overflow;
}
