// The months of the Gregorian calendar.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_CALENDAR_H
#define JUMIN_CARD_WIRE_CALENDAR_H

// 28 to 31; 0 for a month that is not 1 to 12.
unsigned days_of_month(unsigned year, unsigned month);

#endif
