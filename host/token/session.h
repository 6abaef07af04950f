// The inside of struct jumin_tokens: modules, sessions, logins (PKCS#11 v2.40 §5).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_TOKEN_SESSION_H
#define JUMIN_HOST_TOKEN_SESSION_H

#include "host/token/token.h"
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <pthread.h>

enum { TOKEN_LABEL = 33 };

// One that was opened. Only token_run touches its session.
struct token {
    struct token *next;
    struct jumin_tokens *tokens;
    P11KitUri *uri; // that has found it
    CK_TOKEN_INFO info;
    char label[TOKEN_LABEL];
    CK_FUNCTION_LIST *module;
    bool has_session;
    CK_SESSION_HANDLE session;
    unsigned long epoch; // of the session: handles of objects are worth nothing in another
    bool refused;        // its PIN was wrong: nobody tries again
    bool has_pin;
    char pin[JUMIN_TOKEN_PIN];
    pthread_mutex_t lock;
};

struct jumin_tokens {
    struct token *first;
    jumin_token_pin *ask;
    void *context;
    pthread_mutex_t lock; // of the list
};

struct token_key {
    struct token *token;
    char uri[TOKEN_URI_MAX];
    CK_OBJECT_CLASS class;
    unsigned long epoch; // of the session that `object` was found in; 0: in none
    CK_OBJECT_HANDLE object;
    struct detail detail;
};

// --- URIs ----------------------------------------------------------------------------------------------------

// NULL: said so. A URI with a PIN in it, without module-path, or with attributes that nobody knows is none.
P11KitUri *token_uri_parse(const char *text, struct detail *detail);
// False: it does not fit.
bool token_uri_format(P11KitUri *uri, char text[TOKEN_URI_MAX]);
// pin-source as a path. NULL: there is none, or none that is a file.
const char *token_uri_pin_file(const P11KitUri *uri);

// --- Tokens --------------------------------------------------------------------------------------------------

// A module and the slot in it whose token `uri` names; p11-kit initializes it once for all of the process.
enum jumin_error token_module_load(const P11KitUri *uri, CK_FUNCTION_LIST **module, struct detail *detail);
void token_module_release(CK_FUNCTION_LIST *module);
enum jumin_error token_slot_find(CK_FUNCTION_LIST *module, P11KitUri *uri, CK_SLOT_ID *slot,
                                 CK_TOKEN_INFO *info, struct detail *detail);
// Opens a session in place of the one that there is, and logs in.
enum jumin_error token_login(struct token *token, struct detail *detail);

// The token that `uri` names, opened and logged in where it is not yet.
enum jumin_error token_open(struct jumin_tokens *tokens, const char *uri, struct token **token,
                            struct detail *detail);

// What is done in a session. CKR_OK, or what the module has answered.
typedef CK_RV token_use(struct token *token, void *context);
// Locks the token and does it; once more, after a new login, when the session was lost.
enum jumin_error token_run(struct token *token, token_use *use, void *context, struct detail *detail);
// A sentence for what a module has answered, and the error that it is.
enum jumin_error token_failure(const struct token *token, CK_RV rv, struct detail *detail);

// --- Objects -------------------------------------------------------------------------------------------------

// Codes of our own, in the range that PKCS#11 leaves to vendors: the object is missing, is there twice, or is
// not as it should be.
enum {
    TOKEN_NO_OBJECT = 0x8A4D0001,
    TOKEN_SEVERAL_OBJECTS = 0x8A4D0002,
    TOKEN_BAD_ANSWER = 0x8A4D0003,
    TOKEN_NOT_PROTECTED = 0x8A4D0004,
};

// The only object of `class` that the URI names.
CK_RV token_find(struct token *token, const char *uri, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *object);
// The key's handle in this session.
CK_RV token_key_find(struct token *token, struct token_key *key);
// An attribute of up to `capacity` bytes.
CK_RV token_attribute(struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, void *bytes,
                      size_t capacity, size_t *n);
// TOKEN_NOT_PROTECTED unless the object is sensitive and cannot be extracted.
CK_RV token_check_protected(struct token *token, CK_OBJECT_HANDLE object);

// Label and identifier of a new key, and the URI that finds it.
struct token_name {
    char label[64];
    uint8_t id[16];
    char uri[TOKEN_URI_MAX];
};
enum jumin_error token_name_make(const char *uri, const char *what, struct token_name *name,
                                 struct detail *detail);
// NULL: no memory, said so.
struct token_key *token_key_new(struct token *token, const char *uri, CK_OBJECT_CLASS class,
                                struct detail *detail);

#endif
