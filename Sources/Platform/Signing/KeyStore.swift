import Foundations
import Glibc

/// Keys in one folder: `NAME.pem` is secret (mode 0600), `NAME.pub` public; one with `.pub` alone is somebody else's.
///
/// Reads and writes files: not for the reactor.
public struct KeyStore: Sendable {
    /// The name of the key that a server signs with where no other is named.
    public static let defaultName = "server"

    public struct Entry: Sendable, Hashable {
        public let name: String
        public let key: VerifyingKey
        /// Whether the secret half is here too.
        public let canSign: Bool
    }

    public let directory: String

    public init(directory: String) { self.directory = directory }

    /// Makes a key and writes both of its files.
    ///
    /// - Throws: `alreadyExists`; `invalidArgument` for a name that is none; `failedPrecondition` where the folder
    ///   cannot be written.
    @discardableResult
    public func create(_ name: String) throws(Failure) -> SigningKey {
        try Self.check(name)
        let key = try SigningKey.generate()
        try makeDirectory()
        try write(key.pem, to: path(name, ".pem"), mode: 0o600, name: name)
        try write(key.verifying.pem, to: path(name, ".pub"), mode: 0o644, name: name)
        return key
    }

    /// Adds somebody else's public key, to verify with.
    ///
    /// - Throws: As `create`, and `invalidArgument` where the text is no key.
    public func add(_ name: String, pem: String) throws(Failure) {
        try Self.check(name)
        let key = try VerifyingKey(pem: pem)
        try makeDirectory()
        try write(key.pem, to: path(name, ".pub"), mode: 0o644, name: name)
    }

    /// Every key, by name.
    ///
    /// - Throws: `invalidArgument` where a file of a key is none.
    public func list() throws(Failure) -> [Entry] {
        guard let folder = opendir(directory) else { return [] }
        defer { closedir(folder) }
        var names = Set<String>()
        while let entry = readdir(folder) {
            let file = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if file.hasSuffix(".pub") || file.hasSuffix(".pem") { names.insert(String(file.dropLast(4))) }
        }
        var entries: [Entry] = []
        for name in names.sorted() where Self.isName(name) {
            entries.append(
                Entry(name: name, key: try verifyingKey(name), canSign: access(path(name, ".pem"), F_OK) == 0))
        }
        return entries
    }

    /// - Throws: `notFound`; `failedPrecondition` where others can read the file; `invalidArgument` where it is no key.
    public func signingKey(_ name: String) throws(Failure) -> SigningKey {
        try Self.check(name)
        let path = path(name, ".pem")
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & 0o077 != 0 {
            throw Failure(
                .failedPrecondition, "others than its owner may use the secret key \(path)",
                next: "chmod 600 \(path), or make another key if they have read it")
        }
        return try SigningKey(pem: read(path, name))
    }

    /// - Throws: `notFound`; `invalidArgument` where the file is no key.
    public func verifyingKey(_ name: String) throws(Failure) -> VerifyingKey {
        try Self.check(name)
        guard access(path(name, ".pub"), F_OK) == 0 else { return try signingKey(name).verifying }
        return try VerifyingKey(pem: read(path(name, ".pub"), name))
    }

    /// The server's own key, which is made where there is none.
    public func serverKey() throws(Failure) -> SigningKey {
        do throws(Failure) {
            return try signingKey(Self.defaultName)
        } catch {
            guard error.code == .notFound else { throw error }
        }
        do throws(Failure) {
            return try create(Self.defaultName)
        } catch {
            guard error.code == .alreadyExists else { throw error }
            return try signingKey(Self.defaultName)
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count), name.first?.isLetter == true || name.first?.isNumber == true else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    private static func check(_ name: String) throws(Failure) {
        guard isName(name) else {
            throw Failure(
                .invalidArgument, "`\(name)` is no name of a key",
                next: "use up to 64 letters, digits, dots, dashes and underscores, a letter or digit first")
        }
    }

    private func path(_ name: String, _ suffix: String) -> String { "\(directory)/\(name)\(suffix)" }

    private func makeDirectory() throws(Failure) {
        var parent = ""
        for part in directory.split(separator: "/") {
            parent += (parent.isEmpty && !directory.hasPrefix("/") ? "" : "/") + part
            _ = mkdir(parent, parent == directory ? 0o700 : 0o755)
        }
        guard access(directory, W_OK | X_OK) == 0 else { throw problem(.failedPrecondition, directory) }
    }

    private func read(_ path: String, _ name: String) throws(Failure) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            guard errno == ENOENT else { throw problem(.permissionDenied, path) }
            throw Failure(.notFound, "there is no key `\(name)` in \(directory)", next: "`corral key new \(name)`")
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: PEM.limit + 1)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { throw problem(.permissionDenied, path) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Writes a file that appears whole or not at all, and never in place of another.
    private func write(_ text: String, to path: String, mode: mode_t, name: String) throws(Failure) {
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max))"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw problem(.failedPrecondition, path) }
        defer { unlink(temporary) }
        let bytes = Array(text.utf8)
        let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fchmod(file, mode) == 0
        let isSafe = isWritten && fsync(file) == 0
        guard close(file) == 0, isSafe else { throw problem(.failedPrecondition, path) }
        guard link(temporary, path) == 0 else {
            guard errno == EEXIST else { throw problem(.failedPrecondition, path) }
            throw Failure(.alreadyExists, "there is a key `\(name)` in \(directory) already")
        }
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            _ = fsync(folder)
            close(folder)
        }
    }

    private func problem(_ code: Failure.Code, _ path: String) -> Failure {
        Failure(code, "\(path): \(String(cString: strerror(errno)))")
    }
}
