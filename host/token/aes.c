// AES keys in tokens, from which others are derived by CMAC (PKCS#11 CM §2.8, §2.16).
// SPDX-License-Identifier: Apache-2.0
#include "host/token/session.h"

enum { AES_256 = 32, MESSAGE_MAX = 64 };

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

struct making {
    struct token_name *name;
    struct span bytes;
};

static CK_RV make(struct token *token, void *context)
{
    const struct making *making = context;
    struct token_name *name = making->name;
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_ULONG length = AES_256;
    CK_OBJECT_HANDLE object = 0;
    uint8_t value[AES_256];
    CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, NULL, 0};
    // CMAC and nothing else, whatever the token takes for granted. The last is what the two ways differ in.
    CK_ATTRIBUTE template[] = {
        {CKA_CLASS, &class, sizeof class},   {CKA_KEY_TYPE, &type, sizeof type},
        {CKA_TOKEN, &yes, sizeof yes},       {CKA_PRIVATE, &yes, sizeof yes},
        {CKA_SENSITIVE, &yes, sizeof yes},   {CKA_EXTRACTABLE, &no, sizeof no},
        {CKA_SIGN, &yes, sizeof yes},        {CKA_VERIFY, &no, sizeof no},
        {CKA_ENCRYPT, &no, sizeof no},       {CKA_DECRYPT, &no, sizeof no},
        {CKA_WRAP, &no, sizeof no},          {CKA_UNWRAP, &no, sizeof no},
        {CKA_DERIVE, &no, sizeof no},        {CKA_LABEL, name->label, strlen(name->label)},
        {CKA_ID, name->id, sizeof name->id}, {CKA_VALUE_LEN, &length, sizeof length},
    };
    const CK_ULONG count = sizeof template / sizeof *template;
    CK_RV rv = CKR_OK;
    if (making->bytes.n == 0) {
        rv = token->module->C_GenerateKey(token->session, &mechanism, template, count, &object);
    } else {
        memcpy(value, making->bytes.p, sizeof value);
        template[count - 1] = (CK_ATTRIBUTE){CKA_VALUE, value, sizeof value};
        rv = token->module->C_CreateObject(token->session, template, count, &object);
        crypto_wipe(value, sizeof value);
    }
    if (rv != CKR_OK) {
        return rv;
    }
    rv = token_check_protected(token, object);
    if (rv != CKR_OK) {
        (void)token->module->C_DestroyObject(token->session, object);
    }
    return rv;
}

enum jumin_error token_aes_make(struct jumin_tokens *tokens, const char *uri, const char *what,
                                struct span bytes, struct token_key **key, struct detail *detail)
{
    struct token *token = NULL;
    struct token_name name;
    struct making making = {&name, bytes};
    *key = NULL;
    if (bytes.n != 0 && bytes.n != AES_256) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "the key is none of AES-256");
    }
    enum jumin_error error = token_name_make(uri, what, &name, detail);
    if (error == JUMIN_OK) {
        error = token_open(tokens, uri, &token, detail);
    }
    if (error == JUMIN_OK) {
        *key = token_key_new(token, name.uri, CKO_SECRET_KEY, detail);
        error = *key != NULL ? token_run(token, make, &making, detail) : JUMIN_ERROR_MEMORY;
    }
    if (error != JUMIN_OK) {
        token_key_free(*key);
        *key = NULL;
    }
    return error;
}

static CK_RV look(struct token *token, void *context)
{
    return token_key_find(token, context);
}

enum jumin_error token_aes_open(struct jumin_tokens *tokens, const char *uri, struct token_key **key,
                                struct detail *detail)
{
    struct token *token = NULL;
    *key = NULL;
    enum jumin_error error = token_open(tokens, uri, &token, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    *key = token_key_new(token, uri, CKO_SECRET_KEY, detail);
    error = *key != NULL ? token_run(token, look, *key, detail) : JUMIN_ERROR_MEMORY;
    if (error != JUMIN_OK) {
        token_key_free(*key);
        *key = NULL;
    }
    return error;
}

// --- CMAC ----------------------------------------------------------------------------------------------------

struct mac {
    struct token_key *key;
    struct span message;
    uint8_t *result;
};

static CK_RV cmac(struct token *token, void *context)
{
    const struct mac *mac = context;
    uint8_t message[MESSAGE_MAX], result[CRYPTO_BLOCK];
    CK_ULONG n = sizeof result;
    CK_MECHANISM mechanism = {CKM_AES_CMAC, NULL, 0};
    CK_RV rv = token_key_find(token, mac->key);
    rv = rv == CKR_OK ? token->module->C_SignInit(token->session, &mechanism, mac->key->object) : rv;
    if (rv != CKR_OK) {
        return rv;
    }
    memcpy(message, mac->message.p, mac->message.n);
    rv = token->module->C_Sign(token->session, message, mac->message.n, result, &n);
    if (rv == CKR_OK && n != sizeof result) {
        rv = TOKEN_BAD_ANSWER;
    }
    if (rv == CKR_OK) {
        memcpy(mac->result, result, sizeof result);
    }
    crypto_wipe(result, sizeof result); // a part of a card's key
    return rv;
}

enum jumin_error token_aes_cmac(struct token_key *key, struct span message, uint8_t result[CRYPTO_BLOCK])
{
    struct mac mac = {key, message, result};
    if (message.n > MESSAGE_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = token_run(key->token, cmac, &mac, &key->detail);
    if (error != JUMIN_OK) {
        crypto_wipe(result, CRYPTO_BLOCK);
    }
    return error;
}
