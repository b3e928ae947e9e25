#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void corral_grpc_hold(corral_grpc_call *call) { atomic_fetch_add(&call->holds, 1); }

static void drop_outgoing(corral_grpc_call *call) {
    while (call->first) {
        struct outgoing *next = call->first->next;
        grpc_byte_buffer_destroy(call->first->message);
        free(call->first);
        call->first = next;
    }
    call->last = NULL;
    call->backlog = 0;
}

void corral_grpc_release(corral_grpc_call *call) {
    if (atomic_fetch_sub(&call->holds, 1) != 1) return;
    drop_outgoing(call);
    if (call->received) grpc_byte_buffer_destroy(call->received);
    if (call->is_finishing && !call->has_finished) {
        grpc_slice_unref(call->text);
        if (call->has_details) grpc_slice_unref(call->details_value);
    }
    grpc_metadata_array_destroy(&call->metadata);
    grpc_call_details_destroy(&call->details);
    if (call->call) grpc_call_unref(call->call);
    pthread_mutex_destroy(&call->lock);
    free(call);
}

/// Starts operations that end with one tag; a call that cannot take them is cancelled.
static int start(corral_grpc_call *call, const grpc_op *ops, size_t count, enum tag_kind kind) {
    corral_grpc_hold(call);
    if (grpc_call_start_batch(call->call, ops, count, &call->tags[kind], NULL) == GRPC_CALL_OK) return 1;
    grpc_call_cancel(call->call, NULL);
    corral_grpc_release(call);
    return 0;
}

static grpc_byte_buffer *buffer(const uint8_t *bytes, size_t length) {
    grpc_slice slice = grpc_slice_from_copied_buffer((const char *)bytes, length);
    grpc_byte_buffer *message = grpc_raw_byte_buffer_create(&slice, 1);
    grpc_slice_unref(slice);
    return message;
}

static grpc_op close_op(corral_grpc_call *call) {
    return (grpc_op){.op = GRPC_OP_RECV_CLOSE_ON_SERVER, .data.recv_close_on_server.cancelled = &call->cancelled};
}

// The functions below are called with the call's lock.

static void receive(corral_grpc_call *call) {
    if (call->method >= 0 || !call->is_open || call->is_receiving || call->is_half_closed || call->is_finishing ||
        call->unhandled >= call->server->window || call->backlog > call->server->backlog)
        return;
    grpc_op op = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->received};
    call->is_receiving = start(call, &op, 1, TAG_RECEIVE);
}

static void finish_now(corral_grpc_call *call, grpc_byte_buffer *message) {
    call->has_finished = 1;
    grpc_op ops[4];
    size_t count = 0;
    if (!call->has_sent_metadata) ops[count++] = (grpc_op){.op = GRPC_OP_SEND_INITIAL_METADATA};
    call->has_sent_metadata = 1;
    if (message)
        ops[count++] = (grpc_op){.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = message};
    grpc_metadata details = {.key = grpc_slice_from_static_string("grpc-status-details-bin"),
                             .value = call->details_value};
    grpc_op status = {.op = GRPC_OP_SEND_STATUS_FROM_SERVER};
    status.data.send_status_from_server.status = call->code;
    status.data.send_status_from_server.status_details = &call->text;
    status.data.send_status_from_server.trailing_metadata_count = call->has_details ? 1 : 0;
    status.data.send_status_from_server.trailing_metadata = &details;
    ops[count++] = status;
    if (!call->is_open) ops[count++] = close_op(call);
    start(call, ops, count, TAG_FINISH);
    grpc_slice_unref(call->text);
    if (call->has_details) grpc_slice_unref(call->details_value);
}

static void send_next(corral_grpc_call *call) {
    if (call->is_sending || call->has_finished) return;
    struct outgoing *next = call->first;
    if (!next) {
        if (call->is_finishing) finish_now(call, NULL);
        return;
    }
    grpc_op ops[2];
    size_t count = 0;
    if (!call->has_sent_metadata) ops[count++] = (grpc_op){.op = GRPC_OP_SEND_INITIAL_METADATA};
    call->has_sent_metadata = 1;
    ops[count++] = (grpc_op){.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = next->message};
    call->is_sending = start(call, ops, count, TAG_SEND);
}

void corral_grpc_sent(corral_grpc_call *call, int ok) {
    pthread_mutex_lock(&call->lock);
    call->is_sending = 0;
    struct outgoing *sent = call->first;
    if (sent) {
        call->first = sent->next;
        if (!call->first) call->last = NULL;
        call->backlog -= sent->length;
        grpc_byte_buffer_destroy(sent->message);
        free(sent);
    }
    if (!ok) drop_outgoing(call);
    send_next(call);
    receive(call);
    pthread_mutex_unlock(&call->lock);
}

int corral_grpc_received(corral_grpc_call *call, int ok) {
    pthread_mutex_lock(&call->lock);
    call->is_receiving = 0;
    int ended = !ok;
    if (ended) {
        call->is_half_closed = 1;
    } else {
        call->unhandled++;
        receive(call);
    }
    pthread_mutex_unlock(&call->lock);
    return ended;
}

void corral_grpc_open(corral_grpc_call *call, void *context) {
    pthread_mutex_lock(&call->lock);
    if (!call->is_open && !call->has_finished) {
        call->context = context;
        call->is_open = 1;
        grpc_op close = close_op(call);
        start(call, &close, 1, TAG_CLOSE);
        receive(call);
    }
    pthread_mutex_unlock(&call->lock);
}

void corral_grpc_handled(corral_grpc_call *call) {
    pthread_mutex_lock(&call->lock);
    if (call->unhandled > 0) call->unhandled--;
    receive(call);
    pthread_mutex_unlock(&call->lock);
}

size_t corral_grpc_send(corral_grpc_call *call, const uint8_t *bytes, size_t length) {
    struct outgoing *item = calloc(1, sizeof *item);
    if (!item) return SIZE_MAX;
    item->message = buffer(bytes, length);
    item->length = length;
    pthread_mutex_lock(&call->lock);
    if (call->is_finishing) {
        grpc_byte_buffer_destroy(item->message);
        free(item);
    } else {
        if (call->last)
            call->last->next = item;
        else
            call->first = item;
        call->last = item;
        call->backlog += length;
        send_next(call);
    }
    size_t backlog = call->backlog;
    pthread_mutex_unlock(&call->lock);
    return backlog;
}

/// - Returns: Whether the call was not ended before.
static int set_status(corral_grpc_call *call, struct corral_grpc_status status) {
    if (call->is_finishing) return 0;
    call->is_finishing = 1;
    call->code = (grpc_status_code)status.code;
    call->text = grpc_slice_from_copied_string(status.message ? status.message : "");
    call->has_details = status.details_length > 0;
    if (call->has_details)
        call->details_value = grpc_slice_from_copied_buffer((const char *)status.details, status.details_length);
    return 1;
}

void corral_grpc_finish(corral_grpc_call *call, const uint8_t *bytes, size_t length, struct corral_grpc_status status) {
    pthread_mutex_lock(&call->lock);
    if (set_status(call, status)) {
        if (bytes && !call->first) {
            grpc_byte_buffer *message = buffer(bytes, length);
            finish_now(call, message);
            grpc_byte_buffer_destroy(message);
        } else {
            send_next(call);
        }
    }
    pthread_mutex_unlock(&call->lock);
}

void corral_grpc_cancel(corral_grpc_call *call, struct corral_grpc_status status) {
    pthread_mutex_lock(&call->lock);
    if (!call->has_finished)
        grpc_call_cancel_with_status(call->call, (grpc_status_code)status.code, status.message, NULL);
    pthread_mutex_unlock(&call->lock);
}

const char *corral_grpc_metadata(const corral_grpc_call *call, const char *key, size_t *length) {
    for (size_t place = 0; place < call->metadata.count; place++) {
        const grpc_metadata *entry = &call->metadata.metadata[place];
        if (grpc_slice_str_cmp(entry->key, key) != 0) continue;
        *length = GRPC_SLICE_LENGTH(entry->value);
        return (const char *)GRPC_SLICE_START_PTR(entry->value);
    }
    return NULL;
}

const char *corral_grpc_path(const corral_grpc_call *call, size_t *length) {
    *length = GRPC_SLICE_LENGTH(call->details.method);
    return (const char *)GRPC_SLICE_START_PTR(call->details.method);
}

double corral_grpc_remaining(const corral_grpc_call *call) {
    gpr_timespec deadline = call->method < 0 ? call->details.deadline : call->deadline;
    if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) >= 0) return INFINITY;
    gpr_timespec left = gpr_time_sub(gpr_convert_clock_type(deadline, GPR_CLOCK_MONOTONIC), gpr_now(GPR_CLOCK_MONOTONIC));
    return (double)left.tv_sec + left.tv_nsec / 1e9;
}

char *corral_grpc_peer(const corral_grpc_call *call) { return grpc_call_get_peer(call->call); }
void corral_grpc_free(char *text) { gpr_free(text); }
