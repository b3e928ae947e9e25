import CorralABI
import Foundations
import VectorEnvironments

@c(corral_vector_get_state)
public func corralVectorGetState(
    _ handle: UInt64, _ rows: UnsafePointer<Int64>?, _ count: Int64, _ records: UnsafeMutableRawPointer?,
    _ bytes: Int64
) -> Int32 {
    status { () throws(Failure) in
        let vector = try Library.vector(handle).resting()
        let rows = try listed(rows, count, of: vector)
        try check(bytes, rows, vector)
        guard let records else { throw Failure(.invalidArgument, "records is null") }
        try vector.readRecords(of: rows, into: records)
    }
}

@c(corral_vector_set_state)
public func corralVectorSetState(
    _ handle: UInt64, _ rows: UnsafePointer<Int64>?, _ count: Int64, _ records: UnsafeRawPointer?, _ bytes: Int64
) -> Int32 {
    status { () throws(Failure) in
        let vector = try Library.vector(handle).resting()
        let rows = try listed(rows, count, of: vector)
        try check(bytes, rows, vector)
        guard let records else { throw Failure(.invalidArgument, "records is null") }
        try vector.writeRecords(of: rows, from: records)
    }
}

@c(corral_vector_fork)
public func corralVectorFork(
    _ handle: UInt64, _ row: Int64, _ targets: UnsafePointer<Int64>?, _ count: Int64, _ seeds: UnsafePointer<UInt64>?
) -> Int32 {
    status { () throws(Failure) in
        let vector = try Library.vector(handle).resting()
        guard targets != nil else { throw Failure(.invalidArgument, "targets is null") }
        let targets = try listed(targets, count, of: vector)
        try vector.fork(
            row: Int(row), to: targets, seeds: seeds.map { seeds in targets.indices.map { seeds[$0] } } ?? [])
    }
}

@c(corral_vector_render)
public func corralVectorRender(
    _ handle: UInt64, _ row: Int64, _ pixels: UnsafeMutablePointer<UInt8>?, _ bytes: Int64
) -> Int32 {
    status { () throws(Failure) in
        let picture = try Library.vector(handle).resting().render(row: Int(row))
        guard let pixels else { throw Failure(.invalidArgument, "pixels is null") }
        guard bytes == Int64(picture.count) else {
            throw Failure(.invalidArgument, "pixels has \(bytes) bytes, not \(picture.count)")
        }
        picture.withUnsafeBufferPointer { picture in
            if let start = picture.baseAddress { pixels.update(from: start, count: picture.count) }
        }
    }
}

/// The rows that a caller lists; all of them for null.
func listed(
    _ rows: UnsafePointer<Int64>?, _ count: Int64, of vector: VectorEnvironment
) throws(Failure) -> [Int] {
    guard let rows else {
        guard count == Int64(vector.count) else {
            throw Failure(.invalidArgument, "rows is null and row_count \(count), not \(vector.count)")
        }
        return Array(0..<vector.count)
    }
    guard count >= 0, count <= Int64(EnvironmentRegistry.rowLimit) else {
        throw Failure(
            .invalidArgument, "row_count is \(count)", next: "it is from 0 to \(EnvironmentRegistry.rowLimit)")
    }
    return (0..<Int(count)).map { Int(rows[$0]) }
}

private func check(_ bytes: Int64, _ rows: [Int], _ vector: VectorEnvironment) throws(Failure) {
    let needed = rows.count * vector.recordBytes
    guard bytes == Int64(needed) else {
        throw Failure(.invalidArgument, "records has \(bytes) bytes, not \(needed)")
    }
}
