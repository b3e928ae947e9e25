#pragma once
#include <microhttpd.h>
#include <stddef.h>

/// One libmicrohttpd daemon without a listening socket: it serves the sockets handed to `MHD_add_connection`.
/// Every callback runs on one of its threads; `context` is passed through to each.
struct corral_http_options {
    unsigned threads;
    unsigned connection_limit;
    unsigned idle_seconds;
    /// Bytes of the pool of one connection: its request line, header and answer header must fit.
    size_t connection_memory;
    /// PEM texts, both or neither.
    const char *certificate;
    const char *key;
    void *context;
    void *(*on_request_line)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_AccessHandlerCallback on_request;
    MHD_RequestCompletedCallback on_completed;
    MHD_NotifyConnectionCallback on_connection;
    void (*on_message)(void *context, const char *text);
};

/// Starts the daemon; null where it could not start (`on_message` was told why). `options` must outlive the daemon.
struct MHD_Daemon *corral_http_start(const struct corral_http_options *options);

/// Sets who answers what libmicrohttpd refuses by itself (malformed request, header too large). It has no hook for
/// that, so this shim takes the place of its exported `MHD_queue_response`, which it calls for its own pages.
/// The page returned is sent; with null the connection is closed as it is.
void corral_http_set_error_page(struct MHD_Response *(*make)(struct MHD_Connection *connection, unsigned status));

/// Queues an answer of the application.
enum MHD_Result corral_http_queue(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response);

void *corral_http_socket_context(struct MHD_Connection *connection);
/// The descriptor of the connection's socket; -1 where it is unknown.
int corral_http_socket(struct MHD_Connection *connection);
const struct sockaddr *corral_http_client_address(struct MHD_Connection *connection);
/// The bytes of the request line and header together.
size_t corral_http_header_size(struct MHD_Connection *connection);

/// Accepts one client of a listening socket, close-on-exec and non-blocking; -1 with `errno` as accept(2).
int corral_http_accept(int listener, struct sockaddr *address, socklen_t *size);

/// Whether the peer of a connected socket has closed its end or is gone.
int corral_http_peer_is_gone(int socket);

/// A descriptor that is readable once eight bytes were written to it; -1 with `errno`.
int corral_http_make_signal(void);

/// Ends an upgraded connection for the library, which closes the socket it handed over.
void corral_http_end_upgrade(struct MHD_UpgradeResponseHandle *handle);

/// Takes away what the library set to hold bytes back; does nothing on a socket that is not TCP.
void corral_http_send_at_once(int socket);
