// What a plan says to the holder, and what the holder says to it.
// SPDX-License-Identifier: Apache-2.0
#include "host/wallet/showing.h"

#include "host/json_fields.h"
#include <stdlib.h>

// --- The plan, from outside --------------------------------------------------------------------------------------

void jumin_wallet_disclosure_venue(const struct jumin_wallet_disclosure *what,
                                   struct jumin_wallet_venue *venue)
{
    const struct disclosure_venue *from = &what->plan->venue;
    *venue = (struct jumin_wallet_venue){.known = from->authenticated,
                                         .name = from->name,
                                         .organization = from->organization,
                                         .purposes = from->purposes,
                                         .why = from->why};
}

unsigned jumin_wallet_disclosure_purposes(const struct jumin_wallet_disclosure *what)
{
    return what->plan->purposes;
}

bool jumin_wallet_disclosure_covered(const struct jumin_wallet_disclosure *what, unsigned purposes)
{
    return disclosure_covered(what->plan, purposes);
}

const char *jumin_wallet_disclosure_refused(const struct jumin_wallet_disclosure *what)
{
    return what->plan->refused ? what->plan->why : NULL;
}

size_t jumin_wallet_disclosure_count(const struct jumin_wallet_disclosure *what)
{
    size_t count = 0;
    for (size_t i = 0; i < what->plan->count; i++) {
        count += what->plan->documents[i].count;
    }
    return count;
}

static void put_element(const struct disclosure_document *document, const struct disclosure_element *from,
                        struct jumin_wallet_element *element)
{
    *element = (struct jumin_wallet_element){.credential = document->credential,
                                             .format = document->format,
                                             .type = document->type,
                                             .name_space = from->name_space,
                                             .name = from->name,
                                             .value = from->value,
                                             .retain = from->retain,
                                             .refused = from->refused       ? from->why
                                                        : document->refused ? document->why
                                                                            : NULL};
}

enum jumin_error jumin_wallet_disclosure_element(const struct jumin_wallet_disclosure *what, size_t index,
                                                 struct jumin_wallet_element *element)
{
    for (size_t i = 0; i < what->plan->count; i++) {
        const struct disclosure_document *document = &what->plan->documents[i];
        if (index < document->count) {
            put_element(document, &document->elements[index], element);
            return JUMIN_OK;
        }
        index -= document->count;
    }
    return JUMIN_ERROR_ARGUMENT;
}

enum jumin_error jumin_wallet_disclosure_json(const struct jumin_wallet_disclosure *what, char **json)
{
    json_t *made = disclosure_json(what->plan);
    *json = json_text(made, JSON_COMPACT);
    json_wipe(made);
    json_decref(made);
    return *json != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

// --- The holder ----------------------------------------------------------------------------------------------------

enum jumin_error showing_ask(const struct disclosure_plan *plan, const struct jumin_wallet_holder *holder,
                             struct detail *detail)
{
    const struct jumin_wallet_disclosure what = {plan};
    const bool anybody = holder != NULL && holder->decide != NULL;
    const enum jumin_error said = anybody ? holder->decide(holder->context, &what) : JUMIN_ERROR_CANCELLED;
    if (plan->refused) {
        return detail_set(detail, JUMIN_ERROR_NOT_AUTHORIZED, "%s", plan->why);
    }
    return said == JUMIN_OK ? JUMIN_OK : detail_set(detail, said, "the holder said no");
}
