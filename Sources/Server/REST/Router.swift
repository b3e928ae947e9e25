import HTTP

/// Finds the route of a method and path.
struct Router: Sendable {
    enum Match {
        case route(Route, parameters: [String: String])
        /// The path exists, with other methods.
        case otherMethods([String])
        case none
    }

    /// A part of a path between slashes.
    private enum Part: Sendable {
        case literal([UInt8])
        case parameter(String)
        /// All that is left for it, at least one.
        case rest(String)
    }

    private let entries: [(route: Route, parts: [Part], hasRest: Bool)]

    init(routes: [Route]) {
        entries = routes.map { route in
            let parts = route.segments.map { segment -> Part in
                if segment.hasSuffix("…}") { return .rest(String(segment.dropFirst().dropLast(2))) }
                if segment.hasPrefix("{") { return .parameter(String(segment.dropFirst().dropLast())) }
                return .literal(Array(segment.utf8))
            }
            return (route, parts, route.segments.contains { $0.hasSuffix("…}") })
        }
    }

    /// - Parameter path: As sent, without the query.
    func match(_ method: String, _ path: String) -> Match {
        var path = path
        return path.withUTF8 { bytes in
            let segments = Self.segments(of: bytes)
            var methods: [String] = []
            for entry in entries {
                guard entry.hasRest || entry.parts.count == segments.count else { continue }
                guard let parameters = Self.parameters(of: entry.parts, in: segments) else { continue }
                if entry.route.method == method || (entry.route.method == "GET" && method == "HEAD") {
                    return .route(entry.route, parameters: parameters)
                }
                methods.append(entry.route.method)
            }
            return methods.isEmpty ? .none : .otherMethods(methods)
        }
    }

    private typealias Segment = Slice<UnsafeBufferPointer<UInt8>>

    private static func segments(of path: UnsafeBufferPointer<UInt8>) -> [Segment] {
        var segments: [Segment] = []
        segments.reserveCapacity(8)
        var start = path.startIndex
        for place in path.indices where path[place] == UInt8(ascii: "/") {
            if place > start { segments.append(path[start..<place]) }
            start = place + 1
        }
        if path.endIndex > start { segments.append(path[start...]) }
        return segments
    }

    /// Nil where the path is not of the template.
    private static func parameters(of template: [Part], in segments: [Segment]) -> [String: String]? {
        var found: [(name: String, value: Segment)] = []
        for (index, part) in template.enumerated() {
            guard index < segments.count else { return nil }
            switch part {
            case .literal(let text):
                guard isSame(text, segments[index]) else { return nil }
            case .parameter(let name): found.append((name, segments[index]))
            case .rest(let name):
                let after = template[(index + 1)...]
                let end = segments.count - after.count
                guard end > index, zip(after, segments[end...]).allSatisfy(isLiteral) else { return nil }
                // As sent, without the slashes that stand for nothing.
                let joined = segments[index..<end].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
                guard let value = percentDecoded(joined), var parameters = decoded(found) else { return nil }
                parameters[name] = value
                return parameters
            }
        }
        return decoded(found)
    }

    private static func isLiteral(_ part: Part, _ segment: Segment) -> Bool {
        if case .literal(let text) = part { isSame(text, segment) } else { false }
    }

    private static func isSame(_ text: [UInt8], _ segment: Segment) -> Bool {
        text.count == segment.count && text.elementsEqual(segment)
    }

    private static func decoded(_ found: [(name: String, value: Segment)]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (name, value) in found {
            guard let text = percentDecoded(String(decoding: value, as: UTF8.self)) else { return nil }
            parameters[name] = text
        }
        return parameters
    }
}
