// A reader with the Java callbacks that it works through.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_BINDINGS_JAVA_BOUND_READER_H
#define JUMIN_HOST_BINDINGS_JAVA_BOUND_READER_H

#include <jni.h>
#include <jumin/reader.h>

struct callbacks {
    JNIEnv *env;        // of the call that is running
    jobject object;     // kr.jumin.Reader.Callbacks, a global reference
    jthrowable failure; // what a callback threw, a global reference; NULL: nothing
    jmethodID connect, transceive, max_length, progress;
};

struct bound_reader {
    struct callbacks callbacks;
    struct jumin_transport *transport;
    struct jumin_reader *reader;
};

// Every call of a Java thread on the reader stands between these two. The handle's address, as Java keeps it.
struct bound_reader *bound_begin(JNIEnv *env, jlong address);
// Throws what the call came to: what a callback threw where it was no failure of the link, else a
// JuminException with that sentence.
void bound_finish(struct bound_reader *bound, enum jumin_error error, const char *detail);

#endif
