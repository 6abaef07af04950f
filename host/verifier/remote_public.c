// A venue that asks over the network, for programs: <jumin/verifier_remote.h> over remote.h.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/remote_public.h"

#include "host/json_fields.h"
#include "host/verifier/verifier.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(((struct remote_opened *)0)->link) == JUMIN_REMOTE_LINK, "the same link");
static_assert((size_t)JUMIN_REMOTE_URI == VP_TEXT_MAX, "a redirect_uri fits");
static_assert(REMOTE_ID + 1 == JUMIN_REMOTE_ID, "the same handle");
static_assert(JUMIN_REMOTE_MDOC == 1 << DCQL_MDOC && JUMIN_REMOTE_SD_JWT == 1 << DCQL_SD_JWT,
              "the same bits");
static_assert(sizeof(struct detail) == JUMIN_REMOTE_DETAIL, "the same sentence");

const char *jumin_remote_format_name(enum jumin_remote_format format)
{
    return format == JUMIN_REMOTE_MDOC ? "mso_mdoc" : format == JUMIN_REMOTE_SD_JWT ? SD_JWT_VC_TYPE : NULL;
}

static enum jumin_error say(char detail[JUMIN_REMOTE_DETAIL], const struct detail *why,
                            enum jumin_error error)
{
    if (detail != NULL) {
        (void)snprintf(detail, JUMIN_REMOTE_DETAIL, "%s", error != JUMIN_OK ? why->text : "");
    }
    return error;
}

// --- Beginning and end -------------------------------------------------------------------------------------------

static void go_away(void *context, bool away)
{
    const struct jumin_remote *remote = context;
    remote_away(remote->inner, away);
}

static enum jumin_error make(struct jumin_remote *remote, const struct jumin_remote_options *options,
                             struct detail *why)
{
    const struct jumin_verifier *verifier = remote->verifier;
    const struct remote_options inner = {
        .base_url = options->base_url,
        .signer = &verifier->signer,
        .chain = verifier->chain,
        .chain_count = verifier->chain_count,
        .prefix = options->by_host ? VP_X509_SAN_DNS : VP_X509_HASH,
        .purposes = verifier->purposes,
        .judge = remote_judge_of(remote->verifier),
        .secret = options->secret,
        .redirect_uri = options->redirect_uri,
        .open_max = options->open_max,
        .seconds = options->seconds,
    };
    return remote_verifier_new(&remote->inner, &inner, why);
}

enum jumin_error jumin_remote_new(struct jumin_remote **remote, struct jumin_verifier *verifier,
                                  const struct jumin_remote_options *options,
                                  char detail[JUMIN_REMOTE_DETAIL])
{
    struct detail why = {""};
    if (remote == NULL || verifier == NULL || options == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *remote = NULL;
    if (!verifier->has_key) {
        return say(detail, &why,
                   detail_set(&why, JUMIN_ERROR_ARGUMENT, "the verifier has no key to ask with"));
    }
    struct jumin_remote *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    made->verifier = verifier;
    const enum jumin_error error = make(made, options, &why);
    if (error != JUMIN_OK) {
        free(made);
        return say(detail, &why, error);
    }
    verifier->away = go_away;
    verifier->away_context = made;
    *remote = made;
    return say(detail, &why, JUMIN_OK);
}

void jumin_remote_free(struct jumin_remote *remote)
{
    if (remote != NULL) {
        remote->verifier->away = NULL;
        remote_verifier_free(remote->inner);
    }
    free(remote);
}

enum jumin_error jumin_remote_load_trust_list(struct jumin_remote *remote, const uint8_t *jws, size_t n,
                                              int64_t now, char detail[JUMIN_REMOTE_DETAIL])
{
    struct detail why = {""};
    if (remote == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    judging_enter_surely(&remote->inner->judging);
    const enum jumin_error error = jumin_verifier_load_trust_list(remote->verifier, jws, n, now);
    why = remote->verifier->detail;
    judging_leave(&remote->inner->judging);
    return say(detail, &why, error);
}

bool remote_is_well(struct jumin_remote *remote, int64_t now, char why[128])
{
    bool old = false;
    remote_sweep(remote->inner, now);
    if (!judging_try(&remote->inner->judging)) {
        return true; // it is at work
    }
    const struct jumin_verifier *verifier = remote->verifier;
    const bool listed =
        verifier->issuers != NULL && verifier->issuers == verifier->list.roots[TRUST_LIST_ISSUERS];
    old = listed && trust_list_age(&verifier->list, now) > verifier->options.trust.warn;
    judging_leave(&remote->inner->judging);
    if (old) {
        (void)snprintf(why, 128, "the trust list is older than the venue's rule accepts");
    }
    return !old;
}

// --- The venue's side --------------------------------------------------------------------------------------------

enum jumin_error jumin_remote_open(struct jumin_remote *remote, enum jumin_purpose purpose, unsigned formats,
                                   int64_t now, struct jumin_remote_opened *opened,
                                   char detail[JUMIN_REMOTE_DETAIL])
{
    struct detail why = {""};
    struct remote_opened inner;
    if (remote == NULL || opened == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = remote_open(remote->inner, purpose, formats, now, &inner, &why);
    memcpy(opened->handle, inner.handle, sizeof opened->handle);
    memcpy(opened->link, inner.link, sizeof opened->link);
    opened->expires = inner.expires;
    return say(detail, &why, error);
}

void jumin_remote_result(struct jumin_remote *remote, const char *handle, const char *response_code,
                         int64_t now, struct jumin_remote_result *result)
{
    struct detail why = {""};
    json_t *verdict = NULL;
    if (result == NULL) {
        return;
    }
    *result = (struct jumin_remote_result){.state = JUMIN_REMOTE_UNKNOWN};
    if (remote == NULL || handle == NULL) {
        return;
    }
    result->state = remote_result(remote->inner, handle, response_code, now, &verdict, &result->error, &why);
    (void)say(result->detail, &why, result->error);
    if (verdict != NULL) {
        result->verdict = json_text(verdict, JSON_COMPACT);
        json_wipe(verdict);
        json_decref(verdict);
    }
}

void jumin_remote_result_release(struct jumin_remote_result *result)
{
    if (result->verdict != NULL) {
        crypto_wipe(result->verdict, strlen(result->verdict));
    }
    free(result->verdict);
    *result = (struct jumin_remote_result){.state = JUMIN_REMOTE_UNKNOWN};
}

// --- The wallet's side ---------------------------------------------------------------------------------------------

enum jumin_error jumin_remote_object(struct jumin_remote *remote, const char *id, const char *wallet_nonce,
                                     int64_t now, char *object, size_t capacity, size_t *n)
{
    struct detail ignored = {""};
    if (remote == NULL || id == NULL || object == NULL || n == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct writer w = writer_of(object, capacity);
    const enum jumin_error error = remote_object(remote->inner, id, wallet_nonce, now, &w, &ignored);
    *n = w.n;
    return error;
}

enum jumin_error jumin_remote_answer(struct jumin_remote *remote, const char *id, const uint8_t *form,
                                     size_t n, int64_t now, char next[JUMIN_REMOTE_URI],
                                     char detail[JUMIN_REMOTE_DETAIL])
{
    struct detail why = {""};
    if (remote == NULL || id == NULL || form == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    return say(detail, &why, remote_answered(remote->inner, id, span_of(form, n), now, next, &why));
}
