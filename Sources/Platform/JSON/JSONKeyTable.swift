import Glibc

/// Keys that a reader knows, found without making strings.
public struct JSONKeyTable: Sendable, Hashable {
    public let names: [String]
    private let spelled: [[UInt8]]
    /// The places of the names by their bytes; empty where looking at all is as fast.
    private let sorted: [Int]

    public init(_ names: [String]) {
        self.names = names
        let spelled = names.map { Array($0.utf8) }
        self.spelled = spelled
        sorted = names.count <= 16 ? [] : names.indices.sorted { spelled[$0].lexicographicallyPrecedes(spelled[$1]) }
    }

    public var count: Int { names.count }

    /// The place of a key; `hint` is looked at first.
    func place(of key: UnsafeBufferPointer<UInt8>, hint: Int) -> Int? {
        if hint < spelled.count, Self.order(spelled[hint], key) == 0 { return hint }
        guard !sorted.isEmpty else { return spelled.firstIndex { Self.order($0, key) == 0 } }
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            let order = Self.order(spelled[sorted[middle]], key)
            if order == 0 { return sorted[middle] }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private static func order(_ left: [UInt8], _ right: UnsafeBufferPointer<UInt8>) -> Int {
        let shared = min(left.count, right.count)
        if shared > 0, let start = right.baseAddress {
            let order = memcmp(left, start, shared)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
    }
}

/// Which keys of a table an object has had so far.
public struct JSONKeySet: Sendable, Hashable {
    private var first: UInt64 = 0
    private var others: Set<Int> = []
    var hint = 0

    public init() {}

    public func contains(_ place: Int) -> Bool {
        place < 64 ? first & (1 << UInt64(place)) != 0 : others.contains(place)
    }

    public var count: Int { first.nonzeroBitCount + others.count }

    /// False where it was there already.
    mutating func insert(_ place: Int) -> Bool {
        hint = place + 1
        guard place < 64 else { return others.insert(place).inserted }
        defer { first |= 1 << UInt64(place) }
        return first & (1 << UInt64(place)) == 0
    }
}

public enum JSONKey: Sendable, Hashable {
    /// The place of the key in the table.
    case known(Int)
    /// The bytes of the key as they stand, with its quotes.
    case unknown(Range<Int>)
}

extension JSONReader {
    /// The next key of the object by its place in a table; nil at the object's end. Nothing is allocated unless the key
    /// has escapes.
    ///
    /// - Parameter seen: A new set for each object, kept for all its keys.
    /// - Throws: `duplicateKey` for a known key that comes again.
    public mutating func nextKey(in table: JSONKeyTable, seen: inout JSONKeySet) throws(JSONError) -> JSONKey? {
        guard let (range, isEscaped) = try nextKeyToken() else { return nil }
        let place =
            isEscaped
            ? unescaped(range).withUnsafeBufferPointer { table.place(of: $0, hint: seen.hint) }
            : table.place(of: self[range], hint: seen.hint)
        guard let place else { return .unknown(range.lowerBound - 1..<range.upperBound + 1) }
        guard seen.insert(place) else {
            throw JSONError(offset: range.lowerBound, reason: .duplicateKey(table.names[place]))
        }
        return .known(place)
    }

    /// The text of a key that `nextKey(in:seen:)` did not know.
    public func text(ofKey quoted: Range<Int>) -> String {
        let range = quoted.lowerBound + 1..<quoted.upperBound - 1
        return text(range, isEscaped: self[range].contains(UInt8(ascii: "\\")))
    }
}
