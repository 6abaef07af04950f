// kr.jumin.Reader: a tap through a Transceiver of the application.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bound_reader.h"

#include "host/bindings/java/native/bridge.h"
#include <kr_jumin_Native.h>

#include <stdlib.h>
#include <string.h>

enum {
    EXTENDED_FROM = 500,  // what takes less has no use for extended length
    RESPONSE_MAX = 65538, // ISO 7816-3 §12.1.3
    SHORT_RESPONSE = 258,
};

static bool catch_failure(struct callbacks *callbacks)
{
    return bridge_catch(callbacks->env, &callbacks->failure);
}

static enum jumin_error connect_card(void *context)
{
    struct callbacks *callbacks = context;
    (*callbacks->env)->CallVoidMethod(callbacks->env, callbacks->object, callbacks->connect);
    return catch_failure(callbacks) ? JUMIN_ERROR_NO_CARD : JUMIN_OK;
}

static enum jumin_error take_response(JNIEnv *env, jbyteArray answer, uint8_t *response, size_t capacity,
                                      size_t *length)
{
    if (answer == NULL) {
        return JUMIN_ERROR_LINK;
    }
    const size_t n = (size_t)(*env)->GetArrayLength(env, answer);
    if (n > capacity) {
        return JUMIN_ERROR_TOO_LONG;
    }
    (*env)->GetByteArrayRegion(env, answer, 0, (jsize)n, (jbyte *)response);
    *length = n;
    return JUMIN_OK;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct callbacks *callbacks = context;
    JNIEnv *env = callbacks->env;
    if (callbacks->failure != NULL) { // of maxTransceiveLength, which has no other way to end the call
        return JUMIN_ERROR_LINK;
    }
    jbyteArray sent = bridge_bytes(env, command, n);
    if (sent == NULL) {
        (void)catch_failure(callbacks);
        return JUMIN_ERROR_MEMORY;
    }
    jbyteArray answer = (*env)->CallObjectMethod(env, callbacks->object, callbacks->transceive, sent);
    enum jumin_error error = catch_failure(callbacks)
                                 ? JUMIN_ERROR_CARD_REMOVED
                                 : take_response(env, answer, response, capacity, length);
    (*env)->DeleteLocalRef(env, sent);
    if (answer != NULL) {
        (*env)->DeleteLocalRef(env, answer);
    }
    return error;
}

static void disconnect(void *context)
{
    (void)context; // the application holds the tag
}

static void limits(void *context, struct jumin_limits *limits)
{
    struct callbacks *callbacks = context;
    jint most = (*callbacks->env)->CallIntMethod(callbacks->env, callbacks->object, callbacks->max_length);
    if (catch_failure(callbacks) || most < EXTENDED_FROM) {
        *limits = (struct jumin_limits){.command_max = 261, .response_max = SHORT_RESPONSE};
        return;
    }
    *limits =
        (struct jumin_limits){.command_max = (size_t)most, .response_max = RESPONSE_MAX, .extended = true};
}

static bool progress(void *context, enum jumin_step step, const char *name, size_t done, size_t total)
{
    struct callbacks *callbacks = context;
    JNIEnv *env = callbacks->env;
    jbyteArray text = bridge_text(env, name);
    if (text == NULL) {
        (void)catch_failure(callbacks);
        return false;
    }
    const jboolean go_on = (*env)->CallBooleanMethod(env, callbacks->object, callbacks->progress, (jint)step,
                                                     text, (jlong)done, (jlong)total);
    (*env)->DeleteLocalRef(env, text);
    return !catch_failure(callbacks) && go_on == JNI_TRUE;
}

static bool find_methods(JNIEnv *env, struct callbacks *callbacks)
{
    jclass type = (*env)->GetObjectClass(env, callbacks->object);
    const struct {
        jmethodID *method;
        const char *name, *signature;
    } wanted[] = {
        {&callbacks->connect, "connect", "()V"},
        {&callbacks->transceive, "transceive", "([B)[B"},
        {&callbacks->max_length, "maxTransceiveLength", "()I"},
        {&callbacks->progress, "progress", "(I[BJJ)Z"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        *wanted[i].method = (*env)->GetMethodID(env, type, wanted[i].name, wanted[i].signature);
        if (*wanted[i].method == NULL) {
            return false;
        }
    }
    return true;
}

struct bound_reader *bound_begin(JNIEnv *env, jlong address)
{
    struct bound_reader *bound = bridge_pointer(address);
    bound->callbacks.env = env;
    return bound;
}

void bound_finish(struct bound_reader *bound, enum jumin_error error, const char *detail)
{
    JNIEnv *env = bound->callbacks.env;
    bound->callbacks.env = NULL;
    bridge_finish(env, &bound->callbacks.failure, error, detail);
}

static void finish(struct bound_reader *bound, enum jumin_error error)
{
    bound_finish(bound, error, jumin_reader_detail(bound->reader));
}

static void free_reader(JNIEnv *env, struct bound_reader *bound)
{
    bound->callbacks.env = env;
    jumin_reader_free(bound->reader);
    jumin_transport_free(bound->transport);
    if (bound->callbacks.object != NULL) {
        (*env)->DeleteGlobalRef(env, bound->callbacks.object);
    }
    free(bound);
}

static enum jumin_error make_reader(struct bound_reader *bound,
                                    const struct jumin_transport_functions *functions)
{
    enum jumin_error error = jumin_transport_new(&bound->transport, functions, &bound->callbacks);
    if (error == JUMIN_OK) {
        error = jumin_reader_new(&bound->reader, bound->transport);
    }
    return error == JUMIN_OK ? jumin_reader_set_progress(bound->reader, progress, &bound->callbacks) : error;
}

JNIEXPORT jlong JNICALL Java_kr_jumin_Native_readerNew(JNIEnv *env, jclass class, jobject object)
{
    static const struct jumin_transport_functions functions = {
        .connect = connect_card, .transmit = transmit, .disconnect = disconnect, .limits = limits};
    (void)class;
    struct bound_reader *bound = calloc(1, sizeof *bound);
    if (bound == NULL) {
        bridge_throw(env, JUMIN_ERROR_MEMORY, NULL, NULL);
        return 0;
    }
    bound->callbacks.env = env;
    bound->callbacks.object = (*env)->NewGlobalRef(env, object);
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    if (bound->callbacks.object != NULL && find_methods(env, &bound->callbacks)) {
        error = make_reader(bound, &functions);
    }
    if (error != JUMIN_OK) {
        free_reader(env, bound);
        bridge_throw(env, error, NULL, NULL);
        return 0;
    }
    return bridge_address(bound);
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_readerFree(JNIEnv *env, jclass class, jlong address)
{
    (void)class;
    free_reader(env, bridge_pointer(address));
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_readerSetPassword(JNIEnv *env, jclass class, jlong address,
                                                              jint reference, jbyteArray characters)
{
    (void)class;
    struct bound_reader *bound = bound_begin(env, address);
    struct bridge_copy copy = bridge_copy(env, characters);
    if (bridge_is_text(env, &copy)) {
        finish(bound, jumin_reader_set_password(bound->reader, (enum jumin_password)reference,
                                                (const char *)copy.p));
    }
    bridge_release(&copy);
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_readerSetMrz(JNIEnv *env, jclass class, jlong address,
                                                         jbyteArray number, jbyteArray birth,
                                                         jbyteArray expiry)
{
    (void)class;
    struct bound_reader *bound = bound_begin(env, address);
    struct bridge_copy copies[] = {bridge_copy(env, number), {0}, {0}};
    if (bridge_is_text(env, &copies[0])) {
        copies[1] = bridge_copy(env, birth);
    }
    if (bridge_is_text(env, &copies[1])) {
        copies[2] = bridge_copy(env, expiry);
    }
    if (bridge_is_text(env, &copies[2])) {
        finish(bound, jumin_reader_set_mrz(bound->reader, (const char *)copies[0].p,
                                           (const char *)copies[1].p, (const char *)copies[2].p));
    }
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        bridge_release(&copies[i]);
    }
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_readerSetGroups(JNIEnv *env, jclass class, jlong address,
                                                            jint groups)
{
    (void)class;
    struct bound_reader *bound = bound_begin(env, address);
    finish(bound, jumin_reader_set_groups(bound->reader, (uint32_t)groups));
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_readerRestart(JNIEnv *env, jclass class, jlong address)
{
    (void)class;
    struct bound_reader *bound = bound_begin(env, address);
    jumin_reader_restart(bound->reader);
    finish(bound, JUMIN_OK);
}

JNIEXPORT jlong JNICALL Java_kr_jumin_Native_readerRead(JNIEnv *env, jclass class, jlong address,
                                                        jboolean whole)
{
    (void)class;
    struct bound_reader *bound = bound_begin(env, address);
    struct jumin_document *document = NULL;
    const enum jumin_error error = whole == JNI_TRUE ? jumin_reader_read(bound->reader, &document)
                                                     : jumin_reader_inspect(bound->reader, &document);
    finish(bound, error);
    return bridge_address(document);
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_readerTransmit(JNIEnv *env, jclass class, jlong address,
                                                                 jbyteArray command)
{
    (void)class;
    struct bound_reader *bound = bound_begin(env, address);
    struct bridge_copy copy = bridge_copy(env, command);
    uint8_t *response = malloc(RESPONSE_MAX);
    jbyteArray answer = NULL;
    size_t length = 0;
    if (copy.p != NULL && response != NULL) {
        const enum jumin_error error =
            jumin_reader_transmit(bound->reader, copy.p, copy.n, response, RESPONSE_MAX, &length);
        finish(bound, error);
        answer = error == JUMIN_OK ? bridge_bytes(env, response, length) : NULL;
        bridge_wipe(response, length);
    } else {
        bridge_throw(env, JUMIN_ERROR_MEMORY, NULL, NULL);
    }
    free(response);
    bridge_release(&copy);
    return answer;
}
