import Foundations

/// Builds the tree of one document from events, within limits.
struct Composer {
    private struct Anchored {
        let node: YAMLNode
        let nodes: Int
        let height: Int
    }

    private let limits: YAMLLimits
    private var anchors: [String: Anchored] = [:]
    private var nodes = 0

    init(limits: YAMLLimits) { self.limits = limits }

    mutating func document(from parser: borrowing EventParser) throws(Failure) -> YAMLNode {
        var root: YAMLNode?
        while true {
            let (event, mark) = try parser.next()
            switch event {
            case .documentStart:
                guard root == nil else { throw mark.failure("a second document; one is allowed") }
                let (first, place) = try parser.next()
                root = try node(first, at: place, depth: 0, from: parser).node
            case .streamEnd:
                guard let root else { throw mark.failure("the document is empty") }
                return root
            default: break
            }
        }
    }

    private mutating func node(
        _ event: Event, at mark: YAMLMark, depth: Int, from parser: borrowing EventParser
    ) throws(Failure) -> (node: YAMLNode, height: Int) {
        let before = nodes
        nodes += 1
        guard nodes <= limits.nodes else { throw mark.failure("more than \(limits.nodes) nodes in one document") }
        var made: YAMLNode
        var height = 0
        let anchor: String?
        switch event {
        case .alias(let name): return try alias(name, at: mark, depth: depth)
        case .scalar(let text, let style, let tag, let name):
            anchor = name
            made = YAMLNode(.scalar(try scalar(text, style, tag, at: mark)), at: mark)
        case .sequenceStart(let tag, let name):
            anchor = name
            try check(tag, is: "seq", at: mark)
            try enter(depth, at: mark)
            var items: [YAMLNode] = []
            while true {
                let (next, place) = try parser.next()
                if case .sequenceEnd = next { break }
                let item = try node(next, at: place, depth: depth + 1, from: parser)
                items.append(item.node)
                height = max(height, item.height)
            }
            height += 1
            made = YAMLNode(.sequence(items), at: mark)
        case .mappingStart(let tag, let name):
            anchor = name
            try check(tag, is: "map", at: mark)
            try enter(depth, at: mark)
            let pairs = try pairs(depth: depth, height: &height, from: parser)
            height += 1
            made = YAMLNode(.mapping(pairs), at: mark)
        default: throw mark.failure("the text ended in the middle of a document")
        }
        if let anchor { anchors[anchor] = Anchored(node: made, nodes: nodes - before, height: height) }
        return (made, height)
    }

    private mutating func pairs(
        depth: Int, height: inout Int, from parser: borrowing EventParser
    ) throws(Failure) -> [YAMLPair] {
        var pairs: [YAMLPair] = []
        var seen: [String: YAMLMark] = [:]
        while true {
            let (next, place) = try parser.next()
            if case .mappingEnd = next { return pairs }
            guard case .scalar(let key) = try node(next, at: place, depth: depth + 1, from: parser).node.content else {
                throw place.failure("a key must be a scalar")
            }
            if let first = seen.updateValue(place, forKey: key.text) {
                throw place.failure("the key `\(key.text)` stands twice, first in line \(first.line)")
            }
            let (event, mark) = try parser.next()
            let value = try node(event, at: mark, depth: depth + 1, from: parser)
            pairs.append(YAMLPair(key: key.text, at: place, value: value.node))
            height = max(height, value.height)
        }
    }

    /// The node that an anchor names, at the place of the alias. An alias within its own anchor finds nothing, because
    /// an anchor is known once its node is complete; so no tree is endless.
    private mutating func alias(
        _ name: String, at mark: YAMLMark, depth: Int
    ) throws(Failure) -> (node: YAMLNode, height: Int) {
        guard let anchored = anchors[name] else { throw mark.failure("no anchor `\(name)` stands before this alias") }
        nodes += anchored.nodes
        guard nodes <= limits.nodes else {
            throw mark.failure("aliases expand the document to more than \(limits.nodes) nodes")
        }
        guard depth + anchored.height <= limits.depth else {
            throw mark.failure("nested more than \(limits.depth) deep")
        }
        return (YAMLNode(anchored.node.content, at: mark), anchored.height)
    }

    private func enter(_ depth: Int, at mark: YAMLMark) throws(Failure) {
        guard depth < limits.depth else { throw mark.failure("nested more than \(limits.depth) deep") }
    }

    private func check(_ tag: String?, is wanted: String, at mark: YAMLMark) throws(Failure) {
        guard let tag, tag != "!", tag != "tag:yaml.org,2002:" + wanted else { return }
        throw mark.failure("the tag `\(tag)` is not supported")
    }

    private func scalar(
        _ text: String, _ style: YAMLScalar.Style, _ tag: String?, at mark: YAMLMark
    ) throws(Failure) -> YAMLScalar {
        guard let tag else { return YAMLScalar(text: text, style: style) }
        if tag == "!" { return YAMLScalar(text: text, style: style, tag: .str) }
        let prefix = "tag:yaml.org,2002:"
        guard tag.hasPrefix(prefix), let known = YAMLScalar.Tag(rawValue: String(tag.dropFirst(prefix.count))) else {
            throw mark.failure("the tag `\(tag)` is not supported")
        }
        let scalar = YAMLScalar(text: text, style: style, tag: known)
        guard scalar.value != nil else { throw mark.failure("`\(text)` does not fit its tag `!!\(known.rawValue)`") }
        return scalar
    }
}
