/* What the library itself needs from C, not part of its interface. */
#ifndef CORRAL_PRIVATE_H
#define CORRAL_PRIVATE_H

/* Sets the text behind corral_last_error() for this thread; keeps a copy of at most 1,023 bytes. */
void corral_set_last_error(const char *text);

/* Whether the processor has the instructions of Intel's Haswell (AVX2, FMA, BMI2). */
int corral_processor_is_wide(void);

#endif
