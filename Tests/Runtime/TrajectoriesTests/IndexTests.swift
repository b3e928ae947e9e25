import Foundations
import Glibc
import JSON
import SQLite
import Testing

@testable import Trajectories

@Suite struct IndexTests {
    private func summary(
        _ number: Int, environment: String = "test/Made@1.0.0", state: String = "closed", size: Int = 10,
        labels: [String: String] = [:], ended: String? = "2026-01-02T00:00:00Z"
    ) throws -> TrajectorySummary {
        var header = try Made.header()
        header.id = try #require(UniqueID("01a22f4a-0aa0-8001-b36c-6bda723b80\(number + 10)"))
        header.reference = environment
        header.labels = labels
        var summary = TrajectorySummary(header, state: state)
        (summary.size, summary.endedAt) = (size, ended)
        return summary
    }

    private func page(
        _ index: TrajectoryIndex, after: TrajectorySummary? = nil, limit: Int = 10,
        _ narrow: (inout TrajectoryFilter) -> Void = { _ in }
    ) throws -> [TrajectorySummary] {
        var filter = TrajectoryFilter()
        narrow(&filter)
        return try index.page(filter, after: after.map { "\($0.id)" } ?? "", limit: limit) { $0.owner != "nobody" }
    }

    @Test func `what is put in comes out as it was, oldest first`() throws {
        try withTemporaryFolder { folder in
            let index = try TrajectoryIndex(path: "\(folder)/index.db")
            var all = try (0..<5).map { try summary($0, labels: ["run": "\($0)"]) }
            all[3].parent = all[0].id
            (all[3].branchedAt, all[3].seed, all[3].instance) = (4, nil, "é\0'\"")
            all[2].owner = "nobody"
            try index.update(all.reversed())
            #expect(try page(index) == [all[0], all[1], all[3], all[4]])
            #expect(try page(index, limit: 2) == [all[0], all[1]])
            #expect(try page(index, after: all[1], limit: 2) == [all[3], all[4]])
            all[1].state = "failed"
            try index.update([all[1]], without: ["\(all[4].id)", "unknown"])
            #expect(try page(index) == [all[0], all[1], all[3]])
        }
    }

    @Test func `filters narrow what is listed`() throws {
        try withTemporaryFolder { folder in
            let index = try TrajectoryIndex(path: "\(folder)/index.db")
            let all = [
                try summary(0, environment: "a/b@1.0.0", labels: ["run": "1", "who": "me"]),
                try summary(1, environment: "a/b@1.1.0", state: "recording", labels: ["run": "2"]),
                try summary(2, environment: "a/c@1.0.0", labels: ["ran": "1"]),
            ]
            try index.update(all)
            #expect(try page(index) { $0.environment = "a/b" } == Array(all[..<2]))
            #expect(try page(index) { $0.environment = "a/b@1.1.0" } == [all[1]])
            #expect(try page(index) { $0.environment = "a" } == [])
            #expect(try page(index) { $0.state = "recording" } == [all[1]])
            #expect(try page(index) { $0.digest = "sha256:00" } == all)
            #expect(try page(index) { $0.digest = "sha256:01" } == [])
            #expect(try page(index) { $0.label = ("run", nil) } == Array(all[..<2]))
            #expect(try page(index) { $0.label = ("run", "1") } == [all[0]])
            #expect(try page(index) { ($0.label, $0.state) = (("run", "1"), "failed") } == [])
            #expect(try index.recording() == ["\(all[1].id)"])
        }
    }

    @Test func `the oldest sealed ones are too many, and those that ended long ago too old`() throws {
        try withTemporaryFolder { folder in
            let index = try TrajectoryIndex(path: "\(folder)/index.db")
            let all = [
                try summary(0, state: "recording", size: 1000), try summary(1, size: 50), try summary(2, size: 60),
                try summary(3, size: 10, ended: "2025-01-01T00:00:00Z"), try summary(4, size: 10),
            ]
            try index.update(all)
            let never = "2000-01-01T00:00:00Z"
            #expect(try index.surplus(beyond: 130, before: never) == [])
            #expect(try index.surplus(beyond: 129, before: never) == ["\(all[1].id)"])
            #expect(try index.surplus(beyond: 70, before: never) == ["\(all[1].id)", "\(all[2].id)"])
            #expect(try index.surplus(beyond: 130, before: "2025-06-01T00:00:00Z") == ["\(all[3].id)"])
        }
    }

    @Test func `an index that is damaged or of another form begins empty`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/index.db"
            for harm in ["nothing", "bytes", "form"] {
                do {
                    let index = try TrajectoryIndex(path: path)
                    try index.update([try summary(1, labels: ["a": "b"])])
                    #expect(try page(index).count == 1)
                }
                switch harm {
                case "bytes":
                    let file = try #require(fopen(path, "w"))
                    for _ in 0..<1000 { fputs("this is no database ", file) }
                    fclose(file)
                case "form": try SQLiteConnection(path: path).runScript("PRAGMA user_version = 77")
                default: break
                }
                #expect(try page(try TrajectoryIndex(path: path)).count == (harm == "nothing" ? 1 : 0), "\(harm)")
            }
        }
    }
}
