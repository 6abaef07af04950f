// The link by which a wallet learns of a request (OpenID4VP 1.0 §5.1, §5.10; RFC 9101 §5).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/vp_request.h"

#include "host/mobile/http_message.h"
#include <stdlib.h>
#include <strings.h>

static const char scheme[] = "openid4vp://?";

// The query of a link with one of our schemes; NULL: another link. Some write no slashes, some a host.
static const char *query_of(const char *text)
{
    static const char *const schemes[] = {"openid4vp:", "haip-vp:"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        const size_t n = strlen(schemes[i]);
        if (strncasecmp(text, schemes[i], n) == 0) {
            const char *mark = strchr(text + n, '?');
            return mark == NULL ? NULL : mark + 1;
        }
    }
    return NULL;
}

static enum jumin_error malformed(struct detail *detail, const char *why)
{
    return detail_set(detail, JUMIN_ERROR_MALFORMED, "The link %s.", why);
}

// By value: as long as it may be.
static enum jumin_error take_request(struct span query, struct vp_link *link, struct detail *detail)
{
    link->request = malloc(VP_REQUEST_MAX);
    if (link->request == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (http_form_value(query, "request", link->request, VP_REQUEST_MAX) == HTTP_FORM_ONE) {
        return JUMIN_OK;
    }
    return malformed(detail, "has no signed request (request_uri, request): who asks is not known");
}

static enum jumin_error take(struct span query, struct vp_link *link, struct detail *detail)
{
    char method[8];
    if (http_form_value(query, "client_id", link->client_id, sizeof link->client_id) != HTTP_FORM_ONE ||
        link->client_id[0] == '\0') {
        return malformed(detail, "does not say who asks (client_id)");
    }
    const enum http_form by_reference =
        http_form_value(query, "request_uri", link->request_uri, sizeof link->request_uri);
    const enum http_form with_method = http_form_value(query, "request_uri_method", method, sizeof method);
    if (by_reference == HTTP_FORM_REFUSED || with_method == HTTP_FORM_REFUSED) {
        return malformed(detail, "has a request_uri or a method that is none");
    }
    if (by_reference == HTTP_FORM_NONE || link->request_uri[0] == '\0') {
        return take_request(query, link, detail);
    }
    char by_value[1];
    if (http_form_value(query, "request", by_value, sizeof by_value) != HTTP_FORM_NONE) {
        return malformed(detail, "has a request and a request_uri");
    }
    link->post = with_method == HTTP_FORM_ONE && strcmp(method, "post") == 0;
    if (with_method == HTTP_FORM_ONE && !link->post && strcmp(method, "get") != 0) {
        return malformed(detail, "has a request_uri_method that is neither get nor post");
    }
    return JUMIN_OK;
}

enum jumin_error vp_link_read(const char *text, struct vp_link *link, struct detail *detail)
{
    const char *query = query_of(text);
    *link = (struct vp_link){0};
    if (query == NULL || strlen(query) > VP_REQUEST_MAX + 4 * VP_TEXT_MAX) {
        return malformed(detail, "is none to a request for a presentation (openid4vp), or too long");
    }
    const enum jumin_error error = take(span_of(query, strlen(query)), link, detail);
    if (error != JUMIN_OK) {
        vp_link_release(link);
    }
    return error;
}

void vp_link_release(struct vp_link *link)
{
    free(link->request);
    *link = (struct vp_link){0};
}

void vp_link_put(struct writer *w, const char *client_id, const char *request_uri, bool post)
{
    writer_put(w, span_of(scheme, sizeof scheme - 1));
    if (w->overflow) {
        return;
    }
    struct writer form = writer_of(w->p + w->n, w->capacity - w->n);
    http_form_put(&form, "client_id", client_id);
    http_form_put(&form, "request_uri", request_uri);
    if (post) {
        http_form_put(&form, "request_uri_method", "post");
    }
    w->n += form.n;
    w->overflow = form.overflow;
}
