// Which handler a request belongs to.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/routes.h"

#include <stdio.h>

enum { WELL_KNOWN_MAX = 512 };

// One part of the path, of unreserved characters (RFC 3986 §2.3). How many bytes; 0: none, or too long.
static size_t take_part(const char *path, char part[HTTP_PART_MAX])
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    const size_t n = strspn(path, unreserved);
    if (n == 0 || n >= HTTP_PART_MAX) {
        return 0;
    }
    memcpy(part, path, n);
    part[n] = '\0';
    return n;
}

static bool matches(const char *pattern, const char *path, char parts[HTTP_PARTS][HTTP_PART_MAX])
{
    size_t count = 0;
    memset(parts, 0, HTTP_PARTS * sizeof *parts);
    while (*pattern != '\0') {
        if (strncmp(pattern, "{}", 2) == 0) {
            const size_t n = count < HTTP_PARTS ? take_part(path, parts[count++]) : 0;
            if (n == 0) {
                return false;
            }
            path += n;
            pattern += 2;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

static bool method_fits(const char *asked, const char *offered)
{
    return strcmp(asked, offered) == 0 || (strcmp(asked, "HEAD") == 0 && strcmp(offered, "GET") == 0);
}

void routes_find(const struct http_routes *tables, size_t count, const char *method, const char *path,
                 char parts[HTTP_PARTS][HTTP_PART_MAX], struct routes_found *found)
{
    size_t number = 0;
    *found = (struct routes_found){0};
    for (size_t t = 0; t < count; t++) {
        for (size_t r = 0; r < tables[t].count; r++, number++) {
            const struct http_route *route = &tables[t].routes[r];
            if (!matches(route->path, path, parts)) {
                continue;
            }
            if (method_fits(method, route->method)) {
                *found = (struct routes_found){
                    .route = route, .table = &tables[t], .context = tables[t].context, .number = number};
                return;
            }
            const size_t n = strlen(found->allow);
            (void)snprintf(found->allow + n, sizeof found->allow - n, "%s%s", n > 0 ? ", " : "",
                           strcmp(route->method, "GET") == 0 ? "GET, HEAD" : route->method);
        }
    }
    memset(parts, 0, HTTP_PARTS * sizeof *parts);
}

void routes_find_below(const struct http_routes *tables, size_t count, const char *prefix, const char *method,
                       const char *path, char parts[HTTP_PARTS][HTTP_PART_MAX], struct routes_found *found)
{
    static const char well_known[] = "/.well-known/";
    const size_t n = prefix != NULL ? strlen(prefix) : 0, length = strlen(path);
    char within[WELL_KNOWN_MAX];
    routes_find(tables, count, method, path, parts, found);
    if (n == 0 || found->route != NULL || found->allow[0] != '\0' || length <= n || length >= sizeof within) {
        return;
    }
    if (strncmp(path, prefix, n) == 0) { // what does not go on with a slash is no route
        routes_find(tables, count, method, path + n, parts, found);
    } else if (strncmp(path, well_known, sizeof well_known - 1) == 0 &&
               strcmp(path + length - n, prefix) == 0) {
        memcpy(within, path, length - n);
        within[length - n] = '\0';
        routes_find(tables, count, method, within, parts, found);
    }
}

void routes_refuse(const struct routes_found *found, struct http_response *response)
{
    if (found->allow[0] == '\0') {
        http_response_text(response, 404, "There is nothing here.\n");
        return;
    }
    http_response_text(response, 405, "This does not take that method.\n");
    http_response_header(response, "Allow", found->allow);
}

void routes_admit(const struct routes_found *found, const struct http_request *request,
                  struct http_response *response)
{
    if (found->table->admit != NULL) {
        found->table->admit(found->context, found->route, request, response);
    }
}

const char *http_routes_call(const struct http_routes *tables, size_t count, struct http_request *request,
                             struct http_response *response)
{
    struct routes_found found;
    routes_find(tables, count, request->method, request->path, request->parts, &found);
    if (found.route == NULL) {
        routes_refuse(&found, response);
        return NULL;
    }
    if (request->body.n > found.route->body_max) {
        http_response_text(response, 413, "The body is too long.\n");
        return found.route->name;
    }
    routes_admit(&found, request, response);
    if (response->status == 0) {
        found.route->handle(found.context, request, response);
    }
    return found.route->name;
}
