// Marks what libjumin exports; everything else is hidden.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_EXPORT_H
#define JUMIN_EXPORT_H

#define JUMIN_EXPORT __attribute__((visibility("default")))

#endif
