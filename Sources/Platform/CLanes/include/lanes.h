/* Operations on eight numbers that Swift's SIMD types compile to one lane at a time. Vector extensions of Clang, not
 * instructions of a processor: the importing module decides for which processor they are built. */
#pragma once

#include <stdint.h>

typedef float corral_float8 __attribute__((ext_vector_type(8)));
typedef int32_t corral_int8 __attribute__((ext_vector_type(8)));
typedef int64_t corral_long8 __attribute__((ext_vector_type(8)));
typedef uint8_t corral_byte8 __attribute__((ext_vector_type(8)));

#define CORRAL_INLINE static inline __attribute__((always_inline))

/* Memory that need not be aligned. */
#define CORRAL_STORE(type, place, value) __builtin_memcpy((place), &(type){(value)}, sizeof(type))

/* The low halves of eight integers. */
CORRAL_INLINE corral_int8 corral_low_words(const int64_t *integers) {
    corral_long8 wide;
    __builtin_memcpy(&wide, integers, sizeof wide);
    return __builtin_convertvector(wide, corral_int8);
}

/* Whether eight integers are all in 0..<n, n a power of two or not. */
CORRAL_INLINE int64_t corral_any_beyond(const int64_t *integers, int64_t n) {
    corral_long8 wide;
    __builtin_memcpy(&wide, integers, sizeof wide);
    return __builtin_reduce_or((wide < 0) | (wide >= n));
}

/* Eight bytes, 1 where a mask (-1 or 0) is set. */
CORRAL_INLINE void corral_store_flags(uint8_t *bytes, corral_int8 mask) {
    CORRAL_STORE(corral_byte8, bytes, __builtin_convertvector(mask & 1, corral_byte8));
}

/* Whether a bit is set in any lane. */
CORRAL_INLINE int32_t corral_any(corral_int8 mask) { return __builtin_reduce_or(mask); }

CORRAL_INLINE corral_float8 corral_select(corral_int8 mask, corral_float8 set, corral_float8 clear) {
    return mask < 0 ? set : clear;
}

CORRAL_INLINE corral_int8 corral_above(corral_float8 a, corral_float8 b) { return a > b; }
CORRAL_INLINE corral_int8 corral_at_least(corral_float8 a, corral_float8 b) { return a >= b; }

/* The nearest integer, for magnitudes below 2^22: adding 1.5 * 2^23 drops the fraction. */
CORRAL_INLINE corral_float8 corral_rounded(corral_float8 a) {
    corral_float8 shifted = a + 12582912.0f;
    return shifted - 12582912.0f;
}

/* As corral_rounded, with the integer itself in the low bits of the second. */
CORRAL_INLINE corral_int8 corral_rounded_bits(corral_float8 a) { return (corral_int8)(a + 12582912.0f); }

CORRAL_INLINE corral_float8 corral_floats(corral_int8 a) { return __builtin_convertvector(a, corral_float8); }

/* a where it is less than b, else b: b where one is no number. */
CORRAL_INLINE corral_float8 corral_least(corral_float8 a, corral_float8 b) { return a < b ? a : b; }
CORRAL_INLINE corral_float8 corral_greatest(corral_float8 a, corral_float8 b) { return a > b ? a : b; }

/* Eight rows of two variables, row after row. */
CORRAL_INLINE void corral_store_rows2(float *rows, corral_float8 a, corral_float8 b) {
    CORRAL_STORE(corral_float8, rows, __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11));
    CORRAL_STORE(corral_float8, rows + 8, __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15));
}

/* Eight rows of four variables, row after row. */
CORRAL_INLINE void corral_store_rows4(
    float *rows, corral_float8 a, corral_float8 b, corral_float8 c, corral_float8 d) {
    corral_float8 ab_low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
    corral_float8 ab_high = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
    corral_float8 cd_low = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13);
    corral_float8 cd_high = __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
    corral_float8 rows04 = __builtin_shufflevector(ab_low, cd_low, 0, 1, 8, 9, 4, 5, 12, 13);
    corral_float8 rows15 = __builtin_shufflevector(ab_low, cd_low, 2, 3, 10, 11, 6, 7, 14, 15);
    corral_float8 rows26 = __builtin_shufflevector(ab_high, cd_high, 0, 1, 8, 9, 4, 5, 12, 13);
    corral_float8 rows37 = __builtin_shufflevector(ab_high, cd_high, 2, 3, 10, 11, 6, 7, 14, 15);
    CORRAL_STORE(corral_float8, rows, __builtin_shufflevector(rows04, rows15, 0, 1, 2, 3, 8, 9, 10, 11));
    CORRAL_STORE(corral_float8, rows + 8, __builtin_shufflevector(rows26, rows37, 0, 1, 2, 3, 8, 9, 10, 11));
    CORRAL_STORE(corral_float8, rows + 16, __builtin_shufflevector(rows04, rows15, 4, 5, 6, 7, 12, 13, 14, 15));
    CORRAL_STORE(corral_float8, rows + 24, __builtin_shufflevector(rows26, rows37, 4, 5, 6, 7, 12, 13, 14, 15));
}

/* Eight rows of three variables, row after row. */
CORRAL_INLINE void corral_store_rows3(float *rows, corral_float8 a, corral_float8 b, corral_float8 c) {
    corral_float8 ab = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    corral_float8 ab2 = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
    corral_float8 middle = __builtin_shufflevector(ab, ab2, 5, 6, 7, 8, 9, 10, 11, 12);
    CORRAL_STORE(corral_float8, rows, __builtin_shufflevector(ab, c, 0, 1, 8, 2, 3, 9, 4, 5));
    CORRAL_STORE(corral_float8, rows + 8, __builtin_shufflevector(middle, c, 10, 1, 2, 11, 3, 4, 12, 5));
    CORRAL_STORE(corral_float8, rows + 16, __builtin_shufflevector(ab2, c, 3, 13, 4, 5, 14, 6, 7, 15));
}


typedef double corral_double8 __attribute__((ext_vector_type(8)));

/* Two variables as one that moves as a whole. */
#define CORRAL_PAIRS(a, b) \
    (corral_double8) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)

/* Eight rows of six variables, row after row. */
CORRAL_INLINE void corral_store_rows6(
    float *rows, corral_float8 a, corral_float8 b, corral_float8 c, corral_float8 d, corral_float8 e,
    corral_float8 f) {
    corral_double8 ab = CORRAL_PAIRS(a, b);
    corral_double8 cd = CORRAL_PAIRS(c, d);
    corral_double8 ef = CORRAL_PAIRS(e, f);
    corral_double8 low = __builtin_shufflevector(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11);
    corral_double8 high = __builtin_shufflevector(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15);
    corral_double8 middle = __builtin_shufflevector(low, high, 5, 6, 7, 8, 9, 10, 11, 12);
    CORRAL_STORE(corral_double8, rows, __builtin_shufflevector(low, ef, 0, 1, 8, 2, 3, 9, 4, 5));
    CORRAL_STORE(corral_double8, rows + 16, __builtin_shufflevector(middle, ef, 10, 1, 2, 11, 3, 4, 12, 5));
    CORRAL_STORE(corral_double8, rows + 32, __builtin_shufflevector(high, ef, 3, 13, 4, 5, 14, 6, 7, 15));
}
