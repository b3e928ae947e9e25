import Foundations
import JSON
import Manifests
import Spaces

/// Decides what the facts of a probe's looks mean. Facts come from the environment's own process: nothing in them may
/// trap, and what is missing finds nothing.
struct ProbeJudge: Sendable {
    let manifest: Manifest

    func findings(of look: Look, _ facts: JSONValue) -> [Finding] {
        var found = broken(facts, look)
        switch look {
        case .start: found += start(facts)
        case .contract: found += contract(facts)
        case .scribble: found += differing(.observationIsState, facts, "after its observations were written into")
        case .rendered: found += differing(.renderChangesState, facts, "when every step is rendered")
        case .instances: found += instances(facts)
        case .invalid: found += invalid(facts)
        case .afterEnd: found += afterEnd(facts)
        case .agents: found += agents(facts)
        case .growth: found += GrowthJudge.findings(facts)
        case .close: found += close(facts)
        }
        return found + audit(facts)
    }

    private func broken(_ facts: JSONValue, _ look: Look) -> [Finding] {
        guard let broken = facts["broken"] else { return [] }
        let text = broken["text"]?.string ?? ""
        switch broken["kind"]?.string {
        case _ where look == .rendered: return [Finding(.renderFailed, text)]
        case "reset_result", "step_result": return [Finding(.interfaceBroken, text)]
        case "exited": return [Finding(.workerExited, text)]
        case "invalid_action": return [Finding(.raises, "an action of the action space was refused: \(text)")]
        default: return [Finding(.raises, text)]
        }
    }

    private func start(_ facts: JSONValue) -> [Finding] {
        var found: [Finding] = []
        if case .declared(let observation, let action) = manifest.spaces {
            for (name, declared, key) in [
                ("observations", observation, "observation_space"), ("actions", action, "action_space"),
            ] {
                guard let json = facts[key], let own = Self.space(json), own != declared else { continue }
                found.append(
                    Finding(.spacesDiffer, "the manifest declares \(name) \(declared.json), the worker has \(own.json)")
                )
            }
        }
        if facts["broken"] == nil, let agents = facts["agents"], agents.isNull == (manifest.agents != .single) {
            found.append(
                Finding(
                    .agentsDiffer,
                    "the manifest says `\(manifest.agents.rawValue)`, the worker names \(agents.isNull ? "none" : "\(agents)")"
                ))
        }
        let modes = (facts["render_modes"]?.array ?? []).compactMap(\.string)
        let missing = manifest.renderModes.filter { !modes.contains($0) }
        if facts["broken"] == nil, !missing.isEmpty {
            found.append(
                Finding(
                    .renderModeMissing,
                    "declared: \(missing.joined(separator: ", ")); the worker has \(modes.joined(separator: ", "))"))
        }
        let undeclared = modes.filter { !manifest.renderModes.contains($0) }
        if !undeclared.isEmpty {
            found.append(Finding(.renderModeUndeclared, undeclared.joined(separator: ", ")))
        }
        return found
    }

    private static func space(_ json: JSONValue) -> Space? {
        if json["type"] == nil, let byAgent = json.object {
            let members = byAgent.compactMap { row in
                (try? Space(json: row.value)).map { Space.Dict.Member(key: row.key, space: $0) }
            }
            return members.count == byAgent.count ? .dict(Space.Dict(members)) : nil
        }
        return try? Space(json: json)
    }

    private func contract(_ facts: JSONValue) -> [Finding] {
        (facts["problems"]?.object ?? [:]).compactMap { kind, row in
            guard let code = FindingCode(rawValue: kind) else { return nil }
            let examples = (row["examples"]?.array ?? []).compactMap(\.string)
            return Finding(code, "\(row["count"]?.integer ?? 1) times; \(examples.joined(separator: "; "))")
        }
    }

    private func differing(_ code: FindingCode, _ facts: JSONValue, _ when: String) -> [Finding] {
        guard !manifest.isNondeterministic, let step = facts["difference"]?.integer else { return [] }
        return [Finding(code, "\(when), the same seed and actions differ from step \(step)")]
    }

    private func instances(_ facts: JSONValue) -> [Finding] {
        guard !manifest.isNondeterministic, let step = facts["difference"]?.integer else { return [] }
        let isRandom = facts["difference_isolated"] == .null
        let severity: Severity? =
            isRandom && manifest.launches.contains { $0.sessionsPerWorker > 1 } ? .error : nil
        return [
            Finding(
                isRandom ? .globalRandom : .sharedState,
                "with a second environment in the same process, the first differs from step \(step)"
                    + (isRandom ? "; not where the process's random generators are kept apart" : ""),
                severity: severity)
        ]
    }

    private func invalid(_ facts: JSONValue) -> [Finding] {
        (facts["tried"]?.array ?? []).flatMap { row -> [Finding] in
            guard row["refused"] == nil, let name = row["action"]?.string else { return [] }
            let isWorkers = row["through"]?.string == "worker"
            let reward = row["reward"]?.double ?? 0
            let place = isWorkers ? "" : ", below the worker's own check"
            var found = [
                Finding(
                    .actionAbsorbed, "\(name): a step was taken\(place), with the reward \(shortest(reward))",
                    severity: isWorkers ? .error : .warning)
            ]
            if reward > 0 { found.append(Finding(.rewardForInvalidAction, "\(name): \(shortest(reward))\(place)")) }
            return found
        }
    }

    private func afterEnd(_ facts: JSONValue) -> [Finding] {
        var found: [Finding] = []
        let rewards = (facts["rewards"]?.array ?? []).compactMap(\.double)
        if let count = facts["goes_on"]?.integer, count > 0 {
            found.append(
                Finding(
                    .stepAfterEnd,
                    "\(count) of \(rewards.count) steps after `terminated` went on as if nothing had been"))
        }
        if rewards.contains(where: { $0 > 0 }) {
            found.append(
                Finding(
                    .rewardAfterEnd,
                    "steps after `terminated` paid \(rewards.map(shortest).joined(separator: ", "))"))
        }
        return found
    }

    /// Lengths of episodes below this say nothing about a limit.
    private static let shortestLimit: Int64 = 8

    private func agents(_ facts: JSONValue) -> [Finding] {
        guard let rows = facts["agents"]?.object else { return [] }
        var found: [Finding] = []
        let lengths = rows.flatMap { $0.value["lengths"]?.array ?? [] }.compactMap(\.integer)
        let ends = rows.flatMap { $0.value["ends"]?.array ?? [] }.compactMap(\.string)
        if let length = lengths.first, length >= Self.shortestLimit, lengths.count >= 9,
            rows.count(where: { !($0.value["lengths"]?.array ?? []).isEmpty }) >= 3,
            lengths.allSatisfy({ $0 == length }), ends.allSatisfy({ $0 == "terminated" })
        {
            found.append(
                Finding(
                    .limitAsTermination,
                    "all \(lengths.count) episodes of \(rows.count) agents ended with `terminated` after \(length) steps"
                ))
        }
        if !ends.isEmpty, ends.allSatisfy({ $0 == "cut" }) {
            found.append(
                Finding(.neverEnds, "no episode of \(rows.count) agents ended within \(lengths.max() ?? 0) steps"))
        }
        func best(_ kinds: [String]) -> Double? {
            kinds.flatMap { rows[$0]?["returns"]?.array ?? [] }.compactMap(\.double).max()
        }
        if let idle = best(["nothing"]), let random = best(["random"]), idle > 0, idle > random {
            found.append(
                Finding(
                    .idleEarnsMost, "doing nothing earned \(shortest(idle)), acting at random \(shortest(random))"))
        }
        return found
    }

    private func close(_ facts: JSONValue) -> [Finding] {
        var found: [Finding] = []
        if facts["hangs"] == true {
            found.append(
                Finding(.closeHangs, "close was still running after \(shortest(facts["close_seconds"]?.double ?? 0)) s")
            )
        }
        if let text = facts["raised"]?.string { found.append(Finding(.closeFails, text)) }
        let left = ["threads", "children", "files"].compactMap { name in
            (facts["left"]?[name]?.integer).flatMap { $0 > 0 ? "\($0) \(name)" : nil }
        }
        if !left.isEmpty { found.append(Finding(.closeLeaves, left.joined(separator: ", ") + " are left")) }
        return found
    }

    private func audit(_ facts: JSONValue) -> [Finding] {
        [("writes", FindingCode.writeOutsideScratch), ("network", .networkAttempt), ("programs", .programStarted)]
            .compactMap { key, code in
                let seen = (facts["audit"]?[key]?.array ?? []).compactMap(\.string)
                return seen.isEmpty ? nil : Finding(code, seen.prefix(5).joined(separator: "; "))
            }
    }
}

/// A number as short as it can be said.
func shortest(_ number: Double) -> String {
    number == number.rounded() && number.magnitude < 1e15 ? "\(Int64(number))" : "\(number)"
}
