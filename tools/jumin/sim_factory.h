// The factory of simulated cards.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SIM_FACTORY_H
#define JUMIN_TOOLS_SIM_FACTORY_H

#include "card/wire/span.h"

// Makes the image of a blank card, whose transport keys are derived from `master`. An existing file is not
// touched. False: `*reason` says why.
bool sim_factory_make(const char *path, uint32_t serial, struct span master, const char **reason);
// A number from 1 to 0x7FFFFFFF.
long sim_factory_random_serial(void);

#endif
