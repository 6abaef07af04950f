// MSE:Set AT for PACE: what the terminal wants, and whether the card has it (TR-03110-3 §B.1, §B.14.1).
// SPDX-License-Identifier: Apache-2.0
#include "card/core/card.h"
#include "card/core/password.h"
#include "card/core/private_key.h"
#include "card/core/security_info_file.h"

enum {
    PACE_VERSION = 2,
    CARD_ACCESS_SHORT_IDENTIFIER = 0x1C,
    TAG_MECHANISM = 0x80,
    TAG_PASSWORD = 0x83,
    TAG_DOMAIN_PARAMETERS = 0x84,
};

// The data objects of MSE:Set AT; absent ones are empty.
struct authentication_template {
    struct span mechanism, password, parameters;
    bool has_mechanism, has_password, has_parameters;
    struct authorization asked;
    bool has_extensions;
};

// Extensions come behind the CHAT that they extend.
static bool take_extensions(struct span content, struct authentication_template *template)
{
    struct extensions extensions;
    if (template->has_extensions || template->asked.type == TERMINAL_NONE ||
        !extensions_parse(content, &extensions)) {
        return false;
    }
    template->asked.rights |= extensions.rights &rights_of_type(template->asked.type);
    template->has_extensions = true;
    return true;
}

static bool parse_template(struct span data, struct authentication_template *template)
{
    struct tlv object;
    *template = (struct authentication_template){0};
    enum tlv_result result = TLV_OBJECT;
    while ((result = tlv_next(&data, &object)) == TLV_OBJECT) {
        if (object.tag == TAG_MECHANISM && !template->has_mechanism) {
            template->mechanism = object.value;
            template->has_mechanism = true;
        } else if (object.tag == TAG_PASSWORD && !template->has_password) {
            template->password = object.value;
            template->has_password = true;
        } else if (object.tag == TAG_DOMAIN_PARAMETERS && !template->has_parameters) {
            template->parameters = object.value;
            template->has_parameters = true;
        } else if (object.tag == TAG_CHAT && template->asked.type == TERMINAL_NONE) {
            if (!chat_parse(object.value, &template->asked)) {
                return false;
            }
        } else if (object.tag != TAG_CERTIFICATE_EXTENSIONS || !take_extensions(object.value, template)) {
            return false;
        }
    }
    return result == TLV_END && template->has_mechanism && template->mechanism.n <= OID_PACE_MAX &&
           template->password.n == 1 && (!template->has_parameters || template->parameters.n == 1);
}

// TR-03110-2 §2.3.2.1. Who names no type may use any, for what needs no Terminal Authentication.
static bool password_fits(enum terminal_type type, enum pace_password password)
{
    switch (type) {
    case TERMINAL_INSPECTION:
        return password == PACE_PASSWORD_MRZ || password == PACE_PASSWORD_CAN;
    case TERMINAL_AUTHENTICATION:
        return password == PACE_PASSWORD_PIN || password == PACE_PASSWORD_CAN;
    case TERMINAL_SIGNATURE:
        return password != PACE_PASSWORD_MRZ;
    case TERMINAL_NONE:
        break;
    }
    return true;
}

bool pace_offered(const struct security_info *info, struct pace_protocol *protocol)
{
    if (info->kind != SECURITY_INFO_PACE || info->version != PACE_VERSION ||
        info->mapping == PACE_MAPPING_NONE || info->suite == SUITE_3DES_CBC_CBC || !info->has_parameter ||
        !card_curve_of_parameter(info->parameter, &protocol->curve)) {
        return false;
    }
    protocol->mapping = info->mapping;
    protocol->suite = info->suite;
    return true;
}

// Chooses the PACEInfo of EF.CardAccess that the template names. 6A80: the mechanism is not offered, or is
// offered with several domain parameters and none was named; 6A88: not with those named.
static uint16_t choose_protocol(struct card *card, const struct authentication_template *template,
                                struct pace_protocol *chosen)
{
    struct security_info_file file;
    struct security_info info;
    unsigned mechanisms = 0;
    unsigned matches = 0;
    if (!security_info_file_open(&file, &card->store, OBJECT_MF_FILES + CARD_ACCESS_SHORT_IDENTIFIER, 0)) {
        return SW_WRONG_DATA;
    }
    enum tlv_result result = TLV_OBJECT;
    while ((result = security_info_file_next(&file, &info)) == TLV_OBJECT) {
        struct pace_protocol protocol;
        if (!pace_offered(&info, &protocol) || !span_equal(info.oid, template->mechanism)) {
            continue;
        }
        mechanisms++;
        if (!template->has_parameters || template->parameters.p[0] == info.parameter) {
            *chosen = protocol;
            matches++;
        }
    }
    if (result == TLV_MALFORMED || mechanisms == 0) {
        return SW_WRONG_DATA;
    }
    if (matches == 0) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    return matches == 1 ? SW_OK : SW_WRONG_DATA;
}

uint16_t pace_set_authentication_template_handler(struct card *card, const struct apdu_command *command,
                                                  struct writer *response)
{
    (void)response;
    struct authentication_template template;
    struct pace_protocol protocol;
    if (!parse_template(command->data, &template)) {
        return SW_WRONG_DATA;
    }
    uint16_t status = choose_protocol(card, &template, &protocol);
    if (status != SW_OK) {
        return status;
    }
    const uint8_t reference = template.password.p[0];
    if (reference < PACE_PASSWORD_MRZ || reference > PACE_PASSWORD_PUK) {
        return SW_REFERENCED_DATA_NOT_FOUND;
    }
    if (!password_fits(template.asked.type, (enum pace_password)reference)) {
        return SW_WRONG_DATA;
    }
    status = password_status(card, (enum pace_password)reference);
    if (status == SW_REFERENCED_DATA_NOT_FOUND) {
        return status;
    }
    struct pace_state *pace = &card->pace;
    pace->step = PACE_ENCRYPTED_NONCE;
    pace->password = (enum pace_password)reference;
    pace->asked = template.asked;
    pace->protocol = protocol;
    memcpy(pace->oid, template.mechanism.p, template.mechanism.n);
    pace->oid_length = template.mechanism.n;
    return status;
}
