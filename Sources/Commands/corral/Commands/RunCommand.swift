import Arguments
import Configuration
import Foundations
import Glibc
import JSON

/// `corral run`.
enum RunCommand: Subcommand {
    static let declaration = Command(
        "run", "Play an environment: at random, by a script, or yourself.",
        discussion: """
            Starts a session, plays the episodes, and prints what came of it. Without --url the session runs in a \
            server of this command's own, which ends with it.

            The random agent draws from the action space; where the environment tells which actions are possible \
            (info.admissible_commands, info.valid_actions, info.action_mask) it draws from those. The same --seed \
            gives the same run.
            """,
        options: [
            .value(
                "agent", short: "a", "NAME|FILE", fallback: "random", completion: .files,
                "Who acts: random, human, or a script: a .json file with an array of actions."),
            .value("actions", "JSON", "The script itself, such as '[0, 1, 1]'."),
            .value("episodes", short: "n", "NUMBER", fallback: "1", "How many episodes to play."),
            .value("max-steps", "NUMBER", fallback: "10000", "The most steps of an episode; 0: no limit."),
            .value("seed", short: "s", "NUMBER", "Seeds the environment's first reset and the random agent."),
            .value("instance", short: "i", "NAME", "The level, game or task to play."),
            .list("param", short: "p", "KEY=VALUE", "A parameter of the environment; the value is JSON or text."),
            .flag("render", short: "r", "Show the environment in the terminal."),
            .value("fps", "NUMBER", fallback: "30", "Frames a second, shown and recorded."),
            .value("gif", "FILE", completion: .files, "Record an animated GIF."),
            .value("mp4", "FILE", completion: .files, "Record a film; needs ffmpeg."),
            .flag("json", "Print one JSON object instead of a table."),
            ServerURL.option,
        ] + ServerKeys.flagsOfOneCommand,
        positionals: [
            .init("ENVIRONMENT", .required, "Such as classic/CartPole, CartPole-v1 or classic/CartPole@^1.0.")
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let options = try RunOptions(invocation)
        let configuration =
            options.url == nil ? try Configuration.read(invocation, table: ServerKeys.forOneCommand) : nil
        let result = await cancelledBySignals { () -> Result<RunReport, Failure> in
            do throws(Failure) {
                guard let configuration else {
                    let client = try ServerClient(url: options.url ?? ServerURL.standard)
                    return .success(try await play(options, on: client))
                }
                // The recordings first: what they lack should not cost the start of a server.
                _ = try recordings(options)
                let server = try await PrivateServer.start(configuration)
                do throws(Failure) {
                    let report = try await play(options, on: server.client)
                    await server.stop()
                    return .success(report)
                } catch {
                    await server.stop()
                    throw error
                }
            } catch { return .failure(error) }
        }
        if case .failure(let failure) = result, failure.code == .interrupted {
            Output.errors.write("corral: stopped before the first episode\n")
            exit(130)
        }
        let report = try result.get()
        Output.standard.write(
            options.isJSON ? String(decoding: report.json.prettyEncoded(), as: UTF8.self) : report.table)
        if report.tally.isStopped { exit(130) }
    }

    private static func isHuman(_ options: RunOptions) -> Bool {
        if case .human = options.actor { true } else { false }
    }

    private static func play(_ options: RunOptions, on client: ServerClient) async throws(Failure) -> RunReport {
        let recordings = try recordings(options)
        let (session, first) = try await PlaySession.open(options.wish, on: client)
        do throws(Failure) {
            let report = try await play(options, session, first, recordings)
            await session.close()
            return report
        } catch {
            let lines = await Task { await worthReading(error, session) }.value
            await Task { await session.close() }.value
            guard !lines.isEmpty else { throw error }
            Output.errors.write(lines.map { "  | \($0)\n" }.joined())
            throw error
        }
    }

    private static func play(
        _ options: RunOptions, _ session: PlaySession, _ first: Turn, _ recordings: [any Recording]
    ) async throws(Failure) -> RunReport {
        let screen = options.isJSON ? Output.errors : Output.standard
        let isHuman = isHuman(options)
        let isShown = options.renders || isHuman
        let display =
            isShown
            ? Display(
                screen, redraw: isHuman ? .clearing : .inPlace, colours: HalfBlocks.colours(of: environmentVariables()))
            : nil
        let pause: Duration = screen.isTerminal && !isHuman ? .seconds(1 / options.framesPerSecond) : .zero
        let stage = Stage(session, display: display, recordings: recordings, pause: pause)
        let bar = isShown ? nil : ProgressBar()
        let name = session.description["environment"]?.string ?? options.wish.environment
        let seed = options.wish.seed ?? first.seed
        var player = Player(
            session: session, agent: agent(options.actor, seed: seed, screen), limits: options.limits, stage: stage
        ) { tally in bar?.show(tally, of: options.limits.episodes, name: name) }
        defer { bar?.clear() }
        let tally = try await player.play(from: first)
        return RunReport(
            session: await Task { (try? await session.summary()) ?? session.description }.value,
            agent: player.agent.name, seed: seed, parameters: options.wish.parameters, startTime: session.startTime,
            server: options.url, files: try await stage.finish(), tally: tally)
    }

    private static func agent(_ actor: RunOptions.Actor, seed: Int64?, _ screen: Output) -> any Agent {
        switch actor {
        case .random: RandomAgent(seed: UInt64(bitPattern: seed ?? .random(in: 0 ... .max)))
        case .human: HumanAgent(output: screen)
        case .script(let script): script
        }
    }

    private static func recordings(_ options: RunOptions) throws(Failure) -> [any Recording] {
        var recordings: [any Recording] = []
        if let path = options.gif {
            recordings.append(try GIFRecording(path: path, delay: .seconds(1 / options.framesPerSecond)))
        }
        if let path = options.mp4 {
            recordings.append(try FilmRecording(path: path, framesPerSecond: options.framesPerSecond))
        }
        return recordings
    }

    /// The last lines of the worker, where they may tell why it failed.
    private static func worthReading(_ failure: Failure, _ session: PlaySession) async -> [String] {
        guard [.sessionFailed, .environmentError, .deadlineExceeded].contains(failure.code) else { return [] }
        return (try? await session.logs(last: 20)) ?? []
    }
}
