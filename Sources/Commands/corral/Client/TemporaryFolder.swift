import Foundations
import Glibc
import Sandboxes

/// A folder that a command removes when it is done.
struct TemporaryFolder: Sendable {
    let path: String

    /// - Throws: `failed_precondition`.
    init() throws(Failure) {
        var template = Array("\(environmentVariables()["TMPDIR"] ?? "/tmp")/corral-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(.failedPrecondition, "cannot make a temporary folder: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() { FolderRemoval.remove(path) }
}
