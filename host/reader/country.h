// Countries: the two letters of certificates and the three of machine readable zones (ISO 3166-1, 9303-3 §5).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_COUNTRY_H
#define JUMIN_HOST_READER_COUNTRY_H

#include "card/wire/span.h"

// Whether both name the same issuer. Case of the letters does not matter; alpha_3 comes without fillers.
bool country_equal(struct span alpha_2, struct span alpha_3);

#endif
