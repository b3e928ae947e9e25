import CLinux
import Glibc

/// When memory that is free again goes back to the system.
///
/// The C library keeps what a burst of work needed, all the more where lasting pieces lie between: a thousand sessions that
/// were opened at once would look several times as large as they are. So after some work, when there is none, it is
/// asked to give back every page that holds nothing. That takes a millisecond for each dozen megabytes.
struct MemoryReturn {
    /// Descriptors that were served since the last time.
    private var events = 0

    /// Fewer are not worth the trouble.
    static let leastEvents = 200
    /// In milliseconds: nothing has to happen for so long.
    static let calm: CInt = 100

    /// - Parameter timeout: In milliseconds, what else there is to wait for; -1: nothing.
    /// - Returns: How long to wait, so that the calm is noticed.
    func timeout(atMost timeout: CInt) -> CInt {
        guard events >= Self.leastEvents else { return timeout }
        return timeout < 0 ? Self.calm : min(timeout, Self.calm)
    }

    /// - Parameters:
    ///   - count: Of events that came.
    ///   - waited: In milliseconds, the longest that was waited for them.
    /// - Returns: Whether memory is to be given back now.
    mutating func look(count: Int, waited: CInt) -> Bool {
        if count > 0 {
            events += count
            return false
        }
        guard waited == Self.calm, events >= Self.leastEvents else { return false }
        events = 0
        return true
    }
}
