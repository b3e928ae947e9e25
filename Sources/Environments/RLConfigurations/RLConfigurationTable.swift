import Foundations
import JSON

/// Training settings by environment, library and backend, in the order in which they were registered.
public struct RLConfigurationTable: Sendable {
    private struct Key: Hashable {
        let environment: String
        let library: String
        let backend: String
    }

    public private(set) var configurations: [RLConfiguration] = []
    private var places: [Key: Int] = [:]

    public init() {}

    /// Adds settings.
    ///
    /// - Throws: `alreadyExists` where there are some for the environment, library and backend.
    public mutating func register(_ configuration: RLConfiguration) throws(Failure) {
        let key = Self.key(configuration)
        guard places[key] == nil else {
            throw Failure(
                .alreadyExists, "there are settings for \(configuration.place) already",
                next: "override them, or remove one of the two")
        }
        places[key] = configurations.count
        configurations.append(configuration)
    }

    /// Replaces some values of settings that are there.
    ///
    /// - Throws: `notFound`, with what there is in `next`.
    public mutating func override(
        _ environment: String, library: String, backend: String, with values: JSONObject
    ) throws(Failure) {
        let changed = try find([environment], library: library, backend: backend).overriding(values)
        if let place = places[Self.key(changed)] { configurations[place] = changed }
    }

    /// The settings of an environment, which may have several names.
    public func all(of environment: [String]) -> [RLConfiguration] {
        configurations.filter { environment.contains($0.environment) }
    }

    /// The settings of an environment for one library and backend.
    ///
    /// - Throws: `notFound`: there are none for the environment, or none for the library, or none for the backend, in
    ///   this order, with what there is in `next`.
    public func find(
        _ environment: [String], library: String, backend: String
    ) throws(Failure) -> RLConfiguration {
        let known = all(of: environment)
        let name = environment.first ?? ""
        guard !known.isEmpty else {
            let near = nearest(to: name, among: Set(configurations.map(\.environment)).sorted())
            throw Failure(
                .notFound, "there are no training settings for \(name)",
                next: near.map { "did you mean \($0)?" } ?? "register some, or train with settings of your own")
        }
        let ofLibrary = known.filter { $0.library == library }
        guard !ofLibrary.isEmpty else {
            throw Failure(
                .notFound, "there are no training settings for \(name) with \(library)",
                next: "there are some for \(Self.names(known.map(\.library)))")
        }
        guard let found = ofLibrary.first(where: { $0.backend == backend }) else {
            throw Failure(
                .notFound, "there are no training settings for \(name) with \(library) on \(backend)",
                next: "there are some on \(Self.names(ofLibrary.map(\.backend)))")
        }
        return found
    }

    private static func names(_ all: [String]) -> String { Set(all).sorted().joined(separator: ", ") }

    private static func key(_ one: RLConfiguration) -> Key {
        Key(environment: one.environment, library: one.library, backend: one.backend)
    }
}
