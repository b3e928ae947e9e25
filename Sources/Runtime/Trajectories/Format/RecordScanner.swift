import Glibc
import Spaces

/// Takes a record's bytes apart: what is the same in records of one kind, and what differs from one to the next.
///
/// The first is the *template*, a list of pieces: `00` a literal (count as varint, bytes), `01` a fixed column (bytes
/// of a row as varint, bytes of an element), `02` a counted column (length as u64 and bytes), `03` a whole record.
struct RecordScanner {
    enum Piece: UInt8 { case literal, fixed, counted, whole }

    struct Part {
        var start: Int
        var count: Int
    }

    /// The template of the last record.
    private(set) var template: [UInt8] = []
    /// What goes into its columns, in their order.
    private(set) var parts: [Part] = []
    /// Where its observation stands.
    private(set) var observation = 0..<0
    private var place = 0
    private var literal = 0

    private struct Unknown: Error {}
    private static let depth = 64

    /// A record that is none becomes one part.
    mutating func scan(_ record: [UInt8]) {
        start()
        do throws(Unknown) {
            try record.withUnsafeBufferPointer { (bytes) throws(Unknown) in try self.record(bytes) }
        } catch {
            start()
            template.append(Piece.whole.rawValue)
            parts.append(Part(start: 0, count: record.count))
        }
    }

    /// Whether a record has the pieces of a template; then `parts` are its columns. Literals decide how a record goes on, so
    /// that scanning it would give the same template.
    mutating func matches(_ pieces: [TemplatePiece], _ record: [UInt8]) -> Bool {
        parts.removeAll(keepingCapacity: true)
        return record.withUnsafeBytes { bytes in
            var place = 0
            for piece in pieces {
                let rest = bytes.count - place
                switch piece {
                case .literal(let literal):
                    guard literal.count <= rest,
                        isEqual(literal, UnsafeRawBufferPointer(rebasing: bytes[place..<place + literal.count]))
                    else { return false }
                    place += literal.count
                case .fixed(let width, _):
                    guard width <= rest else { return false }
                    parts.append(Part(start: place, count: width))
                    place += width
                case .counted:
                    guard rest >= 8 else { return false }
                    let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                    guard let count = Int(exactly: length), count <= rest - 8 else { return false }
                    parts.append(Part(start: place + 8, count: count))
                    place += 8 + count
                case .whole: return false
                }
            }
            return place == bytes.count
        }
    }

    private mutating func start() {
        template.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        (place, literal, observation) = (0, 0, 0..<0)
    }

    private mutating func record(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unknown) {
        switch try byte(bytes) {
        case 0x11, 0x91:
            try optional(bytes)
            try counted(bytes)
            try outcome(bytes)
        case 0x12, 0x92:
            try value(bytes, depth: 0)
            try outcome(bytes)
        case 0x13:
            try counted(bytes)
            try counted(bytes)
        default: throw Unknown()
        }
        guard place == bytes.count else { throw Unknown() }
        endLiteral(bytes)
    }

    private mutating func outcome(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unknown) {
        let start = place
        try value(bytes, depth: 0)
        observation = start..<place
        for isReward in [true, false, false] {
            let count = try number(bytes, UInt32.self)
            if isReward, count == .max - 1 { return try rows(bytes) }
            if count == .max {
                if isReward { try optional(bytes) } else { _ = try byte(bytes) }
                continue
            }
            for _ in 0..<count {
                try counted(bytes)
                if isReward { try optional(bytes) } else { _ = try byte(bytes) }
            }
        }
        try counted(bytes)
    }

    /// Of a vector session: reward and flags of a step, and info, each of all rows.
    private mutating func rows(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unknown) {
        let values = try byte(bytes) == 1 ? 4 : 1
        for _ in 0..<values { try value(bytes, depth: 0) }
    }

    private mutating func value(_ bytes: UnsafeBufferPointer<UInt8>, depth: Int) throws(Unknown) {
        guard depth < Self.depth else { throw Unknown() }
        switch try byte(bytes) {
        case 1: try tensor(bytes)
        case 2: try counted(bytes)
        case 3:
            for _ in 0..<(try number(bytes, UInt32.self)) {
                try skip(bytes, Int(try number(bytes, UInt32.self)))
                try value(bytes, depth: depth + 1)
            }
        case 4: for _ in 0..<(try number(bytes, UInt32.self)) { try value(bytes, depth: depth + 1) }
        case 5: try fixed(bytes, 32, 1)
        default: throw Unknown()
        }
    }

    private mutating func tensor(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unknown) {
        let length = Int(try byte(bytes))
        let start = place
        try skip(bytes, length)
        guard let dtype = DType(rawValue: String(decoding: bytes[start..<place], as: UTF8.self)) else {
            throw Unknown()
        }
        let axes = try number(bytes, UInt32.self)
        var count = dtype.size
        for _ in 0..<axes {
            guard let axis = Int(exactly: try number(bytes, UInt64.self)) else { throw Unknown() }
            let (product, overflow) = count.multipliedReportingOverflow(by: axis)
            guard !overflow else { throw Unknown() }
            count = product
        }
        if count > 0 { try fixed(bytes, count, dtype.size) }
    }

    /// A byte that tells whether eight follow.
    private mutating func optional(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unknown) {
        switch try byte(bytes) {
        case 0: return
        case 1: try fixed(bytes, 8, 8)
        default: throw Unknown()
        }
    }

    private mutating func fixed(
        _ bytes: UnsafeBufferPointer<UInt8>, _ count: Int, _ element: Int
    ) throws(Unknown) {
        endLiteral(bytes)
        template.append(Piece.fixed.rawValue)
        template.putVarint(UInt64(count))
        template.append(UInt8(element))
        try part(bytes, count)
    }

    private mutating func counted(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unknown) {
        endLiteral(bytes)
        guard let count = Int(exactly: try number(bytes, UInt64.self)) else { throw Unknown() }
        template.append(Piece.counted.rawValue)
        try part(bytes, count)
    }

    private mutating func part(_ bytes: UnsafeBufferPointer<UInt8>, _ count: Int) throws(Unknown) {
        parts.append(Part(start: place, count: count))
        try skip(bytes, count)
        literal = place
    }

    private mutating func endLiteral(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard literal < place else { return }
        template.append(Piece.literal.rawValue)
        template.putVarint(UInt64(place - literal))
        template.append(contentsOf: bytes[literal..<place])
        literal = place
    }

    private mutating func byte(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unknown) -> UInt8 {
        guard place < bytes.count else { throw Unknown() }
        defer { place += 1 }
        return bytes[place]
    }

    private mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ type: Number.Type
    ) throws(Unknown) -> Number {
        let start = place
        try skip(bytes, MemoryLayout<Number>.size)
        return Number(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: start, as: type))
    }

    private mutating func skip(_ bytes: UnsafeBufferPointer<UInt8>, _ count: Int) throws(Unknown) {
        guard count >= 0, count <= bytes.count - place else { throw Unknown() }
        place += count
    }
}

private func isEqual(_ left: ArraySlice<UInt8>, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let start = right.baseAddress else { return left.isEmpty }
    return left.withUnsafeBytes { $0.baseAddress.map { memcmp($0, start, right.count) == 0 } ?? true }
}
