// kr.jumin.Meeting: a wallet, shown in person.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bound_wallet.h"
#include "host/bindings/java/native/bridge.h"

#include <jumin/wallet_meet.h>
#include <kr_jumin_Native.h>
#include <stdlib.h>

enum { RESPONSE_MAX = 65538 }; // 65536 bytes of data and the status word

JNIEXPORT jlong JNICALL Java_kr_jumin_Native_meetNew(JNIEnv *env, jclass class, jlong wallet, jboolean qr,
                                                     jboolean mac)
{
    (void)class;
    const struct bound_wallet *bound = bridge_pointer(wallet);
    struct jumin_wallet_meet *meet = NULL;
    const struct jumin_wallet_meet_options options = {.qr = qr == JNI_TRUE, .mac = mac == JNI_TRUE};
    const enum jumin_error error = jumin_wallet_meet_new(&meet, bound->wallet, &options);
    if (error != JUMIN_OK) {
        bridge_throw(env, error, NULL, NULL);
    }
    return bridge_address(meet);
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_meetFree(JNIEnv *env, jclass class, jlong meeting)
{
    (void)env;
    (void)class;
    jumin_wallet_meet_free(bridge_pointer(meeting));
}

// The response as Java has it; what was made is wiped.
static jbyteArray give(JNIEnv *env, uint8_t *response, size_t n)
{
    jbyteArray bytes = n > 0 ? bridge_bytes(env, response, n) : NULL;
    bridge_wipe(response, n);
    free(response);
    return bytes;
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_meetCommand(JNIEnv *env, jclass class, jlong meeting,
                                                              jbyteArray command, jlong now)
{
    (void)class;
    size_t n = 0;
    struct bridge_copy copy = bridge_copy(env, command);
    uint8_t *response = malloc(RESPONSE_MAX);
    if (copy.p != NULL && response == NULL) {
        bridge_throw(env, JUMIN_ERROR_MEMORY, NULL, NULL);
    } else if (copy.p != NULL) {
        (void)jumin_wallet_meet_command(bridge_pointer(meeting), copy.p, copy.n, now, response, RESPONSE_MAX,
                                        &n);
    }
    bridge_release(&copy);
    return give(env, response, n);
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_meetDecide(JNIEnv *env, jclass class, jlong meeting,
                                                             jboolean yes, jlong now)
{
    (void)class;
    size_t n = 0;
    uint8_t *response = malloc(RESPONSE_MAX);
    if (response == NULL) {
        bridge_throw(env, JUMIN_ERROR_MEMORY, NULL, NULL);
        return NULL;
    }
    (void)jumin_wallet_meet_decide(bridge_pointer(meeting), yes == JNI_TRUE, now, response, RESPONSE_MAX, &n);
    return give(env, response, n);
}

JNIEXPORT jobjectArray JNICALL Java_kr_jumin_Native_meetDisclosure(JNIEnv *env, jclass class, jlong meeting)
{
    (void)class;
    const struct jumin_wallet_disclosure *what = jumin_wallet_meet_disclosure(bridge_pointer(meeting));
    return what != NULL ? showing_tables(env, what) : NULL;
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_meetReset(JNIEnv *env, jclass class, jlong meeting)
{
    (void)env;
    (void)class;
    jumin_wallet_meet_reset(bridge_pointer(meeting));
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_meetQr(JNIEnv *env, jclass class, jlong meeting)
{
    (void)class;
    const char *text = jumin_wallet_meet_qr(bridge_pointer(meeting));
    return text != NULL ? bridge_text(env, text) : NULL;
}

JNIEXPORT jint JNICALL Java_kr_jumin_Native_meetState(JNIEnv *env, jclass class, jlong meeting)
{
    (void)env;
    (void)class;
    return (jint)jumin_wallet_meet_state(bridge_pointer(meeting));
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_meetDetail(JNIEnv *env, jclass class, jlong meeting)
{
    (void)class;
    return bridge_text(env, jumin_wallet_meet_detail(bridge_pointer(meeting)));
}
