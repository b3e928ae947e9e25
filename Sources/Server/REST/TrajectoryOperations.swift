import Foundations
import HTTP
import JSON
import Reactor
import Sessions
import Trajectories

extension RESTAPI {
    nonisolated static let trajectoryRoutes: [Route] = [
        Route(
            "GET", "/v1/trajectories", "listTrajectories", "List recorded trajectories, oldest first",
            query: [
                .init(name: "state", summary: "Only those in this state", type: "string"),
                .init(name: "environment", summary: "Only those of this environment", type: "string"),
                .init(name: "digest", summary: "Only those of the version with this digest", type: "string"),
                .init(name: "label", summary: "Only those with this label: key or key=value", type: "string"),
                .init(name: "cursor", summary: "The next of the page before", type: "string"),
                .init(name: "limit", summary: "1 to 1000, default 100", type: "integer"),
            ],
            answers: [.init(status: 200, summary: "A page of trajectories", schema: "Trajectories")],
            codes: [.invalidArgument]
        ) { api, call async throws(Failure) in try await api.listTrajectories(call) },
        Route(
            "GET", "/v1/trajectories/{trajectory}", "getTrajectory", "What a trajectory is of, and how it ended",
            answers: [.init(status: 200, summary: "The trajectory", schema: "Trajectory")], codes: trajectoryErrors
        ) { api, call async throws(Failure) in
            let file = try await api.trajectories.open(call.trajectory(), caller: call.caller)
            guard var summary = TrajectorySummary(file).json.object else { throw Failure(.internal, "no object") }
            for (key, value) in file.header.json.object ?? [:] where key != "format" && key != "tenant" {
                summary[key] = value
            }
            return .json(.object(summary))
        },
        Route(
            "GET", "/v1/trajectories/{trajectory}/steps", "trajectorySteps", "Read recorded resets and steps",
            query: [
                .init(name: "from", summary: "The first index; default the first there is", type: "integer"),
                .init(name: "to", summary: "The index behind the last; default all", type: "integer"),
            ],
            answers: [
                .init(status: 200, summary: "The records, as many as one answer holds", schema: "TrajectorySteps")
            ],
            codes: trajectoryErrors + [.invalidArgument]
        ) { api, call async throws(Failure) in try await api.trajectorySteps(call) },
        Route(
            "GET", "/v1/trajectories/{trajectory}/export", "exportTrajectory",
            "The trajectory as a file, or as JSON lines",
            query: [.init(name: "format", summary: "file (default) or jsonl", type: "string")],
            headers: [.init(name: "Range", summary: "bytes=FIRST-LAST or bytes=FIRST- of the file", type: "string")],
            answers: [
                .init(status: 200, summary: "All of it", schema: nil, contentTypes: exportTypes),
                .init(status: 206, summary: "The bytes asked for", schema: nil, contentTypes: [fileType]),
            ],
            codes: trajectoryErrors + [.invalidArgument]
        ) { api, call async throws(Failure) in try await api.exportTrajectory(call) },
        Route(
            "GET", "/v1/trajectories/{trajectory}/verify", "verifyTrajectory",
            "Look at the whole file: seals, the hash chain, index and end",
            answers: [.init(status: 200, summary: "What was found", schema: "TrajectoryVerification")],
            codes: trajectoryErrors
        ) { api, call async throws(Failure) in
            let id = try call.trajectory()
            let file = try await api.trajectories.open(id, caller: call.caller)
            let isLive = api.trajectories.isLive(id)
            return .json(await offload { file.verify(isLive: isLive) }.json)
        },
        Route(
            "DELETE", "/v1/trajectories/{trajectory}", "deleteTrajectory", "Remove a trajectory",
            answers: [.init(status: 200, summary: "It is gone", schema: "DeletedTrajectory")],
            codes: trajectoryErrors + [.busy]
        ) { api, call async throws(Failure) in
            let id = try call.trajectory()
            try await api.trajectories.remove(id, caller: call.caller)
            return .json(["id": .string("\(id)"), "deleted": true])
        },
    ]

    private nonisolated static let trajectoryErrors: [Failure.Code] = [
        .notFound, .permissionDenied, .failedPrecondition,
    ]
    private nonisolated static let fileType = "application/vnd.corral.trajectory"
    private nonisolated static let exportTypes = [fileType, "application/jsonl"]

    private func listTrajectories(_ call: Call) async throws(Failure) -> HTTPResponse {
        var filter = TrajectoryFilter()
        filter.state = call.query("state")
        if let state = filter.state, !TrajectoryFilter.states.contains(state) {
            throw Failure(
                .invalidArgument, "there is no state \"\(state.prefix(100))\"",
                next: "states are \(TrajectoryFilter.states.joined(separator: ", "))", details: ["field": "state"])
        }
        filter.environment = call.query("environment")
        filter.digest = call.query("digest")
        if let label = call.query("label") {
            let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            filter.label = (parts[0], parts.count > 1 ? parts[1] : nil)
        }
        let page = try await trajectories.list(
            filter, cursor: call.query("cursor"), limit: try call.count("limit", default: 100), caller: call.caller)
        return .json([
            "trajectories": .array(page.trajectories.map(\.json)), "next": page.next.map(JSONValue.string) ?? .null,
        ])
    }

    /// One answer has at most so many records, and not many more bytes than these.
    private nonisolated static let stepLimits = (records: 1000, bytes: 8 << 20)

    private func trajectorySteps(_ call: Call) async throws(Failure) -> HTTPResponse {
        let file = try await trajectories.open(call.trajectory(), caller: call.caller)
        let from = try call.place("from") ?? file.indices.lowerBound
        let to = try call.place("to") ?? .max
        let bytes = try await offload { () throws(Failure) in
            var bytes = Array(#"{"steps":["#.utf8)
            var next: Int?
            var written = 0
            let last = min(to, file.indices.upperBound)
            if from < last {
                let first = try file.chunkNumber(of: max(from, file.indices.lowerBound))
                let chunks = first...(try file.chunkNumber(of: last - 1))
                reading: for number in chunks {
                    let chunk = try file.chunk(number)
                    for index in (from..<last).clamped(to: chunk.indices) {
                        guard written < Self.stepLimits.records, bytes.count < Self.stepLimits.bytes else {
                            next = index
                            break reading
                        }
                        if written > 0 { bytes.append(UInt8(ascii: ",")) }
                        bytes.append(contentsOf: try chunk.record(index).json())
                        written += 1
                    }
                }
            }
            bytes.append(contentsOf: #"],"next":\#(next.map { "\($0)" } ?? "null")}"#.utf8)
            return bytes
        }
        return .json(bytes: bytes)
    }

    /// The most bytes of one answer.
    private nonisolated static let exportLimit = 64 << 20

    private func exportTrajectory(_ call: Call) async throws(Failure) -> HTTPResponse {
        let file = try await trajectories.open(call.trajectory(), caller: call.caller)
        switch call.query("format") ?? "file" {
        case "file": return try await exportFile(file, range: call.request.header("range"))
        case "jsonl":
            let text = try await offload { () throws(Failure) in
                var text = file.header.json.encoded() + [UInt8(ascii: "\n")]
                try file.read { (record) throws(Failure) in
                    text.append(contentsOf: try record.json())
                    text.append(UInt8(ascii: "\n"))
                    if text.count > Self.exportLimit { throw Self.tooLarge }
                }
                return text
            }
            return HTTPResponse(status: 200, headers: [("Content-Type", "application/jsonl")], body: text)
        case let other:
            throw Failure(
                .invalidArgument, "there is no format \"\(other.prefix(40))\"", next: "formats are file and jsonl",
                details: ["field": "format"])
        }
    }

    private nonisolated static var tooLarge: Failure {
        Failure(
            .failedPrecondition, "the answer would have more than \(exportLimit >> 20) MiB",
            next: "ask for the file in parts with Range: bytes=FIRST-LAST, or read /steps")
    }

    private func exportFile(_ file: TrajectoryFile, range: String?) async throws(Failure) -> HTTPResponse {
        let headers = [("Content-Type", Self.fileType), ("Accept-Ranges", "bytes")]
        guard let range else {
            guard file.size <= Self.exportLimit else { throw Self.tooLarge }
            let body = try await offload { () throws(Failure) in try file.raw(0..<file.size) }
            return HTTPResponse(status: 200, headers: headers, body: body)
        }
        let parts =
            range.hasPrefix("bytes=")
            ? range.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false) : []
        guard parts.count == 2, let first = Int(parts[0]), first >= 0, first < file.size,
            let last = parts[1].isEmpty ? file.size - 1 : Int(parts[1]), last >= first
        else {
            throw Failure(
                .invalidArgument, "the file has no bytes \(range.prefix(60)): it has \(file.size)",
                next: "send Range: bytes=FIRST-LAST", details: ["field": "range"])
        }
        let wanted = first..<min(last, file.size - 1, first + Self.exportLimit - 1) + 1
        let body = try await offload { () throws(Failure) in try file.raw(wanted) }
        let place = "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/\(file.size)"
        return HTTPResponse(status: 206, headers: headers + [("Content-Range", place)], body: body)
    }
}

extension Call {
    /// The trajectory that the path names.
    fileprivate func trajectory() throws(Failure) -> UniqueID {
        let text = parameters["trajectory"] ?? ""
        guard let id = UniqueID(text) else {
            throw Failure(
                .notFound, "there is no trajectory \"\(text.prefix(64))\"",
                next: "its id is that of its session, a UUID")
        }
        return id
    }

    fileprivate func place(_ name: String) throws(Failure) -> Int? {
        guard let text = query(name) else { return nil }
        guard let value = Int(text), value >= 0 else {
            throw Failure(.invalidArgument, "\(name) has to be an integer from 0", details: ["field": name])
        }
        return value
    }
}
