// kr.jumin.Document and kr.jumin.Trust: what was read, and whom to believe.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bridge.h"
#include <kr_jumin_Native.h>

#include <jumin/document.h>
#include <jumin/verify.h>
#include <stdio.h>

static bool failed(JNIEnv *env, struct jumin_document *document, enum jumin_error error)
{
    if (error != JUMIN_OK) {
        bridge_throw(env, error, jumin_document_detail(document), NULL);
    }
    return error != JUMIN_OK;
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_documentFree(JNIEnv *env, jclass class, jlong address)
{
    (void)env;
    (void)class;
    jumin_document_free(bridge_pointer(address));
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_documentFile(JNIEnv *env, jclass class, jlong address,
                                                               jint file)
{
    (void)class;
    struct jumin_document *document = bridge_pointer(address);
    const uint8_t *bytes = NULL;
    size_t n = 0;
    if (failed(env, document, jumin_document_file(document, (enum jumin_file)file, &bytes, &n))) {
        return NULL;
    }
    return bridge_bytes(env, bytes, n);
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_fileName(JNIEnv *env, jclass class, jint file)
{
    (void)class;
    const char *name = jumin_file_name((enum jumin_file)file);
    return name != NULL ? bridge_text(env, name) : NULL;
}

// byte[count][] of texts.
static jobjectArray texts(JNIEnv *env, const char *const *fields, size_t count)
{
    jobjectArray rows = bridge_rows(env, count);
    for (size_t i = 0; i < count; i++) {
        if (!bridge_put(env, rows, i, rows != NULL ? bridge_text(env, fields[i]) : NULL)) {
            return NULL;
        }
    }
    return rows;
}

JNIEXPORT jobjectArray JNICALL Java_kr_jumin_Native_documentMrz(JNIEnv *env, jclass class, jlong address)
{
    (void)class;
    struct jumin_document *document = bridge_pointer(address);
    struct jumin_mrz mrz;
    if (failed(env, document, jumin_document_mrz(document, &mrz))) {
        return NULL;
    }
    const char *const fields[] = {
        mrz.text,       mrz.document_number, mrz.primary_name,  mrz.secondary_name,
        mrz.birth_date, mrz.expiry_date,     mrz.issuing_state, mrz.wrong_check_digits != 0 ? "!" : ""};
    return texts(env, fields, sizeof fields / sizeof *fields);
}

JNIEXPORT jobjectArray JNICALL Java_kr_jumin_Native_documentPerson(JNIEnv *env, jclass class, jlong address)
{
    (void)class;
    struct jumin_document *document = bridge_pointer(address);
    struct jumin_person person;
    if (failed(env, document, jumin_document_person(document, &person))) {
        return NULL;
    }
    return texts(env, &person.full_name, 1);
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_documentPortrait(JNIEnv *env, jclass class, jlong address,
                                                                   jintArray about)
{
    (void)class;
    struct jumin_document *document = bridge_pointer(address);
    struct jumin_portrait portrait;
    if (failed(env, document, jumin_document_portrait(document, &portrait))) {
        return NULL;
    }
    const jint values[] = {(jint)portrait.type, (jint)portrait.width, (jint)portrait.height};
    (*env)->SetIntArrayRegion(env, about, 0, sizeof values / sizeof *values, values);
    return bridge_bytes(env, portrait.image, portrait.n);
}

static jobjectArray check_row(JNIEnv *env, const struct jumin_check *check)
{
    const uint8_t group = (uint8_t)check->group;
    jobjectArray row = bridge_rows(env, 4);
    const bool filled = row != NULL &&
                        bridge_put(env, row, 0, bridge_text(env, jumin_check_name(check->kind))) &&
                        bridge_put(env, row, 1, bridge_bytes(env, &group, 1)) &&
                        bridge_put(env, row, 2, bridge_text(env, jumin_verdict_name(check->verdict))) &&
                        bridge_put(env, row, 3, bridge_text(env, check->detail));
    return filled ? row : NULL;
}

static jobjectArray report_rows(JNIEnv *env, const struct jumin_report *report)
{
    const size_t count = jumin_report_count(report);
    const char *const verdicts[] = {jumin_verdict_name(jumin_report_verdict(report)),
                                    jumin_verdict_name(jumin_report_chip(report))};
    jobjectArray rows = bridge_tables(env, count + 1);
    if (rows == NULL || !bridge_put(env, rows, 0, texts(env, verdicts, 2))) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (!bridge_put(env, rows, i + 1, check_row(env, jumin_report_check(report, i)))) {
            return NULL;
        }
    }
    return rows;
}

JNIEXPORT jobjectArray JNICALL Java_kr_jumin_Native_documentVerify(JNIEnv *env, jclass class, jlong address,
                                                                   jlong trust, jlong seconds)
{
    (void)class;
    struct jumin_document *document = bridge_pointer(address);
    struct jumin_report *report = NULL;
    if (failed(env, document, jumin_document_verify(document, bridge_pointer(trust), seconds, &report))) {
        return NULL;
    }
    jobjectArray rows = report_rows(env, report);
    jumin_report_free(report);
    return rows;
}

JNIEXPORT jlong JNICALL Java_kr_jumin_Native_trustNew(JNIEnv *env, jclass class)
{
    (void)class;
    struct jumin_trust *trust = NULL;
    const enum jumin_error error = jumin_trust_new(&trust);
    if (error != JUMIN_OK) {
        bridge_throw(env, error, NULL, NULL);
    }
    return bridge_address(trust);
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_trustFree(JNIEnv *env, jclass class, jlong address)
{
    (void)env;
    (void)class;
    jumin_trust_free(bridge_pointer(address));
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_trustAdd(JNIEnv *env, jclass class, jlong address,
                                                     jbyteArray bytes, jboolean revocation_list)
{
    (void)class;
    struct jumin_trust *trust = bridge_pointer(address);
    struct bridge_copy copy = bridge_copy(env, bytes);
    if (copy.p == NULL) {
        return;
    }
    const enum jumin_error error = revocation_list == JNI_TRUE
                                       ? jumin_trust_add_crl(trust, copy.p, copy.n)
                                       : jumin_trust_add_certificate(trust, copy.p, copy.n);
    if (error != JUMIN_OK) {
        bridge_throw(env, error, jumin_trust_detail(trust), NULL);
    }
    bridge_release(&copy);
}
