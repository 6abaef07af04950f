// Drawing a portrait on a terminal: sixel graphics, or half blocks of 24-bit colour.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/terminal.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
    CHANNELS = 3,
    BLOCK_COLUMNS = 44,
    SIXEL_WIDTH = 240,
    SIXEL_ROWS = 6,    // pixels in one band
    LEVELS = 6,        // of each colour: 216 colours fit every sixel terminal
    ANSWER_WAIT = 200, // milliseconds for a terminal to answer; a dumb one never does
};

static const uint8_t *pixel_at(const struct jumin_pixels *pixels, unsigned x, unsigned y)
{
    return pixels->rgb + ((size_t)y * pixels->width + x) * CHANNELS;
}

// The pixel that stands for (x, y) of a drawing `width` wide.
static const uint8_t *sample(const struct jumin_pixels *pixels, unsigned x, unsigned y, unsigned width)
{
    const unsigned at_y = (2 * y + 1) * pixels->width / (2 * width);
    return pixel_at(pixels, (2 * x + 1) * pixels->width / (2 * width),
                    at_y < pixels->height ? at_y : pixels->height - 1);
}

// Upper half in the foreground's colour, lower half in the background's: two pixels a character.
static void draw_blocks(FILE *out, const struct jumin_pixels *pixels)
{
    const unsigned rows = pixels->height * BLOCK_COLUMNS / pixels->width;
    for (unsigned y = 0; y + 1 < rows; y += 2) {
        for (unsigned x = 0; x < BLOCK_COLUMNS; x++) {
            const uint8_t *upper = sample(pixels, x, y, BLOCK_COLUMNS);
            const uint8_t *lower = sample(pixels, x, y + 1, BLOCK_COLUMNS);
            (void)fprintf(out, "\033[38;2;%u;%u;%um\033[48;2;%u;%u;%um▀", upper[0], upper[1], upper[2],
                          lower[0], lower[1], lower[2]);
        }
        (void)fputs("\033[0m\n", out);
    }
}

static unsigned colour_of(const uint8_t *pixel)
{
    unsigned colour = 0;
    for (size_t i = 0; i < CHANNELS; i++) {
        colour = colour * LEVELS + ((unsigned)pixel[i] * (LEVELS - 1) + 127) / 255;
    }
    return colour;
}

// One band of six rows: for each colour in it, a line of which of the six pixels have it.
static void draw_band(FILE *out, const struct jumin_pixels *pixels, unsigned top, unsigned rows)
{
    for (unsigned colour = 0; colour < LEVELS * LEVELS * LEVELS; colour++) {
        char line[SIXEL_WIDTH + 1];
        bool used = false;
        for (unsigned x = 0; x < SIXEL_WIDTH; x++) {
            unsigned bits = 0;
            for (unsigned y = 0; y < rows; y++) {
                bits |= colour_of(sample(pixels, x, top + y, SIXEL_WIDTH)) == colour ? 1U << y : 0;
            }
            line[x] = (char)('?' + bits);
            used = used || bits != 0;
        }
        line[SIXEL_WIDTH] = '\0';
        if (used) {
            (void)fprintf(out, "#%u%s$", colour, line);
        }
    }
    (void)fputc('-', out);
}

static void draw_sixel(FILE *out, const struct jumin_pixels *pixels)
{
    const unsigned height = pixels->height * SIXEL_WIDTH / pixels->width;
    (void)fputs("\033Pq", out);
    for (unsigned colour = 0; colour < LEVELS * LEVELS * LEVELS; colour++) {
        const unsigned percent = 100 / (LEVELS - 1);
        (void)fprintf(out, "#%u;2;%u;%u;%u", colour, colour / (LEVELS * LEVELS) * percent,
                      colour / LEVELS % LEVELS * percent, colour % LEVELS * percent);
    }
    for (unsigned top = 0; top < height; top += SIXEL_ROWS) {
        draw_band(out, pixels, top, height - top < SIXEL_ROWS ? height - top : SIXEL_ROWS);
    }
    (void)fputs("\033\\\n", out);
}

// Asks the terminal for its attributes (DA1); 4 among them is sixel.
static bool has_sixel(void)
{
    struct termios before, raw;
    char answer[64] = "";
    size_t n = 0;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0) {
        return false;
    }
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    const bool asked = write(STDOUT_FILENO, "\033[c", 3) == 3;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (asked && n + 1 < sizeof answer && strchr(answer, 'c') == NULL &&
           poll(&input, 1, ANSWER_WAIT) > 0 && read(STDIN_FILENO, answer + n, 1) == 1) {
        n++;
    }
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return strstr(answer, ";4;") != NULL || strstr(answer, ";4c") != NULL;
}

void portrait_show(FILE *out, const struct jumin_pixels *pixels)
{
    (void)fflush(out);
    if (pixels->width == 0 || pixels->height == 0) {
        return;
    }
    if (has_sixel()) {
        draw_sixel(out, pixels);
    } else {
        draw_blocks(out, pixels);
    }
}
