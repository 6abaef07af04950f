// Revised Romanization of Korean, as it is used for names: syllable by syllable, sound changes between
// syllables left aside (Ministry of Culture notice 2000-8, part 3 rule 4).
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/person.h"

enum {
    // Unicode core specification, section 3.12: a precomposed syllable is 0xAC00 + (initial * 21 + medial) *
    // 28 + final.
    FIRST_SYLLABLE = 0xAC00,
    LAST_SYLLABLE = 0xD7A3,
    MEDIALS = 21,
    FINALS = 28,
};

static const char *const initials[] = {"G",  "KK", "N", "D",  "TT", "R", "M", "B", "PP", "S",
                                       "SS", "",   "J", "JJ", "CH", "K", "T", "P", "H"};
static const char *const medials[MEDIALS] = {"A",  "AE", "YA", "YAE", "EO", "E",  "YEO",
                                             "YE", "O",  "WA", "WAE", "OE", "YO", "U",
                                             "WO", "WE", "WI", "YU",  "EU", "UI", "I"};
static const char *const finals[FINALS] = {"",  "K",  "K", "K", "N", "N", "N", "T", "L", "K",
                                           "M", "L",  "L", "L", "P", "L", "M", "P", "P", "T",
                                           "T", "NG", "T", "T", "K", "T", "P", "T"};

// Takes one character of three bytes in UTF-8; 0 for anything else.
static uint32_t take_syllable(const unsigned char **text)
{
    const unsigned char *p = *text;
    if ((p[0] & 0xF0) != 0xE0 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80) {
        return 0;
    }
    const uint32_t character = (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    *text += 3;
    return character >= FIRST_SYLLABLE && character <= LAST_SYLLABLE ? character : 0;
}

static void put_text(struct writer *w, const char *text)
{
    writer_put(w, span_of(text, strlen(text)));
}

bool romanize(const char *hangul, char *romanized, size_t capacity)
{
    struct writer w = writer_of(romanized, capacity);
    const unsigned char *p = (const unsigned char *)hangul;
    while (*p != '\0') {
        if (*p == ' ') {
            writer_put_u8(&w, *p++);
            continue;
        }
        const uint32_t character = take_syllable(&p);
        if (character == 0) {
            return false;
        }
        const uint32_t index = character - FIRST_SYLLABLE;
        put_text(&w, initials[index / (MEDIALS * FINALS)]);
        put_text(&w, medials[index / FINALS % MEDIALS]);
        put_text(&w, finals[index % FINALS]);
    }
    writer_put_u8(&w, '\0');
    return !w.overflow;
}
