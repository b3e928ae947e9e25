import Foundations
import Reactor
import Workers

extension Session {
    func render(mode: String?, row: Int) async throws(Failure) -> Frame {
        lease.renew()
        while let drawing = watchers?.drawing { try await drawing.value() }
        try state.refuseIfOver()
        guard let host else { throw busy("render") }
        try state.beginRender()
        lease.hold()
        defer {
            lease.release()
            state.renderEnded()
            becameIdle()
        }
        do throws(HostProblem) {
            let frame = try await host.render(mode: mode, row: row)
            watchers?.tell(.frame(frame))
            return frame
        } catch {
            throw failure(of: error)
        }
    }

    /// Has a frame drawn for those who look on and want one, now or soon.
    func drawForWatchers() {
        guard let watchers, watchers.wantFrames else { return }
        switch watchers.pace.called(at: .now) {
        case .now: draw(for: watchers)
        case .at(let due):
            Reactor.schedule(at: due) { [weak self, weak watchers] in
                guard let self, let watchers else { return }
                watchers.pace.due()
                if watchers.wantFrames { self.draw(for: watchers) }
            }
        case .not: return
        }
    }

    /// Draws if the session rests; else the end of the call that runs has it drawn.
    private func draw(for watchers: SessionWatchers) {
        guard let host, !state.isBusy, (try? state.beginRender()) != nil else { return }
        watchers.pace.began(at: .now)
        let drawing = Promise<Void>()
        watchers.drawing = drawing
        Task.immediate {
            do throws(HostProblem) {
                watchers.tell(.frame(try await host.render(mode: nil, row: 0)))
            } catch {
                watchers.pace.stop()
                _ = failure(of: error)
            }
            state.renderEnded()
            watchers.drawing = nil
            drawing.settle(.success(()))
            becameIdle()
        }
    }

    func interrupt() throws(Failure) {
        lease.renew()
        try state.refuseIfOver()
        guard let host, state.inFlight != nil || state.isRendering else { return }
        guard host.capabilities.contains(.interrupt) else {
            throw Failure(
                .unimplemented, "\(plan.reference) cannot be interrupted",
                next: "wait for the step, or close the session")
        }
        host.interrupt()
    }
}
