import Testing

@testable import Reactor

struct MemoryReturnTests {
    @Test func `memory goes back once after much work, when nothing happens`() {
        var memory = MemoryReturn()
        var given: [Bool] = []
        func look(_ count: Int, _ waited: CInt) { given.append(memory.look(count: count, waited: waited)) }
        #expect(memory.timeout(atMost: -1) == -1)
        look(0, MemoryReturn.calm)
        for _ in 0..<MemoryReturn.leastEvents { look(1, 0) }
        #expect(!given.contains(true))
        #expect(memory.timeout(atMost: -1) == MemoryReturn.calm)
        #expect(memory.timeout(atMost: 5) == 5)
        look(0, 5)
        #expect(!given.contains(true))
        look(0, MemoryReturn.calm)
        #expect(given.last == true)
        look(0, MemoryReturn.calm)
        #expect(given.last == false)
        #expect(memory.timeout(atMost: -1) == -1)
    }
}
