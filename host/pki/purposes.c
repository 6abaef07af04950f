// The purposes of a reader's certificate, and their names.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/purposes.h"

#include "host/pki/der_read.h"

static const char *const names[] = {"age", "adult", "identity", "address"}; // by bit

enum { PURPOSES = sizeof names / sizeof *names };

enum jumin_error jumin_purpose_parse(const char *name, enum jumin_purpose *purpose)
{
    for (unsigned i = 0; i < PURPOSES && name != NULL && purpose != NULL; i++) {
        if (strcmp(names[i], name) == 0) {
            *purpose = (enum jumin_purpose)(1U << i);
            return JUMIN_OK;
        }
    }
    return JUMIN_ERROR_ARGUMENT;
}

const char *jumin_purpose_name(enum jumin_purpose purpose)
{
    for (unsigned i = 0; i < PURPOSES; i++) {
        if ((unsigned)purpose == 1U << i) {
            return names[i];
        }
    }
    return NULL;
}

void purposes_put(struct writer *w, unsigned purposes)
{
    const size_t sequence = tlv_open(w, DER_SEQUENCE);
    for (unsigned i = 0; i < PURPOSES; i++) {
        if ((purposes & 1U << i) != 0) {
            tlv_put(w, DER_UTF8_STRING, span_of(names[i], strlen(names[i])));
        }
    }
    tlv_close(w, sequence);
}

bool purposes_parse(struct span value, unsigned *purposes)
{
    struct span list, text;
    *purposes = 0;
    if (!der_only(value, DER_SEQUENCE, &list)) {
        return false;
    }
    while (list.n > 0) {
        if (!der_content(&list, DER_UTF8_STRING, &text)) {
            *purposes = 0;
            return false;
        }
        for (unsigned i = 0; i < PURPOSES; i++) {
            *purposes |= span_equal(text, span_of(names[i], strlen(names[i]))) ? 1U << i : 0;
        }
    }
    return true;
}
