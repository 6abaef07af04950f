// What a person sees while and after a command works: a progress bar, marks, a portrait.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_TERMINAL_H
#define JUMIN_TOOLS_TERMINAL_H

#include <jumin/picture.h>
#include <jumin/verify.h>
#include <stdio.h>

// A line that is written over on stderr while it is a terminal; nothing otherwise.
// `total` 0: no bar, just what is being done.
void progress_show(const char *what, size_t done, size_t total);
// Removes the line.
void progress_clear(void);
// True once after Ctrl-C; the first call of progress_watch_interrupts arms it. A second Ctrl-C ends the
// program.
void progress_watch_interrupts(void);
bool progress_interrupted(void);

// "✓", "✗" or "–", coloured on a terminal.
const char *verdict_mark(FILE *out, enum jumin_verdict verdict);

// Draws pixels on a terminal: as sixel where it says that it can, else in half blocks of 24-bit colour.
void portrait_show(FILE *out, const struct jumin_pixels *pixels);

#endif
