#pragma once
#include <grpc/grpc.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc_security.h>
#include <grpc/support/alloc.h>
#include <grpc/support/time.h>
#include <pthread.h>
#include <stdatomic.h>

#include "include/shim.h"

enum tag_kind { TAG_NEW, TAG_CLOSE, TAG_RECEIVE, TAG_SEND, TAG_FINISH };

/// What the completion queue gives back for an operation of a call.
struct tag {
    enum tag_kind kind;
    corral_grpc_call *call;
};

struct outgoing {
    struct outgoing *next;
    grpc_byte_buffer *message;
    size_t length;
};

struct corral_grpc_call {
    corral_grpc_server *server;
    grpc_call *call;
    /// One for the receiver, one for each operation in flight.
    atomic_int holds;
    int method;
    grpc_call_details details;
    grpc_metadata_array metadata;
    gpr_timespec deadline;
    grpc_byte_buffer *received;
    int cancelled;
    struct tag tags[TAG_FINISH + 1];

    pthread_mutex_t lock;
    void *context;
    /// All below is guarded by the lock.
    int is_open, is_receiving, is_half_closed, has_sent_metadata, is_sending, is_finishing, has_finished;
    int unhandled;
    size_t backlog;
    struct outgoing *first, *last;
    grpc_status_code code;
    grpc_slice text;
    grpc_slice details_value;
    int has_details;
};

struct corral_grpc_server {
    grpc_server *server;
    grpc_completion_queue *queue;
    int port;
    int window;
    size_t backlog;
    int methods;
    void *registered[CORRAL_GRPC_METHODS];
    int waiting[CORRAL_GRPC_METHODS];
    /// The message of the last event.
    grpc_slice current;
    int has_current;
};

void corral_grpc_hold(corral_grpc_call *call);
/// An operation of a call is complete.
void corral_grpc_sent(corral_grpc_call *call, int ok);
/// - Returns: Whether the peer sends no more.
int corral_grpc_received(corral_grpc_call *call, int ok);
