/// The members of a JSON object in the order they were given, found by key.
///
/// Keys are compared as bytes (two spellings of one character are two keys). Two objects are equal whatever the order
/// of their members.
public struct JSONObject: Sendable {
    public typealias Element = (key: String, value: JSONValue)

    private var members: [Element] = []
    /// Where each key stands; kept only for objects that are slow to search one by one.
    private var places: [ExactKey: Int] = [:]
    private static let searchable = 8

    public init() {}

    /// Traps where a key stands twice: for members that the program itself wrote.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members {
            let isNew = append(key, value)
            precondition(isNew, "duplicate key \(key)")
        }
    }

    /// Setting replaces a member in its place or appends one; nil removes it.
    public subscript(key: String) -> JSONValue? {
        get { place(of: key).map { members[$0].value } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): remove(at: place)
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Adds a member at the end; false, and nothing added, where the key is already there.
    @discardableResult
    public mutating func append(_ key: String, _ value: JSONValue) -> Bool {
        guard place(of: key) == nil else { return false }
        members.append((key, value))
        if members.count > Self.searchable { indexPlaces(from: places.isEmpty ? 0 : members.count - 1) }
        return true
    }

    private func place(of key: String) -> Int? {
        if !places.isEmpty { return places[ExactKey(key)] }
        return members.firstIndex { ExactKey($0.key) == ExactKey(key) }
    }

    private mutating func remove(at place: Int) {
        members.remove(at: place)
        places = [:]
        if members.count > Self.searchable { indexPlaces(from: 0) }
    }

    private mutating func indexPlaces(from start: Int) {
        for place in members.indices[start...] { places[ExactKey(members[place].key)] = place }
    }
}

extension JSONObject: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { members.count }
    public subscript(position: Int) -> Element { members[position] }
    public var keys: [String] { members.map(\.key) }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        var mixed = 0
        for member in members {
            var own = Hasher()
            own.combine(ExactKey(member.key))
            own.combine(member.value)
            mixed ^= own.finalize()
        }
        hasher.combine(members.count)
        hasher.combine(mixed)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Traps where a key stands twice.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

/// A string compared and hashed by its bytes, where `String` compares by canonical equivalence.
struct ExactKey: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactKey, right: ExactKey) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xff as UInt8)
    }
}
