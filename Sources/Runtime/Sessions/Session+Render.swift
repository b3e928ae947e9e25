import Foundations
import Reactor
import Workers

extension Session {
    func render(mode: String?, row: Int) async throws(Failure) -> Frame {
        lease.renew()
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
