/// Everything that a check can find. Raw values are in signed reports and are never renamed; `docs/admission.md`
/// documents each.
public enum FindingCode: String, Sendable, CaseIterable {
    // What the manifest says.
    case manifestInvalid = "manifest_invalid"
    case noInstances = "no_instances"
    case requirementsUnpinned = "requirements_unpinned"
    case licenseMissing = "license_missing"
    case rewardUndeclared = "reward_undeclared"
    case notPublishable = "not_publishable"
    case packageIncomplete = "package_incomplete"
    case spacesDiffer = "spaces_differ"
    case agentsDiffer = "agents_differ"
    // Starting, and the form of what comes back.
    case startFailed = "start_failed"
    case startTooSlow = "start_too_slow"
    case interfaceBroken = "interface_broken"
    case raises
    case workerExited = "worker_exited"
    case replyMalformed = "reply_malformed"
    case unsendable
    case spacesChange = "spaces_change"
    case observationValue = "observation_value"
    case observationType = "observation_type"
    case rewardNotFinite = "reward_not_finite"
    case rewardRange = "reward_range"
    case rewardType = "reward_type"
    case flagType = "flag_type"
    case infoType = "info_type"
    case limitAsTermination = "limit_as_termination"
    case neverEnds = "never_ends"
    // What is shared that should not be.
    case observationAliased = "observation_aliased"
    case infoAliased = "info_aliased"
    case observationIsState = "observation_is_state"
    case actionChanged = "action_changed"
    case sharedState = "shared_state"
    case globalRandom = "global_random"
    // Repeating.
    case noSeed = "no_seed"
    case seedNotReproducible = "seed_not_reproducible"
    case stateAcrossEpisodes = "state_across_episodes"
    case resetMidEpisode = "reset_mid_episode"
    case generatorLost = "generator_lost"
    case hashOrder = "hash_order"
    case forkRefused = "fork_refused"
    case forkDiffers = "fork_differs"
    case behaviourChanged = "behaviour_changed"
    // What is refused, and what is earned.
    case actionAbsorbed = "action_absorbed"
    case rewardForInvalidAction = "reward_for_invalid_action"
    case stepAfterEnd = "step_after_end"
    case rewardAfterEnd = "reward_after_end"
    case idleEarnsMost = "idle_earns_most"
    // Pictures.
    case renderModeMissing = "render_mode_missing"
    case renderModeUndeclared = "render_mode_undeclared"
    case renderFailed = "render_failed"
    case renderChangesState = "render_changes_state"
    // The end, and what adds up.
    case closeFails = "close_fails"
    case closeHangs = "close_hangs"
    case closeLeaves = "close_leaves"
    case memoryGrows = "memory_grows"
    case filesGrow = "files_grow"
    case threadsGrow = "threads_grow"
    case processesGrow = "processes_grow"
    // Limits and the fence.
    case stepTooSlow = "step_too_slow"
    case resetTooSlow = "reset_too_slow"
    case memoryExceeded = "memory_exceeded"
    case processesExceeded = "processes_exceeded"
    case writeOutsideScratch = "write_outside_scratch"
    case networkAttempt = "network_attempt"
    case noisyOutput = "noisy_output"
    case programStarted = "program_started"
}

/// How much a finding weighs: one `error` rejects the version.
public enum Severity: String, Sendable, CaseIterable, Comparable {
    case note, warning, error

    public static func < (left: Severity, right: Severity) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

extension FindingCode {
    /// What it weighs where the finding itself does not say otherwise.
    public var severity: Severity {
        switch self {
        case .licenseMissing, .rewardUndeclared, .noSeed, .neverEnds, .idleEarnsMost, .renderModeUndeclared,
            .programStarted, .notPublishable:
            .note
        case .requirementsUnpinned, .infoAliased, .globalRandom, .limitAsTermination, .stepAfterEnd, .noisyOutput,
            .packageIncomplete:
            .warning
        default: .error
        }
    }
}
