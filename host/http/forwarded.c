// Whom a proxy names: one address of X-Forwarded-For, as proxies write it.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/forwarded.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PORT_DIGITS = 5, PORT_MAX = 65535, FORWARDED_MAX = INET6_ADDRSTRLEN + sizeof "[]:65535" };

// Behind an address: nothing, or a colon and a port.
static bool is_port(const char *text)
{
    const size_t digits = strlen(text) > 0 ? strspn(text + 1, "0123456789") : 0;
    return text[0] == '\0' || (text[0] == ':' && digits > 0 && digits <= PORT_DIGITS &&
                               text[1 + digits] == '\0' && strtol(text + 1, NULL, 10) <= PORT_MAX);
}

// Cuts brackets and port off. `family`: what the address must be.
static char *bare(char *text, int *family)
{
    const bool bracketed = text[0] == '[';
    char *end = bracketed ? strchr(text, ']') : strchr(text, ':');
    *family = AF_INET6;
    if (bracketed) {
        if (end == NULL || !is_port(end + 1)) {
            return NULL;
        }
        *end = '\0';
        return text + 1;
    }
    if (end != NULL && strchr(end + 1, ':') != NULL) { // two colons: without brackets it has no port
        return text;
    }
    *family = AF_INET;
    if (end != NULL) {
        if (!is_port(end)) {
            return NULL;
        }
        *end = '\0';
    }
    return text;
}

bool forwarded_address(const char *value, char address[INET6_ADDRSTRLEN])
{
    char text[FORWARDED_MAX];
    uint8_t bytes[sizeof(struct in6_addr)];
    int family = AF_INET;
    const char *comma = strrchr(value, ',');
    const char *last = comma != NULL ? comma + 1 : value;
    last += strspn(last, " \t");
    const size_t n = strcspn(last, " \t");
    if (n >= sizeof text || last[n + strspn(last + n, " \t")] != '\0') {
        return false;
    }
    memcpy(text, last, n);
    text[n] = '\0';
    const char *found = bare(text, &family);
    return found != NULL && inet_pton(family, found, bytes) == 1 &&
           inet_ntop(family, bytes, address, INET6_ADDRSTRLEN) != NULL;
}
