#include "report.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int report(const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0) return -1;
    size_t size = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    // Waits for a server that is behind: it always reads again, or closes its end.
    ssize_t sent;
    do sent = send(CONTROL, text, size, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}

void fail(const char *stage, const char *what, int error) {
    if (error)
        report("failed %s: %s: %s", stage, what, strerror(error));
    else
        report("failed %s: %s", stage, what);
    _exit(1);
}
