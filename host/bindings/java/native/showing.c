// kr.jumin.Wallet and Disclosure: what is shown over the network, and to counters without a radio.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bound_wallet.h"
#include "host/bindings/java/native/bridge.h"

#include <kr_jumin_Native.h>

// --- A disclosure ------------------------------------------------------------------------------------------------

static jobjectArray row_of_asker(JNIEnv *env, const struct jumin_wallet_disclosure *what)
{
    struct jumin_wallet_venue venue;
    jumin_wallet_disclosure_venue(what, &venue);
    struct bridge_row row = bridge_row(env, 7);
    bridge_row_number(&row, venue.known);
    bridge_row_text(&row, venue.name);
    bridge_row_text(&row, venue.organization);
    bridge_row_number(&row, venue.purposes);
    bridge_row_text(&row, venue.why);
    bridge_row_number(&row, jumin_wallet_disclosure_purposes(what));
    bridge_row_text(&row, jumin_wallet_disclosure_refused(what));
    return row.array;
}

static jobjectArray row_of_element(JNIEnv *env, const struct jumin_wallet_disclosure *what, size_t index)
{
    struct jumin_wallet_element element;
    (void)jumin_wallet_disclosure_element(what, index, &element);
    struct bridge_row row = bridge_row(env, 8);
    bridge_row_text(&row, element.credential);
    bridge_row_number(&row, element.format);
    bridge_row_text(&row, element.type);
    bridge_row_text(&row, element.name_space);
    bridge_row_text(&row, element.name);
    bridge_row_text(&row, element.value);
    bridge_row_number(&row, element.retain);
    bridge_row_text(&row, element.refused);
    return row.array;
}

jobjectArray showing_tables(JNIEnv *env, const struct jumin_wallet_disclosure *what)
{
    const size_t count = jumin_wallet_disclosure_count(what);
    jobjectArray tables = bridge_tables(env, 1 + count);
    if (!bridge_put(env, tables, 0, tables != NULL ? row_of_asker(env, what) : NULL)) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (!bridge_put(env, tables, 1 + i, row_of_element(env, what, i))) {
            return NULL;
        }
    }
    return tables;
}

// --- The holder --------------------------------------------------------------------------------------------------

// The clock is read after the holder, who takes time.
static enum jumin_error decide(void *context, const struct jumin_wallet_disclosure *what)
{
    struct bound_wallet *bound = context;
    JNIEnv *env = wallet_env(bound);
    jboolean yes = JNI_FALSE;
    if (env == NULL) {
        return JUMIN_ERROR_CANCELLED;
    }
    jobjectArray tables = showing_tables(env, what);
    if (tables != NULL) {
        yes = (*env)->CallBooleanMethod(env, bound->object, bound->decide, tables);
    }
    bool failed = bridge_catch(env, &bound->failure);
    if (tables != NULL) {
        (*env)->DeleteLocalRef(env, tables);
    }
    const jlong now = (*env)->CallLongMethod(env, bound->object, bound->time);
    failed = bridge_catch(env, &bound->failure) || failed;
    bound->now = failed ? bound->now : now;
    return !failed && yes == JNI_TRUE ? JUMIN_OK : JUMIN_ERROR_CANCELLED;
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_walletRequest(JNIEnv *env, jclass class, jlong wallet,
                                                          jbyteArray uri, jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    const struct jumin_wallet_holder holder = {decide, bound};
    struct bridge_copy copy = {0};
    if (bridge_take_text(env, uri, &copy)) {
        bound->now = now;
        wallet_finish(env, bound,
                      jumin_wallet_look_at_request(bound->wallet, (const char *)copy.p, &holder, bound->now));
    }
    bridge_release(&copy);
}

JNIEXPORT jbyteArray JNICALL Java_kr_jumin_Native_walletRespond(JNIEnv *env, jclass class, jlong wallet,
                                                                jbyteArray uri, jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    const struct jumin_wallet_holder holder = {decide, bound};
    struct bridge_copy copy = {0};
    char next[JUMIN_WALLET_URI] = "";
    enum jumin_error error = JUMIN_ERROR_ARGUMENT; // an exception is pending
    if (bridge_take_text(env, uri, &copy)) {
        bound->now = now;
        error = jumin_wallet_respond(bound->wallet, (const char *)copy.p, &holder, &bound->now, next);
        wallet_finish(env, bound, error);
    }
    bridge_release(&copy);
    return error == JUMIN_OK ? bridge_text(env, next) : NULL;
}

JNIEXPORT jobjectArray JNICALL Java_kr_jumin_Native_walletCounterCode(JNIEnv *env, jclass class, jlong wallet,
                                                                      jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    const struct jumin_wallet_holder holder = {decide, bound};
    char text[JUMIN_WALLET_COUNTER_CODE];
    int64_t expires = 0;
    bound->now = now;
    const enum jumin_error error =
        jumin_wallet_counter_code(bound->wallet, &holder, &bound->now, text, &expires);
    wallet_finish(env, bound, error);
    if (error != JUMIN_OK) {
        return NULL;
    }
    struct bridge_row row = bridge_row(env, 2);
    bridge_row_text(&row, text);
    bridge_row_number(&row, expires);
    bridge_wipe(text, sizeof text);
    return row.array;
}
