// Binding a phone over HTTP: sessions in memory, few and short.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/binding_routes.h"

#include "card/crypto/crypto.h"
#include "host/http/rate.h"
#include "host/issuer/authenticator.h"
#include "host/mobile/binding_messages.h"
#include "host/mobile/cbor.h"
#include <pthread.h>
#include <stdlib.h>

enum { SESSIONS = 256, EACH = 32, SECONDS = 120 };

static const char cbor_type[] = "application/cbor";

struct session {
    struct jumin_authenticator *authenticator; // NULL: free
    uint8_t name[BINDING_SESSION]; // all zero until the first answer has named it, and busy so long
    uint64_t peer;
    uint64_t number; // the later, the higher
    int64_t until;
    bool busy;   // a worker is answering
    bool proven; // the card's chip has shown that it is one: nobody else's beginning ends it
};

struct binding_routes {
    struct binding_routes_options options;
    pthread_mutex_t lock;     // of the sessions
    pthread_mutex_t terminal; // which one session uses at a time
    uint64_t begun;
    size_t count;
    struct session sessions[];
};

struct binding_routes *binding_routes_new(const struct binding_routes_options *options)
{
    const size_t count = options->sessions != 0 ? options->sessions : SESSIONS;
    struct binding_routes *made = calloc(1, sizeof *made + count * sizeof made->sessions[0]);
    if (made != NULL) {
        made->options = *options;
        made->options.seconds = options->seconds != 0 ? options->seconds : SECONDS;
        made->options.each = options->each != 0 ? options->each : EACH;
        made->count = count;
        (void)pthread_mutex_init(&made->lock, NULL);
        (void)pthread_mutex_init(&made->terminal, NULL);
    }
    return made;
}

static void end_session(struct session *session)
{
    jumin_authenticator_free(session->authenticator);
    crypto_wipe(session, sizeof *session);
}

void binding_routes_free(struct binding_routes *binding)
{
    if (binding == NULL) {
        return;
    }
    for (size_t i = 0; i < binding->count; i++) {
        end_session(&binding->sessions[i]);
    }
    (void)pthread_mutex_destroy(&binding->lock);
    (void)pthread_mutex_destroy(&binding->terminal);
    free(binding);
}

size_t binding_routes_sessions(struct binding_routes *binding)
{
    size_t open = 0;
    (void)pthread_mutex_lock(&binding->lock);
    for (size_t i = 0; i < binding->count; i++) {
        open += binding->sessions[i].authenticator != NULL ? 1 : 0;
    }
    (void)pthread_mutex_unlock(&binding->lock);
    return open;
}

// --- Sessions ------------------------------------------------------------------------------------------------

static bool is_over(const struct session *session, int64_t now)
{
    return session->authenticator != NULL && !session->busy && session->until <= now;
}

// A place, with the lock held: a free one, or that of the phone that began first of those whose card has
// proven nothing yet, since whoever wants to keep others out has no card. A peer that has its share of
// sessions ends one of its own. NULL: there is none.
static struct session *find_place(struct binding_routes *binding, uint64_t peer, int64_t now)
{
    struct session *vacant = NULL, *first = NULL, *own = NULL;
    unsigned of_peer = 0;
    for (size_t i = 0; i < binding->count; i++) {
        struct session *session = &binding->sessions[i];
        if (is_over(session, now)) {
            end_session(session);
        }
        if (session->authenticator == NULL) {
            vacant = session;
            continue;
        }
        const bool ends = !session->busy && !session->proven;
        of_peer += session->peer == peer ? 1 : 0;
        if (ends && (first == NULL || session->number < first->number)) {
            first = session;
        }
        if (ends && session->peer == peer && (own == NULL || session->number < own->number)) {
            own = session;
        }
    }
    if (of_peer >= binding->options.each) {
        return own;
    }
    return vacant != NULL ? vacant : first;
}

static void take_terminal(void *context)
{
    (void)pthread_mutex_lock(context);
}

static void give_terminal(void *context)
{
    (void)pthread_mutex_unlock(context);
}

// A place of its own for a phone that begins; NULL: refused.
static struct session *begin_session(struct binding_routes *binding, const struct http_request *request,
                                     struct http_response *response)
{
    const struct authenticator_lock terminal = {take_terminal, give_terminal, &binding->terminal};
    const uint64_t peer = rate_peer(request->peer);
    struct jumin_authenticator_options options = binding->options.authenticator;
    struct jumin_authenticator *made = NULL;
    options.time = request->now;
    if (jumin_authenticator_new(&made, &options) != JUMIN_OK) {
        http_response_empty(response, 500);
        return NULL;
    }
    authenticator_share_terminal(made, &terminal);
    (void)pthread_mutex_lock(&binding->lock);
    struct session *found = find_place(binding, peer, request->now);
    if (found != NULL) {
        end_session(found);
        *found = (struct session){.authenticator = made,
                                  .peer = peer,
                                  .number = ++binding->begun,
                                  .until = request->now + binding->options.seconds,
                                  .busy = true};
    }
    (void)pthread_mutex_unlock(&binding->lock);
    if (found == NULL) {
        jumin_authenticator_free(made);
        http_response_error(response, 503, "temporarily_unavailable", "too many phones are being bound");
        http_response_header(response, "Retry-After", "10");
    }
    return found;
}

static struct session *find_session(struct binding_routes *binding, const struct http_request *request,
                                    struct span name, struct http_response *response)
{
    struct session *found = NULL;
    (void)pthread_mutex_lock(&binding->lock);
    for (size_t i = 0; i < binding->count && name.n == BINDING_SESSION; i++) {
        struct session *session = &binding->sessions[i];
        if (is_over(session, request->now)) {
            end_session(session);
        }
        if (session->authenticator != NULL && crypto_equal(session->name, name.p, BINDING_SESSION)) {
            found = session;
        }
    }
    if (found == NULL) {
        http_response_error(response, 404, "unknown_session",
                            "there is no such session, or no longer: begin anew");
    } else if (found->busy) {
        http_response_error(response, 409, "session_busy",
                            "another message of this session is being answered");
        found = NULL;
    } else {
        found->busy = true;
    }
    (void)pthread_mutex_unlock(&binding->lock);
    return found;
}

static void leave_session(struct binding_routes *binding, struct session *session, uint64_t kind, bool over)
{
    (void)pthread_mutex_lock(&binding->lock);
    if (over) {
        end_session(session);
    } else {
        session->busy = false;
        session->proven = session->proven || kind == BINDING_CHIP;
    }
    (void)pthread_mutex_unlock(&binding->lock);
}

// --- Messages ------------------------------------------------------------------------------------------------

// Which message it is, and of which session; the authenticator looks at the rest.
static bool peek(struct span message, uint64_t *kind, struct span *name)
{
    struct cbor_item item;
    if (!cbor_expect(&message, CBOR_ARRAY, &item) || !cbor_expect(&message, CBOR_UNSIGNED, &item)) {
        return false;
    }
    *kind = item.number;
    if (*kind == BINDING_BEGIN) {
        *name = span_of(NULL, 0);
        return true;
    }
    if (!cbor_expect(&message, CBOR_BYTES, &item)) {
        return false;
    }
    *name = item.content;
    return true;
}

static void keep_name(struct binding_routes *binding, struct session *session, struct span answer)
{
    struct binding_ask ask;
    struct span name = span_of(NULL, 0);
    if (binding_read_ask(answer, &name, &ask) && name.n == BINDING_SESSION) {
        (void)pthread_mutex_lock(&binding->lock);
        memcpy(session->name, name.p, BINDING_SESSION);
        (void)pthread_mutex_unlock(&binding->lock);
    }
}

static void refuse(const struct session *session, enum jumin_error error, struct http_response *response)
{
    const char *detail = jumin_authenticator_detail(session->authenticator);
    const int status = error == JUMIN_ERROR_MALFORMED                               ? 400
                       : error == JUMIN_ERROR_MEMORY || error == JUMIN_ERROR_CRYPTO ? 500
                                                                                    : 403;
    http_response_error(response, status, jumin_error_name(error),
                        detail[0] != '\0' ? detail : jumin_error_text(error));
}

// Whether the session is over.
static bool answer_message(struct binding_routes *binding, struct session *session, uint64_t kind,
                           const struct http_request *request, struct http_response *response)
{
    const uint8_t *answer = NULL;
    size_t n = 0;
    struct jumin_binding result;
    const enum jumin_error error =
        jumin_authenticator_next(session->authenticator, request->body.p, request->body.n, &answer, &n);
    if (error != JUMIN_OK) {
        refuse(session, error, response);
        return true;
    }
    if (kind == BINDING_BEGIN) {
        keep_name(binding, session, span_of(answer, n));
    }
    http_response_bytes(response, 200, cbor_type, span_of(answer, n));
    http_response_header(response, "Cache-Control", "no-store");
    if (jumin_authenticator_result(session->authenticator, &result) != JUMIN_OK) {
        return false;
    }
    if (binding->options.bound != NULL) {
        binding->options.bound(binding->options.context, request, &result, response);
    }
    return true;
}

static void post_binding(void *context, const struct http_request *request, struct http_response *response)
{
    struct binding_routes *binding = context;
    uint64_t kind = 0;
    struct span name;
    if (!http_request_is(request, cbor_type)) {
        http_response_error(response, 415, "unsupported_media_type", "messages are application/cbor");
        return;
    }
    if (!peek(request->body, &kind, &name)) {
        http_response_error(response, 400, jumin_error_name(JUMIN_ERROR_MALFORMED), "this is no message");
        return;
    }
    struct session *session = kind == BINDING_BEGIN ? begin_session(binding, request, response)
                                                    : find_session(binding, request, name, response);
    if (session != NULL) {
        leave_session(binding, session, kind, answer_message(binding, session, kind, request, response));
    }
}

struct http_routes binding_routes_table(struct binding_routes *binding)
{
    static const struct http_route routes[] = {
        // A phone takes four; so a counter's shared address may bind a phone every few seconds.
        {.name = "binding",
         .method = "POST",
         .path = "/binding",
         .body_max = BINDING_MESSAGE_MAX,
         .rate = {40, 120},
         .handle = post_binding},
    };
    return (struct http_routes){
        .routes = routes, .count = sizeof routes / sizeof *routes, .context = binding};
}
