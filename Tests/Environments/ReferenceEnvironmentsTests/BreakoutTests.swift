import ReferenceEnvironments
import Testing
import VectorEnvironments

struct BreakoutTests {
    /// A game without sticky actions.
    private func game(seed: UInt64 = 1) throws -> Play {
        var configuration = BreakoutConfiguration()
        configuration.stickyActionProb = 0
        let play = Play(try ReferenceKernels.make(configuration, count: 1))
        try play.reset(seed: seed)
        return play
    }

    /// Where a channel of the observation is set, as rows and columns.
    private func places(_ play: Play, _ channel: Int) -> [[Int]] {
        let cells = play.buffers.observations.assumingMemoryBound(to: UInt8.self)
        return (0..<100).filter { cells[$0 * 4 + channel] == 1 }.map { [$0 / 10, $0 % 10] }
    }

    private func put(_ play: Play, ball: [UInt8], down: Int8, right: Int8) throws {
        try play.put("ball", ball)
        try play.put("direction", [UInt8(bitPattern: down), UInt8(bitPattern: right)])
    }

    @Test func `a game starts with a wall, a paddle and a ball in a corner below the wall`() throws {
        let play = try game()
        #expect(places(play, 0) == [[9, 4]])
        #expect([[[3, 0]], [[3, 9]]].contains(places(play, 1)))
        #expect(places(play, 2) == places(play, 1))
        #expect(places(play, 3) == (10..<40).map { [$0 / 10, $0 % 10] })
    }

    @Test func `both corners are drawn`() throws {
        let corners = try (0..<20).map { places(try game(seed: $0), 1) }
        #expect(Set(corners).count == 2)
    }

    @Test func `the ball leaves a trail and turns at a wall`() throws {
        let play = try game()
        try put(play, ball: [5, 9], down: 1, right: 1)
        try play.step(0)
        #expect(places(play, 1) == [[6, 9]])
        #expect(places(play, 2) == [[5, 9]])
        try play.step(0)
        #expect(places(play, 1) == [[7, 8]])
    }

    @Test func `a brick is worth 1, goes, and sends the ball back`() throws {
        let play = try game()
        try put(play, ball: [4, 4], down: -1, right: 1)
        try play.step(0)
        #expect(play.reward == 1)
        #expect(!places(play, 3).contains([3, 5]))
        #expect(places(play, 3).count == 29)
        #expect(places(play, 1) == [[4, 5]])
        try play.step(0)
        #expect(play.reward == 0)
        #expect(places(play, 1) == [[5, 6]])
    }

    @Test func `a paddle below the ball sends it up, one where it arrives sends it back`() throws {
        let play = try game()
        try put(play, ball: [8, 4], down: 1, right: 1)
        try play.step(0)
        #expect(places(play, 1) == [[8, 5]])
        try play.step(0)
        #expect(places(play, 1) == [[7, 6]])
        try put(play, ball: [8, 3], down: 1, right: 1)
        try play.step(0)
        #expect(places(play, 1) == [[8, 4]])
        try play.step(0)
        #expect(places(play, 1) == [[7, 3]])
    }

    @Test func `a missed ball ends the game`() throws {
        let play = try game()
        try put(play, ball: [8, 0], down: 1, right: 1)
        try play.step(0)
        #expect(play.isTerminated)
        #expect(places(play, 1) == [[9, 1]])
    }

    @Test func `the paddle moves by one and stays in the picture`() throws {
        let play = try game()
        try put(play, ball: [5, 5], down: -1, right: 1)
        try play.step(1)
        #expect(places(play, 0) == [[9, 3]])
        try play.put("paddle", [9])
        try play.step(2)
        #expect(places(play, 0) == [[9, 9]])
    }

    @Test func `a broken wall comes back when the ball is down`() throws {
        let play = try game()
        try play.put("bricks", [UInt8](repeating: 0, count: 8))
        try put(play, ball: [8, 4], down: 1, right: 1)
        #expect(places(play, 3).isEmpty)
        try play.step(0)
        #expect(places(play, 3).count == 30)
    }

    @Test func `a sticky action is the one before it`() throws {
        var configuration = BreakoutConfiguration()
        configuration.stickyActionProb = 1
        let play = Play(try ReferenceKernels.make(configuration, count: 1))
        try play.reset(seed: 1)
        try play.step(2)
        #expect(places(play, 0) == [[9, 4]])
        try play.put("last_action", [2])
        try play.step(0)
        #expect(places(play, 0) == [[9, 5]])
    }
}
