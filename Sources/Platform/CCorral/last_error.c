#include <stdio.h>

#include "corral.h"
#include "corral_private.h"

static _Thread_local char last_error[1024];

void corral_set_last_error(const char *text) { snprintf(last_error, sizeof last_error, "%s", text); }

const char *corral_last_error(void) { return last_error; }
