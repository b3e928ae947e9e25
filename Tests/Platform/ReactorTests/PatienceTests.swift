import Testing

@testable import Reactor

struct PatienceTests {
    @Test func `it looks again only where more has come at once of late, and not for long`() {
        let start = ContinuousClock.now
        func at(_ microseconds: Int) -> ContinuousClock.Instant { start + .microseconds(microseconds) }
        var patience = Patience()
        patience.came(at: at(0))
        #expect(patience.looksAgain(at: at(1)) == false)
        patience.came(at: at(50))
        #expect(patience.looksAgain(at: at(51)) == true)
        #expect(patience.looksAgain(at: at(100)) == true)
        #expect(patience.looksAgain(at: at(112)) == false)
        patience.came(at: at(130))
        #expect(patience.looksAgain(at: at(131)) == true)
        patience.came(at: at(5000))
        #expect(patience.looksAgain(at: at(5001)) == false)
    }
}
