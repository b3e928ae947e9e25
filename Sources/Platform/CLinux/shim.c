#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <malloc.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

enum { MAXIMUM_FDS = 8 };

union control {
    char bytes[CMSG_SPACE(sizeof(int) * MAXIMUM_FDS) + CMSG_SPACE(sizeof(struct ucred))];
    struct cmsghdr align;
};

ssize_t corral_send(int socket, const void *bytes, size_t count, const int *fds, int fd_count) {
    if (fd_count < 0 || fd_count > MAXIMUM_FDS) return -EINVAL;
    union control control;
    memset(&control, 0, sizeof control);
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * (size_t)fd_count);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t corral_receive(int socket, void *bytes, size_t capacity, int *fds, int *fd_count, pid_t *pid) {
    union control control;
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    int room = fd_count ? *fd_count : 0;
    if (fd_count) *fd_count = 0;
    if (pid) *pid = 0;
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET) continue;
        if (header->cmsg_type == SCM_RIGHTS) {
            int count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
            for (int index = 0; index < count; index++) {
                int fd;
                memcpy(&fd, CMSG_DATA(header) + (size_t)index * sizeof fd, sizeof fd);
                if (fds && fd_count && *fd_count < room) fds[(*fd_count)++] = fd;
                else close(fd);
            }
        } else if (header->cmsg_type == SCM_CREDENTIALS && pid) {
            struct ucred credentials;
            memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
            *pid = credentials.pid;
        }
    }
    return message.msg_flags & MSG_TRUNC ? -EMSGSIZE : received;
}

int corral_socketpair(int type, int sockets[2]) {
    return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, sockets) < 0 ? -errno : 0;
}

int corral_listen_packets(const char *folder, const char *name) {
    int place = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0) return -errno;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", place, name);
    int result = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (length < 0 || length >= (int)sizeof address.sun_path) {
        errno = ENAMETOOLONG;
    } else if (result >= 0 && bind(result, (struct sockaddr *)&address, sizeof address) == 0
               && fchmodat(place, name, 0666, 0) == 0 && listen(result, 1) == 0) {
        close(place);
        return result;
    }
    int error = errno;
    if (result >= 0) close(result);
    close(place);
    return -error;
}

int corral_accept(int socket) {
    int result;
    do result = accept4(socket, NULL, NULL, SOCK_CLOEXEC);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

pid_t corral_peer(int socket) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ? -errno : peer.pid;
}

int corral_pass_credentials(int socket, int on) {
    return setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ? -errno : 0;
}

int corral_pidfd_open(pid_t pid) {
    long fd = syscall(SYS_pidfd_open, pid, 0);
    return fd < 0 ? -errno : (int)fd;
}

int corral_pidfd_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int corral_pidfd_reap(int pidfd) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG) < 0) return -errno;
    if (info.si_pid == 0) return -EAGAIN;
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

int corral_lock_byte(int fd, int64_t offset, int lock) {
    struct flock range = {
        .l_type = lock ? F_WRLCK : F_UNLCK, .l_whence = SEEK_SET, .l_start = (off_t)offset, .l_len = 1};
    return fcntl(fd, F_OFD_SETLK, &range) < 0 ? -errno : 0;
}

int corral_separate_descriptors(void) {
    return close_range(3, ~0U, CLOSE_RANGE_UNSHARE) < 0 ? -errno : 0;
}

int64_t corral_raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    return limit.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
}

int corral_limit_files(pid_t pid, uint64_t count) {
    struct rlimit limit;
    if (prlimit(pid, RLIMIT_NOFILE, NULL, &limit) < 0) return -errno;
    if (count < limit.rlim_max) limit.rlim_max = count;
    limit.rlim_cur = limit.rlim_max;
    return prlimit(pid, RLIMIT_NOFILE, &limit, NULL) < 0 ? -errno : 0;
}

int corral_memfd(const char *name) {
    int fd = memfd_create(name, MFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int corral_epoll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int corral_epoll_set(int epoll, enum corral_epoll_operation operation, int fd, uint64_t token, int readable, int writable) {
    struct epoll_event event = {
        .events = (readable ? EPOLLIN | EPOLLRDHUP : 0u) | (writable ? EPOLLOUT : 0u), .data.u64 = token};
    return epoll_ctl(epoll, (int)operation, fd, &event) < 0 ? -errno : 0;
}

int corral_epoll_wait(int epoll, uint64_t *tokens, uint8_t *masks, int capacity, int timeout_ms) {
    struct epoll_event events[128];
    int count = epoll_wait(epoll, events, capacity < 128 ? capacity : 128, timeout_ms);
    if (count < 0) return -errno;
    for (int index = 0; index < count; index++) {
        uint32_t flags = events[index].events;
        tokens[index] = events[index].data.u64;
        masks[index] = (uint8_t)((flags & (EPOLLIN | EPOLLRDHUP) ? 1 : 0) | (flags & EPOLLOUT ? 2 : 0)
            | (flags & (EPOLLHUP | EPOLLERR) ? 4 : 0));
    }
    return count;
}

char *const *corral_environment(void) {
    extern char **environ;
    return environ;
}

void corral_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

int corral_eventfd(void) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

void corral_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

int corral_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0; }

int corral_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int corral_spawn_directory(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif

int corral_landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
    return version < 0 ? -errno : (int)version;
}

void corral_return_memory(void) { malloc_trim(0); }
