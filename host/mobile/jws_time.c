// The times of a JSON Web Token (RFC 7519 §4.1.4 to §4.1.6).
// SPDX-License-Identifier: Apache-2.0
#include "host/mobile/jws.h"

// What every JSON parser reads exactly (RFC 8259 §6); sums with it do not overflow.
static const json_int_t latest = (json_int_t)1 << 53;

bool jws_time(const json_t *claims, const char *name, int64_t *time, bool *there)
{
    const json_t *number = json_object_get(claims, name);
    const json_int_t value = json_integer_value(number);
    *there = number != NULL;
    *time = value;
    return number == NULL || (json_is_integer(number) && value >= 0 && value <= latest);
}

static enum jumin_error take_time(const json_t *claims, const char *name, int64_t *time, bool *there,
                                  struct detail *detail)
{
    return jws_time(claims, name, time, there)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_MALFORMED, "The token's %s is no whole number of seconds.",
                            name);
}

enum jumin_error jws_check_times(const json_t *claims, int64_t now, int64_t leeway, struct detail *detail)
{
    static const char *const from[] = {"iat", "nbf"};
    int64_t time = 0;
    bool there = false;
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++) {
        error = take_time(claims, from[i], &time, &there, detail);
        if (error == JUMIN_OK && there && time > now + leeway) {
            error =
                detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "The token is not valid yet (%s).", from[i]);
        }
        if (error != JUMIN_OK) {
            return error;
        }
    }
    error = take_time(claims, "exp", &time, &there, detail);
    if (error == JUMIN_OK && there && now >= time + leeway) {
        error = detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "The token has expired (exp).");
    }
    return error;
}

enum jumin_error jws_check_fresh(const json_t *claims, int64_t now, int64_t window, int64_t leeway,
                                 struct detail *detail)
{
    int64_t time = 0;
    bool there = false;
    const enum jumin_error error = take_time(claims, "iat", &time, &there, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!there) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "The token does not say when it was made (iat).");
    }
    if (time > now + leeway) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "The token was made in the future (iat).");
    }
    if (time < now - window) {
        return detail_set(detail, JUMIN_ERROR_NOT_VALID_NOW, "The token is too old (iat).");
    }
    return JUMIN_OK;
}
