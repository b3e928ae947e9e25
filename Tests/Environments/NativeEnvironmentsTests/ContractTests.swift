import CorralABI
import Foundations
import JSON
import NativeEnvironments
import Spaces
import Testing
import VectorEnvironments

/// What every native environment keeps, whatever it is.
struct ContractTests {
    @Test func `there are the environments that the documentation promises`() throws {
        let names = Set(try shipped().list().map(\.name))
        let promised: Set = [
            "CartPole-v0", "CartPole-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Pendulum-v1", "Acrobot-v1",
            "cartpole", "pendulum",
        ]
        #expect(names.isSuperset(of: promised))
    }

    @Test(arguments: implementations)
    func `the same seed gives the same steps`(name: String, simulator: Simulator) throws {
        let vectors = try (0..<2).map { _ in
            try TestVector(try shipped().make(name, simulator: simulator, count: 9))
        }
        for vector in vectors { try vector.reset(seed: 11) }
        #expect(vectors[0].outcome == vectors[1].outcome)
        var actions = ActionSource(vectors[0].environment.layout, count: 9, seed: 5)
        for _ in 0..<120 {
            let action = actions.next()
            for vector in vectors { try vector.step(action) }
            try #require(vectors[0].outcome == vectors[1].outcome)
        }
    }

    @Test(arguments: implementations)
    func `different seeds give different starts, and one seed each row its own`(
        name: String, simulator: Simulator
    ) throws {
        guard !["CliffWalking-v1", "CliffWalkingSlippery-v1", "FrozenLake-v1", "FrozenLake8x8-v1"].contains(name) else {
            return  // these start at one place
        }
        let vector = try TestVector(try shipped().make(name, simulator: simulator, count: 16))
        try vector.reset(seed: 1)
        let first = try (0..<16).map { try vector.observation($0) }
        try vector.reset(seed: 1000)
        let second = try (0..<16).map { try vector.observation($0) }
        #expect(first != second)
        #expect(Set(first).count > 1)
        try vector.reset(seed: 2)
        #expect(try vector.observation(0) == first[1])
    }

    @Test(arguments: implementations)
    func `observations, rewards and flags are what the spaces say`(name: String, simulator: Simulator) throws {
        let vector = try TestVector(try shipped().make(name, simulator: simulator, count: 17))
        try vector.reset(seed: 3)
        var actions = ActionSource(vector.environment.layout, count: 17, seed: 8)
        for _ in 0..<220 {
            try vector.step(actions.next())
            for row in 0..<17 {
                let observation = try vector.observation(row)
                try #require(contains(vector.environment.layout.observationSpace, observation), "\(observation)")
                try #require(vector.reward(row).isFinite)
                try #require(vector.terminated[row] <= 1 && vector.truncated[row] <= 1)
            }
        }
    }

    private func contains(_ space: Space, _ values: [Double]) -> Bool {
        switch space {
        case .box(let box):
            guard box.dtype == .float32, let lows = box.low.numbers(as: Float.self),
                let highs = box.high.numbers(as: Float.self)
            else { return true }
            return values.indices.allSatisfy {
                values[$0] >= Double(lows[lows.count == 1 ? 0 : $0])
                    && values[$0] <= Double(highs[highs.count == 1 ? 0 : $0])
            }
        case .discrete(let space): return (Double(space.start)...Double(space.last)).contains(values[0])
        case .tuple(let spaces): return zip(spaces, values).allSatisfy { contains($0, [$1]) }
        default: return true
        }
    }

    @Test(arguments: implementations)
    func `an end is reported once and the next step begins anew`(name: String, simulator: Simulator) throws {
        let registry = try shipped()
        let seconds = try registry.configuration(name).controlDT * 100
        let overrides: JSONObject = ["max_episode_seconds": .number(seconds)]
        let vector = try TestVector(try registry.make(name, simulator: simulator, overrides: overrides, count: 5))
        try vector.reset(seed: 21)
        var actions = ActionSource(vector.environment.layout, count: 5, seed: 2)
        var ended = [Bool](repeating: false, count: 5)
        var ends = 0
        for _ in 0..<250 {
            try vector.step(actions.next())
            for row in 0..<5 {
                let isEnd = vector.terminated[row] | vector.truncated[row] == 1
                if ended[row] {
                    try #require(!isEnd)
                    try #require(vector.reward(row) == 0)
                }
                ended[row] = isEnd
                ends += isEnd ? 1 : 0
            }
        }
        #expect(ends > 0)
    }

    @Test(arguments: implementations)
    func `count and threads do not change a row`(name: String, simulator: Simulator) throws {
        let base = try TestVector(try shipped().make(name, simulator: simulator, count: 1))
        let few = simulator == .simd ? 40 : 8
        for (count, threads, steps) in [(7, 1, 150), (64, 1, 60), (4096, 1, few), (4096, 2, few)] {
            let many = try TestVector(try shipped().make(name, simulator: simulator, count: count, threads: threads))
            try base.reset(seed: 40)
            try many.reset(seed: 40)
            var one = ActionSource(base.environment.layout, count: 1, seed: 77)
            var all = ActionSource(base.environment.layout, count: count, seed: 77)
            let rest = Array(all.next())
            _ = one.next()
            for _ in 0..<steps {
                let action = one.next()
                try base.step(action)
                try many.step(action + rest.dropFirst(action.count))
                try #require(try base.observation(0) == many.observation(0))
                try #require(base.reward(0) == many.reward(0))
                try #require(base.terminated[0] == many.terminated[0] && base.truncated[0] == many.truncated[0])
            }
        }
    }

    @Test(arguments: implementations)
    func `two threads step as one does`(name: String, simulator: Simulator) throws {
        let vectors = try [1, 2, 3].map {
            try TestVector(
                try shipped().make(name, simulator: simulator, count: 4100, autoreset: .sameStep, threads: $0))
        }
        for vector in vectors { try vector.reset(seed: 40) }
        var actions = ActionSource(vectors[0].environment.layout, count: 4100, seed: 77)
        let script = [actions.next(), actions.next()]
        for step in 0..<24 {
            let action = script[step % 2]
            for vector in vectors { try vector.step(action) }
            try #require(vectors[0].outcome == vectors[1].outcome && vectors[1].outcome == vectors[2].outcome)
        }
    }

    @Test(.enabled(if: Processor.isWide, "this processor has no AVX2"), arguments: implementations)
    func `both builds of the kernels give the same bits`(name: String, simulator: Simulator) throws {
        guard simulator == .simd else { return }
        let vectors = try [false, true].map {
            try TestVector(try NativeEnvironments.registry(wide: $0).make(name, simulator: .simd, count: 67))
        }
        for vector in vectors { try vector.reset(seed: 4) }
        var actions = ActionSource(vectors[0].environment.layout, count: 67, seed: 6)
        for _ in 0..<400 {
            let action = actions.next()
            for vector in vectors { try vector.step(action) }
            try #require(vectors[0].outcome == vectors[1].outcome)
        }
    }

    @Test(arguments: implementations)
    func `a restored snapshot and a forked row have the same future`(name: String, simulator: Simulator) throws {
        let vector = try TestVector(try shipped().make(name, simulator: simulator, count: 10))
        try vector.reset(seed: 9)
        var actions = ActionSource(vector.environment.layout, count: 10, seed: 1)
        for _ in 0..<13 { try vector.step(actions.next()) }
        let snapshot = try vector.environment.snapshot()
        let script = (0..<80).map { _ in actions.next() }
        let outcomes = try script.map { action in
            try vector.step(action)
            return vector.outcome
        }
        try vector.environment.restore(snapshot)
        #expect(try vector.environment.snapshot() == snapshot)
        for (action, outcome) in zip(script, outcomes) {
            try vector.step(action)
            try #require(vector.outcome == outcome)
        }
        try vector.environment.fork(row: 3, to: [0, 9])
        let size = vector.environment.layout.action.bytes
        for action in script {
            let own = Array(action[0..<size])
            try vector.step((0..<10).flatMap { _ in own })
            try #require(try vector.observation(0) == vector.observation(3))
            try #require(try vector.observation(9) == vector.observation(3))
        }
    }
}
