// Marks what libjumin exports; everything else is hidden. C++ programs find it under its C name.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_EXPORT_H
#define JUMIN_EXPORT_H

#ifdef __cplusplus
#define JUMIN_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define JUMIN_EXPORT __attribute__((visibility("default")))
#endif

#endif
