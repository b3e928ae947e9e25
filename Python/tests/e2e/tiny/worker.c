// A worker of version 1 that says which image it came with: all that is in it.
#include <stdio.h>
#include <string.h>

int main(void) {
    char line[1 << 16];
    while (fgets(line, sizeof line, stdin)) {
        printf("{\"status\":\"ok\",\"observation\":\"%s\",\"reward\":1,\"done\":false}\n", NAME);
        fflush(stdout);
    }
}
