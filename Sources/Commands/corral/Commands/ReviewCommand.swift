import Arguments
import Configuration
import Foundations
import JSON
import Reactor
import Signing

/// `corral review …`.
enum ReviewCommand: Subcommand {
    private static let version = Positional(
        "ENVIRONMENT", .required, "The exact version: ns/Name@1.2.0 or ns/Name@sha256:….")
    private static let reason = Option.value("reason", "TEXT", "Why: kept in the history and shown to users.")

    static let declaration = Command(
        "review", "Let versions be reviewed, review them, and see what the policy demands.",
        options: [ServerURL.option, .flag("json", "Print JSON.")],
        subcommands: [
            Command("submit", "Ask for a review of a version.", options: [reason], positionals: [version]),
            Command("start", "Begin the review of a version.", options: [reason], positionals: [version]),
            Command(
                "approve", "Approve the bytes of a version that is in review.",
                options: [
                    .value("comment", "TEXT", "Signed with the approval."),
                    .value("key", "NAME", "Sign with this key of `corral key list`, beside the server's."),
                    ServerKeys.data.declaration.option, Configuration.fileOption,
                ], positionals: [version]),
            Command("reject", "Refuse a version.", options: [reason], positionals: [version]),
            Command("show", "Show where the review of a version stands.", positionals: [version]),
            Command(
                "list", "List the versions that wait for a review.",
                options: [
                    .value(
                        "state", "STATE", fallback: "submitted", completion: .choices(["submitted", "in_review"]),
                        "submitted or in_review.")
                ]),
            Command(
                "policy", "Show the policy in force.",
                options: [.flag("reload", "Let the server read it again and look at all versions by it.")]),
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let client = try ServerClient(url: try ServerURL.given(invocation) ?? ServerURL.standard)
        let path = ["v1", "environments", invocation.argument("ENVIRONMENT") ?? ""]
        let reason: JSONValue = ["reason": .string(invocation.text("reason") ?? "")]
        switch invocation.path.last {
        case "list": return try await list(invocation, client)
        case "policy": return try await policy(invocation, client)
        case "show": show(invocation, try await client.json("GET", ServerClient.target(path + ["review"])))
        case "start": try await change(invocation, client, path + ["review"], reason)
        case "approve":
            try await change(invocation, client, path + ["approve"], try await approval(invocation, client, path))
        case let name: try await change(invocation, client, path + [name ?? ""], reason)
        }
    }

    private static func change(
        _ invocation: Invocation, _ client: ServerClient, _ path: [String], _ body: JSONValue
    ) async throws(Failure) {
        let answer = try await client.json("POST", ServerClient.target(path), body: body)
        guard !invocation.flag("json") else { return printJSON(answer) }
        let missing = answer["allowed"] == true ? "" : ": \(answer.list("missing"))"
        Output.standard.write("\(answer.words("reference")) is \(answer.words("state"))\(missing)\n")
    }

    /// What is sent to approve; with a key of one's own, the statement that the server shows, signed.
    private static func approval(
        _ invocation: Invocation, _ client: ServerClient, _ path: [String]
    ) async throws(Failure) -> JSONValue {
        let comment = JSONValue.string(invocation.text("comment") ?? "")
        guard let name = invocation.text("key") else { return ["comment": comment] }
        var statement = try await client.json("GET", ServerClient.target(path + ["review"]))["statement"] ?? .null
        guard var predicate = statement["predicate"]?.object else {
            throw Failure(.internal, "the server showed nothing to sign")
        }
        predicate["comment"] = comment
        statement["predicate"] = .object(predicate)
        let store = try Configuration.read(invocation, table: ServerKeys.forOneCommand).keyStore
        let key = try await offload { () throws(Failure) in try store.signingKey(name) }
        return ["envelope": try Statement(parsing: statement.canonical).signed(by: [key]).json]
    }

    private static func show(_ invocation: Invocation, _ review: JSONValue) {
        guard !invocation.flag("json") else { return printJSON(review) }
        let approvals = (review["approvals"]?.array ?? []).map { approval in
            let comment = approval["comment"]?.string ?? ""
            return approval.words("reviewer") + (comment.isEmpty ? "" : ": \(comment)")
        }
        let checks = (review["checks"]?.array ?? []).map { check in
            check.words("kind") + (check["passed"] == true ? " passed" : " not passed")
        }
        let ignored = (review["ignored"]?.array ?? []).map { "\($0.words("kind")): \($0.words("reason"))" }
        Output.standard.write(
            described(
                [
                    ("version", review.words("reference")), ("digest", review.words("digest")),
                    ("state", review.words("state")), ("round", review.words("round")),
                    ("published by", review.words("published_by")), ("submitted by", review.words("submitted_by")),
                    ("policy", review.words("decision")), ("missing", review.list("missing")),
                ] + checks.map { ("check", $0) } + approvals.map { ("approved by", $0) }
                    + ignored.map { ("does not count", $0) }))
    }

    private static func list(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        var found: [JSONValue] = []
        var cursor: String?
        repeat {
            let query = [(name: "state", value: invocation.text("state")), (name: "cursor", value: cursor)]
            let page = try await client.json("GET", ServerClient.target(["v1", "reviews"], query: query))
            found += page["reviews"]?.array ?? []
            cursor = page["next"]?.string
        } while cursor != nil
        guard !invocation.flag("json") else { return printJSON(["reviews": .array(found)]) }
        guard !found.isEmpty else { return Output.standard.write("nothing waits\n") }
        var table = Table(
            columns: [("version", .left), ("state", .left), ("published", .left), ("by", .left), ("digest", .left)])
        table.rows = found.map { row in
            ["reference", "state", "published_at", "published_by", "digest"].map { row.words($0) }
        }
        Output.standard.write(table.text)
    }

    private static func policy(_ invocation: Invocation, _ client: ServerClient) async throws(Failure) {
        guard invocation.flag("reload") else { return printJSON(try await client.json("GET", "/v1/policy")) }
        let answer = try await client.json("POST", "/v1/policy/reload")
        guard !invocation.flag("json") else { return printJSON(answer) }
        Output.standard.write("\(answer.words("allowed")) of \(answer.words("versions")) versions may be started\n")
        for reference in answer["approved"]?.array ?? [] {
            Output.standard.write("\(reference.string ?? "") is approved\n")
        }
    }
}
