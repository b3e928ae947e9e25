/* The text behind corral_last_error(), one for each thread. */
#ifndef CORRAL_ERROR_H
#define CORRAL_ERROR_H

/* Keeps a copy, at most 1,023 bytes. */
void corral_set_last_error(const char *text);

#endif
