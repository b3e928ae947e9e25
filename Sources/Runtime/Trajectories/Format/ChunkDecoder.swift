import Foundations

/// One piece of a template; see `RecordScanner`.
enum TemplatePiece {
    case literal(ArraySlice<UInt8>)
    case fixed(width: Int, element: Int)
    case counted
    case whole

    static func read(_ template: ArraySlice<UInt8>) throws(Damage) -> [TemplatePiece] {
        var input = ByteInput(template)
        var pieces: [TemplatePiece] = []
        while input.rest > 0 {
            switch RecordScanner.Piece(rawValue: try input.number(UInt8.self)) {
            case .literal: pieces.append(.literal(try input.take(try input.varintCount())))
            case .fixed:
                let width = try input.varintCount()
                let element = Int(try input.number(UInt8.self))
                guard width > 0, element > 0 else { throw Damage("a column without a width") }
                pieces.append(.fixed(width: width, element: element))
            case .counted: pieces.append(.counted)
            case .whole: pieces.append(.whole)
            case nil: throw Damage("a template has an unknown piece")
            }
        }
        return pieces
    }
}

/// Reads the records of one chunk from the columns that `ChunkEncoder` made; the bytes may be anyone's.
struct ChunkDecoder {
    private struct Column {
        var piece: TemplatePiece
        var data: ArraySlice<UInt8> = []
        /// Where each row of a counted column begins in its data, and where the last one ends.
        var starts: [Int] = []
    }

    let count: Int
    private var kinds: [[Column]] = []
    private let ids: ArraySlice<UInt8>
    /// Of each record, its place among those of its kind.
    private var rows: [Int] = []
    private var agents: [String] = []
    private var turns: ArraySlice<UInt8> = []
    private var times: [Int64] = []
    private var durations: [Int64] = []

    /// - Parameters:
    ///   - count: The records that there have to be.
    ///   - byteCount: Their bytes all together.
    init(_ body: [UInt8], count: Int, byteCount: Int) throws(Damage) {
        self.count = count
        var input = ByteInput(body[...])
        let version = try input.number(UInt8.self)
        guard version == ChunkEncoder.version else { throw Damage("the chunk has the unknown form \(version)") }
        let kindCount = try input.varintCount()
        guard kindCount <= 256 else { throw Damage("the chunk has \(kindCount) kinds of records") }
        for _ in 0..<kindCount {
            let template = try input.take(try input.varintCount())
            kinds.append(try TemplatePiece.read(template).map { Column(piece: $0) })
        }
        ids = try input.take(count)
        var counts = [Int](repeating: 0, count: kindCount)
        rows.reserveCapacity(count)
        for id in ids {
            guard Int(id) < kindCount else { throw Damage("a record is of no kind") }
            rows.append(counts[Int(id)])
            counts[Int(id)] += 1
        }
        try readSides(&input)
        for kind in kinds.indices {
            for column in kinds[kind].indices { try read(kind, column, rows: counts[kind], &input) }
        }
        guard input.rest == 0 else { throw Damage("\(input.rest) bytes are left after the last column") }
        try checkSizes(counts, byteCount)
    }

    private mutating func readSides(_ input: inout ByteInput) throws(Damage) {
        let agentCount = try input.varintCount()
        guard agentCount < 255 else { throw Damage("the chunk has \(agentCount) agents") }
        for _ in 0..<agentCount { agents.append(try input.text(try input.varintCount())) }
        if agentCount > 0 {
            turns = try input.take(count)
            guard turns.allSatisfy({ Int($0) <= agentCount }) else { throw Damage("a turn is of no agent") }
        }
        var time: Int64 = 0
        for _ in 0..<count {
            time &+= try input.signed()
            times.append(time)
        }
        for _ in 0..<count { durations.append(Int64(clamping: try input.varint())) }
    }

    private mutating func read(_ kind: Int, _ column: Int, rows: Int, _ input: inout ByteInput) throws(Damage) {
        switch kinds[kind][column].piece {
        case .literal: return
        case .fixed(let width, _):
            let (size, overflow) = width.multipliedReportingOverflow(by: rows)
            guard !overflow else { throw Damage("a column is too large") }
            kinds[kind][column].data = try input.take(size)
        case .counted, .whole:
            var starts = [0]
            var end = 0
            for _ in 0..<rows {
                let (sum, overflow) = end.addingReportingOverflow(try input.varintCount())
                guard !overflow else { throw Damage("a column is too large") }
                end = sum
                starts.append(end)
            }
            kinds[kind][column].starts = starts
            kinds[kind][column].data = try input.take(end)
        }
    }

    /// Templates could make large records of few bytes: what is promised bounds what reading them costs.
    private func checkSizes(_ counts: [Int], _ byteCount: Int) throws(Damage) {
        var total = 0
        for (kind, rows) in counts.enumerated() {
            var size = 0
            for column in kinds[kind] {
                switch column.piece {
                case .literal(let bytes): size += bytes.count
                case .fixed(let width, _): if rows > 0 { size += width }
                case .counted:
                    size += 8
                    total += column.data.count
                case .whole: total += column.data.count
                }
            }
            let (all, overflow) = size.multipliedReportingOverflow(by: rows)
            let (sum, overflows) = total.addingReportingOverflow(all)
            guard !overflow, !overflows else { throw Damage("the records are too large") }
            total = sum
        }
        guard total == byteCount else {
            throw Damage("the records have \(total) bytes where the chunk says \(byteCount)")
        }
    }

    /// - Parameter place: Of the record in the chunk, from 0; traps beyond the last.
    func record(at place: Int) -> StoredRecord {
        let row = rows[place]
        var bytes: [UInt8] = []
        for column in kinds[Int(ids[ids.startIndex + place])] {
            switch column.piece {
            case .literal(let literal): bytes.append(contentsOf: literal)
            case .fixed(let width, let element):
                RowOrder(width: width, element: element).appendRow(row, of: column.data, width: width, to: &bytes)
            case .counted:
                let range = column.starts[row]..<column.starts[row + 1]
                bytes.putNumber(UInt64(range.count))
                append(range, of: column.data, to: &bytes)
            case .whole: append(column.starts[row]..<column.starts[row + 1], of: column.data, to: &bytes)
            }
        }
        let turn = turns.isEmpty ? 0 : Int(turns[turns.startIndex + place])
        return StoredRecord(
            bytes: bytes, time: Timestamp(microseconds: times[place]), duration: durations[place],
            agent: turn == 0 ? nil : agents[turn - 1])
    }

    /// The first byte of a record, which tells what it is.
    func tag(at place: Int) -> UInt8? {
        let kind = kinds[Int(ids[ids.startIndex + place])]
        if case .literal(let bytes)? = kind.first?.piece { return bytes.first }
        return record(at: place).bytes.first
    }

    private func append(_ range: Range<Int>, of data: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: data[data.startIndex + range.lowerBound..<data.startIndex + range.upperBound])
    }
}
