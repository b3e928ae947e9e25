import Glibc

/// SIGINT and SIGTERM, waited for by a thread instead of interrupting one.
enum StopSignal {
    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        return set
    }

    /// Has to be called before any thread is started, so that all inherit it.
    static func block() {
        var set = set
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Returns when one of the signals came, or when standard input ends where that counts.
    static func wait(orEndOfInput: Bool) async {
        await withCheckedContinuation { continuation in
            let box = Unmanaged.passRetained(Waiter(continuation)).toOpaque()
            startThread(box) { argument in
                guard let argument else { return nil }
                var set = StopSignal.set
                var number: CInt = 0
                sigwait(&set, &number)
                Unmanaged<Waiter>.fromOpaque(argument).takeUnretainedValue().finish()
                return nil
            }
            guard orEndOfInput else { return }
            startThread(box) { argument in
                guard let argument else { return nil }
                var byte: UInt8 = 0
                while read(0, &byte, 1) > 0 {}
                Unmanaged<Waiter>.fromOpaque(argument).takeUnretainedValue().finish()
                return nil
            }
        }
    }

    private static func startThread(
        _ argument: UnsafeMutableRawPointer, _ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
    ) {
        var thread = pthread_t()
        if pthread_create(&thread, nil, body, argument) == 0 { pthread_detach(thread) }
    }
}
