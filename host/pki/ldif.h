// LDIF (RFC 2849), as directories of certificates are published: the values that are written in base64.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_LDIF_H
#define JUMIN_HOST_PKI_LDIF_H

#include "card/wire/span.h"

// Whether a text begins as LDIF does: with "version:" or "dn:", behind comments and empty lines.
bool ldif_is(struct span text);
// Takes lines from `*text` up to the next value in base64. `attribute` is its name without options
// ("userCertificate" of "userCertificate;binary"); `base64` still has the line ends in it. False: no more.
bool ldif_next(struct span *text, struct span *attribute, struct span *base64);
// Compares an attribute's name, without regard to case.
bool ldif_named(struct span attribute, const char *name);

#endif
