#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int request(corral_grpc_server *server, int method) {
    corral_grpc_call *call = calloc(1, sizeof *call);
    if (!call) return 0;
    call->server = server;
    call->method = method;
    call->holds = 1;
    pthread_mutex_init(&call->lock, NULL);
    grpc_metadata_array_init(&call->metadata);
    grpc_call_details_init(&call->details);
    for (int kind = 0; kind <= TAG_FINISH; kind++) call->tags[kind] = (struct tag){kind, call};
    grpc_call_error error =
        method < 0 ? grpc_server_request_call(server->server, &call->call, &call->details, &call->metadata,
                                              server->queue, server->queue, &call->tags[TAG_NEW])
                   : grpc_server_request_registered_call(server->server, server->registered[method], &call->call,
                                                         &call->deadline, &call->metadata, &call->received,
                                                         server->queue, server->queue, &call->tags[TAG_NEW]);
    if (error != GRPC_CALL_OK) corral_grpc_release(call);
    return error == GRPC_CALL_OK;
}

static grpc_arg integer(const char *key, int value) {
    return (grpc_arg){.type = GRPC_ARG_INTEGER, .key = (char *)key, .value.integer = value};
}

static grpc_server_credentials *credentials(const struct corral_grpc_options *options) {
    if (!options->certificate) return grpc_insecure_server_credentials_create();
    grpc_ssl_pem_key_cert_pair pair = {options->key, options->certificate};
    return grpc_ssl_server_credentials_create_ex(
        options->client_roots, &pair, 1,
        options->client_roots ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                              : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
        NULL);
}

corral_grpc_server *corral_grpc_create(const struct corral_grpc_options *options, const char **problem) {
    grpc_init();
    corral_grpc_server *server = calloc(1, sizeof *server);
    if (!server) abort();
    server->window = options->window;
    server->backlog = options->backlog;
    grpc_arg list[] = {
        integer(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, options->message_limit),
        integer(GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, -1),
        integer(GRPC_ARG_MAX_METADATA_SIZE, options->metadata_limit),
        integer(GRPC_ARG_MAX_CONCURRENT_STREAMS, options->stream_limit),
        integer(GRPC_ARG_KEEPALIVE_TIME_MS, options->keepalive_time),
        integer(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, options->keepalive_timeout),
        integer(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, options->shortest_ping),
        integer(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1),
        integer(GRPC_ARG_ALLOW_REUSEPORT, 0),
    };
    grpc_channel_args args = {sizeof list / sizeof *list, list};
    server->server = grpc_server_create(&args, NULL);
    server->queue = grpc_completion_queue_create_for_next(NULL);
    grpc_server_register_completion_queue(server->server, server->queue, NULL);
    grpc_server_credentials *identity = credentials(options);
    *problem = identity ? "the address cannot be bound" : "the certificate or its key cannot be used";
    if (identity) {
        server->port = grpc_server_add_http2_port(server->server, options->address, identity);
        grpc_server_credentials_release(identity);
    }
    if (server->port > 0) return server;
    corral_grpc_start(server);
    corral_grpc_shutdown(server);
    while (corral_grpc_next(server).kind != CORRAL_GRPC_SHUTDOWN) {
    }
    corral_grpc_end(server);
    while (corral_grpc_next(server).kind != CORRAL_GRPC_ENDED) {
    }
    corral_grpc_destroy(server);
    return NULL;
}

int corral_grpc_register(corral_grpc_server *server, const char *path, int waiting) {
    if (server->methods == CORRAL_GRPC_METHODS) return -1;
    void *method =
        grpc_server_register_method(server->server, path, NULL, GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, 0);
    if (!method) return -1;
    server->registered[server->methods] = method;
    server->waiting[server->methods] = waiting;
    return server->methods++;
}

int corral_grpc_port(const corral_grpc_server *server) { return server->port; }

void corral_grpc_start(corral_grpc_server *server) {
    grpc_server_start(server->server);
    for (int method = 0; method < server->methods; method++)
        for (int count = 0; count < server->waiting[method]; count++) request(server, method);
    for (int count = 0; count < 16; count++) request(server, -1);
}

void corral_grpc_shutdown(corral_grpc_server *server) {
    grpc_server_shutdown_and_notify(server->server, server->queue, server);
}

void corral_grpc_cancel_all(corral_grpc_server *server) { grpc_server_cancel_all_calls(server->server); }
void corral_grpc_end(corral_grpc_server *server) { grpc_completion_queue_shutdown(server->queue); }

void corral_grpc_destroy(corral_grpc_server *server) {
    if (server->has_current) grpc_slice_unref(server->current);
    grpc_server_destroy(server->server);
    grpc_completion_queue_destroy(server->queue);
    free(server);
    // No grpc_shutdown: calls may be held a little longer, and the process is about to end.
}

/// Makes the message that a call received that of the event.
static void take(corral_grpc_server *server, corral_grpc_call *call, corral_grpc_event *event) {
    grpc_byte_buffer *message = call->received;
    call->received = NULL;
    if (!message) return;
    grpc_byte_buffer_reader reader;
    if (grpc_byte_buffer_reader_init(&reader, message)) {
        server->current = grpc_byte_buffer_reader_readall(&reader);
        server->has_current = 1;
        grpc_byte_buffer_reader_destroy(&reader);
        event->message = GRPC_SLICE_START_PTR(server->current);
        event->length = GRPC_SLICE_LENGTH(server->current);
    }
    grpc_byte_buffer_destroy(message);
}

/// - Returns: Whether the completed operation is an event for the receiver.
static int deliver(corral_grpc_server *server, struct tag *tag, int ok, corral_grpc_event *event) {
    corral_grpc_call *call = tag->call;
    int counts = 0;
    event->call = call;
    event->context = call->context;
    switch (tag->kind) {
    case TAG_NEW:
        if (ok) {
            request(server, call->method);
            event->kind = CORRAL_GRPC_CALL;
            event->method = call->method;
            take(server, call, event);
            return 1;  // the hold of the request becomes the receiver's
        }
        break;
    case TAG_CLOSE:
        event->kind = CORRAL_GRPC_CLOSED;
        event->cancelled = !ok || call->cancelled;
        counts = 1;
        break;
    case TAG_RECEIVE:
        if (ok && call->received) take(server, call, event);
        counts = event->message != NULL;
        event->kind = CORRAL_GRPC_MESSAGE;
        if (corral_grpc_received(call, counts)) {
            event->kind = CORRAL_GRPC_HALF_CLOSED;
            counts = 1;
        }
        break;
    case TAG_SEND: corral_grpc_sent(call, ok); break;
    case TAG_FINISH: break;
    }
    corral_grpc_release(call);
    return counts;
}

static corral_grpc_event next(corral_grpc_server *server, gpr_timespec deadline) {
    if (server->has_current) grpc_slice_unref(server->current);
    server->has_current = 0;
    for (;;) {
        grpc_event done = grpc_completion_queue_next(server->queue, deadline, NULL);
        if (done.type == GRPC_QUEUE_SHUTDOWN) return (corral_grpc_event){.kind = CORRAL_GRPC_ENDED};
        if (done.type != GRPC_OP_COMPLETE) return (corral_grpc_event){.kind = CORRAL_GRPC_NONE};
        if (done.tag == server) return (corral_grpc_event){.kind = CORRAL_GRPC_SHUTDOWN};
        corral_grpc_event event = {.method = -1};
        if (deliver(server, done.tag, done.success, &event)) return event;
    }
}

corral_grpc_event corral_grpc_next(corral_grpc_server *server) {
    for (;;) {
        corral_grpc_event event = next(server, gpr_inf_future(GPR_CLOCK_MONOTONIC));
        if (event.kind != CORRAL_GRPC_NONE) return event;
    }
}

corral_grpc_event corral_grpc_poll(corral_grpc_server *server) {
    return next(server, gpr_inf_past(GPR_CLOCK_MONOTONIC));
}
