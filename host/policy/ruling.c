// One decision while it is made: its rules and their sentences.
// SPDX-License-Identifier: Apache-2.0
#include "host/policy/ruling.h"

#include <stdarg.h>
#include <stdio.h>

struct jumin_rule *ruling_add(struct ruling *ruling, const char *name, bool met)
{
    struct jumin_decision *decision = ruling->decision;
    struct jumin_rule *rule = &decision->rules[decision->count++];
    rule->name = name;
    rule->met = met;
    decision->met = decision->met && met;
    return rule;
}

void ruling_korean(struct jumin_rule *rule, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(rule->korean, sizeof rule->korean, format, arguments);
    va_end(arguments);
}

void ruling_english(struct jumin_rule *rule, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(rule->english, sizeof rule->english, format, arguments);
    va_end(arguments);
}

void ruling_say(struct ruling *ruling, const char *name, bool met, const char *korean, const char *english)
{
    struct jumin_rule *rule = ruling_add(ruling, name, met);
    ruling_korean(rule, "%s", korean);
    ruling_english(rule, "%s", english);
}
