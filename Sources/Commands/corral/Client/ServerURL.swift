import Arguments
import Foundations

/// Which server a command talks to.
enum ServerURL {
    /// Where `corral serve` listens by default.
    static let standard = "http://127.0.0.1:7878"

    static let option = Option.value(
        "url", "URL", "A running server: http://HOST:PORT, https://HOST:PORT or unix:///PATH. CORRAL_URL says the same."
    )

    /// The one that was asked for: `--url`, else `CORRAL_URL`; nil for none.
    ///
    /// - Parameter others: Options that ask for something else than a running server: they go before `CORRAL_URL`.
    /// - Throws: `invalidArgument` where both `--url` and one of them are given.
    static func given(_ invocation: Invocation, against others: [Option] = []) throws(Failure) -> String? {
        let other = others.first { invocation.given($0.name) != nil }
        if let url = invocation.text("url"), !url.isEmpty {
            guard let other else { return url }
            throw Failure(
                .invalidArgument, "--\(other.name) is for environments of this command's own, and --url names a server",
                next: "leave out one of them")
        }
        guard other == nil, let url = environmentVariables()["CORRAL_URL"], !url.isEmpty else { return nil }
        return url
    }
}
