// Specimen people: common names, possible birth dates, registration numbers that nobody can have.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/specimen.h"

#include "host/perso/person.h"
#include "host/policy/registration_number.h"
#include "host/policy/scheme.h"
#include <jansson.h>
#include <jumin/specimen.h>
#include <stdio.h>
#include <string.h>

enum {
    AGES = 72,    // years above the least
    YOUNG_OF = 8, // one in so many has just the least age, and applies for the first time
    SERIALS = 1000000,
    SERIAL_STEP = 611953, // odd and no multiple of 5: as many different serials as there are
    GIVEN_NAME_MAX = 16,
};

_Static_assert(SERIAL_STEP % 2 == 1 && SERIAL_STEP % 5 != 0, "no serial comes twice");
_Static_assert((unsigned)JUMIN_SPECIMEN_PEOPLE <= (unsigned)SERIALS, "a serial each");

struct specimen_random specimen_random_of(uint64_t seed, uint32_t i, enum specimen_subject subject)
{
    struct specimen_random random = {seed ^ ((uint64_t)i << 8 | (uint64_t)subject) * 0xD6E8FEB86659FD93};
    (void)specimen_draw(&random, 1);
    return random;
}

unsigned specimen_draw(struct specimen_random *random, unsigned bound)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (unsigned)(((z ^ (z >> 31)) >> 32) * bound >> 32);
}

// --- Names -----------------------------------------------------------------------------------------------------

struct syllable {
    const char *hangul, *hanja;
};

// The commonest surnames, about as often as they are met; some of two syllables.
static const struct {
    struct syllable name;
    unsigned weight;
} surnames[] = {
    {{"김", "金"}, 215},   {{"이", "李"}, 147},   {{"박", "朴"}, 84},    {{"최", "崔"}, 47},
    {{"정", "鄭"}, 43},    {{"강", "姜"}, 24},    {{"조", "趙"}, 21},    {{"윤", "尹"}, 20},
    {{"장", "張"}, 20},    {{"임", "林"}, 17},    {{"한", "韓"}, 15},    {{"오", "吳"}, 15},
    {{"서", "徐"}, 15},    {{"신", "申"}, 15},    {{"권", "權"}, 14},    {{"황", "黃"}, 14},
    {{"안", "安"}, 14},    {{"송", "宋"}, 14},    {{"류", "柳"}, 13},    {{"전", "全"}, 11},
    {{"홍", "洪"}, 11},    {{"고", "高"}, 9},     {{"문", "文"}, 9},     {{"양", "梁"}, 9},
    {{"손", "孫"}, 9},     {{"배", "裵"}, 8},     {{"백", "白"}, 8},     {{"허", "許"}, 7},
    {{"유", "劉"}, 6},     {{"남", "南"}, 5},     {{"심", "沈"}, 5},     {{"노", "盧"}, 5},
    {{"하", "河"}, 5},     {{"곽", "郭"}, 4},     {{"성", "成"}, 4},     {{"차", "車"}, 4},
    {{"주", "朱"}, 4},     {{"우", "禹"}, 4},     {{"구", "具"}, 4},     {{"남궁", "南宮"}, 2},
    {{"황보", "皇甫"}, 2}, {{"제갈", "諸葛"}, 1}, {{"선우", "鮮于"}, 1},
};

static const struct syllable of_women[] = {
    {"서", "瑞"}, {"연", "姸"}, {"지", "智"}, {"은", "恩"}, {"수", "秀"}, {"민", "敏"}, {"예", "藝"},
    {"하", "夏"}, {"유", "裕"}, {"윤", "允"}, {"아", "雅"}, {"혜", "惠"}, {"정", "貞"}, {"미", "美"},
    {"영", "英"}, {"경", "京"}, {"숙", "淑"}, {"희", "姬"}, {"순", "順"}, {"자", "子"}, {"현", "賢"},
    {"주", "珠"}, {"나", "娜"}, {"채", "彩"}, {"린", "璘"}, {"진", "眞"}, {"선", "善"}, {"원", "媛"},
};

static const struct syllable of_men[] = {
    {"민", "敏"}, {"준", "俊"}, {"서", "瑞"}, {"지", "智"}, {"현", "賢"}, {"우", "宇"}, {"도", "道"},
    {"윤", "允"}, {"호", "浩"}, {"성", "聖"}, {"진", "眞"}, {"태", "泰"}, {"영", "榮"}, {"재", "在"},
    {"상", "相"}, {"철", "哲"}, {"수", "秀"}, {"동", "東"}, {"훈", "勳"}, {"석", "錫"}, {"규", "奎"},
    {"환", "煥"}, {"건", "健"}, {"시", "時"}, {"원", "源"}, {"종", "鍾"}, {"광", "光"}, {"기", "基"},
};

#define COUNT_OF(array) ((unsigned)(sizeof(array) / sizeof *(array)))

static const struct syllable *draw_surname(struct specimen_random *random)
{
    unsigned all = 0;
    for (unsigned i = 0; i < COUNT_OF(surnames); i++) {
        all += surnames[i].weight;
    }
    unsigned drawn = specimen_draw(random, all), i = 0;
    for (; drawn >= surnames[i].weight; i++) {
        drawn -= surnames[i].weight;
    }
    return &surnames[i].name;
}

// {"hangul": …, "hanja": …, "romanized": …}; NULL without memory.
static json_t *name_of(const char *hangul, const char *hanja, bool with_hanja)
{
    char romanized[PERSON_ROMANIZED_MAX];
    if (!romanize(hangul, romanized, sizeof romanized)) {
        return NULL;
    }
    return with_hanja ? json_pack("{s:s, s:s, s:s}", "hangul", hangul, "hanja", hanja, "romanized", romanized)
                      : json_pack("{s:s, s:s}", "hangul", hangul, "romanized", romanized);
}

// Two different syllables, now and then one.
static json_t *draw_given_names(struct specimen_random *random, char sex, bool with_hanja)
{
    const struct syllable *list = sex == 'F' ? of_women : of_men;
    const unsigned count = sex == 'F' ? COUNT_OF(of_women) : COUNT_OF(of_men);
    const unsigned first = specimen_draw(random, count);
    const unsigned second = (first + 1 + specimen_draw(random, count - 1)) % count;
    const bool one = specimen_draw(random, 20) == 0;
    char hangul[GIVEN_NAME_MAX], hanja[GIVEN_NAME_MAX];
    (void)snprintf(hangul, sizeof hangul, "%s%s", list[first].hangul, one ? "" : list[second].hangul);
    (void)snprintf(hanja, sizeof hanja, "%s%s", list[first].hanja, one ? "" : list[second].hanja);
    return name_of(hangul, hanja, with_hanja);
}

// --- Birth -----------------------------------------------------------------------------------------------------

// Of the least age on that day up to AGES years more. Who is younger than a year above it was born in the
// last year that allows it.
static calendar_day draw_birth(struct specimen_random *random, calendar_day day, unsigned least, bool young)
{
    enum { SHORTEST_MONTH = 28, SHORTEST_YEAR = 365 };
    const unsigned month = day / 100 % 100, number = day % 100;
    const unsigned older = young ? 1 : 2 + specimen_draw(random, AGES);
    const calendar_day before = calendar_of(calendar_year(day) - least - older, month,
                                            number < SHORTEST_MONTH ? number : SHORTEST_MONTH);
    return calendar_days_later(before, 1 + specimen_draw(random, SHORTEST_YEAR - 1));
}

// 1 and 2 are men and women of the 1900s, 3 and 4 of the 2000s.
static void put_registration_number(calendar_day birth, char sex, uint64_t seed, uint32_t i, char text[16])
{
    enum { SPECIMEN_MONTH = 20, NEW_CENTURY = 2000 };
    const unsigned serial = (unsigned)(((uint64_t)i * SERIAL_STEP + seed % SERIALS) % SERIALS);
    const unsigned digit = (calendar_year(birth) < NEW_CENTURY ? 1U : 3U) + (sex == 'F' ? 1U : 0U);
    (void)snprintf(text, 16, "%02u%02u%02u-%u%06u", calendar_year(birth) % 100,
                   birth / 100 % 100 + SPECIMEN_MONTH, birth % 100, digit, serial);
}

// --- Address ---------------------------------------------------------------------------------------------------

// A legal district of the region: what its code leaves open is filled up.
static void put_municipality(const struct scheme_region *region, char code[SCHEME_CODE + 1])
{
    static const char filling[] = "1111110100";
    const size_t given = strlen(region->code);
    (void)snprintf(code, SCHEME_CODE + 1, "%s%s", region->code, filling + given);
}

static const struct scheme_region *draw_region(struct specimen_random *random, const struct scheme *scheme)
{
    static const struct scheme_region anywhere = {.code = "36110", .korean = "세종특별자치시"};
    return scheme->region_count > 0 ? &scheme->regions[specimen_draw(random, (unsigned)scheme->region_count)]
                                    : &anywhere;
}

static json_t *draw_address(struct specimen_random *random, const struct scheme_region *region)
{
    char street[PERSON_TEXT_MAX], zipcode[8];
    const unsigned number = 1 + specimen_draw(random, 300), building = 101 + specimen_draw(random, 20);
    const unsigned floor = 1 + specimen_draw(random, 25), door = 1 + specimen_draw(random, 6);
    (void)snprintf(street, sizeof street, "견본로 %u, %u동 %u%02u호", number, building, floor, door);
    (void)snprintf(zipcode, sizeof zipcode, "%05u", 10000 + specimen_draw(random, 50000));
    return json_pack("{s:s, s:s, s:s}", "city", region->korean, "street", street, "zipcode", zipcode);
}

// --- The person ------------------------------------------------------------------------------------------------

static json_t *draw_person(const struct scheme *scheme, uint64_t seed, uint32_t i, calendar_day day,
                           struct jumin_specimen *specimen)
{
    struct specimen_random random = specimen_random_of(seed, i, SPECIMEN_PERSON);
    char birth_date[CALENDAR_TEXT], number[16], municipality[SCHEME_CODE + 1];
    const char sex = specimen_draw(&random, 2) == 0 ? 'F' : 'M';
    specimen->first_issue = specimen_draw(&random, YOUNG_OF) == 0;
    const calendar_day birth = draw_birth(&random, day, scheme->figures.minimum_age, specimen->first_issue);
    const struct syllable *surname = draw_surname(&random);
    const bool with_hanja = specimen_draw(&random, 8) != 0;
    const struct scheme_region *region = draw_region(&random, scheme);
    calendar_put(birth, birth_date);
    put_registration_number(birth, sex, seed, i, number);
    put_municipality(region, municipality);
    json_t *family = name_of(surname->hangul, surname->hanja, with_hanja);
    json_t *given = draw_given_names(&random, sex, with_hanja);
    return json_pack("{s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s}", "surname", family, "given_names",
                     given, "birth_date", birth_date, "sex", sex == 'F' ? "F" : "M", "nationality", "KOR",
                     "issuing_state", "KOR", "issuing_authority", "견본시장", "registration_number", number,
                     "address", draw_address(&random, region), "municipality_code", municipality);
}

static enum jumin_error find_fee(struct jumin_policy *policy, const json_t *person, const char *day,
                                 struct jumin_specimen *specimen)
{
    const struct jumin_facts facts = {
        .birth_date = json_string_value(json_object_get(person, "birth_date")),
        .first_issue = specimen->first_issue,
        .holds_card = !specimen->first_issue,
    };
    return jumin_policy_fee(policy, JUMIN_APPLY_CARD, &facts, day, &specimen->won);
}

enum jumin_error jumin_specimen_person(struct jumin_policy *policy, uint64_t seed, uint32_t i,
                                       const char *day, struct jumin_specimen *specimen)
{
    if (policy == NULL || specimen == NULL || i >= JUMIN_SPECIMEN_PEOPLE || calendar_parse(day) == 0) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *specimen = (struct jumin_specimen){0};
    json_t *person = draw_person(&policy->scheme, seed, i, calendar_parse(day), specimen);
    enum jumin_error error = person != NULL ? find_fee(policy, person, day, specimen) : JUMIN_ERROR_MEMORY;
    if (error == JUMIN_OK) {
        specimen->person = json_dumps(person, JSON_COMPACT);
        error = specimen->person != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
    }
    json_decref(person);
    return error;
}
