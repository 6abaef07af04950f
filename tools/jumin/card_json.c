// What was read from a card, as JSON.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/card_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Leaves out what is not there.
static void put(json_t *object, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        (void)json_object_set_new(object, name, json_string(text));
    }
}

static json_t *mrz_object(const struct jumin_mrz *mrz)
{
    const char sex[2] = {mrz->sex, '\0'};
    json_t *object = json_object();
    put(object, "text", mrz->text);
    put(object, "document_code", mrz->document_code);
    put(object, "issuing_state", mrz->issuing_state);
    put(object, "document_number", mrz->document_number);
    put(object, "primary_name", mrz->primary_name);
    put(object, "secondary_name", mrz->secondary_name);
    put(object, "nationality", mrz->nationality);
    put(object, "birth_date", mrz->birth_date);
    put(object, "expiry_date", mrz->expiry_date);
    put(object, "sex", sex);
    put(object, "optional_data_1", mrz->optional_data_1);
    put(object, "optional_data_2", mrz->optional_data_2);
    return object;
}

static json_t *person_object(const struct jumin_person *person)
{
    json_t *object = json_object(), *names = json_array();
    put(object, "full_name", person->full_name);
    for (size_t i = 0; i < person->other_name_count; i++) {
        (void)json_array_append_new(names, json_string(person->other_names[i]));
    }
    (void)json_object_set_new(object, "other_names", names);
    put(object, "personal_number", person->personal_number);
    put(object, "birth_date", person->birth_date);
    put(object, "birth_place", person->birth_place);
    put(object, "address", person->address);
    return object;
}

json_t *card_json_person(struct jumin_document *document)
{
    struct jumin_mrz mrz;
    struct jumin_person person;
    struct jumin_issue issue;
    struct jumin_portrait portrait;
    json_t *object = json_object();
    if (jumin_document_mrz(document, &mrz) == JUMIN_OK) {
        (void)json_object_set_new(object, "mrz", mrz_object(&mrz));
    }
    if (jumin_document_person(document, &person) == JUMIN_OK) {
        (void)json_object_set_new(object, "details", person_object(&person));
    }
    if (jumin_document_issue(document, &issue) == JUMIN_OK) {
        json_t *details = json_object();
        put(details, "authority", issue.authority);
        put(details, "date", issue.date);
        (void)json_object_set_new(object, "issue", details);
    }
    if (jumin_document_portrait(document, &portrait) == JUMIN_OK) {
        (void)json_object_set_new(object, "portrait",
                                  json_pack("{s:s, s:I, s:i, s:i}", "type",
                                            portrait.type == JUMIN_IMAGE_JPEG ? "image/jpeg" : "image/jp2",
                                            "bytes", (json_int_t)portrait.n, "width", (int)portrait.width,
                                            "height", (int)portrait.height));
    }
    return object;
}

json_t *card_json_inspection(const struct jumin_document *document)
{
    json_t *object = json_object();
    for (size_t i = 0; i < CARD_INSPECTED; i++) {
        const uint8_t *bytes = NULL;
        size_t n = 0;
        char *text = NULL;
        if (jumin_document_file(document, card_inspected[i], &bytes, &n) == JUMIN_OK) {
            text = malloc(2 * n + 1);
        }
        if (text == NULL) {
            continue;
        }
        text[0] = '\0';
        for (size_t j = 0; j < n; j++) {
            (void)snprintf(text + 2 * j, 3, "%02X", bytes[j]);
        }
        (void)json_object_set_new(object, jumin_file_name(card_inspected[i]), json_string(text));
        free(text);
    }
    return object;
}

json_t *card_json_report(const struct jumin_report *report)
{
    json_t *checks = json_array();
    for (size_t i = 0; i < jumin_report_count(report); i++) {
        const struct jumin_check *check = jumin_report_check(report, i);
        json_t *entry = json_pack("{s:s, s:s, s:s}", "check", jumin_check_name(check->kind), "verdict",
                                  jumin_verdict_name(check->verdict), "detail", check->detail);
        if (check->group != 0) {
            (void)json_object_set_new(entry, "group", json_integer(check->group));
        }
        if (check->verdict == JUMIN_FAILED) {
            put(entry, "error", jumin_error_name(check->error));
        }
        (void)json_array_append_new(checks, entry);
    }
    return json_pack("{s:s, s:s, s:o}", "verdict", jumin_verdict_name(jumin_report_verdict(report)), "chip",
                     jumin_verdict_name(jumin_report_chip(report)), "checks", checks);
}
