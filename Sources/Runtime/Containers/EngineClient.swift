import Foundations
import HTTPClient
import JSON
import Reactor

/// Calls of the Docker Engine API over the engine's Unix socket; a few at a time, the others wait their turn.
@Reactor
public final class EngineClient {
    nonisolated public let address: EngineAddress
    private let endpoint: HTTPEndpoint
    private var idle: [HTTPClient] = []
    private var free: Int
    private var waiters: [Wait<Void>] = []
    private var version: Promise?

    /// What all that needs the API's version waits for.
    private typealias Promise = Task<Result<EngineVersion, Failure>, Never>

    /// - Parameter width: How many calls are on their way at once: an engine on few cores only gets slower with more.
    nonisolated public init(_ address: EngineAddress, width: Int = 8) throws(Failure) {
        self.address = address
        endpoint = try address.endpoint()
        free = width
    }

    /// Asks for one thing and returns what the engine says, null where it says nothing.
    ///
    /// - Parameters:
    ///   - path: Below the version, percent-encoded, with its query.
    ///   - purpose: For messages, as in "the engine cannot …".
    ///   - accepted: Statuses beyond 200…299 that are success as well.
    /// - Throws: `sandbox_unavailable` where no engine answers or it fails, `failed_precondition` for what it does not
    ///   take, `not_found`, `conflict`, `resource_exhausted` for a full disk, `deadline_exceeded`.
    @discardableResult
    public func call(
        _ method: String, _ path: String, body: JSONValue? = nil, purpose: String, accepted: Set<Int> = [],
        timeout: Duration = .seconds(60)
    ) async throws(Failure) -> JSONValue {
        let prefix = try await agreedVersion().path
        let answer = try await send(
            HTTPCall(
                method, prefix + path, headers: [("Content-Type", "application/json")],
                body: body?.encoded() ?? (method == "POST" ? [] : nil), timeout: timeout), purpose: purpose)
        guard (200..<300).contains(answer.status) || accepted.contains(answer.status) else {
            throw EngineRefusal(status: answer.status, body: answer.body).failure(purpose)
        }
        guard !answer.body.isEmpty else { return .null }
        return Self.json(of: answer.body)
    }

    /// The engine's version; asked once, and again after the engine was away.
    public func agreedVersion() async throws(Failure) -> EngineVersion {
        let asking = version ?? Task { await ask() }
        version = asking
        let result = await asking.value
        if case .failure = result, version == asking { version = nil }
        return try result.get()
    }

    private func ask() async -> Result<EngineVersion, Failure> {
        do throws(Failure) {
            let answer = try await send(HTTPCall("GET", "/version", timeout: .seconds(20)), purpose: "tell its version")
            guard answer.status == 200 else {
                throw EngineRefusal(status: answer.status, body: answer.body).failure("tell its version")
            }
            return .success(try EngineVersion(Self.json(of: answer.body)))
        } catch { return .failure(error) }
    }

    private func send(_ call: HTTPCall, purpose: String) async throws(Failure) -> HTTPAnswer {
        let client = try await takeClient()
        do throws(Failure) {
            // Not in the caller's task: an engine goes on with a call that was given up, and nobody would know of what it
            // made.
            let sending = Task { () -> Result<HTTPAnswer, Failure> in
                do throws(Failure) { return .success(try await client.send(call)) } catch { return .failure(error) }
            }
            let answer = try await sending.value.get()
            giveBack(client)
            return answer
        } catch {
            // Its connection may be half used; the next one is new.
            giveBack(nil)
            switch error.code {
            case .unavailable:
                version = nil
                throw unreachable(address)
            case .deadlineExceeded:
                throw Failure(
                    .deadlineExceeded, .slow, "the engine took too long to \(purpose)",
                    next: "try again; look at the engine's log and at the load of this machine")
            default: throw error
            }
        }
    }

    private func takeClient() async throws(Failure) -> HTTPClient {
        if free > 0 {
            free -= 1
        } else {
            // Whoever gives back hands over.
            let turn = Wait<Void>()
            waiters.append(turn)
            await turn.value()
        }
        if let client = idle.popLast() { return client }
        do throws(Failure) {
            return try HTTPClient(endpoint, answerLimit: 64 << 20)
        } catch {
            giveBack(nil)
            throw error
        }
    }

    private func giveBack(_ client: HTTPClient?) {
        if let client { idle.append(client) }
        if waiters.isEmpty { free += 1 } else { waiters.removeFirst().settle() }
    }

    private static func json(of body: [UInt8]) -> JSONValue {
        (try? JSONValue(parsing: body, limits: JSONLimits(depth: 512)))
            ?? .string(String(decoding: body, as: UTF8.self))
    }
}
