import Foundations
import HTTPClient

/// How a hook is reached.
protocol HookTransport: Sendable {
    /// Makes one call and waits for the whole answer.
    ///
    /// - Throws: `failed` where there is none, it is late, or it is an error.
    func call(_ name: String, body: [UInt8], timeout: Duration) async throws(HookProblem) -> [UInt8]
}

/// The most calls at the same time, and the most bytes of an answer.
let hookConcurrency = 8
let hookAnswerLimit = 4 << 20

func makeTransport(_ address: String, environment: [String: String]) throws(Failure) -> any HookTransport {
    let isURL = ["http://", "https://", "unix:"].contains { address.lowercased().hasPrefix($0) }
    if isURL { return WebTransport(try HTTPEndpoint(address)) }
    guard let words = ShellWords.split(address), !words.isEmpty else {
        throw Failure(
            .invalidArgument, "hook: `\(address)` is no command",
            next: "use http://HOST:PORT, unix:/PATH/OF/SOCKET, or a command with its arguments")
    }
    return CommandTransport(words, environment: environment)
}
