// The purposes of a reader's certificate: SEQUENCE OF UTF8String, each the name of a purpose.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_PURPOSES_H
#define JUMIN_HOST_PKI_PURPOSES_H

#include "card/wire/span.h"
#include <jumin/purpose.h>

// The extension's value.
void purposes_put(struct writer *w, unsigned purposes);
// Names that are not known allow nothing, and are passed over. False: malformed.
bool purposes_parse(struct span value, unsigned *purposes);

#endif
