import Foundations
import Glibc

/// A new empty folder, removed with everything in it when the value ends.
public struct TemporaryDirectory: ~Copyable, Sendable {
    public let path: String

    public init() throws {
        var template = Array("/tmp/corral-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(.internal, "mkdtemp: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { remove(path) }

    /// What is in it.
    public borrowing func names() -> [String] { entries(of: path) }

    /// Writes a file and returns its path; folders on the way are made.
    @discardableResult
    public borrowing func write(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "/" + part
            mkdir(folder, 0o755)
        }
        try writeFile(file, Array(text.utf8))
        return file
    }
}

private func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
        unlink(path)
        return
    }
    for name in entries(of: path) { remove(path + "/" + name) }
    rmdir(path)
}

private func entries(of path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        names.append(
            withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.filter { $0 != "." && $0 != ".." }
}
