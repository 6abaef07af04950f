// Objects of a token: found by name, named, looked at (PKCS#11 v2.40 §5.7).
// SPDX-License-Identifier: Apache-2.0
#include "host/token/session.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEMPLATE_MAX = 3 };

// Label and identifier as far as the URI has them. The class is the caller's, whatever the URI says of it.
static CK_ULONG fill_template(P11KitUri *uri, CK_ATTRIBUTE template[TEMPLATE_MAX])
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_LABEL, CKA_ID};
    CK_ULONG count = 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const CK_ATTRIBUTE *attribute = p11_kit_uri_get_attribute(uri, types[i]);
        if (attribute != NULL) {
            template[count++] = *attribute;
        }
    }
    return count;
}

static CK_RV find_in_session(struct token *token, CK_ATTRIBUTE *template, CK_ULONG count,
                             CK_OBJECT_HANDLE *object)
{
    CK_OBJECT_HANDLE found[2];
    CK_ULONG n = 0;
    CK_RV rv = token->module->C_FindObjectsInit(token->session, template, count);
    if (rv != CKR_OK) {
        return rv;
    }
    rv = token->module->C_FindObjects(token->session, found, 2, &n);
    (void)token->module->C_FindObjectsFinal(token->session);
    if (rv != CKR_OK) {
        return rv;
    }
    *object = n > 0 ? found[0] : 0;
    return n == 0 ? TOKEN_NO_OBJECT : n == 1 ? CKR_OK : TOKEN_SEVERAL_OBJECTS;
}

CK_RV token_find(struct token *token, const char *text, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *object)
{
    CK_ATTRIBUTE template[TEMPLATE_MAX];
    struct detail ignored;
    P11KitUri *uri = token_uri_parse(text, &ignored);
    if (uri == NULL) {
        return CKR_HOST_MEMORY; // it was parsed before
    }
    CK_ULONG count = fill_template(uri, template);
    template[count++] = (CK_ATTRIBUTE){CKA_CLASS, &class, sizeof class};
    const CK_RV rv = find_in_session(token, template, count, object);
    p11_kit_uri_free(uri);
    return rv;
}

CK_RV token_key_find(struct token *token, struct token_key *key)
{
    if (key->epoch == token->epoch) {
        return CKR_OK;
    }
    const CK_RV rv = token_find(token, key->uri, key->class, &key->object);
    key->epoch = rv == CKR_OK ? token->epoch : 0;
    return rv;
}

CK_RV token_attribute(struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, void *bytes,
                      size_t capacity, size_t *n)
{
    CK_ATTRIBUTE attribute = {type, bytes, capacity};
    const CK_RV rv = token->module->C_GetAttributeValue(token->session, object, &attribute, 1);
    if (rv == CKR_BUFFER_TOO_SMALL || (rv == CKR_OK && attribute.ulValueLen > capacity)) {
        return TOKEN_BAD_ANSWER;
    }
    *n = rv == CKR_OK ? attribute.ulValueLen : 0;
    return rv;
}

CK_RV token_check_protected(struct token *token, CK_OBJECT_HANDLE object)
{
    CK_BBOOL sensitive = CK_FALSE, extractable = CK_TRUE;
    size_t n[2] = {0, 0};
    CK_RV rv = token_attribute(token, object, CKA_SENSITIVE, &sensitive, sizeof sensitive, &n[0]);
    if (rv == CKR_OK) {
        rv = token_attribute(token, object, CKA_EXTRACTABLE, &extractable, sizeof extractable, &n[1]);
    }
    if (rv != CKR_OK) {
        return rv;
    }
    return n[0] == 1 && n[1] == 1 && sensitive == CK_TRUE && extractable == CK_FALSE ? CKR_OK
                                                                                     : TOKEN_NOT_PROTECTED;
}

// --- Keys ----------------------------------------------------------------------------------------------------

static bool name_object(P11KitUri *uri, struct token_name *name)
{
    CK_ATTRIBUTE label = {CKA_LABEL, name->label, strlen(name->label)};
    CK_ATTRIBUTE id = {CKA_ID, name->id, sizeof name->id};
    return p11_kit_uri_set_attribute(uri, &label) == P11_KIT_URI_OK &&
           p11_kit_uri_set_attribute(uri, &id) == P11_KIT_URI_OK && token_uri_format(uri, name->uri);
}

enum jumin_error token_name_make(const char *text, const char *what, struct token_name *name,
                                 struct detail *detail)
{
    const struct crypto_random random = crypto_system_random();
    CK_ULONG attributes = 0;
    P11KitUri *uri = token_uri_parse(text, detail);
    if (uri == NULL) {
        return JUMIN_ERROR_INPUT;
    }
    enum jumin_error error = JUMIN_OK;
    (void)p11_kit_uri_get_attributes(uri, &attributes);
    if (attributes > 0) {
        error = detail_set(detail, JUMIN_ERROR_INPUT,
                           "the URI names a key: leave object, id and type out, a new key gets its own");
    } else if (!random.fill(random.context, name->id, sizeof name->id)) {
        error = detail_set(detail, JUMIN_ERROR_CRYPTO, "no random bytes");
    } else {
        (void)snprintf(name->label, sizeof name->label, "jumin-%s-%02x%02x%02x%02x", what, name->id[0],
                       name->id[1], name->id[2], name->id[3]);
        error = name_object(uri, name)
                    ? JUMIN_OK
                    : detail_set(detail, JUMIN_ERROR_INPUT, "the URI of the token is too long");
    }
    p11_kit_uri_free(uri);
    return error;
}

struct token_key *token_key_new(struct token *token, const char *uri, CK_OBJECT_CLASS class,
                                struct detail *detail)
{
    struct token_key *key = calloc(1, sizeof *key);
    if (key == NULL) {
        (void)detail_set(detail, JUMIN_ERROR_MEMORY, "no memory");
        return NULL;
    }
    key->token = token;
    key->class = class;
    (void)snprintf(key->uri, sizeof key->uri, "%s", uri);
    return key;
}

const char *token_key_uri(const struct token_key *key)
{
    return key->uri;
}

void token_key_detail(struct token_key *key, struct detail *detail)
{
    pthread_mutex_lock(&key->token->lock);
    *detail = key->detail;
    pthread_mutex_unlock(&key->token->lock);
}

void token_key_fail(struct token_key *key, const char *why)
{
    pthread_mutex_lock(&key->token->lock);
    (void)detail_set(&key->detail, JUMIN_ERROR_TOKEN, "token %s: %s", key->token->label, why);
    pthread_mutex_unlock(&key->token->lock);
}

static CK_RV destroy(struct token *token, void *context)
{
    struct token_key *key = context;
    CK_OBJECT_HANDLE public_key = 0;
    CK_RV rv = token_key_find(token, key);
    rv = rv == CKR_OK ? token->module->C_DestroyObject(token->session, key->object) : rv;
    if (rv == CKR_OK && key->class == CKO_PRIVATE_KEY &&
        token_find(token, key->uri, CKO_PUBLIC_KEY, &public_key) == CKR_OK) {
        rv = token->module->C_DestroyObject(token->session, public_key);
    }
    return rv;
}

void token_key_destroy(struct token_key *key)
{
    struct detail ignored;
    (void)token_run(key->token, destroy, key, &ignored);
}

void token_key_free(struct token_key *key)
{
    free(key);
}
