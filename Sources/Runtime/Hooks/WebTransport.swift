import Foundations
import HTTPClient
import Reactor

/// A hook behind HTTP, over TCP or a Unix socket.
package struct WebTransport: HookTransport {
    private let endpoint: HTTPEndpoint
    private let clients: Clients

    package init(_ endpoint: HTTPEndpoint) {
        self.endpoint = endpoint
        clients = Clients()
    }

    package func call(_ name: String, body: [UInt8], timeout: Duration) async throws(HookProblem) -> [UInt8] {
        let call = HTTPCall(
            "POST", "/" + name, headers: [("Content-Type", "application/json")], body: body, timeout: timeout)
        let answer: HTTPAnswer
        do throws(Failure) {
            let client = try await clients.take(endpoint)
            do throws(Failure) {
                answer = try await client.send(call)
            } catch {
                await clients.giveBack(client)
                throw error
            }
            await clients.giveBack(client)
        } catch { throw .failed(error.message) }
        guard (200..<300).contains(answer.status) else { throw .failed("it answered with status \(answer.status)") }
        return answer.body
    }
}

/// Kept connections: each serves one call at a time.
@Reactor
private final class Clients {
    private let slots = Slots(hookConcurrency)
    private var idle: [HTTPClient] = []

    nonisolated init() {}

    func take(_ endpoint: HTTPEndpoint) async throws(Failure) -> HTTPClient {
        await slots.take()
        if let client = idle.popLast() { return client }
        do throws(Failure) {
            return try HTTPClient(endpoint, answerLimit: hookAnswerLimit)
        } catch {
            slots.giveBack()
            throw error
        }
    }

    func giveBack(_ client: HTTPClient) {
        idle.append(client)
        slots.giveBack()
    }
}
