import Foundations
import Glibc

extension TrajectoryFile {
    /// The file of another session in the same folder.
    ///
    /// - Throws: `not_found`, and what opening throws.
    public func beside(_ id: UniqueID) throws(Failure) -> TrajectoryFile {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return try TrajectoryFile("\(folder)\(id)\(TrajectoryFolder.suffix)")
    }

    /// Those files of a folder that can be read, by their names: those of one server in the order they were made.
    ///
    /// - Throws: `not_found` where the folder cannot be read.
    public static func all(
        in folder: String, where admits: (TrajectoryHeader) -> Bool
    ) throws(Failure) -> [TrajectoryFile] {
        guard let directory = opendir(folder) else {
            throw Failure(.notFound, "cannot read \(folder): \(errnoText())")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(TrajectoryFolder.suffix) { names.append(name) }
        }
        return names.sorted().compactMap { try? TrajectoryFile("\(folder)/\($0)") }.filter { admits($0.header) }
    }
}
