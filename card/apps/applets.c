// The applications in the image, the ISD first; SELECT by partial name finds them in this order.
// SPDX-License-Identifier: Apache-2.0
#include "card/apps/eid.h"
#include "card/apps/emrtd.h"
#include "card/apps/isd.h"
#include "card/apps/mf.h"
#include "card/apps/ndef.h"
#include "card/apps/provisioning.h"

const struct applet *const applet_table[] = {&isd_applet, &mf_applet,           &emrtd_applet,
                                             &eid_applet, &provisioning_applet, &ndef_applet};
const size_t applet_count = sizeof applet_table / sizeof applet_table[0];
