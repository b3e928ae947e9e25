import Foundations
import Glibc
import Testing

@testable import Reactor

private final class Seen: Sendable {
    let numbers = Guarded<[Int]>([])
}

struct SeparateDescriptorsTests {
    @Test func `descriptors of the process do not take places in the separate table`() async throws {
        let held = (0..<40).map { _ in open("/dev/null", O_RDWR | O_CLOEXEC) }
        defer { for file in held { close(file) } }
        let (opened, foreign) = await SeparateDescriptors.run {
            let file = open("/dev/null", O_RDWR | O_CLOEXEC)
            defer { close(file) }
            return (file, fcntl(held[39], F_GETFD))
        }
        #expect(opened == 3)
        #expect(foreign == -1)
        #expect(held.allSatisfy { fcntl($0, F_GETFD) >= 0 })
    }

    @Test func `pieces of work are done one after the other`() async {
        let seen = Seen()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    await SeparateDescriptors.run {
                        seen.numbers.withLock { $0.append(number) }
                        seen.numbers.withLock { $0.append(number) }
                    }
                }
            }
        }
        let order = seen.numbers.withLock { $0 }
        #expect(order.count == 200)
        #expect((0..<100).allSatisfy { order[2 * $0] == order[2 * $0 + 1] })
    }
}
