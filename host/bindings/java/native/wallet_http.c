// A wallet's requests, answered by the application's kr.jumin.Http.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bound_wallet.h"
#include "host/bindings/java/native/bridge.h"

#include <stdlib.h>

enum {
    REFERENCES = 32, // local ones that a request takes, with room
    STATUS_ROW = 0,
    BODY_ROW = 1,
    HEADERS = 2, // of an answer's rows
};

static jobjectArray headers_of(JNIEnv *env, const struct jumin_wallet_request *request)
{
    struct bridge_row row = bridge_row(env, 2 * request->header_count);
    for (size_t i = 0; i < request->header_count; i++) {
        bridge_row_text(&row, request->headers[i].name);
        bridge_row_text(&row, request->headers[i].value);
    }
    return row.array;
}

// The rows of the answer; NULL: an exception is pending, or the holder has cancelled.
static jobjectArray call(JNIEnv *env, const struct bound_wallet *bound,
                         const struct jumin_wallet_request *request)
{
    jbyteArray method = bridge_text(env, request->method);
    jbyteArray url = method != NULL ? bridge_text(env, request->url) : NULL;
    jobjectArray headers = url != NULL ? headers_of(env, request) : NULL;
    jbyteArray type = headers != NULL && request->type != NULL ? bridge_text(env, request->type) : NULL;
    jbyteArray body = NULL;
    if (headers != NULL && !(*env)->ExceptionCheck(env)) {
        body = bridge_bytes(env, request->body, request->n);
    }
    const jint most = request->answer_max < INT32_MAX ? (jint)request->answer_max : INT32_MAX;
    return body != NULL ? (*env)->CallObjectMethod(env, bound->object, bound->ask, method, url, type, headers,
                                                   body, most)
                        : NULL;
}

// Copy of a row; p NULL: an exception is pending.
static struct bridge_copy row_at(JNIEnv *env, jobjectArray rows, jsize index)
{
    jbyteArray row = (*env)->GetObjectArrayElement(env, rows, index);
    struct bridge_copy copy = bridge_copy(env, row);
    (*env)->DeleteLocalRef(env, row);
    return copy;
}

static bool take_body(JNIEnv *env, jobjectArray rows, struct jumin_wallet_answer *answer)
{
    struct bridge_copy status = row_at(env, rows, STATUS_ROW), body = {0};
    if (status.p != NULL) {
        body = row_at(env, rows, BODY_ROW);
    }
    const bool taken =
        body.p != NULL &&
        jumin_wallet_answer_set(answer, (int)strtol((const char *)status.p, NULL, 10), body.p, body.n);
    bridge_release(&status);
    bridge_release(&body);
    return taken;
}

static bool take_header(JNIEnv *env, jobjectArray rows, jsize index, struct jumin_wallet_answer *answer)
{
    struct bridge_copy name = row_at(env, rows, index), value = {0};
    if (name.p != NULL) {
        value = row_at(env, rows, index + 1);
    }
    const bool taken =
        value.p != NULL && jumin_wallet_answer_header(answer, (const char *)name.p, (const char *)value.p);
    bridge_release(&name);
    bridge_release(&value);
    return taken;
}

static bool take_answer(JNIEnv *env, jobjectArray rows, struct jumin_wallet_answer *answer)
{
    const jsize count = (*env)->GetArrayLength(env, rows);
    bool taken = take_body(env, rows, answer);
    for (jsize i = HEADERS; taken && i + 1 < count; i += 2) {
        taken = take_header(env, rows, i, answer);
    }
    return taken;
}

enum jumin_error wallet_ask(void *context, const struct jumin_wallet_request *request,
                            struct jumin_wallet_answer *answer)
{
    struct bound_wallet *bound = context;
    JNIEnv *env = wallet_env(bound);
    if (env == NULL) {
        return JUMIN_ERROR_LINK;
    }
    if ((*env)->PushLocalFrame(env, REFERENCES) != JNI_OK) {
        (void)bridge_catch(env, &bound->failure);
        return JUMIN_ERROR_MEMORY;
    }
    jobjectArray rows = call(env, bound, request);
    enum jumin_error error = JUMIN_OK;
    if (bridge_catch(env, &bound->failure)) {
        error = JUMIN_ERROR_LINK;
    } else if (rows == NULL) {
        error = JUMIN_ERROR_CANCELLED;
    } else if (!take_answer(env, rows, answer)) {
        (void)bridge_catch(env, &bound->failure);
        error = JUMIN_ERROR_MEMORY;
    }
    (void)(*env)->PopLocalFrame(env, NULL);
    return error;
}
