/* SPDX-License-Identifier: MIT */
/*
 * A JPEG becomes a canvas, a mark becomes strokes of a spray can, and the canvas a JPEG again.
 *
 * Letters are lines between points of a grid, five wide and seven high. Each line leaves its `closeness` on a layer: 255
 * in the middle of the line, 0 where no paint arrives. From that the layer's paint, the dust around it and a shadow that
 * keeps pale paint readable are laid on the canvas. What looks random is a hash of the mark and the place.
 *
 * The first picture that a process reads stays there as a canvas: a class has hundreds made of it.
 */
#include "sim/host/picture.h"

#include <assert.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h> /* wants stdio.h before it */

enum {
    QUALITY = 88,
    LETTER_MIN = 40, /* pixels */
    GRID_WIDE = 4,
    GRID_HIGH = 6,
    PITCH = 6,      /* grid columns from one letter to the next */
    SMALL_PART = 16 /* coordinates count sixteenths of a pixel */
};

static const unsigned char paint[3] = {222, 255, 64};

/* Strokes as "xy" points, y downwards; a blank lifts the can. */
static const struct glyph {
    char letter;
    const char *strokes;
} glyphs[] = {
    {'A', "062046 1434"                     },
    {'B', "00063645443303 0030414233"       },
    {'C', "4130100105163645"                },
    {'D', "00062645412000"                  },
    {'E', "40000646 0333"                   },
    {'F', "400006 0333"                     },
    {'G', "41301001051636454323"            },
    {'H', "0006 4046 0343"                  },
    {'I', "2026 1030 1636"                  },
    {'J', "4045361605"                      },
    {'K', "0006 400346"                     },
    {'L', "000646"                          },
    {'M', "0600234046"                      },
    {'N', "06004640"                        },
    {'O', "103041453616050110"              },
    {'P', "06003041423303"                  },
    {'Q', "103041453616050110 2446"         },
    {'R', "06003041423303 2346"             },
    {'S', "413010010213334445361605"        },
    {'T', "0040 2026"                       },
    {'U', "000516364540"                    },
    {'V', "002640"                          },
    {'W', "0016233640"                      },
    {'X', "0046 4006"                       },
    {'Y', "002340 2326"                     },
    {'Z', "00400646"                        },
    {'0', "103041453616050110 3115"         },
    {'1', "112026 1636"                     },
    {'2', "01103041420646"                  },
    {'3', "004023334445361605"              },
    {'4', "36300444"                        },
    {'5', "400003334445361605"              },
    {'6', "4130100105163645443303"          },
    {'7', "004016"                          },
    {'8', "13020110304142331304051636454433"},
    {'9', "0516364541301001021343"          },
    {'-', "0343"                            },
};

struct canvas {
    unsigned char *rgb;
    int width, height;
};

/* Where paint arrived: `near` says for each pixel of a part of the canvas how close a line came. */
struct layer {
    unsigned char *near;
    int left, top, width, height;
    int first; /* row with paint; height = none */
};

struct point {
    int x, y; /* in small parts of a pixel */
};

static void canvas_drop(struct canvas *c)
{
    free(c->rgb);
    *c = (struct canvas){0};
}

static void layer_drop(struct layer *l)
{
    free(l->near);
    *l = (struct layer){0};
}

/* ---- libjpeg, which leaves by longjmp when it cannot go on ---- */

struct mishap {
    struct jpeg_error_mgr manager; /* first: libjpeg hands back its address */
    jmp_buf back;
    char said[JMSG_LENGTH_MAX];
};

static void give_up(j_common_ptr jpeg)
{
    struct mishap *m = (struct mishap *)jpeg->err;
    m->manager.format_message(jpeg, m->said);
    longjmp(m->back, 1);
}

static void take_warnings_seriously(j_common_ptr jpeg, int level)
{
    if (level < 0)
        give_up(jpeg);
}

static struct jpeg_error_mgr *mishap_handler(struct mishap *m)
{
    jpeg_std_error(&m->manager);
    m->manager.error_exit = give_up;
    m->manager.emit_message = take_warnings_seriously;
    return &m->manager;
}

struct reader {
    struct mishap mishap;
    struct jpeg_decompress_struct jpeg;
};

static void reader_drop(struct reader *r)
{
    jpeg_destroy_decompress(&r->jpeg);
}

static bool fits(const struct jpeg_decompress_struct *jpeg, struct err *e)
{
    unsigned w = jpeg->image_width, h = jpeg->image_height;
    if (w < PICTURE_MIN_SIDE || h < PICTURE_MIN_SIDE || w > PICTURE_MAX_SIDE || h > PICTURE_MAX_SIDE)
        return err_set(e, "picture of %ux%u pixels: expected sides from %d to %d", w, h, PICTURE_MIN_SIDE, PICTURE_MAX_SIDE);
    if (jpeg->progressive_mode)
        return err_set(e, "progressive JPEG: expected a baseline one");
    return true;
}

/* Nothing local lives across the setjmp: reader and canvas are the caller's. */
static bool decode(struct reader *r, const unsigned char *data, size_t len, struct canvas *c, struct err *e)
{
    r->jpeg.err = mishap_handler(&r->mishap);
    if (setjmp(r->mishap.back))
        return err_set(e, "cannot read the JPEG: %s", r->mishap.said);
    jpeg_create_decompress(&r->jpeg);
    jpeg_mem_src(&r->jpeg, data, len);
    jpeg_read_header(&r->jpeg, TRUE);
    if (!fits(&r->jpeg, e))
        return false;
    r->jpeg.dct_method = JDCT_ISLOW;
    r->jpeg.out_color_space = JCS_RGB;
    jpeg_start_decompress(&r->jpeg);
    c->width = (int)r->jpeg.output_width;
    c->height = (int)r->jpeg.output_height;
    size_t stride = (size_t)c->width * 3;
    c->rgb = xmalloc(stride * (size_t)c->height);
    while (r->jpeg.output_scanline < r->jpeg.output_height) {
        JSAMPROW row = c->rgb + r->jpeg.output_scanline * stride;
        jpeg_read_scanlines(&r->jpeg, &row, 1);
    }
    jpeg_finish_decompress(&r->jpeg);
    return true;
}

/* ---- the picture that was read first ---- */

static struct {
    pthread_mutex_t lock;
    unsigned char *jpeg; /* NULL = none was read yet; once there is one it stays as it is */
    size_t len;
    struct canvas canvas;
} first = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_first(const unsigned char *data, size_t len)
{
    pthread_mutex_lock(&first.lock);
    bool same_size = first.jpeg && first.len == len;
    pthread_mutex_unlock(&first.lock);
    return same_size && memcmp(first.jpeg, data, len) == 0;
}

/* Takes the canvas over, unless there is another. */
static bool keep_first(const unsigned char *data, size_t len, struct canvas *c)
{
    pthread_mutex_lock(&first.lock);
    bool none = !first.jpeg;
    if (none) {
        first.canvas = *c;
        *c = (struct canvas){0};
        first.len = len;
        first.jpeg = xmalloc(len);
        memcpy(first.jpeg, data, len);
    }
    pthread_mutex_unlock(&first.lock);
    return none;
}

/* What the picture shows; NULL = it cannot be read. `own` holds it if nobody else does. */
static const struct canvas *canvas_of(const unsigned char *data, size_t len, struct canvas *own, struct err *e)
{
    AUTO(reader_drop) struct reader reader = {0};
    if (is_first(data, len))
        return &first.canvas;
    if (!decode(&reader, data, len, own, e))
        return NULL;
    return keep_first(data, len, own) ? &first.canvas : own;
}

struct writer {
    struct mishap mishap;
    struct jpeg_compress_struct jpeg;
    struct jpeg_destination_mgr sink;
    struct str *out;
};

enum { SINK_ROOM = 64 << 10 };

static void writer_drop(struct writer *w)
{
    jpeg_destroy_compress(&w->jpeg);
}

static void sink_open(j_compress_ptr jpeg)
{
    struct writer *w = jpeg->client_data;
    w->sink.next_output_byte = (JOCTET *)str_reserve(w->out, SINK_ROOM);
    w->sink.free_in_buffer = SINK_ROOM;
}

static boolean sink_full(j_compress_ptr jpeg)
{
    struct writer *w = jpeg->client_data;
    w->out->len += SINK_ROOM;
    sink_open(jpeg);
    return TRUE;
}

static void sink_close(j_compress_ptr jpeg)
{
    struct writer *w = jpeg->client_data;
    w->out->len += SINK_ROOM - w->sink.free_in_buffer;
    str_addn(w->out, "", 0); /* keeps the promise of a NUL behind the bytes */
}

/* `lower` are the last rows as they are now. */
static bool encode(struct writer *w, const struct canvas *c, const struct canvas *lower, struct err *e)
{
    w->jpeg.err = mishap_handler(&w->mishap);
    if (setjmp(w->mishap.back))
        return err_set(e, "cannot write the JPEG: %s", w->mishap.said);
    jpeg_create_compress(&w->jpeg);
    w->jpeg.client_data = w;
    w->sink = (struct jpeg_destination_mgr){
        .init_destination = sink_open, .empty_output_buffer = sink_full, .term_destination = sink_close};
    w->jpeg.dest = &w->sink;
    w->jpeg.image_width = (JDIMENSION)c->width;
    w->jpeg.image_height = (JDIMENSION)c->height;
    w->jpeg.input_components = 3;
    w->jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&w->jpeg);
    jpeg_set_quality(&w->jpeg, QUALITY, TRUE);
    w->jpeg.dct_method = JDCT_ISLOW;
    jpeg_start_compress(&w->jpeg, TRUE);
    size_t stride = (size_t)c->width * 3, upper = (size_t)(c->height - lower->height);
    while (w->jpeg.next_scanline < w->jpeg.image_height) {
        size_t y = w->jpeg.next_scanline;
        JSAMPROW row = y < upper ? c->rgb + y * stride : lower->rgb + (y - upper) * stride;
        jpeg_write_scanlines(&w->jpeg, &row, 1);
    }
    jpeg_finish_compress(&w->jpeg);
    return true;
}

/* ---- the spray can ---- */

static uint32_t scramble(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ x >> 16;
}

/* A number from 0 to below that looks random and belongs to this place of this mark. */
static int whim(uint32_t mark, uint32_t place, int below)
{
    return (int)(scramble(mark ^ place * 0x9e3779b9u) % (uint32_t)below);
}

static int between(int low, int x, int high)
{
    return x < low ? low : x > high ? high : x;
}

static int64_t distance_squared(struct point p, struct point a, struct point b)
{
    int64_t dx = b.x - a.x, dy = b.y - a.y, px = p.x - a.x, py = p.y - a.y;
    int64_t all = dx * dx + dy * dy, along = px * dx + py * dy;
    if (all > 0 && along >= all) {
        px -= dx;
        py -= dy;
    } else if (all > 0 && along > 0) { /* most strokes are upright or level: a division less for each pixel */
        px -= dx ? dx * along / all : 0;
        py -= dy ? dy * along / all : 0;
    }
    return px * px + py * py;
}

/* Draws one line of a can whose paint reaches `reach` pixels to each side. */
static void spray(struct layer *l, struct point a, struct point b, int reach)
{
    int left = between(0, (a.x < b.x ? a.x : b.x) / SMALL_PART - reach - l->left, l->width);
    int right = between(0, (a.x > b.x ? a.x : b.x) / SMALL_PART + reach + 1 - l->left, l->width);
    int top = between(0, (a.y < b.y ? a.y : b.y) / SMALL_PART - reach - l->top, l->height);
    int bottom = between(0, (a.y > b.y ? a.y : b.y) / SMALL_PART + reach + 1 - l->top, l->height);
    int64_t limit = (int64_t)reach * reach * SMALL_PART * SMALL_PART;
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            struct point p = {(x + l->left) * SMALL_PART, (y + l->top) * SMALL_PART};
            int64_t d = distance_squared(p, a, b);
            int near = d < limit ? (int)(255 - 255 * d / limit) : 0;
            unsigned char *held = &l->near[y * l->width + x];
            *held = near > *held ? (unsigned char)near : *held;
        }
    l->first = left < right && top < bottom && top < l->first ? top : l->first;
}

/* Dots that missed, and now and then a drip running down. */
static void spatter(struct layer *l, struct point at, int reach, uint32_t mark, uint32_t place)
{
    for (uint32_t i = 0; i < 3; i++) {
        struct point dot = {at.x + (whim(mark, place + 10 + i, 9) - 4) * reach * SMALL_PART / 2,
                            at.y + (whim(mark, place + 20 + i, 9) - 4) * reach * SMALL_PART / 2};
        spray(l, dot, dot, 2 + whim(mark, place + 30 + i, 3));
    }
    if (whim(mark, place, 4) > 0)
        return;
    struct point end = {at.x, at.y + (2 + whim(mark, place + 1, 5)) * reach * SMALL_PART / 2};
    spray(l, at, end, reach / 2);
    spray(l, end, end, reach * 2 / 3);
}

static const char *strokes_of(char letter)
{
    char upper = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
    for (size_t i = 0; i < COUNT(glyphs); i++)
        if (glyphs[i].letter == upper)
            return glyphs[i].strokes;
    return NULL;
}

static void spray_letter(struct layer *l, const char *strokes, struct point corner, int size, uint32_t mark, uint32_t place)
{
    int reach = size / 4;
    struct point last = {0};
    bool down = false;
    for (const char *s = strokes; s[0] && s[1]; place++) {
        if (s[0] == ' ') {
            down = false;
            s++;
            continue;
        }
        struct point p = {corner.x + (s[0] - '0') * size * SMALL_PART / GRID_HIGH,
                          corner.y + (s[1] - '0') * size * SMALL_PART / GRID_HIGH};
        if (down)
            spray(l, last, p, reach);
        if (s[1] - '0' == GRID_HIGH || whim(mark, place, 3) == 0)
            spatter(l, p, reach, mark, place * 64);
        last = p;
        down = true;
        s += 2;
    }
}

/* Letters dance a little around a line that rises to the right. */
static void spray_mark(struct layer *l, const char *mark, int size, struct point corner)
{
    uint32_t hash = 0x811c9dc5u;
    for (const char *s = mark; *s; s++)
        hash = (hash ^ (unsigned char)*s) * 0x01000193u;
    int pitch = size * SMALL_PART * PITCH / GRID_HIGH;
    for (int i = 0; mark[i]; i++) {
        int dance = (whim(hash, (uint32_t)i, 9) - 4) * size * SMALL_PART / 64;
        struct point at = {corner.x + i * pitch, corner.y - i * pitch / 40 + dance};
        spray_letter(l, strokes_of(mark[i]), at, size, hash, (uint32_t)i * 4096);
    }
}

static unsigned char blend(int under, int over, int amount)
{
    return (unsigned char)(under + (over - under) * amount / 255);
}

/* From closeness to colour: full paint inside, dust at the rim, a shadow beyond. The canvas begins with the first row of paint.
 */
static void lay_on(struct canvas *c, const struct layer *l)
{
    for (int y = l->first; y < l->height; y++)
        for (int x = 0; x < l->width; x++) {
            int near = l->near[y * l->width + x];
            if (near == 0)
                continue;
            int dust = whim(0x5eedu, (uint32_t)(y * l->width + x), 64);
            int shade = near * 150 / 255, cover = between(0, (near - 190 + (dust - 32) / 2) * 9, 245 - dust / 4);
            if (cover == 0 && near > 90 && dust == 0)
                cover = 200;
            unsigned char *p = c->rgb + ((size_t)(y - l->first) * (size_t)c->width + (size_t)(x + l->left)) * 3;
            for (int i = 0; i < 3; i++)
                p[i] = blend(blend(p[i], 12, shade), paint[i] - dust / 3, cover);
        }
}

static bool mark_reads(const char *mark, struct err *e)
{
    size_t n = strlen(mark);
    if (n == 0 || n > PICTURE_MARK_MAX)
        return err_set(e, "mark of %zu characters: expected 1 to %d", n, PICTURE_MARK_MAX);
    for (size_t i = 0; i < n; i++)
        if (!strokes_of(mark[i]))
            return err_set(e, "mark '%s': expected letters, digits and hyphens only", mark);
    return true;
}

static void copy_lower(const struct canvas *c, int top, struct canvas *lower)
{
    size_t stride = (size_t)c->width * 3, n = stride * (size_t)(c->height - top);
    assert(c->rgb);
    *lower = (struct canvas){.rgb = xmalloc(n), .width = c->width, .height = c->height - top};
    memcpy(lower->rgb, c->rgb + (size_t)top * stride, n);
}

/* Nothing is painted above the middle: `lower` gets the rows from the first one with paint on, and the mark. */
static bool stamp(const struct canvas *c, struct canvas *lower, const char *mark, struct err *e)
{
    int columns = (int)strlen(mark) * PITCH - (PITCH - GRID_WIDE), room = c->width * 9 / 10;
    int size = room * GRID_HIGH / columns;
    size = between(LETTER_MIN, size, c->height / 11 > LETTER_MIN ? c->height / 11 : LETTER_MIN);
    int wide = size * columns / GRID_HIGH;
    if (wide > room)
        return err_set(e, "mark '%s' does not fit on a picture %d pixels wide", mark, c->width);
    AUTO(layer_drop) struct layer l = {.width = c->width, .height = c->height / 2, .top = c->height - c->height / 2};
    l.first = l.height;
    l.near = xcalloc((size_t)l.width, (size_t)l.height);
    struct point corner = {(c->width - wide) / 2 * SMALL_PART, (c->height * 96 / 100 - size) * SMALL_PART};
    spray_mark(&l, mark, size, corner);
    copy_lower(c, l.top + l.first, lower);
    lay_on(lower, &l);
    return true;
}

bool picture_deface(const unsigned char *jpeg, size_t len, const char *mark, struct str *out, struct err *e)
{
    AUTO(canvas_drop) struct canvas own = {0}, lower = {0};
    AUTO(writer_drop) struct writer writer = {.out = out};
    size_t before = out->len;
    const struct canvas *canvas = mark_reads(mark, e) ? canvas_of(jpeg, len, &own, e) : NULL;
    if (!canvas || !stamp(canvas, &lower, mark, e))
        return false;
    if (encode(&writer, canvas, &lower, e))
        return true;
    out->len = before;
    str_addn(out, "", 0);
    return false;
}
