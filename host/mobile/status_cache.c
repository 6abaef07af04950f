// A verifier's status lists: fetched while there is a network, kept in a folder, and judged by their age
// without.
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/status_cache.h"

#include "host/file.h"
#include "host/mobile/age_text.h"
#include "host/mobile/cbor.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    KEPT = 32, // lists that are open at once
    PATH_BYTES = 4096,
    NAME_BYTES = 16, // of a file's name: a hash's first ones
    NAME_TEXT = 2 * NAME_BYTES + 5,
    FILE_MAX = STATUS_TOKEN_MAX + 32,
    SILENT = 8,            // hosts that do not answer, remembered at once
    DEFAULT_TO_LIVE = 300, // seconds, where a token says none
    TO_LIVE_MAX = 86400,   // … and whatever it says
};

// A list at hand.
struct kept {
    enum status_format format;
    struct status_token token; // its `uri` is empty where there is none
    int64_t fetched_at;
    uint64_t used; // greater: later
};

// A host that did not give what was asked for.
struct silent {
    char host[STATUS_URI_MAX]; // with what stands before it: "https://issuer.example:8443"; empty: none
    int64_t at;
};

struct status_cache {
    char *folder; // NULL: none
    struct status_trust trust;
    struct status_fetch fetch; // `get` is NULL: none
    struct kept kept[KEPT];
    uint64_t uses;
    struct silent silent[SILENT];
    struct detail detail;
};

enum jumin_error status_cache_new(struct status_cache **cache, const char *folder,
                                  const struct status_trust *trust, const struct status_fetch *fetch)
{
    struct status_cache *made = calloc(1, sizeof *made);
    char *own = folder != NULL ? strdup(folder) : NULL;
    *cache = NULL;
    if (made == NULL || (folder != NULL && own == NULL)) {
        free(own);
        free(made);
        return JUMIN_ERROR_MEMORY;
    }
    made->folder = own;
    made->trust = *trust;
    made->fetch = fetch != NULL ? *fetch : (struct status_fetch){0};
    *cache = made;
    return JUMIN_OK;
}

void status_cache_free(struct status_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < KEPT; i++) {
        status_token_release(&cache->kept[i].token);
    }
    free(cache->folder);
    free(cache);
}

const char *status_cache_detail(const struct status_cache *cache)
{
    return cache->detail.text;
}

// --- In memory -------------------------------------------------------------------------------------------------

static struct kept *find(struct status_cache *cache, enum status_format format, const char *uri)
{
    for (size_t i = 0; i < KEPT; i++) {
        struct kept *kept = &cache->kept[i];
        if (kept->format == format && strcmp(kept->token.claims.uri, uri) == 0) {
            kept->used = ++cache->uses;
            return kept;
        }
    }
    return NULL;
}

static struct kept *least_used(struct status_cache *cache)
{
    struct kept *least = &cache->kept[0];
    for (size_t i = 1; i < KEPT; i++) {
        least = cache->kept[i].used < least->used ? &cache->kept[i] : least;
    }
    return least;
}

// In the place of the same list, or of the one that was not asked for the longest time. Takes the token.
static struct kept *keep(struct status_cache *cache, enum status_format format, struct status_token *token,
                         int64_t fetched_at)
{
    struct kept *same = find(cache, format, token->claims.uri);
    struct kept *place = same != NULL ? same : least_used(cache);
    status_token_release(&place->token);
    *place =
        (struct kept){.format = format, .token = *token, .fetched_at = fetched_at, .used = ++cache->uses};
    *token = (struct status_token){0};
    return place;
}

// --- In the folder ---------------------------------------------------------------------------------------------

// FOLDER/HASH.jwt, .cwt: the hash of the list's address, which says nothing else.
static bool file_path(const struct status_cache *cache, enum status_format format, const char *uri,
                      char path[PATH_BYTES])
{
    const struct span address = span_of(uri, strlen(uri));
    uint8_t digest[CRYPTO_HASH_MAX];
    char name[NAME_TEXT];
    if (cache->folder == NULL || !crypto_hash_parts(CRYPTO_SHA256, &address, 1, digest)) {
        return false;
    }
    for (size_t i = 0; i < NAME_BYTES; i++) {
        (void)snprintf(name + 2 * i, 3, "%02x", digest[i]);
    }
    (void)snprintf(name + (size_t)2 * NAME_BYTES, 5, ".%s", format == STATUS_JWT ? "jwt" : "cwt");
    return disk_join(path, PATH_BYTES, cache->folder, name);
}

// A file is [when it was fetched, token] in CBOR.
static bool parse_file(struct span file, int64_t *fetched_at, struct span *token)
{
    struct cbor_item array, item;
    struct span time;
    if (!cbor_expect(&file, CBOR_ARRAY, &array) || array.number != 2 || !cbor_skip(&file, &time) ||
        !cbor_integer(time, fetched_at) || !cbor_only(file, CBOR_BYTES, &item)) {
        return false;
    }
    *token = item.content;
    return true;
}

// NULL: there is none, or it is not good now; the detail says why, and `*error` in the latter case, too.
static struct kept *load(struct status_cache *cache, enum status_format format, const char *uri, int64_t now,
                         enum jumin_error *error)
{
    char path[PATH_BYTES];
    struct status_token token = {0};
    struct span bytes;
    struct kept *kept = NULL;
    int64_t fetched_at = 0;
    size_t n = 0;
    uint8_t *file = malloc(FILE_MAX);
    if (file != NULL && file_path(cache, format, uri, path) &&
        disk_read(path, file, FILE_MAX, &n) == JUMIN_OK) {
        if (!parse_file(span_of(file, n), &fetched_at, &bytes)) {
            (void)detail_set(&cache->detail, JUMIN_ERROR_MALFORMED, "the kept status list is damaged");
        } else {
            *error = status_token_open(format, bytes, uri, now, &cache->trust, &token, &cache->detail);
            kept = *error == JUMIN_OK ? keep(cache, format, &token, fetched_at) : NULL;
        }
    }
    free(file);
    return kept;
}

// A disk that takes no file leaves the list in memory.
static void save(const struct status_cache *cache, enum status_format format, const char *uri,
                 struct span token, int64_t fetched_at)
{
    char path[PATH_BYTES];
    uint8_t *file = malloc(FILE_MAX);
    if (file != NULL && file_path(cache, format, uri, path)) {
        struct writer w = writer_of(file, FILE_MAX);
        cbor_put_array(&w, 2);
        cbor_put_integer(&w, fetched_at);
        cbor_put_bytes(&w, token);
        if (!w.overflow) {
            (void)disk_write(path, 0644, writer_span(&w));
        }
    }
    free(file);
}

// --- From the network ------------------------------------------------------------------------------------------

// What was fetched, in the place of what is at hand (which may be NULL).
static struct kept *accept(struct status_cache *cache, enum status_format format, const char *uri,
                           struct span bytes, int64_t now, struct kept *at_hand, enum jumin_error *error)
{
    struct status_token token = {0};
    *error = status_token_open(format, bytes, uri, now, &cache->trust, &token, &cache->detail);
    if (*error == JUMIN_OK && at_hand != NULL && token.claims.issued_at < at_hand->token.claims.issued_at) {
        *error = detail_set(&cache->detail, JUMIN_ERROR_NOT_VALID_NOW,
                            "the status list that was fetched is older than the one at hand");
    }
    if (*error != JUMIN_OK) {
        status_token_release(&token);
        return at_hand;
    }
    save(cache, format, uri, bytes, now);
    return keep(cache, format, &token, now);
}

static size_t host_length(const char *uri)
{
    const char *host = strstr(uri, "://");
    return host == NULL ? strlen(uri) : (size_t)(host + 3 - uri) + strcspn(host + 3, "/?#");
}

static struct silent *find_silent(struct status_cache *cache, const char *uri)
{
    const size_t n = host_length(uri);
    for (size_t i = 0; i < SILENT; i++) {
        struct silent *silent = &cache->silent[i];
        if (strlen(silent->host) == n && memcmp(silent->host, uri, n) == 0) {
            return silent;
        }
    }
    return NULL;
}

// In the place of the same host, or of the one that was silent the longest time ago.
static void note_silent(struct status_cache *cache, const char *uri, int64_t now)
{
    struct silent *place = find_silent(cache, uri);
    if (place == NULL) {
        place = &cache->silent[0];
        for (size_t i = 1; i < SILENT; i++) {
            place = cache->silent[i].at < place->at ? &cache->silent[i] : place;
        }
    }
    (void)snprintf(place->host, sizeof place->host, "%.*s", (int)host_length(uri), uri);
    place->at = now;
}

static bool is_silent(struct status_cache *cache, const char *uri, int64_t now)
{
    const struct silent *silent = find_silent(cache, uri);
    // Who has waited longer may ask by an earlier time.
    return silent != NULL && now > silent->at - STATUS_SILENCE && now - silent->at < STATUS_SILENCE;
}

static struct kept *fetch(struct status_cache *cache, enum status_format format, const char *uri, int64_t now,
                          struct kept *at_hand, enum jumin_error *error)
{
    uint8_t *token = NULL;
    size_t n = 0;
    if (cache->fetch.get == NULL) {
        *error = detail_set(&cache->detail, JUMIN_ERROR_NO_SUCH_FILE,
                            "there is no status list at hand, and no network to fetch it");
        return at_hand;
    }
    *error = cache->fetch.get(cache->fetch.context, uri, status_media_type(format), &token, &n);
    if (*error != JUMIN_OK) {
        note_silent(cache, uri, now);
        *error = detail_set(&cache->detail, JUMIN_ERROR_NO_SUCH_FILE, "the status list cannot be fetched");
    } else {
        at_hand = accept(cache, format, uri, span_of(token, n), now, at_hand, error);
    }
    free(token);
    return at_hand;
}

// --- Asking ----------------------------------------------------------------------------------------------------

// By its own ttl, and by the venue's rule: a list that this does not simply accept may have a newer one.
static bool is_due(const struct kept *kept, const struct status_rule *rule, int64_t now)
{
    if (kept == NULL) {
        return true;
    }
    const struct status_claims *claims = &kept->token.claims;
    const int64_t said = claims->time_to_live != 0 ? claims->time_to_live : DEFAULT_TO_LIVE;
    const int64_t to_live = said < TO_LIVE_MAX ? said : TO_LIVE_MAX;
    return now < kept->fetched_at || now - kept->fetched_at >= to_live ||
           now - claims->issued_at > rule->accept || (claims->expires_at != 0 && claims->expires_at <= now);
}

// What is kept, as far as who signed it may speak to who asks, now; NULL: there is none, or the detail says
// why not. Trust may have changed since it was opened.
static struct kept *look_up(struct status_cache *cache, enum status_format format, const char *uri,
                            int64_t now, enum jumin_error *error)
{
    struct kept *kept = find(cache, format, uri);
    if (kept == NULL) {
        return load(cache, format, uri, now, error);
    }
    *error = status_token_judge(&kept->token, now, &cache->trust, &cache->detail);
    return *error == JUMIN_OK ? kept : NULL;
}

static void judge(const struct status_rule *rule, struct status_answer *answer)
{
    static const char *const texts[] = {[STATUS_ACCEPTED] = "recent enough for the venue's rule",
                                        [STATUS_WARNED] =
                                            "older than the venue's rule accepts without a warning",
                                        [STATUS_REFUSED] = "older than the venue's rule accepts"};
    char age[AGE_TEXT];
    answer->verdict = answer->age <= rule->accept ? STATUS_ACCEPTED
                      : answer->age <= rule->warn ? STATUS_WARNED
                                                  : STATUS_REFUSED;
    age_text(answer->age, age);
    (void)snprintf(answer->text, sizeof answer->text, "the status list is %s old, %s", age,
                   texts[answer->verdict]);
}

enum jumin_error status_cache_ask(struct status_cache *cache, enum status_format format,
                                  const struct status_reference *reference, const struct status_rule *rule,
                                  int64_t now, struct status_answer *answer)
{
    enum jumin_error error = JUMIN_OK, refused = JUMIN_OK;
    struct status_answer found = {0};
    *answer = found;
    detail_clear(&cache->detail);
    struct kept *kept = look_up(cache, format, reference->uri, now, &refused);
    const struct detail why = cache->detail;
    if (is_due(kept, rule, now) && is_silent(cache, reference->uri, now)) {
        error = detail_set(&cache->detail, JUMIN_ERROR_NO_SUCH_FILE,
                           "the status list could not be fetched just now");
    } else if (is_due(kept, rule, now)) {
        kept = fetch(cache, format, reference->uri, now, kept, &error);
        found.fetched = error == JUMIN_OK;
    }
    if (kept == NULL && refused != JUMIN_OK && error == JUMIN_ERROR_NO_SUCH_FILE) {
        cache->detail = why; // what there is says more than that there is no other
        return refused;
    }
    if (kept == NULL) {
        return error;
    }
    error = status_token_check_times(&kept->token, now, &cache->detail);
    if (error == JUMIN_OK) {
        error = status_token_status(&kept->token, reference->index, &found.status, &cache->detail);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    found.issued_at = kept->token.claims.issued_at;
    memcpy(found.digest, kept->token.digest, sizeof found.digest);
    found.age = found.issued_at < now ? now - found.issued_at : 0;
    judge(rule, &found);
    *answer = found;
    return JUMIN_OK;
}

enum jumin_error status_cache_refresh(struct status_cache *cache, enum status_format format, const char *uri,
                                      int64_t now)
{
    enum jumin_error error = JUMIN_OK, refused = JUMIN_OK;
    detail_clear(&cache->detail);
    struct kept *kept = look_up(cache, format, uri, now, &refused);
    (void)fetch(cache, format, uri, now, kept, &error);
    return error;
}
