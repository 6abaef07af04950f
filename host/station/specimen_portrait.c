// The portrait of a specimen person: a drawn face, nobody's, in whole numbers so that it is the same
// everywhere.
// SPDX-License-Identifier: Apache-2.0
#include "host/jpeg.h"
#include "host/station/specimen.h"

#include <jumin/specimen.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 252, // 35:45
    HEIGHT = 324,
    MIDDLE = WIDTH / 2,
    QUALITY = 70,
};

_Static_assert(WIDTH * 45 == HEIGHT * 35, "35:45");

struct colour {
    uint8_t red, green, blue;
};

// What varies from face to face.
struct face {
    struct colour wall, cloth, skin, hair, iris;
    int width, height, eyes, eye_distance, nose, mouth, fringe, hair_length, brow;
    bool glasses, collar;
};

struct ellipse {
    int x, y, width, height; // middle and half axes
};

static struct colour shade(struct colour colour, int per_cent)
{
    const int parts[] = {colour.red * per_cent / 100, colour.green * per_cent / 100,
                         colour.blue * per_cent / 100};
    uint8_t bytes[3];
    for (int i = 0; i < 3; i++) {
        bytes[i] = (uint8_t)(parts[i] > UINT8_MAX ? UINT8_MAX : parts[i]);
    }
    return (struct colour){bytes[0], bytes[1], bytes[2]};
}

static void put(struct picture *picture, int x, int y, struct colour colour)
{
    if (x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT) {
        uint8_t *at = picture->rgb + ((size_t)y * WIDTH + (size_t)x) * PICTURE_CHANNELS;
        at[0] = colour.red;
        at[1] = colour.green;
        at[2] = colour.blue;
    }
}

// What of the ellipse lies between two heights (top and bottom of the picture: 0, HEIGHT).
static void fill(struct picture *picture, struct ellipse e, int from, int to, struct colour colour)
{
    for (int y = e.y - e.height; y <= e.y + e.height; y++) {
        for (int x = e.x - e.width; x <= e.x + e.width && y >= from && y < to; x++) {
            const int64_t dx = x - e.x, dy = y - e.y, w = e.width, h = e.height;
            if (dx * dx * h * h + dy * dy * w * w <= w * w * h * h) {
                put(picture, x, y, colour);
            }
        }
    }
}

static void fill_whole(struct picture *picture, struct ellipse ellipse, struct colour colour)
{
    fill(picture, ellipse, 0, HEIGHT, colour);
}

static void draw_ring(struct picture *picture, struct ellipse e, struct colour colour)
{
    for (int y = e.y - e.height; y <= e.y + e.height; y++) {
        for (int x = e.x - e.width; x <= e.x + e.width; x++) {
            const int64_t dx = x - e.x, dy = y - e.y, w = e.width, h = e.height, inner_w = w - 2,
                          inner_h = h - 2;
            if (dx * dx * h * h + dy * dy * w * w <= w * w * h * h &&
                dx * dx * inner_h * inner_h + dy * dy * inner_w * inner_w >=
                    inner_w * inner_w * inner_h * inner_h) {
                put(picture, x, y, colour);
            }
        }
    }
}

// --- The parts -------------------------------------------------------------------------------------------------

static void draw_wall(struct picture *picture, const struct face *face)
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            put(picture, x, y, shade(face->wall, 100 - y * 6 / HEIGHT));
        }
    }
}

static void draw_shoulders(struct picture *picture, const struct face *face, int chin)
{
    fill_whole(picture, (struct ellipse){MIDDLE, HEIGHT + 20, 112, HEIGHT - chin + 2}, face->cloth);
    fill_whole(picture, (struct ellipse){MIDDLE, chin + 6, face->width / 2, 40}, shade(face->skin, 88));
    if (face->collar) {
        fill(picture, (struct ellipse){MIDDLE, chin + 34, face->width / 2 + 9, 22}, chin + 34, HEIGHT,
             shade(face->cloth, 135));
    }
}

static void draw_head(struct picture *picture, const struct face *face, struct ellipse head)
{
    const struct ellipse hair = {MIDDLE, head.y - 12, head.width + 11, head.height + 6};
    fill(picture, hair, 0, head.y + face->hair_length, face->hair);
    for (int side = -1; side <= 1; side += 2) {
        fill_whole(picture, (struct ellipse){MIDDLE + side * head.width, face->eyes + 12, 8, 16},
                   shade(face->skin, 92));
    }
    fill_whole(picture, head, face->skin);
    fill(picture, (struct ellipse){MIDDLE, head.y - 8, head.width + 2, head.height}, 0, face->fringe,
         shade(face->hair, 108));
}

static void draw_eye(struct picture *picture, const struct face *face, int x)
{
    static const struct colour white = {244, 242, 238}, black = {24, 20, 20};
    fill_whole(picture, (struct ellipse){x, face->eyes, 13, 6}, shade(face->skin, 70));
    fill_whole(picture, (struct ellipse){x, face->eyes + 1, 12, 5}, white);
    fill_whole(picture, (struct ellipse){x, face->eyes, 5, 5}, face->iris);
    fill_whole(picture, (struct ellipse){x, face->eyes, 2, 2}, black);
    fill(picture, (struct ellipse){x, face->eyes - 12 + face->brow, 16, 8}, 0, face->eyes - 13 + face->brow,
         face->hair);
    if (face->glasses) {
        draw_ring(picture, (struct ellipse){x, face->eyes, 21, 16}, black);
    }
}

static void draw_features(struct picture *picture, const struct face *face, struct ellipse head)
{
    static const struct colour lips = {178, 92, 88};
    draw_eye(picture, face, MIDDLE - face->eye_distance);
    draw_eye(picture, face, MIDDLE + face->eye_distance);
    const int nose = face->eyes + head.height / 3 + 4;
    fill_whole(picture, (struct ellipse){MIDDLE, nose, face->nose, 5}, shade(face->skin, 86));
    fill_whole(picture, (struct ellipse){MIDDLE, nose - 3, face->nose - 2, 5}, shade(face->skin, 104));
    const int mouth = nose + head.height / 4;
    fill_whole(picture, (struct ellipse){MIDDLE, mouth, face->mouth, 6}, lips);
    fill_whole(picture, (struct ellipse){MIDDLE, mouth, face->mouth - 1, 1}, shade(lips, 60));
}

// --- The face --------------------------------------------------------------------------------------------------

static int between(struct specimen_random *random, int least, int most)
{
    return least + (int)specimen_draw(random, (unsigned)(most - least + 1));
}

static struct colour one_of(struct specimen_random *random, const struct colour *colours, unsigned count)
{
    return shade(colours[specimen_draw(random, count)], between(random, 94, 106));
}

static struct face draw_lots(struct specimen_random *random)
{
    static const struct colour walls[] = {{214, 222, 232}, {226, 224, 218}, {208, 220, 214}, {222, 214, 222}};
    static const struct colour cloths[] = {
        {44, 56, 84}, {92, 40, 48}, {60, 84, 72}, {88, 88, 96}, {120, 96, 64}};
    static const struct colour skins[] = {{228, 190, 160}, {216, 174, 142}, {236, 204, 178}, {202, 158, 126}};
    static const struct colour hairs[] = {{34, 28, 28}, {58, 42, 34}, {84, 60, 44}, {150, 146, 144}};
    static const struct colour irises[] = {{64, 42, 28}, {88, 60, 38}, {48, 36, 32}};
    struct face face = {0};
    face.wall = one_of(random, walls, 4);
    face.cloth = one_of(random, cloths, 5);
    face.skin = one_of(random, skins, 4);
    face.hair = one_of(random, hairs, 4);
    face.iris = one_of(random, irises, 3);
    face.width = between(random, 60, 74);
    face.height = between(random, 82, 98);
    face.eyes = between(random, 142, 150);
    face.eye_distance = between(random, 27, 33);
    face.nose = between(random, 7, 12);
    face.mouth = between(random, 15, 25);
    face.fringe = between(random, 92, 116);
    face.hair_length = between(random, -10, 110);
    face.brow = between(random, -3, 1);
    face.glasses = specimen_draw(random, 3) == 0;
    face.collar = specimen_draw(random, 2) == 0;
    return face;
}

enum jumin_error jumin_specimen_portrait(uint64_t seed, uint32_t i, uint8_t **jpeg, size_t *n)
{
    struct specimen_random random = specimen_random_of(seed, i, SPECIMEN_PORTRAIT);
    if (jpeg == NULL || n == NULL || i >= JUMIN_SPECIMEN_PEOPLE) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct face face = draw_lots(&random);
    struct picture picture = {.width = WIDTH, .height = HEIGHT};
    picture.rgb = malloc(picture_bytes(&picture));
    if (picture.rgb == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    const struct ellipse head = {MIDDLE, 152, face.width, face.height};
    draw_wall(&picture, &face);
    draw_shoulders(&picture, &face, head.y + head.height);
    draw_head(&picture, &face, head);
    draw_features(&picture, &face, head);
    const enum jumin_error error = jpeg_encode(&picture, QUALITY, jpeg, n);
    picture_free(&picture);
    return error;
}
