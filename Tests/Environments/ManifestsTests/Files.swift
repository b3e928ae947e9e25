import Foundations
import Glibc

/// A folder that is gone afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
    var name = Array("/tmp/corral-manifests-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw Failure(.internal, "no temporary folder") }
    let folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = system("rm -rf '\(folder)'") }
    try body(folder)
}

/// Writes a file and makes the folders that it lies in.
func write(_ text: String, to path: String) throws {
    for index in path.indices.dropFirst() where path[index] == "/" { mkdir(String(path[..<index]), 0o700) }
    guard let file = fopen(path, "w") else { throw Failure(.internal, "cannot write \(path)") }
    fputs(text, file)
    fclose(file)
}
