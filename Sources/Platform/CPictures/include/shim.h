#pragma once
#include <stddef.h>
#include <stdint.h>

/// Encodes 8-bit rows without padding; `channels` is 1 (gray), 3 (RGB) or 4 (RGBA, not premultiplied). On success
/// returns 0 and bytes for `free`; else -1 and a text in `message`.
int corral_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int is_fast,
                      uint8_t **bytes, size_t *count, char message[64]);

/// An animated GIF that is being written into memory.
struct corral_gif;

/// Null where memory is short. `loops`: 0 forever, negative: once.
struct corral_gif *corral_gif_open(int width, int height, int loops);

/// Adds a whole frame: an index a pixel, into a palette of `colours` (1 to 256) RGB triples. `delay` is in hundredths
/// of a second. 0, or the error of giflib.
int corral_gif_add(struct corral_gif *gif, const uint8_t *indices, const uint8_t *palette, int colours, int delay);

/// Ends the writing and frees `gif`; on success returns 0 and bytes for `free`, else the error of giflib.
int corral_gif_close(struct corral_gif *gif, uint8_t **bytes, size_t *count);

/// Finds 256 colours for an RGB frame by median cut and the index of each pixel; 0, or the error of giflib.
int corral_gif_quantize(const uint8_t *pixels, int width, int height, uint8_t *indices, uint8_t palette[768]);

const char *corral_gif_message(int error);
