// A PKCS#11 module that passes everything on to SoftHSM, and fails where a test tells it to.
// SPDX-License-Identifier: Apache-2.0
#include "tests/token/faulty_module.h"

#include <dlfcn.h>
#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT extern struct faulty_token faulty_token;
struct faulty_token faulty_token;

static CK_FUNCTION_LIST list;
static CK_FUNCTION_LIST *real;

static bool take(CK_RV *told, CK_RV *rv)
{
    *rv = faulty_token.pulled ? CKR_DEVICE_REMOVED : *told;
    *told = CKR_OK;
    return *rv != CKR_OK;
}

static CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count)
{
    if (faulty_token.pulled) {
        *count = 0;
        return CKR_OK;
    }
    return real->C_GetSlotList(present, slots, count);
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    const CK_RV rv = real->C_GetTokenInfo(slot, info);
    info->flags |= faulty_token.token_flags;
    return rv;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,
                          CK_SESSION_HANDLE *session)
{
    faulty_token.sessions++;
    return real->C_OpenSession(slot, flags, application, notify, session);
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG n)
{
    faulty_token.logins++;
    return faulty_token.login != CKR_OK ? faulty_token.login : real->C_Login(session, user, pin, n);
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    CK_RV rv = CKR_OK;
    return take(&faulty_token.next_session, &rv) ? rv : real->C_SignInit(session, mechanism, key);
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG length, CK_BYTE *signature, CK_ULONG *n)
{
    CK_RV rv = CKR_OK;
    const CK_RV done = real->C_Sign(session, data, length, signature, n);
    faulty_token.signs++;
    if (take(&faulty_token.next_sign, &rv)) {
        return rv;
    }
    if (faulty_token.every_sign != CKR_OK) {
        return faulty_token.every_sign;
    }
    if (faulty_token.flip_signature && faulty_token.flip_at <= 1) {
        signature[*n / 2] ^= 1;
        faulty_token.flip_signature = faulty_token.flip_at == 0;
    }
    faulty_token.flip_at -= faulty_token.flip_at > 0 ? 1 : 0;
    *n -= faulty_token.cut;
    return done;
}

static CK_RV generate_key(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *template,
                          CK_ULONG count, CK_OBJECT_HANDLE *key)
{
    return faulty_token.generate != CKR_OK ? faulty_token.generate
                                           : real->C_GenerateKey(session, mechanism, template, count, key);
}

static CK_RV generate_key_pair(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public,
                               CK_ULONG public_count, CK_ATTRIBUTE *private, CK_ULONG private_count,
                               CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
    return faulty_token.generate != CKR_OK
               ? faulty_token.generate
               : real->C_GenerateKeyPair(session, mechanism, public, public_count, private, private_count,
                                         public_key, private_key);
}

static void distort(CK_ATTRIBUTE *attribute)
{
    CK_BYTE *bytes = attribute->pValue;
    if (attribute->type == CKA_EXTRACTABLE && faulty_token.extractable) {
        bytes[0] = CK_TRUE;
    }
    if (attribute->type == CKA_EC_POINT && faulty_token.bend_point) {
        bytes[attribute->ulValueLen - 1] ^= 1;
    }
    if (attribute->type == CKA_EC_POINT && faulty_token.cut_point) {
        attribute->ulValueLen--;
        bytes[1]--;
    }
    if (faulty_token.long_attribute != 0) {
        attribute->ulValueLen = faulty_token.long_attribute;
    }
}

static CK_RV get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template,
                                 CK_ULONG count)
{
    const CK_RV rv = real->C_GetAttributeValue(session, object, template, count);
    for (CK_ULONG i = 0; i < count && rv == CKR_OK; i++) {
        distort(&template[i]);
    }
    return rv;
}

static CK_RV destroy_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    faulty_token.destroyed++;
    return real->C_DestroyObject(session, object);
}

EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **functions);
CK_RV C_GetFunctionList(CK_FUNCTION_LIST **functions)
{
    void *module = dlopen(SOFTHSM_MODULE, RTLD_NOW | RTLD_LOCAL);
    CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;
    if (module != NULL) {
        *(void **)&get = dlsym(module, "C_GetFunctionList");
    }
    if (get == NULL || get(&real) != CKR_OK) {
        return CKR_GENERAL_ERROR;
    }
    list = *real;
    list.C_GetFunctionList = C_GetFunctionList;
    list.C_GetSlotList = get_slot_list;
    list.C_GetTokenInfo = get_token_info;
    list.C_OpenSession = open_session;
    list.C_Login = login;
    list.C_SignInit = sign_init;
    list.C_Sign = sign;
    list.C_GenerateKey = generate_key;
    list.C_GenerateKeyPair = generate_key_pair;
    list.C_GetAttributeValue = get_attribute_value;
    list.C_DestroyObject = destroy_object;
    *functions = &list;
    return CKR_OK;
}
