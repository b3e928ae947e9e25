#pragma once
#include <stddef.h>
#include <stdint.h>
#include <spawn.h>
#include <sys/types.h>

/// What Swift cannot import of Linux: ancillary data of sockets, and system calls that glibc does not wrap.
/// Every function returns a count or a descriptor, or the negative `errno`.

/// Sends one message with `fd_count` descriptors (at most 8).
ssize_t corral_send(int socket, const void *bytes, size_t count, const int *fds, int fd_count);

/// Receives one message. `*fd_count` is the room in `fds` and becomes the number received (close-on-exec);
/// `*pid` becomes the sender as the kernel tells it, or 0. A message that does not fit is `-EMSGSIZE`.
ssize_t corral_receive(int socket, void *bytes, size_t capacity, int *fds, int *fd_count, pid_t *pid);

/// Two connected, close-on-exec Unix sockets of `type` (`SOCK_STREAM` or `SOCK_SEQPACKET`).
int corral_socketpair(int type, int sockets[2]);
/// A close-on-exec pipe: `ends[0]` is read, `ends[1]` written.
int corral_pipe(int ends[2]);
int corral_pass_credentials(int socket, int on);

/// A non-blocking, close-on-exec `SOCK_SEQPACKET` socket that listens at `folder/name`, which everyone may connect to;
/// only `name` has to fit into the address of a socket.
int corral_listen_packets(const char *folder, const char *name);
/// The next connection of a listening socket, close-on-exec.
int corral_accept(int socket);
/// The process at the other end of a connected Unix socket when it connected, as seen from here.
pid_t corral_peer(int socket);

int corral_pidfd_open(pid_t pid);
int corral_pidfd_signal(int pidfd, int signal);

/// Reaps the child behind `pidfd` without waiting: its exit status, 128 + signal, or `-EAGAIN` while it runs.
int corral_pidfd_reap(int pidfd);

/// Lets a process have no more than `count` open files; a lower hard limit stays. 0, or the negative `errno`.
int corral_limit_files(pid_t pid, uint64_t count);

/// Locks one byte of an open file against other openings of it, without waiting, or unlocks it; 0, or the negative `errno`.
int corral_lock_byte(int fd, int64_t offset, int lock);

/// Gives the calling thread a table of descriptors of its own, with only 0 to 2 in it; 0, or the negative `errno`.
int corral_separate_descriptors(void);

/// Raises the soft limit of open files to the hard one; the limit in force, or the negative `errno`.
int64_t corral_raise_file_limit(void);

int corral_memfd(const char *name);

enum corral_epoll_operation { CORRAL_EPOLL_ADD = 1, CORRAL_EPOLL_DELETE = 2, CORRAL_EPOLL_MODIFY = 3 };

/// Waits for events; fills up to `capacity` tokens and event masks (`1` readable, `2` writable, `4` hung up or failed).
int corral_epoll_create(void);
int corral_epoll_set(int epoll, enum corral_epoll_operation operation, int fd, uint64_t token, int readable, int writable);
int corral_epoll_wait(int epoll, uint64_t *tokens, uint8_t *masks, int capacity, int timeout_ms);

/// A descriptor that becomes readable when eight bytes are written to it.
int corral_eventfd(void);
void corral_name_thread(const char *name);

char *const *corral_environment(void);

/// Ignores SIGPIPE, so that a write to a closed socket is an error and not the end of the process.
void corral_ignore_sigpipe(void);
/// Gives free memory of the C library back to the system, page by page.
void corral_return_memory(void);

int corral_spawn_close_from(posix_spawn_file_actions_t *actions, int first);
int corral_spawn_directory(posix_spawn_file_actions_t *actions, const char *path);

/// The Landlock ABI of the kernel.
int corral_landlock_version(void);
