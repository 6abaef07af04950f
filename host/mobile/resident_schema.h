// What a resident's credential may say, described for programs and people of others: the type metadata of the
// vct (SD-JWT VC), and the same of the docType, for which no standard has a form.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_RESIDENT_SCHEMA_H
#define JUMIN_HOST_MOBILE_RESIDENT_SCHEMA_H

#include "host/mobile/resident_claims.h"

// JSON, the same bytes each time, whose digest is what the registry anchors:
// {"vct", "name", "description", "display", "claims": [{"path": [name], "display", "sd": "always"} …]}. The
// caller's (free); NULL: no memory.
char *resident_schema_vct(void);
// {"docType", "name", "description", "display", "namespaces": {namespace: [{"identifier", "type": "tstr" …,
// "display"} …]}}. The caller's (free); NULL: no memory.
char *resident_schema_doc_type(void);

#endif
