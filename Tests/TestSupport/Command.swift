import Dispatch
import Foundations
import Glibc

public struct CommandResult: Sendable {
    /// The exit status; 128 + signal where a signal ended it.
    public let status: Int32
    public let output: [UInt8]
    public let errors: String

    public var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs a program of `PATH` and captures what it prints; kills it after `seconds`.
public func run(_ words: [String], input: [UInt8] = [], seconds: Int = 60) throws -> CommandResult {
    let folder = try TemporaryDirectory()
    let files = ["in", "out", "err"].map { folder.path + "/" + $0 }
    try writeFile(files[0], input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, files[0], O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, files[1], O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, files[2], O_WRONLY | O_CREAT, 0o600)
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid = pid_t()
    let code = posix_spawnp(&pid, words.first ?? "", &actions, nil, &arguments, environ)
    guard code == 0 else { throw Failure(.notFound, "\(words): \(String(cString: strerror(code)))") }
    var status: Int32 = 0
    let end = ContinuousClock.now + .seconds(seconds)
    while waitpid(pid, &status, WNOHANG) == 0 {
        if ContinuousClock.now > end {
            kill(pid, SIGKILL)
            waitpid(pid, &status, 0)
            break
        }
        usleep(2000)
    }
    let signal = status & 0x7f
    return CommandResult(
        status: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: try readFile(files[1]),
        errors: String(decoding: try readFile(files[2]), as: UTF8.self))
}

/// Runs blocking calls on a thread of their own: the threads that run tasks must not wait.
public func blocking<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "blocking").async { continuation.resume(with: Swift.Result(catching: body)) }
    }
}
