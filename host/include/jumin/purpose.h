// What a venue may ask of a mobile credential: purposes, which its certificate names and a wallet holds it
// to.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_PURPOSE_H
#define JUMIN_PURPOSE_H

#include <jumin/error.h>

// Several are a set of these bits.
enum jumin_purpose {
    JUMIN_PURPOSE_AGE = 1 << 0,      // name and birth date
    JUMIN_PURPOSE_ADULT = 1 << 1,    // one boolean: adult in this year
    JUMIN_PURPOSE_IDENTITY = 1 << 2, // who it is
    JUMIN_PURPOSE_ADDRESS = 1 << 3,  // where the holder lives
};

// "age", "adult", "identity", "address". JUMIN_ERROR_ARGUMENT for another name.
JUMIN_EXPORT enum jumin_error jumin_purpose_parse(const char *name, enum jumin_purpose *purpose);
// NULL when it is none, or several.
JUMIN_EXPORT const char *jumin_purpose_name(enum jumin_purpose purpose);

#endif
