// Data groups as the command line writes them: which ones, and what is to stand in them.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/eid_value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MUNICIPALITY = 18, DISTRICT = 10 }; // a data group, and the digits of a legal district's code

unsigned eid_group_parse(const char *name, size_t n)
{
    const size_t prefix = n > 2 && strncasecmp(name, "DG", 2) == 0 ? 2 : 0;
    unsigned number = 0;
    for (size_t i = prefix; i < n && isdigit((unsigned char)name[i]) != 0 && number < 100; i++) {
        number = 10 * number + (unsigned)(name[i] - '0');
        if (i + 1 == n) {
            return jumin_eid_group_name(number) != NULL ? number : 0;
        }
    }
    for (unsigned group = 1; group <= JUMIN_EID_GROUPS; group++) {
        const char *known = jumin_eid_group_name(group);
        if (known != NULL && strlen(known) == n && strncasecmp(known, name, n) == 0) {
            return group;
        }
    }
    return 0;
}

bool eid_groups_parse(const struct cli_arguments *arguments, const char *list, uint32_t *groups)
{
    *groups = 0;
    while (*list != '\0') {
        const size_t n = strcspn(list, ",");
        const unsigned group = eid_group_parse(list, n);
        if (group == 0) {
            return cli_misused(arguments, "%.*s: no data group has this number or name", (int)n, list);
        }
        *groups |= 1U << group;
        list += n + (list[n] == ',' ? 1 : 0);
    }
    return *groups != 0 || cli_misused(arguments, "--groups names no data group");
}

// --- Values --------------------------------------------------------------------------------------------------

// "street=…;city=…", whose ends are written into the text; false when a field is unknown.
static bool parse_fields(char *text, struct jumin_eid_place *place)
{
    const struct {
        const char *name;
        const char **to;
    } fields[] = {{"street", &place->street},
                  {"city", &place->city},
                  {"state", &place->state},
                  {"country", &place->country},
                  {"zipcode", &place->zipcode}};
    char *rest = NULL;
    for (char *field = strtok_r(text, ";", &rest); field != NULL; field = strtok_r(NULL, ";", &rest)) {
        char *value = strchr(field, '=');
        const char **to = NULL;
        if (value == NULL) {
            return false;
        }
        *value = '\0';
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            to = strcmp(field, fields[i].name) == 0 ? fields[i].to : to;
        }
        if (to == NULL) {
            return false;
        }
        *to = value + 1;
    }
    return place->city != NULL && place->country != NULL;
}

static bool parse_place(const struct cli_arguments *arguments, char *text, struct jumin_eid_value *value)
{
    value->count = 1;
    if (strchr(text, '=') == NULL) {
        value->places[0].text = text;
        return true;
    }
    return parse_fields(text, &value->places[0]) ||
           cli_misused(arguments, "an address has street, city, state, country and zipcode, as "
                                  "\"street=…;city=…;country=KOR\"; city and country are needed");
}

static bool is_district(const char *text)
{
    return strlen(text) == DISTRICT && strspn(text, "0123456789") == DISTRICT;
}

bool eid_write_parse(const struct cli_arguments *arguments, const char *given, struct eid_write *write)
{
    const char *equals = strchr(given, '=');
    *write = (struct eid_write){.group = 0};
    if (equals == NULL) {
        return cli_misused(arguments, "--write takes GROUP=VALUE");
    }
    write->group = eid_group_parse(given, (size_t)(equals - given));
    if (write->group == 0) {
        return cli_misused(arguments, "%.*s: no data group has this number or name", (int)(equals - given),
                           given);
    }
    if (strlen(equals + 1) >= sizeof write->text) {
        return cli_misused(arguments, "%s: the value is too long", jumin_eid_group_name(write->group));
    }
    (void)snprintf(write->text, sizeof write->text, "%s", equals + 1);
    if (write->text[0] == '@') {
        write->file = write->text + 1;
        return true;
    }
    switch (jumin_eid_group_kind(write->group)) {
    case JUMIN_EID_PLACE:
        return parse_place(arguments, write->text, &write->value);
    case JUMIN_EID_BYTES:
        if (write->group == MUNICIPALITY && !is_district(write->text)) {
            return cli_misused(arguments, "%s: a legal district's code has ten digits, as 3611010100",
                               jumin_eid_group_name(write->group));
        }
        write->value.bytes = (const uint8_t *)write->text;
        write->value.n = strlen(write->text);
        return true;
    default:
        write->value.text = write->text;
        return true;
    }
}
