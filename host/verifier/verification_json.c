// A verification for programs.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/verification.h"

#include <stdlib.h>
#include <string.h>

#include "host/json_fields.h"
#include "host/pki/pem.h"

static json_t *checks_json(const struct jumin_verification *verification)
{
    json_t *list = json_array();
    const struct jumin_verification_check *check = NULL;
    for (size_t i = 0; (check = jumin_verification_check(verification, i)) != NULL; i++) {
        json_t *item = json_pack("{s:s, s:s, s:s}", "check", jumin_verification_kind_name(check->kind),
                                 "result", jumin_finding_name(check->finding), "detail", check->detail);
        if (check->finding == JUMIN_FINDING_FAILED) {
            (void)json_object_set_new(item, "error", json_string(jumin_error_name(check->error)));
        }
        (void)json_array_append_new(list, item);
    }
    return list;
}

static json_t *bytes_json(const struct jumin_learned *learned)
{
    const size_t capacity = (learned->n + 2) / 3 * 4;
    char *text = malloc(capacity + 1);
    if (text == NULL) {
        return NULL;
    }
    struct writer w = writer_of(text, capacity);
    base64_put(&w, span_of(learned->bytes, learned->n));
    json_t *value = json_stringn(text, w.n);
    crypto_wipe(text, capacity);
    free(text);
    return value;
}

static json_t *value_json(const struct jumin_learned *learned)
{
    switch (learned->kind) {
    case JUMIN_LEARNED_BOOLEAN:
        return json_boolean(learned->truth);
    case JUMIN_LEARNED_NUMBER:
        return json_loads(learned->text, JSON_DECODE_ANY, NULL);
    case JUMIN_LEARNED_BYTES:
        return bytes_json(learned);
    default:
        return json_string(learned->text);
    }
}

static json_t *learned_json(const struct jumin_verification *verification)
{
    json_t *list = json_array();
    for (size_t i = 0; i < verification->learned_count; i++) {
        const struct jumin_learned *learned = &verification->learned[i];
        json_t *item = json_object();
        if (learned->name_space[0] != '\0') {
            (void)json_object_set_new(item, "namespace", json_string(learned->name_space));
        }
        (void)json_object_set_new(item, "name", json_string(learned->name));
        json_t *value = value_json(learned);
        (void)json_object_set_new(item, "value", value != NULL ? value : json_null());
        (void)json_array_append_new(list, item);
    }
    return list;
}

static void put_time(json_t *object, const char *name, int64_t seconds)
{
    if (seconds != 0) {
        (void)json_object_set_new(object, name, json_integer((json_int_t)seconds));
    }
}

// Of a list that was looked at: when it was signed, and how old that is.
static void put_list(json_t *object, const char *name, const char *age, int64_t issued_at, int64_t now)
{
    if (issued_at != 0) {
        put_time(object, name, issued_at);
        (void)json_object_set_new(object, age, json_integer(now > issued_at ? now - issued_at : 0));
    }
}

json_t *verification_json(const struct jumin_verification *verification)
{
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "result",
                  jumin_finding_name(jumin_verification_result(verification)), "format", verification->format,
                  "type", verification->type, "issuer", verification->issuer, "checks",
                  checks_json(verification), "learned", learned_json(verification));
    put_time(object, "valid_until", verification->valid_until);
    put_list(object, "status_issued_at", "status_age", verification->status_issued_at, verification->now);
    put_list(object, "trust_issued_at", "trust_age", verification->trust_issued_at, verification->now);
    return object;
}

enum jumin_error jumin_verification_json(const struct jumin_verification *verification, char **json)
{
    if (verification == NULL || json == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    json_t *object = verification_json(verification);
    *json = json_text(object, JSON_INDENT(2));
    json_wipe(object);
    json_decref(object);
    return *json != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}
