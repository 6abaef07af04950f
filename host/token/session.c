// Tokens that are open: logging in, and doing something in a session that may be lost (PKCS#11 v2.40 §5.6).
// SPDX-License-Identifier: Apache-2.0
#include "host/token/session.h"

#include "host/file.h"
#include <stdio.h>
#include <stdlib.h>

// --- Logging in ----------------------------------------------------------------------------------------------

static void forget_pin(struct token *token)
{
    crypto_wipe(token->pin, sizeof token->pin);
    token->has_pin = false;
}

// The first line of a file.
static bool read_pin(const char *path, char pin[JUMIN_TOKEN_PIN])
{
    uint8_t text[JUMIN_TOKEN_PIN + 2];
    size_t n = 0;
    bool ok = disk_read(path, text, sizeof text, &n) == JUMIN_OK;
    size_t length = 0;
    while (length < n && text[length] != '\n' && text[length] != '\r') {
        length++;
    }
    ok = ok && length > 0 && length < JUMIN_TOKEN_PIN;
    if (ok) {
        memcpy(pin, text, length);
        pin[length] = '\0';
    }
    crypto_wipe(text, sizeof text);
    return ok;
}

static enum jumin_error get_pin(struct token *token, const CK_TOKEN_INFO *info, struct detail *detail)
{
    const char *path = token_uri_pin_file(token->uri);
    const struct jumin_token_question question = {.token = token->label,
                                                  .tries_low = (info->flags & CKF_USER_PIN_COUNT_LOW) != 0,
                                                  .last_try = (info->flags & CKF_USER_PIN_FINAL_TRY) != 0};
    const struct jumin_tokens *tokens = token->tokens;
    if (token->has_pin) {
        return JUMIN_OK;
    }
    // A file cannot doubt what it says: the last try is for a person.
    if (path != NULL && !question.last_try) {
        token->has_pin = read_pin(path, token->pin);
        if (!token->has_pin) {
            return detail_set(detail, JUMIN_ERROR_TOKEN_PIN, "token %s: %s holds no PIN that can be read",
                              token->label, path);
        }
        return JUMIN_OK;
    }
    token->has_pin = tokens->ask != NULL && tokens->ask(tokens->context, &question, token->pin) &&
                     memchr(token->pin, '\0', sizeof token->pin) != NULL;
    if (!token->has_pin) {
        forget_pin(token);
        return detail_set(detail, JUMIN_ERROR_TOKEN_PIN, "token %s: its PIN is needed%s", token->label,
                          question.last_try ? "; another wrong one locks it" : "");
    }
    return JUMIN_OK;
}

// Tells how many tries are left, as far as the token does.
static enum jumin_error tell_of_wrong_pin(struct token *token, P11KitUri *uri, struct detail *detail)
{
    CK_SLOT_ID slot = 0;
    CK_TOKEN_INFO info = {0};
    struct detail ignored;
    (void)token_slot_find(token->module, uri, &slot, &info, &ignored);
    token->refused = true;
    forget_pin(token);
    return detail_set(detail, JUMIN_ERROR_TOKEN_PIN, "token %s: the PIN is wrong%s", token->label,
                      (info.flags & CKF_USER_PIN_LOCKED) != 0      ? "; it is locked now"
                      : (info.flags & CKF_USER_PIN_FINAL_TRY) != 0 ? "; another wrong one locks it"
                      : (info.flags & CKF_USER_PIN_COUNT_LOW) != 0 ? "; some tries are used up"
                                                                   : "");
}

static enum jumin_error give_pin(struct token *token, const CK_TOKEN_INFO *info, struct detail *detail)
{
    const bool at_the_token = (info->flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    const enum jumin_error error = at_the_token ? JUMIN_OK : get_pin(token, info, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    const CK_RV rv =
        token->module->C_Login(token->session, CKU_USER, at_the_token ? NULL : (CK_UTF8CHAR_PTR)token->pin,
                               at_the_token ? 0 : strlen(token->pin));
    switch (rv) {
    case CKR_OK:
    case CKR_USER_ALREADY_LOGGED_IN:
        return JUMIN_OK;
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_LOCKED:
        return tell_of_wrong_pin(token, token->uri, detail);
    default:
        return token_failure(token, rv, detail);
    }
}

static void end_session(struct token *token)
{
    if (token->has_session) {
        (void)token->module->C_CloseSession(token->session);
        token->has_session = false;
    }
}

static enum jumin_error check_flags(const struct token *token, struct detail *detail)
{
    const CK_FLAGS flags = token->info.flags;
    if (token->refused) {
        return detail_set(detail, JUMIN_ERROR_TOKEN_PIN,
                          "token %s: the PIN was wrong, and is not tried again", token->label);
    }
    if ((flags & CKF_USER_PIN_LOCKED) != 0) {
        return detail_set(detail, JUMIN_ERROR_TOKEN_PIN, "token %s: its PIN is locked", token->label);
    }
    return (flags & CKF_LOGIN_REQUIRED) == 0 || (flags & CKF_USER_PIN_INITIALIZED) != 0
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_TOKEN_PIN, "token %s: no PIN was set yet", token->label);
}

enum jumin_error token_login(struct token *token, struct detail *detail)
{
    CK_SLOT_ID slot = 0;
    end_session(token);
    enum jumin_error error = token_slot_find(token->module, token->uri, &slot, &token->info, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    error = check_flags(token, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    const CK_FLAGS write = (token->info.flags & CKF_WRITE_PROTECTED) == 0 ? CKF_RW_SESSION : 0;
    const CK_RV rv =
        token->module->C_OpenSession(slot, CKF_SERIAL_SESSION | write, NULL, NULL, &token->session);
    if (rv != CKR_OK) {
        return token_failure(token, rv, detail);
    }
    token->has_session = true;
    token->epoch++;
    error = (token->info.flags & CKF_LOGIN_REQUIRED) != 0 ? give_pin(token, &token->info, detail) : JUMIN_OK;
    if (error != JUMIN_OK) {
        end_session(token);
    }
    return error;
}

// --- Doing ---------------------------------------------------------------------------------------------------

enum jumin_error token_failure(const struct token *token, CK_RV rv, struct detail *detail)
{
    const char *why = rv == TOKEN_NO_OBJECT         ? "has no such key"
                      : rv == TOKEN_SEVERAL_OBJECTS ? "has several keys of this name"
                      : rv == TOKEN_BAD_ANSWER      ? "answers what it must not"
                      : rv == TOKEN_NOT_PROTECTED   ? "made a key that can be extracted; it was removed"
                                                    : p11_kit_strerror(rv);
    return detail_set(detail, JUMIN_ERROR_TOKEN, "token %s: %s", token->label, why);
}

// What a token says that was pulled, restarted, or left by another program's logout.
static bool is_lost(CK_RV rv)
{
    switch (rv) {
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_DEVICE_REMOVED:
    case CKR_DEVICE_ERROR:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_KEY_HANDLE_INVALID:
        return true;
    default:
        return false;
    }
}

enum jumin_error token_run(struct token *token, token_use *use, void *context, struct detail *detail)
{
    enum jumin_error error = JUMIN_OK;
    pthread_mutex_lock(&token->lock);
    CK_RV rv = token->has_session ? use(token, context) : CKR_SESSION_CLOSED;
    if (is_lost(rv)) {
        error = token_login(token, detail);
        rv = error == JUMIN_OK ? use(token, context) : rv;
    }
    if (error == JUMIN_OK && rv != CKR_OK) {
        error = token_failure(token, rv, detail);
    }
    pthread_mutex_unlock(&token->lock);
    return error;
}

// --- The tokens that are open --------------------------------------------------------------------------------

enum jumin_error jumin_tokens_new(struct jumin_tokens **tokens, jumin_token_pin *ask, void *context)
{
    if (tokens == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *tokens = calloc(1, sizeof **tokens);
    if (*tokens == NULL || pthread_mutex_init(&(*tokens)->lock, NULL) != 0) {
        free(*tokens);
        *tokens = NULL;
        return JUMIN_ERROR_MEMORY;
    }
    (*tokens)->ask = ask;
    (*tokens)->context = context;
    return JUMIN_OK;
}

static void close_token(struct token *token)
{
    end_session(token);
    token_module_release(token->module);
    p11_kit_uri_free(token->uri);
    forget_pin(token);
    (void)pthread_mutex_destroy(&token->lock);
    free(token);
}

void jumin_tokens_free(struct jumin_tokens *tokens)
{
    if (tokens == NULL) {
        return;
    }
    while (tokens->first != NULL) {
        struct token *token = tokens->first;
        tokens->first = token->next;
        close_token(token);
    }
    (void)pthread_mutex_destroy(&tokens->lock);
    free(tokens);
}

static struct token *find_open(const struct jumin_tokens *tokens, P11KitUri *uri)
{
    for (struct token *token = tokens->first; token != NULL; token = token->next) {
        if (strcmp(p11_kit_uri_get_module_path(token->uri), p11_kit_uri_get_module_path(uri)) == 0 &&
            p11_kit_uri_match_token_info(uri, &token->info) == 1) {
            return token;
        }
    }
    return NULL;
}

// Labels are filled up with blanks (PKCS#11 v2.40 §3.2).
static void take_label(struct token *token)
{
    size_t n = sizeof token->info.label;
    while (n > 0 && (token->info.label[n - 1] == ' ' || token->info.label[n - 1] == '\0')) {
        n--;
    }
    (void)snprintf(token->label, sizeof token->label, "%.*s", (int)n, (const char *)token->info.label);
}

// Takes `uri` over.
static enum jumin_error add_token(struct jumin_tokens *tokens, P11KitUri *uri, struct token **added,
                                  struct detail *detail)
{
    CK_SLOT_ID slot = 0;
    struct token *token = calloc(1, sizeof *token);
    if (token == NULL || pthread_mutex_init(&token->lock, NULL) != 0) {
        free(token);
        p11_kit_uri_free(uri);
        return detail_set(detail, JUMIN_ERROR_MEMORY, "no memory");
    }
    token->tokens = tokens;
    token->uri = uri;
    enum jumin_error error = token_module_load(uri, &token->module, detail);
    if (error == JUMIN_OK) {
        error = token_slot_find(token->module, uri, &slot, &token->info, detail);
    }
    if (error != JUMIN_OK) {
        close_token(token);
        return error;
    }
    take_label(token);
    token->next = tokens->first;
    tokens->first = token;
    *added = token;
    return JUMIN_OK;
}

static enum jumin_error open_in_list(struct jumin_tokens *tokens, P11KitUri *uri, struct token **token,
                                     struct detail *detail)
{
    enum jumin_error error = JUMIN_OK;
    struct token *found = find_open(tokens, uri);
    if (found != NULL) {
        p11_kit_uri_free(uri);
    } else {
        error = add_token(tokens, uri, &found, detail);
    }
    *token = found;
    if (found == NULL) {
        return error;
    }
    pthread_mutex_lock(&found->lock);
    error = found->has_session ? JUMIN_OK : token_login(found, detail);
    pthread_mutex_unlock(&found->lock);
    return error;
}

enum jumin_error token_open(struct jumin_tokens *tokens, const char *text, struct token **token,
                            struct detail *detail)
{
    P11KitUri *uri = token_uri_parse(text, detail);
    if (uri == NULL) {
        return JUMIN_ERROR_INPUT;
    }
    pthread_mutex_lock(&tokens->lock);
    const enum jumin_error error = open_in_list(tokens, uri, token, detail);
    pthread_mutex_unlock(&tokens->lock);
    return error;
}
