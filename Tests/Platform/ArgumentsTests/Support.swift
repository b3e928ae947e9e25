import Arguments
import Foundations
import Glibc

struct Refusal {
    let next: String
    let status: Int32

    init?(_ error: any Error) {
        guard let failure = error as? Failure else { return nil }
        next = failure.next
        status = failure.code.exitStatus
    }
}

extension Request {
    var isRun: Bool { if case .run = self { true } else { false } }
}

/// Whether a program is on the path of this machine.
func isInstalled(_ program: String) -> Bool {
    String(cString: getenv("PATH")).split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
}

/// Runs a script with a shell and gives what it prints and its status.
func run(_ script: String, with shell: String) throws -> (output: String, status: Int32) {
    var name = Array("/tmp/corral-arguments-XXXXXX".utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else { throw Failure(.internal, "no temporary file") }
    let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    let bytes = Array(script.utf8)
    guard write(file, bytes, bytes.count) == bytes.count, close(file) == 0 else {
        throw Failure(.internal, "cannot write \(path)")
    }
    guard let pipe = popen("\(shell) \(path) 2>&1", "r") else { throw Failure(.internal, "cannot run \(shell)") }
    var output: [UInt8] = []
    while case let byte = getc(pipe), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
    return (String(decoding: output, as: UTF8.self), pclose(pipe))
}
