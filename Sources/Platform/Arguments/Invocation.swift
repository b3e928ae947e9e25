import Foundations

/// What a command line asks for.
public enum Request: Sendable {
    case run(Invocation)
    /// Help or a version, to be printed to standard output.
    case show(String)
}

/// One parsed command line.
public struct Invocation: Sendable {
    /// The subcommands, outermost first, without the program's name.
    public internal(set) var path: [String] = []
    var declared: [String: Option] = [:]
    var values: [String: [String]] = [:]
    var arguments: [String: [String]] = [:]

    /// The words given for an option, or nil where it was not given; a flag has `["true"]` or `["false"]`.
    public func given(_ option: String) -> [String]? { values[option] }

    /// Every option that was given, with its words.
    public var givenOptions: [String: [String]] { values }

    /// Whether a flag is on: as given, else as declared, else off.
    public func flag(_ option: String) -> Bool { text(option) == "true" }

    /// The value of an option: as given last, else as declared, else nil.
    public func text(_ option: String) -> String? { values[option]?.last ?? declared[option]?.fallback }

    /// The values of an option that may be repeated or takes the remaining words.
    public func texts(_ option: String) -> [String] { values[option] ?? [] }

    /// The value of an option as a whole number.
    ///
    /// - Throws: `invalidArgument` where it is none or is out of range.
    public func integer(_ option: String, in range: ClosedRange<Int> = Int.min...Int.max) throws(Failure) -> Int? {
        guard let text = text(option) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bounds = range == Int.min...Int.max ? "" : " from \(range.lowerBound) to \(range.upperBound)"
            throw Failure(.invalidArgument, "--\(option): `\(text)` is not a whole number\(bounds)")
        }
        return number
    }

    /// The value of an option as a number.
    ///
    /// - Throws: `invalidArgument` where it is none.
    public func number(_ option: String) throws(Failure) -> Double? {
        guard let text = text(option) else { return nil }
        guard let number = Double(text) else {
            throw Failure(.invalidArgument, "--\(option): `\(text)` is not a number")
        }
        return number
    }

    /// The word at a positional argument's place; nil where it was left out.
    public func argument(_ name: String) -> String? { arguments[name]?.first }

    /// The words of a positional argument that may be repeated.
    public func arguments(_ name: String) -> [String] { arguments[name] ?? [] }
}
