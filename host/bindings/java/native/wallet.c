// kr.jumin.Wallet: its file, whom it trusts, and what is in it.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bound_wallet.h"
#include "host/bindings/java/native/bridge.h"

#include <errno.h>
#include <kr_jumin_Native.h>
#include <stdlib.h>
#include <string.h>

JNIEnv *wallet_env(const struct bound_wallet *bound)
{
    void *env = NULL;
    return (*bound->vm)->GetEnv(bound->vm, &env, JNI_VERSION_1_6) == JNI_OK ? env : NULL;
}

static void drop_failure(JNIEnv *env, struct bound_wallet *bound)
{
    if (bound->failure != NULL) {
        (*env)->DeleteGlobalRef(env, bound->failure);
        bound->failure = NULL;
    }
}

// What was thrown while a meeting ran is over.
struct bound_wallet *wallet_begin(JNIEnv *env, jlong address)
{
    struct bound_wallet *bound = bridge_pointer(address);
    drop_failure(env, bound);
    return bound;
}

void wallet_finish(JNIEnv *env, struct bound_wallet *bound, enum jumin_error error)
{
    bridge_finish(env, &bound->failure, error, jumin_wallet_detail(bound->wallet));
}

// --- Its file ----------------------------------------------------------------------------------------------------

static bool find_methods(JNIEnv *env, struct bound_wallet *bound)
{
    jclass type = (*env)->GetObjectClass(env, bound->object);
    const struct {
        jmethodID *method;
        const char *name, *signature;
    } wanted[] = {
        {&bound->ask, "ask", "([B[B[B[[B[BI)[[B"},
        {&bound->decide, "decide", "([[[B)Z"},
        {&bound->time, "time", "()J"},
        {&bound->compare, "compare", "([B)I"},
        {&bound->make_key, "makeKey", "()[[B"},
        {&bound->sign, "sign", "([B[B)[B"},
        {&bound->remove_key, "removeKey", "([B)V"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        *wanted[i].method = (*env)->GetMethodID(env, type, wanted[i].name, wanted[i].signature);
        if (*wanted[i].method == NULL) {
            return false;
        }
    }
    return true;
}

static void free_wallet(JNIEnv *env, struct bound_wallet *bound)
{
    jumin_wallet_free(bound->wallet);
    drop_failure(env, bound);
    if (bound->object != NULL) {
        (*env)->DeleteGlobalRef(env, bound->object);
    }
    free(bound);
}

static struct bound_wallet *make_bound(JNIEnv *env, jobject callbacks)
{
    struct bound_wallet *bound = calloc(1, sizeof *bound);
    if (bound == NULL) {
        bridge_throw(env, JUMIN_ERROR_MEMORY, NULL, NULL);
        return NULL;
    }
    bound->object = (*env)->NewGlobalRef(env, callbacks);
    if (bound->object == NULL || (*env)->GetJavaVM(env, &bound->vm) != JNI_OK || !find_methods(env, bound)) {
        free_wallet(env, bound);
        bridge_throw(env, JUMIN_ERROR_MEMORY, NULL, NULL);
        return NULL;
    }
    return bound;
}

static const char *why_not(enum jumin_error error, int reason)
{
    switch (error) {
    case JUMIN_ERROR_FILE:
        return strerror(reason);
    case JUMIN_ERROR_INPUT:
        return "no wallet, a damaged one, or another passphrase; a new one needs a passphrase";
    case JUMIN_ERROR_CONFLICT:
        return "another program, or another object of this one, has the wallet open";
    default:
        return NULL;
    }
}

JNIEXPORT jlong JNICALL Java_kr_jumin_Native_walletNew(JNIEnv *env, jclass class, jobject callbacks,
                                                       jbyteArray path, jbyteArray passphrase,
                                                       jboolean is_new, jboolean phone_keys)
{
    (void)class;
    struct bridge_copy path_copy = {0}, passphrase_copy = {0};
    struct bound_wallet *bound = make_bound(env, callbacks);
    enum jumin_error error = JUMIN_ERROR_ARGUMENT; // an exception is pending
    if (bound != NULL && bridge_take_text(env, path, &path_copy) &&
        bridge_take_text(env, passphrase, &passphrase_copy)) {
        const char *file = (const char *)path_copy.p, *secret = (const char *)passphrase_copy.p;
        const struct jumin_wallet_keys keys = wallet_phone_keys(bound);
        const struct jumin_wallet_options options = {.keys = phone_keys == JNI_TRUE ? &keys : NULL};
        errno = 0;
        error = is_new == JNI_TRUE ? jumin_wallet_create(&bound->wallet, file, secret, &options)
                                   : jumin_wallet_open(&bound->wallet, file, secret, &options);
    }
    const int reason = errno;
    bridge_release(&path_copy);
    bridge_release(&passphrase_copy);
    if (bound != NULL && error != JUMIN_OK) {
        bridge_finish(env, &bound->failure, error, why_not(error, reason));
        free_wallet(env, bound);
        bound = NULL;
    }
    return bridge_address(bound);
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_walletFree(JNIEnv *env, jclass class, jlong wallet)
{
    (void)class;
    free_wallet(env, bridge_pointer(wallet));
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_walletDeviceKey(JNIEnv *env, jclass class, jlong wallet)
{
    (void)class;
    const struct bound_wallet *bound = bridge_pointer(wallet);
    uint8_t key[JUMIN_DEVICE_KEY];
    jumin_wallet_device_key(bound->wallet, key);
    return bridge_bytes(env, key, sizeof key);
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_walletUseHttp(JNIEnv *env, jclass class, jlong wallet,
                                                          jboolean online)
{
    (void)env;
    (void)class;
    struct bound_wallet *bound = bridge_pointer(wallet);
    const struct jumin_wallet_http http = {.ask = wallet_ask, .context = bound};
    jumin_wallet_use_http(bound->wallet, online == JNI_TRUE ? &http : NULL);
}

// --- Whom it trusts ----------------------------------------------------------------------------------------------

JNIEXPORT void JNICALL Java_kr_jumin_Native_walletTrust(JNIEnv *env, jclass class, jlong wallet,
                                                        jbyteArray list, jbyteArray root, jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    struct bridge_copy list_copy = bridge_copy(env, list), root_copy = {0};
    if (list_copy.p != NULL && root != NULL) {
        root_copy = bridge_copy(env, root);
    }
    if (list_copy.p != NULL && (root == NULL || root_copy.p != NULL)) {
        wallet_finish(
            env, bound,
            jumin_wallet_trust(bound->wallet, list_copy.p, list_copy.n, root_copy.p, root_copy.n, now));
    }
    bridge_release(&list_copy);
    bridge_release(&root_copy);
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_walletFetchTrust(JNIEnv *env, jclass class, jlong wallet,
                                                             jbyteArray url, jbyteArray root, jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    struct bridge_copy url_copy = {0}, root_copy = {0};
    bool ready = bridge_take_text(env, url, &url_copy);
    if (ready && root != NULL) {
        root_copy = bridge_copy(env, root);
        ready = root_copy.p != NULL;
    }
    if (ready) {
        wallet_finish(
            env, bound,
            jumin_wallet_fetch_trust(bound->wallet, (const char *)url_copy.p, root_copy.p, root_copy.n, now));
    }
    bridge_release(&url_copy);
    bridge_release(&root_copy);
}

JNIEXPORT jobjectArray JNICALL Java_kr_jumin_Native_walletTrustList(JNIEnv *env, jclass class, jlong wallet)
{
    (void)class;
    const struct bound_wallet *bound = bridge_pointer(wallet);
    struct jumin_wallet_trust_list list;
    if (jumin_wallet_trust_list(bound->wallet, &list) != JUMIN_OK) {
        return NULL;
    }
    struct bridge_row row = bridge_row(env, 6);
    bridge_row_number(&row, list.issued);
    bridge_row_number(&row, list.expires);
    bridge_row_number(&row, list.taken);
    bridge_row_number(&row, (int64_t)list.issuers);
    bridge_row_number(&row, (int64_t)list.venues);
    bridge_row_text(&row, list.url);
    return row.array;
}

// --- What is in it -----------------------------------------------------------------------------------------------

static jobjectArray row_of_credential(JNIEnv *env, const struct jumin_wallet_credential *credential)
{
    struct bridge_row row = bridge_row(env, 14);
    bridge_row_text(&row, credential->id);
    bridge_row_number(&row, credential->format);
    bridge_row_number(&row, credential->state);
    bridge_row_text(&row, credential->type);
    bridge_row_text(&row, credential->name);
    bridge_row_text(&row, credential->issuer);
    bridge_row_text(&row, credential->signer);
    bridge_row_number(&row, credential->trusted);
    bridge_row_number(&row, credential->single_use);
    bridge_row_number(&row, (int64_t)credential->copies);
    bridge_row_number(&row, (int64_t)credential->unused);
    bridge_row_number(&row, credential->issued);
    bridge_row_number(&row, credential->expires);
    bridge_row_number(&row, credential->status_checked);
    return row.array;
}

JNIEXPORT jobjectArray JNICALL Java_kr_jumin_Native_walletCredentials(JNIEnv *env, jclass class, jlong wallet,
                                                                      jlong now)
{
    (void)class;
    const struct bound_wallet *bound = bridge_pointer(wallet);
    const size_t count = jumin_wallet_count(bound->wallet);
    jobjectArray rows = bridge_tables(env, count);
    for (size_t i = 0; i < count; i++) {
        struct jumin_wallet_credential credential;
        (void)jumin_wallet_credential(bound->wallet, i, now, &credential);
        if (!bridge_put(env, rows, i, rows != NULL ? row_of_credential(env, &credential) : NULL)) {
            return NULL;
        }
    }
    return rows;
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_walletClaims(JNIEnv *env, jclass class, jlong wallet,
                                                               jbyteArray id)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    struct bridge_copy copy = {0};
    char *json = NULL;
    jbyteArray claims = NULL;
    if (bridge_take_text(env, id, &copy)) {
        wallet_finish(env, bound, jumin_wallet_claims(bound->wallet, (const char *)copy.p, &json));
    }
    if (json != NULL) {
        claims = bridge_text(env, json);
        bridge_wipe(json, strlen(json));
    }
    free(json);
    bridge_release(&copy);
    return claims;
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_walletRemove(JNIEnv *env, jclass class, jlong wallet,
                                                         jbyteArray id, jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    struct bridge_copy copy = {0};
    if (bridge_take_text(env, id, &copy)) {
        wallet_finish(env, bound, jumin_wallet_remove(bound->wallet, (const char *)copy.p, now));
    }
    bridge_release(&copy);
}

static jobjectArray row_of_event(JNIEnv *env, const struct jumin_wallet_event *event)
{
    struct bridge_row row = bridge_row(env, 6);
    bridge_row_number(&row, event->time);
    bridge_row_text(&row, event->kind);
    bridge_row_text(&row, event->who);
    bridge_row_text(&row, event->purpose);
    bridge_row_text(&row, event->elements);
    bridge_row_text(&row, event->reason);
    return row.array;
}

JNIEXPORT jobjectArray JNICALL Java_kr_jumin_Native_walletEvents(JNIEnv *env, jclass class, jlong wallet)
{
    (void)class;
    const struct bound_wallet *bound = bridge_pointer(wallet);
    const size_t count = jumin_wallet_events(bound->wallet);
    jobjectArray rows = bridge_tables(env, count);
    for (size_t i = 0; i < count; i++) {
        struct jumin_wallet_event event;
        (void)jumin_wallet_event(bound->wallet, i, &event);
        if (!bridge_put(env, rows, i, rows != NULL ? row_of_event(env, &event) : NULL)) {
            return NULL;
        }
    }
    return rows;
}
