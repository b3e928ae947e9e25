#define _GNU_SOURCE
#include "shim.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

typedef enum MHD_Result (*queue_function)(struct MHD_Connection *, unsigned, struct MHD_Response *);
typedef struct MHD_Response *(*error_page_function)(struct MHD_Connection *, unsigned);

static _Atomic(queue_function) library_queue;
static _Atomic(error_page_function) error_page;

static void report(void *context, const char *format, va_list arguments) {
    const struct corral_http_options *options = context;
    char text[512];
    if (vsnprintf(text, sizeof text, format, arguments) < 0) return;
    text[strcspn(text, "\r\n")] = 0;
    options->on_message(options->context, text);
}

/// Leaves percent-escapes as they are: the application decodes segment by segment.
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

struct MHD_Daemon *corral_http_start(const struct corral_http_options *options) {
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_ALLOW_UPGRADE | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem extra[4];
    size_t count = 0;
    if (options->certificate && options->key) {
        flags |= MHD_USE_TLS;
        extra[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate};
        extra[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key};
    }
    if (options->threads > 1)
        extra[count++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, options->threads, NULL};
    extra[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(
        flags, 0, NULL, NULL, options->on_request, options->context,
        MHD_OPTION_EXTERNAL_LOGGER, report, (void *)options,
        MHD_OPTION_CONNECTION_LIMIT, options->connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, options->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->connection_memory,
        MHD_OPTION_URI_LOG_CALLBACK, options->on_request_line, options->context,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, options->on_completed, options->context,
        MHD_OPTION_NOTIFY_CONNECTION, options->on_connection, options->context,
        MHD_OPTION_ARRAY, extra,
        MHD_OPTION_END);
}

static queue_function library_queue_function(void) {
    queue_function found = atomic_load_explicit(&library_queue, memory_order_acquire);
    if (!found) {
        found = (queue_function)dlsym(RTLD_NEXT, "MHD_queue_response");
        atomic_store_explicit(&library_queue, found, memory_order_release);
    }
    return found;
}

void corral_http_set_error_page(struct MHD_Response *(*make)(struct MHD_Connection *, unsigned)) {
    atomic_store_explicit(&error_page, make, memory_order_release);
}

enum MHD_Result corral_http_queue(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response) {
    queue_function queue = library_queue_function();
    return queue ? queue(connection, status, response) : MHD_NO;
}

/// Stands before the function of the same name in libmicrohttpd, which so calls it for its own error pages.
enum MHD_Result MHD_queue_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response) {
    error_page_function make = atomic_load_explicit(&error_page, memory_order_acquire);
    if (!make) return corral_http_queue(connection, status, response);
    struct MHD_Response *page = make(connection, status);
    if (!page) return MHD_NO;
    enum MHD_Result result = corral_http_queue(connection, status, page);
    MHD_destroy_response(page);
    return result;
}

void *corral_http_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

int corral_http_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

const struct sockaddr *corral_http_client_address(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

size_t corral_http_header_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

int corral_http_accept(int listener, struct sockaddr *address, socklen_t *size) {
    return accept4(listener, address, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int corral_http_make_signal(void) {
    return eventfd(0, EFD_CLOEXEC);
}

int corral_http_peer_is_gone(int socket) {
    struct pollfd state = {.fd = socket, .events = POLLRDHUP};
    return poll(&state, 1, 0) > 0 && state.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

void corral_http_end_upgrade(struct MHD_UpgradeResponseHandle *handle) {
    MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

void corral_http_send_at_once(int socket) {
    int off = 0, on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}
