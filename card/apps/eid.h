// The eID application (TR-03110-4 §2.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_APPS_EID_H
#define JUMIN_CARD_APPS_EID_H

#include "card/vm/applet.h"

extern const struct applet eid_applet;

#endif
