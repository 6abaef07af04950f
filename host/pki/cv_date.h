// Days of CV certificates from the clock and from one another.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_CV_DATE_H
#define JUMIN_HOST_PKI_CV_DATE_H

#include "card/wire/cvc.h"

// The day of a time in seconds since 1970, in UTC. False: not from 2000 to 2099.
bool cv_date_of(int64_t seconds, cvc_date *date);
// The same day of a later month, or that month's last one.
bool cv_date_months_later(cvc_date date, unsigned months, cvc_date *later);

#endif
