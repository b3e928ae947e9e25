import Foundations
import Glibc
import Reactor
import Sessions

/// A hook that is a program: started for each call, with the request as its standard input.
struct CommandTransport: HookTransport {
    private let words: [String]
    private let slots = Slots(hookConcurrency)

    private let environment: [String: String]

    init(_ words: [String], environment: [String: String]) {
        self.words = words
        self.environment = environment
    }

    func call(_ name: String, body: [UInt8], timeout: Duration) async throws(HookProblem) -> [UInt8] {
        await slots.take()
        let result = await run(name, body, timeout)
        await slots.giveBack()
        return try result.get()
    }

    private func run(_ name: String, _ body: [UInt8], _ timeout: Duration) async -> Result<[UInt8], HookProblem> {
        do throws(Failure) {
            let run = try await CommandRun(words + [name], environment: environment, input: body)
            return try await run.result(within: timeout)
        } catch { return .failure(.failed(error.message)) }
    }
}

/// One run of the program.
@Reactor
private final class CommandRun {
    private let process: ChildProcess
    private let output: Channel
    private let errors: Channel
    private var answer: [UInt8] = []
    private var complaint: [UInt8] = []
    private let ended = Promise<Void>()

    init(_ words: [String], environment: [String: String], input: [UInt8]) throws(Failure) {
        let stdin = try Descriptor.memory("hook", holding: input)
        let stdout = try Descriptor.pipe()
        let stderr = try Descriptor.pipe()
        process = try ChildProcess.spawn(
            "/usr/bin/env", arguments: ["--"] + words, environment: environment,
            descriptors: [stdin.raw, stdout.second.raw, stderr.second.raw])
        output = try Channel(stdout.first)
        errors = try Channel(stderr.first)
        output.onReceive = { [weak self] in self?.received($0) }
        errors.onReceive = { [weak self] bytes in
            guard let self, complaint.count < 4096 else { return }
            complaint.append(contentsOf: bytes.prefix(4096 - complaint.count))
        }
        Task {
            await process.waitUntilEnded()
            // What it wrote before its end still counts, whoever else holds the pipe.
            output.drain()
            errors.drain()
            ended.settle(.success(()))
        }
    }

    func result(within timeout: Duration) async throws(Failure) -> Result<[UInt8], HookProblem> {
        do throws(Failure) {
            try await ended.value(within: timeout, or: Failure(.deadlineExceeded, "it did not answer in time"))
        } catch {
            await kill()
            throw error
        }
        guard answer.count <= hookAnswerLimit else { return .failure(.failed("its answer is too long")) }
        guard process.status == 0 else {
            let text = String(decoding: complaint, as: UTF8.self)
            return .failure(.failed("it ended with status \(process.status ?? -1)" + (text.isEmpty ? "" : ": \(text)")))
        }
        return .success(answer)
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        answer.append(contentsOf: bytes)
        if answer.count > hookAnswerLimit { killGroup() }
    }

    private func kill() async {
        killGroup()
        await process.waitUntilEnded()
        output.close()
        errors.close()
    }

    /// The process leads a group of its own, which is there as long as it was not reaped.
    private func killGroup() {
        if !process.hasEnded { _ = Glibc.kill(-process.id, SIGKILL) }
    }
}
