import Foundations
import Reactor
import Sandboxes
import Workers

/// Every worker in a sandbox of its own: for programs that cannot be forked.
@Reactor
final class OwnSeats: SeatSource {
    let isUsable = true
    private let configuration: SeatConfiguration
    private let backend: any SandboxBackend
    private let newName: @Reactor () -> String

    init(_ configuration: SeatConfiguration, backend: any SandboxBackend, newName: @escaping @Reactor () -> String) {
        self.configuration = configuration
        self.backend = backend
        self.newName = newName
    }

    func makeSeat() async throws(Failure) -> Seat {
        let plan = configuration.plan
        let ends = try WorkerEnds.open()
        let connection = WorkerConnection(
            channel: ends.channel, errors: ends.errors, dialect: plan.dialect, lineLimit: configuration.lineLimit)
        let specification = SandboxSpecification(
            name: newName(), command: plan.command, environment: plan.environment, directory: plan.directory,
            mounts: plan.mounts, limits: plan.limits, network: plan.network, loopback: plan.network == .none)
        let descriptors = SandboxDescriptors(
            input: ends.workerChannel.raw, output: ends.workerChannel.raw, errors: ends.workerErrors.raw)
        let sandbox = try await backend.start(specification, descriptors: descriptors)
        _ = consume ends
        do throws(Failure) {
            let greeting = try await connection.greet(timeout: plan.times.start)
            return Seat(connection: connection, greeting: greeting, place: .own(sandbox))
        } catch {
            connection.close()
            await Seat.Place.own(sandbox).remove()
            throw error
        }
    }

    func shutDown() async {}
}
