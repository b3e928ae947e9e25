import Foundations

/// The declaration of a program or one of its subcommands.
///
/// A command has either subcommands or positional arguments. Its options may also be given to its subcommands.
public struct Command: Sendable {
    public let name: String
    public let summary: String
    /// Paragraphs that only this command's own help shows.
    public let discussion: String
    /// What `--version` prints; nil where there is no such option.
    public let version: String?
    public let options: [Option]
    public let positionals: [Positional]
    public let subcommands: [Command]

    public init(
        _ name: String, _ summary: String, discussion: String = "", version: String? = nil, options: [Option] = [],
        positionals: [Positional] = [], subcommands: [Command] = []
    ) {
        precondition(subcommands.isEmpty || positionals.isEmpty, "\(name) has subcommands and positional arguments")
        precondition(positionals.dropLast().allSatisfy { !$0.isRepeated }, "only the last argument may be repeated")
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.version = version
        self.options = options
        self.positionals = positionals
        self.subcommands = subcommands
    }

    /// The options that this command adds to those it inherits.
    var own: [Option] { version == nil ? options : options + [.version] }

    func subcommand(_ name: String) -> Command? { subcommands.first { $0.name == name } }
}

/// A command at its place in the tree.
struct Place {
    /// From the program down to `command`, never empty.
    let chain: [Command]

    init(_ program: Command) { chain = [program] }
    private init(chain: [Command]) { self.chain = chain }

    var command: Command { chain[chain.count - 1] }
    /// `corral serve`.
    var path: String { chain.map(\.name).joined(separator: " ") }
    /// The inherited options, help included.
    var inherited: [Option] { chain.dropLast().reversed().flatMap(\.options) + [.help] }
    var options: [Option] { command.own + inherited }
    var spellings: [String] { options.flatMap(\.spellings) }

    func entering(_ subcommand: Command) -> Place { Place(chain: chain + [subcommand]) }

    /// This place and all below it.
    var all: [Place] { [self] + command.subcommands.flatMap { entering($0).all } }

    func option(long name: String) -> Option? { options.first { $0.name == name } }
    func option(short: Character) -> Option? { options.first { $0.short == short } }

    func failure(_ message: String, _ hint: String = "") -> Failure {
        let help = "see `\(path) --help`"
        return Failure(.invalidArgument, message, next: hint.isEmpty ? help : "\(hint); \(help)")
    }
}
