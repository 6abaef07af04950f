// kr.jumin.BindingPipe: the phone's end of binding it to a card.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bound_reader.h"
#include "host/bindings/java/native/bridge.h"

#include <jumin/binding.h>
#include <kr_jumin_Native.h>

JNIEXPORT jlong JNICALL Java_kr_jumin_Native_pipeNew(JNIEnv *env, jclass class, jlong reader, jbyteArray key,
                                                     jbyteArray attestation)
{
    (void)class;
    struct bound_reader *bound = bridge_pointer(reader);
    struct jumin_pipe *pipe = NULL;
    struct bridge_copy key_copy = bridge_copy(env, key), attestation_copy = {0};
    if (key_copy.p != NULL) {
        attestation_copy = bridge_copy(env, attestation);
    }
    if (attestation_copy.p != NULL) {
        enum jumin_error error = JUMIN_ERROR_ARGUMENT;
        if (key_copy.n == JUMIN_DEVICE_KEY) {
            error = jumin_pipe_new(&pipe, bound->reader, key_copy.p, attestation_copy.p, attestation_copy.n);
        }
        if (error != JUMIN_OK) {
            bridge_throw(env, error, "the device key is no point of P-256, or its attestation is too long",
                         NULL);
        }
    }
    bridge_release(&key_copy);
    bridge_release(&attestation_copy);
    return bridge_address(pipe);
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_pipeFree(JNIEnv *env, jclass class, jlong pipe)
{
    (void)env;
    (void)class;
    jumin_pipe_free(bridge_pointer(pipe));
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_pipeNext(JNIEnv *env, jclass class, jlong reader,
                                                           jlong address, jbyteArray answer)
{
    (void)class;
    struct jumin_pipe *pipe = bridge_pointer(address);
    struct bound_reader *bound = bound_begin(env, reader);
    struct bridge_copy copy = {0};
    const uint8_t *message = NULL;
    size_t n = 0;
    if (answer != NULL) {
        copy = bridge_copy(env, answer);
        if (copy.p == NULL) {
            return NULL;
        }
    }
    const enum jumin_error error = jumin_pipe_next(pipe, copy.p, copy.n, &message, &n);
    bound_finish(bound, error, jumin_pipe_detail(pipe));
    bridge_release(&copy);
    return error == JUMIN_OK && message != NULL ? bridge_bytes(env, message, n) : NULL;
}

JNIEXPORT jboolean JNICALL Java_kr_jumin_Native_pipeFinished(JNIEnv *env, jclass class, jlong pipe)
{
    (void)env;
    (void)class;
    return jumin_pipe_finished(bridge_pointer(pipe)) ? JNI_TRUE : JNI_FALSE;
}

JNIEXPORT jlong JNICALL Java_kr_jumin_Native_pipeCounter(JNIEnv *env, jclass class, jlong pipe)
{
    (void)env;
    (void)class;
    return jumin_pipe_counter(bridge_pointer(pipe));
}
