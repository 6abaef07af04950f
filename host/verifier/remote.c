// A venue's requests over the network: opened, kept for a while, and looked up (OpenID4VP 1.0 §5, §8.2).
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/remote_internal.h"

#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include "host/verifier/verifier.h"
#include <stdio.h>
#include <stdlib.h>

enum { RANDOM_BYTES = 16, HOST_MAX = 256, BASE_MAX = 256, REDIRECT_MAX = VP_TEXT_MAX - 64 };

// --- Options -------------------------------------------------------------------------------------------------

// The host of the base URL, without its port.
static void host_of(const char *base_url, char host[HOST_MAX])
{
    const char *start = strstr(base_url, "://");
    const size_t n = start == NULL ? 0 : strcspn(start + 3, ":/");
    (void)snprintf(host, HOST_MAX, "%.*s", (int)n, start == NULL ? "" : start + 3);
}

static const char *wrong_option(const struct remote_options *options)
{
    const size_t n = options->base_url == NULL ? 0 : strlen(options->base_url);
    if (n == 0 || n > BASE_MAX || strstr(options->base_url, "://") == NULL ||
        options->base_url[n - 1] == '/') {
        return "base_url: must be a URL without a slash at its end";
    }
    if (options->signer == NULL || options->chain_count == 0 || options->chain_count > X5CHAIN_MAX) {
        return "signer: a key and its certificate are needed";
    }
    if (options->purposes == 0) {
        return "purposes: the certificate names none";
    }
    if (options->judge.judge == NULL) {
        return "judge: is missing";
    }
    if (options->redirect_uri != NULL &&
        (strlen(options->redirect_uri) > REDIRECT_MAX || strchr(options->redirect_uri, '#') != NULL)) {
        return "redirect_uri: must be a short URL without a fragment";
    }
    return options->secret != NULL && strlen(options->secret) < JUMIN_REMOTE_SECRET_MIN
               ? "secret: must have 16 bytes or more"
               : NULL;
}

static bool copy_texts(struct remote_verifier *verifier)
{
    struct remote_options *options = &verifier->options;
    options->base_url = verifier->base_url = strdup(options->base_url);
    if (options->secret != NULL) {
        options->secret = verifier->secret = strdup(options->secret);
    }
    if (options->redirect_uri != NULL) {
        options->redirect_uri = verifier->redirect_uri = strdup(options->redirect_uri);
    }
    return options->base_url != NULL && (verifier->secret != NULL || options->secret == NULL) &&
           (verifier->redirect_uri != NULL || options->redirect_uri == NULL);
}

static enum jumin_error set_up(struct remote_verifier *verifier, struct detail *detail)
{
    struct remote_options *options = &verifier->options;
    char host[HOST_MAX];
    options->open_max = options->open_max != 0 ? options->open_max : REMOTE_OPEN_MAX;
    options->seconds = options->seconds != 0 ? options->seconds : REMOTE_SECONDS;
    verifier->signer = *options->signer;
    verifier->requests = calloc(options->open_max, sizeof verifier->requests[0]);
    if (!copy_texts(verifier) || verifier->requests == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    host_of(options->base_url, host);
    return vp_client_id(options->prefix, options->chain[0], host, verifier->client_id, detail);
}

enum jumin_error remote_verifier_new(struct remote_verifier **verifier, const struct remote_options *options,
                                     struct detail *detail)
{
    const char *wrong = wrong_option(options);
    *verifier = NULL;
    if (wrong != NULL) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "%s", wrong);
    }
    struct remote_verifier *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return detail_set(detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    made->options = *options;
    (void)pthread_mutex_init(&made->lock, NULL);
    judging_init(&made->judging, SIZE_MAX);
    const enum jumin_error error = set_up(made, detail);
    if (error != JUMIN_OK) {
        remote_verifier_free(made);
        return error;
    }
    *verifier = made;
    return JUMIN_OK;
}

void remote_verifier_free(struct remote_verifier *verifier)
{
    if (verifier == NULL) {
        return;
    }
    for (size_t i = 0; i < verifier->options.open_max && verifier->requests != NULL; i++) {
        remote_forget(&verifier->requests[i]);
    }
    if (verifier->secret != NULL) {
        crypto_wipe(verifier->secret, strlen(verifier->secret));
    }
    (void)pthread_mutex_destroy(&verifier->lock);
    judging_release(&verifier->judging);
    free(verifier->requests);
    free(verifier->secret);
    free(verifier->base_url);
    free(verifier->redirect_uri);
    free(verifier);
}

void remote_keep_free(struct remote_verifier *verifier, size_t threads)
{
    verifier->judging.waiting_max = threads > 2 ? threads - 2 : 0;
}

void remote_away(struct remote_verifier *verifier, bool away)
{
    judging_set_away(&verifier->judging, away);
}

// --- Places --------------------------------------------------------------------------------------------------

void remote_forget(struct remote_request *request)
{
    if (request->state == JUMIN_REMOTE_UNKNOWN) {
        return;
    }
    json_wipe(request->verdict);
    json_decref(request->verdict);
    dcql_release(&request->query);
    if (request->has_key) {
        crypto_ec_release(&request->key);
    }
    crypto_wipe(request, sizeof *request);
}

// A result that nobody has read is kept as long again as a request is open; one that was read for a moment,
// in case it has not arrived.
static void sweep(struct remote_verifier *verifier, int64_t now)
{
    for (size_t i = 0; i < verifier->options.open_max; i++) {
        struct remote_request *request = &verifier->requests[i];
        const bool arrived =
            request->told != 0 && (now < request->told || now - request->told >= REMOTE_TOLD_SECONDS);
        if (request->state != JUMIN_REMOTE_JUDGING &&
            (arrived || now >= request->expires + verifier->options.seconds)) {
            remote_forget(request);
        }
    }
}

void remote_sweep(struct remote_verifier *verifier, int64_t now)
{
    (void)pthread_mutex_lock(&verifier->lock);
    sweep(verifier, now);
    (void)pthread_mutex_unlock(&verifier->lock);
}

// A free one, or else that of the result that was read the longest time ago.
static struct remote_request *free_place(struct remote_verifier *verifier, int64_t now)
{
    struct remote_request *told = NULL;
    sweep(verifier, now);
    for (size_t i = 0; i < verifier->options.open_max; i++) {
        struct remote_request *request = &verifier->requests[i];
        if (request->state == JUMIN_REMOTE_UNKNOWN) {
            return request;
        }
        told = request->told != 0 && (told == NULL || request->told < told->told) ? request : told;
    }
    if (told != NULL) {
        remote_forget(told);
    }
    return told;
}

struct remote_request *remote_find(struct remote_verifier *verifier, const char *id, int64_t now)
{
    struct remote_request *found = NULL;
    sweep(verifier, now);
    for (size_t i = 0; i < verifier->options.open_max && strlen(id) == REMOTE_ID; i++) {
        struct remote_request *request = &verifier->requests[i];
        if (request->state == JUMIN_REMOTE_OPEN && now < request->expires &&
            crypto_equal(request->id, id, REMOTE_ID)) {
            found = request;
        }
    }
    return found;
}

void remote_response_uri(const struct remote_verifier *verifier, const struct remote_request *request,
                         char uri[VP_TEXT_MAX])
{
    (void)snprintf(uri, VP_TEXT_MAX, "%s/response/%s", verifier->options.base_url, request->id);
}

// --- Opened --------------------------------------------------------------------------------------------------

static bool random_text(const struct crypto_random *random, char text[REMOTE_ID + 1])
{
    uint8_t bytes[RANDOM_BYTES];
    struct writer w = writer_of(text, REMOTE_ID);
    if (!random->fill(random->context, bytes, sizeof bytes)) {
        return false;
    }
    base64url_put(&w, span_of(bytes, sizeof bytes));
    text[REMOTE_ID] = '\0';
    return !w.overflow;
}

static bool make_secrets(struct remote_request *request)
{
    const struct crypto_random random = crypto_system_random();
    request->has_key = crypto_ec_generate(&request->key, CRYPTO_P256, &random);
    return request->has_key && signer_of_key(&request->key, &request->signer) &&
           jwk_thumbprint(span_of(request->signer.point, SIGNER_POINT), request->thumbprint) &&
           random_text(&random, request->id) && random_text(&random, request->handle) &&
           random_text(&random, request->nonce) && random_text(&random, request->answer_state) &&
           random_text(&random, request->key_id) && random_text(&random, request->response_code);
}

static enum jumin_error fill_place(struct remote_verifier *verifier, enum jumin_purpose purpose,
                                   unsigned formats, int64_t now, struct remote_request *request,
                                   struct detail *detail)
{
    json_t *query = dcql_for_purpose(purpose, verifier_year(now), formats);
    request->state = JUMIN_REMOTE_OPEN;
    request->purpose = purpose;
    request->issued = now;
    request->expires = now + verifier->options.seconds;
    enum jumin_error error = query == NULL ? JUMIN_ERROR_MEMORY : dcql_read(query, &request->query, detail);
    json_decref(query);
    if (error == JUMIN_OK && !make_secrets(request)) {
        error = detail_set(detail, JUMIN_ERROR_CRYPTO, "No random bytes.");
    }
    if (error != JUMIN_OK) {
        remote_forget(request);
    }
    return error;
}

static bool put_link(const struct remote_verifier *verifier, const struct remote_request *request,
                     struct remote_opened *opened)
{
    char uri[VP_TEXT_MAX];
    struct writer w = writer_of(opened->link, sizeof opened->link);
    (void)snprintf(uri, sizeof uri, "%s/request/%s", verifier->options.base_url, request->id);
    vp_link_put(&w, verifier->client_id, uri, false);
    writer_put_u8(&w, '\0');
    memcpy(opened->handle, request->handle, sizeof opened->handle);
    opened->expires = request->expires;
    return !w.overflow;
}

static enum jumin_error open_place(struct remote_verifier *verifier, enum jumin_purpose purpose,
                                   unsigned formats, int64_t now, struct remote_opened *opened,
                                   struct detail *detail)
{
    struct remote_request *request = free_place(verifier, now);
    if (request == NULL) {
        return detail_set(detail, JUMIN_ERROR_RULES, "Too many requests are open.");
    }
    const enum jumin_error error = fill_place(verifier, purpose, formats, now, request, detail);
    if (error == JUMIN_OK && !put_link(verifier, request, opened)) {
        remote_forget(request);
        return detail_set(detail, JUMIN_ERROR_TOO_LONG, "The link is too long.");
    }
    verifier->opened += error == JUMIN_OK ? 1 : 0;
    return error;
}

enum jumin_error remote_open(struct remote_verifier *verifier, enum jumin_purpose purpose, unsigned formats,
                             int64_t now, struct remote_opened *opened, struct detail *detail)
{
    memset(opened, 0, sizeof *opened);
    if ((formats & ~(unsigned)(JUMIN_REMOTE_MDOC | JUMIN_REMOTE_SD_JWT)) != 0) {
        return detail_set(detail, JUMIN_ERROR_ARGUMENT, "There is no such format.");
    }
    if (jumin_purpose_name(purpose) == NULL || (verifier->options.purposes & purpose) == 0) {
        return detail_set(detail, JUMIN_ERROR_NOT_AUTHORIZED,
                          "The venue's certificate does not allow this purpose.");
    }
    (void)pthread_mutex_lock(&verifier->lock);
    const enum jumin_error error = open_place(verifier, purpose, formats, now, opened, detail);
    (void)pthread_mutex_unlock(&verifier->lock);
    return error;
}

// --- Counted ---------------------------------------------------------------------------------------------------

void remote_count(struct remote_verifier *verifier, struct remote_counts *counts)
{
    (void)pthread_mutex_lock(&verifier->lock);
    *counts = (struct remote_counts){.opened = verifier->opened};
    memcpy(counts->ended, verifier->ended, sizeof counts->ended);
    for (size_t i = 0; i < verifier->options.open_max; i++) {
        const enum jumin_remote_state state = verifier->requests[i].state;
        counts->open += state == JUMIN_REMOTE_OPEN || state == JUMIN_REMOTE_JUDGING ? 1 : 0;
    }
    (void)pthread_mutex_unlock(&verifier->lock);
}

// --- Result --------------------------------------------------------------------------------------------------

const char *jumin_remote_state_name(enum jumin_remote_state state)
{
    static const char *const names[] = {
        [JUMIN_REMOTE_UNKNOWN] = "unknown", [JUMIN_REMOTE_OPEN] = "open",
        [JUMIN_REMOTE_JUDGING] = "judging", [JUMIN_REMOTE_REFUSED] = "refused",
        [JUMIN_REMOTE_FAILED] = "failed",   [JUMIN_REMOTE_GOOD] = "good",
        [JUMIN_REMOTE_EXPIRED] = "expired",
    };
    return (size_t)state < COUNT(names) ? names[state] : names[JUMIN_REMOTE_UNKNOWN];
}

// Hands over what is known. What is the last there is to know is forgotten soon.
static enum jumin_remote_state take_result(struct remote_request *request, int64_t now, json_t **verdict,
                                           enum jumin_error *error, struct detail *detail)
{
    if (request->state == JUMIN_REMOTE_OPEN && now >= request->expires) {
        request->state = JUMIN_REMOTE_EXPIRED;
    }
    const enum jumin_remote_state state = request->state;
    if (state == JUMIN_REMOTE_OPEN || state == JUMIN_REMOTE_JUDGING) {
        return state;
    }
    *error = request->error;
    *detail = request->detail;
    if (verdict != NULL && request->verdict != NULL) {
        *verdict = json_deep_copy(request->verdict);
        if (*verdict == NULL) { // no memory for two
            *verdict = request->verdict;
            request->verdict = NULL;
        }
    }
    request->told = request->told != 0 ? request->told : now;
    return state;
}

// Who has come back from the wallet with a code has been where the answer was given from: somebody who was
// only sent the link of another's request has not.
static bool is_code(const struct remote_verifier *verifier, const struct remote_request *request,
                    const char *code)
{
    return verifier->redirect_uri != NULL && strlen(code) == REMOTE_ID &&
           crypto_equal(request->response_code, code, REMOTE_ID);
}

enum jumin_remote_state remote_result(struct remote_verifier *verifier, const char *handle,
                                      const char *response_code, int64_t now, json_t **verdict,
                                      enum jumin_error *error, struct detail *detail)
{
    enum jumin_remote_state state = JUMIN_REMOTE_UNKNOWN;
    *error = JUMIN_OK;
    detail_clear(detail);
    if (verdict != NULL) {
        *verdict = NULL;
    }
    (void)pthread_mutex_lock(&verifier->lock);
    sweep(verifier, now);
    for (size_t i = 0; i < verifier->options.open_max && strlen(handle) == REMOTE_ID; i++) {
        struct remote_request *request = &verifier->requests[i];
        if (request->state == JUMIN_REMOTE_UNKNOWN || !crypto_equal(request->handle, handle, REMOTE_ID)) {
            continue;
        }
        if (response_code != NULL && !is_code(verifier, request, response_code)) {
            *error = detail_set(detail, JUMIN_ERROR_ACCESS_DENIED,
                                "The response code is not the one that the wallet was given.");
        } else {
            state = take_result(request, now, verdict, error, detail);
        }
        break;
    }
    (void)pthread_mutex_unlock(&verifier->lock);
    return state;
}
