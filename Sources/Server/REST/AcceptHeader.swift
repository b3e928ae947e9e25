/// What a client accepts (RFC 9110, 12.5.1).
struct AcceptHeader: Sendable {
    private let ranges: [(type: String, quality: Double)]

    init(_ header: String?) {
        ranges = (header ?? "*/*").split(separator: ",").compactMap { part in
            let fields = part.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let type = fields.first, type.contains("/") else { return nil }
            let quality = fields.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return (type, quality ?? 1)
        }
    }

    /// Whether tensors are named, and JSON is not wanted more.
    static func prefersTensors(_ header: String?) -> Bool {
        // Most clients name no type of ours: then nothing has to be read.
        guard let header, header.utf8.contains(UInt8(ascii: "v")) else { return false }
        return AcceptHeader(header).prefersTensors
    }

    var prefersTensors: Bool {
        let tensors = "application/vnd.corral.tensors"
        return ranges.contains { $0.type == tensors } && accepts(tensors)
            && quality(of: tensors) >= quality(of: "application/json")
    }

    func accepts(_ type: String) -> Bool { quality(of: type) > 0 }

    /// The most wanted of `types`; the first where several are wanted as much.
    func best(of types: [String]) -> String? {
        var best: (type: String, quality: Double)?
        for type in types {
            let quality = quality(of: type)
            if quality > (best?.quality ?? 0) { best = (type, quality) }
        }
        return best?.type
    }

    func quality(of type: String) -> Double {
        if ranges.isEmpty { return 1 }
        let family = type.prefix { $0 != "/" } + "/*"
        for wanted in [type, String(family), "*/*"] {
            if let range = ranges.first(where: { $0.type == wanted }) { return range.quality }
        }
        return 0
    }
}
