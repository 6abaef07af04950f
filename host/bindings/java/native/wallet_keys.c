// A wallet's keys, in the application's kr.jumin.PhoneKeys.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bound_wallet.h"
#include "host/bindings/java/native/bridge.h"

#include <string.h>

enum { SIGNATURE = 64, DIGEST = 32 };

// Copies an array of at most `capacity` bytes; its length. 0: an exception is pending, or it does not fit.
static size_t copy_to(JNIEnv *env, jbyteArray array, uint8_t *bytes, size_t capacity)
{
    const size_t n = array != NULL ? (size_t)(*env)->GetArrayLength(env, array) : 0;
    if (n == 0 || n > capacity) {
        return 0;
    }
    (*env)->GetByteArrayRegion(env, array, 0, (jsize)n, (jbyte *)bytes);
    return n;
}

static bool take_key(JNIEnv *env, jobjectArray rows, uint8_t *handle, size_t *n, uint8_t *key)
{
    jbyteArray made = (*env)->GetObjectArrayElement(env, rows, 0),
               point = (*env)->GetObjectArrayElement(env, rows, 1);
    *n = copy_to(env, made, handle, JUMIN_WALLET_KEY_HANDLE);
    const bool taken = *n > 0 && copy_to(env, point, key, JUMIN_DEVICE_KEY) == JUMIN_DEVICE_KEY;
    (*env)->DeleteLocalRef(env, made);
    (*env)->DeleteLocalRef(env, point);
    return taken;
}

static enum jumin_error make(void *context, uint8_t handle[JUMIN_WALLET_KEY_HANDLE], size_t *n,
                             uint8_t key[JUMIN_DEVICE_KEY])
{
    struct bound_wallet *bound = context;
    JNIEnv *env = wallet_env(bound);
    if (env == NULL) {
        return JUMIN_ERROR_CRYPTO;
    }
    jobjectArray rows = (*env)->CallObjectMethod(env, bound->object, bound->make_key);
    if (bridge_catch(env, &bound->failure)) {
        return JUMIN_ERROR_CRYPTO;
    }
    const bool taken = take_key(env, rows, handle, n, key);
    (*env)->DeleteLocalRef(env, rows);
    return taken ? JUMIN_OK : JUMIN_ERROR_CRYPTO;
}

static bool sign(void *context, const uint8_t *handle, size_t n, const uint8_t digest[DIGEST],
                 uint8_t signature[SIGNATURE])
{
    struct bound_wallet *bound = context;
    JNIEnv *env = wallet_env(bound);
    jbyteArray name = env != NULL ? bridge_bytes(env, handle, n) : NULL;
    jbyteArray hash = name != NULL ? bridge_bytes(env, digest, DIGEST) : NULL;
    jbyteArray made = NULL;
    if (hash != NULL) {
        made = (*env)->CallObjectMethod(env, bound->object, bound->sign, name, hash);
    }
    if (env == NULL || bridge_catch(env, &bound->failure)) {
        return false;
    }
    const bool taken = copy_to(env, made, signature, SIGNATURE) == SIGNATURE;
    (*env)->DeleteLocalRef(env, made);
    (*env)->DeleteLocalRef(env, hash);
    (*env)->DeleteLocalRef(env, name);
    return taken;
}

// What fails here changes nothing for the caller.
static void remove_key(void *context, const uint8_t *handle, size_t n)
{
    struct bound_wallet *bound = context;
    JNIEnv *env = wallet_env(bound);
    jbyteArray name = env != NULL ? bridge_bytes(env, handle, n) : NULL;
    if (name != NULL) {
        (*env)->CallVoidMethod(env, bound->object, bound->remove_key, name);
    }
    if (env != NULL && (*env)->ExceptionCheck(env)) {
        (*env)->ExceptionClear(env);
    }
    if (name != NULL) {
        (*env)->DeleteLocalRef(env, name);
    }
}

struct jumin_wallet_keys wallet_phone_keys(struct bound_wallet *bound)
{
    return (struct jumin_wallet_keys){.make = make, .sign = sign, .remove = remove_key, .context = bound};
}
