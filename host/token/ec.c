// Elliptic curve keys in tokens: made, found, signing (PKCS#11 CM §2.3).
// SPDX-License-Identifier: Apache-2.0
#include "host/token/session.h"

#include "host/pki/der.h"
#include "host/pki/oids.h"

enum { PARAMETERS_MAX = 64, POINT_DER_MAX = CRYPTO_POINT_MAX + 8 };

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

// --- What a token says of a public key -----------------------------------------------------------------------

// DER of the curve's object identifier.
static CK_RV read_curve(struct token *token, CK_OBJECT_HANDLE object, enum crypto_curve *curve)
{
    uint8_t bytes[PARAMETERS_MAX];
    size_t n = 0;
    struct tlv oid;
    const CK_RV rv = token_attribute(token, object, CKA_EC_PARAMS, bytes, sizeof bytes, &n);
    struct span rest = span_of(bytes, n);
    if (rv != CKR_OK) {
        return rv;
    }
    return tlv_expect(&rest, DER_OID, &oid) && rest.n == 0 && oid_curve_parse(oid.value, curve)
               ? CKR_OK
               : TOKEN_BAD_ANSWER;
}

// An OCTET STRING with the point in it. Whether that lies on the curve, whoever loads it checks.
static CK_RV read_point(struct token *token, CK_OBJECT_HANDLE object, enum crypto_curve curve, uint8_t *point)
{
    uint8_t bytes[POINT_DER_MAX];
    size_t n = 0;
    struct tlv octets;
    const CK_RV rv = token_attribute(token, object, CKA_EC_POINT, bytes, sizeof bytes, &n);
    struct span rest = span_of(bytes, n);
    if (rv != CKR_OK) {
        return rv;
    }
    if (!tlv_expect(&rest, DER_OCTET_STRING, &octets) || rest.n != 0 ||
        octets.value.n != crypto_curve_point_length(curve)) {
        return TOKEN_BAD_ANSWER;
    }
    memcpy(point, octets.value.p, octets.value.n);
    return CKR_OK;
}

// --- Making --------------------------------------------------------------------------------------------------

struct making {
    struct token_name *name;
    enum crypto_curve curve;
    uint8_t *point;
};

static CK_RV generate(struct token *token, const struct making *making, CK_OBJECT_HANDLE *public_key,
                      CK_OBJECT_HANDLE *private_key)
{
    uint8_t parameters[PARAMETERS_MAX];
    struct writer oid = writer_of(parameters, sizeof parameters);
    tlv_put(&oid, DER_OID, oid_of_curve(making->curve));
    struct token_name *name = making->name;
    CK_ATTRIBUTE public_template[] = {
        {CKA_TOKEN, &yes, sizeof yes},       {CKA_VERIFY, &yes, sizeof yes},
        {CKA_ENCRYPT, &no, sizeof no},       {CKA_WRAP, &no, sizeof no},
        {CKA_EC_PARAMS, oid.p, oid.n},       {CKA_LABEL, name->label, strlen(name->label)},
        {CKA_ID, name->id, sizeof name->id},
    };
    // Signs and does nothing else, whatever the token takes for granted.
    CK_ATTRIBUTE private_template[] = {
        {CKA_TOKEN, &yes, sizeof yes},
        {CKA_PRIVATE, &yes, sizeof yes},
        {CKA_SENSITIVE, &yes, sizeof yes},
        {CKA_EXTRACTABLE, &no, sizeof no},
        {CKA_SIGN, &yes, sizeof yes},
        {CKA_DERIVE, &no, sizeof no},
        {CKA_DECRYPT, &no, sizeof no},
        {CKA_UNWRAP, &no, sizeof no},
        {CKA_LABEL, name->label, strlen(name->label)},
        {CKA_ID, name->id, sizeof name->id},
    };
    CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    return token->module->C_GenerateKeyPair(
        token->session, &mechanism, public_template, sizeof public_template / sizeof *public_template,
        private_template, sizeof private_template / sizeof *private_template, public_key, private_key);
}

static CK_RV make(struct token *token, void *context)
{
    const struct making *making = context;
    CK_OBJECT_HANDLE public_key = 0, private_key = 0;
    CK_RV rv = generate(token, making, &public_key, &private_key);
    if (rv != CKR_OK) {
        return rv;
    }
    rv = token_check_protected(token, private_key);
    if (rv == CKR_OK) {
        rv = read_point(token, public_key, making->curve, making->point);
    }
    if (rv != CKR_OK) {
        (void)token->module->C_DestroyObject(token->session, private_key);
        (void)token->module->C_DestroyObject(token->session, public_key);
    }
    return rv;
}

enum jumin_error token_ec_make(struct jumin_tokens *tokens, const char *uri, const char *what,
                               enum crypto_curve curve, struct token_key **key,
                               uint8_t point[CRYPTO_POINT_MAX], struct detail *detail)
{
    struct token *token = NULL;
    struct token_name name;
    struct making making = {&name, curve, point};
    *key = NULL;
    enum jumin_error error = token_name_make(uri, what, &name, detail);
    if (error == JUMIN_OK) {
        error = token_open(tokens, uri, &token, detail);
    }
    if (error == JUMIN_OK) {
        *key = token_key_new(token, name.uri, CKO_PRIVATE_KEY, detail);
        error = *key != NULL ? token_run(token, make, &making, detail) : JUMIN_ERROR_MEMORY;
    }
    if (error != JUMIN_OK) {
        token_key_free(*key);
        *key = NULL;
    }
    return error;
}

// --- Finding -------------------------------------------------------------------------------------------------

struct looking {
    struct token_key *key;
    enum crypto_curve *curve;
    uint8_t *point;
};

static CK_RV look(struct token *token, void *context)
{
    const struct looking *looking = context;
    CK_OBJECT_HANDLE public_key = 0;
    CK_RV rv = token_key_find(token, looking->key);
    if (rv == CKR_OK) {
        rv = token_find(token, looking->key->uri, CKO_PUBLIC_KEY, &public_key);
    }
    if (rv == CKR_OK) {
        rv = read_curve(token, public_key, looking->curve);
    }
    return rv == CKR_OK ? read_point(token, public_key, *looking->curve, looking->point) : rv;
}

enum jumin_error token_ec_open(struct jumin_tokens *tokens, const char *uri, struct token_key **key,
                               enum crypto_curve *curve, uint8_t point[CRYPTO_POINT_MAX],
                               struct detail *detail)
{
    struct token *token = NULL;
    *key = NULL;
    enum jumin_error error = token_open(tokens, uri, &token, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    *key = token_key_new(token, uri, CKO_PRIVATE_KEY, detail);
    struct looking looking = {*key, curve, point};
    error = *key != NULL ? token_run(token, look, &looking, detail) : JUMIN_ERROR_MEMORY;
    if (error != JUMIN_OK) {
        token_key_free(*key);
        *key = NULL;
    }
    return error;
}

// --- Signing -------------------------------------------------------------------------------------------------

struct signing {
    struct token_key *key;
    struct span digest;
    uint8_t *signature;
    size_t n;
};

static CK_RV sign(struct token *token, void *context)
{
    const struct signing *signing = context;
    uint8_t digest[CRYPTO_HASH_MAX], signature[CRYPTO_SIGNATURE_MAX];
    CK_ULONG n = sizeof signature;
    CK_MECHANISM mechanism = {CKM_ECDSA, NULL, 0};
    CK_RV rv = token_key_find(token, signing->key);
    rv = rv == CKR_OK ? token->module->C_SignInit(token->session, &mechanism, signing->key->object) : rv;
    if (rv != CKR_OK) {
        return rv;
    }
    memcpy(digest, signing->digest.p, signing->digest.n);
    rv = token->module->C_Sign(token->session, digest, signing->digest.n, signature, &n);
    if (rv == CKR_OK && n != signing->n) {
        return TOKEN_BAD_ANSWER;
    }
    if (rv == CKR_OK) {
        memcpy(signing->signature, signature, n);
    }
    return rv;
}

enum jumin_error token_ec_sign(struct token_key *key, struct span digest, uint8_t *signature, size_t n)
{
    // A longer digest counts by its leftmost bits (FIPS 186-4 §6.4); not every token cuts it itself.
    struct signing signing = {key, span_first(digest, n / 2), signature, n};
    if (digest.n > CRYPTO_HASH_MAX || n > CRYPTO_SIGNATURE_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = token_run(key->token, sign, &signing, &key->detail);
    if (error != JUMIN_OK) {
        crypto_wipe(signature, n);
    }
    return error;
}
