// A wallet with the Java callbacks that it works through.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_BINDINGS_JAVA_BOUND_WALLET_H
#define JUMIN_HOST_BINDINGS_JAVA_BOUND_WALLET_H

#include <jni.h>
#include <jumin/wallet.h>

struct bound_wallet {
    JavaVM *vm;         // has the JNIEnv of the thread that calls: a meeting's calls reach the network, too
    jobject object;     // kr.jumin.WalletCallbacks, a global reference
    jthrowable failure; // what a callback threw, a global reference; NULL: nothing
    struct jumin_wallet *wallet;
    int64_t now; // of the call that shows; the holder takes time
    jmethodID ask, decide, time, compare, make_key, sign, remove_key;
};

// Every call of a Java thread on the wallet that may call back, or fail, stands between these two.
struct bound_wallet *wallet_begin(JNIEnv *env, jlong address);
void wallet_finish(JNIEnv *env, struct bound_wallet *bound, enum jumin_error error);

// wallet_http.c: `context` is the bound wallet.
enum jumin_error wallet_ask(void *context, const struct jumin_wallet_request *request,
                            struct jumin_wallet_answer *answer);
// wallet_keys.c: the application's key store.
struct jumin_wallet_keys wallet_phone_keys(struct bound_wallet *bound);
// showing.c: who asks, then a row for each element, as kr.jumin.Disclosure reads them; NULL with an exception
// pending.
jobjectArray showing_tables(JNIEnv *env, const struct jumin_wallet_disclosure *what);

// In a callback: the JNIEnv of this thread. NULL: it is none of Java's.
JNIEnv *wallet_env(const struct bound_wallet *bound);

#endif
