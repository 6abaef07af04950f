// The MF: the files and passwords that all applications share (ISO 7816-4 §7.1, TR-03110-3 §A).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_APPS_MF_H
#define JUMIN_CARD_APPS_MF_H

#include "card/vm/applet.h"

extern const struct applet mf_applet;

#endif
