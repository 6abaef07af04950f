// The readable sentence that every handle keeps on its last failure.
// SPDX-License-Identifier: Apache-2.0
#include "host/detail.h"

#include <stdarg.h>
#include <stdio.h>

enum jumin_error detail_set(struct detail *detail, enum jumin_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(detail->text, sizeof detail->text, format, arguments);
    va_end(arguments);
    return error;
}

void detail_clear(struct detail *detail)
{
    detail->text[0] = '\0';
}
