import Foundations
import JSON
import Reactor
import Sessions

/// Asks the probe inside of the environment's process, look by look.
@Reactor
struct ProbeChecks {
    private let check: EnvironmentCheck

    init(_ check: EnvironmentCheck) { self.check = check }

    /// - Parameter session: Of the probe; nil where it did not start.
    func run(_ session: CheckedSession?) async {
        guard let session else { return }
        let judge = ProbeJudge(manifest: check.manifest)
        // What the sessions left of the budget, at least a fifth.
        let seconds = max(check.left / .seconds(1), check.budget / .seconds(1) / 5) * 0.9
        for look in Look.allCases {
            if look == .rendered, check.manifest.renderModes.isEmpty { continue }
            guard !check.isOver(look == .close ? 1.3 : 1.1) else {
                check.skip(look.title)
                continue
            }
            check.tell(look.title)
            let request = look.request(
                seeds: EnvironmentCheck.seeds, seconds: (seconds * look.share * 100).rounded() / 100,
                range: check.manifest.reward.range)
            do throws(Failure) {
                let facts = try await facts(session, request)
                check.findings.add(judge.findings(of: look, facts))
                check.measure(look, facts)
            } catch {
                // What ended its process is found again by nothing else in it.
                check.note(error, during: .step, at: look.title)
                check.skip("what the probe would have looked at after \(look.title)")
                break
            }
        }
        await session.close()
    }

    private func facts(_ session: CheckedSession, _ request: JSONValue) async throws(Failure) -> JSONValue {
        let text = JSONValue.string(request.description)
        let answer = try await session.step(text.encoded())
        guard let value = try? JSONValue(parsing: Array(answer.reply.observation)), let inner = value.string,
            let facts = try? JSONValue(parsing: Array(inner.utf8))
        else { throw Failure(.environmentError, "the probe answered what is no JSON") }
        return facts
    }
}
