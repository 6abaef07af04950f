// Whom a proxy names: one address of X-Forwarded-For, as proxies write it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_HTTP_FORWARDED_H
#define JUMIN_HOST_HTTP_FORWARDED_H

#include <netinet/in.h>
#include <stdbool.h>

// The last address of a field's value: the one that our proxy has seen. 203.0.113.7, 203.0.113.7:51034,
// 2001:db8::1, [2001:db8::1] and [2001:db8::1]:443 are taken; the port is not part of who it is. In one
// spelling, however it was written. False: there is none, and `address` is unchanged.
bool forwarded_address(const char *value, char address[INET6_ADDRSTRLEN]);

#endif
