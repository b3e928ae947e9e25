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
    static func given(_ invocation: Invocation) -> String? {
        let url = invocation.text("url") ?? environmentVariables()["CORRAL_URL"] ?? ""
        return url.isEmpty ? nil : url
    }
}
