// kr.jumin.Wallet: how credentials come to it, and are kept fresh.
// SPDX-License-Identifier: Apache-2.0
#include "host/bindings/java/native/bound_reader.h"
#include "host/bindings/java/native/bound_wallet.h"
#include "host/bindings/java/native/bridge.h"

#include <kr_jumin_Native.h>
#include <stdio.h>

JNIEXPORT jobjectArray JNICALL Java_kr_jumin_Native_walletOffer(JNIEnv *env, jclass class, jlong wallet,
                                                                jbyteArray text, jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    struct bridge_copy copy = {0};
    struct jumin_wallet_offer offer;
    enum jumin_error error = JUMIN_ERROR_ARGUMENT; // an exception is pending
    if (bridge_take_text(env, text, &copy)) {
        error = jumin_wallet_look_at_offer(bound->wallet, (const char *)copy.p, now, &offer);
        wallet_finish(env, bound, error);
    }
    bridge_release(&copy);
    if (error != JUMIN_OK) {
        return NULL;
    }
    struct bridge_row row = bridge_row(env, 7);
    bridge_row_text(&row, offer.issuer);
    bridge_row_text(&row, offer.name);
    bridge_row_number(&row, offer.tx_code);
    bridge_row_number(&row, offer.tx_code_numeric);
    bridge_row_number(&row, offer.tx_code_length);
    bridge_row_text(&row, offer.tx_code_hint);
    bridge_row_number(&row, (int64_t)offer.credentials);
    return row.array;
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_walletAdd(JNIEnv *env, jclass class, jlong wallet,
                                                      jbyteArray text, jbyteArray tx_code, jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    struct bridge_copy text_copy = {0}, code_copy = {0};
    if (bridge_take_text(env, text, &text_copy) && bridge_take_text(env, tx_code, &code_copy)) {
        wallet_finish(
            env, bound,
            jumin_wallet_add(bound->wallet, (const char *)text_copy.p, (const char *)code_copy.p, now));
    }
    bridge_release(&text_copy);
    bridge_release(&code_copy);
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_walletRefresh(JNIEnv *env, jclass class, jlong wallet,
                                                          jbyteArray id, jboolean refill, jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    struct bridge_copy copy = {0};
    if (bridge_take_text(env, id, &copy)) {
        wallet_finish(env, bound,
                      jumin_wallet_refresh(bound->wallet, (const char *)copy.p, refill == JNI_TRUE, now));
    }
    bridge_release(&copy);
}

// --- A tap -------------------------------------------------------------------------------------------------------

static enum jumin_error compare(void *context, const uint8_t *portrait, size_t n,
                                struct jumin_wallet_likeness *likeness)
{
    struct bound_wallet *bound = context;
    JNIEnv *env = wallet_env(bound);
    jbyteArray bytes = env != NULL ? bridge_bytes(env, portrait, n) : NULL;
    jint found = 0;
    if (bytes != NULL) {
        found = (*env)->CallIntMethod(env, bound->object, bound->compare, bytes);
    }
    if (env == NULL || bridge_catch(env, &bound->failure)) {
        (void)snprintf(likeness->why, sizeof likeness->why, "the application's matcher has failed");
        return JUMIN_ERROR_CANCELLED;
    }
    (*env)->DeleteLocalRef(env, bytes);
    likeness->score = (unsigned)found / 2; // as WalletCallbacks.compare has it
    likeness->live = found % 2 != 0;
    return JUMIN_OK;
}

JNIEXPORT void JNICALL Java_kr_jumin_Native_walletTap(JNIEnv *env, jclass class, jlong wallet, jlong reader,
                                                      jbyteArray issuer, jbyteArray attestation,
                                                      jboolean compares, jlong now)
{
    (void)class;
    struct bound_wallet *bound = wallet_begin(env, wallet);
    struct bound_reader *card = bound_begin(env, reader);
    struct bridge_copy issuer_copy = {0}, attestation_copy = {0};
    enum jumin_error error = JUMIN_ERROR_ARGUMENT; // an exception is pending
    if (bridge_take_text(env, issuer, &issuer_copy) &&
        bridge_take_text(env, attestation, &attestation_copy)) {
        const struct jumin_wallet_tap_options options = {
            .attestation = (const char *)attestation_copy.p,
            .compare = compares == JNI_TRUE ? compare : NULL,
            .context = bound,
        };
        error = jumin_wallet_tap(bound->wallet, card->reader, (const char *)issuer_copy.p, &options, now);
    }
    // What the card's side threw is why the tap has ended, if it threw.
    const bool by_card = card->callbacks.failure != NULL;
    bound_finish(card, by_card ? error : JUMIN_OK, jumin_wallet_detail(bound->wallet));
    wallet_finish(env, bound, error);
    bridge_release(&issuer_copy);
    bridge_release(&attestation_copy);
}
