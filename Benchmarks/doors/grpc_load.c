// Load over gRPC's C core, cheap enough that it is not what is measured: one thread, one completion queue, one channel
// for each call in flight at a time.
//
//     grpc_load HOST:PORT unary  METHOD SECONDS WARMUP REQUEST...
//     grpc_load HOST:PORT stream METHOD SECONDS WARMUP DEPTH ANSWER REQUEST...
//
// REQUEST is a file with one message, or two files with a comma between them: what a stream begins with, and what it goes
// on with. `unary` keeps one call of each request in flight; `stream` opens a stream for each and keeps DEPTH messages of
// it unanswered. ANSWER is the first byte of every answer but that to a stream's beginning: the tag of the field that is no
// error. Prints answers in a second, and the median and 99th percentile of the time of one in microseconds. Another
// answer, none, or a status that is not OK ends it with an error.
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/support/time.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEPTHS = 64, SAMPLES = 1 << 22 };

struct flow {
    grpc_channel *channel;
    grpc_call *call;
    grpc_slice beginning, request;
    int has_beginning;
    grpc_metadata_array initial, trailing;
    grpc_byte_buffer *answer;
    grpc_status_code status;
    grpc_slice details;
    double sent[DEPTHS];
    unsigned first, last;
    int is_sending, wanted;
    struct tag { struct flow *flow; int kind; } tags[4];
};

enum { CALL, SENT, RECEIVED, STATUS };

static grpc_completion_queue *queue;
static float *samples;
static long count;
static int is_counting, expected = -1;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "grpc_load: %s\n", what);
    exit(1);
}

static void start(struct flow *flow, const grpc_op *ops, size_t size, int kind) {
    if (grpc_call_start_batch(flow->call, ops, size, &flow->tags[kind], NULL) != GRPC_CALL_OK) fail("cannot start");
}

static grpc_byte_buffer *message(struct flow *flow) {
    int begins = flow->has_beginning && flow->last == 0;
    return grpc_raw_byte_buffer_create(begins ? &flow->beginning : &flow->request, 1);
}

static int first_byte(grpc_byte_buffer *buffer) {
    grpc_byte_buffer_reader reader;
    grpc_slice *slice;
    if (!grpc_byte_buffer_reader_init(&reader, buffer)) return -1;
    int byte = grpc_byte_buffer_reader_peek(&reader, &slice) ? GRPC_SLICE_START_PTR(*slice)[0] : -1;
    grpc_byte_buffer_reader_destroy(&reader);
    return byte;
}

static void answered(struct flow *flow) {
    if (!flow->answer) fail("a call was not answered");
    int is_beginning = flow->has_beginning && flow->first == 0;
    if (expected >= 0 && !is_beginning && first_byte(flow->answer) != expected) fail("an answer is an error");
    grpc_byte_buffer_destroy(flow->answer);
    flow->answer = NULL;
    float took = (float)((now() - flow->sent[flow->first++ % DEPTHS]) * 1e6);
    if (is_counting && count < SAMPLES) samples[count++] = took;
}

static void call(struct flow *flow, const char *method) {
    flow->call = grpc_channel_create_call(flow->channel, NULL, GRPC_PROPAGATE_DEFAULTS, queue,
                                          grpc_slice_from_static_string(method), NULL,
                                          gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
}

static void unary(struct flow *flow, const char *method) {
    call(flow, method);
    grpc_byte_buffer *sent = message(flow);
    grpc_op ops[6] = {{.op = GRPC_OP_SEND_INITIAL_METADATA}, {.op = GRPC_OP_SEND_MESSAGE},
                      {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT}, {.op = GRPC_OP_RECV_INITIAL_METADATA},
                      {.op = GRPC_OP_RECV_MESSAGE}, {.op = GRPC_OP_RECV_STATUS_ON_CLIENT}};
    ops[1].data.send_message.send_message = sent;
    ops[3].data.recv_initial_metadata.recv_initial_metadata = &flow->initial;
    ops[4].data.recv_message.recv_message = &flow->answer;
    ops[5].data.recv_status_on_client.trailing_metadata = &flow->trailing;
    ops[5].data.recv_status_on_client.status = &flow->status;
    ops[5].data.recv_status_on_client.status_details = &flow->details;
    flow->sent[flow->last++ % DEPTHS] = now();
    start(flow, ops, 6, CALL);
    grpc_byte_buffer_destroy(sent);
}

static void send_next(struct flow *flow) {
    if (flow->is_sending || flow->wanted == 0) return;
    flow->wanted--;
    flow->is_sending = 1;
    grpc_byte_buffer *sent = message(flow);
    grpc_op op = {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = sent};
    flow->sent[flow->last++ % DEPTHS] = now();
    start(flow, &op, 1, SENT);
    grpc_byte_buffer_destroy(sent);
}

static void receive(struct flow *flow) {
    grpc_op op = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &flow->answer};
    start(flow, &op, 1, RECEIVED);
}

static void open_stream(struct flow *flow, const char *method, int depth) {
    call(flow, method);
    grpc_op ops[2] = {{.op = GRPC_OP_SEND_INITIAL_METADATA}, {.op = GRPC_OP_RECV_INITIAL_METADATA}};
    ops[1].data.recv_initial_metadata.recv_initial_metadata = &flow->initial;
    start(flow, ops, 2, STATUS);
    flow->wanted = depth;
    send_next(flow);
    receive(flow);
}

static grpc_slice file(const char *path) {
    FILE *input = fopen(path, "rb");
    if (!input) fail("a request cannot be read");
    static char bytes[1 << 22];
    size_t size = fread(bytes, 1, sizeof bytes, input);
    fclose(input);
    return grpc_slice_from_copied_buffer(bytes, size);
}

static int ascending(const void *one, const void *other) {
    float left = *(const float *)one, right = *(const float *)other;
    return (left > right) - (left < right);
}

int main(int argc, char **argv) {
    int is_stream = argc > 2 && strcmp(argv[2], "stream") == 0;
    int fixed = is_stream ? 8 : 6;
    if (argc <= fixed) fail("HOST:PORT unary|stream METHOD SECONDS WARMUP [DEPTH ANSWER] REQUEST...");
    double seconds = atof(argv[4]), warmup = atof(argv[5]);
    int depth = is_stream ? atoi(argv[6]) : 1, flows = argc - fixed;
    if (is_stream) expected = atoi(argv[7]);
    if (depth < 1 || depth > DEPTHS) fail("a depth of 1 to 64");
    grpc_init();
    queue = grpc_completion_queue_create_for_next(NULL);
    samples = malloc(SAMPLES * sizeof *samples);
    struct flow *all = calloc(flows, sizeof *all);
    grpc_channel_credentials *plain = grpc_insecure_credentials_create();
    grpc_channel *channel = grpc_channel_create(argv[1], plain, NULL);
    for (int place = 0; place < flows; place++) {
        struct flow *flow = &all[place];
        flow->channel = channel;
        char *path = argv[fixed + place], *comma = strchr(path, ',');
        if (comma) {
            *comma = 0;
            flow->beginning = file(path);
            flow->has_beginning = 1;
            path = comma + 1;
        }
        flow->request = file(path);
        grpc_metadata_array_init(&flow->initial);
        grpc_metadata_array_init(&flow->trailing);
        for (int kind = 0; kind < 4; kind++) flow->tags[kind] = (struct tag){flow, kind};
        if (is_stream)
            open_stream(flow, argv[3], depth);
        else
            unary(flow, argv[3]);
    }
    double begin = now(), counted = 0;
    for (;;) {
        double time = now();
        if (!is_counting && time - begin >= warmup) is_counting = 1, counted = time;
        if (is_counting && time - counted >= seconds) break;
        grpc_event event = grpc_completion_queue_next(queue, gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(10, GPR_TIMESPAN)), NULL);
        if (event.type != GRPC_OP_COMPLETE || !event.success) fail("an operation failed");
        struct tag *tag = event.tag;
        struct flow *flow = tag->flow;
        switch (tag->kind) {
        case CALL:
            if (flow->status != GRPC_STATUS_OK) {
                fprintf(stderr, "status %d: %.*s\n", flow->status, (int)GRPC_SLICE_LENGTH(flow->details),
                        GRPC_SLICE_START_PTR(flow->details));
                fail("a call failed");
            }
            answered(flow);
            grpc_slice_unref(flow->details);
            grpc_metadata_array_destroy(&flow->initial);
            grpc_metadata_array_destroy(&flow->trailing);
            grpc_metadata_array_init(&flow->initial);
            grpc_metadata_array_init(&flow->trailing);
            grpc_call_unref(flow->call);
            unary(flow, argv[3]);
            break;
        case SENT:
            flow->is_sending = 0;
            send_next(flow);
            break;
        case RECEIVED:
            answered(flow);
            flow->wanted++;
            send_next(flow);
            receive(flow);
            break;
        }
    }
    double rate = count / (now() - counted);
    qsort(samples, count, sizeof *samples, ascending);
    printf("%.1f %.1f %.1f\n", rate, count ? samples[count / 2] : 0, count ? samples[count * 99 / 100] : 0);
    fflush(stdout);
    _Exit(0);
}
