import Foundations
import JSON
import Manifests
import Reactor
import Sandboxes
import Sessions
import Workers

/// Whether a branch goes on as its parent would, for each way to fork that the version and the server have.
@Reactor
struct ForkChecks {
    private static let before = 8
    private static let after = 24

    private let check: EnvironmentCheck
    private let service: SessionService

    init(_ check: EnvironmentCheck, _ service: SessionService) {
        self.check = check
        self.service = service
    }

    /// - Parameter reference: The episode of the first seed, unforked; nil where nothing can be compared.
    func run(reference: Trajectory?) async {
        guard !check.manifest.fork.isEmpty else { return }
        guard let reference else {
            return check.skip("forks: the version does not repeat, so branches cannot be compared")
        }
        let isDeclared = check.manifest.document["fork"] != nil
        var seen: [JSONValue] = []
        for mechanism in check.manifest.fork {
            guard !check.isOver(0.6) else {
                check.skip("the fork by \(mechanism.rawValue)")
                continue
            }
            guard let kind = Variants.Kind(rawValue: mechanism.rawValue) else { continue }
            check.tell("forking by \(mechanism.rawValue)")
            if await isTrue(kind, reference, isDeclared: isDeclared) { seen.append(.string(mechanism.rawValue)) }
        }
        check.measured["forks"] = .array(seen)
    }

    /// - Returns: Whether it forked, and the branch went on as it should.
    private func isTrue(_ kind: Variants.Kind, _ reference: Trajectory, isDeclared: Bool) async -> Bool {
        let seed = EnvironmentCheck.seeds[0]
        let name = kind.rawValue
        let parent: CheckedSession
        do throws(Failure) {
            parent = try await CheckedSession.open(kind, on: service, seed: seed)
        } catch {
            check.skip("the fork by \(name): \(error.message)")
            return false
        }
        defer { Task { await parent.close() } }
        do throws(Failure) {
            var source = parent.source(seed: seed)
            guard var answer = parent.last else { return false }
            for _ in 0..<min(Self.before, max(0, reference.firstLength - 2)) {
                guard let action = source.next(after: answer.reply) else { return false }
                answer = try await parent.step(action)
            }
            let child: CheckedSession
            do throws(Failure) {
                child = try await parent.fork().session
            } catch {
                refused(name, error, isDeclared: isDeclared)
                return false
            }
            defer { Task { await child.close() } }
            return try await compare(parent, child, &source, answer, reference, name)
        } catch {
            check.findings.add(Finding(.forkDiffers, "by \(name): \(error.message)"))
            return false
        }
    }

    private func refused(_ name: String, _ failure: Failure, isDeclared: Bool) {
        if failure.code == .unimplemented || failure.code == .failedPrecondition, !isDeclared { return }
        let isServers = failure.code == .resourceExhausted || failure.code == .sandboxUnavailable
        let sharesNothing = !check.bench.isolations.values.contains { $0.has(.sharing) }
        guard !isServers, name != Variants.Kind.fork.rawValue || !sharesNothing else {
            return check.skip("the fork by \(name): \(failure.message)")
        }
        check.findings.add(Finding(.forkRefused, "\(name) is declared: \(failure.message)"))
    }

    /// Both go on, step by step in turn: each as if the other were not there.
    private func compare(
        _ parent: CheckedSession, _ child: CheckedSession, _ source: inout ActionSource, _ last: CallAnswer,
        _ reference: Trajectory, _ name: String
    ) async throws(Failure) -> Bool {
        var answer = last
        var (ours, theirs) = (Trajectory(), Trajectory())
        var count = 0
        while count < Self.after, !answer.reply.isOver, let action = source.next(after: answer.reply) {
            count += 1
            let branch = try await child.step(action)
            answer = try await parent.step(action)
            ours.add(answer)
            theirs.add(branch)
            let place = answer.index
            if ours != theirs {
                check.findings.add(
                    Finding(.forkDiffers, "by \(name): the branch differs from its parent from step \(count) after it"))
                return false
            }
            if place <= reference.firstLength, reference.digests.indices.contains(place),
                reference.digests[place] != ours.digests.last
            {
                check.findings.add(
                    Finding(.forkDiffers, "by \(name): both differ from an unforked episode from step \(place)"))
                return false
            }
        }
        return true
    }
}
