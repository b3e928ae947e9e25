import Foundations
import ReferenceEnvironments
import Testing
import VectorEnvironments

struct SettingsTests {
    private func failure(_ change: (inout FrozenLakeConfiguration) -> Void) -> Failure? {
        var configuration = FrozenLakeConfiguration()
        change(&configuration)
        return #expect(throws: Failure.self) { try ReferenceKernels.make(configuration, count: 1) }
    }

    @Test(arguments: [
        (["SF", "F"], "2 wide in row 0 and 1 in row 1"), ([], "0 rows"), ([""], "0 columns"), (["SX"], "another tile"),
        (["FG"], "no start"), (["S\u{e9}"], "another tile"),
    ])
    func `a map that cannot be walked on is refused with its fault`(lines: [String], fault: String) throws {
        let failure = try #require(failure { $0.desc = lines })
        #expect(failure.code == .invalidArgument)
        #expect(failure.message.contains(fault), "\(failure.message)")
    }

    @Test func `a map of another name is refused with the names that there are`() throws {
        let failure = try #require(failure { $0.mapName = "5x5" })
        #expect(failure.next.contains("4x4 or 8x8"))
    }

    @Test(arguments: [-0.1, 1.1, Double.nan])
    func `a success rate is a probability`(rate: Double) {
        #expect(failure { $0.successRate = rate }?.code == .invalidArgument)
    }

    @Test func `rewards are three numbers`() {
        #expect(failure { $0.rewardSchedule = [1, 0] }?.code == .invalidArgument)
        #expect(failure { $0.rewardSchedule = [1, 0, .infinity] }?.code == .invalidArgument)
    }

    @Test func `probabilities of rain, fickleness and sticky actions are between 0 and 1`() {
        var taxi = TaxiConfiguration()
        taxi.rainyProbability = 2
        #expect(throws: Failure.self) { try taxi.validateAll() }
        taxi = TaxiConfiguration()
        taxi.fickleProbability = .nan
        #expect(throws: Failure.self) { try taxi.validateAll() }
        var breakout = BreakoutConfiguration()
        breakout.stickyActionProb = -1
        #expect(throws: Failure.self) { try breakout.validateAll() }
    }
}
