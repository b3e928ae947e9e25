/* Corral's native vector environments in C.
 *
 * Every function may be called with anything: null pointers, counts that are zero or negative, handles that are closed.
 * It then returns a negative status and says why in corral_last_error(). No function keeps a pointer of the caller's.
 * One call at a time on one vector (a second one gets CORRAL_BUSY); different vectors are independent.
 *
 * Arrays are row-major without gaps. The shape for one row, the type of the elements and the size in bytes of each array
 * stand in the JSON of corral_vector_describe().
 */
#ifndef CORRAL_H
#define CORRAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when something here changes its meaning; additions leave it as it is. */
#define CORRAL_ABI_VERSION 1

enum {
    CORRAL_OK = 0,
    CORRAL_INVALID_ARGUMENT = -1,   /* null, a size that does not fit, an unknown name or option */
    CORRAL_NOT_FOUND = -2,          /* no such environment */
    CORRAL_INVALID_ACTION = -3,     /* an action outside of its space, or NaN; no row has moved */
    CORRAL_NOT_RESET = -4,          /* a step before the first reset; no row has moved */
    CORRAL_EPISODE_OVER = -5,       /* auto-reset is disabled and a row has ended; no row has moved */
    CORRAL_BUSY = -6,               /* another call runs on this vector */
    CORRAL_CLOSED = -7,             /* the handle was closed, or never made */
    CORRAL_UNIMPLEMENTED = -8,      /* this environment cannot do that, such as render */
    CORRAL_RESOURCE_EXHAUSTED = -9, /* no memory for that many rows, or too many vectors */
    CORRAL_FAILED_PRECONDITION = -10, /* such as recv with nothing sent */
    CORRAL_INTERNAL = -100
};

/* A vector of environments: an index and a generation, never a pointer. 0 is none. */
typedef uint64_t corral_vector;

/* Memory of the caller that one call writes. Sizes are in bytes and must be exactly `rows` times those of
 * corral_vector_describe(); `rows` is the count of the vector, or the batch size for corral_vector_recv(). Each pointer
 * must be aligned to its elements. */
typedef struct corral_buffers {
    int64_t size; /* sizeof(corral_buffers) */
    int64_t rows;
    void *observations;
    int64_t observation_bytes;
    void *rewards;
    int64_t reward_bytes;
    uint8_t *terminated; /* rows bytes, 0 or 1 */
    uint8_t *truncated;  /* rows bytes, 0 or 1 */
    void *info; /* the fields of the info one after the other, each [rows, shape]; may be null where there is none */
    int64_t info_bytes;
    void *final_observations; /* may be null; else written in rows that end with same-step auto-reset */
    int64_t final_observation_bytes;
    void *final_info; /* may be null; as final_observations */
    int64_t final_info_bytes;
} corral_buffers;

enum {
    CORRAL_SEED_NONE = 0, /* go on with the random numbers at hand; the first time the system draws */
    CORRAL_SEED_FROM = 1, /* row i gets seeds[0] + i */
    CORRAL_SEED_EACH = 2  /* row i gets seeds[i] */
};

typedef struct corral_reset {
    int64_t size; /* sizeof(corral_reset) */
    int32_t seeding;
    const uint64_t *seeds;
    int64_t seed_count;
    const uint8_t *seeded; /* with CORRAL_SEED_EACH: rows with 0 get no seed; null for all */
    const uint8_t *mask;   /* rows with 0 stay as they are, their outputs too; null for all */
    int64_t mask_count;    /* bytes of `mask`, and of `seeded` where it is not null */
    const char *options;   /* a JSON object of numbers such as {"low":-0.1,"high":0.1}, or null */
} corral_reset;

int32_t corral_abi_version(void);

/* Why the last call of this thread that failed did so: "what happened (what to do)". Valid until the next call that
 * fails in this thread; never null. */
const char *corral_last_error(void);

/* Texts: at most `capacity` bytes are written, with a zero at the end. Returns the length of the whole text without the
 * zero, also where it did not fit; negative on failure. `text` may be null where `capacity` is 0. */

/* A JSON array of what can be made: [{"id","simulators","default_simulator",…}]. */
int64_t corral_list(char *text, int64_t capacity);

/* One environment as JSON: spaces, configuration with defaults, simulators, time limit. */
int64_t corral_describe(const char *id, char *text, int64_t capacity);

/* Makes `count` rows.
 *
 * id: such as "CartPole-v1".
 * settings: a JSON object or null:
 *   "precision": "float32" (default) or "float64"; or "simulator": "simd" or "reference",
 *   "autoreset": "NextStep" (default), "SameStep" or "Disabled",
 *   "threads": 1 or more; without it the environment variable CORRAL_NUM_THREADS, else 1,
 *   "batch": 1 to `count`: the rows of one corral_vector_recv(); with the autoreset "NextStep" only,
 *   "overrides": {"max_episode_seconds": 20, "reward.scale": 2}, checked against the configuration.
 * vector: set to the new handle; to 0 on failure. */
int32_t corral_vector_make(const char *id, int64_t count, const char *settings, corral_vector *vector);

/* How the arrays of one row look, as JSON: observation_space, action_space (in the form of /v1), and for "observation",
 * "action", "reward" {"dtype","shape","bytes"}; "info" and "record" are lists of {"name","dtype","shape","offset"} with
 * "info_bytes" and "record_bytes"; "count", "autoreset", "simulator", "max_episode_steps", "configuration". */
int64_t corral_vector_describe(corral_vector vector, char *text, int64_t capacity);

/* Starts episodes. Writes observations and info of the rows that it resets; rewards and flags are not written. `reset` may be null. */
int32_t corral_vector_reset(corral_vector vector, const corral_reset *reset, const corral_buffers *buffers);

/* Advances all rows by one step. `actions` is [count, shape]; action_bytes must be its exact size. */
int32_t corral_vector_step(
    corral_vector vector, const void *actions, int64_t action_bytes, const corral_buffers *buffers);

/* Writes the observations and info of all rows as they are now. */
int32_t corral_vector_observe(corral_vector vector, const corral_buffers *buffers);

/* Records: all that decides the future of a row, record_bytes each, packed in the order of `rows`. `rows` may be null
 * for all rows in order; row_count is then the count. */
int32_t corral_vector_get_state(
    corral_vector vector, const int64_t *rows, int64_t row_count, void *records, int64_t bytes);

/* Every record is checked before it is taken; rows before a wrong one are written. */
int32_t corral_vector_set_state(
    corral_vector vector, const int64_t *rows, int64_t row_count, const void *records, int64_t bytes);

/* Makes each of `targets` a copy of `row`. `seeds` may be null (random numbers are copied too), else has one for each
 * target, from which its random numbers start. */
int32_t corral_vector_fork(
    corral_vector vector, int64_t row, const int64_t *targets, int64_t target_count, const uint64_t *seeds);

/* Draws a row: height × width × 3 bytes, red, green, blue. Height and width stand in "render" of the description. */
int32_t corral_vector_render(corral_vector vector, int64_t row, uint8_t *pixels, int64_t bytes);

/* Batches: some rows step in a thread of the library while the caller does something else. For a vector with the setting
 * "batch". Results are received in the order in which rows were sent. While rows are under way, the calls above get
 * CORRAL_FAILED_PRECONDITION. Two threads may send and receive at once. */

/* Begins episodes; the first observations are received like results of steps, with reward 0. `reset` may be null. */
int32_t corral_vector_send_reset(corral_vector vector, const corral_reset *reset);

/* Hands over one action for each of `rows`, which are all different; null for all rows in order. All rows must have been
 * reset once. Every action is checked now, also that of a row whose next step ignores it because its episode has ended. */
int32_t corral_vector_send(
    corral_vector vector, const int64_t *rows, int64_t row_count, const void *actions, int64_t action_bytes);

/* Waits for the next `batch` results, and writes them and the numbers of their rows. `row_count` and `buffers->rows` are
 * the batch. Where fewer rows are under way: CORRAL_FAILED_PRECONDITION. After a close by another thread: CORRAL_CLOSED. */
int32_t corral_vector_recv(corral_vector vector, int64_t *rows, int64_t row_count, const corral_buffers *buffers);

/* Ends the vector and frees its memory, after a call of another thread that still runs. A second close gets CORRAL_CLOSED. */
int32_t corral_vector_close(corral_vector vector);

#ifdef __cplusplus
}
#endif
#endif
