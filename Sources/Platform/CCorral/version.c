#include "corral.h"

const char *corral_version(void) { return "0.1.0"; }
