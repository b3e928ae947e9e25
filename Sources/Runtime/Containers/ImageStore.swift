import Foundations
import HTTPClient
import JSON
import Reactor

/// When an image is fetched from its registry.
public enum PullPolicy: String, Sendable, Hashable, CaseIterable {
    /// Only what the engine has is used.
    case never
    /// What the engine lacks is fetched.
    case missing
    /// The registry is asked at every start.
    case always
}

/// An image as the engine has it.
public struct EngineImage: Sendable, Hashable {
    /// `sha256:…` of its configuration: names its bytes.
    public let id: String
    /// What it starts by itself: its entry point and command.
    public let command: [String]
    public let environment: [String: String]
    public let directory: String
    /// The user it wants to run as; empty is root.
    public let user: String
    /// Folders for which it wants volumes.
    public let volumes: [String]
    /// `sha256:…` under which registries have it.
    let digests: [String]

    init(_ answer: JSONValue) throws(Failure) {
        guard let id = answer["Id"]?.string, !id.isEmpty else {
            throw Failure(.sandboxUnavailable, .failed, "the engine described an image without an id", next: "")
        }
        let configuration = answer["Config"]
        func texts(_ key: String) -> [String] { (configuration?[key]?.array ?? []).compactMap(\.string) }
        self.id = id.hasPrefix("sha256:") ? id : "sha256:\(id)"
        command = texts("Entrypoint") + texts("Cmd")
        var environment: [String: String] = [:]
        for line in texts("Env") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, !parts[0].isEmpty { environment[String(parts[0])] = String(parts[1]) }
        }
        self.environment = environment
        let directory = configuration?["WorkingDir"]?.string ?? ""
        self.directory = directory.isEmpty ? "/" : directory
        user = configuration?["User"]?.string ?? ""
        digests = (answer["RepoDigests"]?.array ?? []).compactMap(\.string)
            .compactMap { $0.split(separator: "@").last.map(String.init) }
        volumes = (configuration?["Volumes"]?.object?.keys ?? []).filter { $0.hasPrefix("/") }.sorted()
    }
}

extension EngineImage {
    /// Whether it has the digest that a reference names; without one, and of an id that is cut, nothing tells.
    func canBe(_ reference: String) -> Bool {
        guard let digest = reference.split(separator: "@").last, digest.hasPrefix("sha256:"), digest.utf8.count == 71
        else { return true }
        return id == digest || digests.contains(String(digest))
    }
}

extension EngineClient {
    /// The image that a reference means now: a tag, `name@sha256:…`, or an id.
    ///
    /// - Throws: `failed_precondition` with `image_missing` where it is not there and may not be fetched, or cannot be,
    ///   with `image_changed` where the engine has another one under the digest.
    public func image(_ reference: String, pull: PullPolicy) async throws(Failure) -> EngineImage {
        if pull == .always { try await fetch(reference) }
        do throws(Failure) {
            return try await inspect(reference)
        } catch {
            guard error.engineReason == .imageMissing else { throw error }
            guard pull == .missing else {
                throw Failure(
                    .failedPrecondition, .imageMissing, "the image \(reference) is not there",
                    next: pull == .never
                        ? "pull or build it on this machine, or let the manifest say `pull: missing`" : "check its name"
                )
            }
            try await fetch(reference)
            return try await inspect(reference)
        }
    }

    private func inspect(_ reference: String) async throws(Failure) -> EngineImage {
        let image = try EngineImage(
            try await call("GET", "/images/\(percentEncoded(reference))/json", purpose: "find the image \(reference)"))
        guard image.canBe(reference) else {
            throw Failure(
                .failedPrecondition, .imageChanged, "the engine has another image under \(reference): \(image.id)",
                next: "remove that image from the engine, so that the right one is fetched")
        }
        return image
    }

    private func fetch(_ reference: String) async throws(Failure) {
        let answer: JSONValue
        do throws(Failure) {
            answer = try await call(
                "POST", "/images/create?fromImage=\(percentEncoded(reference))\(Self.tag(of: reference))",
                purpose: "pull the image \(reference)", timeout: .seconds(1800))
        } catch {
            guard error.code == .notFound || error.engineReason == .failed else { throw error }
            throw Self.unpulled(reference, error.details["engine"] ?? error.message)
        }
        // The answer is one JSON object a line; the last one says whether it worked.
        guard case .string(let lines) = answer else { return try Self.check(reference, answer) }
        for line in lines.split(separator: "\n") {
            if let value = try? JSONValue(parsing: String(line)) { try Self.check(reference, value) }
        }
    }

    private static func check(_ reference: String, _ progress: JSONValue) throws(Failure) {
        if let text = progress["error"]?.string { throw unpulled(reference, text) }
    }

    private static func unpulled(_ reference: String, _ text: String) -> Failure {
        Failure(
            .failedPrecondition, .imageMissing, "the image \(reference) cannot be pulled",
            next: "check its name and the registry, or build it here and let the manifest say `pull: never`",
            text: text)
    }

    /// Without a tag an engine would fetch every one there is.
    private static func tag(of reference: String) -> String {
        let last = reference.split(separator: "/").last ?? ""
        return last.contains(":") || last.contains("@") ? "" : "&tag=latest"
    }
}
