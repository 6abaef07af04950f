// An order that outlives its process: what completing the lock and reading back need, as bytes.
// SPDX-License-Identifier: Apache-2.0
//
// Neither PIN nor PUK is among it: they are printed once, before the card is locked. Each object stands
// behind its length in two bytes, big-endian, all in one order; what is not there has none. Person and photo
// are not in it but the two dates that tell the card's day from the day on which it goes on.
#include "host/perso/order.h"

#include <stdlib.h>

enum { SAVED_VERSION = 1, FLAG_TRANSPORT_PIN = 1, LONGEST = 0xFFFF };

// --- Saving ----------------------------------------------------------------------------------------------------

static void put_object(struct writer *w, struct span bytes)
{
    w->overflow = w->overflow || bytes.n > LONGEST;
    writer_put_u16(w, (uint16_t)bytes.n);
    writer_put(w, bytes);
}

static void put_text(struct writer *w, const char *text)
{
    put_object(w, span_of(text, strlen(text)));
}

static void put_files(struct writer *w, const struct order_bytes *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_object(w, span_of(files[i].p, files[i].n));
    }
}

bool order_save(const struct jumin_order *order, struct writer *w)
{
    writer_put_u8(w, SAVED_VERSION);
    writer_put_u8(w, order->transport_pin ? FLAG_TRANSPORT_PIN : 0);
    put_object(w, span_of(order->diversification, SCP03_DIVERSIFICATION));
    put_text(w, order->person.issue_date);
    put_text(w, order->person.expiry_date);
    put_text(w, order->can);
    put_text(w, order->mrz);
    put_files(w, order->groups, ORDER_FILES);
    put_files(w, &order->com, 1);
    put_files(w, &order->sod, 1);
    put_files(w, &order->card_access, 1);
    put_files(w, &order->card_security, 1);
    put_files(w, &order->chip_security, 1);
    put_files(w, order->eid_groups, EID_GROUPS + 1);
    return !w->overflow;
}

// --- Resuming --------------------------------------------------------------------------------------------------

static bool take_object(struct span *rest, struct span *object)
{
    struct span length;
    return span_take(rest, 2, &length) && span_take(rest, (size_t)length.p[0] << 8 | length.p[1], object);
}

// Text of these characters alone, of one length or empty.
static bool take_text(struct span *rest, const char *characters, size_t length, bool may_be_empty, char *text)
{
    struct span object;
    if (!take_object(rest, &object) || (object.n != length && !(may_be_empty && object.n == 0))) {
        return false;
    }
    for (size_t i = 0; i < object.n; i++) {
        if (object.p[i] == '\0' || strchr(characters, object.p[i]) == NULL) {
            return false;
        }
    }
    if (object.n > 0) {
        memcpy(text, object.p, object.n);
    }
    text[object.n] = '\0';
    return true;
}

static bool take_file(struct span *rest, struct order_bytes *file)
{
    struct span object;
    if (!take_object(rest, &object)) {
        return false;
    }
    if (object.n == 0) {
        return true;
    }
    *file = (struct order_bytes){malloc(object.n), object.n};
    if (file->p == NULL) {
        *file = (struct order_bytes){0};
        return false;
    }
    memcpy(file->p, object.p, object.n);
    return true;
}

static bool take_files(struct span *rest, struct order_bytes *files, size_t count)
{
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        good = take_file(rest, &files[i]);
    }
    return good;
}

static bool take_head(struct span *rest, struct jumin_order *order)
{
    struct span head, diversification;
    if (!span_take(rest, 2, &head) || head.p[0] != SAVED_VERSION || head.p[1] > FLAG_TRANSPORT_PIN ||
        !take_object(rest, &diversification) || diversification.n != SCP03_DIVERSIFICATION) {
        return false;
    }
    order->transport_pin = head.p[1] == FLAG_TRANSPORT_PIN;
    memcpy(order->diversification, diversification.p, SCP03_DIVERSIFICATION);
    return true;
}

static bool take_order(struct span rest, struct jumin_order *order)
{
    static const char digits[] = "0123456789", mrz[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<";
    return take_head(&rest, order) && take_text(&rest, digits, PERSON_DATE, true, order->person.issue_date) &&
           take_text(&rest, digits, PERSON_DATE, true, order->person.expiry_date) &&
           take_text(&rest, digits, ORDER_CAN, false, order->can) &&
           take_text(&rest, mrz, TD1_LENGTH, true, order->mrz) &&
           take_files(&rest, order->groups, ORDER_FILES) && take_files(&rest, &order->com, 1) &&
           take_files(&rest, &order->sod, 1) && take_files(&rest, &order->card_access, 1) &&
           take_files(&rest, &order->card_security, 1) && take_files(&rest, &order->chip_security, 1) &&
           take_files(&rest, order->eid_groups, EID_GROUPS + 1) && rest.n == 0;
}

enum jumin_error order_resume(struct jumin_order *order, struct span saved)
{
    order_free_files(order);
    order->on_card = take_order(saved, order);
    if (order->on_card) {
        return JUMIN_OK;
    }
    order_free_files(order);
    return JUMIN_ERROR_MALFORMED;
}
