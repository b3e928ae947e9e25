import Foundations
import Reactor
import Sandboxes
import Workers

/// One worker process that holds the environments of several sessions, numbered by slots.
///
/// It does one thing at a time. What arrives meanwhile waits: steps are then sent together as one `step_many`.
@Reactor
final class SharedWorker {
    let seat: Seat
    private let window: Duration
    private let stepTime: Duration
    /// Called once, when the worker is of no more use.
    var onGone: (@Reactor () -> Void)?
    private var handlers: [Int: @Reactor (FailureReason, String) -> Void] = [:]
    private var commands: [Wait<Void>] = []
    private var steps: [PendingStep] = []
    private var isBusy = false
    private var timer: Timer?
    private var isDue = false
    private var isScheduled = false

    private struct PendingStep {
        let slot: Int
        let action: [UInt8]
        let reply: Wait<Result<WorkerMessage, HostProblem>>
    }

    /// - Parameters:
    ///   - window: How long a step waits for others; zero: only for what runs.
    ///   - stepTime: For all steps that are sent together.
    init(_ seat: Seat, window: Duration, stepTime: Duration) {
        self.seat = seat
        self.window = window
        self.stepTime = stepTime
        seat.connection.onEnd = { [weak self] problem in self?.ended(problem) }
    }

    var isUsable: Bool { seat.isUsable }
    /// The slots whose sessions are open.
    private(set) var openSlots: Set<Int> = []

    func open(_ slot: Int) { openSlots.insert(slot) }

    func onEnd(of slot: Int, _ handler: @escaping @Reactor (FailureReason, String) -> Void) {
        handlers[slot] = handler
        if let problem = seat.connection.problem { ended(problem) }
    }

    func forget(_ slot: Int) {
        openSlots.remove(slot)
        handlers[slot] = nil
        // Perhaps the steps that wait are all that can come now.
        if !steps.isEmpty { schedule() }
    }

    /// One command that is no step; takes its turn among others.
    func ask(within timeout: Duration, _ command: (Int) -> [UInt8]) async throws(HostProblem) -> WorkerMessage {
        if isBusy {
            let turn = Wait<Void>()
            commands.append(turn)
            await turn.value()
        }
        isBusy = true
        defer { next() }
        return try await seat.ask(within: timeout, command)
    }

    /// One step; sent alone, or together with others that wait at the same time.
    func step(slot: Int, action: [UInt8]) async throws(HostProblem) -> WorkerMessage {
        let reply = Wait<Result<WorkerMessage, HostProblem>>()
        steps.append(PendingStep(slot: slot, action: action, reply: reply))
        schedule()
        return try await reply.value().get()
    }

    /// Sees to it that waiting steps are sent: at once where nobody else can join, else when the window ends.
    private func schedule() {
        if isBusy { return }
        if window > .zero, !isDue, steps.count < openSlots.count {
            if timer == nil {
                timer = Reactor.schedule(at: .now + window) { [weak self] in
                    guard let self else { return }
                    timer = nil
                    isDue = true
                    schedule()
                }
            }
            return
        }
        guard !isScheduled else { return }
        isScheduled = true
        // Behind everything that is queued already: those steps go along.
        Task {
            isScheduled = false
            await sendSteps()
        }
    }

    private func sendSteps() async {
        guard !isBusy, !steps.isEmpty else { return }
        isBusy = true
        timer?.cancel()
        (timer, isDue) = (nil, false)
        let sent = steps
        steps = []
        do throws(HostProblem) {
            let replies = try await replies(to: sent)
            for (step, reply) in zip(sent, replies) { step.reply.settle(.success(reply)) }
        } catch {
            for step in sent { step.reply.settle(.failure(error)) }
        }
        next()
    }

    private func replies(to steps: [PendingStep]) async throws(HostProblem) -> [WorkerMessage] {
        let message = try await seat.ask(within: stepTime) { id in
            WorkerCommand.stepMany(id: id, steps: steps.map { ($0.slot, $0.action) })
        }
        return try await seat.read { () throws in try message.stepResults(count: steps.count) }
    }

    /// The worker is free: commands first, since steps are never few.
    private func next() {
        if !commands.isEmpty {
            commands.removeFirst().settle()
        } else {
            isBusy = false
            if !steps.isEmpty { schedule() }
        }
    }

    private func ended(_ problem: WorkerConnection.Problem) {
        let onGone = onGone
        self.onGone = nil
        onGone?()
        let ending = handlers
        handlers = [:]
        Task {
            let (reason, text) = await seat.explain(problem)
            for handler in ending.values { handler(reason, text) }
        }
    }
}
