import Foundations
import Glibc
import JSON
import Spaces

/// Asks whoever sits at standard input.
struct HumanAgent: Agent {
    let name = "human"
    private var lines: AsyncStream<String>.Iterator
    private let output: Output
    /// Nil: the input has ended, and with it every later episode.
    private var hasEnded = false

    init(output: Output) {
        lines = standardInputLines().makeAsyncIterator()
        self.output = output
    }

    mutating func act(on turn: Turn, asks: [Ask]) async -> JSONValue? {
        var answers: [(ask: Ask, value: JSONValue)] = []
        for ask in asks {
            guard let value = await answer(to: ask) else { return nil }
            answers.append((ask, value))
        }
        return Ask.action(answers)
    }

    private mutating func answer(to ask: Ask) async -> JSONValue? {
        while !hasEnded {
            output.write(ask.prompt)
            guard let line = await lines.next(), line != ":q" else {
                hasEnded = true
                break
            }
            if line == ":h" {
                output.write(ask.help)
                continue
            }
            switch ask.read(line) {
            case .success(let value): return value
            case .failure(let problem): output.write("  \(problem.text)\n")
            }
        }
        return nil
    }
}

extension Ask {
    struct Problem: Error { let text: String }

    var prompt: String {
        let who = agent.map { "\($0) " } ?? ""
        switch space {
        case .text: return "\(who)> "
        case .discrete(let discrete): return "\(who)action \(discrete.start) to \(discrete.last) > "
        default: return "\(who)action > "
        }
    }

    var help: String {
        var text = "  :q ends the game. The action space is \(space.json)\n"
        if let offers {
            text += "  Possible now: \(offers.map { $0.string ?? "\($0)" }.joined(separator: ", "))\n"
        }
        return text
    }

    /// Reads what a human typed: a text as it is, anything else as JSON.
    func read(_ line: String) -> Result<JSONValue, Problem> {
        var value = JSONValue.string(line)
        if case .text = space {
        } else {
            do throws(JSONError) { value = try JSONValue(parsing: line) } catch {
                return .failure(Problem(text: "that is no value (:h helps, :q quits)"))
            }
        }
        do throws(ScanError) { try space.check(value) } catch {
            return .failure(Problem(text: "\(error) (:h helps, :q quits)"))
        }
        return .success(value)
    }
}

/// The lines of standard input, read by a thread of their own.
private func standardInputLines() -> AsyncStream<String> {
    AsyncStream { continuation in
        let reading = Unmanaged.passRetained(Reading(continuation))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Reading>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, reading.toOpaque())
        if result == 0 { pthread_detach(thread) } else { reading.release() }
    }
}

private final class Reading: Sendable {
    let continuation: AsyncStream<String>.Continuation

    init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }

    func run() {
        while let line = readLine() { continuation.yield(line) }
        continuation.finish()
    }
}
