import Foundations
import JSON
import Manifests
import Reactor
import Sandboxes
import Sessions

/// Plays the version as every caller would: walks, repetitions, frames.
@Reactor
struct EpisodeChecks {
    /// The parts of the budget at which walks and repetitions stop.
    private static let walkPart = 0.25
    private static let repeatPart = 0.45

    private let check: EnvironmentCheck
    private let session: CheckedSession
    private let service: SessionService

    init(_ check: EnvironmentCheck, _ session: CheckedSession, _ service: SessionService) {
        self.check = check
        self.session = session
        self.service = service
    }

    /// - Returns: The first episode, for comparisons; nil where there is none to compare with.
    func run(fresh: CheckedSession?, otherHashes: CheckedSession?) async -> Trajectory? {
        var result: Trajectory?
        do throws(Failure) {
            result = try await repetitions(fresh: fresh, otherHashes: otherHashes)
            try await renders()
            try await walks()
        } catch {
            check.note(error, during: .step)
        }
        await fresh?.close()
        await otherHashes?.close()
        return result
    }

    private func repetitions(
        fresh: CheckedSession?, otherHashes: CheckedSession?
    ) async throws(Failure) -> Trajectory? {
        check.tell("repeating episodes")
        var judge = RepeatJudge()
        var plan = Plan()
        judge.first = try await play(session, &plan, isReset: true, part: 0.12)
        guard session.takesSeeds, !check.manifest.isNondeterministic else {
            if check.manifest.isNondeterministic { check.skip("repeating: the version is declared nondeterministic") }
            return nil
        }
        if !judge.first.isWhole {
            check.skip("episodes beyond step \(plan.lengths.last ?? 0): they were not played to their end")
        }
        do throws(Failure) {
            // Where the budget cut the first episode, this is a reset in the middle of it.
            judge.again = try await play(session, &plan)
            if try await abandoned() {
                judge.afterAbandoned = try await play(session, &plan)
            } else {
                check.skip("a reset in the middle of an episode: all of them are shorter than three steps")
            }
        } catch {
            guard error.code == .environmentError else { throw error }
            check.findings.add(Finding(.resetMidEpisode, "a reset in the middle of an episode: \(error.message)"))
            return nil
        }
        if let fresh {
            let whole = judge.first.digests.count
            let there = try await play(fresh, &plan, isReset: true)
            judge.fresh = there
            // Only where both generators stand at the same place does what they go on with say anything.
            if there.digests.count == whole, try await play(session, &plan).digests.count == whole {
                judge.unseeded = (try await unseeded(session), try await unseeded(fresh))
            } else {
                check.skip("an episode without a seed after one with a seed")
            }
        }
        if let otherHashes { judge.otherHashes = try await play(otherHashes, &plan, isReset: true) }
        judge.sibling = try await sibling(&plan)
        if check.isOver(Self.repeatPart) { check.skip("repetitions that the budget had no time for") }
        let found = judge.findings
        check.findings.add(found)
        let compared = plan.lengths.reduce(0, +)
        check.measured["compared_steps"] = .integer(Int64(compared))
        guard compared > 0 else {
            check.skip("repeating: the budget had no time for a single step")
            return nil
        }
        check.measured["deterministic"] = .bool(found.isEmpty)
        return found.isEmpty ? judge.first : nil
    }

    /// What is played again: episodes of some seeds, each so many steps long.
    private struct Plan {
        /// Steps that are enough to compare.
        static let enough = 60
        var lengths: [Int] = []
    }

    private func sibling(_ plan: inout Plan) async throws(Failure) -> Trajectory? {
        guard !check.isOver(Self.repeatPart) else { return nil }
        let sibling: CheckedSession
        do throws(Failure) {
            sibling = try await CheckedSession.open(.plain, on: service, seed: EnvironmentCheck.seeds[0])
        } catch {
            check.note(error, during: .start)
            return nil
        }
        let trajectory: Trajectory
        do throws(Failure) {
            trajectory = try await play(sibling, &plan, isReset: true)
        } catch {
            await sibling.close()
            throw error
        }
        await sibling.close()
        return trajectory
    }

    /// A few steps of another episode, which is then left.
    ///
    /// - Returns: Whether it still went on.
    private func abandoned() async throws(Failure) -> Bool {
        for seed in EnvironmentCheck.seeds.dropFirst() {
            var source = session.source(seed: seed)
            var answer = try await session.reset(seed: seed)
            for _ in 0..<2 where !answer.reply.isOver {
                guard let action = source.next(after: answer.reply) else { break }
                answer = try await session.step(action)
            }
            if !answer.reply.isOver, answer.index > 0 { return true }
        }
        return false
    }

    /// The episode after the last one, reset without a seed.
    private func unseeded(_ session: CheckedSession) async throws(Failure) -> Trajectory {
        var trajectory = Trajectory()
        let answer = try await session.reset(seed: nil)
        _ = try await episode(
            session, after: answer, seed: EnvironmentCheck.seeds[0] + 1, limit: 200, part: Self.repeatPart, &trajectory)
        return trajectory
    }

    /// Plays the episodes of a plan, or makes it while its first ones are played.
    ///
    /// - Parameter isReset: Whether the session has been reset with the first seed.
    private func play(
        _ session: CheckedSession, _ plan: inout Plan, isReset: Bool = false, part: Double = repeatPart
    ) async throws(Failure) -> Trajectory {
        var trajectory = Trajectory()
        let isNew = plan.lengths.isEmpty
        for (place, seed) in EnvironmentCheck.seeds.enumerated() {
            guard isNew ? place == 0 || plan.lengths.reduce(0, +) < Plan.enough : place < plan.lengths.count,
                !check.isOver(part) || place == 0
            else { break }
            let limit = isNew ? EnvironmentCheck.stepLimit : plan.lengths[place]
            var answer = session.last
            if place > 0 || !isReset { answer = try await session.reset(seed: seed) }
            guard let answer else { break }
            let length = try await episode(session, after: answer, seed: seed, limit: limit, part: part, &trajectory)
            if isNew { plan.lengths.append(length) }
            if place == 0 { trajectory.firstLength = length }
        }
        return trajectory
    }

    /// - Returns: The steps that were taken.
    private func episode(
        _ session: CheckedSession, after reset: CallAnswer, seed: Int64, limit: Int, part: Double,
        _ trajectory: inout Trajectory
    ) async throws(Failure) -> Int {
        var source = session.source(seed: seed)
        var answer = reset
        var steps = 0
        trajectory.add(answer)
        trajectory.isWhole = false
        while steps < limit, !check.isOver(part), let action = source.next(after: answer.reply) {
            answer = try await session.step(action)
            steps += 1
            trajectory.add(answer)
            if answer.reply.isOver {
                trajectory.isWhole = true
                break
            }
        }
        return steps
    }

    /// 1,000 steps for each seed; the server's own checks of spaces, rewards and flags are in force.
    private func walks() async throws(Failure) {
        var steps = 0
        var rewards: ClosedRange<Double>?
        let start = ContinuousClock.now
        for seed in EnvironmentCheck.seeds {
            check.tell("walking with seed \(seed)")
            var source = session.source(seed: seed)
            var answer = try await session.reset(seed: seed)
            var done = 0
            while done < EnvironmentCheck.stepLimit, !check.isOver(Self.walkPart + 0.3) {
                if answer.reply.isOver { answer = try await session.reset(seed: nil) }
                guard let action = source.next(after: answer.reply) else { break }
                answer = try await session.step(action)
                for reward in answer.reply.rewards {
                    rewards = min(rewards?.lowerBound ?? reward, reward)...max(rewards?.upperBound ?? reward, reward)
                }
                done += 1
            }
            steps += done
            if done < EnvironmentCheck.stepLimit { check.skip("steps of seed \(seed) from \(done) on, in sessions") }
        }
        let seconds = (.now - start) / .seconds(1)
        if seconds > 0, steps > 0 {
            check.measured["session_steps_per_second"] = .number((Double(steps) / seconds).rounded())
        }
        check.measured["session_steps"] = .integer(Int64(steps))
        guard let rewards else { return }
        check.measured["rewards"] = [.number(rewards.lowerBound), .number(rewards.upperBound)]
        if let range = check.manifest.reward.range,
            !range.contains(rewards.lowerBound) || !range.contains(rewards.upperBound)
        {
            check.findings.add(
                Finding(
                    .rewardRange,
                    "rewards from \(shortest(rewards.lowerBound)) to \(shortest(rewards.upperBound)); declared "
                        + "\(shortest(range.lowerBound)) to \(shortest(range.upperBound))"))
        }
    }

    private func renders() async throws(Failure) {
        for mode in check.manifest.renderModes {
            check.tell("rendering \(mode)")
            do throws(Failure) {
                let frame = try await session.frame(mode)
                let isText = if case .text = frame { true } else { false }
                if isText != (mode == "ansi") {
                    check.findings.add(
                        Finding(.renderFailed, "\(mode) gave \(isText ? "text" : "pixels")"))
                }
                if case .pixels(let pixels) = frame {
                    check.measured["frame"] = .array(pixels.shape.map { .integer(Int64($0)) })
                }
            } catch {
                let hasNoFrame = error.message.contains("no frame")
                guard hasNoFrame || error.code == .environmentError || error.code == .sessionFailed else {
                    check.note(error, during: .render, at: mode)
                    continue
                }
                check.findings.add(Finding(.renderFailed, "\(mode): \(error.message)"))
                if error.code == .sessionFailed { throw error }
            }
        }
    }
}
