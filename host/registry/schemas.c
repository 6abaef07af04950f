// The schemas that are recorded: of what this version issues.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/registry.h>

#include "host/mobile/resident_schema.h"

enum jumin_error jumin_registry_schema(unsigned i, const char **name, char **json)
{
    static const struct {
        const char *name;
        char *(*make)(void);
    } schemas[] = {{RESIDENT_DOC_TYPE, resident_schema_doc_type}, {RESIDENT_VCT, resident_schema_vct}};
    if (name == NULL || json == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    if (i >= sizeof schemas / sizeof *schemas) {
        return JUMIN_ERROR_INPUT;
    }
    *name = schemas[i].name;
    *json = schemas[i].make();
    return *json != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}
