import Foundations

extension BreakoutModel {
    /// The channels of the observation, in its order.
    enum Channel: Int {
        case paddle, ball, trail, brick
    }

    func observe(_ state: State, into place: UnsafeMutableRawPointer) {
        place.initializeMemory(as: UInt8.self, repeating: 0, count: Self.side * Self.side * 4)
        func mark(_ row: Int, _ column: Int, _ channel: Channel) {
            place.storeBytes(of: 1, toByteOffset: (row * Self.side + column) * 4 + channel.rawValue, as: UInt8.self)
        }
        mark(9, Int(state.paddle), .paddle)
        mark(Int(state.ballRow), Int(state.ballColumn), .ball)
        mark(Int(state.trailRow), Int(state.trailColumn), .trail)
        var left = state.bricks
        while left != 0 {
            let place = left.trailingZeroBitCount
            mark(1 + place / Self.side, place % Self.side, .brick)
            left &= left - 1
        }
    }

    func write(_ state: State, to record: inout RecordWriter) {
        record.put(state.ballRow)
        record.put(state.ballColumn)
        record.put(state.down)
        record.put(state.right)
        record.put(state.trailRow)
        record.put(state.trailColumn)
        record.put(state.paddle)
        record.put(state.lastAction)
        record.put(state.hasStruck ? 1 : 0 as UInt8)
        record.put(Int64(state.bricks))
    }

    func read(_ record: inout RecordReader) throws(Failure) -> State {
        let cells: Range<Int8> = 0..<10
        let ball = (try record.take("ball", in: cells), try record.take("ball", in: cells))
        let directions = (
            try record.take("direction", in: -1..<2 as Range<Int8>),
            try record.take("direction", in: -1..<2 as Range<Int8>)
        )
        let trail = (try record.take("trail", in: cells), try record.take("trail", in: cells))
        return State(
            ballRow: ball.0, ballColumn: ball.1, down: directions.0 < 0 ? -1 : 1, right: directions.1 < 0 ? -1 : 1,
            trailRow: trail.0, trailColumn: trail.1, paddle: try record.take("paddle", in: cells),
            lastAction: try record.take("last_action", in: 0..<3), hasStruck: try record.takeFlag("struck"),
            bricks: UInt32(try record.take("bricks", in: 0..<Int64(Self.wall) + 1)))
    }
}
