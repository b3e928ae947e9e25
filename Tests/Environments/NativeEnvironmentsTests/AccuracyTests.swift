import Foundations
import NativeEnvironments
import Spaces
import Testing
import VectorEnvironments

/// The float32 path against the float64 path, one step at a time from the same state.
struct AccuracyTests {
    /// What `docs/native-fidelity.md` and `docs/native-environments.md` state for steps of episodes: the error of one
    /// step is at most this much of the value, or of 1 where that is more, for observations and for rewards.
    static let bounds: [String: (observation: Double, reward: Double)] = [
        "CartPole-v0": (5e-7, 0), "CartPole-v1": (5e-7, 0), "MountainCar-v0": (5e-7, 0),
        "MountainCarContinuous-v0": (5e-7, 5e-7), "Pendulum-v1": (1e-6, 1e-6), "Acrobot-v1": (5e-6, 0),
        "cartpole": (1e-6, 0), "pendulum": (1e-6, 2e-6),
    ]

    @Test(arguments: bounds.keys.sorted())
    func `a float32 step is within the stated bound of a float64 step`(name: String) throws {
        let count = 64
        let fast = try TestVector(try shipped().make(name, simulator: .simd, count: count))
        let exact = try TestVector(
            try shipped().make(name, simulator: .reference, count: count, autoreset: .disabled))
        let bound = try #require(Self.bounds[name])
        try fast.reset(seed: 1)
        try exact.reset(seed: 1)
        var actions = ActionSource(fast.environment.layout, count: count, seed: 3)
        var worst = (observation: 0.0, reward: 0.0)
        var differentFlags = 0
        for _ in 0..<300 {
            try copyStates(from: fast, to: exact)
            let pending = (0..<count).map { fast.terminated[$0] | fast.truncated[$0] == 1 }
            let action = actions.next()
            try fast.step(action)
            try exact.step(action)
            for row in 0..<count where !pending[row] {
                for (one, other) in zip(try fast.observation(row), try exact.observation(row)) {
                    worst.observation = max(worst.observation, abs(one - other) / max(1, abs(other)))
                }
                guard fast.terminated[row] == exact.terminated[row] else {
                    differentFlags += 1
                    continue
                }
                worst.reward = max(
                    worst.reward, abs(fast.reward(row) - exact.reward(row)) / (1 + abs(exact.reward(row))))
            }
        }
        #expect(worst.observation <= bound.observation && worst.observation > 0)
        #expect(worst.reward <= bound.reward)
        #expect(differentFlags <= 2, "of \(300 * count) steps")
    }

    /// Puts the float32 variables of each row into the records of the float64 rows.
    private func copyStates(from fast: TestVector, to exact: TestVector) throws {
        let source = try fast.environment.snapshot()
        var target = try exact.environment.snapshot()
        let variables = fast.environment.layout.state.prefix { $0.dtype == .float32 }.count
        for row in 0..<fast.count {
            for variable in 0..<variables {
                let value = source.withUnsafeBytes {
                    $0.loadUnaligned(
                        fromByteOffset: row * fast.environment.recordBytes + variable * 4, as: Float.self)
                }
                target.withUnsafeMutableBytes {
                    $0.storeBytes(
                        of: Double(value), toByteOffset: row * exact.environment.recordBytes + variable * 8,
                        as: Double.self)
                }
            }
            target[(row + 1) * exact.environment.recordBytes - 1] = 0
        }
        try exact.environment.restore(target)
    }
}
