import Glibc

/// Nanoseconds of the monotonic clock, exact to a few milliseconds: cheap enough for every read.
func coarseNow() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

func nanoseconds(seconds: Int) -> Int64 { Int64(clamping: max(0, min(seconds, 1_000_000))) * 1_000_000_000 }
