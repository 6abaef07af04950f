// A Type 4 Tag with the application's address (Type 4 Tag §5).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_APPS_NDEF_H
#define JUMIN_CARD_APPS_NDEF_H

#include "card/vm/applet.h"

extern const struct applet ndef_applet;

#endif
