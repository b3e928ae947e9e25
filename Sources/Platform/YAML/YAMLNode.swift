import Foundations

/// Where a node of a document begins; line and column count from 1, columns in characters.
public struct YAMLMark: Sendable, Hashable, CustomStringConvertible {
    public let file: String
    public let line: Int
    public let column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`.
    public var description: String { "\(file):\(line):\(column)" }

    /// An `invalidArgument` whose message begins with this place.
    public func failure(_ message: String, next: String = "") -> Failure {
        Failure(
            .invalidArgument, "\(self): \(message)", next: next,
            details: ["file": file, "line": String(line), "column": String(column)])
    }
}

/// One node of a parsed document; aliases are already replaced by what they name.
public struct YAMLNode: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLPair])
    }

    public let content: Content
    public let mark: YAMLMark

    public init(_ content: Content, at mark: YAMLMark) {
        self.content = content
        self.mark = mark
    }

    /// What a person calls this kind of node: `a mapping`, `a sequence`, `a scalar`.
    public var kind: String {
        switch content {
        case .scalar: "a scalar"
        case .sequence: "a sequence"
        case .mapping: "a mapping"
        }
    }

    /// The pair of a mapping with this key; nil where the node is no mapping or has no such key.
    public func pair(_ key: String) -> YAMLPair? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs.first { $0.key == key }
    }

    /// The value of a mapping under this key; nil where the node is no mapping or has no such key.
    public subscript(key: String) -> YAMLNode? { pair(key)?.value }

    /// The element of a sequence at this place; nil where the node is no sequence or is shorter.
    public subscript(index: Int) -> YAMLNode? {
        guard case .sequence(let items) = content, items.indices.contains(index) else { return nil }
        return items[index]
    }
}

/// One entry of a mapping. Keys are the text of scalars: two keys of one text are the same key, quoted or not.
public struct YAMLPair: Sendable, Hashable {
    public let key: String
    public let keyMark: YAMLMark
    public let value: YAMLNode

    public init(key: String, at keyMark: YAMLMark, value: YAMLNode) {
        self.key = key
        self.keyMark = keyMark
        self.value = value
    }
}
