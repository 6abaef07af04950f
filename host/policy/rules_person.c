// Rules about the person: age, region, registration number, and what card the person has.
// SPDX-License-Identifier: Apache-2.0
#include "host/policy/registration_number.h"
#include "host/policy/ruling.h"

#include "card/crypto/crypto.h"
#include <string.h>

void rule_birth_date(struct ruling *ruling)
{
    static const char name[] = "birth-date";
    const char *given = ruling->facts->birth_date;
    const calendar_day birth = calendar_parse(given);
    char day[JUMIN_DAY];
    if (birth == 0) {
        ruling_say(ruling, name, false,
                   given == NULL ? "생년월일이 없습니다."
                                 : "생년월일은 2001-12-31처럼 적은 실제 날짜여야 합니다.",
                   given == NULL ? "The birth date is missing."
                                 : "The birth date must be a day that exists, written as 2001-12-31.");
        return;
    }
    struct jumin_rule *rule = ruling_add(ruling, name, ruling->birth != 0);
    calendar_put(birth, day);
    if (rule->met) {
        ruling_korean(rule, "생년월일은 %s입니다.", day);
        ruling_english(rule, "The birth date is %s.", day);
    } else {
        ruling_korean(rule, "생년월일 %s 이(가) 기준일 %s보다 뒤입니다.", day, ruling->day_text);
        ruling_english(rule, "The birth date, %s, lies after the day of the decision, %s.", day,
                       ruling->day_text);
    }
}

// Only where a number is given. It is not printed, and its last digit is no reason.
void rule_registration_number(struct ruling *ruling)
{
    static const char name[] = "registration-number";
    const struct jumin_facts *facts = ruling->facts;
    struct registration_number number;
    if (facts->registration_number == NULL) {
        return;
    }
    const char *fault =
        registration_number_parse(facts->registration_number, ruling->scheme->figures.specimen, &number);
    const bool sound = fault == NULL;
    if (sound && ruling->birth != 0) {
        fault = registration_number_misfit(&number, ruling->birth, facts->sex);
    }
    crypto_wipe(&number, sizeof number);
    struct jumin_rule *rule = ruling_add(ruling, name, fault == NULL);
    if (rule->met) {
        ruling_korean(rule, "주민등록번호가 신청인의 생년월일과 성별에 맞습니다.");
        ruling_english(rule, "The registration number fits birth date and sex.");
        return;
    }
    ruling_korean(rule, "%s",
                  !sound ? ruling->scheme->figures.specimen
                               ? "견본 모드에서는 월에 20을 더한 올바른 견본 주민등록번호만 받습니다."
                               : "올바른 주민등록번호가 아닙니다. 견본 번호는 견본 모드에서만 받습니다."
                         : "주민등록번호가 신청인의 생년월일 또는 성별과 다릅니다.");
    ruling_english(rule, "The registration number %s.", fault);
}

void rule_minimum_age(struct ruling *ruling)
{
    static const char name[] = "minimum-age";
    const bool card = ruling->question == JUMIN_APPLY_CARD;
    const struct legal_age minimum = {.years = ruling->scheme->figures.minimum_age};
    char reached_text[JUMIN_DAY];
    if (ruling->birth == 0) {
        ruling_say(ruling, name, false, "생년월일을 알 수 없어 나이를 확인할 수 없습니다.",
                   "Without a birth date the age cannot be told.");
        return;
    }
    const calendar_day reached = age_reached_on(&minimum, ruling->birth);
    const unsigned years = age_on(ruling->birth, ruling->day);
    struct jumin_rule *rule = ruling_add(ruling, name, reached != 0 && reached <= ruling->day);
    calendar_put(reached, reached_text);
    if (rule->met) {
        ruling_korean(rule, "신청인은 만 %u세입니다. %s 만 %u세부터 발급합니다.", years,
                      card ? "카드는" : "모바일 신분증은", minimum.years);
        ruling_english(rule, "The applicant is %u; %s is issued from %u.", years,
                       card ? "the card" : "the mobile credential", minimum.years);
    } else {
        ruling_korean(rule, "신청인은 만 %u세입니다. %s 만 %u세부터 발급합니다 (%s부터 가능).", years,
                      card ? "카드는" : "모바일 신분증은", minimum.years, reached_text);
        ruling_english(rule, "The applicant is %u; %s is issued from %u (on %s).", years,
                       card ? "the card" : "the mobile credential", minimum.years, reached_text);
    }
}

static const struct scheme_region *find_region(const struct scheme *scheme, const char *code)
{
    for (size_t i = 0; i < scheme->region_count; i++) {
        const struct scheme_region *region = &scheme->regions[i];
        if (strncmp(region->code, code, strlen(region->code)) == 0) {
            return region;
        }
    }
    return NULL;
}

void rule_region(struct ruling *ruling)
{
    static const char name[] = "region";
    const char *code = ruling->facts->municipality_code;
    const struct scheme *scheme = ruling->scheme;
    if (code == NULL || strspn(code, "0123456789") != SCHEME_CODE || code[SCHEME_CODE] != '\0') {
        ruling_say(ruling, name, false,
                   code == NULL ? "주민등록지의 법정동 코드가 없습니다."
                                : "주민등록지의 법정동 코드는 숫자 열 자리여야 합니다.",
                   code == NULL ? "The municipality code of the registered address is missing."
                                : "The municipality code of the registered address must be ten digits.");
        return;
    }
    const struct scheme_region *region = find_region(scheme, code);
    struct jumin_rule *rule = ruling_add(ruling, name, scheme->figures.nationwide || region != NULL);
    if (scheme->figures.nationwide) {
        ruling_korean(rule, "전국에서 발급합니다 (주민등록지 %s).", code);
        ruling_english(rule, "It is issued nationwide (registered address in %s).", code);
    } else if (region != NULL) {
        ruling_korean(rule, "주민등록지 %s이(가) 시범 지역 %s(%s)에 있습니다.", code, region->korean,
                      region->code);
        ruling_english(rule, "The registered address, %s, is in the pilot region %s (%s).", code,
                       region->english, region->code);
    } else {
        ruling_korean(rule, "주민등록지 %s은(는) 시범 지역 %zu곳에 들지 않습니다.", code,
                      scheme->region_count);
        ruling_english(rule, "The registered address, %s, is in none of the %zu regions of the pilot.", code,
                       scheme->region_count);
    }
}

// A credential by QR is for those who have a card in their hands.
void rule_holds_card(struct ruling *ruling)
{
    static const char name[] = "holds-card";
    const struct jumin_facts *facts = ruling->facts;
    if (facts->holds_card && facts->first_issue) {
        ruling_say(ruling, name, false, "이미 주민등록증이 있으므로 첫 발급이 아닙니다.",
                   "The applicant holds a resident card, so that this is no first issue.");
    } else if (facts->holds_card) {
        ruling_say(ruling, name, true, "신청인은 주민등록증을 가지고 있습니다.",
                   "The applicant holds a resident card.");
    } else if (ruling->question == JUMIN_APPLY_QR) {
        ruling_say(ruling, name, false,
                   "신청인에게 주민등록증이 없습니다. 먼저 주민등록증을 발급받아야 합니다.",
                   "The applicant holds no resident card; it comes before the mobile credential.");
    } else if (facts->first_issue) {
        ruling_say(ruling, name, true, "신청인의 첫 주민등록증입니다.",
                   "This is the applicant's first resident card.");
    } else {
        ruling_say(ruling, name, false, "신청인은 주민등록증이 없고 첫 발급도 아닙니다.",
                   "The applicant holds no resident card, and this is no first issue.");
    }
}

// Under the name of the age that is asked about.
void rule_legal_age(struct ruling *ruling)
{
    const struct legal_age *age = ruling->legal_age;
    char day[JUMIN_DAY];
    if (ruling->birth == 0) {
        ruling_say(ruling, age->name, false, "생년월일을 알 수 없어 나이를 확인할 수 없습니다.",
                   "Without a birth date the age cannot be told.");
        return;
    }
    const calendar_day reached = age_reached_on(age, ruling->birth);
    struct jumin_rule *rule = ruling_add(ruling, age->name, reached != 0 && reached <= ruling->day);
    calendar_put(reached, day);
    if (age->from_new_year) {
        ruling_korean(rule, "만 %u세가 되는 해의 1월 1일인 %s부터입니다. %s에는 %s.", age->years, day,
                      ruling->day_text, rule->met ? "해당합니다" : "해당하지 않습니다");
        ruling_english(rule, "It is reached on %s, 1 January of the year of turning %u; on %s it is%s.", day,
                       age->years, ruling->day_text, rule->met ? "" : " not yet");
    } else {
        ruling_korean(rule, "만 %u세가 되는 날은 %s입니다. %s에는 만 %u세입니다.", age->years, day,
                      ruling->day_text, age_on(ruling->birth, ruling->day));
        ruling_english(rule, "The age of %u is reached on %s; on %s it is %u.", age->years, day,
                       ruling->day_text, age_on(ruling->birth, ruling->day));
    }
}
