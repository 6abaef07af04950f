// The eMRTD application: ICAO LDS1 (9303-10 §4).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_APPS_EMRTD_H
#define JUMIN_CARD_APPS_EMRTD_H

#include "card/vm/applet.h"

extern const struct applet emrtd_applet;

#endif
