import Arguments
import Configuration
import Foundations
import JSON

/// What a command line of `corral run` asks for.
struct RunOptions: Sendable {
    enum Actor: Sendable {
        case random, human
        case script(ScriptAgent)
    }

    let wish: SessionWish
    let actor: Actor
    let limits: Player.Limits
    let framesPerSecond: Double
    let renders: Bool
    let gif: String?
    let mp4: String?
    let isJSON: Bool
    /// Nil: a server of this command's own.
    let url: String?

    init(_ invocation: Invocation) throws(Failure) {
        wish = SessionWish(
            environment: invocation.argument("ENVIRONMENT") ?? "", instance: invocation.text("instance"),
            parameters: try Self.parameters(invocation.texts("param")),
            seed: try invocation.integer("seed", in: 0...Int.max).map(Int64.init))
        actor = try Self.actor(invocation)
        let steps = try invocation.integer("max-steps", in: 0...Int.max) ?? 0
        limits = Player.Limits(
            episodes: try invocation.integer("episodes", in: 1...1_000_000) ?? 1, steps: steps == 0 ? nil : steps)
        let rate = try invocation.number("fps") ?? 30
        guard (0.1...1000).contains(rate) else {
            throw Failure(.invalidArgument, "--fps: \(rate) is not from 0.1 to 1000")
        }
        framesPerSecond = rate
        renders = invocation.flag("render")
        gif = invocation.text("gif")
        mp4 = invocation.text("mp4")
        isJSON = invocation.flag("json")
        url = try ServerURL.given(invocation, against: ServerKeys.flagsOfOneCommand)
    }

    private static func actor(_ invocation: Invocation) throws(Failure) -> Actor {
        if let actions = invocation.text("actions") {
            guard invocation.given("agent") == nil else {
                throw Failure(
                    .invalidArgument, "--agent and --actions both say who acts", next: "give one of them")
            }
            return .script(try ScriptAgent(name: "--actions", parsing: Array(actions.utf8)))
        }
        switch invocation.text("agent") ?? "random" {
        case "random": return .random
        case "human": return .human
        case let file where file.hasSuffix(".json") || file.contains("/"): return .script(try ScriptAgent(file: file))
        case let name:
            let near = nearest(to: name, among: ["random", "human"]).map { "did you mean `\($0)`?" }
            throw Failure(
                .invalidArgument, "there is no agent `\(name)`",
                next: near ?? "it is random, human, or a script: a file whose name ends in .json")
        }
    }

    /// `key=value` pairs; a value that is JSON is taken as such, any other as text.
    static func parameters(_ pairs: [String]) throws(Failure) -> JSONObject {
        var parameters = JSONObject()
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(
                    .invalidArgument, "--param: `\(pair)` is no KEY=VALUE", next: "such as --param max_steps=50")
            }
            parameters[parts[0]] = (try? JSONValue(parsing: parts[1])) ?? .string(parts[1])
        }
        return parameters
    }
}
