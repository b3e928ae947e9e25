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

    @Test func `it does not look again where many descriptors take turns, and does where two do`() {
        let start = ContinuousClock.now
        func looksAgain(with tokens: [UInt64]) -> Bool {
            var patience = Patience()
            for _ in 0..<8 { for token in tokens { patience.met(token) } }
            _ = patience.looksAgain(at: start)
            patience.came(at: start + .microseconds(10))
            return patience.looksAgain(at: start + .microseconds(11))
        }
        #expect(looksAgain(with: [7]) && looksAgain(with: [7, 8]) && looksAgain(with: [7, 8, 8]))
        #expect(!looksAgain(with: [7, 8, 9]) && !looksAgain(with: Array(1...64)))
    }
}
