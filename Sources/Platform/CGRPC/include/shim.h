#pragma once
#include <stddef.h>
#include <stdint.h>

/// A gRPC server of the C core with one completion queue, and the calls that it has taken.
///
/// `corral_grpc_next` and `corral_grpc_poll` belong to one thread at a time. Every other function may be called from any thread. Nothing here traps on
/// what a peer sends.
typedef struct corral_grpc_server corral_grpc_server;
typedef struct corral_grpc_call corral_grpc_call;

struct corral_grpc_options {
    /// The address to listen on, `HOST:PORT`; port 0 picks a free one.
    const char *address;
    /// PEM texts: certificate and key both or neither. With `client_roots` clients have to have a certificate of them.
    const char *certificate;
    const char *key;
    const char *client_roots;
    /// Bytes of one message in either direction, of one call's metadata.
    int message_limit;
    int metadata_limit;
    /// Calls of one connection at a time.
    int stream_limit;
    /// Milliseconds of silence before the server asks whether a client is there, and how long it waits for that.
    int keepalive_time;
    int keepalive_timeout;
    /// Milliseconds between the pings of a client that has nothing to say; more often ends its connection.
    int shortest_ping;
    /// Messages that one call may have delivered and not yet had answered by `corral_grpc_handled`.
    int window;
    /// Bytes of unsent answers from which a call's messages are no longer read.
    size_t backlog;
};

/// Makes a server; null where the address cannot be bound or the certificate not used.
/// - Parameter problem: Is set to a static text where null is returned.
corral_grpc_server *corral_grpc_create(const struct corral_grpc_options *options, const char **problem);

enum { CORRAL_GRPC_METHODS = 64 };

/// Names a method that takes one message, before `corral_grpc_start`; at most `CORRAL_GRPC_METHODS`.
/// - Parameter waiting: How many calls of the method the core may take ahead of `corral_grpc_next`.
/// - Returns: The number of the method in events; negative where it cannot be registered.
int corral_grpc_register(corral_grpc_server *server, const char *path, int waiting);

/// The port that it is bound to.
int corral_grpc_port(const corral_grpc_server *server);

void corral_grpc_start(corral_grpc_server *server);

/// Takes no more calls; an event says when the last one has ended.
void corral_grpc_shutdown(corral_grpc_server *server);

/// Cancels all running calls, with the status "unavailable".
void corral_grpc_cancel_all(corral_grpc_server *server);

/// After the event `CORRAL_GRPC_SHUTDOWN`, when no call is held any more: ends the queue. `corral_grpc_next` then gives
/// `CORRAL_GRPC_ENDED`, after which the server may be destroyed.
void corral_grpc_end(corral_grpc_server *server);
void corral_grpc_destroy(corral_grpc_server *server);

enum corral_grpc_kind {
    /// A call began; it is held for the receiver until `corral_grpc_release`. A method that was registered has its
    /// message with it; any other one has only its path, and delivers nothing before `corral_grpc_open`.
    CORRAL_GRPC_CALL = 1,
    /// A message of an opened call.
    CORRAL_GRPC_MESSAGE,
    /// The peer of an opened call sends no more.
    CORRAL_GRPC_HALF_CLOSED,
    /// An opened call is over: its status was sent, or it was cancelled or lost before.
    CORRAL_GRPC_CLOSED,
    /// The server has shut down and no call is left.
    CORRAL_GRPC_SHUTDOWN,
    /// The queue is empty for ever.
    CORRAL_GRPC_ENDED,
    /// Of `corral_grpc_poll`: there is nothing now.
    CORRAL_GRPC_NONE,
};

typedef struct {
    enum corral_grpc_kind kind;
    corral_grpc_call *call;
    /// Of `CORRAL_GRPC_CALL`: the registered method, or -1.
    int method;
    /// Of `CORRAL_GRPC_CLOSED`: whether it ended without its status being delivered.
    int cancelled;
    /// Of a registered call and of `CORRAL_GRPC_MESSAGE`: the message, until the next event is taken; null where
    /// there is none.
    const uint8_t *message;
    size_t length;
    /// What `corral_grpc_set_context` kept.
    void *context;
} corral_grpc_event;

/// Waits for the next event.
corral_grpc_event corral_grpc_next(corral_grpc_server *server);
/// The next event if there is one now, else `CORRAL_GRPC_NONE`.
corral_grpc_event corral_grpc_poll(corral_grpc_server *server);

/// Begins to deliver the end of a call and, where it was not registered, its messages; `context` comes with each event.
void corral_grpc_open(corral_grpc_call *call, void *context);

/// A message of an opened call has been dealt with, so that another one may be delivered.
void corral_grpc_handled(corral_grpc_call *call);

/// Sends a message on an opened call; the bytes are copied. After `corral_grpc_finish` it is dropped.
/// - Returns: Bytes that are still to be sent, this message's included.
size_t corral_grpc_send(corral_grpc_call *call, const uint8_t *bytes, size_t length);

struct corral_grpc_status {
    int code;
    const char *message;
    /// `grpc-status-details-bin`; none where the length is 0.
    const uint8_t *details;
    size_t details_length;
};

/// Ends a call behind what it has still to send, with a last message where `bytes` is not null. Later calls are ignored.
void corral_grpc_finish(corral_grpc_call *call, const uint8_t *bytes, size_t length, struct corral_grpc_status status);

/// Ends a call at once; what was not sent is dropped.
void corral_grpc_cancel(corral_grpc_call *call, struct corral_grpc_status status);

void corral_grpc_release(corral_grpc_call *call);

/// The first value of a metadata key in lower case; null where there is none. Lives as long as the call is held.
const char *corral_grpc_metadata(const corral_grpc_call *call, const char *key, size_t *length);
/// The path of a call that was not registered. Lives as long as the call is held.
const char *corral_grpc_path(const corral_grpc_call *call, size_t *length);
/// Seconds to the deadline; infinity where there is none.
double corral_grpc_remaining(const corral_grpc_call *call);
/// Who calls, as gRPC names addresses; to be freed with `corral_grpc_free`.
char *corral_grpc_peer(const corral_grpc_call *call);
void corral_grpc_free(char *text);
