import Foundations
import Sessions

extension SessionRequest {
    /// The members that ask for a session.
    package static let fields = [
        "environment", "instance", "params", "seed", "options", "labels", "reset", "rows", "autoreset", "record",
        "prefix",
    ]

    /// - Throws: `invalid_argument` naming the member.
    package init(_ body: RequestBody) throws(Failure) {
        guard let environment = try body.string("environment") else {
            throw Failure(
                .invalidArgument, "the field \"environment\" is missing",
                next: "GET /v1/environments lists what there is",
                details: ["field": "environment"])
        }
        self.init(
            environment: environment, instance: try body.string("instance"), parameters: try body.object("params"),
            seed: try body.seed(), options: try body.object("options"), labels: try body.labels(),
            reset: try body.bool("reset", default: true))
        prefix = try body.array("prefix")
        (rows, autoreset) = (try body.integer("rows"), try body.string("autoreset"))
        if let text = try body.string("record") {
            guard let mode = RecordingMode(rawValue: text) else {
                throw Failure(
                    .invalidArgument, "the field \"record\" is none of full, digest and off",
                    details: ["field": "record"])
            }
            record = mode
        }
    }
}
