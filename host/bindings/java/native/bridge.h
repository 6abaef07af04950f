// What the parts of the Java binding share: exceptions, byte arrays, and the callbacks into Java.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_BINDINGS_JAVA_BRIDGE_H
#define JUMIN_HOST_BINDINGS_JAVA_BRIDGE_H

#include <jni.h>
#include <jumin/reader.h>

// Throws a JuminException. `detail` and `cause` may be NULL. An exception that is pending already stays.
void bridge_throw(JNIEnv *env, enum jumin_error error, const char *detail, jthrowable cause);
// A new byte array, or NULL with an exception pending.
jbyteArray bridge_bytes(JNIEnv *env, const void *bytes, size_t n);
// The same of a text; NULL counts as "".
jbyteArray bridge_text(JNIEnv *env, const char *text);
// byte[count][] and byte[count][][]; NULL with an exception pending.
jobjectArray bridge_rows(JNIEnv *env, size_t count);
jobjectArray bridge_tables(JNIEnv *env, size_t count);
// Puts `value` (NULL: an exception is pending) into `array` and drops the local reference. False: an
// exception is pending.
bool bridge_put(JNIEnv *env, jobjectArray array, size_t index, jobject value);

// An array of texts that is being filled from its beginning; `array` NULL: an exception is pending.
struct bridge_row {
    JNIEnv *env;
    jobjectArray array;
    size_t next;
};
struct bridge_row bridge_row(JNIEnv *env, size_t count);
void bridge_row_text(struct bridge_row *row, const char *text); // NULL: the element stays null
void bridge_row_number(struct bridge_row *row, int64_t number); // in decimal

// Keeps what a callback threw, the first of them, until the call into libjumin has come back. `*failure` is a
// global reference. True: it threw.
bool bridge_catch(JNIEnv *env, jthrowable *failure);
// Throws what a call came to: what a callback threw where that was no IOException, else a JuminException with
// that sentence and what was thrown as its cause. Takes `*failure` away.
void bridge_finish(JNIEnv *env, jthrowable *failure, enum jumin_error error, const char *detail);

// A copy of a Java array in native memory, ended by a zero byte. Wiped and freed with bridge_release.
struct bridge_copy {
    uint8_t *p; // NULL: an exception is pending
    size_t n;
};
struct bridge_copy bridge_copy(JNIEnv *env, jbyteArray array);
void bridge_release(struct bridge_copy *copy);
// Overwrites what the compiler thinks is of no more use. Android's C library has no explicit_bzero.
void bridge_wipe(void *bytes, size_t n);
// Whether the copy is one text: without a zero byte inside. False: an exception is pending.
bool bridge_is_text(JNIEnv *env, const struct bridge_copy *copy);
// Copies one text; null leaves NULL in `copy->p`. False: an exception is pending. To be released in any case.
bool bridge_take_text(JNIEnv *env, jbyteArray array, struct bridge_copy *copy);

// A native handle as Java keeps it, and back.
jlong bridge_address(const void *pointer);
void *bridge_pointer(jlong address);

#endif
