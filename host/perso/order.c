// An order: the person, the portrait and the passwords that one card is to carry.
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/order.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((format(printf, 3, 4))) static enum jumin_error
refuse(struct jumin_order *order, enum jumin_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(order->detail, sizeof order->detail, format, arguments);
    va_end(arguments);
    return error;
}

enum jumin_error jumin_order_new(struct jumin_order **order)
{
    if (order == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *order = calloc(1, sizeof **order);
    if (*order == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    return jumin_order_set_profile(*order, profile_texts[0].text, profile_texts[0].n);
}

static void free_bytes(struct order_bytes *bytes)
{
    if (bytes->p != NULL) {
        crypto_wipe(bytes->p, bytes->n);
        free(bytes->p);
    }
    *bytes = (struct order_bytes){0};
}

void order_free_files(struct jumin_order *order)
{
    for (size_t i = 0; i < ORDER_FILES; i++) {
        free_bytes(&order->groups[i]);
    }
    for (size_t i = 0; i <= EID_GROUPS; i++) {
        free_bytes(&order->eid_groups[i]);
    }
    free_bytes(&order->chip_security);
    free_bytes(&order->com);
    free_bytes(&order->sod);
    free_bytes(&order->card_access);
    free_bytes(&order->card_security);
}

void jumin_order_free(struct jumin_order *order)
{
    if (order == NULL) {
        return;
    }
    order_free_files(order);
    photo_free(&order->photo);
    free_bytes(&order->photo_file);
    crypto_wipe(order, sizeof *order);
    free(order);
}

const char *jumin_order_detail(const struct jumin_order *order)
{
    return order == NULL ? "" : order->detail;
}

const char *jumin_profile_name(size_t i)
{
    return i < profile_texts_count ? profile_texts[i].name : NULL;
}

const char *jumin_profile_text(const char *name)
{
    for (size_t i = 0; name != NULL && i < profile_texts_count; i++) {
        if (strcmp(profile_texts[i].name, name) == 0) {
            return profile_texts[i].text;
        }
    }
    return NULL;
}

// Makes the portrait of the file that was set, if one was. On failure the order is as it was.
static enum jumin_error prepare_photo(struct jumin_order *order, const struct profile *profile, size_t budget)
{
    const struct photo_wishes wishes = {.formats = profile->portrait_formats,
                                        .budget = budget != 0 ? budget : profile->portrait_bytes};
    struct photo photo;
    if (order->photo_file.p == NULL) {
        return JUMIN_OK;
    }
    const enum jumin_error error =
        photo_prepare(span_of(order->photo_file.p, order->photo_file.n), &wishes, &photo, order->detail);
    if (error == JUMIN_OK) {
        photo_free(&order->photo);
        order->photo = photo;
    }
    return error;
}

enum jumin_error jumin_order_set_profile(struct jumin_order *order, const char *json, size_t n)
{
    struct profile profile;
    if (order == NULL || json == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = profile_parse(span_of(json, n), &profile, order->detail);
    if (error == JUMIN_OK && (profile.portrait_formats != order->profile.portrait_formats ||
                              profile.portrait_bytes != order->profile.portrait_bytes)) {
        error = prepare_photo(order, &profile, order->photo_budget);
    }
    if (error == JUMIN_OK) {
        order->profile = profile;
    }
    return error;
}

enum jumin_error jumin_order_set_person(struct jumin_order *order, const char *json, size_t n)
{
    if (order == NULL || json == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    order->has_person = false;
    const enum jumin_error error = person_parse(span_of(json, n), &order->person, order->detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!mrz_make(&order->person, order->mrz)) {
        return refuse(order, JUMIN_ERROR_INPUT, "the person does not fit a TD1 machine readable zone");
    }
    order->has_person = true;
    return JUMIN_OK;
}

enum jumin_error jumin_order_set_photo(struct jumin_order *order, const uint8_t *file, size_t n)
{
    if (order == NULL || file == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    photo_free(&order->photo);
    free_bytes(&order->photo_file);
    if (n == 0) {
        return refuse(order, JUMIN_ERROR_INPUT, "the photo is empty");
    }
    order->photo_file = (struct order_bytes){malloc(n), n};
    if (order->photo_file.p == NULL) {
        return refuse(order, JUMIN_ERROR_MEMORY, "no memory for the photo");
    }
    memcpy(order->photo_file.p, file, n);
    const enum jumin_error error = prepare_photo(order, &order->profile, order->photo_budget);
    if (error != JUMIN_OK) {
        free_bytes(&order->photo_file);
    }
    return error;
}

enum jumin_error jumin_order_set_photo_budget(struct jumin_order *order, size_t bytes)
{
    if (order == NULL || bytes < PHOTO_BUDGET_MIN || bytes > PHOTO_BUDGET_MAX) {
        return order == NULL ? JUMIN_ERROR_ARGUMENT
                             : refuse(order, JUMIN_ERROR_ARGUMENT, "a portrait has %d to %d bytes",
                                      PHOTO_BUDGET_MIN, PHOTO_BUDGET_MAX);
    }
    const enum jumin_error error = prepare_photo(order, &order->profile, bytes);
    if (error == JUMIN_OK) {
        order->photo_budget = bytes;
    }
    return error;
}

enum jumin_error jumin_order_portrait(const struct jumin_order *order, struct jumin_portrait *portrait)
{
    if (order == NULL || portrait == NULL || order->photo.image == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct photo *photo = &order->photo;
    *portrait = (struct jumin_portrait){.type = photo->type,
                                        .image = photo->image,
                                        .n = photo->n,
                                        .width = photo->width,
                                        .height = photo->height};
    return JUMIN_OK;
}

enum jumin_error jumin_order_photo_hint(const struct jumin_order *order, enum jumin_photo_check check,
                                        struct jumin_photo_hint *hint)
{
    if (order == NULL || hint == NULL || order->photo.image == NULL ||
        (unsigned)check >= JUMIN_PHOTO_CHECKS) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *hint = order->photo.hints[check];
    return JUMIN_OK;
}

static enum jumin_error set_digits(struct jumin_order *order, char *to, const char *digits, size_t least,
                                   size_t most, const char *what)
{
    const size_t n = digits == NULL ? 0 : strlen(digits);
    if (n < least || n > most || strspn(digits, "0123456789") != n) {
        return refuse(order, JUMIN_ERROR_ARGUMENT, "the %s has %zu to %zu digits", what, least, most);
    }
    memcpy(to, digits, n + 1);
    return JUMIN_OK;
}

enum jumin_error jumin_order_set_can(struct jumin_order *order, const char *can)
{
    return order == NULL ? JUMIN_ERROR_ARGUMENT
                         : set_digits(order, order->can, can, ORDER_CAN, ORDER_CAN, "CAN");
}

enum jumin_error jumin_order_set_pin(struct jumin_order *order, const char *pin)
{
    return order == NULL ? JUMIN_ERROR_ARGUMENT
                         : set_digits(order, order->pin, pin, ORDER_PIN_MIN, ORDER_PIN_MAX, "PIN");
}

enum jumin_error jumin_order_set_puk(struct jumin_order *order, const char *puk)
{
    return order == NULL ? JUMIN_ERROR_ARGUMENT
                         : set_digits(order, order->puk, puk, ORDER_PUK, ORDER_PUK, "PUK");
}

enum jumin_error jumin_order_set_transport_pin(struct jumin_order *order, bool on)
{
    if (order == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    order->transport_pin = on;
    return JUMIN_OK;
}

// The groups of the eID application that stay away, or are empty, when a person has nothing for them.
static bool may_be_missing(unsigned group)
{
    return group == EID_RELIGIOUS_NAME || group == EID_ACADEMIC_TITLE || group == EID_PLACE_OF_BIRTH ||
           group == EID_BIRTH_NAME || group >= EID_RESIDENCE_PERMIT_1;
}

enum jumin_error jumin_order_check(struct jumin_order *order)
{
    if (order == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct profile *profile = &order->profile;
    const bool personal = profile->mrz || profile->emrtd_groups != 0 || profile->eid_groups != 0;
    if (personal && !order->has_person) {
        return refuse(order, JUMIN_ERROR_ARGUMENT, "the profile %s needs a person", profile->name);
    }
    if (profile_has_group(profile->emrtd_groups, 2) && order->photo.n == 0) {
        return refuse(order, JUMIN_ERROR_ARGUMENT, "the profile %s needs a photo", profile->name);
    }
    for (unsigned group = 1; group <= EID_GROUPS; group++) {
        if (profile_has_group(profile->eid_groups, group) && !may_be_missing(group) &&
            !eid_has_group(&order->person, group)) {
            return refuse(order, JUMIN_ERROR_INPUT,
                          "%s: is missing in the person file; the profile %s has it on the card",
                          eid_group_field(group), profile->name);
        }
    }
    if (order->pin[0] != '\0' && strlen(order->pin) < profile->pin_digits &&
        !jumin_order_has_transport_pin(order)) {
        return refuse(order, JUMIN_ERROR_ARGUMENT, "a PIN of the profile %s has at least %u digits",
                      profile->name, profile->pin_digits);
    }
    return JUMIN_OK;
}

const char *jumin_order_can(const struct jumin_order *order)
{
    return order == NULL ? "" : order->can;
}

const char *jumin_order_pin(const struct jumin_order *order)
{
    return order == NULL ? "" : order->pin;
}

const char *jumin_order_puk(const struct jumin_order *order)
{
    return order == NULL ? "" : order->puk;
}

bool jumin_order_has_transport_pin(const struct jumin_order *order)
{
    return order != NULL && (order->transport_pin || order->profile.transport_pin);
}

const char *jumin_order_mrz(const struct jumin_order *order)
{
    return order == NULL ? "" : order->mrz;
}

bool jumin_order_is_on_card(const struct jumin_order *order)
{
    return order != NULL && order->on_card;
}

// Uniform digits: bytes of 250 and above are drawn again.
static bool random_digits(const struct crypto_random *random, char *digits, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint8_t byte = 0;
        if (!random->fill(random->context, &byte, 1)) {
            return false;
        }
        if (byte < 250) {
            digits[i++] = (char)('0' + byte % 10);
        }
    }
    digits[n] = '\0';
    return true;
}

// So that nobody takes a transport PIN for one that a holder has chosen.
size_t order_pin_digits(const struct jumin_order *order)
{
    const size_t digits = order->profile.pin_digits;
    return jumin_order_has_transport_pin(order) && digits > ORDER_PIN_MIN ? digits - 1 : digits;
}

bool order_complete(struct jumin_order *order, const struct crypto_random *random)
{
    const size_t pin_digits = order_pin_digits(order);
    return (order->can[0] != '\0' || random_digits(random, order->can, ORDER_CAN)) &&
           (order->pin[0] != '\0' || random_digits(random, order->pin, pin_digits)) &&
           (!order->profile.puk || order->puk[0] != '\0' || random_digits(random, order->puk, ORDER_PUK));
}

size_t order_pace(const struct profile *profile, enum crypto_curve curve,
                  struct pace_protocol pace[ORDER_PACE_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < profile->mapping_count; i++) {
        for (size_t k = 0; k < profile->suite_count; k++) {
            pace[n++] = (struct pace_protocol){profile->mappings[i], profile->suites[k], curve};
        }
    }
    return n;
}

bool order_wants_key(const struct jumin_order *order, enum order_key key)
{
    const struct profile *profile = &order->profile;
    switch (key) {
    case ORDER_KEY_CHIP_AUTHENTICATION:
        return profile->emrtd_groups != 0;
    case ORDER_KEY_ACTIVE_AUTHENTICATION:
        return profile->active_authentication;
    case ORDER_KEY_CHIP:
        return profile->chip_key;
    default:
        return profile->restricted_identification;
    }
}

struct span order_point(const struct order_points *points, enum order_key key)
{
    return span_of(points->points[key], points->length);
}
