import Foundations
import Reactor
import Sandboxes
import Workers

/// Every worker in a sandbox of its own: for programs that cannot be forked.
@Reactor
final class OwnSeats: SeatSource {
    private(set) var isShutDown = false
    var isUsable: Bool { !isShutDown }
    private let configuration: SeatConfiguration
    private let backend: any SandboxBackend
    private let newName: @Reactor () -> String
    private var alive: [Started] = []

    /// A sandbox and, while its worker may be alive, the connection to it.
    private struct Started {
        let sandbox: any Sandbox
        weak var connection: WorkerConnection?
    }

    init(_ configuration: SeatConfiguration, backend: any SandboxBackend, newName: @escaping @Reactor () -> String) {
        self.configuration = configuration
        self.backend = backend
        self.newName = newName
    }

    func makeSeat() async throws(Failure) -> Seat {
        let plan = configuration.plan
        let launch = configuration.launch
        let ends = try WorkerEnds.open()
        let connection = WorkerConnection(
            channel: ends.channel, errors: ends.errors, dialect: launch.dialect, lineLimit: configuration.lineLimit,
            logLimit: launch.logLimit)
        let specification = SandboxSpecification(
            name: newName(), command: launch.command, environment: launch.environment, directory: launch.directory,
            mounts: launch.mounts, limits: launch.limits, network: launch.network, loopback: launch.network == .none,
            image: launch.image)
        let descriptors = SandboxDescriptors(
            input: ends.workerChannel.raw, output: ends.workerChannel.raw, errors: ends.workerErrors.raw)
        let sandbox: any Sandbox
        do throws(Failure) {
            guard !isShutDown else { throw Failure(.unavailable, "the server is stopping") }
            sandbox = try await backend.start(specification, descriptors: descriptors)
        } catch {
            connection.close()
            throw error
        }
        _ = consume ends
        if isShutDown { sandbox.kill() }
        alive.removeAll { $0.connection?.problem != nil || $0.connection == nil }
        alive.append(Started(sandbox: sandbox, connection: connection))
        do throws(Failure) {
            let greeting = try await connection.greet(timeout: plan.times.start)
            return Seat(connection: connection, greeting: greeting, place: .own(sandbox))
        } catch {
            connection.close()
            await Seat.Place.own(sandbox).remove()
            throw error
        }
    }

    func shutDown() async {
        isShutDown = true
        for started in alive where started.connection != nil { started.sandbox.kill() }
        alive = []
    }
}
