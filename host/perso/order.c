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
    (*order)->photo_budget = ORDER_PHOTO_BUDGET;
    return JUMIN_OK;
}

static void free_bytes(struct order_bytes *bytes)
{
    if (bytes->p != NULL) {
        crypto_wipe(bytes->p, bytes->n);
        free(bytes->p);
    }
    *bytes = (struct order_bytes){0};
}

void jumin_order_free(struct jumin_order *order)
{
    if (order == NULL) {
        return;
    }
    for (size_t i = 0; i < ORDER_FILES; i++) {
        free_bytes(&order->groups[i]);
    }
    free_bytes(&order->com);
    free_bytes(&order->sod);
    free_bytes(&order->card_access);
    free_bytes(&order->card_security);
    photo_free(&order->photo);
    crypto_wipe(order, sizeof *order);
    free(order);
}

const char *jumin_order_detail(const struct jumin_order *order)
{
    return order == NULL ? "" : order->detail;
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

enum jumin_error jumin_order_set_photo(struct jumin_order *order, const uint8_t *jpeg, size_t n)
{
    if (order == NULL || jpeg == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    photo_free(&order->photo);
    return photo_prepare(span_of(jpeg, n), order->photo_budget, &order->photo, order->detail);
}

enum jumin_error jumin_order_set_photo_budget(struct jumin_order *order, size_t bytes)
{
    if (order == NULL || bytes < 1000 || bytes > 30000) {
        return order == NULL ? JUMIN_ERROR_ARGUMENT
                             : refuse(order, JUMIN_ERROR_ARGUMENT, "a portrait has 1000 to 30000 bytes");
    }
    order->photo_budget = bytes;
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
    return order != NULL && order->transport_pin;
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

uint8_t order_pin_digits(const struct jumin_order *order)
{
    const size_t n = strlen(order->pin);
    return (uint8_t)(order->transport_pin || n > ORDER_PIN_DEFAULT ? ORDER_PIN_DEFAULT : n);
}

bool order_complete(struct jumin_order *order, const struct crypto_random *random)
{
    const size_t digits = order->transport_pin ? ORDER_TRANSPORT_PIN : ORDER_PIN_DEFAULT;
    return (order->can[0] != '\0' || random_digits(random, order->can, ORDER_CAN)) &&
           (order->pin[0] != '\0' || random_digits(random, order->pin, digits)) &&
           (order->puk[0] != '\0' || random_digits(random, order->puk, ORDER_PUK));
}

void order_pace(enum crypto_curve curve, struct pace_protocol pace[ORDER_PACE_INFOS])
{
    static const enum pace_mapping mappings[] = {PACE_ECDH_GM, PACE_ECDH_IM, PACE_ECDH_CAM};
    static const enum secure_messaging_suite suites[] = {SUITE_AES_CBC_CMAC_128, SUITE_AES_CBC_CMAC_256};
    for (size_t i = 0; i < ORDER_PACE_INFOS; i++) {
        pace[i] = (struct pace_protocol){mappings[i / 2], suites[i % 2], curve};
    }
}
