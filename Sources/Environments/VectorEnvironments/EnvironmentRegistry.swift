import Foundations
import JSON

/// Environments by name: the type of their configuration and their implementations, one for each simulator.
///
/// A value: whoever registers passes it on; nothing is registered by being imported.
public struct EnvironmentRegistry: Sendable {
    private var entries: [String: Entry] = [:]

    public init() {}

    struct Entry: Sendable {
        let configuration: any EnvironmentConfiguration.Type
        let defaultSimulator: Simulator
        var implementations: [Simulator: Implementation] = [:]
        var renderer: (@Sendable (any EnvironmentConfiguration) throws(Failure) -> RowRenderer)?
        /// The defaults of this name with overrides of the caller.
        let configure: @Sendable (JSONObject) throws(Failure) -> any EnvironmentConfiguration

        /// In the order of `Simulator.allCases`, whichever was registered first.
        var simulators: [Simulator] { Simulator.allCases.filter { implementations[$0] != nil } }
    }

    typealias Implementation =
        @Sendable (_ configuration: any EnvironmentConfiguration, _ count: Int) throws(Failure) -> any VectorKernel

    /// The most rows of one vector.
    public static let rowLimit = 1 << 22

    public func contains(_ name: String) -> Bool { entries[name] != nil }

    /// Makes a name known with the type of its configuration.
    ///
    /// - Parameters:
    ///   - defaults: Overrides that hold for this name: two names of one environment may differ in their time limit.
    ///   - defaultSimulator: What `make` uses where the caller names none.
    /// - Throws: `alreadyExists`, or as `make` for the defaults.
    public mutating func register<Configuration: EnvironmentConfiguration>(
        _ name: String, configuration: Configuration.Type, defaults: JSONObject = JSONObject(),
        defaultSimulator: Simulator = .simd
    ) throws(Failure) {
        guard !contains(name) else {
            throw Failure(
                .alreadyExists, "Environment '\(name)' is already registered.",
                next: "choose another name; a version is part of it, as in '\(name)-v1'")
        }
        try Configuration.overridden(by: defaults).validateAll()
        entries[name] = Entry(configuration: configuration, defaultSimulator: defaultSimulator) {
            (overrides) throws(Failure) in
            var all = defaults
            for (key, value) in overrides { all[key] = value }
            return try Configuration.overridden(by: all)
        }
    }

    /// Adds an implementation to a name that `register(_:configuration:)` made known.
    ///
    /// - Throws: `notFound` for a name that is not known, `alreadyExists` where the simulator has an implementation,
    ///   `invalidArgument` where the configuration is of another type than the name's.
    public mutating func register<Configuration: EnvironmentConfiguration>(
        _ name: String, simulator: Simulator,
        make: @escaping @Sendable (_ configuration: Configuration, _ count: Int) throws(Failure) -> any VectorKernel
    ) throws(Failure) {
        let entry = try entry(
            name, next: "Please register the config first: register(\"\(name)\", configuration: …)")
        guard entry.implementations[simulator] == nil else {
            throw Failure(
                .alreadyExists,
                "Environment '\(name)' with sim backend '\(simulator.rawValue)' is already registered.",
                next: "one implementation for each simulator")
        }
        try check(Configuration.self, is: entry, name)
        @Sendable func implementation(
            _ configuration: any EnvironmentConfiguration, _ count: Int
        ) throws(Failure) -> any VectorKernel {
            let configuration: Configuration = try cast(configuration)
            return try make(configuration, count)
        }
        entries[name]?.implementations[simulator] = implementation
    }

    /// Adds pictures to a name.
    public mutating func register<Configuration: EnvironmentConfiguration>(
        _ name: String, renderer: @escaping @Sendable (Configuration) throws(Failure) -> RowRenderer
    ) throws(Failure) {
        try check(Configuration.self, is: try entry(name), name)
        @Sendable func erased(_ configuration: any EnvironmentConfiguration) throws(Failure) -> RowRenderer {
            let configuration: Configuration = try cast(configuration)
            return try renderer(configuration)
        }
        entries[name]?.renderer = erased
    }

    /// The simulator that `make` uses where the caller names none.
    ///
    /// - Throws: `notFound`; `failedPrecondition` where there is no implementation.
    public func findAvailableSimulator(_ name: String) throws(Failure) -> Simulator {
        try available(try entry(name), name)
    }

    private func available(_ entry: Entry, _ name: String) throws(Failure) -> Simulator {
        let simulators = entry.simulators
        if simulators.contains(entry.defaultSimulator) { return entry.defaultSimulator }
        guard let first = simulators.first else {
            throw Failure(
                .failedPrecondition, "Environment '\(name)' does not support any simulation backend.",
                next: "register an implementation: register(\"\(name)\", simulator: .simd) { … }")
        }
        return first
    }

    /// The configuration of a name with overrides, validated.
    public func configuration(
        _ name: String, overrides: JSONObject = JSONObject()
    ) throws(Failure) -> any EnvironmentConfiguration {
        let configuration = try entry(name).configure(overrides)
        try configuration.validateAll()
        return configuration
    }

    /// Whether a field of a name's configuration, dotted where nested, can be a value at all.
    public func takes(_ value: JSONValue, as field: String, of name: String) -> Bool {
        (try? entries[name]?.configure([field: value])) != nil
    }

    /// Makes rows of an environment.
    ///
    /// - Parameters:
    ///   - overrides: Fields of the configuration by name, dotted where nested (`reward.scale`).
    ///   - count: Rows, up to `rowLimit`.
    ///   - threads: Threads that share the rows of a step.
    /// - Throws: `notFound` for the name; `invalidArgument` for an override, a configuration that is not valid or a
    ///   count; `failedPrecondition` where the simulator has no implementation. Looked at in this order.
    public func make(
        _ name: String, simulator: Simulator? = nil, overrides: JSONObject = JSONObject(), count: Int = 1,
        autoreset: AutoresetMode = .nextStep, threads: Int = 1
    ) throws(Failure) -> VectorEnvironment {
        let entry = try entry(name)
        let configuration = try configuration(name, overrides: overrides)
        let simulator = if let simulator { simulator } else { try available(entry, name) }
        guard let implementation = entry.implementations[simulator] else {
            let others = entry.simulators.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw Failure(
                .failedPrecondition,
                "Environment '\(name)' does not support simulation backend '\(simulator.rawValue)'.",
                next: others.isEmpty ? "it has no implementation" : "it supports \(others)")
        }
        guard (1...Self.rowLimit).contains(count) else {
            throw Failure(.invalidArgument, "count must be from 1 to \(Self.rowLimit), not \(count)")
        }
        let kernel = try implementation(configuration, count)
        return VectorEnvironment(
            kernel, autoreset: autoreset, threads: threads, renderer: try entry.renderer?(configuration))
    }

    private func entry(_ name: String, next: String? = nil) throws(Failure) -> Entry {
        if let entry = entries[name] { return entry }
        let near = nearest(to: name, among: entries.keys).map { "did you mean '\($0)'?" }
        throw Failure(
            .notFound, "Environment '\(name)' is not registered.",
            next: next ?? near ?? "register its configuration, or look at list()")
    }

    private func check(
        _ type: any EnvironmentConfiguration.Type, is entry: Entry, _ name: String
    ) throws(Failure) {
        guard type == entry.configuration else {
            throw Failure(
                .invalidArgument, "Environment '\(name)' has the configuration \(entry.configuration), not \(type)",
                next: "take \(entry.configuration) as the parameter of the closure")
        }
    }
}

extension EnvironmentRegistry {
    /// What a name stands for.
    public struct Listing: Sendable, Hashable {
        public let name: String
        /// The name of the configuration's type.
        public let configuration: String
        public let simulators: [Simulator]
        /// Nil where there is no implementation.
        public let defaultSimulator: Simulator?
    }

    /// Every name in alphabetical order.
    public func list() -> [Listing] {
        entries.sorted { $0.key < $1.key }.map { name, entry in
            Listing(
                name: name, configuration: "\(entry.configuration)", simulators: entry.simulators,
                defaultSimulator: try? available(entry, name))
        }
    }
}

private func cast<Configuration: EnvironmentConfiguration>(
    _ configuration: any EnvironmentConfiguration
) throws(Failure) -> Configuration {
    guard let configuration = configuration as? Configuration else {
        throw Failure(.internal, "a configuration is \(type(of: configuration)), not \(Configuration.self)")
    }
    return configuration
}

extension EnvironmentRegistry {
    /// Adds a `RowEnvironment` as the implementation of a simulator.
    ///
    /// - Throws: As `register(_:simulator:make:)`.
    @inlinable
    public mutating func register<Environment: RowEnvironment>(
        _ name: String, simulator: Simulator = .reference, environment: Environment.Type
    ) throws(Failure) {
        try register(name, simulator: simulator) {
            (configuration: Environment.Configuration, count: Int) throws(Failure) -> any VectorKernel in
            try RowKernel(environment, configuration, count: count)
        }
    }
}
