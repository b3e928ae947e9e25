import Foundations
import Reactor
import Workers

extension SessionService {
    /// Of one session.
    private static let mostSnapshots = 64
    static let snapshotBytes = 64 << 20

    /// Remembers the present state of a session under a name; one of the same name is replaced.
    ///
    /// - Throws: what `fork` throws, and `invalid_argument` for a name that is none.
    public func snapshot(_ id: UniqueID, name: String, caller: Caller) async throws(Failure) -> SnapshotSummary {
        let session = try session(id, caller, .agent)
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x2f })
        else {
            throw Failure(
                .invalidArgument, "the name of a snapshot is 1 to 64 printable characters, without a slash",
                details: ["field": "name"])
        }
        guard session.snapshots.count < Self.mostSnapshots || session.snapshots[name] != nil else {
            throw Failure(
                .resourceExhausted, "the session has \(Self.mostSnapshots) snapshots already", next: "discard some")
        }
        let snapshot = try await session.resting { (point, host) async throws(Failure) in
            SessionSnapshot(point, try await self.place(of: session, host)) { session.family?.giveBack(1) }
        }
        do throws(Failure) {
            try session.state.refuseIfOver()
        } catch {
            await snapshot.discard()
            throw error
        }
        let old = session.snapshots.updateValue(snapshot, forKey: name)
        await old?.discard()
        return snapshot.summary(name)
    }

    /// Puts a session back to a snapshot of it. That counts as a call: the index goes on, while the trajectory hash is
    /// that of then.
    ///
    /// - Throws: `not_found`, and what `fork` throws.
    public func restore(
        _ id: UniqueID, name: String, caller: Caller
    ) async throws(Failure) -> (session: SessionSummary, mechanism: ForkMechanism) {
        let session = try session(id, caller, .agent)
        let snapshot = try snapshot(of: session, name)
        try await session.resting { (_, host) async throws(Failure) in
            var other: (any SessionHost)?
            switch snapshot.place {
            case .state(let state):
                do throws(HostProblem) { try await host.loadState(state) } catch { throw session.failure(of: error) }
            case .frozen(let frozen, let mechanism):
                try await self.hosts.makeRoom(for: 1, like: session.plan)
                do throws(HostProblem) {
                    other = try await frozen.fork(1, by: mechanism).first
                } catch {
                    throw Failure(.failedPrecondition, "the snapshot cannot be restored: \(error)", next: "discard it")
                }
            case .calls: other = try await self.replayed(session, snapshot.point)
            }
            do throws(Failure) {
                try session.state.refuseIfOver()
            } catch {
                await other?.close()
                throw error
            }
            await session.rewind(to: snapshot.point, host: other)
        }
        // What is recorded goes one way only.
        await session.recorder?.finish(session.summary)
        session.recorder = nil
        for observer in observers { observer.sessionRewound(session.summary, link: session.chain?.link) }
        return (session.summary, snapshot.mechanism)
    }

    /// By name.
    public func snapshots(_ id: UniqueID, caller: Caller) throws(Failure) -> [SnapshotSummary] {
        try session(id, caller, .watcher).snapshots.map { $0.value.summary($0.key) }.sorted { $0.name < $1.name }
    }

    public func discardSnapshot(_ id: UniqueID, name: String, caller: Caller) async throws(Failure) {
        let session = try session(id, caller, .agent)
        let snapshot = try snapshot(of: session, name)
        session.snapshots[name] = nil
        await snapshot.discard()
    }

    private func snapshot(of session: Session, _ name: String) throws(Failure) -> SessionSnapshot {
        guard let snapshot = session.snapshots[name] else {
            throw Failure(
                .notFound, "the session has no snapshot \"\(name.prefix(64))\"",
                next: "GET /v1/sessions/{session}/snapshots lists them")
        }
        return snapshot
    }

    /// Keeps the state where it is cheapest: as bytes, in a branch that nobody steps, or as the calls that lead to it.
    private func place(of session: Session, _ host: any SessionHost) async throws(Failure) -> SessionSnapshot.Place {
        let used = session.snapshots.values.reduce(0) { $0 + $1.byteCount }
        var refusals: [Failure] = []
        for mechanism in mechanisms(of: session.plan, host) {
            do throws(HostProblem) {
                switch mechanism {
                case .replay: if session.journal?.isComplete == true { return .calls }
                case .copy, .snapshot:
                    if let state = try await host.saveState(), used + state.count <= Self.snapshotBytes {
                        return .state(state)
                    }
                case .fork: return .frozen(try await frozen(session, host), .fork)
                }
            } catch {
                guard case .refused(let refusal) = error else { throw session.failure(of: error) }
                refusals.append(Failure(refusal: refusal, mechanism, of: session.plan))
            }
        }
        throw refusals.first ?? Failure(cannotFork: session.plan)
    }

    private func frozen(_ session: Session, _ host: any SessionHost) async throws(HostProblem) -> any SessionHost {
        let family = family(of: session)
        do throws(Failure) {
            try await family.reserve(1)
        } catch { throw .refused(WorkerError(code: error.code.rawValue, message: error.message)) }
        do throws(HostProblem) {
            do throws(Failure) {
                try await hosts.makeRoom(for: 1, like: session.plan)
            } catch { throw HostProblem.refused(WorkerError(code: error.code.rawValue, message: error.message)) }
            guard let frozen = try await host.fork(1, by: .fork).first else {
                throw .refused(WorkerError(code: "unsupported", message: "it gave no branch"))
            }
            return frozen
        } catch {
            family.giveBack(1)
            throw error
        }
    }

    func family(of session: Session) -> SessionFamily {
        let family = session.family ?? SessionFamily(of: session, limits: limits.family)
        session.family = family
        return family
    }

    /// A host that has repeated the calls of a session up to a point.
    private func replayed(_ session: Session, _ point: BranchPoint) async throws(Failure) -> (any SessionHost)? {
        let family = family(of: session)
        try await family.reserve(1)
        do throws(Failure) {
            try places.take(1)
        } catch {
            family.giveBack(1)
            throw error
        }
        var isTaken = false
        defer {
            if !isTaken {
                family.giveBack(1)
                places.giveBack()
            }
        }
        let shadow = try await replay(
            session, from: point, count: 1, owner: BranchOwner(caller: session.owner, labels: [:]), family: family
        ) { isTaken = true }.first
        guard let shadow else { return nil }
        sessions[shadow.id] = nil
        return await shadow.surrender()
    }
}
