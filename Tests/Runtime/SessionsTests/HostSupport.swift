import Foundations
import Glibc
import JSON
import Reactor
import Sandboxes
import ScriptedSessions
import Workers

@testable import Sandboxes
@testable import Sessions

/// A sandbox that is nothing but its lifetime.
@Reactor
final class EmptySandbox: Sandbox {
    nonisolated let name = "empty"
    nonisolated var isolation: IsolationReport { PlainBackend.isolation }
    nonisolated let process: pid_t = 0
    private(set) var kills = 0
    var used = SandboxUsage()
    /// Going away passes here; open by default.
    let going = Gate(open: true)

    func openScratch(_ name: String, in family: String?, bytes: Int, inodes: Int) async throws(Failure) -> String {
        "/scratch"
    }
    func closeScratch(_ name: String, in family: String?) async throws(Failure) {}
    func fence(session: String, limits: SandboxLimits) async throws(Failure) -> any SessionFence {
        throw Failure(.unimplemented, "no fences")
    }
    func usage() async -> SandboxUsage { used }
    func kill() { kills += 1 }
    func waitUntilGone() async -> SandboxEnd {
        await going.pass()
        return .killed
    }
}

/// A worker that the test plays: each line of the server's gets the next answer of the script.
@Reactor
final class PlayedWorker {
    let connection: WorkerConnection
    let sandbox = EmptySandbox()
    private let channel: Channel
    private(set) var lines: [String] = []
    private var script: [String]
    private var text = ""

    /// - Parameter script: `ID` stands for the id of the command; an empty text gives no answer, `exit` ends the worker.
    init(_ dialect: WorkerConnection.Dialect, _ script: [String], lineLimit: Int = 4096) throws {
        let pair = try Descriptor.socketPair()
        let pipe = try Descriptor.pipe()
        channel = try Channel(pair.second)
        self.script = script
        connection = WorkerConnection(
            channel: try Channel(pair.first), errors: try Channel(pipe.first), dialect: dialect, lineLimit: lineLimit)
        channel.onReceive = { [weak self] in self?.received(String(decoding: $0, as: UTF8.self)) }
    }

    func say(_ line: String) { channel.send(Array((line + "\n").utf8)) }
    func exit() { channel.close() }

    func seat(_ greeting: WorkerGreeting? = nil) -> Seat {
        Seat(connection: connection, greeting: greeting, place: .own(sandbox))
    }

    private func received(_ new: String) {
        text += new
        while let end = text.firstIndex(of: "\n") {
            let line = String(text[..<end])
            text = String(text[text.index(after: end)...])
            lines.append(line)
            let command = try? JSONValue(parsing: Array(line.utf8))
            guard !script.isEmpty, command?["cmd"] != "interrupt" else { continue }
            let answer = script.removeFirst()
            if answer == "exit" { return exit() }
            if !answer.isEmpty { say(answer.replacing("ID", with: "\(command?["id"]?.integer ?? 0)")) }
        }
    }
}
