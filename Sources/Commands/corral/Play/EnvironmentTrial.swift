import Foundations
import JSON
import Manifests
import Spaces

/// Tries whether an environment is what its manifest says.
struct EnvironmentTrial: Sendable {
    struct Check: Sendable {
        let name: String
        let isFine: Bool
        let text: String
    }

    private let entry: ManifestFolder.Entry
    private let client: ServerClient
    private let steps: Int
    private let seed: Int64

    init(_ entry: ManifestFolder.Entry, _ client: ServerClient, steps: Int, seed: Int64) {
        self.entry = entry
        self.client = client
        self.steps = steps
        self.seed = seed
    }

    /// What can be said without starting it.
    static func staticChecks(_ entry: ManifestFolder.Entry) -> [Check] {
        let manifest = entry.manifest
        let backends = manifest.launches.map(\.backend.rawValue).joined(separator: ", ")
        var checks = [Check(name: "manifest", isFine: true, text: "\(manifest.title), launched by \(backends)")]
        if case .files(let pattern) = manifest.instances {
            let count = entry.instances?.count ?? 0
            checks.append(
                Check(
                    name: "instances", isFine: count > 0,
                    text: count > 0 ? "\(count) files match \(pattern)" : "no file matches \(pattern)"))
        }
        return checks
    }

    func run() async -> [Check] {
        var checks: [Check] = []
        do throws(Failure) {
            let (session, first) = try await open()
            checks.append(
                Check(name: "start", isFine: true, text: "with its first reset in \(shortTime(session.startTime))"))
            checks.append(spaces(of: session))
            do throws(Failure) {
                let walk = try await take(session, first)
                checks.append(Check(name: "steps", isFine: true, text: walk.text))
                checks += rewardChecks(walk)
                checks += await renderChecks(session)
                checks += try await repeatability(session, first, walk)
            } catch {
                checks.append(await failed("steps", error, session))
            }
            await session.close()
        } catch {
            checks.append(await failed("start", error, nil))
        }
        return checks
    }

    /// With the seed, or without one where the environment takes none.
    private func open() async throws(Failure) -> (session: PlaySession, first: Turn) {
        var wish = SessionWish(environment: "\(entry.manifest.reference)", seed: seed)
        do throws(Failure) {
            return try await PlaySession.open(wish, on: client)
        } catch {
            guard error.code == .failedPrecondition else { throw error }
            wish.seed = nil
            return try await PlaySession.open(wish, on: client)
        }
    }

    private func spaces(of session: PlaySession) -> Check {
        let (observation, action) = (session.observationSpace, session.actionSpace)
        let text = "observations \(observation.typeName), actions \(action.typeName)"
        guard case .declared(let declaredObservation, let declaredAction) = entry.manifest.spaces else {
            return Check(name: "spaces", isFine: true, text: text)
        }
        if declaredObservation != observation {
            return Check(
                name: "spaces", isFine: false,
                text:
                    "the manifest declares observations \(declaredObservation.json)\nthe worker has \(observation.json)"
            )
        }
        if declaredAction != action {
            return Check(
                name: "spaces", isFine: false,
                text: "the manifest declares actions \(declaredAction.json)\nthe worker has \(action.json)")
        }
        return Check(name: "spaces", isFine: true, text: text + ", as declared")
    }

    private struct Walk {
        var actions: [JSONValue] = []
        var ended = 0
        var rewards: [Double] = []

        var text: String { "\(actions.count) sampled actions, \(ended) \(ended == 1 ? "episode" : "episodes") ended" }
    }

    /// Acts at random, or as in an earlier walk.
    private func take(
        _ session: PlaySession, _ first: Turn, repeating earlier: Walk? = nil
    ) async throws(Failure) -> Walk {
        var agent: any Agent = RandomAgent(seed: UInt64(bitPattern: seed))
        if let earlier { agent = ScriptAgent(name: "again", actions: earlier.actions) }
        var turn = first
        var walk = Walk()
        while walk.actions.count < steps, !Task.isCancelled {
            if turn.isOver {
                walk.ended += 1
                turn = try await session.reset()
            }
            let asks = Ask.all(of: turn, space: session.actionSpace, isShared: session.agents != nil)
            guard let action = try await agent.act(on: turn, asks: asks) else { break }
            turn = try await session.step(action)
            walk.actions.append(action)
            switch turn.reward {
            case .one(let reward): walk.rewards += [reward].compactMap { $0 }
            case .each(let rewards): walk.rewards += rewards.values.compactMap { $0 }
            }
        }
        if turn.isOver { walk.ended += 1 }
        return walk
    }

    private func rewardChecks(_ walk: Walk) -> [Check] {
        guard let least = walk.rewards.min(), let most = walk.rewards.max() else { return [] }
        let found = "from \(shortNumber(least)) to \(shortNumber(most))"
        guard let range = entry.manifest.reward.range else {
            return [Check(name: "rewards", isFine: true, text: found)]
        }
        let isInside = range.contains(least) && range.contains(most)
        let bounds = "the manifest's \(shortNumber(range.lowerBound)) to \(shortNumber(range.upperBound))"
        return [
            Check(name: "rewards", isFine: isInside, text: "\(found), \(isInside ? "within" : "outside of") \(bounds)")
        ]
    }

    private func renderChecks(_ session: PlaySession) async -> [Check] {
        let modes = entry.manifest.renderModes
        guard !modes.isEmpty else { return [] }
        do throws(Failure) {
            switch try await session.frame() {
            case .picture(let picture):
                return [Check(name: "render", isFine: true, text: "\(picture.width) x \(picture.height) pixels")]
            case .text(let text):
                return [Check(name: "render", isFine: true, text: "text of \(text.count) characters")]
            }
        } catch {
            return [await failed("render", error, session)]
        }
    }

    /// Plays the same again.
    private func repeatability(_ session: PlaySession, _ first: Turn, _ walk: Walk) async throws(Failure) -> [Check] {
        guard !entry.manifest.isNondeterministic, first.seed == seed else { return [] }
        let hash = try await session.summary()["trajectory_hash"]
        let (again, start) = try await open()
        do throws(Failure) {
            _ = try await take(again, start, repeating: walk)
            let isSame = try await again.summary()["trajectory_hash"] == hash
            await again.close()
            return [
                Check(
                    name: "repeatable", isFine: isSame,
                    text: isSame
                        ? "the same seed and actions gave the same trajectory"
                        : "the same seed and actions gave another trajectory: seed all randomness, or say `nondeterministic: true`"
                )
            ]
        } catch {
            await again.close()
            throw error
        }
    }

    private func failed(_ name: String, _ failure: Failure, _ session: PlaySession?) async -> Check {
        var text = failure.message + (failure.next.isEmpty ? "" : "\n\(failure.next)")
        let lines = (try? await session?.logs(last: 20)) ?? []
        if !lines.isEmpty { text += "\n| " + lines.joined(separator: "\n| ") }
        return Check(name: name, isFine: false, text: text)
    }
}
