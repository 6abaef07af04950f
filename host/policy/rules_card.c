// Rules about card and credential: photo, fee, officers, hand-over, unlocking.
// SPDX-License-Identifier: Apache-2.0
#include "host/policy/ruling.h"

#include <stdio.h>
#include <string.h>

enum { WON_TEXT = 16, THOUSAND = 1000 };

void rule_one_valid_card(struct ruling *ruling)
{
    const bool met = !ruling->facts->valid_card;
    ruling_say(ruling, "one-valid-card", met,
               met ? "신청인에게 유효한 다른 IC 카드가 없습니다."
                   : "유효한 IC 카드가 이미 있습니다. 먼저 분실 신고를 하거나 반납해야 합니다.",
               met ? "No other IC card of the applicant is valid."
                   : "An IC card of the applicant is valid; it must be reported lost or given back first.");
}

void rule_photo_age(struct ruling *ruling)
{
    static const char name[] = "photo-age";
    const char *given = ruling->facts->photo_date;
    const unsigned months = ruling->scheme->figures.photo_months;
    const calendar_day taken = calendar_parse(given);
    char day[JUMIN_DAY], last_text[JUMIN_DAY];
    if (taken == 0) {
        struct jumin_rule *rule = ruling_add(ruling, name, false);
        ruling_korean(rule, "%u개월 이내에 찍은 사진이 필요합니다: %s.", months,
                      given == NULL ? "촬영일이 없습니다"
                                    : "촬영일은 2026-11-02처럼 적은 실제 날짜여야 합니다");
        ruling_english(rule, "A photo of the last %u months is needed: %s.", months,
                       given == NULL ? "the day on which it was taken is missing"
                                     : "the day on which it was taken must exist, written as 2026-11-02");
        return;
    }
    const calendar_day last = calendar_period_end(calendar_days_later(taken, 1), months);
    struct jumin_rule *rule = ruling_add(ruling, name, taken <= ruling->day && ruling->day <= last);
    calendar_put(taken, day);
    calendar_put(last, last_text);
    if (taken > ruling->day) {
        ruling_korean(rule, "사진 촬영일 %s이(가) 기준일 %s보다 뒤입니다.", day, ruling->day_text);
        ruling_english(rule, "The photo is said to be taken on %s, after the day of the decision, %s.", day,
                       ruling->day_text);
    } else {
        ruling_korean(rule, "사진은 %s에 찍었고 촬영 후 %u개월인 %s까지 쓸 수 %s.", day, months, last_text,
                      rule->met ? "있습니다" : "있었습니다");
        ruling_english(rule, "The photo was taken on %s and %s used for %u months, until %s.", day,
                       rule->met ? "can be" : "could be", months, last_text);
    }
}

// A credential by QR needs no photo, but the face check on the phone compares with the registered one.
void rule_photo_likeness(struct ruling *ruling)
{
    const bool met = !ruling->facts->photo_outdated;
    ruling_say(ruling, "photo-likeness", met,
               met ? "등록된 사진으로 얼굴을 확인할 수 있습니다. 새 사진은 필요하지 않습니다."
                   : "등록된 사진이 오래되어 얼굴 확인에 실패합니다. 먼저 새 주민등록증을 발급받아야 합니다.",
               met ? "The registered photo shows the holder; no new one is needed."
                   : "The registered photo is outdated and the face check would fail: a new physical card "
                     "comes first.");
}

// --- Fees --------------------------------------------------------------------------------------------------------

// Who was not older than the scheme says when applying for the first card of all.
static bool is_first_free(const struct ruling *ruling)
{
    const unsigned until = ruling->scheme->figures.first_card_until_age;
    const struct jumin_facts *facts = ruling->facts;
    const calendar_day applied = facts->applied_on != NULL ? calendar_parse(facts->applied_on) : ruling->day;
    return facts->first_issue && !facts->holds_card && ruling->birth != 0 && ruling->birth <= applied &&
           age_on(ruling->birth, applied) <= until;
}

unsigned ruling_fee(const struct ruling *ruling)
{
    const struct jumin_policy_figures *figures = &ruling->scheme->figures;
    if (ruling->question == JUMIN_APPLY_QR) {
        return figures->qr_won;
    }
    if (ruling->question != JUMIN_APPLY_CARD && ruling->question != JUMIN_HAND_OVER) {
        return 0;
    }
    return is_first_free(ruling) ? figures->first_card_won : figures->card_won;
}

// With a comma before the thousands.
static const char *won_text(unsigned won, char text[WON_TEXT])
{
    if (won < THOUSAND) {
        (void)snprintf(text, WON_TEXT, "%u", won);
    } else {
        (void)snprintf(text, WON_TEXT, "%u,%03u", won / THOUSAND, won % THOUSAND);
    }
    return text;
}

void rule_fee(struct ruling *ruling)
{
    const unsigned won = ruling_fee(ruling), paid = ruling->facts->won_paid;
    char won_figure[WON_TEXT], paid_figure[WON_TEXT];
    struct jumin_rule *rule = ruling_add(ruling, "fee", paid >= won);
    if (won == 0) {
        ruling_korean(rule, "수수료가 없습니다.");
        ruling_english(rule, "It is free of charge.");
        return;
    }
    ruling_korean(rule, "수수료는 %s원이고 %s원을 냈습니다.", won_text(won, won_figure),
                  won_text(paid, paid_figure));
    ruling_english(rule, "The fee is %s won, and %s won were paid.", won_text(won, won_figure),
                   won_text(paid, paid_figure));
}

// --- Officers ----------------------------------------------------------------------------------------------------

static bool is_named(const char *officer)
{
    return officer != NULL && officer[0] != '\0';
}

void rule_approved(struct ruling *ruling)
{
    const bool met = is_named(ruling->facts->approved_by);
    ruling_say(ruling, "approved", met, met ? "신청이 승인되었습니다." : "신청이 아직 승인되지 않았습니다.",
               met ? "The application was approved." : "The application was not approved yet.");
}

void rule_two_person(struct ruling *ruling)
{
    static const char name[] = "two-person";
    const char *officer = ruling->facts->officer, *approved_by = ruling->facts->approved_by;
    if (!is_named(officer)) {
        ruling_say(ruling, name, false, "제작 담당자를 알 수 없습니다.",
                   "The officer who is to produce the card is not named.");
    } else if (!ruling->scheme->figures.two_person) {
        ruling_say(ruling, name, true, "한 사람이 승인과 제작을 모두 할 수 있습니다.",
                   "One officer may approve and produce.");
    } else if (is_named(approved_by) && strcmp(officer, approved_by) == 0) {
        ruling_say(ruling, name, false,
                   "승인한 담당자는 그 카드를 제작할 수 없습니다. 다른 담당자가 필요합니다.",
                   "The officer who approved the application cannot produce its card; another one must.");
    } else {
        ruling_say(ruling, name, true, "승인한 담당자와 제작하는 담당자가 다릅니다.",
                   "Another officer approved than the one who produces.");
    }
}

// --- Hand-over and unlocking -------------------------------------------------------------------------------------

void rule_card_verified(struct ruling *ruling)
{
    const bool met = ruling->facts->verified;
    ruling_say(ruling, "card-verified", met,
               met ? "카드를 다시 읽어 주문과 같음을 확인했습니다."
                   : "카드를 아직 다시 읽어 확인하지 않았습니다.",
               met ? "The card was read back and is as ordered." : "The card was not read back yet.");
}

// A card is handed over in person; what unlocks, the scheme says.
void rule_identity_proof(struct ruling *ruling)
{
    static const char name[] = "identity-proof";
    const unsigned proof = (unsigned)ruling->facts->proof;
    const unsigned by = proof <= JUMIN_PROOF_CARD ? 1U << proof : 0;
    const unsigned counter = 1U << JUMIN_PROOF_COUNTER, card = 1U << JUMIN_PROOF_CARD;
    const unsigned enough = ruling->question == JUMIN_HAND_OVER ? counter
                            : ruling->question == JUMIN_UNLOCK_CARD
                                ? ruling->scheme->proofs[JUMIN_SUBJECT_CARD]
                                : ruling->scheme->proofs[JUMIN_SUBJECT_CREDENTIAL];
    if ((by & enough) != 0) {
        const bool in_person = by == counter;
        ruling_say(ruling, name, true,
                   in_person ? "창구에서 대면으로 본인을 확인했습니다."
                             : "카드와 비밀번호로 본인을 확인했습니다.",
                   in_person ? "The holder was identified face to face at the counter."
                             : "The holder was identified by the card and its PIN.");
        return;
    }
    struct jumin_rule *rule = ruling_add(ruling, name, false);
    ruling_korean(rule, "본인 확인이 필요합니다: %s.",
                  enough == (counter | card) ? "창구에서 대면으로 또는 카드와 비밀번호로"
                  : enough == counter        ? "창구에서 대면으로"
                                             : "카드와 비밀번호로");
    ruling_english(rule, "The holder must be identified %s.",
                   enough == (counter | card) ? "face to face at the counter, or by the card and its PIN"
                   : enough == counter        ? "face to face at the counter"
                                              : "by the card and its PIN");
}

void rule_validity(struct ruling *ruling)
{
    static const char name[] = "validity";
    const char *given = ruling->facts->expiry_date;
    const calendar_day expiry = calendar_parse(given);
    if (expiry == 0) {
        ruling_say(ruling, name, false,
                   given == NULL ? "유효 기간을 알 수 없습니다." : "유효 기간 만료일이 실제 날짜가 아닙니다.",
                   given == NULL ? "The date of expiry is missing."
                                 : "The date of expiry must be a day that exists.");
        return;
    }
    struct jumin_rule *rule = ruling_add(ruling, name, ruling->day <= expiry);
    ruling_korean(rule, "유효 기간은 %s까지%s.", given,
                  rule->met ? "입니다" : "였으므로 새로 발급받아야 합니다");
    ruling_english(
        rule, rule->met ? "It is valid until %s." : "It was valid until %s and must be issued anew.", given);
}

void rule_not_revoked(struct ruling *ruling)
{
    const bool met = !ruling->facts->revoked;
    ruling_say(ruling, "not-revoked", met,
               met ? "일시 정지된 상태이므로 해제할 수 있습니다."
                   : "폐기되었으므로 해제할 수 없습니다. 새로 발급받아야 합니다.",
               met ? "It is suspended, not revoked."
                   : "It is revoked, which is for ever: it must be issued anew.");
}

// A lost card has taken its phone's credential down; only with a card in hand, or a new one, does it come
// back.
void rule_card_not_lost(struct ruling *ruling)
{
    const bool follows = ruling->scheme->locks[JUMIN_SUBJECT_CARD][JUMIN_SUBJECT_CREDENTIAL];
    const bool met = !ruling->facts->card_lost || (!follows && ruling->facts->proof != JUMIN_PROOF_CARD);
    ruling_say(ruling, "card-not-lost", met,
               !ruling->facts->card_lost ? "카드는 분실 신고되지 않았습니다."
               : met                     ? "카드가 분실 신고되었지만 모바일 신분증에는 영향이 없습니다."
                     : "카드가 분실 신고되어 있습니다. 모바일 신분증보다 카드를 먼저 해제하거나 새로 "
                       "발급받아야 합니다.",
               !ruling->facts->card_lost ? "The card is not reported lost."
               : met ? "The card is reported lost, which does not lock the mobile credential."
                     : "The card is reported lost: it must be unlocked or replaced before the mobile "
                       "credential.");
}
