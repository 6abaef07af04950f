// The factory of simulated cards.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_SIM_FACTORY_H
#define JUMIN_TOOLS_SIM_FACTORY_H

#include "card/wire/scp03.h"

// Makes the image of a blank card, whose transport keys are derived from `master`. An existing file is not
// touched. False: `*reason` says why.
bool sim_factory_make(const char *path, uint32_t serial, struct span master, const char **reason);
// A number from 1 to 0x7FFFFFFF.
long sim_factory_random_serial(void);
// The serial number as delivery lists have it: what tells the card's keys, in hexadecimal digits.
enum { SIM_SERIAL_TEXT = 2 * SCP03_DIVERSIFICATION + 1 };
void sim_factory_serial(uint32_t serial, char text[SIM_SERIAL_TEXT]);

#endif
