// What the parts of the Java binding share: exceptions, byte arrays, and the callbacks into Java.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bridge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static jstring text_of(JNIEnv *env, const char *text)
{
    // Details quote bytes of the card, so they are made strings where any bytes are allowed.
    jclass texts = (*env)->FindClass(env, "kr/jumin/Texts");
    jbyteArray bytes = texts != NULL ? bridge_text(env, text) : NULL;
    jmethodID of =
        bytes != NULL ? (*env)->GetStaticMethodID(env, texts, "of", "([B)Ljava/lang/String;") : NULL;
    jstring made = of != NULL ? (*env)->CallStaticObjectMethod(env, texts, of, bytes) : NULL;
    return (*env)->ExceptionCheck(env) ? NULL : made;
}

void bridge_throw(JNIEnv *env, enum jumin_error error, const char *detail, jthrowable cause)
{
    if ((*env)->ExceptionCheck(env)) {
        return;
    }
    jclass type = (*env)->FindClass(env, "kr/jumin/JuminException");
    jmethodID make = type != NULL
                         ? (*env)->GetMethodID(env, type, "<init>",
                                               "(Ljava/lang/String;Ljava/lang/String;Ljava/lang/Throwable;)V")
                         : NULL;
    jstring name = make != NULL ? text_of(env, jumin_error_name(error)) : NULL;
    const char *sentence = detail != NULL && detail[0] != '\0' ? detail : jumin_error_text(error);
    jstring message = name != NULL ? text_of(env, sentence) : NULL;
    jthrowable thrown = message != NULL ? (*env)->NewObject(env, type, make, name, message, cause) : NULL;
    if (thrown != NULL) {
        (void)(*env)->Throw(env, thrown);
    }
}

jbyteArray bridge_bytes(JNIEnv *env, const void *bytes, size_t n)
{
    jbyteArray array = n <= INT32_MAX ? (*env)->NewByteArray(env, (jsize)n) : NULL;
    if (array != NULL && n > 0) {
        (*env)->SetByteArrayRegion(env, array, 0, (jsize)n, bytes);
    }
    return array;
}

jbyteArray bridge_text(JNIEnv *env, const char *text)
{
    return bridge_bytes(env, text, text != NULL ? strlen(text) : 0);
}

static jobjectArray array_of(JNIEnv *env, size_t count, const char *type)
{
    jclass element = (*env)->FindClass(env, type);
    return element != NULL ? (*env)->NewObjectArray(env, (jsize)count, element, NULL) : NULL;
}

jobjectArray bridge_rows(JNIEnv *env, size_t count)
{
    return array_of(env, count, "[B");
}

jobjectArray bridge_tables(JNIEnv *env, size_t count)
{
    return array_of(env, count, "[[B");
}

bool bridge_put(JNIEnv *env, jobjectArray array, size_t index, jobject value)
{
    if (array == NULL || value == NULL) {
        return false;
    }
    (*env)->SetObjectArrayElement(env, array, (jsize)index, value);
    (*env)->DeleteLocalRef(env, value);
    return !(*env)->ExceptionCheck(env);
}

struct bridge_row bridge_row(JNIEnv *env, size_t count)
{
    return (struct bridge_row){env, bridge_rows(env, count), 0};
}

void bridge_row_text(struct bridge_row *row, const char *text)
{
    const size_t index = row->next++;
    if (row->array != NULL && text != NULL &&
        !bridge_put(row->env, row->array, index, bridge_text(row->env, text))) {
        row->array = NULL;
    }
}

void bridge_row_number(struct bridge_row *row, int64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    bridge_row_text(row, text);
}

bool bridge_catch(JNIEnv *env, jthrowable *failure)
{
    jthrowable thrown = (*env)->ExceptionOccurred(env);
    if (thrown == NULL) {
        return false;
    }
    (*env)->ExceptionClear(env);
    if (*failure == NULL) {
        *failure = (*env)->NewGlobalRef(env, thrown);
    }
    (*env)->DeleteLocalRef(env, thrown);
    return true;
}

void bridge_finish(JNIEnv *env, jthrowable *failure, enum jumin_error error, const char *detail)
{
    jthrowable thrown = *failure;
    *failure = NULL;
    if (error != JUMIN_OK && thrown != NULL) {
        jclass io = (*env)->FindClass(env, "java/io/IOException");
        if (io != NULL && !(*env)->IsInstanceOf(env, thrown, io)) {
            (void)(*env)->Throw(env, thrown);
        }
    }
    if (error != JUMIN_OK) {
        bridge_throw(env, error, detail, thrown);
    }
    if (thrown != NULL) {
        (*env)->DeleteGlobalRef(env, thrown);
    }
}

struct bridge_copy bridge_copy(JNIEnv *env, jbyteArray array)
{
    struct bridge_copy copy = {NULL, (size_t)(*env)->GetArrayLength(env, array)};
    copy.p = malloc(copy.n + 1);
    if (copy.p == NULL) {
        bridge_throw(env, JUMIN_ERROR_MEMORY, NULL, NULL);
        return copy;
    }
    (*env)->GetByteArrayRegion(env, array, 0, (jsize)copy.n, (jbyte *)copy.p);
    copy.p[copy.n] = 0;
    return copy;
}

void bridge_wipe(void *bytes, size_t n)
{
    volatile uint8_t *p = bytes;
    while (n > 0) {
        p[--n] = 0;
    }
}

void bridge_release(struct bridge_copy *copy)
{
    if (copy->p != NULL) {
        bridge_wipe(copy->p, copy->n);
        free(copy->p);
        copy->p = NULL;
    }
}

bool bridge_is_text(JNIEnv *env, const struct bridge_copy *copy)
{
    if (copy->p != NULL && memchr(copy->p, 0, copy->n) != NULL) {
        bridge_throw(env, JUMIN_ERROR_ARGUMENT, "a text has a zero character inside", NULL);
        return false;
    }
    return copy->p != NULL;
}

bool bridge_take_text(JNIEnv *env, jbyteArray array, struct bridge_copy *copy)
{
    if (array == NULL) {
        *copy = (struct bridge_copy){NULL, 0};
        return true;
    }
    *copy = bridge_copy(env, array);
    return bridge_is_text(env, copy);
}

jlong bridge_address(const void *pointer)
{
    return (jlong)(intptr_t)pointer;
}

void *bridge_pointer(jlong address)
{
    const uintptr_t number = (uintptr_t)address;
    void *pointer;
    memcpy(&pointer, &number, sizeof pointer);
    return pointer;
}
