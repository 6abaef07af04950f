// What was read from a card, for people and for programs.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_CARD_SHOW_H
#define JUMIN_TOOLS_CARD_SHOW_H

#include <jansson.h>
#include <jumin/reader.h>

// The files that a card gives to everyone.
enum { CARD_INSPECTED = 3 };
extern const enum jumin_file card_inspected[CARD_INSPECTED];

// The person's data, and the portrait when stdout is a terminal.
void card_show_person(struct jumin_document *document);
// What the card tells everyone.
void card_show_inspection(const struct jumin_document *document);
// One line for each check, then the verdict.
void card_show_report(const struct jumin_report *report);

// The same as JSON objects, the caller's.
json_t *card_json_person(struct jumin_document *document);
json_t *card_json_inspection(const struct jumin_document *document);
json_t *card_json_report(const struct jumin_report *report);

// Text of DG11 and DG12 for people: '<<' and '<' between parts and line ends become
// spaces.
void card_plain_text(const char *text, char *plain, size_t capacity);

#endif
