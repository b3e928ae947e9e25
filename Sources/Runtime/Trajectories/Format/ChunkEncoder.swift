import Foundations

/// A record as it is stored: what the chain covers, and what is known beside it.
public struct StoredRecord: Sendable, Equatable {
    /// As in `docs/records.md`; with its digest in place of the observation where only that is kept.
    public var bytes: [UInt8]
    /// When it was accepted.
    public var time: Timestamp
    /// How long the environment took, in microseconds.
    public var duration: Int64
    /// Who acts next, where agents take turns.
    public var agent: String?

    public init(bytes: [UInt8], time: Timestamp, duration: Int64, agent: String? = nil) {
        self.bytes = bytes
        self.time = time
        self.duration = duration
        self.agent = agent
    }
}

/// Lays the records of one chunk out in columns.
struct ChunkEncoder {
    private struct Column {
        let width: Int
        let element: Int
        let isFixed: Bool
        var data: [UInt8] = []
        var lengths: [UInt8] = []
    }

    private struct Kind {
        let template: [UInt8]
        let pieces: [TemplatePiece]
        var columns: [Column] = []
    }

    /// Kinds of records in one chunk; records of others are kept whole.
    private static let kindLimit = 64
    static let version: UInt8 = 1

    private(set) var count = 0
    /// Bytes of the records.
    private(set) var byteCount = 0
    private var kinds: [Kind] = []
    private var places: [[UInt8]: Int] = [:]
    private var last = -1
    private var ids: [UInt8] = []
    private var agents: [String] = []
    private var turns: [UInt8] = []
    private var times: [UInt8] = []
    private var durations: [UInt8] = []
    private var lastTime: Int64 = 0
    private var scanner = RecordScanner()

    mutating func append(_ record: StoredRecord) {
        let kind: Int
        var parts: [RecordScanner.Part]
        if last >= 0, scanner.matches(kinds[last].pieces, record.bytes) {
            (kind, parts) = (last, scanner.parts)
        } else {
            scanner.scan(record.bytes)
            parts = scanner.parts
            if let place = place(of: scanner.template) {
                kind = place
            } else {
                kind = place(of: [RecordScanner.Piece.whole.rawValue]) ?? 0
                parts = [.init(start: 0, count: record.bytes.count)]
            }
        }
        record.bytes.withUnsafeBufferPointer { bytes in
            for (column, part) in parts.enumerated() {
                if !kinds[kind].columns[column].isFixed {
                    kinds[kind].columns[column].lengths.putVarint(UInt64(part.count))
                }
                let piece = UnsafeBufferPointer(rebasing: bytes[part.start..<part.start + part.count])
                kinds[kind].columns[column].data.append(contentsOf: piece)
            }
        }
        ids.append(UInt8(kind))
        turns.append(turn(of: record.agent))
        times.putSigned(record.time.microseconds &- lastTime)
        lastTime = record.time.microseconds
        durations.putVarint(UInt64(clamping: record.duration))
        count += 1
        byteCount += record.bytes.count
    }

    /// The body of the chunk before it is compressed.
    func encoded() -> [UInt8] {
        var body: [UInt8] = [Self.version]
        body.reserveCapacity(byteCount + 1024)
        body.putVarint(UInt64(kinds.count))
        for kind in kinds {
            body.putVarint(UInt64(kind.template.count))
            body.append(contentsOf: kind.template)
        }
        body.append(contentsOf: ids)
        body.putVarint(UInt64(agents.count))
        for agent in agents {
            body.putVarint(UInt64(agent.utf8.count))
            body.append(contentsOf: agent.utf8)
        }
        if !agents.isEmpty { body.append(contentsOf: turns) }
        body.append(contentsOf: times)
        body.append(contentsOf: durations)
        for column in kinds.lazy.flatMap(\.columns) {
            if column.isFixed {
                let order = RowOrder(width: column.width, element: column.element)
                body.append(contentsOf: order.arranged(column.data, width: column.width))
            } else {
                body.append(contentsOf: column.lengths)
                body.append(contentsOf: column.data)
            }
        }
        return body
    }

    /// Nil where there are too many already. The last place is for records that are kept whole.
    private mutating func place(of template: [UInt8]) -> Int? {
        if last >= 0, kinds[last].template == template { return last }
        if let place = places[template] {
            last = place
            return place
        }
        let isWhole = template == [RecordScanner.Piece.whole.rawValue]
        guard kinds.count < Self.kindLimit - (isWhole ? 0 : 1) else { return nil }
        let pieces = (try? TemplatePiece.read(template[...])) ?? []
        kinds.append(Kind(template: template, pieces: pieces, columns: Self.columns(of: pieces)))
        last = kinds.count - 1
        places[template] = last
        return last
    }

    private static func columns(of pieces: [TemplatePiece]) -> [Column] {
        pieces.compactMap { piece in
            switch piece {
            case .literal: nil
            case .fixed(let width, let element): Column(width: width, element: element, isFixed: true)
            case .counted, .whole: Column(width: 0, element: 0, isFixed: false)
            }
        }
    }

    /// 0 for none, else the place in `agents` from 1. Beyond 254 names none is kept.
    private mutating func turn(of agent: String?) -> UInt8 {
        guard let agent else { return 0 }
        if let place = agents.firstIndex(of: agent) { return UInt8(place + 1) }
        guard agents.count < 254 else { return 0 }
        agents.append(agent)
        return UInt8(agents.count)
    }
}
