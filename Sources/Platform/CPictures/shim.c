#include "shim.h"

#include <gif_lib.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

int corral_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int is_fast,
                      uint8_t **bytes, size_t *count, char message[64]) {
    // The simplified interface catches libpng's longjmp itself.
    png_image image = {.version = PNG_IMAGE_VERSION, .width = width, .height = height};
    image.format = channels == 1 ? PNG_FORMAT_GRAY : channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
    image.flags = is_fast ? PNG_IMAGE_FLAG_FAST : 0;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *buffer = malloc(size);
    if (!buffer || !png_image_write_to_memory(&image, buffer, &size, 0, pixels, 0, NULL)) {
        strncpy(message, buffer ? image.message : "out of memory", 63);
        message[63] = 0;
        png_image_free(&image);
        free(buffer);
        return -1;
    }
    *bytes = buffer;
    *count = size;
    return 0;
}

struct corral_gif {
    GifFileType *file;
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    int width;
    int height;
};

static int append(GifFileType *file, const GifByteType *bytes, int count) {
    struct corral_gif *gif = file->UserData;
    if (count < 0) return 0;
    if (gif->capacity - gif->count < (size_t)count) {
        size_t capacity = gif->capacity * 2 + (size_t)count + 4096;
        uint8_t *grown = realloc(gif->bytes, capacity);
        if (!grown) return 0;
        gif->bytes = grown;
        gif->capacity = capacity;
    }
    memcpy(gif->bytes + gif->count, bytes, (size_t)count);
    gif->count += (size_t)count;
    return count;
}

static int put_loops(GifFileType *file, int loops) {
    GifByteType block[3] = {1, loops & 0xff, loops >> 8 & 0xff};
    return EGifPutExtensionLeader(file, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
           EGifPutExtensionBlock(file, 11, "NETSCAPE2.0") == GIF_OK &&
           EGifPutExtensionBlock(file, 3, block) == GIF_OK && EGifPutExtensionTrailer(file) == GIF_OK;
}

struct corral_gif *corral_gif_open(int width, int height, int loops) {
    struct corral_gif *gif = calloc(1, sizeof *gif);
    if (!gif) return NULL;
    int error = 0;
    gif->width = width;
    gif->height = height;
    gif->file = EGifOpen(gif, append, &error);
    if (gif->file) EGifSetGifVersion(gif->file, true);
    if (gif->file && EGifPutScreenDesc(gif->file, width, height, 8, 0, NULL) == GIF_OK &&
        (loops < 0 || put_loops(gif->file, loops)))
        return gif;
    uint8_t *bytes = NULL;
    size_t count;
    corral_gif_close(gif, &bytes, &count);
    free(bytes);
    return NULL;
}

int corral_gif_add(struct corral_gif *gif, const uint8_t *indices, const uint8_t *palette, int colours, int delay) {
    int size = 2;
    while (size < colours) size *= 2;
    GifColorType entries[256] = {{0, 0, 0}};
    for (int i = 0; i < colours && i < 256; i++)
        entries[i] = (GifColorType){palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]};
    ColorMapObject *map = GifMakeMapObject(size, entries);
    if (!map) return E_GIF_ERR_NOT_ENOUGH_MEM;
    GraphicsControlBlock control = {.DisposalMode = DISPOSE_DO_NOT, .DelayTime = delay, .TransparentColor = -1};
    GifByteType extension[4];
    size_t length = EGifGCBToExtension(&control, extension);
    int isWritten = EGifPutExtension(gif->file, GRAPHICS_EXT_FUNC_CODE, (int)length, extension) == GIF_OK &&
                    EGifPutImageDesc(gif->file, 0, 0, gif->width, gif->height, false, map) == GIF_OK;
    uint8_t *row = malloc((size_t)gif->width);  // giflib masks the row in place
    for (int y = 0; isWritten && y < gif->height; y++) {
        if (!row) break;
        memcpy(row, indices + (size_t)y * (size_t)gif->width, (size_t)gif->width);
        isWritten = EGifPutLine(gif->file, row, gif->width) == GIF_OK;
    }
    GifFreeMapObject(map);
    if (!row) return E_GIF_ERR_NOT_ENOUGH_MEM;
    free(row);
    return isWritten ? 0 : gif->file->Error ? gif->file->Error : E_GIF_ERR_WRITE_FAILED;
}

int corral_gif_close(struct corral_gif *gif, uint8_t **bytes, size_t *count) {
    int error = 0;
    int isClosed = gif->file ? EGifCloseFile(gif->file, &error) == GIF_OK : 0;
    *bytes = gif->bytes;
    *count = gif->count;
    free(gif);
    if (isClosed) return 0;
    free(*bytes);
    *bytes = NULL;
    *count = 0;
    return error ? error : E_GIF_ERR_CLOSE_FAILED;
}

int corral_gif_quantize(const uint8_t *pixels, int width, int height, uint8_t *indices, uint8_t palette[768]) {
    size_t count = (size_t)width * (size_t)height;
    GifByteType *planes = malloc(3 * count);
    if (!planes) return E_GIF_ERR_NOT_ENOUGH_MEM;
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < 3; c++) planes[c * count + i] = pixels[3 * i + c];
    GifColorType colours[256] = {{0, 0, 0}};
    int size = 256;
    int status = GifQuantizeBuffer((unsigned)width, (unsigned)height, &size, planes, planes + count,
                                   planes + 2 * count, indices, colours);
    free(planes);
    if (status != GIF_OK) return E_GIF_ERR_NOT_ENOUGH_MEM;
    for (int i = 0; i < 256; i++) {
        palette[3 * i] = colours[i].Red;
        palette[3 * i + 1] = colours[i].Green;
        palette[3 * i + 2] = colours[i].Blue;
    }
    return 0;
}

const char *corral_gif_message(int error) {
    const char *message = GifErrorString(error);
    return message ? message : "unknown error";
}
