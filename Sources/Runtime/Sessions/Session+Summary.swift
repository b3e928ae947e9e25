import Foundations

extension Session {
    func logs(last count: Int) -> [String] {
        lease.renew()
        return host?.logs(last: count) ?? finalLogs.suffix(count)
    }

    var trajectoryHash: String? { chain?.link.hex }

    var summary: SessionSummary {
        SessionSummary(
            id: id, environment: plan.reference, digest: plan.digest, instance: plan.instance,
            parameters: plan.parameters, isNondeterministic: plan.isNondeterministic,
            backend: plan.backend.rawValue, isolation: isolation, phase: state.phase, index: state.index,
            episode: state.episode, createdAt: createdAt, lastActiveAt: lastActiveAt ?? createdAt,
            expiresAt: lease.expiresAt, labels: labels, owner: owner.id,
            tenant: owner.tenant, validation: plan.validation, spaces: spaces, agents: agents,
            isDismissed: isDismissed, wasOpened: wasOpened, trajectoryHash: trajectoryHash, rows: rows,
            recording: recorder?.mode ?? .off,
            parent: lineage.flatMap { $0.isShown ? $0.parent : nil },
            branchedAt: lineage.flatMap { $0.isShown ? $0.branchedAt : nil },
            branchSeed: branchSeed, warnings: plan.warnings, deprecatedSince: plan.deprecatedSince)
    }
}
