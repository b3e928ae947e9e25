import Testing

@testable import Reactor

struct MemoryReturnTests {
    @Test func `memory goes back once after much work, when nothing happens`() {
        var memory = MemoryReturn()
        #expect(memory.timeout(atMost: -1) == -1)
        #expect(!memory.look(count: 0, waited: MemoryReturn.calm))
        for _ in 0..<MemoryReturn.leastEvents { #expect(!memory.look(count: 1, waited: 0)) }
        #expect(memory.timeout(atMost: -1) == MemoryReturn.calm)
        #expect(memory.timeout(atMost: 5) == 5)
        #expect(!memory.look(count: 0, waited: 5))
        #expect(memory.look(count: 0, waited: MemoryReturn.calm))
        #expect(!memory.look(count: 0, waited: MemoryReturn.calm))
        #expect(memory.timeout(atMost: -1) == -1)
    }
}
