import Foundations

/// The settings of an environment: a struct whose fields have defaults, which callers override by name.
///
/// In overrides and JSON a field is called by its name in snake_case: `maxEpisodeSeconds` is `max_episode_seconds`,
/// `simDT` is `sim_dt`, a field `scale` of a field `reward` is `reward.scale`.
public protocol EnvironmentConfiguration: Codable, Sendable {
    /// The defaults.
    init()
    /// Seconds that the simulation advances at once.
    var simDT: Double { get }
    /// Seconds between two actions: a multiple of `simDT`.
    var controlDT: Double { get }
    /// When an episode is truncated; nil never.
    var maxEpisodeSeconds: Double? { get }
    /// Metres between two rows in a picture of several.
    var renderSpacing: Double { get }
    /// The model that the dynamics were made from; nil where they are written out.
    var modelFile: String? { get }
    /// Fails where the settings do not fit each other.
    ///
    /// - Throws: `invalidArgument`.
    func validate() throws(Failure)
}

extension EnvironmentConfiguration {
    public var simDT: Double { 0.01 }
    public var controlDT: Double { 0.01 }
    public var maxEpisodeSeconds: Double? { nil }
    public var renderSpacing: Double { 1 }
    public var modelFile: String? { nil }
    public func validate() throws(Failure) {}

    /// Steps after which an episode is truncated: whole steps, one more where `maxEpisodeSeconds` is no multiple of
    /// `controlDT` by more than a thousandth of a step. Nil where episodes have no limit.
    public var maxEpisodeSteps: Int? {
        maxEpisodeSeconds.flatMap { Int(exactly: ($0 / controlDT - 1e-3).rounded(.up)) }.map { max($0, 1) }
    }

    /// Steps of the simulation in one step of the environment.
    public var simSubsteps: Int { Int(exactly: (controlDT / simDT).rounded()) ?? 1 }

    /// The rules that every configuration keeps, then its own.
    public func validateAll() throws(Failure) {
        guard simDT.isFinite, simDT > 0 else {
            throw Failure(.invalidArgument, "sim_dt must be a positive number of seconds, not \(simDT)")
        }
        guard controlDT.isFinite, simDT <= controlDT else {
            throw Failure(
                .invalidArgument, "sim_dt must be less than or equal to control_dt",
                next: "sim_dt is \(simDT), control_dt is \(controlDT)")
        }
        let ratio = controlDT / simDT
        guard ratio < 1e6, abs(ratio - ratio.rounded()) <= 1e-6 * ratio else {
            throw Failure(
                .invalidArgument, "control_dt must be a multiple of sim_dt",
                next: "sim_dt is \(simDT), control_dt is \(controlDT)")
        }
        if let seconds = maxEpisodeSeconds {
            guard seconds > 0, seconds / controlDT < 0x1p30 else {
                throw Failure(
                    .invalidArgument, "max_episode_seconds must be positive and below \(0x1p30) steps, not \(seconds)",
                    next: "leave it null for episodes without a limit")
            }
        }
        try validate()
    }
}
