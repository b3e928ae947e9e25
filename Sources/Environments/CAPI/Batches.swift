import CorralABI
import Foundations
import VectorEnvironments

@c(corral_vector_send_reset)
public func corralVectorSendReset(_ handle: UInt64, _ reset: UnsafePointer<corral_reset>?) -> Int32 {
    status { () throws(Failure) in
        let vector = try Library.vector(handle)
        let batches = try vector.sending()
        let count = vector.environment.count
        let request = try ResetRequest(reset?.pointee, count: count)
        let mask = request.mask.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
        try batches.sendReset(seeds: request.seeds, mask: mask, options: request.options)
    }
}

@c(corral_vector_send)
public func corralVectorSend(
    _ handle: UInt64, _ rows: UnsafePointer<Int64>?, _ count: Int64, _ actions: UnsafeRawPointer?, _ bytes: Int64
) -> Int32 {
    status { () throws(Failure) in
        let vector = try Library.vector(handle)
        let batches = try vector.sending()
        let chosen = try listed(rows, count, of: vector.environment)
        guard !chosen.isEmpty else { throw Failure(.invalidArgument, "row_count is 0") }
        try batches.send(rows: chosen, actions: try vector.actions(actions, bytes, rows: chosen.count))
    }
}

@c(corral_vector_recv)
public func corralVectorRecv(
    _ handle: UInt64, _ rows: UnsafeMutablePointer<Int64>?, _ count: Int64, _ buffers: UnsafePointer<corral_buffers>?
) -> Int32 {
    status { () throws(Failure) in
        let vector = try Library.vector(handle)
        let batches = try vector.sending()
        guard let rows else { throw Failure(.invalidArgument, "rows is null") }
        guard count == Int64(batches.batch) else {
            throw Failure(.invalidArgument, "row_count is \(count), not the batch of \(batches.batch)")
        }
        let buffers = try vector.sizes.buffers(buffers, rows: batches.batch)
        try batches.receive(rows: rows, into: buffers)
    }
}
