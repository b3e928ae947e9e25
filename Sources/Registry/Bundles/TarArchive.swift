import Foundations

/// A tar archive (POSIX ustar) of regular files that has exactly one form: the same files give the same bytes.
///
/// Files are sorted by the bytes of their paths; all have mode 0755, owner 0 and time 0; two empty blocks end it.
enum TarArchive {
    struct Entry: Sendable, Equatable {
        let path: String
        let bytes: [UInt8]
    }

    private static let block = 512
    private static let longestName = 100
    private static let longestPrefix = 155

    /// - Throws: `invalid_argument` for a path that has no place in a header.
    static func pack(_ entries: [Entry]) throws(Failure) -> [UInt8] {
        var archive: [UInt8] = []
        archive.reserveCapacity(entries.reduce(2 * block) { $0 + 2 * block + $1.bytes.count })
        for entry in entries.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            archive += try header(path: entry.path, size: entry.bytes.count)
            archive += entry.bytes
            archive += [UInt8](repeating: 0, count: padding(entry.bytes.count))
        }
        return archive + [UInt8](repeating: 0, count: 2 * block)
    }

    /// Reads what `pack` wrote. Anything else is refused, also what other programs would read the same way.
    ///
    /// - Throws: `invalid_argument`.
    static func unpack(_ archive: [UInt8], fileLimit: Int) throws(Failure) -> [Entry] {
        var entries: [Entry] = []
        var place = 0
        while true {
            guard archive.count - place >= block else { throw malformed("it ends too early") }
            let head = archive[place..<place + block]
            if head.allSatisfy({ $0 == 0 }) { break }
            guard entries.count < fileLimit else { throw malformed("it has more than \(fileLimit) files") }
            let (path, size) = try fields(Array(head))
            guard try header(path: path, size: size).elementsEqual(head) else {
                throw malformed("the header of \(path.prefix(200)) is not what corral writes")
            }
            let start = place + block
            guard size <= archive.count - start, padding(size) <= archive.count - start - size else {
                throw malformed("it ends within \(path)")
            }
            let end = start + size
            guard archive[end..<end + padding(size)].allSatisfy({ $0 == 0 }) else {
                throw malformed("there are bytes behind \(path)")
            }
            if let last = entries.last {
                guard last.path.utf8.lexicographicallyPrecedes(path.utf8) else {
                    throw malformed("\(path) is not in its place")
                }
                guard !path.hasPrefix(last.path + "/") else {
                    throw malformed("\(last.path) is a file and a folder")
                }
            }
            entries.append(Entry(path: path, bytes: Array(archive[start..<end])))
            place = end + padding(size)
        }
        guard archive.count == place + 2 * block, archive[place...].allSatisfy({ $0 == 0 }) else {
            throw malformed("it does not end with two empty blocks")
        }
        return entries
    }

    private static func padding(_ size: Int) -> Int { (block - size % block) % block }

    private static func malformed(_ what: String) -> Failure {
        Failure(.invalidArgument, "the bundle is malformed: \(what)", next: "make it with corral publish")
    }

    private static func header(path: String, size: Int) throws(Failure) -> [UInt8] {
        let (prefix, name) = try split(path)
        var header = [UInt8](repeating: 0, count: block)
        func write(_ text: String, at place: Int) {
            header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
        }
        write(name, at: 0)
        write("0000755", at: 100)
        write("0000000", at: 108)
        write("0000000", at: 116)
        write(octal(size, digits: 11), at: 124)
        write("00000000000", at: 136)
        write("        ", at: 148)
        write("0", at: 156)
        write("ustar", at: 257)
        write("00", at: 263)
        write("0000000", at: 329)
        write("0000000", at: 337)
        write(prefix, at: 345)
        let sum = header.reduce(0) { $0 + Int($1) }
        write(octal(sum, digits: 6), at: 148)
        header[154] = 0
        header[155] = UInt8(ascii: " ")
        return header
    }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// The path in the header's two fields: cut at the first slash that leaves a name which fits.
    private static func split(_ path: String) throws(Failure) -> (prefix: String, name: String) {
        if path.utf8.count <= longestName { return ("", path) }
        let bytes = Array(path.utf8)
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") {
            guard bytes.count - index - 1 <= longestName else { continue }
            guard index <= longestPrefix else { break }
            return (
                String(decoding: bytes[..<index], as: UTF8.self), String(decoding: bytes[(index + 1)...], as: UTF8.self)
            )
        }
        throw Failure(.invalidArgument, "the path \(path.prefix(300)) is too long for a bundle")
    }

    private static func fields(_ header: [UInt8]) throws(Failure) -> (path: String, size: Int) {
        func text(_ range: Range<Int>) -> String? {
            String(validating: header[range].prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let name = text(0..<100), let prefix = text(345..<500), let digits = text(124..<136),
            digits.utf8.count == 11, let size = Int(digits, radix: 8), size >= 0
        else { throw malformed("a header cannot be read") }
        return (prefix.isEmpty ? name : prefix + "/" + name, size)
    }
}
