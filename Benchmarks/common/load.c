// A load generator for sessions that cost it next to nothing: one thread, one epoll, one connection for each session.
//
//   load --port PORT --protocol corral|websocket|dockergym|openenv --clients N --seconds S [--environment REFERENCE]
//        [--action JSON] [--order one|all] [--pause] [--drop] [--connections N] [--host 127.0.0.1] [--path /ws]
//
// Three phases: every client opens a session (connection included), steps it for S seconds as fast as answers come, and
// closes it. With `--order one` clients open and close one after another, with `all` at the same time. After a phase one
// line of JSON goes to standard output; times are microseconds from the first byte sent to the last one received.
// `websocket` is that of Corral; `openenv` asks for a WebSocket at `--path`, and its `--action` is a whole action.
// With `--pause` the program waits for a line on standard input after opening and after stepping. With `--drop` sessions
// (not OpenEnv's, which end with their connection) have no connection while it waits.
//
// Without an action CartPole is balanced by its last observation, so that an episode lasts 500 steps; when one ends, the
// client resets. Resets are counted apart and are no steps. DockerGym has no reset: its episodes may not end.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { buffer_size = 1 << 16 };

typedef enum { idle, upgrading, opening, ready, waiting, stepping, resetting, closing, closed, broken } State;

typedef enum { corral, dockergym, openenv, websocket } Protocol;

typedef struct {
    int socket;
    State state;
    char id[64];
    char *buffer;
    size_t filled;
    double asked;  // when the running request began
    uint64_t steps;
    bool over;
    bool right;
} Client;

typedef struct {
    double *values;
    size_t count, room;
} Samples;

static const char *host = "127.0.0.1", *environment = "classic/CartPole", *action, *path;
static int port, client_count = 1;
static double seconds = 2;
static Protocol protocol = corral;
static bool one_by_one, pauses, drops;

static Client *clients;
static int poller;
// With fewer connections than clients: those that nobody uses, and the clients that wait for one, in a ring.
static int connection_limit, *spare, spare_count;
static Client **queue;
static int queue_start, queue_count;
static Samples open_times, step_times, reset_times, close_times;
static int errors;
static double step_end;

static void die(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void add(Samples *samples, double value) {
    if (samples->count == samples->room) {
        samples->room = samples->room ? samples->room * 2 : 1024;
        samples->values = realloc(samples->values, samples->room * sizeof(double));
        if (!samples->values) die("memory");
    }
    samples->values[samples->count++] = value;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(Samples *samples, double part) {
    if (!samples->count) return 0;
    size_t place = (size_t)(part * (double)(samples->count - 1) + 0.5);
    return samples->values[place];
}

static void report(const char *phase, Samples *samples, double wall) {
    qsort(samples->values, samples->count, sizeof(double), compare);
    uint64_t least = UINT64_MAX, most = 0;
    for (int i = 0; i < client_count; i++) {
        if (clients[i].steps < least) least = clients[i].steps;
        if (clients[i].steps > most) most = clients[i].steps;
    }
    printf(
        "{\"phase\":\"%s\",\"count\":%zu,\"wall\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"max\":%.1f,"
        "\"resets\":%zu,\"errors\":%d,\"least\":%llu,\"most\":%llu}\n",
        phase, samples->count, wall, percentile(samples, 0.5), percentile(samples, 0.9), percentile(samples, 0.99),
        percentile(samples, 1), reset_times.count, errors, (unsigned long long)least, (unsigned long long)most);
    fflush(stdout);
}

static void fail(Client *client, const char *why) {
    if (!errors++) fprintf(stderr, "load: session %s: %.*s\n", client->id, 600, why);
    client->state = broken;
    if (client->socket >= 0) close(client->socket);
    client->socket = -1;
}

static void send_all(Client *client, const void *bytes, size_t length) {
    ssize_t sent = send(client->socket, bytes, length, MSG_NOSIGNAL);
    if (sent != (ssize_t)length) fail(client, "the request could not be sent");
}

// MARK: requests

static void http(Client *client, const char *method, const char *path, const char *body) {
    char text[1024];
    int length = snprintf(
        text, sizeof text,
        "%s %s HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", method, path,
        port, strlen(body), body);
    send_all(client, text, (size_t)length);
}

// Masked with zeros, which leaves the text as it is.
static void frame(Client *client, int opcode, const char *text) {
    size_t length = strlen(text);
    unsigned char bytes[256] = {(unsigned char)(0x80 | opcode), (unsigned char)(0x80 | length), 0, 0, 0, 0};
    memcpy(bytes + 6, text, length);
    send_all(client, bytes, length + 6);
}

static void connect_to_server(Client *client) {
    client->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (client->socket < 0) die("socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    if (connect(client->socket, (struct sockaddr *)&address, sizeof address)) return fail(client, "no connection");
    int yes = 1;
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(client->socket, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, client->socket, &event)) die("epoll_ctl");
}

static bool shares(void) { return connection_limit && connection_limit < client_count; }

static bool has_frames(void) { return protocol == openenv || protocol == websocket; }

static void take_connection(Client *client) {
    if (client->socket >= 0) return;
    if (!spare_count) return connect_to_server(client);
    client->socket = spare[--spare_count];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(poller, EPOLL_CTL_MOD, client->socket, &event)) die("epoll_ctl");
}

static void give_connection(Client *client) {
    if (!shares() || client->socket < 0) return;
    spare[spare_count++] = client->socket;
    client->socket = -1;
}

static void ask_open(Client *client) {
    client->asked = now();
    take_connection(client);
    if (client->state == broken) return;
    if (has_frames()) {
        client->state = upgrading;
        char request[512];
        int length = snprintf(
            request, sizeof request,
            "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            path);
        return send_all(client, request, (size_t)length);
    }
    client->state = opening;
    if (protocol == dockergym) return http(client, "POST", "/sessions", "{}");
    char body[512];
    snprintf(body, sizeof body, "{\"environment\":\"%s\",\"seed\":%d}", environment, (int)(client - clients));
    http(client, "POST", "/v1/sessions", body);
}

// The path of a session, or of a call of it.
static const char *path_of(const Client *client, const char *call) {
    static char path[128];
    snprintf(path, sizeof path, "%s/sessions/%s%s", protocol == dockergym ? "" : "/v1", client->id, call);
    return path;
}

static void ask_next(Client *client) {
    client->asked = now();
    if (client->over && protocol == dockergym) return fail(client, "the episode has ended");
    char body[512];
    if (client->over) {
        client->state = resetting;
        if (protocol == openenv) return frame(client, 1, "{\"type\":\"reset\"}");
        if (protocol == corral) return http(client, "POST", path_of(client, "/reset"), "{}");
        snprintf(body, sizeof body, "{\"id\":1,\"op\":\"reset\",\"session\":\"%s\"}", client->id);
        return frame(client, 1, body);
    }
    client->state = stepping;
    const char *act = action ? action : client->right ? "1" : "0";
    if (protocol == openenv) {
        snprintf(body, sizeof body, "{\"type\":\"step\",\"data\":%s}", action ? action : "{\"message\":\"hello\"}");
        return frame(client, 1, body);
    }
    if (protocol == websocket) {
        snprintf(body, sizeof body, "{\"id\":1,\"op\":\"step\",\"session\":\"%s\",\"action\":%s}", client->id, act);
        return frame(client, 1, body);
    }
    snprintf(body, sizeof body, "{\"action\":%s}", act);
    http(client, "POST", path_of(client, "/step"), body);
}

static void wait_in_line(Client *client) {
    client->state = waiting;
    queue[(queue_start + queue_count++) % client_count] = client;
}

static Client *first_in_line(void) {
    Client *client = queue[queue_start];
    queue_start = (queue_start + 1) % client_count;
    queue_count--;
    return client;
}

static void ask_first(void) {
    Client *client = first_in_line();
    take_connection(client);
    if (client->state != broken) ask_next(client);
}

static void ask_close(Client *client) {
    take_connection(client);
    if (client->state == broken) return;
    client->asked = now();
    client->state = closing;
    if (protocol == openenv) return frame(client, 1, "{\"type\":\"close\"}");
    if (protocol == websocket) {
        char body[128];
        snprintf(body, sizeof body, "{\"id\":1,\"op\":\"close\",\"session\":\"%s\"}", client->id);
        return frame(client, 1, body);
    }
    http(client, "DELETE", path_of(client, ""), "");
}

// MARK: answers

// Steers towards an upright pole in the middle of the track.
static void look(Client *client, const char *body) {
    const char *at = strstr(body, "\"observation\":[");
    client->over =
        strstr(body, "\"terminated\":true") || strstr(body, "\"truncated\":true") || strstr(body, "\"done\":true");
    if (!at) return;
    char *rest = (char *)at + strlen("\"observation\":[");
    double values[4] = {0};
    for (int i = 0; i < 4; i++) {
        values[i] = strtod(rest, &rest);
        rest++;
    }
    client->right = 0.05 * values[0] + 0.1 * values[1] + values[2] + values[3] > 0;
}

static void answered(Client *client, const char *body) {
    double time = now() - client->asked;
    switch (client->state) {
    case upgrading:
        client->state = opening;
        if (protocol == openenv) return frame(client, 1, "{\"type\":\"reset\"}");
        char body[256];
        snprintf(
            body, sizeof body, "{\"id\":1,\"op\":\"create\",\"environment\":\"%s\",\"seed\":%d}", environment,
            (int)(client - clients));
        return frame(client, 1, body);
    case opening:
        if (protocol != openenv) {
            const char *id = strstr(body, protocol == dockergym ? "\"session_id\":\"" : "\"id\":\"");
            if (!id) return fail(client, body);
            sscanf(strchr(id, ':') + 2, "%63[^\"]", client->id);
        }
        add(&open_times, time);
        look(client, body);
        client->state = ready;
        return give_connection(client);
    case stepping:
        client->steps++;
        add(&step_times, time);
        break;
    case resetting: add(&reset_times, time); break;
    case closing:
        add(&close_times, time);
        client->state = closed;
        give_connection(client);
        if (client->socket >= 0) close(client->socket);
        client->socket = -1;
        return;
    default: return fail(client, "an answer to no question");
    }
    look(client, body);
    if (now() < step_end) {
        if (!shares()) return ask_next(client);
        give_connection(client);
        wait_in_line(client);
        return ask_first();
    }
    client->state = ready;
    give_connection(client);
    while (queue_count) first_in_line()->state = ready;
}

// Takes one HTTP answer off the front; whether there was a whole one.
static bool take_http(Client *client) {
    char *end = memmem(client->buffer, client->filled, "\r\n\r\n", 4);
    if (!end) return false;
    size_t head = (size_t)(end + 4 - client->buffer), length = 0;
    *end = 0;
    int status = atoi(client->buffer + 9);
    char *field = strcasestr(client->buffer, "\r\nContent-Length:");
    if (field) length = strtoul(field + 17, NULL, 10);
    *end = '\r';
    if (client->filled < head + length) return false;
    char kept = client->buffer[head + length];
    client->buffer[head + length] = 0;
    if (status >= 400)
        fail(client, client->buffer);
    else
        answered(client, client->buffer + head);
    client->buffer[head + length] = kept;
    client->filled -= head + length;
    memmove(client->buffer, client->buffer + head + length, client->filled);
    return client->socket >= 0;
}

static bool take_frame(Client *client) {
    if (client->state == upgrading) return take_http(client);
    const unsigned char *bytes = (unsigned char *)client->buffer;
    if (client->filled < 2) return false;
    size_t length = bytes[1] & 127, head = 2;
    if (length == 126) {
        head = 4;
        if (client->filled < head) return false;
        length = (size_t)bytes[2] << 8 | bytes[3];
    }
    if (length == 127 || client->filled < head + length) return false;
    int opcode = bytes[0] & 15;
    char kept = client->buffer[head + length];
    client->buffer[head + length] = 0;
    if (opcode == 8 || opcode == 9)  // answered, or the server waits for it
        frame(client, opcode == 8 ? 8 : 10, "");
    else if (opcode == 1 && strstr(client->buffer + head, protocol == openenv ? "\"type\":\"error\"" : "\"error\":{\"code\""))
        fail(client, client->buffer + head);
    else if (opcode == 1)
        answered(client, client->buffer + head);
    client->buffer[head + length] = kept;
    client->filled -= head + length;
    memmove(client->buffer, client->buffer + head + length, client->filled);
    return client->socket >= 0;
}

static void readable(Client *client) {
    ssize_t got = recv(client->socket, client->buffer + client->filled, buffer_size - 1 - client->filled, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return protocol == openenv && client->state == closing ? answered(client, "") : fail(client, "the server hung up");
    client->filled += (size_t)got;
    while (client->filled && (has_frames() ? take_frame(client) : take_http(client))) {}
}

static bool is_at_rest(const Client *client, State rest) { return client->state == rest || client->state == broken; }

static void wait_for(Client *first, int count, State rest) {
    struct epoll_event events[256];
    for (int done = 0; done < count;) {
        while (done < count && is_at_rest(&first[done], rest)) done++;
        if (done == count) return;
        int ready_count = epoll_wait(poller, events, 256, 60000);
        if (ready_count == 0) {
            errno = ETIMEDOUT;
            die("no answer");
        }
        for (int i = 0; i < ready_count; i++) {
            Client *client = events[i].data.ptr;
            if (client->socket >= 0) readable(client);
        }
    }
}

static void in_order(void (*ask)(Client *), State rest) {
    for (int i = 0; i < client_count; i++) {
        if (clients[i].state == broken) continue;
        ask(&clients[i]);
        if (one_by_one) wait_for(&clients[i], 1, rest);
    }
    wait_for(clients, client_count, rest);
}

static void pause_here(void) {
    if (!pauses) return;
    for (int i = 0; drops && i < client_count; i++)
        if (clients[i].socket >= 0) close(clients[i].socket);
    char line[16];
    if (!fgets(line, sizeof line, stdin)) exit(1);
    for (int i = 0; drops && i < client_count; i++)
        if (clients[i].state == ready) connect_to_server(&clients[i]);
}

static void read_arguments(int count, char **values) {
    for (int i = 1; i < count; i++) {
        const char *name = values[i], *value = i + 1 < count ? values[i + 1] : "";
        if (!strcmp(name, "--pause") || !strcmp(name, "--drop")) {
            *(strcmp(name, "--drop") ? &pauses : &drops) = true;
            continue;
        }
        i++;
        if (!strcmp(name, "--host")) host = value;
        else if (!strcmp(name, "--port")) port = atoi(value);
        else if (!strcmp(name, "--protocol"))
            protocol = !strcmp(value, "openenv")     ? openenv
                       : !strcmp(value, "dockergym") ? dockergym
                       : !strcmp(value, "websocket") ? websocket
                                                     : corral;
        else if (!strcmp(name, "--clients")) client_count = atoi(value);
        else if (!strcmp(name, "--seconds")) seconds = atof(value);
        else if (!strcmp(name, "--environment")) environment = value;
        else if (!strcmp(name, "--action")) action = value;
        else if (!strcmp(name, "--path")) path = value;
        else if (!strcmp(name, "--connections")) connection_limit = atoi(value);
        else if (!strcmp(name, "--order")) one_by_one = !strcmp(value, "one");
        else {
            fprintf(stderr, "load: unknown option %s\n", name);
            exit(2);
        }
    }
    if (!path) path = protocol == websocket ? "/v1/ws" : "/ws";
    if (port < 1 || client_count < 1) {
        fprintf(stderr, "load: --port and --clients are needed\n");
        exit(2);
    }
    if (shares() && (!one_by_one || drops || has_frames())) {
        fprintf(stderr, "load: --connections needs HTTP and --order one, without --drop\n");
        exit(2);
    }
}

int main(int count, char **values) {
    read_arguments(count, values);
    clients = calloc((size_t)client_count, sizeof(Client));
    poller = epoll_create1(0);
    spare = calloc((size_t)client_count, sizeof *spare);
    queue = calloc((size_t)client_count, sizeof *queue);
    if (!clients || !spare || !queue || poller < 0) die("start");
    for (int i = 0; i < client_count; i++) {
        clients[i].socket = -1;
        clients[i].buffer = malloc(buffer_size);
        if (!clients[i].buffer) die("memory");
    }
    double start = now();
    in_order(ask_open, ready);
    report("open", &open_times, now() - start);
    pause_here();

    start = now();
    step_end = start + seconds * 1e6;
    for (int i = 0; seconds > 0 && i < client_count; i++)
        if (clients[i].state == ready) wait_in_line(&clients[i]);
    for (int i = shares() ? connection_limit : client_count; i > 0 && queue_count; i--) ask_first();
    wait_for(clients, client_count, ready);
    report("step", &step_times, now() - start);
    pause_here();

    start = now();
    in_order(ask_close, closed);
    report("close", &close_times, now() - start);
    return errors != 0;
}
