import Foundations

/// A table of BigQuery: `project.dataset.table`.
public struct BigQueryTable: Sendable, Hashable, CustomStringConvertible {
    public let project: String
    public let dataset: String
    public let table: String

    /// - Throws: `invalid_argument`.
    public init(_ text: String) throws(Failure) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
            throw Failure(.invalidArgument, "`\(text.prefix(200))` is no table", next: "use project.dataset.table")
        }
        (project, dataset, table) = (parts[0], parts[1], parts[2])
    }

    public var description: String { "\(project).\(dataset).\(table)" }

    var insertion: String { "/bigquery/v2/projects/\(project)/datasets/\(dataset)/tables/\(table)/insertAll" }
}
