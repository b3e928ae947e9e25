import Foundations
import HTTPClient
import JSON
import Signing
import YAML

/// Access tokens for a service account of Google: RFC 7523, as its credentials file says.
public actor AccessTokens {
    private let account: String
    private let keyID: String?
    private let signer: RSASigner
    private let endpoint: String
    private let target: String
    private var current: (token: String, until: Timestamp)?

    static let scope = "https://www.googleapis.com/auth/bigquery.insertdata"

    /// - Parameter path: A credentials file of type `service_account`, as Google's console gives it.
    /// - Throws: `invalid_argument` naming what is missing. Blocks.
    public init(file path: String) throws(Failure) {
        let json = try YAMLNode(file: path).json()
        guard json["type"]?.string == "service_account",
            let account = json["client_email"]?.string, let key = json["private_key"]?.string,
            let address = json["token_uri"]?.string
        else {
            throw Failure(
                .invalidArgument, "\(path) is no credentials file of a service account",
                next: "it is JSON with type service_account, client_email, private_key and token_uri")
        }
        let scheme = address.firstRange(of: "://")?.upperBound ?? address.startIndex
        let slash = address[scheme...].firstIndex(of: "/") ?? address.endIndex
        self.account = account
        keyID = json["private_key_id"]?.string
        signer = try RSASigner(pem: key)
        endpoint = String(address[..<slash])
        target = slash == address.endIndex ? "/" : String(address[slash...])
        _ = try HTTPEndpoint(endpoint)
    }

    public func forget() { current = nil }

    /// A token that is good for a minute at least.
    ///
    /// - Throws: `unauthenticated` where the account is refused; what `HTTPClient.send` throws.
    public func token() async throws(Failure) -> String {
        let now = Timestamp.now
        if let current, current.until > now.advanced(by: .seconds(60)) { return current.token }
        let assertion = try Self.assertion(account: account, keyID: keyID, audience: endpoint + target, now, signer)
        let client = try HTTPClient(HTTPEndpoint(endpoint), answerLimit: 1 << 16)
        let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
        let answer = try await client.send(
            HTTPCall(
                "POST", target, headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array(form.utf8), timeout: .seconds(30)))
        guard answer.status == 200, let json = try? JSONValue(parsing: answer.body),
            let token = json["access_token"]?.string
        else {
            throw Failure(
                .unauthenticated, "\(endpoint) gave no access token for \(account) (status \(answer.status))",
                next: "check the credentials file and that the account may insert into the table")
        }
        let seconds = json["expires_in"]?.integer ?? 3600
        current = (token, now.advanced(by: .seconds(min(max(seconds, 0), 86400))))
        return token
    }

    /// A signed claim to be the account, good for an hour.
    static func assertion(
        account: String, keyID: String?, audience: String, _ now: Timestamp, _ signer: RSASigner
    ) throws(Failure) -> String {
        var header: JSONObject = ["alg": "RS256", "typ": "JWT"]
        if let keyID { header["kid"] = .string(keyID) }
        let issued = now.microseconds / 1_000_000
        let claims: JSONObject = [
            "iss": .string(account), "scope": .string(scope), "aud": .string(audience), "iat": .integer(issued),
            "exp": .integer(issued + 3600),
        ]
        let text = [header, claims].map { Base64.encodeForURL(JSONValue.object($0).encoded()) }.joined(separator: ".")
        return try text + "." + Base64.encodeForURL(signer.sign(Array(text.utf8)))
    }
}
