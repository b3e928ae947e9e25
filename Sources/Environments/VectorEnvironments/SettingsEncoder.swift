import JSON

/// Turns a configuration into JSON; optional fields that are nil become null, so that the keys are all there.
struct SettingsEncoder: Encoder {
    let node: Node
    var codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    static func encode(_ value: some Encodable) throws -> JSONValue {
        let encoder = SettingsEncoder()
        try value.encode(to: encoder)
        return encoder.node.json
    }

    /// A value that is being written.
    final class Node {
        var scalar: JSONValue = .null
        var members: [(String, Node)]?
        var elements: [Node]?

        var json: JSONValue {
            if let members { return .object(JSONObject(members.map { ($0.0, $0.1.json) })) }
            return elements.map { .array($0.map(\.json)) } ?? scalar
        }

        func member(_ key: any CodingKey) -> Node {
            let name = settingName(key.stringValue)
            if let node = members?.first(where: { $0.0 == name }) { return node.1 }
            let node = Node()
            members = (members ?? []) + [(name, node)]
            return node
        }

        func element() -> Node {
            let node = Node()
            elements = (elements ?? []) + [node]
            return node
        }
    }

    init() { node = Node() }

    private init(_ node: Node, _ path: [any CodingKey]) { (self.node, codingPath) = (node, path) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.members = node.members ?? []
        return KeyedEncodingContainer(Keyed(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.elements = node.elements ?? []
        return Unkeyed(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func at(_ node: Node, _ key: any CodingKey) -> SettingsEncoder { SettingsEncoder(node, codingPath + [key]) }

    struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let encoder: SettingsEncoder
        var codingPath: [any CodingKey] { encoder.codingPath }

        private func at(_ key: any CodingKey) -> SettingsEncoder { encoder.at(encoder.node.member(key), key) }

        func encodeNil(forKey key: Key) { at(key).encodeNil() }
        func encode(_ value: some Encodable, forKey key: Key) throws { try at(key).encode(value) }
        func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try optional(value, key) }
        func encodeIfPresent(_ value: String?, forKey key: Key) throws { try optional(value, key) }
        func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try optional(value, key) }
        func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try optional(value, key) }
        func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try optional(value, key) }
        func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws { try optional(value, key) }

        private func optional(_ value: (some Encodable)?, _ key: Key) throws {
            if let value { try at(key).encode(value) } else { at(key).encodeNil() }
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { at(key).container(keyedBy: type) }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { at(key).unkeyedContainer() }
        func superEncoder() -> any Encoder { encoder }
        func superEncoder(forKey key: Key) -> any Encoder { at(key) }
    }

    struct Unkeyed: UnkeyedEncodingContainer {
        let encoder: SettingsEncoder
        var codingPath: [any CodingKey] { encoder.codingPath }
        var count: Int { encoder.node.elements?.count ?? 0 }

        private func next() -> SettingsEncoder { encoder.at(encoder.node.element(), IndexKey(count)) }

        func encodeNil() { next().encodeNil() }
        func encode(_ value: some Encodable) throws { try next().encode(value) }
        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
            next().container(keyedBy: type)
        }
        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }
        func superEncoder() -> any Encoder { next() }
    }
}

extension SettingsEncoder: SingleValueEncodingContainer {
    func encodeNil() { node.scalar = .null }
    func encode(_ value: Bool) { node.scalar = .bool(value) }
    func encode(_ value: String) { node.scalar = .string(value) }
    func encode(_ value: Double) { node.scalar = .number(value) }
    func encode(_ value: Float) { node.scalar = .number(Double(value)) }

    func encode(_ value: some FixedWidthInteger & Encodable) throws {
        guard let integer = Int64(exactly: value) else {
            throw EncodingError.invalidValue(value, .init(codingPath: codingPath, debugDescription: "beyond 64 bits"))
        }
        node.scalar = .integer(integer)
    }

    func encode(_ value: Int) throws { node.scalar = .integer(Int64(value)) }
    func encode(_ value: Int8) throws { node.scalar = .integer(Int64(value)) }
    func encode(_ value: Int16) throws { node.scalar = .integer(Int64(value)) }
    func encode(_ value: Int32) throws { node.scalar = .integer(Int64(value)) }
    func encode(_ value: Int64) throws { node.scalar = .integer(value) }
    func encode(_ value: UInt) throws { node.scalar = .integer(Int64(clamping: value)) }
    func encode(_ value: UInt8) throws { node.scalar = .integer(Int64(value)) }
    func encode(_ value: UInt16) throws { node.scalar = .integer(Int64(value)) }
    func encode(_ value: UInt32) throws { node.scalar = .integer(Int64(value)) }
    func encode(_ value: UInt64) throws { node.scalar = .integer(Int64(clamping: value)) }
    func encode(_ value: some Encodable) throws { try value.encode(to: self) }
}
