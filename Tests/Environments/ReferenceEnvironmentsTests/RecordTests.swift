import ClassicControl
import Foundations
import ReferenceEnvironments
import Testing
import VectorEnvironments

/// A field of a record and bytes that no row can have in it.
struct Damage: Sendable, CustomTestStringConvertible {
    let environment: String
    let field: String
    let bytes: [UInt8]
    var testDescription: String { "\(environment): \(field)" }

    func kernel() throws -> any VectorKernel {
        switch environment {
        case "CartPole": try ReferenceKernels.make(CartPoleConfiguration(), count: 1)
        case "Acrobot": try ReferenceKernels.make(AcrobotConfiguration(), count: 1)
        case "FrozenLake": try ReferenceKernels.make(FrozenLakeConfiguration(), count: 1)
        case "Taxi": try ReferenceKernels.make(TaxiConfiguration(), count: 1)
        case "Blackjack": try ReferenceKernels.make(BlackjackConfiguration(), count: 1)
        default: try ReferenceKernels.make(BreakoutConfiguration(), count: 1)
        }
    }
}

private func bytes(_ value: some BitwiseCopyable) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

private let damages = [
    Damage(environment: "CartPole", field: "theta", bytes: bytes(Double.nan)),
    Damage(environment: "CartPole", field: "elapsed_steps", bytes: bytes(Int64(-1))),
    Damage(environment: "CartPole", field: "rng_inc", bytes: bytes(UInt128(6))),
    Damage(environment: "CartPole", field: "rng_has_uint32", bytes: bytes(UInt32(2))),
    Damage(environment: "Acrobot", field: "theta1", bytes: bytes(Double.infinity)),
    Damage(environment: "Acrobot", field: "is_start", bytes: [7]),
    Damage(environment: "FrozenLake", field: "state", bytes: bytes(Int64(16))),
    Damage(environment: "FrozenLake", field: "state", bytes: bytes(Int64.min)),
    Damage(environment: "Taxi", field: "state", bytes: bytes(Int64(500))),
    Damage(environment: "Taxi", field: "fickle_step", bytes: [2]),
    Damage(environment: "Blackjack", field: "player_sum", bytes: bytes(Int64.max)),
    Damage(environment: "Blackjack", field: "dealer_card", bytes: bytes(Int64(11))),
    Damage(environment: "Breakout", field: "bricks", bytes: bytes(Int64(1 << 30))),
    Damage(environment: "Breakout", field: "ball", bytes: [3, 10]),
    Damage(environment: "Breakout", field: "direction", bytes: [0, 1]),
    Damage(environment: "Breakout", field: "paddle", bytes: [255]),
]

struct RecordTests {
    @Test(arguments: damages)
    func `a record that no row can have is refused and changes nothing`(damage: Damage) throws {
        let play = Play(try damage.kernel())
        try play.reset(seed: 3)
        let before = try play.record
        let failure = #expect(throws: Failure.self) { try play.put(damage.field, damage.bytes) }
        #expect(failure?.code == .invalidArgument)
        #expect(try play.record == before)
        try play.step(0)
    }

    @Test func `a dealer who must draw for ever cannot be made`() throws {
        let play = Play(try ReferenceKernels.make(BlackjackConfiguration(), count: 1))
        try play.reset(seed: 3)
        #expect(throws: Failure.self) { try play.put("dealer_sum", bytes(Int64(-4_000_000_000_000_000_000))) }
    }

    @Test func `a very fast acrobot is wrapped without waiting for it`() throws {
        let play = Play(try ReferenceKernels.make(AcrobotConfiguration(), count: 1))
        try play.reset(seed: 3)
        try play.put("theta1", bytes(1e300))
        try play.put("theta1_dot", bytes(1e200))
        try play.step(2)
    }
}
