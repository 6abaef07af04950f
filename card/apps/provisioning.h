// The provisioning application: binds one phone to the card. Ours.
// SPDX-License-Identifier: Apache-2.0
//
// The issuer's server authenticates itself through the phone (TR-03110-2 §2.3.2) and binds the phone's device
// key under the session that it alone shares with the card. All commands need PACE with the PIN, Terminal
// Authentication with RIGHT_PROVISION_PHONE, Chip Authentication, and protection.
#ifndef JUMIN_CARD_APPS_PROVISIONING_H
#define JUMIN_CARD_APPS_PROVISIONING_H

#include "card/vm/applet.h"

enum {
    PROVISIONING_AUTHENTICATED =
        SECURITY_PACE | SECURITY_TERMINAL_AUTHENTICATED | SECURITY_CHIP_AUTHENTICATED | SECURITY_PROTECTED,
};

extern const struct applet provisioning_applet;

// BIND DEVICE (80 10 00 00): stores the thumbprint and raises the counter in one transaction; the thumbprint
// that is bound already changes nothing. Answers thumbprint and counter. 6982: the terminal may not; 6A80: no
// thumbprint; 6A84: the counter has come to its end.
command_handler bind_device_handler;
// READ BINDING (80 12 00 00): thumbprint and counter; 6A88 when no phone is bound.
command_handler read_binding_handler;
// UNBIND DEVICE (80 14 00 00): no phone is bound any more; the counter stays, so that it never repeats a
// value.
command_handler unbind_device_handler;

#endif
