import Digest
import Foundations

/// The packages of a version, each with its exact release and the hashes of its files.
public struct RequirementsLock: Sendable, Equatable {
    public struct Pin: Sendable, Equatable {
        /// As PEP 503 writes it.
        public let name: String
        /// The requirement without hashes: `numpy==1.26.4 ; python_version < "3.12"`.
        public let requirement: String
        /// SHA-256, 64 lower-case hexadecimal digits.
        public let hashes: [String]
    }

    public let pins: [Pin]

    /// Reads what `pip-compile --generate-hashes` and `uv pip compile --generate-hashes` write.
    ///
    /// - Throws: `invalid_argument` for a line that is anything else than a release with hashes: options, addresses,
    ///   files and editable packages have no place in a lock.
    public init(parsing text: String, file: String) throws(Failure) {
        var pins: [Pin] = []
        var joined = ""
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            var line = raw
            if let comment = line.firstIndex(of: "#"),
                comment == line.startIndex || line[line.index(before: comment)].isWhitespace
            {
                line = line[..<comment]
            }
            let isContinued = line.hasSuffix("\\")
            joined += (isContinued ? line.dropLast() : line) + " "
            if isContinued { continue }
            defer { joined = "" }
            let words = joined.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            guard let pin = Self.pin(words) else {
                throw Failure(
                    .invalidArgument, "\(file):\(index + 1): no release with hashes: \(joined.prefix(200))",
                    next: "every line has to be NAME==RELEASE --hash=sha256:…")
            }
            pins.append(pin)
        }
        guard joined.allSatisfy(\.isWhitespace) else {
            throw Failure(.invalidArgument, "\(file): the last line goes on")
        }
        self.pins = pins
    }

    /// The lock as it is given to pip: nothing but what was read.
    public var text: String {
        pins.map { pin in
            ([pin.requirement] + pin.hashes.sorted().map { "--hash=sha256:\($0)" }).joined(separator: " ") + "\n"
        }.sorted().joined()
    }

    /// SHA-256 over `text`.
    public var digest: String { SHA256.hash(text).hex }

    static func shortDigest(of text: String) -> String { String(SHA256.hash(text).hex.prefix(8)) }

    /// The name of a package as PEP 503 writes it, from a requirement that begins with it.
    static func normalised(_ requirement: String) -> String {
        let name = requirement.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        return name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
    }

    private static func pin(_ words: [String]) -> Pin? {
        let requirement = words.prefix { !$0.hasPrefix("--") }.joined(separator: " ")
        let options = words.drop { !$0.hasPrefix("--") }
        let hashes = options.compactMap { option in
            option.hasPrefix("--hash=sha256:") ? Digest32(hex: option.dropFirst(14))?.hex : nil
        }
        guard hashes.count == options.count, !hashes.isEmpty, isRelease(requirement) else { return nil }
        return Pin(name: normalised(requirement), requirement: requirement, hashes: hashes)
    }

    /// `name[extra]==1.2.3`, and a marker behind a semicolon.
    private static func isRelease(_ text: String) -> Bool {
        let parts = text.split(separator: ";", maxSplits: 1)
        guard let first = parts.first, let equals = first.firstRange(of: "==") else { return false }
        let name = first[..<equals.lowerBound].filter { $0 != " " }
        let release = first[equals.upperBound...].filter { $0 != " " }
        let isName = name.first.map { $0.isLetter || $0.isNumber } ?? false
        return isName && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.[],".contains($0)) }
            && !release.isEmpty
            && release.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".+!-_".contains($0)) }
            && (parts.count < 2 || parts[1].allSatisfy { $0.isASCII && $0 != "\\" && $0 != "@" })
    }
}

extension RequirementsLock {
    /// Reads a lock from a file. Blocks.
    ///
    /// - Parameter name: What messages call it.
    /// - Throws: `not_found`, `failed_precondition`, and what `init(parsing:file:)` throws.
    public init(file path: String, name: String) throws(Failure) {
        try self.init(parsing: String(decoding: try FileBytes.read(path, limit: 16 << 20), as: UTF8.self), file: name)
    }
}
